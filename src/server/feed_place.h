// FeedPlace: up to where a client has heard the live feed, as a text that the client keeps and
// gives back. It is a place in the store's own order of taps (SchoolStore::NewsSince), so that it
// means the same to every server on that store, and after a restart. Beside it stand the taps that
// the client was told of before the store had them.
//
//   EPOCH.NUMBER            e.g. "5f0c1e22.1042"
//   EPOCH.NUMBER.HASHES     ten hexadecimal digits (ShortHash) for each tap that was told ahead
//
// Values; pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace tamtap {

// How many taps that were told ahead of the store a place can name. A CONNECT of a client, which
// has two places, must fit into what a stranger may send.
inline constexpr size_t kMostHashes = 128;

// Ten hexadecimal digits that stand for a text, such as a tap id. They don't tell the text, so they
// tell nothing of whose tap it is.
std::string ShortHash(std::string_view text);

struct FeedPlace {
  std::string epoch;  // the beginning of StoreIdentity::epoch
  int64_t number = 0;
  std::set<std::string> ahead;  // ShortHash of the tap ids

  static std::string EpochOf(std::string_view store_epoch);
  // Returns nothing for what ToString() does not write.
  static std::optional<FeedPlace> Parse(std::string_view text);
  // Empty if more than kMostHashes taps were told ahead.
  std::string ToString() const;
  friend bool operator==(const FeedPlace&, const FeedPlace&) = default;
};

}  // namespace tamtap
