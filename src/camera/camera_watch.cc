#include "camera/camera_watch.h"

#include <algorithm>

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// People must hear of trouble within three seconds.
constexpr milliseconds kPatience{2'500};
// Programs that start a camera take a second or two, on a busy machine more. Who stops them sooner
// never sees a picture.
constexpr milliseconds kStartPatience{10'000};
constexpr milliseconds kBetweenTries{1'000};
constexpr milliseconds kSteady{10'000};

}  // namespace

void CameraWatch::Opened(MonotonicTime now) {
  opened_ = changed_ = decoded_ = now;
  tried_ = MonotonicTime::min();
  first_.reset();
  decodes_ = true;
  repeats_ = false;
  undecodable_.clear();
  last_.clear();
}

bool CameraWatch::Comes(std::string_view frame, MonotonicTime now) {
  repeats_ = frame == last_;
  if (repeats_) return false;
  last_ = frame;
  if (tried_ == MonotonicTime::min() || !decodes_ || now - tried_ >= kBetweenTries) {
    tried_ = now;
    const auto decoded = decode_(frame);
    decodes_ = decoded.has_value();
    if (decodes_) {
      decoded_ = now;
    } else {
      undecodable_ = decoded.error().Message();
    }
  }
  if (!decodes_) return false;
  changed_ = now;
  if (!first_) first_ = now;
  return true;
}

CameraWatch::State CameraWatch::Look(MonotonicTime now) const {
  const bool overdue = now - std::min(changed_, decoded_) > kPatience;
  if (first_) return overdue ? State::kHopeless : State::kWorks;
  if (now - opened_ > kStartPatience) return State::kHopeless;
  return overdue ? State::kSilent : State::kStarting;
}

std::string CameraWatch::Trouble() const {
  if (repeats_) return "it is frozen: it gives the same picture again and again";
  if (!decodes_) return "what it gives can't be decoded: " + undecodable_;
  return first_ ? "it gives no pictures any more" : "it gives no picture";
}

bool CameraWatch::WorksSteadily(MonotonicTime now) const {
  return first_ && now - *first_ > kSteady && Look(now) == State::kWorks;
}

}  // namespace tamtap
