// Reader: a card comes in. Adapters: stdin, script:FILE, pcsc; spec strings are in contracts.md.
#pragma once

#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "tap/card_id.h"

namespace tamtap {

class Reader {
 public:
  virtual ~Reader() = default;

  // Waits for the next card: one call, one tap. A card that stays on a contactless reader is one
  // tap; lines of stdin or a script are taps of their own (no debounce).
  // Errors: kRejected is one unusable card or line (say it, go on); kClosed is the end of the input
  // or a stop; kRetry is a device that went away (the reader looks for it again by itself when
  // called again); kMisconfigured cannot mend itself.
  virtual Result<CardId> Next(std::stop_token stop) = 0;

  // For logs and `doctor`: "stdin", "pcsc:ACS ACR122U".
  virtual std::string Describe() const = 0;
};

// "stdin" | "script:FILE" | "pcsc" | "pcsc:NAME" | "demo:FILE" (see demo_reader.h).
// kMisconfigured for an unknown or malformed spec, naming those that exist.
Result<std::unique_ptr<Reader>> MakeReader(std::string_view spec, Clock& clock);

}  // namespace tamtap
