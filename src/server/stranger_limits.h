// StrangerLimits: how many requests that change something a stranger may make. Strangers can only
// sign in and enrol, so these are the requests that count. They are counted by their heads, before
// a body is read, so that a flood costs little. Thread-safe.
#pragma once

#include <chrono>
#include <map>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "http/peer_address.h"

namespace tamtap {

class StrangerLimits {
 public:
  static constexpr double kAtOnce = 120;  // a school behind one address signs in at the same time
  static constexpr double kASecond = 2;

  explicit StrangerLimits(Clock& clock) : clock_(clock) {}

  // Returns zero if the client may make a request now, which is then counted. Otherwise it returns
  // how long the client must wait.
  std::chrono::seconds Count(const http::PeerAddress& client) EXCLUDES(mutex_);

 private:
  struct Bucket {
    double left = kAtOnce;
    MonotonicTime filled{};
  };
  void Fill(Bucket& bucket, MonotonicTime now);
  void ForgetSome(MonotonicTime now) REQUIRES(mutex_);

  Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Bucket> buckets_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
