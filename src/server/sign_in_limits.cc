#include "server/sign_in_limits.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace tamtap {
namespace {

constexpr auto kWindow = std::chrono::minutes(5);
constexpr size_t kMostOfPair = 10;
constexpr size_t kMostOfClient = 50;
constexpr size_t kMostOfAccount = 100;
constexpr size_t kMostKeys = 10'000;

// Account names are the same in any case, so no spelling of one gets guesses of its own.
std::string Lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

struct Keys {
  Keys(std::string_view client, std::string_view account)
      : of_client(fmt::format("client {}", client)),
        of_account(fmt::format("account {}", Lower(account))),
        of_pair(fmt::format("pair {} {}", client, Lower(account))) {}

  const std::string of_client;
  const std::string of_account;
  const std::string of_pair;
};

}  // namespace

std::string ClientOf(std::string_view remote_address) {
  std::array<unsigned char, 16> bytes{};
  const std::string address(remote_address.substr(0, remote_address.find('%')));
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) return address;
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
  }
  std::string network;
  for (size_t i = 0; i < 8; ++i) network += fmt::format("{:02x}", bytes[i]);
  return network + "/64";
}

std::chrono::seconds SignInLimits::Attempt(std::string_view client, std::string_view account,
                                           MonotonicTime now) {
  const Keys keys(client, account);
  const std::chrono::seconds wait = std::max({WaitFor(keys.of_pair, kMostOfPair, now),
                                              WaitFor(keys.of_client, kMostOfClient, now),
                                              WaitFor(keys.of_account, kMostOfAccount, now)});
  if (wait > wait.zero()) return wait;
  if (failures_.size() > kMostKeys) Forget(now);
  for (const std::string* key : {&keys.of_pair, &keys.of_client, &keys.of_account}) {
    failures_[*key].push_back(now);
  }
  return wait;
}

void SignInLimits::Forgive(std::string_view client, std::string_view account) {
  const Keys keys(client, account);
  failures_.erase(keys.of_pair);
  for (const std::string* key : {&keys.of_client, &keys.of_account}) {
    const auto found = failures_.find(*key);
    if (found == failures_.end()) continue;
    found->second.pop_back();
    if (found->second.empty()) failures_.erase(found);
  }
}

std::chrono::seconds SignInLimits::WaitFor(const std::string& key, size_t limit,
                                           MonotonicTime now) {
  const auto found = failures_.find(key);
  if (found == failures_.end()) return {};
  Failures& failures = found->second;
  while (!failures.empty() && failures.front() + kWindow <= now) failures.pop_front();
  if (failures.empty()) failures_.erase(found);
  if (!failures_.contains(key) || failures.size() < limit) return {};
  return std::chrono::ceil<std::chrono::seconds>(failures.front() + kWindow - now);
}

void SignInLimits::Forget(MonotonicTime now) {
  std::erase_if(failures_, [&](const auto& each) { return each.second.back() + kWindow <= now; });
  // Still too many: thousands of clients at once. Memory is bounded before guesses are.
  if (failures_.size() > kMostKeys) failures_.clear();
}

}  // namespace tamtap
