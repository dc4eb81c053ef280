#include "server/feed_place.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/fnv.h"

namespace tamtap {
namespace {

constexpr size_t kEpochDigits = 8;
constexpr size_t kMarkDigits = 10;

bool AreDigits(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

}  // namespace

std::string MarkOf(std::string_view tap) {
  return fmt::format("{:010x}", Fnv1a(tap) >> (64 - 4 * kMarkDigits));
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
  std::string_view marks(stop, static_cast<size_t>(end - stop));
  if (marks.empty()) return place;
  if (!marks.starts_with('.')) return std::nullopt;
  marks.remove_prefix(1);
  if (marks.empty() || marks.size() % kMarkDigits != 0 || !AreDigits(marks) ||
      marks.size() > kMostMarks * kMarkDigits) {
    return std::nullopt;
  }
  for (; !marks.empty(); marks.remove_prefix(kMarkDigits)) {
    place.ahead.emplace(marks.substr(0, kMarkDigits));
  }
  return place;
}

std::string FeedPlace::ToString() const {
  if (epoch.size() != kEpochDigits || ahead.size() > kMostMarks) return {};
  std::string text = fmt::format("{}.{}", epoch, number);
  if (!ahead.empty()) text.push_back('.');
  for (const std::string& each : ahead) text += each;
  return text;
}

}  // namespace tamtap
