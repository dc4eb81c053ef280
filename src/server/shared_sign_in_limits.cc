#include "server/shared_sign_in_limits.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "base/log.h"
#include "base/sha256.h"

namespace tamtap {
namespace {

using std::chrono::seconds;

constexpr int kTries = 20;  // of changing a note that others change too
constexpr uint32_t kPlacesOfClients = 1 << 16;
constexpr uint32_t kPlacesOfNobodys = 1 << 12;
constexpr auto kFarAway = std::chrono::hours(24 * 3650);

uint32_t CounterPlace(const std::string& key, std::string_view name, uint32_t places) {
  const std::string hash = Sha256Hex(key + " " + std::string(name));
  uint32_t number = 0;
  std::from_chars(hash.data(), hash.data() + 8, number, 16);
  return number % places;
}

}  // namespace

SharedSignInLimits::Counter SharedSignInLimits::CounterOf(const std::optional<std::string>& note) {
  Counter counter;
  if (!note) return counter;
  const char* const end = note->data() + note->size();
  const auto [next, failed] = std::from_chars(note->data(), end, counter.failures);
  if (failed == std::errc() && next != end) std::from_chars(next + 1, end, counter.last_us);
  return counter;
}

Result<std::string> SharedSignInLimits::HashKey() {
  constexpr std::string_view kKey = "guess key";
  {
    MutexLock lock(mutex_);
    if (!hash_key_.empty()) return hash_key_;
  }
  TAMTAP_TRY(auto there, shared_.Read(kKey));
  if (!there) {
    TAMTAP_TRY(const bool mine,
               shared_.Exchange(kKey, std::nullopt, random_.Hex(16), clock_.Now() + kFarAway));
    static_cast<void>(mine);  // else another server has drawn it
    TAMTAP_TRY(there, shared_.Read(kKey));
  }
  if (!there) return Error{ErrorCode::kRetry, "count attempts to sign in", 0, "try again"};
  MutexLock lock(mutex_);
  hash_key_ = *there;
  return hash_key_;
}

Result<std::vector<SharedSignInLimits::Counted>> SharedSignInLimits::CountersOf(
    const SignInLimits::Who& who) {
  const std::string account = LowerAscii(who.account);
  if (!who.device.empty()) {
    return std::vector<Counted>{
        {fmt::format("guess device {} {}", who.device, account), SignInLimits::kFreeOfDevice}};
  }
  TAMTAP_TRY(const std::string key, HashKey());
  const auto place = [&key](std::string_view kind, std::string_view name, uint32_t places) {
    return fmt::format("guess {} {}", kind, CounterPlace(key, name, places));
  };
  return std::vector<Counted>{
      {place("pair", who.client + " " + account, kPlacesOfClients), SignInLimits::kFreeOfPair},
      {place("client", who.client, kPlacesOfClients), SignInLimits::kFreeOfClient},
      {who.account_exists ? "guess account " + account : place("nobody", account, kPlacesOfNobodys),
       SignInLimits::kFreeOfAccount}};
}

Result<seconds> SharedSignInLimits::Count(const Counted& counted, bool look_only) {
  const int64_t now_us = clock_.Now().time_since_epoch().count();
  constexpr int64_t kForgottenUs = std::chrono::microseconds(SignInLimits::kForgottenAfter).count();
  for (int attempt = 0; attempt < kTries; ++attempt) {
    TAMTAP_TRY(const auto note, shared_.Read(counted.key));
    Counter counter = CounterOf(note);
    // The clocks of two servers differ a little.
    counter.last_us = std::min(counter.last_us, now_us);
    const int64_t since_us = now_us - counter.last_us;
    if (since_us >= kForgottenUs) counter = {};
    const seconds wait =
        SignInLimits::WaitFor(counter.failures, counted.free, std::chrono::microseconds(since_us));
    if (wait > wait.zero() || look_only) return wait;
    TAMTAP_TRY(
        const bool counts,
        shared_.Exchange(counted.key, note, fmt::format("{} {}", counter.failures + 1, now_us),
                         clock_.Now() + SignInLimits::kForgottenAfter));
    if (counts) return seconds(0);
  }
  return seconds(1);  // so many try at once that the place is never free
}

Result<seconds> SharedSignInLimits::Attempt(const SignInLimits::Who& who) {
  TAMTAP_TRY(const auto counters, CountersOf(who));
  // An attempt that is refused makes nobody wait longer, so all are looked at before one counts.
  for (const Counted& each : counters) {
    TAMTAP_TRY(const seconds wait, Count(each, /*look_only=*/true));
    if (wait > wait.zero()) return wait;
  }
  for (size_t i = 0; i < counters.size(); ++i) {
    auto wait = Count(counters[i], /*look_only=*/false);
    if (wait && *wait == seconds(0)) continue;
    for (size_t done = 0; done < i; ++done) TakeBack(counters[done].key);
    return wait;
  }
  return seconds(0);
}

void SharedSignInLimits::TakeBack(const std::string& key) {
  for (int attempt = 0; attempt < kTries; ++attempt) {
    const auto note = shared_.Read(key);
    if (!note) return LogWarning("server: {}", note.error().Message());
    if (!*note) return;
    const Counter counter = CounterOf(*note);
    std::optional<std::string> next;
    if (counter.failures > 1) next = fmt::format("{} {}", counter.failures - 1, counter.last_us);
    const auto done =
        shared_.Exchange(key, *note, next, clock_.Now() + SignInLimits::kForgottenAfter);
    if (!done || *done) return;
  }
}

void SharedSignInLimits::Undo(const SignInLimits::Who& who) {
  const auto counters = CountersOf(who);
  if (!counters) return;
  for (const Counted& each : *counters) TakeBack(each.key);
}

// The first of the counters is of this client or device at this account.
void SharedSignInLimits::Forgive(const SignInLimits::Who& who) {
  const auto counters = CountersOf(who);
  if (!counters) return;
  for (size_t i = 1; i < counters->size(); ++i) TakeBack((*counters)[i].key);
  const auto note = shared_.Read(counters->front().key);
  if (note && *note) {
    static_cast<void>(shared_.Exchange(counters->front().key, *note, std::nullopt, {}));
  }
}

}  // namespace tamtap
