// DuplicateIndex: has this person tapped on this day, and when first? Keeps the newest few days
// only, so its memory follows the size of the school, not the age of the journal: 56 bytes a person
// and day. Not thread-safe.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "tap/card_spelling.h"

namespace tamtap::journal {

inline constexpr size_t kMaxPersonBytes = kMostPersonBytes;

// Days "YYYY-MM-DD", both inclusive.
struct DayRange {
  std::string first;
  std::string last = "9999-12-31";
};

// Stands for the sequence number of a tap that was taken at another gate.
inline constexpr uint64_t kOtherGate = 0;

struct KnownTap {
  uint64_t sequence = 0;  // or kOtherGate
  int64_t at_us = 0;      // Record::tapped_at_us
  friend bool operator==(const KnownTap&, const KnownTap&) = default;
};

// What is known of a person's taps on a day. There may be others between the two.
struct KnownTaps {
  KnownTap first;  // the earliest one, wherever it was taken
  KnownTap last;   // the one that came last to this index; of this gate, if any is
  friend bool operator==(const KnownTaps&, const KnownTaps&) = default;
};

class DuplicateIndex {
 public:
  static constexpr size_t kDays = 4;

  void Insert(std::string_view day, std::string_view person, const KnownTap& tap);
  // Forgets taps that turn out never to have been acknowledged. Walks everything: for rare use.
  // A void tap that is neither the first nor the last of its person is forgotten already.
  void Erase(uint64_t first, uint64_t last);
  std::optional<KnownTaps> Find(std::string_view day, std::string_view person) const;

 private:
  // Held in place: an insertion allocates nothing while the table has room.
  using Key = std::array<char, kMaxPersonBytes>;
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  using People = boost::unordered_flat_map<Key, KnownTaps, KeyHash>;
  static Key KeyOf(std::string_view person);

  std::map<std::string, People, std::less<>> days_;
};

}  // namespace tamtap::journal
