#include "reader/spi_bus.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <gpiod.h>
#include <linux/spi/spidev.h>
#include <sys/ioctl.h>

#include <cerrno>
#include <chrono>
#include <cstdint>
#include <thread>
#include <vector>

#include "base/descriptor.h"

namespace tamtap {
namespace {

constexpr uint32_t kHertz = 1'000'000;  // chips take ten; wires on a table do not
constexpr const char* kConsumer = "tamtap";
constexpr std::chrono::milliseconds kResetPulse{1};  // 100 ns are enough

struct CloseChip {
  void operator()(gpiod_chip* chip) const { gpiod_chip_close(chip); }  // its lines are released
};
using GpioChip = std::unique_ptr<gpiod_chip, CloseChip>;

Error Failed(std::string what) {
  const int reason = errno;
  std::string hint;
  if (reason == ENOENT || reason == ENODEV) {
    hint = "switch SPI on (`dtparam=spi=on` in the boot configuration) and look for /dev/spidev*";
  } else if (reason == EACCES || reason == EPERM) {
    hint = "the user must belong to the groups spi and gpio";
  } else if (reason == EBUSY) {
    hint = "another program uses it";
  }
  return Error{ErrorCode::kRetry, std::move(what), reason, std::move(hint)};
}

class Spidev final : public SpiBus {
 public:
  Spidev(std::string name, Descriptor device, GpioChip chip, gpiod_line* reset)
      : name_(std::move(name)), device_(std::move(device)), chip_(std::move(chip)), reset_(reset) {}

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
      return Failed(fmt::format("talk over {}", name_));
    }
    return {};
  }

  Result<> Reset() override {
    if (reset_ == nullptr) return {};
    for (const int level : {0, 1}) {
      if (gpiod_line_set_value(reset_, level) < 0) {
        return Failed(fmt::format("set the reset line of {}", name_));
      }
      std::this_thread::sleep_for(kResetPulse);
    }
    return {};
  }

  const std::string& name() const override { return name_; }

 private:
  const std::string name_;
  const Descriptor device_;
  const GpioChip chip_;
  gpiod_line* const reset_;  // null: not wired; the chip's
};

}  // namespace

Result<std::unique_ptr<SpiBus>> OpenSpi(const SpiWiring& wiring) {
  Descriptor device(open(wiring.device.c_str(), O_RDWR | O_CLOEXEC));
  if (!device) return Failed(fmt::format("open {}", wiring.device));
  uint8_t mode = SPI_MODE_0;
  uint32_t hertz = kHertz;
  if (ioctl(device.get(), SPI_IOC_WR_MODE, &mode) < 0 ||
      ioctl(device.get(), SPI_IOC_WR_MAX_SPEED_HZ, &hertz) < 0) {
    return Failed(fmt::format("set up {}", wiring.device));
  }
  GpioChip chip;
  gpiod_line* line = nullptr;
  if (wiring.reset) {
    const std::string what = fmt::format("line {} of {}", *wiring.reset, wiring.gpio_chip);
    chip.reset(gpiod_chip_open(wiring.gpio_chip.c_str()));
    if (!chip) return Failed("open " + wiring.gpio_chip);
    line = gpiod_chip_get_line(chip.get(), *wiring.reset);
    if (line == nullptr) return Failed("find " + what);
    if (gpiod_line_request_output(line, kConsumer, 1) < 0) return Failed("take " + what);
  }
  return std::unique_ptr<SpiBus>(
      std::make_unique<Spidev>(wiring.device, std::move(device), std::move(chip), line));
}

}  // namespace tamtap
