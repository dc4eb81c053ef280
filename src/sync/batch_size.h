// BatchSize: how many things go in one call, as the link has shown that it can carry. On a link of
// 2 KB/s a call of 500 records never ends within its time-out, and would be sent for ever. So it
// begins small, grows while calls are quick, and shrinks when one is slow or fails: what comes
// meanwhile never waits long behind one call. Not thread-safe.
#pragma once

#include <chrono>
#include <cstddef>

namespace tamtap {

class BatchSize {
 public:
  // `most` is never exceeded; at least 1.
  explicit BatchSize(size_t most);

  size_t now() const { return now_; }
  // A call with `count` things was answered after `took`. Only a full one shows that more would do.
  void Answered(size_t count, std::chrono::microseconds took);
  // A call failed that a smaller one might not have failed.
  void Failed();

 private:
  const size_t most_;
  size_t now_;
};

}  // namespace tamtap
