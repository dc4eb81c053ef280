#include "server/authenticator.h"

#include <fmt/core.h>

#include "base/log.h"
#include "server/credentials.h"

namespace tamtap {
namespace {

constexpr auto kIdleLife = std::chrono::hours(12);
constexpr auto kWholeLife = std::chrono::hours(7 * 24);
constexpr size_t kMostFailures = 10;
constexpr auto kFailureWindow = std::chrono::minutes(5);
constexpr size_t kMostKeys = 10'000;
constexpr auto kTouchEvery = std::chrono::minutes(1);

std::string_view Bearer(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.Header("Authorization");
  return header.starts_with(kScheme) ? header.substr(kScheme.size()) : std::string_view();
}

bool IsLoopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address.starts_with("::ffff:127.");
}

}  // namespace

Caller Authenticator::Identify(const http::Request& request) {
  Caller caller;
  caller.loopback = IsLoopback(request.remote_address);
  if (const std::string_view secret = Bearer(request); !secret.empty()) {
    const auto terminal = identity_.FindTerminalBySecret(HashSecret(secret));
    if (!terminal) LogWarning("server: {}", terminal.error().Message());
    if (terminal && *terminal) caller.terminal = (*terminal)->name;
    return caller;
  }
  const std::string session = request.Cookie(kSessionCookie);
  if (session.empty()) return caller;
  caller.account = AccountOf(session);
  if (!caller.account) return caller;
  caller.session_hash = HashSecret(session);
  bool touch = false;
  {
    MutexLock lock(mutex_);
    const MonotonicTime now = clock_.MonotonicNow();
    if (touched_.size() > kMostKeys) touched_.clear();
    const auto [last, fresh] = touched_.emplace(caller.session_hash, now);
    touch = fresh || now - last->second >= kTouchEvery;
    if (touch) last->second = now;
  }
  if (touch) {
    if (const auto noted = identity_.TouchSession(caller.session_hash, clock_.Now()); !noted) {
      LogWarning("server: {}", noted.error().Message());
    }
  }
  return caller;
}

std::optional<Account> Authenticator::AccountOf(std::string_view session_id) {
  const auto session = identity_.FindSession(HashSecret(session_id));
  if (!session) LogWarning("server: {}", session.error().Message());
  if (!session || !*session) return std::nullopt;
  const WallTime now = clock_.Now();
  const bool expired =
      now - (*session)->last_seen > kIdleLife || now - (*session)->created > kWholeLife;
  if (expired) {
    SignOut((*session)->id_hash);
    return std::nullopt;
  }
  const auto account = identity_.FindAccount((*session)->username);
  if (!account) LogWarning("server: {}", account.error().Message());
  return account ? *account : std::nullopt;
}

bool Authenticator::TooManyFailures(const std::string& key) {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return false;
  Failures& failures = found->second;
  const MonotonicTime since = clock_.MonotonicNow() - kFailureWindow;
  while (!failures.empty() && failures.front() < since) failures.pop_front();
  if (failures.empty()) failures_.erase(found);
  return failures_.contains(key) && failures.size() >= kMostFailures;
}

Result<SignedIn> Authenticator::SignIn(std::string_view username, std::string_view password,
                                       std::string_view remote_address) {
  const std::string keys[] = {fmt::format("client {}", remote_address),
                              fmt::format("account {}", username)};
  {
    MutexLock lock(mutex_);
    for (const std::string& key : keys) {
      if (!TooManyFailures(key)) continue;
      return Error{ErrorCode::kRetry, "sign in", 0,
                   std::to_string(std::chrono::seconds(kFailureWindow).count())};
    }
  }
  TAMTAP_TRY(const std::optional<Account> account, identity_.FindAccount(username));
  bool fits = false;
  if (account) {
    fits = PasswordFits(account->password_hash, password);
  } else {
    PretendToCheck(password);
  }
  if (!fits) {
    MutexLock lock(mutex_);
    if (failures_.size() > kMostKeys) failures_.clear();
    for (const std::string& key : keys) failures_[key].push_back(clock_.MonotonicNow());
    return Error{ErrorCode::kDenied, "sign in", 0, "the name or the password is wrong"};
  }
  SignedIn signed_in{*account, NewSecret(random_)};
  const WallTime now = clock_.Now();
  TAMTAP_RETURN_IF_ERROR(identity_.RemoveSessionsBefore(now - kWholeLife, now - kIdleLife));
  TAMTAP_RETURN_IF_ERROR(identity_.AddSession(
      {HashSecret(signed_in.session_id), signed_in.account.username, now, now}));
  return signed_in;
}

void Authenticator::SignOut(std::string_view session_hash) {
  if (const auto removed = identity_.RemoveSession(session_hash); !removed) {
    LogWarning("server: {}", removed.error().Message());
  }
}

bool Authenticator::SameOrigin(const http::Request& request) {
  const std::string_view site = request.Header("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  std::string_view origin = request.Header("Origin");
  if (origin.empty()) return true;  // not from a page
  const size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null" too
  return origin.substr(scheme + 3) == request.Header("Host");
}

}  // namespace tamtap
