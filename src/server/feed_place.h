// FeedPlace: up to where a client has heard the live feed, as a text that the client keeps and
// gives back. It is a place in the store's own order of taps (SchoolStore::NewsSince), so that it
// means the same to every server on that store, and after a restart. Beside it stand the taps that
// the client was told of before the store had them.
//
//   EPOCH.NUMBER            e.g. "5f0c1e22.1042"
//   EPOCH.NUMBER.MARKS      a mark of ten hexadecimal digits for each tap that was told ahead
//
// Values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace tamtap {

// More taps told ahead of the store than this, and a place can't name them all. A CONNECT of a
// client, which has two places, must fit into what a stranger may send.
inline constexpr size_t kMostMarks = 128;

// Of a tap id: short, and tells nothing of whose tap it is.
std::string MarkOf(std::string_view tap);

struct FeedPlace {
  std::string epoch;  // the beginning of StoreIdentity::epoch
  int64_t number = 0;
  std::set<std::string> ahead;  // marks

  static std::string EpochOf(std::string_view store_epoch);
  // Nothing for what ToString() does not write.
  static std::optional<FeedPlace> Parse(std::string_view text);
  // Empty if there are too many marks.
  std::string ToString() const;
  friend bool operator==(const FeedPlace&, const FeedPlace&) = default;
};

}  // namespace tamtap
