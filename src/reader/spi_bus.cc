#include "reader/spi_bus.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/descriptor.h"
#include "device/device_error.h"
#include "device/gpio_output.h"

namespace tamtap {
namespace {

constexpr uint32_t kHertz = 1'000'000;               // chips take ten; wires on a table do not
constexpr std::chrono::milliseconds kResetPulse{1};  // 100 ns are enough

constexpr std::string_view kSwitchOn =
    "switch SPI on (`dtparam=spi=on` in the boot configuration) and look for /dev/spidev*";
constexpr std::string_view kGroups = "the user must belong to the groups spi and gpio";
constexpr DeviceHint kSpiHints[] = {
    {ENOENT, kSwitchOn},
    {ENODEV, kSwitchOn},
    {EACCES, kGroups},
    {EPERM, kGroups},
    {EBUSY, "another program uses it"},
};

class Spidev final : public SpiBus {
 public:
  Spidev(std::string name, Descriptor device, std::unique_ptr<GpioOutput> reset)
      : name_(std::move(name)), device_(std::move(device)), reset_(std::move(reset)) {}

  Result<> Exchange(std::span<const std::span<unsigned char>> frames) override {
    std::vector<spi_ioc_transfer> transfers(frames.size());
    for (size_t i = 0; i < frames.size(); ++i) {
      transfers[i].tx_buf = transfers[i].rx_buf = reinterpret_cast<uintptr_t>(frames[i].data());
      transfers[i].len = static_cast<uint32_t>(frames[i].size());
      transfers[i].cs_change = i + 1 < frames.size() ? 1 : 0;
    }
    // SPI_IOC_MESSAGE takes a constant: this is what it makes of a number.
    const auto request = _IOC(_IOC_WRITE, SPI_IOC_MAGIC, 0,
                              static_cast<unsigned>(transfers.size() * sizeof(spi_ioc_transfer)));
    if (ioctl(device_.get(), request, transfers.data()) < 0) {
      return DeviceError(fmt::format("talk over {}", name_), kSpiHints);
    }
    return {};
  }

  Result<> Reset() override {
    if (!reset_) return {};
    for (const bool high : {false, true}) {
      TAMTAP_RETURN_IF_ERROR(reset_->Set(high));
      std::this_thread::sleep_for(kResetPulse);
    }
    return {};
  }

  const std::string& name() const override { return name_; }

 private:
  const std::string name_;
  const Descriptor device_;
  const std::unique_ptr<GpioOutput> reset_;  // null: not wired
};

}  // namespace

Result<std::unique_ptr<SpiBus>> OpenSpi(const SpiWiring& wiring) {
  Descriptor device(open(wiring.device.c_str(), O_RDWR | O_CLOEXEC));
  if (!device) return DeviceError("open " + wiring.device, kSpiHints);
  uint8_t mode = SPI_MODE_0;
  uint32_t hertz = kHertz;
  if (ioctl(device.get(), SPI_IOC_WR_MODE, &mode) < 0 ||
      ioctl(device.get(), SPI_IOC_WR_MAX_SPEED_HZ, &hertz) < 0) {
    return DeviceError("set up " + wiring.device, kSpiHints);
  }
  std::unique_ptr<GpioOutput> reset;
  if (wiring.reset) {
    TAMTAP_TRY(reset, GpioOutput::Open(wiring.gpio_chip, *wiring.reset, /*high=*/true, kSpiHints));
  }
  return std::unique_ptr<SpiBus>(
      std::make_unique<Spidev>(wiring.device, std::move(device), std::move(reset)));
}

}  // namespace tamtap
