// SignInLimits: how often one may guess a password. Failures are counted by the client at the
// account, by the client at any account, and by the account from anywhere; past a few that cost
// nothing, each failure more doubles the wait, up to a quarter of an hour.
//
// A stranger must not turn that into somebody else's lockout: who comes with the cookie of a device
// that has signed in to this account before is counted by that device alone, so neither an attack
// on the account nor neighbours behind the same address keep them waiting.
//
// Nor can the counters be flooded out, and nor do they grow: those of accounts that exist are as
// many as the accounts and are never given up for others; all other names share a fixed number of
// counters; and when there are more clients than are counted one by one, the newest of them share
// one counter instead of taking somebody's place. Not thread-safe.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tamtap {

class SignInLimits {
 public:
  struct Who {
    std::string client;           // ClientOf
    std::string account;          // its name, in any case; as typed if there is none
    bool account_exists = false;  // what the answer does not tell a stranger
    std::string device;           // the hash of a device known to this account; empty: none
  };

  SignInLimits();

  // Zero: go on, and the attempt counts as failed until it is forgiven or undone (so that attempts
  // made at the same time can't slip through together). Otherwise how long to wait.
  std::chrono::seconds Attempt(const Who& who, MonotonicTime now);
  // The attempt was right: what this client or device failed at this account is forgotten, and it
  // is no failure of the others.
  void Forgive(const Who& who);
  // Whether it was right could not be found out.
  void Undo(const Who& who);

 private:
  struct Counter {
    uint32_t failures = 0;
    MonotonicTime last{};
  };
  struct Counters {
    std::map<std::string, Counter, std::less<>> of{};
    Counter shared{};  // of all who come when `of` is full
    MonotonicTime next_look{};
  };
  static constexpr size_t kNobodys = 4096;

  static std::chrono::seconds WaitFor(const Counter& counter, uint32_t free, MonotonicTime now);
  static Counter& Of(Counters& counters, const std::string& key, MonotonicTime now);
  Counter& OfAccount(const Who& who);

  Counters pairs_;
  Counters clients_;
  Counters devices_;                         // as many as devices are known at most
  std::map<std::string, Counter> accounts_;  // that exist
  std::array<Counter, kNobodys> nobodys_{};  // names that are no accounts, by a keyed hash
  std::array<unsigned char, 16> key_{};
};

// An IPv6 address stands for its /64 network, all of which one client may own.
std::string ClientOf(std::string_view remote_address);

}  // namespace tamtap
