#include "server/feed_place.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/fnv.h"

namespace tamtap {
namespace {

constexpr size_t kEpochDigits = 8;
constexpr size_t kHashDigits = 10;

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string ShortHash(std::string_view text) {
  return fmt::format("{:010x}", Fnv1a(text) >> (64 - 4 * kHashDigits));
}

std::string FeedPlace::EpochOf(std::string_view store_epoch) {
  return std::string(store_epoch.substr(0, kEpochDigits));
}

std::optional<FeedPlace> FeedPlace::Parse(std::string_view text) {
  FeedPlace place;
  const size_t dot = text.find('.');
  if (dot != kEpochDigits || !AreDigits(text.substr(0, dot))) return std::nullopt;
  place.epoch = text.substr(0, dot);
  const std::string_view rest = text.substr(dot + 1);
  const char* const end = rest.data() + rest.size();
  const auto [stop, failed] = std::from_chars(rest.data(), end, place.number);
  if (failed != std::errc() || place.number < 0) return std::nullopt;
  std::string_view hashes(stop, static_cast<size_t>(end - stop));
  if (hashes.empty()) return place;
  if (!hashes.starts_with('.')) return std::nullopt;
  hashes.remove_prefix(1);
  if (hashes.empty() || hashes.size() % kHashDigits != 0 || !AreDigits(hashes) ||
      hashes.size() > kMostHashes * kHashDigits) {
    return std::nullopt;
  }
  for (; !hashes.empty(); hashes.remove_prefix(kHashDigits)) {
    place.ahead.emplace(hashes.substr(0, kHashDigits));
  }
  return place;
}

std::string FeedPlace::ToString() const {
  if (epoch.size() != kEpochDigits || ahead.size() > kMostHashes) return {};
  std::string text = fmt::format("{}.{}", epoch, number);
  if (!ahead.empty()) text.push_back('.');
  for (const std::string& each : ahead) text += each;
  return text;
}

}  // namespace tamtap
