#include <fmt/core.h>

#include "power/child.h"
#include "power/power_source.h"

namespace tamtap {
namespace {

constexpr std::chrono::seconds kCommandPatience{20};
constexpr int kFine = 0;
constexpr int kLittleLeft = 1;

class PowerCommand final : public PowerSource {
 public:
  PowerCommand(std::string command, Clock& clock) : command_(std::move(command)), clock_(clock) {}

  Result<PowerState> Look(const std::stop_token& stop) override {
    TAMTAP_TRY(const int status,
               RunToEnd({"/bin/sh", "-c", command_}, kCommandPatience, stop, clock_));
    if (status == kFine) return PowerState{false, "the power is fine"};
    if (status == kLittleLeft) return PowerState{true, "little power is left"};
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("ask '{}' for the power: it ended with {}", command_, status), 0,
                 "it must end with 0 while the power is fine, and with 1 when little is left"};
  }
  std::string Describe() const override { return fmt::format("command '{}'", command_); }
  int TimesBelieved() const override { return 1; }  // it may wait as long as it likes

 private:
  const std::string command_;
  Clock& clock_;
};

}  // namespace

std::unique_ptr<PowerSource> MakePowerCommand(std::string command, Clock& clock) {
  return std::make_unique<PowerCommand>(std::move(command), clock);
}

}  // namespace tamtap
