// Authenticator: from a request to its caller; sign-in and sign-out. Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "http/message.h"
#include "server/identity_store.h"
#include "server/router.h"
#include "server/sign_in_limits.h"

namespace tamtap {

inline constexpr std::string_view kSessionCookie = "tamtap_session";

// Lives long, and proves nothing but that this device has signed in before.
inline constexpr std::string_view kDeviceCookie = "tamtap_device";

struct SignedIn {
  Account account;
  std::string session_id;
  std::string device;  // what the device's cookie is to hold
};

class Authenticator {
 public:
  // `allowed_origins` ("https://tamtap.school.example"): ours besides the one that a request's Host
  // names; for a proxy in front that changes the Host.
  Authenticator(IdentityStore& identity, Clock& clock, Random& random,
                std::vector<std::string> allowed_origins = {})
      : identity_(identity),
        clock_(clock),
        random_(random),
        allowed_origins_(std::move(allowed_origins)) {}

  // Nobody, when there are no credentials or they do not hold.
  Caller Identify(const http::Request& request) EXCLUDES(mutex_);
  // The account of a session id, as a cookie or a token brings it.
  std::optional<Account> AccountOf(std::string_view session_id);

  struct Attempt {
    std::optional<SignedIn> signed_in;  // a new session; none for a wrong name or password alike
    std::chrono::seconds wait{0};       // after too many failures: before the next attempt
  };
  // `device`: what the device's cookie holds, or empty. An Error: the store does not answer or the
  // memory does not suffice, so nothing is known of the password; the attempt does not count.
  Result<Attempt> SignIn(std::string_view username, std::string_view password,
                         std::string_view remote_address, std::string_view device = {})
      EXCLUDES(mutex_);
  // Whether that device has signed in to any account.
  bool KnowsDevice(std::string_view device);
  void SignOut(std::string_view session_hash);

  // Whether a change may come from the page that the request names as its origin: only our own.
  bool FromOurPages(const http::Request& request) const;

 private:
  Result<std::optional<SignedIn>> Check(const std::optional<Account>& account,
                                        std::string_view password, std::string_view device);

  IdentityStore& identity_;
  Clock& clock_;
  Random& random_;
  const std::vector<std::string> allowed_origins_;
  Mutex mutex_;
  SignInLimits limits_ GUARDED_BY(mutex_);
  std::map<std::string, MonotonicTime> touched_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
