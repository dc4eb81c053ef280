#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "power/power_source.h"

namespace tamtap {
namespace {

constexpr int kUsualAddress = 0x17;

// Registers of the UPS Plus (EP-0136), as its maker's wiki lists them: numbers of two bytes, the
// low one first.
constexpr unsigned char kWhoAmI = 0x00;
constexpr unsigned char kBatteryMv = 0x05;
constexpr unsigned char kUsbCMv = 0x07;
constexpr unsigned char kMicroUsbMv = 0x09;
constexpr unsigned char kProtectMv = 0x11;
constexpr unsigned char kPercent = 0x13;

// The generation after it (EP-0245) says who it is, and has the same at other places. It knows no
// percentage, and says by itself when its battery is low.
constexpr unsigned char kGeneration6 = 0xA6;
constexpr unsigned char kInputMv6 = 0x10;
constexpr unsigned char kBatteryMv6 = 0x12;
constexpr unsigned char kState6 = 0x1F;
constexpr unsigned char kProtectMv6 = 0x21;
constexpr unsigned char kBatteryLow6 = 0x20;  // of kState6

constexpr int kCharges = 4'000;          // mV at an input: below that nothing is plugged in
constexpr int kFewestBatteryMv = 2'000;  // of what is a battery; less is none, or nonsense
constexpr int kMostBatteryMv = 9'000;
constexpr int kBeforeProtection = 50;  // mV before the UPS switches everything off

class Ups final : public PowerSource {
 public:
  Ups(std::string name, OpenUps open, int low_percent)
      : name_(std::move(name)), open_(std::move(open)), low_percent_(low_percent) {}

  Result<PowerState> Look(const std::stop_token& /*stop*/) override {
    auto state = Read();
    if (!state) bus_.reset();
    return state;
  }
  std::string Describe() const override { return "ups:" + name_; }
  // One transfer in many goes wrong on long wires, and such a UPS has moments in which it measures.
  int TimesBelieved() const override { return 3; }

 private:
  Result<PowerState> Read() {
    if (!bus_) {
      TAMTAP_TRY(bus_, open_());
    }
    TAMTAP_TRY(const int who, Byte(kWhoAmI));
    return who == kGeneration6 ? ReadGeneration6() : ReadPlus();
  }

  Result<PowerState> ReadPlus() {
    TAMTAP_TRY(const int usb_c, Number(kUsbCMv));
    TAMTAP_TRY(const int micro_usb, Number(kMicroUsbMv));
    TAMTAP_TRY(const int battery, Number(kBatteryMv));
    TAMTAP_TRY(const int protect, Number(kProtectMv));
    TAMTAP_TRY(const int percent, Number(kPercent));
    if (percent > 100) return Nonsense(fmt::format("{} %", percent));
    // Before its first whole charge it knows no percentage, and says 0.
    const bool few = percent > 0 && percent <= low_percent_;
    return Judge(std::max(usb_c, micro_usb), battery, protect, few, fmt::format("{} %, ", percent));
  }

  Result<PowerState> ReadGeneration6() {
    TAMTAP_TRY(const int input, Number(kInputMv6));
    TAMTAP_TRY(const int battery, Number(kBatteryMv6));
    TAMTAP_TRY(const int protect, Number(kProtectMv6));
    TAMTAP_TRY(const int state, Byte(kState6));
    return Judge(input, battery, protect, (state & kBatteryLow6) != 0, "");
  }

  Result<PowerState> Judge(int input, int battery, int protect, bool little,
                           const std::string& percent) const {
    if (battery < kFewestBatteryMv || battery > kMostBatteryMv) {
      return Nonsense(fmt::format("a battery of {} mV", battery));
    }
    PowerState state;
    const bool charges = input >= kCharges;
    state.low = !charges && (little || battery <= protect + kBeforeProtection);
    state.said =
        fmt::format("{}, {}{} mV left", charges ? "plugged in" : "on battery", percent, battery);
    return state;
  }

  Error Nonsense(const std::string& what) const {
    return {ErrorCode::kRetry, fmt::format("read {}: it says {}", Describe(), what), 0,
            "is it another kind of UPS? then use --power-command"};
  }

  Result<int> Byte(unsigned char at) {
    std::array<unsigned char, 1> answer{};
    TAMTAP_RETURN_IF_ERROR(bus_->Ask(std::array{at}, answer));
    return answer.front();
  }
  // Its firmware answers one register at a time.
  Result<int> Number(unsigned char at) {
    TAMTAP_TRY(const int low, Byte(at));
    TAMTAP_TRY(const int high, Byte(static_cast<unsigned char>(at + 1)));
    return high << 8 | low;
  }

  const std::string name_;
  const OpenUps open_;
  const int low_percent_;
  std::unique_ptr<I2cBus> bus_;
};

}  // namespace

Result<I2cPlace> ParseUps(std::string_view argument) {
  return ParseI2cPlace(argument, kUsualAddress, fmt::format("UPS '{}'", argument),
                       "/dev/i2c-1,0x17");
}

std::unique_ptr<PowerSource> MakeUps(std::string name, OpenUps open, int low_percent) {
  return std::make_unique<Ups>(std::move(name), std::move(open), low_percent);
}

}  // namespace tamtap
