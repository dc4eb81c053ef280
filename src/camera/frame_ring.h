// FrameRing: the newest frames of a camera. A tap takes the newest one that nobody took yet; if
// that shows no face, the next one that comes, or one from shortly before.
//
// Not thread-safe.
#pragma once

#include <deque>
#include <optional>
#include <utility>

#include "camera/camera.h"

namespace tamtap {

class FrameRing {
 public:
  // Lets the oldest ones go that are too many.
  void Add(Frame frame, MonotonicTime taken_at) {
    bytes_ += frame.encoded.size();
    frames_.emplace_back(taken_at, std::move(frame));
    while (frames_.size() > kMostFrames || (bytes_ > kMostBytes && frames_.size() > 1)) {
      bytes_ -= frames_.front().second.encoded.size();
      frames_.pop_front();
    }
  }
  // Nothing: there is none that was taken at `from` or later.
  std::optional<Frame> TakeNewest(MonotonicTime from) {
    if (frames_.empty() || frames_.back().first < from) return std::nullopt;
    Frame frame = std::move(frames_.back().second);
    frames_.pop_back();
    bytes_ -= frame.encoded.size();
    return frame;
  }
  void Clear() {
    frames_.clear();
    bytes_ = 0;
  }

 private:
  static constexpr size_t kMostFrames = 4;  // a third of a second
  static constexpr size_t kMostBytes = 8 << 20;

  std::deque<std::pair<MonotonicTime, Frame>> frames_;  // the newest last
  size_t bytes_ = 0;
};

}  // namespace tamtap
