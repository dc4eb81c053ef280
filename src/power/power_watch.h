// PowerWatch: looks how the power is, and says when a gate should stop. A thread of its own.
//
// Trouble with a source is said once in the log. It is no reason to stop: a UPS that is unplugged
// does not end a school's morning.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/step_thread.h"
#include "device/said_once.h"
#include "power/power_source.h"

namespace tamtap {

class PowerWatch {
 public:
  // `low` is called once, on the watch's thread, with what a source said: it must not destroy this.
  PowerWatch(std::vector<std::unique_ptr<PowerSource>> sources, std::chrono::milliseconds interval,
             std::function<void(const std::string& said)> low);
  ~PowerWatch();

 private:
  struct Watched {
    std::unique_ptr<PowerSource> source;
    int times_low = 0;  // in a row
    SaidOnce trouble;
  };
  static std::vector<Watched> Watch(std::vector<std::unique_ptr<PowerSource>> sources);
  std::chrono::milliseconds Step();
  bool IsLow(Watched& watched);

  const std::chrono::milliseconds interval_;
  const std::function<void(const std::string& said)> low_;
  std::vector<Watched> watched_;
  bool done_ = false;
  std::stop_source stop_;
  StepThread thread_{"watching the power", [this] { return Step(); }};  // last: it uses the rest
};

}  // namespace tamtap
