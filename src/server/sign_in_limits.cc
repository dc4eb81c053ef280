#include "server/sign_in_limits.h"

#include <fmt/core.h>
#include <sodium.h>

#include <algorithm>

#include "base/ascii.h"
#include "base/check.h"

namespace tamtap {
namespace {

using std::chrono::seconds;

constexpr seconds kFirstWait{30};
constexpr seconds kLongestWait{900};
constexpr uint32_t kDoublings = 5;  // from the first to the longest
constexpr size_t kMostKeys = 10'000;
constexpr std::chrono::minutes kBetweenLooks{1};  // for what is forgotten by now, when all are full

std::string PairOf(std::string_view one, std::string_view account) {
  // Account names are the same in any case, so no spelling of one gets guesses of its own.
  return fmt::format("{} {}", one, LowerAscii(account));
}

}  // namespace

SignInLimits::SignInLimits() {
  static_assert(crypto_shorthash_KEYBYTES == 16);
  CHECK(sodium_init() >= 0);
  randombytes_buf(key_.data(), key_.size());
}

seconds SignInLimits::Attempt(const Who& who, MonotonicTime now) {
  struct Counted {
    Counter* counter;
    uint32_t free;
  };
  std::array<Counted, 3> counted{};
  size_t count = 0;
  if (!who.device.empty()) {
    counted[count++] = {&Of(devices_, PairOf(who.device, who.account), now), kFreeOfDevice};
  } else {
    counted[count++] = {&Of(pairs_, PairOf(who.client, who.account), now), kFreeOfPair};
    counted[count++] = {&Of(clients_, who.client, now), kFreeOfClient};
    counted[count++] = {&OfAccount(who), kFreeOfAccount};
  }
  seconds wait{0};
  for (size_t i = 0; i < count; ++i) {
    Counter& counter = *counted[i].counter;
    if (counter.last + kForgottenAfter <= now) counter = {};
    wait = std::max(wait, WaitFor(counter.failures, counted[i].free, now - counter.last));
  }
  if (wait > wait.zero()) return wait;
  for (size_t i = 0; i < count; ++i) {
    ++counted[i].counter->failures;
    counted[i].counter->last = now;
  }
  return wait;
}

void SignInLimits::Forgive(const Who& who) {
  if (!who.device.empty()) {
    devices_.of.erase(PairOf(who.device, who.account));
    return;
  }
  Undo(who);
  pairs_.of.erase(PairOf(who.client, who.account));
}

void SignInLimits::Undo(const Who& who) {
  const auto undo = [](Counters& counters, std::string_view key) {
    const auto found = counters.of.find(key);
    Counter& counter = found == counters.of.end() ? counters.shared : found->second;
    if (counter.failures > 0) --counter.failures;
    if (found != counters.of.end() && counter.failures == 0) counters.of.erase(found);
  };
  if (!who.device.empty()) {
    return undo(devices_, PairOf(who.device, who.account));
  }
  undo(pairs_, PairOf(who.client, who.account));
  undo(clients_, who.client);
  Counter& account = OfAccount(who);
  if (account.failures > 0) --account.failures;
}

seconds SignInLimits::WaitFor(uint32_t failures, uint32_t free, std::chrono::microseconds since) {
  if (failures < free) return seconds(0);
  const uint32_t doublings = std::min(failures - free, kDoublings);
  const seconds wait = std::min(kFirstWait * (1 << doublings), kLongestWait);
  const auto left = wait - since;
  return left > left.zero() ? std::chrono::ceil<seconds>(left) : seconds(0);
}

SignInLimits::Counter& SignInLimits::Of(Counters& counters, const std::string& key,
                                        MonotonicTime now) {
  if (const auto found = counters.of.find(key); found != counters.of.end()) return found->second;
  if (counters.of.size() >= kMostKeys) {
    if (now < counters.next_look) return counters.shared;
    counters.next_look = now + kBetweenLooks;
    std::erase_if(counters.of,
                  [&](const auto& each) { return each.second.last + kForgottenAfter <= now; });
    if (counters.of.size() >= kMostKeys) return counters.shared;
  }
  return counters.of[key];
}

SignInLimits::Counter& SignInLimits::OfAccount(const Who& who) {
  const std::string name = LowerAscii(who.account);
  if (who.account_exists) return accounts_[name];
  std::array<unsigned char, crypto_shorthash_BYTES> hash{};
  crypto_shorthash(hash.data(), reinterpret_cast<const unsigned char*>(name.data()), name.size(),
                   key_.data());
  return nobodys_[(size_t{hash[0]} | size_t{hash[1]} << 8) % kNobodys];
}

}  // namespace tamtap
