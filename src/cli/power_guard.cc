#include "cli/power_guard.h"

#include "base/log.h"
#include "power/systemd.h"

namespace tamtap::cli {

Result<std::vector<std::unique_ptr<PowerSource>>> MakePowerSources(const Settings& settings) {
  std::vector<std::unique_ptr<PowerSource>> sources;
  if (!settings.power_ups.empty()) {
    TAMTAP_TRY(const I2cPlace place, ParseUps(settings.power_ups));
    sources.push_back(MakeUps(
        settings.power_ups, [place] { return OpenI2c(place.device, place.address); },
        settings.power_low));
  }
  if (!settings.power_command.empty()) {
    sources.push_back(MakePowerCommand(settings.power_command, SystemClock()));
  }
  return sources;
}

Result<std::unique_ptr<PowerGuard>> PowerGuard::Make(const Settings& settings, StopSignal& stop) {
  TAMTAP_TRY(auto sources, MakePowerSources(settings));
  return std::unique_ptr<PowerGuard>(new PowerGuard(settings, stop, std::move(sources)));
}

void PowerGuard::Watch() {
  if (sources_.empty()) return;
  watch_ =
      std::make_unique<PowerWatch>(std::move(sources_), interval_, [this](const std::string& said) {
        LogWarning("power {}; the gate stops", said);
        low_ = true;
        stop_.Raise();
      });
}

void PowerGuard::TellSystemd() {
  if (!low_) return;
  if (power_off_) {
    if (const auto asked = AskForPowerOff(SystemClock()); !asked) {
      LogWarning("power: {}", asked.error().Message());
    }
    return;
  }
  const std::string unit = OwnUnit();
  if (unit.empty()) return;
  if (const auto asked = AskForUnit(ButtonAction::kStop, unit, {}, SystemClock()); !asked) {
    LogWarning("power: {}; systemd may start the gate again", asked.error().Message());
  }
}

}  // namespace tamtap::cli
