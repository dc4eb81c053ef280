// SchoolTime: what a clock on the school's wall shows, from its IANA time zone and the system's
// tzdata. "Day" always means the day there.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/result.h"
#include "tap/record.h"

namespace tamtap {

// One instant as the school's wall shows it.
struct LocalTime {
  std::string day;   // "YYYY-MM-DD"
  std::string time;  // "HH:MM:SS"
  std::string date;  // "YYYY-MM-DD HH:MM:SS"
  std::string iso;   // ISO 8601 with milliseconds and offset: "2026-11-23T07:03:12.345+08:00"
  int minutes = 0;   // since midnight by the wall: 0..1439
  int weekday = 0;   // ISO: 0 Monday .. 6 Sunday
  Session session = Session::kAm;
};

// Immutable; any thread.
class TimeZone {
 public:
  // `name` as in tzdata ("Asia/Manila"). kMisconfigured if there is no such zone.
  static Result<TimeZone> Load(std::string_view name);

  LocalTime ToLocal(WallTime instant) const;
  // The instant that a wall there shows as "YYYY-MM-DD HH:MM:SS"; the first one when a clock is
  // turned back, the moment of the change when it skips that time. kRejected if it is no date.
  Result<WallTime> FromLocal(std::string_view date) const;
  const std::string& name() const { return name_; }

 private:
  TimeZone(std::string name, const void* zone) : name_(std::move(name)), zone_(zone) {}
  std::string name_;
  const void* zone_;  // a zone of the library's database, which lives for ever
};

// "YYYY-MM-DD" of a day that exists.
bool IsDay(std::string_view text);
// ISO weekday (0 Monday) of a valid day.
int WeekdayOf(std::string_view day);
// The day `days` later (or earlier).
std::string AddDays(std::string_view day, int days);
// "HH:MM" (or "H:MM") to minutes since midnight; -1 if it is none.
int MinutesFrom(std::string_view text);

}  // namespace tamtap
