// The accounts of an existing installation, brought into those of this server.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/step_thread.h"
#include "journal/legacy_import.h"
#include "server/identity_store.h"

namespace tamtap::cli {

struct StaffTaken {
  size_t added = 0;
  size_t changed = 0;  // the password was changed there before its owner came
  size_t there = 0;
  size_t removed = 0;                 // here, since they were taken in
  std::vector<std::string> left_out;  // who, and why
};

Result<StaffTaken> TakeInStaff(IdentityStore& identity,
                               const std::vector<journal::LegacyAccount>& accounts);

// Takes in the staff of the database that a server stands on, now and as long as it runs: an
// existing server beside it goes on making accounts. Nothing is written to the database, whose own
// server goes on reading its hashes there.
class StaffOfDatabase {
 public:
  // `uri` and `database` as in MongoOptions. `identity` outlives this.
  StaffOfDatabase(std::string uri, std::string database, IdentityStore& identity);

 private:
  std::chrono::milliseconds Look();
  void SayOnce(std::string what);

  const std::string uri_;
  const std::string database_;
  IdentityStore& identity_;
  std::string said_;
  StepThread thread_;  // last: it uses the rest
};

}  // namespace tamtap::cli
