#include "device/i2c_bus.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/i2c-dev.h>
#include <linux/i2c.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>

#include "base/descriptor.h"
#include "device/device_error.h"

namespace tamtap {
namespace {

constexpr std::string_view kSwitchOn =
    "switch I2C on (`dtparam=i2c_arm=on` in the boot configuration) and look for /dev/i2c-*";
constexpr std::string_view kSilent =
    "nothing answers there: look at its wires, and at its address with `i2cdetect -y 1`";
constexpr DeviceHint kI2cHints[] = {
    {ENOENT, kSwitchOn},  {ENODEV, kSwitchOn},  {EACCES, "the user must belong to the group i2c"},
    {ENXIO, kSilent},     {EREMOTEIO, kSilent}, {EIO, kSilent},
    {ETIMEDOUT, kSilent},
};

class I2cDevice final : public I2cBus {
 public:
  I2cDevice(Descriptor fd, int address, std::string name)
      : fd_(std::move(fd)), address_(static_cast<uint16_t>(address)), name_(std::move(name)) {}

  Result<> Write(std::span<const unsigned char> bytes) override {
    const ssize_t written = write(fd_.get(), bytes.data(), bytes.size());
    if (written == static_cast<ssize_t>(bytes.size())) return {};
    if (written >= 0) errno = EIO;
    return DeviceError("write to " + name_, kI2cHints);
  }

  Result<> Ask(std::span<const unsigned char> question, std::span<unsigned char> answer) override {
    // The interface of the kernel has one pointer for both directions; it does not write to these.
    auto* const asked = const_cast<unsigned char*>(question.data());
    std::array<i2c_msg, 2> messages = {
        i2c_msg{address_, 0, static_cast<uint16_t>(question.size()), asked},
        i2c_msg{address_, I2C_M_RD, static_cast<uint16_t>(answer.size()), answer.data()}};
    const uint32_t skipped = question.empty() ? 1 : 0;
    i2c_rdwr_ioctl_data transfer{messages.data() + skipped, 2 - skipped};
    const int done = ioctl(fd_.get(), I2C_RDWR, &transfer);
    if (done == static_cast<int>(transfer.nmsgs)) return {};
    if (done >= 0) errno = EIO;
    return DeviceError("read from " + name_, kI2cHints);
  }

 private:
  const Descriptor fd_;
  const uint16_t address_;
  const std::string name_;
};

}  // namespace

Result<I2cPlace> ParseI2cPlace(std::string_view argument, int usual_address,
                               const std::string& whole, std::string_view example) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured, fmt::format("{}: {}", whole, what), 0,
                 fmt::format("write it as {}", example)};
  };
  I2cPlace place{"", usual_address};
  const size_t comma = std::min(argument.find(','), argument.size());
  place.device = argument.substr(0, comma);
  if (!place.device.starts_with('/')) return wrong("it names no I2C bus");
  if (comma == argument.size()) return place;
  std::string_view address = argument.substr(comma + 1);
  if (!address.starts_with("0x")) return wrong("its address is no hexadecimal number");
  address.remove_prefix(2);
  const auto [end, failed] =
      std::from_chars(address.data(), address.data() + address.size(), place.address, 16);
  if (failed != std::errc() || end != address.data() + address.size() || place.address < 0x08 ||
      place.address > 0x77) {
    return wrong("its address is none from 0x08 to 0x77");
  }
  return place;
}

Result<std::unique_ptr<I2cBus>> OpenI2c(const std::string& device, int address) {
  Descriptor fd(open(device.c_str(), O_RDWR | O_CLOEXEC));
  if (!fd) return DeviceError("open " + device, kI2cHints);
  std::string name = "the chip " + I2cName(device, address);
  if (ioctl(fd.get(), I2C_SLAVE, static_cast<long>(address)) < 0)
    return DeviceError("choose " + name, kI2cHints);
  return std::unique_ptr<I2cBus>(
      std::make_unique<I2cDevice>(std::move(fd), address, std::move(name)));
}

std::string I2cName(const std::string& device, int address) {
  return fmt::format("0x{:02X} on {}", address, device);
}

}  // namespace tamtap
