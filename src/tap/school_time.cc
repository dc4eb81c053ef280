#include "tap/school_time.h"

#include <date/tz.h>
#include <fmt/core.h>

#include <charconv>
#include <stdexcept>

#include "base/check.h"
#include "base/text.h"

namespace tamtap {
namespace {

using std::chrono::duration_cast;

const date::time_zone& Zone(const void* zone) { return *static_cast<const date::time_zone*>(zone); }

// The number in text[offset, offset + length), or -1 if any of it is no digit.
int Digits(std::string_view text, size_t offset, size_t length) {
  int value = 0;
  for (size_t i = offset; i < offset + length; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

date::year_month_day ParseDay(std::string_view text) {
  const date::year_month_day none{date::year{0}, date::month{0}, date::day{0}};
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return none;
  const int year = Digits(text, 0, 4);
  const int month = Digits(text, 5, 2);
  const int day = Digits(text, 8, 2);
  if (year < 0 || month < 0 || day < 0) return none;
  return {date::year{year}, date::month{static_cast<unsigned>(month)},
          date::day{static_cast<unsigned>(day)}};
}

std::string FormatDay(date::year_month_day day) {
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(day.year()),
                     static_cast<unsigned>(day.month()), static_cast<unsigned>(day.day()));
}

}  // namespace

Result<TimeZone> TimeZone::Load(std::string_view name) {
  try {
    return TimeZone(date::locate_zone(std::string(name)));
  } catch (const std::runtime_error& error) {
    return Error{ErrorCode::kMisconfigured, fmt::format("time zone '{}': {}", name, error.what()),
                 0, "use an IANA name such as Asia/Manila"};
  }
}

const std::string& TimeZone::name() const { return Zone(zone_).name(); }

LocalTime TimeZone::ToLocal(WallTime instant) const {
  const auto info = Zone(zone_).get_info(date::floor<std::chrono::seconds>(instant));
  const auto local = instant.time_since_epoch() + info.offset;
  const date::local_time<std::chrono::microseconds> wall(local);
  const auto day = date::floor<date::days>(wall);
  const date::hh_mm_ss<std::chrono::microseconds> clock(wall - day);
  const long milliseconds =
      static_cast<long>(duration_cast<std::chrono::milliseconds>(clock.subseconds()).count());
  const int offset = static_cast<int>(duration_cast<std::chrono::minutes>(info.offset).count());

  LocalTime result;
  result.day = FormatDay(date::year_month_day(day));
  result.time = fmt::format("{:02}:{:02}:{:02}", clock.hours().count(), clock.minutes().count(),
                            clock.seconds().count());
  result.date = result.day + " " + result.time;
  result.iso = fmt::format("{}T{}.{:03}{}{:02}:{:02}", result.day, result.time, milliseconds,
                           offset < 0 ? '-' : '+', std::abs(offset) / 60, std::abs(offset) % 60);
  result.minutes = static_cast<int>(clock.hours().count() * 60 + clock.minutes().count());
  result.weekday = static_cast<int>(date::weekday(day).iso_encoding()) - 1;
  result.session = clock.hours().count() < 12 ? Session::kAm : Session::kPm;
  return result;
}

Result<WallTime> TimeZone::FromLocal(std::string_view text) const {
  const Error refused{ErrorCode::kRejected, fmt::format("date '{}'", Shortened(text, 40)), 0,
                      "it reads YYYY-MM-DD HH:MM:SS"};
  if (text.size() != 19 || text[10] != ' ' || text[13] != ':' || text[16] != ':') return refused;
  const date::year_month_day day = ParseDay(text.substr(0, 10));
  const int hours = Digits(text, 11, 2);
  const int minutes = Digits(text, 14, 2);
  const int seconds = Digits(text, 17, 2);
  if (!day.ok() || hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 ||
      seconds > 59) {
    return refused;
  }
  const auto wall = date::local_days(day) + std::chrono::hours(hours) +
                    std::chrono::minutes(minutes) + std::chrono::seconds(seconds);
  return WallTime(Zone(zone_).to_sys(wall, date::choose::earliest).time_since_epoch());
}

bool IsDay(std::string_view text) { return ParseDay(text).ok(); }

int WeekdayOf(std::string_view day) {
  const date::year_month_day parsed = ParseDay(day);
  CHECK(parsed.ok());
  return static_cast<int>(date::weekday(date::sys_days(parsed)).iso_encoding()) - 1;
}

// Days are compared as texts. What is behind the last of four digits, or before the first, is no
// day, and greater or less than all that are: so a walk from any day to any other ends.
std::string AddDays(std::string_view day, int days) {
  const date::year_month_day parsed = ParseDay(day);
  CHECK(parsed.ok());
  const date::year_month_day added(date::sys_days(parsed) + date::days(days));
  if (added.year() > date::year{9999}) return "9999-99-99";
  if (added.year() < date::year{0}) return "0000-00-00";
  return FormatDay(added);
}

int MinutesFrom(std::string_view text) {
  const size_t colon = text.find(':');
  if (colon == std::string_view::npos || colon < 1 || colon > 2 || text.size() != colon + 3) {
    return -1;
  }
  const int hours = Digits(text, 0, colon);
  const int minutes = Digits(text, colon + 1, 2);
  if (hours == 24 && minutes == 0) return 24 * 60;  // the end of a day
  return hours < 0 || hours > 23 || minutes < 0 || minutes > 59 ? -1 : hours * 60 + minutes;
}

}  // namespace tamtap
