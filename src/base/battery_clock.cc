#include "base/battery_clock.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>

namespace tamtap {
namespace {

// A real-time clock may run on local time, on a machine that also runs another system. One that has
// lost its power shows a time that is years off.
constexpr std::chrono::hours kAgrees{15};

bool Exists(const std::string& path) {
  std::error_code failed;
  return std::filesystem::exists(path, failed);
}

// Nothing: there is no such file, or the chip behind it says that it lost the time.
std::optional<std::string> Read(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  if (!file || !(text << file.rdbuf())) return std::nullopt;
  return text.str();
}

}  // namespace

BatteryClock FindBatteryClock(WallTime now, const std::string& root) {
  const std::string rtc = root + "/sys/class/rtc/rtc0";
  if (Exists(rtc)) {
    const auto text = Read(rtc + "/since_epoch");
    if (!text) return BatteryClock::kNone;
    const WallTime shown{std::chrono::seconds(std::strtoll(text->c_str(), nullptr, 10))};
    if (shown - now > kAgrees || now - shown > kAgrees) return BatteryClock::kNone;
    // The chip of a PC also says how its battery is.
    const auto battery = Read(root + "/proc/driver/rtc");
    const bool empty = battery && battery->find("batt_status\t: dead") != std::string::npos;
    return empty ? BatteryClock::kNone : BatteryClock::kThere;
  }
  // A board like the Raspberry Pi tells what it is made of in a device tree; a PC does not.
  const bool board =
      Exists(root + "/sys/firmware/devicetree/base") || Exists(root + "/proc/device-tree");
  return board ? BatteryClock::kNone : BatteryClock::kAssumed;
}

std::string Describe(BatteryClock found) {
  switch (found) {
    case BatteryClock::kThere:
      return "a battery-backed clock keeps the time while the machine is off";
    case BatteryClock::kAssumed:
      return "the machine around this one keeps the time";
    case BatteryClock::kNone:
      return "no battery keeps the time while the machine is off";
  }
  return {};
}

}  // namespace tamtap
