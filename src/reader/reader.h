// Reader: a card comes in. Its adapters are standard input, scripts, PC/SC readers and the
// demonstration's crowd.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "tap/presented_card.h"

namespace tamtap {

class Reader {
 public:
  virtual ~Reader() = default;

  // Waits for the next card: one call, one tap. A card that stays on a contactless reader is one
  // tap; lines of stdin or a script are taps of their own (no debounce).
  // Text is handed on as it was read: the roster decides whose card it is, and what is no card is
  // refused at the gate like one.
  // Errors: kRejected is a card that could not be read. kClosed is the end of the input, or a stop.
  // kRetry is a device that went away; called again, the reader looks for it. kMisconfigured is
  // what cannot mend itself.
  virtual Result<PresentedCard> Next(std::stop_token stop) = 0;

  // Looks at its device, and says what it found there: "a chip MFRC522 of version 2.0 (0x92)".
  // Takes no card, and is not called while a thread is in Next(). Errors as those of Next().
  virtual Result<std::string> Examine() { return Describe(); }

  // Whether its device is away or broken, and looked for again. From any thread; never waits.
  virtual bool IsAway() const { return false; }

  // Its name in logs and for `doctor`, such as "stdin" or "pcsc:ACS ACR122U".
  virtual std::string Describe() const = 0;
};

// "stdin" | "script:FILE" | "pcsc" | "pcsc:NAME" | "demo:FILE" (see demo_reader.h). The first two
// take ",format=" behind them (reader_spec.h).
// kMisconfigured for an unknown or malformed spec, naming those that exist.
Result<std::unique_ptr<Reader>> MakeReader(std::string_view spec, Clock& clock);

// Readers that are plugged in, as `--reader` would name them, and what they are:
// "rc522:/dev/spidev0.0 (if one is wired there)", "pcsc:ACS ACR122U 00 00",
// "evdev:Sycreader RFID (/dev/input/event3)". Takes none of them.
std::vector<std::string> FindReaders();

}  // namespace tamtap
