#include "server/authenticator.h"

#include <algorithm>

#include "base/log.h"
#include "base/text.h"
#include "http/peer_address.h"
#include "server/credentials.h"
#include "server/former_password.h"

namespace tamtap {
namespace {

constexpr auto kIdleLife = std::chrono::hours(12);
constexpr auto kWholeLife = std::chrono::hours(7 * 24);
constexpr size_t kMostTouched = 10'000;
constexpr auto kTouchEvery = std::chrono::minutes(1);

std::string_view Bearer(const http::Request& request) {
  constexpr std::string_view kScheme = "Bearer ";
  const std::string_view header = request.Header("Authorization");
  return header.starts_with(kScheme) ? header.substr(kScheme.size()) : std::string_view();
}

// Whether the name reaches only this machine. A page from elsewhere, whose own name was made to
// resolve to this machine (DNS rebinding), is called by another name.
bool NamesThisMachine(std::string_view host) {
  const size_t port = host.find_last_of(":]");
  if (port != std::string_view::npos && host[port] == ':') host = host.substr(0, port);
  const bool number = host.find_first_not_of("0123456789.") == std::string_view::npos;
  return host == "localhost" || host == "[::1]" || (number && host.starts_with("127."));
}

// Whether the request comes from this machine, and was not passed on by a proxy on it.
bool IsLoopback(const http::Request& request) {
  return !request.forwarded && NamesThisMachine(request.Header("Host")) &&
         http::PeerAddressOf(request.remote_address).local;
}

// Whether the password that was checked is the account's still, now that its session has begun: the
// one that was known here may be of a moment before another server was told of a new one.
Result<bool> HasItStill(IdentityStore& identity, const Account& account) {
  TAMTAP_TRY(const auto accounts, identity.Accounts());
  return std::any_of(accounts.begin(), accounts.end(), [&account](const Account& each) {
    return each.username == account.username && each.password_hash == account.password_hash;
  });
}

}  // namespace

Caller Authenticator::Identify(const http::Request& request) {
  Caller caller;
  caller.loopback = believe_loopback_ && IsLoopback(request);
  if (const std::string_view secret = Bearer(request); !secret.empty()) {
    // Hashes are compared, so the time that it takes tells nothing of the token.
    caller.watches = !watcher_.empty() && HashSecret(secret) == watcher_;
    if (caller.watches) return caller;
    const auto terminal = identity_.FindTerminalBySecret(HashSecret(secret));
    if (!terminal) LogWarning("server: {}", terminal.error().Message());
    caller.unsure = !terminal;
    if (terminal && *terminal) caller.terminal = (*terminal)->name;
    return caller;
  }
  const std::string session = request.Cookie(kSessionCookie);
  if (session.empty()) return caller;
  auto account = FindAccountOf(session);
  if (!account) LogWarning("server: {}", account.error().Message());
  caller.unsure = !account;
  if (account) caller.account = *std::move(account);
  if (!caller.account) return caller;
  caller.session_hash = HashSecret(session);
  bool touch = false;
  {
    MutexLock lock(mutex_);
    const MonotonicTime now = clock_.MonotonicNow();
    if (touched_.size() > kMostTouched) touched_.clear();
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

Result<std::optional<Account>> Authenticator::FindAccountOf(std::string_view session_id) {
  TAMTAP_TRY(const auto session, identity_.FindSession(HashSecret(session_id)));
  if (!session) return std::optional<Account>();
  const WallTime now = clock_.Now();
  const bool expired = now - session->last_seen > kIdleLife || now - session->created > kWholeLife;
  if (expired) {
    SignOut(session->id_hash);
    return std::optional<Account>();
  }
  return identity_.FindAccount(session->username);
}

std::optional<Account> Authenticator::AccountOf(std::string_view session_id) {
  auto account = FindAccountOf(session_id);
  if (account) return *std::move(account);
  LogWarning("server: {}", account.error().Message());
  return std::nullopt;
}

Result<std::chrono::seconds> Authenticator::CountAttempt(const SignInLimits::Who& who) {
  if (shared_limits_) return shared_limits_->Attempt(who);
  MutexLock lock(mutex_);
  return limits_.Attempt(who, clock_.MonotonicNow());
}

void Authenticator::Forgive(const SignInLimits::Who& who) {
  if (shared_limits_) return shared_limits_->Forgive(who);
  MutexLock lock(mutex_);
  limits_.Forgive(who);
}

void Authenticator::Undo(const SignInLimits::Who& who) {
  if (shared_limits_) return shared_limits_->Undo(who);
  MutexLock lock(mutex_);
  limits_.Undo(who);
}

bool Authenticator::KnowsDevice(std::string_view device) {
  if (device.empty()) return false;
  const auto known = identity_.KnowsDevice(HashSecret(device), {});
  return known && *known;
}

Result<Authenticator::Attempt> Authenticator::SignIn(std::string_view username,
                                                     std::string_view password,
                                                     std::string_view client,
                                                     std::string_view device) {
  SignInLimits::Who who;
  who.client = client;
  who.account = Nfc(username.substr(0, kLongestName));
  std::optional<Account> account;
  if (username.size() <= kLongestName) {
    TAMTAP_TRY(account, Find(username));
  }
  if (account) {
    who.account = account->username;
    who.account_exists = true;
    if (!device.empty()) {
      const std::string hash = HashSecret(device);
      TAMTAP_TRY(const bool known, identity_.KnowsDevice(hash, account->username));
      if (known) who.device = hash;
    }
  }
  TAMTAP_TRY(const std::chrono::seconds wait, CountAttempt(who));
  if (wait > wait.zero()) return Attempt{std::nullopt, wait};
  auto signed_in = Check(account, password, device);
  if (signed_in && !*signed_in) signed_in = CheckAgain(username, account, password, device);
  if (!signed_in) {
    Undo(who);
    return signed_in.error();
  }
  if (*signed_in) Forgive(who);
  return Attempt{*std::move(signed_in), {}};
}

// Staff of a former installation may give their e-mail address, as they did there.
Result<std::optional<Account>> Authenticator::Find(std::string_view username) {
  TAMTAP_TRY(auto account, FindAccount(identity_, username));
  if (account || username.find('@') == std::string_view::npos) return account;
  TAMTAP_TRY(const std::string name, identity_.Former().NameOf(Nfc(username)));
  if (name.empty()) return account;
  return identity_.FindAccount(name);
}

// As long as any account has a hash of a former installation, every attempt pays for the dearest
// of these and for one of ours: else the time that an answer takes would tell whose accounts they
// are.
Result<bool> Authenticator::Fits(std::optional<Account>& account, std::string_view password) {
  const bool is_former = account && IsFormerHash(account->password_hash);
  TAMTAP_TRY(const std::string dearest, identity_.Former().SomeHash());
  const std::string former = is_former ? account->password_hash : dearest;
  bool fits_former = false;
  if (!former.empty()) {
    TAMTAP_TRY(fits_former, FormerPasswordFits(former, password));
    TAMTAP_RETURN_IF_ERROR(PretendToCheckFormer(former, dearest, password));
  }
  if (is_former && fits_former) return TakeOver(*account, password);
  // A hash that costs too much, which an earlier version took in, is not checked at all.
  const bool is_ours = account && !account->password_hash.starts_with("$2");
  if (is_ours) return PasswordFits(account->password_hash, password);
  TAMTAP_RETURN_IF_ERROR(PretendToCheck(password));
  return false;
}

Result<bool> Authenticator::TakeOver(Account& account, std::string_view password) {
  TAMTAP_TRY(const std::string hash, HashPassword(password));
  const auto replaced = identity_.Former().Replace(account.username, account.password_hash, hash);
  if (!replaced) {
    // The password is right all the same; the next sign-in tries again.
    LogWarning("server: {}", replaced.error().Message());
    return true;
  }
  if (*replaced) {
    account.password_hash = hash;
    LogInfo("audit: the password of {} was taken over from the former installation",
            account.username);
    return true;
  }
  // Somebody was faster: the owner elsewhere, or an admin with a new password.
  TAMTAP_TRY(const auto now, identity_.FindAccount(account.username));
  if (!now) return false;
  account = *now;
  return PasswordFits(account.password_hash, password);
}

Result<std::optional<SignedIn>> Authenticator::Check(std::optional<Account> account,
                                                     std::string_view password,
                                                     std::string_view device) {
  if (CountCharacters(Nfc(password)) > kLongestPassword) {
    account.reset();
    password = password.substr(0, kLongestPassword);
  }
  TAMTAP_TRY(const bool fits, Fits(account, password));
  if (!fits) return std::optional<SignedIn>();
  TAMTAP_TRY(std::string session_id, BeginSession(account->username));
  const auto still = HasItStill(identity_, *account);
  if (!still || !*still) {
    SignOut(HashSecret(session_id));
    return still ? Result<std::optional<SignedIn>>(std::nullopt) : still.error();
  }
  SignedIn signed_in{*account, std::move(session_id), std::string(device)};
  // A device keeps its cookie only if this server has made it: somebody else may have chosen the
  // content of any other.
  if (!KnowsDevice(signed_in.device)) signed_in.device = NewSecret(random_);
  const auto remembered = identity_.RememberDevice(HashSecret(signed_in.device),
                                                   signed_in.account.username, clock_.Now());
  if (!remembered) LogWarning("server: {}", remembered.error().Message());
  return std::optional(std::move(signed_in));
}

Result<std::optional<SignedIn>> Authenticator::CheckAgain(std::string_view username,
                                                          const std::optional<Account>& before,
                                                          std::string_view password,
                                                          std::string_view device) {
  if (username.size() > kLongestName) return std::optional<SignedIn>();
  identity_.LookAgain();
  TAMTAP_TRY(const auto now, Find(username));
  const bool another = now && (!before || before->password_hash != now->password_hash);
  return another ? Check(now, password, device) : std::optional<SignedIn>();
}

Result<std::string> Authenticator::BeginSession(const std::string& username) {
  std::string session_id = NewSecret(random_);
  const WallTime now = clock_.Now();
  TAMTAP_RETURN_IF_ERROR(identity_.RemoveSessionsBefore(now - kWholeLife, now - kIdleLife));
  TAMTAP_RETURN_IF_ERROR(identity_.AddSession({HashSecret(session_id), username, now, now}));
  return session_id;
}

Result<Authenticator::Attempt> Authenticator::ChangePassword(const Account& account,
                                                             std::string_view current,
                                                             std::string_view next,
                                                             std::string_view client,
                                                             std::string_view device) {
  SignInLimits::Who who;
  who.client = client;
  who.account = account.username;
  who.account_exists = true;
  if (!device.empty()) {
    const std::string hash = HashSecret(device);
    TAMTAP_TRY(const bool known, identity_.KnowsDevice(hash, account.username));
    who.device = known ? hash : std::string();
  }
  TAMTAP_TRY(const std::chrono::seconds wait, CountAttempt(who));
  if (wait > wait.zero()) return Attempt{std::nullopt, wait};
  std::optional<Account> tried = account;
  const auto fits =
      CountCharacters(Nfc(current)) > kLongestPassword ? Result<bool>(false) : Fits(tried, current);
  if (!fits) {
    Undo(who);
    return fits.error();
  }
  if (!*fits) return Attempt{};
  Forgive(who);
  // An administrator may be setting another one this very moment, because somebody else knows the
  // old one: then theirs holds, and whoever only knew the old one is not let in.
  TAMTAP_TRY(const auto hash, ChangeOwnPassword(identity_, *tried, next));
  if (!hash) return Attempt{};
  tried->password_hash = *hash;
  TAMTAP_TRY(std::string session_id, BeginSession(account.username));
  const auto still = HasItStill(identity_, *tried);
  if (!still || !*still) {
    SignOut(HashSecret(session_id));
    return still ? Result<Attempt>(Attempt{}) : still.error();
  }
  return Attempt{SignedIn{account, std::move(session_id), std::string(device)}, {}};
}

void Authenticator::SignOut(std::string_view session_hash) {
  if (const auto removed = identity_.RemoveSession(session_hash); !removed) {
    LogWarning("server: {}", removed.error().Message());
  }
}

bool Authenticator::FromOurPages(const http::Request& request) const {
  const std::string_view site = request.Header("Sec-Fetch-Site");
  if (!site.empty() && site != "same-origin" && site != "none") return false;
  const std::string_view origin = request.Header("Origin");
  if (origin.empty()) return true;  // not from a page
  if (std::find(allowed_origins_.begin(), allowed_origins_.end(), origin) !=
      allowed_origins_.end()) {
    return true;
  }
  const size_t scheme = origin.find("://");
  if (scheme == std::string_view::npos) return false;  // "null" too
  // Anybody on the way can write a page that comes without TLS.
  if (request.secure && origin.substr(0, scheme) != "https") return false;
  return origin.substr(scheme + 3) == request.Header("Host");
}

}  // namespace tamtap
