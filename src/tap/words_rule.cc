#include "tap/words_rule.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/visible.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

constexpr int kMinutesOfDay = 24 * 60;
constexpr size_t kLongestWords = 400;  // bytes: three short messages at most gateways
constexpr std::string_view kWordKeys[] = {"name",   "first_name", "section",
                                          "school", "time",       "date"};

}  // namespace

std::string TimeOfDay(int minutes) {
  return fmt::format("{:02}:{:02}", minutes / 60 % 24, minutes % 60);
}

int QuietHours::MinutesLeft(int minutes) const {
  if (from == until) return 0;
  const int length = (until - from + kMinutesOfDay) % kMinutesOfDay;
  const int since = (minutes - from + kMinutesOfDay) % kMinutesOfDay;
  return since < length ? length - since : 0;
}

bool QuietHours::Holds(int minutes) const { return MinutesLeft(minutes) > 0; }

std::string QuietHours::ToText() const {
  return from == until ? "off" : TimeOfDay(from) + "-" + TimeOfDay(until);
}

std::optional<QuietHours> QuietHours::From(std::string_view text) {
  if (text == "off") return QuietHours{0, 0};
  const size_t dash = text.find('-');
  if (dash == text.npos) return std::nullopt;
  const int from = MinutesFrom(text.substr(0, dash));
  const int until = MinutesFrom(text.substr(dash + 1));
  if (from < 0 || until < 0 || from >= kMinutesOfDay || until >= kMinutesOfDay) return std::nullopt;
  return QuietHours{from, until};
}

std::string WhyNoWords(std::string_view text) {
  if (text.size() > kLongestWords || VisibleLine(text) != text) {
    return fmt::format("one line of at most {} bytes", kLongestWords);
  }
  for (size_t open = text.find('{'); open != text.npos; open = text.find('{', open + 1)) {
    const size_t close = text.find('}', open);
    const std::string_view key = text.substr(open + 1, close - open - 1);
    if (close == text.npos ||
        std::find(std::begin(kWordKeys), std::end(kWordKeys), key) == std::end(kWordKeys)) {
      return std::string(kWordsTake);
    }
  }
  return {};
}

std::string FillWords(std::string_view text,
                      const std::map<std::string, std::string, std::less<>>& values) {
  std::string filled;
  while (!text.empty()) {
    const size_t open = text.find('{');
    filled += text.substr(0, open);
    if (open == text.npos) break;
    text.remove_prefix(open);
    const size_t close = text.find('}');
    const auto value = close == text.npos ? values.end() : values.find(text.substr(1, close - 1));
    if (value == values.end()) {
      filled += '{';
      text.remove_prefix(1);
    } else {
      filled += value->second;
      text.remove_prefix(close + 1);
    }
  }
  return filled;
}

}  // namespace tamtap
