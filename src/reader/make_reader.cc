#include <fmt/core.h>
#include <unistd.h>

#include "base/random.h"
#include "reader/demo_reader.h"
#include "reader/evdev_reader.h"
#include "reader/pcsc_reader.h"
#include "reader/rc522_reader.h"
#include "reader/reader.h"
#include "reader/reader_spec.h"
#include "reader/serial_reader.h"
#include "reader/text_readers.h"

namespace tamtap {
namespace {

constexpr std::string_view kExisting =
    "use stdin, script:FILE, pcsc, pcsc:NAME, rc522:/dev/spidev0.0,reset=25, serial:/dev/ttyUSB0, "
    "evdev:/dev/input/event3, evdev:NAME or demo:FILE; stdin, script:, serial: and evdev: may be "
    "followed by "
    ",format=auto|hex|hex-reversed|dec|dec-reversed|mfrc522";

Error Unknown(std::string_view spec, std::string_view what) {
  return Error{ErrorCode::kMisconfigured, fmt::format("card reader '{}': {}", spec, what), 0,
               std::string(kExisting)};
}

}  // namespace

Result<std::unique_ptr<Reader>> MakeReader(std::string_view spec, Clock& clock) {
  auto parsed = ParseReaderSpec(spec);
  if (!parsed) {
    Error error = std::move(parsed).error();
    error.hint = kExisting;
    return error;
  }
  const auto& [kind, argument, has_argument, format, has_format] = *parsed;
  const bool gives_text =
      kind == "stdin" || kind == "script" || kind == "serial" || kind == "evdev";
  if (has_format && !gives_text) return Unknown(spec, "it reads UIDs, which have one format");

  if (kind == "stdin" && !has_argument) return MakeLineReader(STDIN_FILENO, "stdin", format);
  if (kind == "pcsc") return MakePcscReader(argument, clock);
  if (kind == "script" && has_argument) return MakeScriptReader(argument, format, clock);
  if (kind == "demo" && has_argument) {
    return MakeDemoReader(argument, STDIN_FILENO, clock, SystemRandom());
  }
  if (kind == "rc522" && has_argument) {
    TAMTAP_TRY(const SpiWiring wiring, ParseRc522(argument));
    return MakeRc522Reader(
        argument, [wiring] { return OpenSpi(wiring); }, clock);
  }
  if (kind == "serial" && has_argument) {
    TAMTAP_TRY(SerialPort port, ParseSerial(argument));
    return MakeSerialReader(std::move(port), format, clock);
  }
  if (kind == "serial") return Unknown(spec, "it needs a device, as in serial:/dev/ttyUSB0");
  if (kind == "rc522") return Unknown(spec, "it needs a device, as in rc522:/dev/spidev0.0");
  if (kind == "script" || kind == "demo") return Unknown(spec, "it needs a file");
  if (kind == "evdev" && has_argument) {
    return MakeEvdevReader(
        argument, [argument] { return OpenKeyboard(argument); }, format, clock);
  }
  if (kind == "evdev") return Unknown(spec, "it needs a device, or a part of a name");
  return Unknown(spec, "there is no such reader");
}

}  // namespace tamtap
