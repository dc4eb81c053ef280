// PowerGuard: stops a gate cleanly before its power ends, as --power-ups and --power-command say.
#pragma once

#include <atomic>
#include <memory>
#include <vector>

#include "base/result.h"
#include "cli/settings.h"
#include "cli/stop_signal.h"
#include "power/power_watch.h"

namespace tamtap::cli {

// kMisconfigured for a UPS that can't be named so.
Result<std::vector<std::unique_ptr<PowerSource>>> MakePowerSources(const Settings& settings);

class PowerGuard {
 public:
  // `stop` must outlive it. Errors as above.
  static Result<std::unique_ptr<PowerGuard>> Make(const Settings& settings, StopSignal& stop);

  // From now on, little power raises the stop signal.
  void Watch();
  // To be called when the stop signal has come. If little power was the reason, systemd is asked to
  // switch the machine off, or else to let this service rest: it would start it again at once.
  // Returns without waiting for either.
  void TellSystemd();

 private:
  PowerGuard(const Settings& settings, StopSignal& stop,
             std::vector<std::unique_ptr<PowerSource>> sources)
      : stop_(stop),
        interval_(std::chrono::seconds(settings.power_seconds)),
        power_off_(settings.power_off),
        sources_(std::move(sources)) {}

  StopSignal& stop_;
  const std::chrono::milliseconds interval_;
  const bool power_off_;
  std::vector<std::unique_ptr<PowerSource>> sources_;  // until they are watched
  std::atomic<bool> low_{false};
  std::unique_ptr<PowerWatch> watch_;  // null: nothing says how the power is
};

}  // namespace tamtap::cli
