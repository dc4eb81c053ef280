// SignInLimits: how often somebody may guess a password. Failures are counted in three ways: for a
// client at an account, for a client at all accounts, and for an account from all clients. The
// first few cost nothing; after them, each failure doubles the wait, up to a quarter of an hour.
//
// A stranger must not be able to lock somebody out by this. A device that has signed in to the
// account before (its cookie says so) is counted by itself alone. So neither an attack on the
// account nor neighbours behind the same address make its owner wait.
//
// The number of counters is bounded, and a flood of names or addresses makes none of them be
// forgotten:
//   - Each account that exists has a counter of its own, which is never given to another.
//   - All other names share a fixed number of counters.
//   - If there are more clients than counters for them, the newest clients share one counter.
// Not thread-safe.
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
    std::string client;           // the key of its http::ClientOf
    std::string account;          // its name in any case, or what was typed
    bool account_exists = false;  // the answer must not tell a stranger this
    std::string device;           // the hash of a device known to this account; empty: none
  };

  // Failures that cost nothing.
  static constexpr uint32_t kFreeOfPair = 10;
  static constexpr uint32_t kFreeOfDevice = 10;
  static constexpr uint32_t kFreeOfClient = 50;
  static constexpr uint32_t kFreeOfAccount = 50;
  // Longer than any wait: otherwise who waits would be forgiven instead.
  static constexpr std::chrono::hours kForgottenAfter{6};
  // How much longer to wait after so many failures, the last of which was `since` ago.
  static std::chrono::seconds WaitFor(uint32_t failures, uint32_t free,
                                      std::chrono::microseconds since);

  SignInLimits();

  // Returns zero if the attempt may be made. It then counts as failed until Forgive() or Undo() is
  // called, so that attempts that are made at the same time can't slip through together. Otherwise
  // it returns how long to wait.
  std::chrono::seconds Attempt(const Who& who, MonotonicTime now);
  // The password was right: the failures of this client or device at this account are forgotten,
  // and the attempt counts as no failure elsewhere.
  void Forgive(const Who& who);
  // It could not be found out whether the password was right, so the attempt does not count.
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

  static Counter& Of(Counters& counters, const std::string& key, MonotonicTime now);
  Counter& OfAccount(const Who& who);

  Counters pairs_;
  Counters clients_;
  Counters devices_;                         // as many as devices are known at most
  std::map<std::string, Counter> accounts_;  // that exist
  std::array<Counter, kNobodys> nobodys_{};  // names that are no accounts, by a keyed hash
  std::array<unsigned char, 16> key_{};
};

}  // namespace tamtap
