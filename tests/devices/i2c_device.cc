// /dev/i2c-1 with a display at 0x27 and a UPS at 0x17.
#include <linux/i2c-dev.h>
#include <linux/i2c.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

#include "base/clock.h"
#include "device.h"
#include "panel/hd44780_model.h"

namespace tamtap::devices {
namespace {

constexpr uint16_t kDisplay = 0x27;
constexpr uint16_t kUps = 0x17;

class I2cDeviceModel final : public Device {
 public:
  I2cDeviceModel() {
    for (const auto& [at, number] : {std::pair(0x05, 3'900), std::pair(0x07, 5'000),
                                     std::pair(0x11, 3'700), std::pair(0x13, 80)}) {
      Set(static_cast<size_t>(at), number);
    }
  }

  std::shared_ptr<OpenFile> Open(int& /*error*/) override { return std::make_shared<File>(*this); }
  void PowerUp() override { display_.PowerUp(); }

  std::string Tell(const std::vector<std::string>& words) override {
    if (words[0] == "display") return display_.Line(0) + "|" + display_.Line(1);
    if (words[0] == "faults") {
      return std::to_string(display_.faults.size()) + " " +
             (display_.faults.empty() ? "" : display_.faults.back());
    }
    if (words[0] == "sink") {
      display_.PowerUp();
    } else if (words[0] == "address") {
      address_ = static_cast<uint16_t>(std::stoul(words[1], nullptr, 16));
    } else if (words[0] == "ups") {  // register and number
      Set(std::stoul(words[1], nullptr, 16), std::stoi(words[2]));
    } else if (words[0] == "cut") {  // after so many more bytes, in the middle of a transfer
      display_.fail = Error{ErrorCode::kRetry, "", EREMOTEIO, ""};
      display_.fail_after = std::stoul(words[1]);
    } else if (words[0] == "slow") {  // microseconds a byte
      a_byte_ = std::chrono::microseconds(std::stoi(words[1]));
    } else if (words[0] == "mend") {
      display_.fail.reset();
    } else {
      return "?";
    }
    return "done";
  }

 private:
  void Set(size_t at, int number) {
    ups_[at] = static_cast<unsigned char>(number & 0xFF);
    ups_[at + 1] = static_cast<unsigned char>(number >> 8);
  }

  // 0, or errno.
  int Put(uint16_t address, std::string_view bytes) {
    if (address == address_) {
      std::this_thread::sleep_for(bytes.size() * a_byte_);
      const std::vector<unsigned char> copy(bytes.begin(), bytes.end());
      return display_.Write(copy) ? 0 : EREMOTEIO;
    }
    if (address != kUps) return EREMOTEIO;
    if (!bytes.empty()) pointer_ = static_cast<unsigned char>(bytes.front());
    return 0;
  }
  int Get(uint16_t address, size_t size, std::string& out) {
    std::vector<unsigned char> answer(size);
    if (address == address_) {
      if (!display_.Ask({}, answer)) return EREMOTEIO;
    } else if (address == kUps) {
      for (unsigned char& each : answer) each = ups_[pointer_++];
    } else {
      return EREMOTEIO;
    }
    out.append(answer.begin(), answer.end());
    return 0;
  }

  class File final : public OpenFile {
   public:
    explicit File(I2cDeviceModel& device) : device_(device) {}

    Result Ioctl(uint64_t request, uint64_t argument, std::string_view bytes) override {
      if (request == I2C_SLAVE || request == I2C_SLAVE_FORCE) {
        address_ = static_cast<uint16_t>(argument);
        return {};
      }
      if (const int error = device_.TakeFault(); error != 0) return Failed(error);
      std::string read;
      if (request == I2C_SMBUS) {
        int error = bytes.empty() && argument > 0 ? 0 : device_.Put(address_, bytes);
        if (error == 0 && argument > 0) error = device_.Get(address_, argument, read);
        return error == 0 ? Result{0, 0, read, {}} : Failed(error);
      }
      if (request != I2C_RDWR) return Failed(ENOTTY);
      for (uint64_t i = 0; i < argument; ++i) {
        Piece piece{};
        std::memcpy(&piece, bytes.data(), sizeof(piece));
        bytes.remove_prefix(sizeof(piece));
        const auto address = static_cast<uint16_t>(piece.flags & 0xFFFF);
        int error = 0;
        if ((piece.flags >> 16 & 1) != 0) {
          error = device_.Get(address, piece.size, read);
        } else {
          error = device_.Put(address, bytes.substr(0, piece.size));
          bytes.remove_prefix(piece.size);
        }
        if (error != 0) return Failed(error);
      }
      return {static_cast<int32_t>(argument), 0, read, {}};
    }

    Result Write(std::string_view bytes) override {
      int error = device_.TakeFault();
      if (error == EOVERFLOW) {  // a test's word for a transfer that is short
        bytes = bytes.substr(0, bytes.size() / 2);
        error = 0;
      }
      if (error == 0) error = device_.Put(address_, bytes);
      return error == 0 ? Result{static_cast<int32_t>(bytes.size()), 0, {}, {}} : Failed(error);
    }
    Result Read(size_t size) override {
      std::string read;
      int error = device_.TakeFault();
      if (error == 0) error = device_.Get(address_, size, read);
      return error == 0 ? Result{static_cast<int32_t>(size), 0, read, {}} : Failed(error);
    }

   private:
    I2cDeviceModel& device_;
    uint16_t address_ = 0;
  };

  Hd44780Model display_{SystemClock()};
  uint16_t address_ = kDisplay;
  std::chrono::microseconds a_byte_{0};
  std::array<unsigned char, 256> ups_{};
  uint8_t pointer_ = 0;
};

}  // namespace

std::unique_ptr<Device> MakeI2cDevice() { return std::make_unique<I2cDeviceModel>(); }

}  // namespace tamtap::devices
