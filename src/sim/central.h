// The simulated central store: production's SQLite store on a file, or a map that merges by
// production's rule. All gates reach it through their Link.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "server/school_store.h"
#include "sim/plan.h"

namespace tamtap::sim {

// What the checker asks of either.
class Central {
 public:
  virtual ~Central() = default;
  // A store that crashes is opened again on what it had made durable.
  virtual void Reopen() = 0;
  virtual Result<std::vector<Outcome>> Store(std::span<const Record> records) = 0;
  virtual Result<std::vector<Attendance>> Everything() = 0;
};

// `directory`: of SQLite's file.
std::unique_ptr<Central> MakeCentral(StoreKind kind, const std::string& directory);

// A directory that goes away with this; in memory where the system has one.
class ScratchDirectory {
 public:
  ScratchDirectory();
  ~ScratchDirectory();
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

}  // namespace tamtap::sim
