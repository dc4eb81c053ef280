// SharedSignInLimits: SignInLimits for servers that share one store: who guesses a password at one
// of them has guessed it at all. The same waits, the same counters; the number of counters is
// bounded by giving clients, pairs and names that are no accounts a fixed number of places, which
// nobody can choose (a keyed hash picks them). Thread-safe.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/result.h"
#include "server/shared_state.h"
#include "server/sign_in_limits.h"

namespace tamtap {

class SharedSignInLimits {
 public:
  SharedSignInLimits(SharedState& shared, Clock& clock, Random& random)
      : shared_(shared), clock_(clock), random_(random) {}

  // As those of SignInLimits. An Error: the store does not answer, so nobody may try.
  Result<std::chrono::seconds> Attempt(const SignInLimits::Who& who) EXCLUDES(mutex_);
  void Forgive(const SignInLimits::Who& who) EXCLUDES(mutex_);
  void Undo(const SignInLimits::Who& who) EXCLUDES(mutex_);

 private:
  struct Counter {
    uint32_t failures = 0;
    int64_t last_us = 0;
  };
  struct Counted {
    std::string key;
    uint32_t free;
  };
  static Counter CounterOf(const std::optional<std::string>& note);
  Result<std::vector<Counted>> CountersOf(const SignInLimits::Who& who) EXCLUDES(mutex_);
  // How long to wait by that counter; zero: the attempt is counted, unless it is only looked at.
  Result<std::chrono::seconds> Count(const Counted& counted, bool look_only);
  void TakeBack(const std::string& key);
  // The key of the hash, which all servers must share.
  Result<std::string> HashKey() EXCLUDES(mutex_);

  SharedState& shared_;
  Clock& clock_;
  Random& random_;
  Mutex mutex_;
  std::string hash_key_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
