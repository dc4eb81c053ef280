// LastAdmin: that an administrator is left. Two who take each other's rights away at the same
// moment, at two servers of one store, would both find another one there. So whoever takes any away
// is alone with it among all servers (do_alone.h). Thread-safe.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "base/random.h"
#include "base/result.h"
#include "server/identity_store.h"

namespace tamtap {

class LastAdmin {
 public:
  LastAdmin(IdentityStore& identity, Clock& clock, Random& random)
      : identity_(identity), clock_(clock), random_(random) {}

  // Calls `take`, which takes away the account or its rights, and returns true; false: it is the
  // last administrator, and nothing was done. kRetry: somebody else is just taking some away.
  Result<bool> Take(const std::string& username, const std::function<Result<>()>& take);

 private:
  IdentityStore& identity_;
  Clock& clock_;
  Random& random_;
};

}  // namespace tamtap
