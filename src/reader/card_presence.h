// CardPresence: the one rule for readers that see a card again and again. A card is one tap, from
// when it comes until it has been away for half a second: held at the edge of the field, it
// flickers. Another card is a tap at once.
#pragma once

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace tamtap {

inline constexpr std::chrono::milliseconds kSamePresentation{500};

class CardPresence {
 public:
  // A card is there, by any name that is its own. Returns whether it has come just now.
  bool Comes(std::string_view card, MonotonicTime now) {
    std::erase_if(seen_,
                  [now](const auto& each) { return now - each.second >= kSamePresentation; });
    return seen_.insert_or_assign(std::string(card), now).second;
  }

 private:
  std::map<std::string, MonotonicTime, std::less<>> seen_;  // when last
};

}  // namespace tamtap
