// DuplicateIndex: has this person tapped on this day? Keeps the newest few days only, so its memory
// follows the size of the school, not the age of the journal. Not thread-safe.
#pragma once

#include <array>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace tamtap::journal {

// A person is named by a card: at most 20 characters.
inline constexpr size_t kMaxPersonBytes = 20;

// Days "YYYY-MM-DD", both inclusive.
struct DayRange {
  std::string first;
  std::string last = "9999-12-31";
};

class DuplicateIndex {
 public:
  static constexpr size_t kDays = 4;

  // The last tap of a person on a day is the one that is found: one before it may have been refused
  // by a failing disk, and turn out to be void.
  void Insert(std::string_view day, std::string_view person, uint64_t sequence);
  // Forgets taps that turn out never to have been acknowledged. Walks everything: for rare use.
  void Erase(uint64_t first, uint64_t last);
  // The sequence number of the tap, if there is one.
  std::optional<uint64_t> Find(std::string_view day, std::string_view person) const;

 private:
  // Held in place: an insertion allocates nothing while the table has room.
  using Key = std::array<char, kMaxPersonBytes>;
  struct KeyHash {
    size_t operator()(const Key& key) const;
  };
  using People = boost::unordered_flat_map<Key, uint64_t, KeyHash>;
  static Key KeyOf(std::string_view person);

  std::map<std::string, People, std::less<>> days_;
};

}  // namespace tamtap::journal
