// CameraWatch: whether a camera works, told by the frames that it gives. A camera is frozen if the
// same frame comes again and again (two frames of a sensor are never alike, for its noise), and
// sends garbage if what has the form of a picture can't be decoded; one frame a second is tried.
//
// Pure: it is told the time. One thread at a time.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"

namespace tamtap {

class CameraWatch {
 public:
  // Whether these bytes can be decoded.
  using Decode = std::function<Result<>(std::string_view encoded)>;

  enum class State {
    kStarting,  // no frame yet, and not long since it was opened
    kWorks,
    kSilent,   // it should have given a frame by now, and may yet do so
    kHopeless  // nothing helps but to open it anew
  };

  explicit CameraWatch(Decode decode) : decode_(std::move(decode)) {}

  // The camera was opened.
  void Opened(MonotonicTime now);
  // Whether this frame is one to look at.
  bool Comes(std::string_view frame, MonotonicTime now);

  State Look(MonotonicTime now) const;
  // What is wrong while it is kSilent or kHopeless: "it gives the same picture again and again".
  std::string Trouble() const;
  // Whether it has worked for so long that former trouble is over.
  bool WorksSteadily(MonotonicTime now) const;

 private:
  const Decode decode_;
  MonotonicTime opened_{};
  std::optional<MonotonicTime> first_;  // good frame since then
  MonotonicTime changed_{};             // the newest good frame that was not as the one before
  MonotonicTime decoded_{};             // the newest one that was tried, and could be decoded
  MonotonicTime tried_{};
  bool decodes_ = true;  // the one that was tried last
  std::string undecodable_;
  std::string last_;
  bool repeats_ = false;  // the newest frame was as the one before
};

}  // namespace tamtap
