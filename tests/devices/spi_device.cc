// /dev/spidev0.0 with an RC522 board behind it.
#include <linux/spi/spidev.h>

#include <cerrno>
#include <cstring>

#include "base/clock.h"
#include "device.h"
#include "reader/mfrc522_model.h"

namespace tamtap::devices {
namespace {

std::vector<uint8_t> BytesOf(const std::string& hex) {
  std::vector<uint8_t> bytes;
  for (size_t i = 0; i + 1 < hex.size(); i += 2) {
    bytes.push_back(static_cast<uint8_t>(std::stoul(hex.substr(i, 2), nullptr, 16)));
  }
  return bytes;
}

class SpiDevice final : public Device {
 public:
  explicit SpiDevice(std::function<void()>& reset) {
    reset = [this] {
      const std::lock_guard lock(mutex);
      static_cast<void>(model_.Reset());
    };
  }

  std::shared_ptr<OpenFile> Open(int& /*error*/) override { return std::make_shared<File>(*this); }
  void PowerUp() override { model_.PowerUp(); }

  std::string Tell(const std::vector<std::string>& words) override {
    if (words[0] == "show") {
      model_.Put(BytesOf(words[1]));
    } else if (words[0] == "take") {
      model_.cards.clear();
    } else if (words[0] == "stall") {
      model_.stalled = words[1] == "on";
    } else if (words[0] == "version") {
      model_.version = static_cast<uint8_t>(std::stoul(words[1], nullptr, 16));
    } else if (words[0] == "sink") {
      model_.PowerUp();
    } else if (words[0] != "counts") {
      return "?";
    }
    return "resets " + std::to_string(model_.resets) + " soft " +
           std::to_string(model_.soft_resets) + " exchanges " + std::to_string(model_.exchanges);
  }

 private:
  class File final : public OpenFile {
   public:
    explicit File(SpiDevice& device) : device_(device) {}

    ::tamtap::devices::Result Ioctl(uint64_t request, uint64_t argument,
                                    std::string_view bytes) override {
      if (request == SPI_IOC_MESSAGE(1)) return Message(argument, bytes);
      // Mode, bits and speed are set and read back as they were set.
      const uint64_t what = request & 0xFF;
      if ((request >> 30 & 1) != 0) {
        set_[what] = std::string(bytes);
        return {};
      }
      std::string& value = set_[what];
      value.resize(argument, '\0');
      return {0, 0, value, {}};
    }

    // Half duplex, as some drivers use it: what is read comes from the address that was written.
    ::tamtap::devices::Result Write(std::string_view bytes) override {
      std::string piece(sizeof(Piece), '\0');
      const Piece head{static_cast<uint32_t>(bytes.size()), 0};
      std::memcpy(piece.data(), &head, sizeof(head));
      auto result = Message(1, piece + std::string(bytes));
      result.bytes.clear();
      return result;
    }

   private:
    ::tamtap::devices::Result Message(uint64_t count, std::string_view bytes) {
      std::string received;
      for (uint64_t i = 0; i < count; ++i) {
        // A fault in the middle: the chip has taken the frames before it.
        if (const int error = device_.TakeFault(); error != 0) return Failed(error);
        Piece piece{};
        std::memcpy(&piece, bytes.data(), sizeof(piece));
        bytes.remove_prefix(sizeof(piece));
        std::vector<unsigned char> frame(bytes.begin(),
                                         bytes.begin() + static_cast<std::ptrdiff_t>(piece.size));
        bytes.remove_prefix(piece.size);
        const std::span<unsigned char> one(frame);
        if (!frame.empty()) static_cast<void>(device_.model_.Exchange({&one, 1}));
        received.append(frame.begin(), frame.end());
      }
      return {static_cast<int32_t>(received.size()), 0, received, {}};
    }

    SpiDevice& device_;
    std::map<uint64_t, std::string> set_;
  };

  Mfrc522Model model_{SystemClock()};
};

}  // namespace

std::unique_ptr<Device> MakeSpiDevice(std::function<void()>& reset) {
  return std::make_unique<SpiDevice>(reset);
}

}  // namespace tamtap::devices
