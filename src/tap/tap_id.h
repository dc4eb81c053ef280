// TapId: names one tap for ever: "<terminal>.<generation>.<sequence>".
//
// The generation is 16 random hexadecimal digits drawn at each start of a terminal, so ids never
// repeat, even from a restored or cloned card. Sequence numbers rise by one within a journal.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

struct TapId {
  std::string terminal;    // 1-32 of [A-Za-z0-9_-]
  std::string generation;  // 1-32 of [a-z0-9]
  uint64_t sequence = 0;   // from 1

  static Result<TapId> Parse(std::string_view text);
  std::string ToString() const;
  bool empty() const { return sequence == 0; }
  friend bool operator==(const TapId&, const TapId&) = default;
};

// Whether `name` may name a terminal: it has 1 to 32 characters of [A-Za-z0-9_-].
bool IsTerminalName(std::string_view name);

}  // namespace tamtap
