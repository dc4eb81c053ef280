#include "tap/time_of_day.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>

#include "base/ascii.h"
#include "base/text.h"
#include "tap/school_json.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

constexpr int kDay = 24 * 60;
constexpr int kNoon = 12 * 60;
constexpr int kLongestOverMidnight = 12 * 60;
constexpr double kOneSecond = 1.0 / 60;  // in minutes

// In lower-case ASCII and without any space.
std::string Plain(std::string_view text) {
  std::string plain = LowerAscii(ToAscii(TrimSpace(text), "?"));
  std::erase_if(plain, [](char c) { return c == ' ' || c == '\t'; });
  return plain;
}

bool TakeEnd(std::string_view& text, std::string_view end) {
  if (!text.ends_with(end)) return false;
  text.remove_suffix(end.size());
  return true;
}

bool AllDigits(std::string_view text) {
  return !text.empty() &&
         std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// "7:00", "07:00:00", "700"; with `hours_alone` also "7".
int MinutesOf(std::string_view text, bool hours_alone) {
  if (std::count(text.begin(), text.end(), ':') == 2) TakeEnd(text, ":00");
  std::string time(text);
  if (AllDigits(text)) {
    if (text.size() <= 2 && hours_alone) time += ":00";
    if (text.size() == 3 || text.size() == 4) time.insert(time.size() - 2, 1, ':');
  }
  return MinutesFrom(time);
}

// The part of a day, to the second: 0.291666667 is 07:00.
std::optional<int> FromPartOfDay(std::string_view text) {
  std::string number(text);
  std::replace(number.begin(), number.end(), ',', '.');
  if (number.find('.') == std::string::npos) return std::nullopt;
  double part = 0;
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), part);
  if (error != std::errc() || end != number.data() + number.size()) return std::nullopt;
  if (!(part >= 0 && part < 1)) return std::nullopt;
  const double minutes = part * kDay;
  if (std::abs(minutes - std::round(minutes)) > kOneSecond) return std::nullopt;
  return static_cast<int>(std::lround(minutes)) % kDay;
}

std::optional<int> OrNothing(int minutes) {
  return minutes < 0 ? std::nullopt : std::optional(minutes);
}

bool SaysNoClasses(std::string_view text) {
  constexpr std::array<std::string_view, 9> kWords = {"",        "-",         "--",  "---", "none",
                                                      "noclass", "noclasses", "n/a", "off"};
  return std::find(kWords.begin(), kWords.end(), Plain(text)) != kWords.end();
}

}  // namespace

std::optional<int> TimeFrom(std::string_view text) {
  const std::string plain = Plain(text);
  std::string_view rest = plain;
  if (const auto part = FromPartOfDay(rest)) return part;
  for (const std::string_view am : {"am", "a.m.", "a.m"}) {
    if (!TakeEnd(rest, am)) continue;
    const int minutes = MinutesOf(rest, true);
    return minutes < 60 || minutes >= kNoon + 60 ? std::nullopt : std::optional(minutes % kNoon);
  }
  for (const std::string_view pm : {"pm", "p.m.", "p.m"}) {
    if (!TakeEnd(rest, pm)) continue;
    const int minutes = MinutesOf(rest, true);
    if (minutes < 60 || minutes >= kNoon + 60) return std::nullopt;
    return minutes % kNoon + kNoon;
  }
  const auto twelve = [](std::string_view hour, int means) {
    return MinutesOf(hour, true) == kNoon ? std::optional(means) : std::nullopt;
  };
  if (TakeEnd(rest, "nn") || TakeEnd(rest, "noon")) return twelve(rest, kNoon);
  if (TakeEnd(rest, "mn") || TakeEnd(rest, "midnight")) return twelve(rest, 0);
  for (const std::string_view hours : {"hrs", "hr", "h"}) {
    if (TakeEnd(rest, hours)) break;
  }
  return OrNothing(MinutesOf(rest, false));
}

Result<std::optional<ClassHours>> HoursFrom(std::string_view start, std::string_view end) {
  const auto refused = [](std::string why) {
    return Error{ErrorCode::kRejected, std::move(why), 0, {}};
  };
  const bool no_start = SaysNoClasses(start);
  const bool no_end = SaysNoClasses(end);
  if (no_start && no_end) return std::optional<ClassHours>();
  if (no_start) return refused(fmt::format("classes end at '{}' and never start", end));
  if (no_end) return refused(fmt::format("classes start at '{}' and never end", start));
  const auto from = TimeFrom(start);
  if (!from || *from == kDay) {
    return refused(fmt::format("'{}' is no time; write 07:00 or 7:00 AM", start));
  }
  auto to = TimeFrom(end);
  if (!to) return refused(fmt::format("'{}' is no time; write 17:00 or 5:00 PM", end));
  if (*to == 0) to = kDay;
  if (*to == *from) return refused(fmt::format("classes start and end at {}", ClockText(*from)));
  if (*to < *from) {
    *to += kDay;
    if (*to - *from > kLongestOverMidnight) {
      return refused(
          fmt::format("classes from {} to {} the next day would last {} hours; write an end in the "
                      "afternoon as 16:00 or 4:00 PM",
                      ClockText(*from), ClockText(*to % kDay), (*to - *from) / 60));
    }
  }
  return std::optional(ClassHours{*from, *to});
}

}  // namespace tamtap
