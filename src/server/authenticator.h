// Authenticator: from a request to its caller; sign-in and sign-out. Thread-safe.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "http/message.h"
#include "server/identity_store.h"
#include "server/router.h"

namespace tamtap {

inline constexpr std::string_view kSessionCookie = "tamtap_session";

struct SignedIn {
  Account account;
  std::string session_id;
};

class Authenticator {
 public:
  Authenticator(IdentityStore& identity, Clock& clock, Random& random)
      : identity_(identity), clock_(clock), random_(random) {}

  // Nobody, when there are no credentials or they do not hold.
  Caller Identify(const http::Request& request) EXCLUDES(mutex_);
  // The account of a session id, as a cookie or a token brings it.
  std::optional<Account> AccountOf(std::string_view session_id);

  // A new session. kDenied for a wrong name or password alike, kRetry after too many failures, with
  // the seconds to wait as the hint.
  Result<SignedIn> SignIn(std::string_view username, std::string_view password,
                          std::string_view remote_address) EXCLUDES(mutex_);
  void SignOut(std::string_view session_hash);

  // Whether a change may come from the page that the request names as its origin: only our own.
  static bool SameOrigin(const http::Request& request);

 private:
  using Failures = std::deque<MonotonicTime>;
  bool TooManyFailures(const std::string& key) REQUIRES(mutex_);

  IdentityStore& identity_;
  Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::map<std::string, Failures> failures_ GUARDED_BY(mutex_);  // by client and by account
  std::map<std::string, MonotonicTime> touched_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
