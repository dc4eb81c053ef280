// Authenticator: finds out who makes a request, and signs people in and out. Thread-safe.
#pragma once

#include <map>
#include <memory>
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
#include "server/shared_sign_in_limits.h"
#include "server/sign_in_limits.h"

namespace tamtap {

inline constexpr std::string_view kSessionCookie = "tamtap_session";

// This cookie lives long. It proves only that this device has signed in before.
inline constexpr std::string_view kDeviceCookie = "tamtap_device";

struct SignedIn {
  Account account;
  std::string session_id;
  std::string device;  // the new content of the device's cookie
};

class Authenticator {
 public:
  struct Options {
    // Origins ("https://tamtap.school.example") of our own pages besides the one that the Host of a
    // request names. They are needed if a proxy in front changes the Host.
    std::vector<std::string> allowed_origins{};
    // Whether who asks from this machine itself is known by that. Not so behind a proxy, which may
    // be on this machine and pass strangers on without saying so.
    bool believe_loopback = true;
    // HashSecret of the token of whoever may read the metrics; empty: nobody has one.
    std::string watcher{};
  };
  Authenticator(IdentityStore& identity, Clock& clock, Random& random, Options options)
      : identity_(identity),
        clock_(clock),
        random_(random),
        allowed_origins_(std::move(options.allowed_origins)),
        believe_loopback_(options.believe_loopback),
        watcher_(std::move(options.watcher)) {
    if (identity.Shared().HasOthers()) {
      shared_limits_ = std::make_unique<SharedSignInLimits>(identity.Shared(), clock, random);
    }
  }

  // Returns a caller without account and terminal if there are no credentials, or no valid ones;
  // and says so if it could not be found out (Caller::unsure).
  Caller Identify(const http::Request& request) EXCLUDES(mutex_);
  // The account of a session id that a cookie or a token contains; nothing if there is no such
  // session. An Error: the store does not answer.
  Result<std::optional<Account>> FindAccountOf(std::string_view session_id);
  // The same; nothing, too, if the store does not answer.
  std::optional<Account> AccountOf(std::string_view session_id);

  struct Attempt {
    std::optional<SignedIn> signed_in;  // missing if the name or the password is wrong
    std::chrono::seconds wait{0};       // how long to wait after too many failures
  };
  // `client` is the key of the request's http::ClientOf. `device` is the content of the device's
  // cookie, or empty. An Error means that the store does not answer or that there is too little
  // memory. Nothing is known of the password then, and the attempt does not count.
  Result<Attempt> SignIn(std::string_view username, std::string_view password,
                         std::string_view client, std::string_view device = {}) EXCLUDES(mutex_);
  // Puts another password in the place of the current one, ends all sessions of the account and
  // begins a new one. Who may try that, how often, and what an Error means, is as of SignIn; but
  // kRejected: the new password is none that anybody should have.
  Result<Attempt> ChangePassword(const Account& account, std::string_view current,
                                 std::string_view next, std::string_view client,
                                 std::string_view device) EXCLUDES(mutex_);
  // Whether that device has signed in to any account before.
  bool KnowsDevice(std::string_view device);
  void SignOut(std::string_view session_hash);

  // Whether the origin that the request names is one of our own pages. Only these may change
  // anything.
  bool FromOurPages(const http::Request& request) const;

 private:
  // Stores a session that begins now, and returns its id.
  Result<std::string> BeginSession(const std::string& username);
  Result<std::optional<SignedIn>> Check(std::optional<Account> account, std::string_view password,
                                        std::string_view device);
  // After a password did not fit `before`: another server may have been told of a new one, or of
  // the account, a moment ago.
  Result<std::optional<SignedIn>> CheckAgain(std::string_view username,
                                             const std::optional<Account>& before,
                                             std::string_view password, std::string_view device);

  // SignInLimits, of this server or of all.
  Result<std::chrono::seconds> CountAttempt(const SignInLimits::Who& who) EXCLUDES(mutex_);
  void Forgive(const SignInLimits::Who& who) EXCLUDES(mutex_);
  void Undo(const SignInLimits::Who& who) EXCLUDES(mutex_);

  // Costs the same whether there is such an account and whoever hashed its password.
  Result<bool> Fits(std::optional<Account>& account, std::string_view password);
  // The password of a former installation is right: a hash of ours takes the place of that.
  Result<bool> TakeOver(Account& account, std::string_view password);
  Result<std::optional<Account>> Find(std::string_view username);

  IdentityStore& identity_;
  Clock& clock_;
  Random& random_;
  const std::vector<std::string> allowed_origins_;
  const bool believe_loopback_;
  const std::string watcher_;
  Mutex mutex_;
  SignInLimits limits_ GUARDED_BY(mutex_);
  std::unique_ptr<SharedSignInLimits> shared_limits_;  // in their place, if other servers count too
  std::map<std::string, MonotonicTime> touched_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
