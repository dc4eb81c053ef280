#include "cli/device_report.h"

#include <fmt/core.h>
#include <sys/stat.h>

#include "base/output.h"
#include "cli/camera_trial.h"
#include "cli/gate_here.h"
#include "cli/power_guard.h"
#include "device/access.h"
#include "device/gpio_chip.h"
#include "panel/panel_trial.h"
#include "power/button.h"
#include "reader/reader.h"

namespace tamtap::cli {
namespace {

// "/dev/spidev0.0" of "rc522:/dev/spidev0.0,reset=25"; empty: it names no device.
std::string DeviceOf(const std::string& spec) {
  const size_t colon = spec.find(':');
  if (colon == std::string::npos || spec.compare(colon + 1, 1, "/") != 0) return {};
  const size_t from = colon + 1;
  const std::string path = spec.substr(from, spec.find(',', from) - from);
  return path.starts_with("/dev/") ? path : std::string();
}

bool NamesDevice(const std::string& spec) {
  return !DeviceOf(spec).empty() || spec.starts_with("pcsc") || spec.starts_with("evdev:") ||
         spec == "rpicam" || spec.starts_with("exec:");
}

// Who runs the gate: the owner of its data. Nobody: there is no data yet.
std::optional<uid_t> OwnerOfData(const Settings& settings) {
  struct stat data {};
  if (stat(settings.data.c_str(), &data) != 0) return std::nullopt;
  return data.st_uid;
}

class DeviceReport {
 public:
  DeviceReport(const Settings& settings, std::vector<Finding>& findings)
      : settings_(settings),
        findings_(findings),
        gate_(GateHere(settings)),
        owner_(OwnerOfData(settings)) {}

  void AddReaders() {
    for (const std::string& spec : settings_.readers) {
      const auto reader = MakeReader(spec, SystemClock());
      if (!reader) {
        Add("reader", false, reader.error().Message());
      } else if (!IsWithGate("reader", spec)) {
        Report("reader", spec, (*reader)->Examine());
      }
    }
  }

  void AddPanels() {
    const PanelOutputs outputs = {WriteStandardOutput, WriteStandardScreen};
    for (const std::string& spec : settings_.panels) {
      const auto trial = MakePanelTrial(spec, kFirstIdleText, outputs, SystemClock());
      if (!trial) {
        Add("panel", false, trial.error().Message());
      } else if (!IsWithGate("panel", spec)) {
        Report("panel", spec, (*trial)->Find());
      }
    }
  }

  void AddCamera() {
    if (settings_.camera == "none") {
      Add("camera", true, "none; taps are taken without photos");
      return;
    }
    if (IsWithGate("camera", settings_.camera)) return;
    const auto sight = FindCamera(settings_.camera);
    Report("camera", settings_.camera,
           sight ? Result<std::string>(Describe(*sight)) : Result<std::string>(sight.error()));
  }

  void AddButtons() {
    for (const std::string& spec : settings_.buttons) {
      const auto button = ParseButton(spec);
      if (!button) {
        Add("button", false, button.error().Message());
        continue;
      }
      AddAccessTo("button", button->chip);
      const auto user = UserOfGpioLine(button->chip, button->line, GpioHints());
      if (!user) {
        Add("button", false, fmt::format("{}: {}", spec, user.error().Message()));
      } else {
        // Its own program calls itself as every part of this one does.
        Add("button", !*user || **user == "tamtap",
            fmt::format("{}: {}", spec,
                        !*user ? "its line is free" : fmt::format("'{}' has its line", **user)));
      }
    }
  }

  void AddPower() {
    const auto sources = MakePowerSources(settings_);
    if (!sources) return Add("power", false, sources.error().Message());
    for (const auto& source : *sources) {
      const auto state = source->Look({});
      Add("power", state && !state->low,
          fmt::format("{}: {}", source->Describe(), state ? state->said : state.error().Message()));
    }
  }

  void AddPluggedIn() {
    size_t found = 0;
    for (const auto& [flag, specs] :
         {std::pair("--reader", FindReaders()), std::pair("--panel", FindPanels())}) {
      for (const std::string& spec : specs) {
        Add("plugged in", true, fmt::format("{} {}", flag, spec));
        ++found;
      }
    }
    if (found == 0) Add("plugged in", true, "no device that a gate could use");
  }

 private:
  void Add(const char* what, bool fine, std::string said) {
    findings_.push_back({what, fine, std::move(said)});
  }

  bool IsWithGate(const char* what, const std::string& spec) {
    if (!gate_ || !NamesDevice(spec)) return false;
    AddAccess(what, spec);
    Add(what, true,
        fmt::format("{}: the gate that runs here ({}) has it; its log says how it does", spec,
                    *gate_));
    return true;
  }

  void Report(const char* what, const std::string& spec, const Result<std::string>& found) {
    AddAccess(what, spec);
    Add(what, found.has_value(),
        fmt::format("{}: {}", spec, found ? *found : found.error().Message()));
  }

  // Also if it was typed as root, who may use everything.
  void AddAccess(const char* what, const std::string& spec) { AddAccessTo(what, DeviceOf(spec)); }
  void AddAccessTo(const char* what, const std::string& device) {
    if (!owner_ || device.empty()) return;
    if (std::string why = WhyNoAccess(device, *owner_); !why.empty()) {
      Add(what, false, std::move(why));
    }
  }

  const Settings& settings_;
  std::vector<Finding>& findings_;
  const std::optional<std::string> gate_;
  const std::optional<uid_t> owner_;
};

}  // namespace

void AddDevices(const Settings& settings, std::vector<Finding>& findings) {
  DeviceReport report(settings, findings);
  report.AddReaders();
  report.AddPanels();
  report.AddCamera();
  report.AddButtons();
  report.AddPower();
  report.AddPluggedIn();
}

}  // namespace tamtap::cli
