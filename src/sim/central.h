// The simulated central store: production's SQLite store on a file, or a map that merges by
// production's rule. All gates reach it through their Link.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "base/test_directory.h"
#include "server/school_store.h"
#include "sim/plan.h"

namespace tamtap::sim {

// What the checker asks of either.
class Central {
 public:
  virtual ~Central() = default;
  // A store that crashes is opened again on what it had made durable.
  virtual void Reopen() = 0;
  // Keeps a copy of it as it is; puts that copy back; empties it. PutBack without a copy empties
  // it.
  virtual void Copy() = 0;
  virtual void PutBack() = 0;
  virtual void Empty() = 0;
  virtual Result<std::vector<Outcome>> Store(std::span<const Record> records) = 0;
  virtual Result<std::vector<size_t>> Lacking(std::span<const Record> records) = 0;
  virtual Result<std::vector<Attendance>> Everything() = 0;
};

// `directory`: of SQLite's file. `school`: whose settings it holds.
std::unique_ptr<Central> MakeCentral(StoreKind kind, const std::string& directory,
                                     const School& school);

// In memory where the system has a file system there.
class ScratchDirectory : public TestDirectory {
 public:
  ScratchDirectory();
};

}  // namespace tamtap::sim
