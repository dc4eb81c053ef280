// /dev/input/event7: a keyboard-wedge reader, as the kernel's evdev offers it.
#include <linux/input.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "device.h"

namespace tamtap::devices {
namespace {

constexpr const char* kName = "Sycreader RFID Technology Co., Ltd SYC ID&IC USB Reader";

uint16_t KeyOf(char c) {
  constexpr uint16_t kDigits[] = {KEY_0, KEY_1, KEY_2, KEY_3, KEY_4,
                                  KEY_5, KEY_6, KEY_7, KEY_8, KEY_9};
  constexpr uint16_t kLetters[] = {KEY_A, KEY_B, KEY_C, KEY_D, KEY_E, KEY_F};
  if (c >= '0' && c <= '9') return kDigits[c - '0'];
  if (c >= 'A' && c <= 'F') return kLetters[c - 'A'];
  return KEY_ENTER;
}

class KeyboardDevice final : public Device {
 public:
  std::shared_ptr<OpenFile> Open(int& /*error*/) override {
    auto file = std::make_shared<File>(*this);
    files_.push_back(file);
    return file;
  }
  void PowerUp() override {}

  // "taken": whether a program has it for itself. "type TEXT": with the key of Enter behind it;
  // "half TEXT": without. "lost": the kernel's buffer ran over.
  std::string Tell(const std::vector<std::string>& words) override {
    if (words[0] == "type" || words[0] == "half") {
      for (const char c : words[1]) Key(KeyOf(c));
      if (words[0] == "type") Key(KEY_ENTER);
    } else if (words[0] == "taken") {
      return taken_by_ != nullptr && taken_by_->send ? "yes" : "no";
    } else if (words[0] == "lost") {
      Send({Event(EV_SYN, SYN_DROPPED, 0), Event(EV_SYN, SYN_REPORT, 0)});
    } else {
      return "?";
    }
    return "done";
  }

 private:
  static input_event Event(uint16_t type, uint16_t code, int32_t value) {
    input_event event{};
    event.type = type;
    event.code = code;
    event.value = value;
    return event;
  }
  void Key(uint16_t key) {
    for (const int value : {1, 0}) {
      Send({Event(EV_MSC, MSC_SCAN, 0x70000 + key), Event(EV_KEY, key, value),
            Event(EV_SYN, SYN_REPORT, 0)});
    }
  }
  // To whoever has taken it, or else to all.
  void Send(const std::vector<input_event>& events) {
    std::erase_if(files_, [](const auto& each) { return each.expired(); });
    for (const auto& weak : files_) {
      const auto file = weak.lock();
      if (!file || !file->send || (taken_by_ != nullptr && taken_by_ != file.get())) continue;
      file->send(
          {reinterpret_cast<const char*>(events.data()), events.size() * sizeof(input_event)});
    }
  }

  class File final : public OpenFile {
   public:
    explicit File(KeyboardDevice& device) : device_(device) {}
    ~File() override {
      const std::lock_guard lock(device_.mutex);
      if (device_.taken_by_ == this) device_.taken_by_ = nullptr;
    }

    Result Ioctl(uint64_t request, uint64_t argument, std::string_view /*bytes*/) override {
      if (const int error = device_.TakeFault(); error != 0) return Failed(error);
      if (request == EVIOCGRAB) {
        if (device_.taken_by_ != nullptr && device_.taken_by_ != this) return Failed(EBUSY);
        device_.taken_by_ = argument != 0 ? this : nullptr;
        return {};
      }
      if (request == EVIOCGVERSION) return Answered(Bytes(int{EV_VERSION}), 0);
      if (request == EVIOCGEFFECTS) return Answered(Bytes(0), 0);
      if (request == EVIOCGID) return Answered(Bytes(input_id{BUS_USB, 0xFFFF, 0x0035, 1}), 0);
      const uint64_t size = argument;
      const uint64_t number = request & 0xFF;
      if (number == (EVIOCGNAME(0) & 0xFF)) return Sized(std::string(kName) + '\0', size);
      if (number >= 0x20 && number < 0x40) return Sized(Bits(number - 0x20), size);
      // The state of keys, lights and switches: none is pressed, none is there.
      if (number >= 0x18 && number <= 0x1B) return Sized(std::string(size, '\0'), size);
      if (number == (EVIOCGPROP(0) & 0xFF)) return Sized(std::string(4, '\0'), size);
      return Failed(number == (EVIOCGPHYS(0) & 0xFF) || number == (EVIOCGUNIQ(0) & 0xFF) ? ENOENT
                                                                                         : EINVAL);
    }

   private:
    template <typename T>
    static std::string Bytes(const T& value) {
      return {reinterpret_cast<const char*>(&value), sizeof(T)};
    }
    static Result Answered(std::string bytes, int result) {
      return {result, 0, std::move(bytes), {}};
    }
    static Result Sized(std::string bytes, uint64_t size) {
      bytes.resize(std::min<uint64_t>(bytes.size(), size));
      const auto length = static_cast<int>(bytes.size());
      return Answered(std::move(bytes), length);
    }
    // Which kinds of events there are (0), or which codes of a kind.
    static std::string Bits(uint64_t kind) {
      std::string bits((KEY_MAX + 8) / 8, '\0');
      const auto set = [&bits](size_t bit) {
        bits[bit / 8] = static_cast<char>(bits[bit / 8] | 1 << bit % 8);
      };
      if (kind == 0) {
        for (const int each : {EV_SYN, EV_KEY, EV_MSC}) set(static_cast<size_t>(each));
      } else if (kind == EV_KEY) {
        for (const char c : std::string_view("0123456789ABCDEF\n")) set(KeyOf(c));
      } else if (kind == EV_MSC) {
        set(MSC_SCAN);
      }
      return bits;
    }

    KeyboardDevice& device_;
  };

  std::vector<std::weak_ptr<File>> files_;
  const OpenFile* taken_by_ = nullptr;
};

}  // namespace

std::unique_ptr<Device> MakeKeyboardDevice() { return std::make_unique<KeyboardDevice>(); }

}  // namespace tamtap::devices
