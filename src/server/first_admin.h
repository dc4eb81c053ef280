// FirstAdmin: lets whoever starts a server make its first administrator on a page: by a one-time
// link that the server prints while there is none. The token is good for an hour, at every server
// that shares the store, and is worth nothing once an administrator is there. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/result.h"
#include "server/identity_store.h"

namespace tamtap {

class FirstAdmin {
 public:
  FirstAdmin(IdentityStore& identity, Clock& clock, Random& random)
      : identity_(identity), clock_(clock), random_(random) {}

  // A new token, in the place of the one that this server offered before; empty: there is an
  // administrator.
  Result<std::string> Offer() EXCLUDES(mutex_);
  // Adds the account, once. kDenied: the token is wrong, used or too old, or there is an
  // administrator by now. kRejected: no account can be called so or have that password; the token
  // stays good. kRetry: another server is just making one.
  Result<> Use(std::string_view token, std::string_view username, std::string_view password)
      EXCLUDES(mutex_);

 private:
  Result<bool> HasAdmin();
  Result<> Make(std::string_view username, std::string_view password);

  IdentityStore& identity_;
  Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::string offered_ GUARDED_BY(mutex_);  // the key of the note; empty: none was offered
};

}  // namespace tamtap
