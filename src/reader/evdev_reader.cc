#include "reader/evdev_reader.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/input.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <deque>
#include <filesystem>
#include <system_error>
#include <utility>

#include "base/log.h"
#include "device/device_error.h"
#include "device/pause.h"
#include "device/said_once.h"
#include "reader/card_presence.h"
#include "reader/wedge_line.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr const char* kDevices = "/dev/input";
constexpr milliseconds kBetweenKeyboards{500};  // to find a device that is away

constexpr std::string_view kKeyboardPlugged =
    "is it plugged in? /dev/input/by-id lists those that are";
constexpr std::string_view kNoKeyboard = "it is no keyboard";
constexpr DeviceHint kKeyboardHints[] = {
    {ENOENT, kKeyboardPlugged},
    {ENODEV, kKeyboardPlugged},
    {EACCES, "the user must belong to the group input"},
    {EBUSY, "another program has taken it"},
    {ENOTTY, kNoKeyboard},
    {EINVAL, kNoKeyboard},
};

// Empty: it has none.
std::string NameOf(const Descriptor& fd) {
  std::array<char, 256> name{};
  if (ioctl(fd.get(), EVIOCGNAME(name.size() - 1), name.data()) < 0) return {};
  return name.data();
}

bool TypesDigits(const Descriptor& fd) {
  std::array<unsigned char, KEY_MAX / 8 + 1> keys{};
  if (ioctl(fd.get(), EVIOCGBIT(EV_KEY, keys.size()), keys.data()) < 0) return false;
  const auto has = [&keys](size_t key) { return (keys[key / 8] >> (key % 8) & 1) != 0; };
  return has(KEY_1) && has(KEY_0) && has(KEY_ENTER);
}

// Calls `visit` with the path and the open device of each that may be read, until it returns true.
bool VisitInputs(const auto& visit) {
  std::error_code failed;
  const std::filesystem::directory_iterator none;
  for (std::filesystem::directory_iterator at(kDevices, failed); !failed && at != none;
       at.increment(failed)) {
    if (!at->path().filename().string().starts_with("event")) continue;
    const std::string path = at->path();
    const Descriptor fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
    if (fd && visit(path, fd)) return true;
  }
  return false;
}

Result<std::string> FindKeyboard(const std::string& name) {
  std::string found;
  const bool is_there = VisitInputs([&](const std::string& path, const Descriptor& fd) {
    const std::string own = NameOf(fd);
    if (own.empty() || own.find(name) == std::string::npos) return false;
    found = path;
    return true;
  });
  if (is_there) return found;
  return Error{ErrorCode::kRetry, fmt::format("find the reader '{}' in {}", name, kDevices), 0,
               "is it plugged in, and the user in the group input? /proc/bus/input/devices lists "
               "the names"};
}

class EvdevReader final : public Reader {
 public:
  EvdevReader(std::string name, OpenInput open, CardFormat format, Clock& clock)
      : name_(std::move(name)), open_(std::move(open)), format_(format), clock_(clock) {}

  Result<PresentedCard> Next(std::stop_token stop) override {
    while (!stop.stop_requested()) {
      if (!typed_.empty()) {
        const WedgeLine::Typed typed = std::move(typed_.front());
        typed_.pop_front();
        if (typed.lost) return Lost();
        if (presence_.Comes(typed.text, clock_.MonotonicNow())) {
          return PresentedCard::Text(typed.text, format_);
        }
        continue;
      }
      const auto read = Read();
      if (read) continue;
      fd_.Reset();
      line_ = {};
      if (trouble_.Begins(read.error().Message())) {
        return read.error();
      }
      PauseUnlessStopped(clock_, stop, kBetweenKeyboards);
    }
    return Error{ErrorCode::kClosed, Describe() + " was stopped", 0, ""};
  }

  Result<std::string> Examine() override {
    TAMTAP_TRY(const Descriptor fd, open_());
    const std::string name = NameOf(fd);
    if (!TypesDigits(fd)) {
      return Error{ErrorCode::kMisconfigured, fmt::format("read cards on {}", Describe()), 0,
                   fmt::format("'{}' types no digits; `tamtap doctor` lists what does", name)};
    }
    return fmt::format("'{}', which types", name);
  }

  bool IsAway() const override { return trouble_.Lasts(); }

  std::string Describe() const override { return "evdev:" + name_; }

 private:
  Error Lost() const {
    return {ErrorCode::kRejected, fmt::format("read the card on {}", Describe()), 0,
            "the system lost a part of what it typed; hold the card against it again"};
  }

  // Takes in what is typed, or waits a moment for it.
  Result<> Read() {
    if (!fd_) {
      TAMTAP_TRY(fd_, open_());
      if (trouble_.Ends()) LogInfo("card reader {} is there", Describe());
    }
    pollfd watched{fd_.get(), POLLIN, 0};
    if (poll(&watched, 1, static_cast<int>(kStopCheck.count())) == 0) return {};
    std::array<input_event, 64> events{};
    const ssize_t got = read(fd_.get(), events.data(), sizeof events);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) return {};
    if (got == 0) errno = ENODEV;
    if (got <= 0) return DeviceError("read the reader " + name_, kKeyboardHints);
    for (size_t i = 0; i < static_cast<size_t>(got) / sizeof(input_event); ++i) {
      if (auto line = line_.Take(events[i])) typed_.push_back(*std::move(line));
    }
    return {};
  }

  const std::string name_;
  const OpenInput open_;
  const CardFormat format_;
  Clock& clock_;
  Descriptor fd_;
  WedgeLine line_;
  std::deque<WedgeLine::Typed> typed_;
  CardPresence presence_;
  LastingTrouble trouble_;
};

}  // namespace

Result<Descriptor> OpenKeyboard(const std::string& path_or_name) {
  std::string path = path_or_name;
  if (!path.starts_with('/')) {
    TAMTAP_TRY(path, FindKeyboard(path_or_name));
  }
  Descriptor fd(open(path.c_str(), O_RDONLY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return DeviceError("open " + path, kKeyboardHints);
  if (ioctl(fd.get(), EVIOCGRAB, 1) != 0) return DeviceError("take " + path, kKeyboardHints);
  return fd;
}

std::vector<std::string> KeyboardNames() {
  std::vector<std::string> names;
  VisitInputs([&names](const std::string& path, const Descriptor& fd) {
    if (TypesDigits(fd)) names.push_back(fmt::format("{} ({})", NameOf(fd), path));
    return false;
  });
  return names;
}

std::unique_ptr<Reader> MakeEvdevReader(std::string name, OpenInput open, CardFormat format,
                                        Clock& clock) {
  return std::make_unique<EvdevReader>(std::move(name), std::move(open), format, clock);
}

}  // namespace tamtap
