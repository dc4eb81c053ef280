#include "device/gpio_chip.h"

#include <fmt/core.h>
#include <gpiod.h>

#include <cerrno>
#include <memory>

namespace tamtap {
namespace {

constexpr std::string_view kChips = "`gpiodetect` lists the chips";
constexpr std::string_view kGroup = "the user must belong to the group gpio";
constexpr DeviceHint kGpioHints[] = {
    {ENOENT, kChips},
    {ENODEV, kChips},
    {ENOTTY, kChips},
    {EACCES, kGroup},
    {EPERM, kGroup},
    {EBUSY, "another program has taken it"},
    {EINVAL, "`gpioinfo` lists the lines of a chip"},
};

struct CloseGpioChip {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }
};
using OpenChip = std::unique_ptr<gpiod_chip, CloseGpioChip>;

}  // namespace

Result<GpioChip> LookAtGpioChip(const std::string& chip, std::span<const DeviceHint> hints) {
  const OpenChip opened(gpiod_chip_open(chip.c_str()));
  if (!opened) return DeviceError("open " + chip, hints);
  return GpioChip{gpiod_chip_label(opened.get()), gpiod_chip_num_lines(opened.get())};
}

Result<std::optional<std::string>> UserOfGpioLine(const std::string& chip, unsigned line,
                                                  std::span<const DeviceHint> hints) {
  const OpenChip opened(gpiod_chip_open(chip.c_str()));
  if (!opened) return DeviceError("open " + chip, hints);
  gpiod_line* const found = gpiod_chip_get_line(opened.get(), line);
  if (found == nullptr) return DeviceError(fmt::format("find line {} of {}", line, chip), hints);
  if (!gpiod_line_is_used(found)) return std::optional<std::string>();
  const char* const user = gpiod_line_consumer(found);
  return std::optional<std::string>(user == nullptr ? "the kernel" : user);
}

std::span<const DeviceHint> GpioHints() { return kGpioHints; }

}  // namespace tamtap
