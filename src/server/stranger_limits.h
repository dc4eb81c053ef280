// StrangerLimits: how many requests that change something, or try to, a client may make whose
// caller is not known: signing in and enrolling are all there is. Counted by the head alone, before
// a body is read, so a flood costs little. Thread-safe.
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

  // Zero: it may, and that is counted. Otherwise how long to wait.
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
