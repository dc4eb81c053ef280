// PresentedCard: what a reader saw. It is the UID, or a text that may mean several cards; the
// roster says whose it is (roster.h).
#pragma once

#include <string>
#include <string_view>

#include "tap/card_spelling.h"

namespace tamtap {

struct PresentedCard {
  std::string text;       // as it was read, without framing: printable, at most kMostCardText bytes
  CardReadings readings;  // none: it is no card

  // The UID if the text says it, else the text.
  const std::string& Name() const { return readings.uid.empty() ? text : readings.uid.text(); }

  static constexpr size_t kMostCardText = 64;
  static PresentedCard Uid(const CardId& card);
  // Of a line that a reader typed or sent. What it put around the id is taken off: STX and ETX and
  // other control characters, blanks, the `;` `?` or `%` `?` of magnetic stripes, `0x`.
  static PresentedCard Text(std::string_view line, CardFormat format);
};

}  // namespace tamtap
