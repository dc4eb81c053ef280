#include "reader/serial_reader.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/ioctl.h>
#include <termios.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <optional>
#include <utility>

#include "base/descriptor.h"
#include "base/log.h"
#include "device/device_error.h"
#include "device/pause.h"
#include "device/said_once.h"
#include "reader/card_presence.h"
#include "reader/line_source.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenOpenings{500};  // to find a device that is away

constexpr std::pair<unsigned, speed_t> kSpeeds[] = {
    {1'200, B1200},   {2'400, B2400},   {4'800, B4800},   {9'600, B9600},
    {19'200, B19200}, {38'400, B38400}, {57'600, B57600}, {115'200, B115200}};

const std::pair<unsigned, speed_t>* FindSpeed(unsigned baud) {
  const auto* const found = std::find_if(std::begin(kSpeeds), std::end(kSpeeds),
                                         [baud](const auto& each) { return each.first == baud; });
  return found == std::end(kSpeeds) ? nullptr : found;
}

constexpr std::string_view kSerialPlugged =
    "is it plugged in? /dev/serial/by-id lists those that are";
constexpr DeviceHint kSerialHints[] = {
    {ENOENT, kSerialPlugged},
    {ENODEV, kSerialPlugged},
    {ENXIO, kSerialPlugged},
    {EACCES, "the user must belong to the group dialout"},
    {EBUSY, "another program uses it"},
    {ENOTTY, "it is no serial line"},
};

Result<Descriptor> OpenPort(const SerialPort& port) {
  // A line without a modem never says that somebody is there: it is not waited for.
  Descriptor fd(open(port.device.c_str(), O_RDONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC));
  if (!fd) return DeviceError("open " + port.device, kSerialHints);
  termios settings{};
  if (tcgetattr(fd.get(), &settings) != 0)
    return DeviceError("set up " + port.device, kSerialHints);
  // What two programs read, each has in part.
  if (ioctl(fd.get(), TIOCEXCL) != 0) return DeviceError("take " + port.device, kSerialHints);
  cfmakeraw(&settings);
  settings.c_cflag |= CLOCAL | CREAD;
  settings.c_cflag &= ~(HUPCL | CRTSCTS);  // a hang-up restarts an Arduino
  cfsetspeed(&settings, FindSpeed(port.baud)->second);
  if (tcsetattr(fd.get(), TCSANOW, &settings) != 0)
    return DeviceError("set up " + port.device, kSerialHints);
  tcflush(fd.get(), TCIFLUSH);  // what came before may be half a line, and nobody's tap now
  return fd;
}

class SerialReader final : public Reader {
 public:
  SerialReader(SerialPort port, CardFormat format, Clock& clock)
      : port_(std::move(port)),
        format_(format),
        clock_(clock),
        lines_(-1, port_.device, LineSource::Unfinished::kIsNothing) {}

  Result<PresentedCard> Next(std::stop_token stop) override {
    while (!stop.stop_requested()) {
      const auto line = NextLine(stop);
      if (line) {
        if (presence_.Comes(*line, clock_.MonotonicNow())) {
          return PresentedCard::Text(*line, format_);
        }
        continue;
      }
      if (stop.stop_requested()) break;
      fd_.Reset();
      if (trouble_.Begins(line.error().Message())) {
        return line.error();
      }
      PauseUnlessStopped(clock_, stop, kBetweenOpenings);
    }
    return Error{ErrorCode::kClosed, Describe() + " was stopped", 0, ""};
  }

  Result<std::string> Examine() override {
    TAMTAP_TRY(const Descriptor fd, OpenPort(port_));
    return fmt::format("a serial line, read at {} baud; what is behind it shows with a card",
                       port_.baud);
  }

  bool IsAway() const override { return trouble_.Lasts(); }

  std::string Describe() const override { return "serial:" + port_.device; }

 private:
  Result<std::string> NextLine(const std::stop_token& stop) {
    if (!fd_) {
      TAMTAP_TRY(fd_, OpenPort(port_));
      lines_.ReadFrom(fd_.get());
      if (trouble_.Ends()) LogInfo("card reader {} is there", Describe());
    }
    auto line = lines_.Next(stop);
    if (!line && line.error().code == ErrorCode::kClosed) {
      return Error{ErrorCode::kRetry, "read " + port_.device, 0, "it was unplugged"};
    }
    if (!line) return std::move(line).error();
    return **std::move(line);  // without a time-out there is a line
  }

  const SerialPort port_;
  const CardFormat format_;
  Clock& clock_;
  Descriptor fd_;
  LineSource lines_;
  CardPresence presence_;
  LastingTrouble trouble_;
};

}  // namespace

Result<SerialPort> ParseSerial(std::string_view argument) {
  const auto wrong = [&](std::string_view what) {
    return Error{ErrorCode::kMisconfigured,
                 fmt::format("card reader 'serial:{}': {}", argument, what), 0,
                 "write it as serial:/dev/ttyUSB0 or serial:/dev/ttyUSB0,baud=9600"};
  };
  constexpr std::string_view kBaud = ",baud=";
  SerialPort port;
  const size_t at = std::min(argument.find(kBaud), argument.size());
  port.device = argument.substr(0, at);
  if (!port.device.starts_with('/')) return wrong("it names no device");
  if (port.device.find(',') != std::string::npos) return wrong("it has no such option");
  if (at == argument.size()) return port;
  const std::string_view baud = argument.substr(at + kBaud.size());
  const auto [end, failed] = std::from_chars(baud.data(), baud.data() + baud.size(), port.baud);
  if (failed != std::errc() || end != baud.data() + baud.size() ||
      FindSpeed(port.baud) == nullptr) {
    return wrong(fmt::format("'{}' is no speed of serial lines", baud));
  }
  return port;
}

std::unique_ptr<Reader> MakeSerialReader(SerialPort port, CardFormat format, Clock& clock) {
  return std::make_unique<SerialReader>(std::move(port), format, clock);
}

}  // namespace tamtap
