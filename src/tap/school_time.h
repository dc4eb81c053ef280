// SchoolTime: what a clock on the school's wall shows, from its IANA time zone and the system's
// tzdata. "Day" always means the day there.
#pragma once

#include <atomic>
#include <optional>
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

// Immutable and cheap to copy; any thread.
class TimeZone {
 public:
  // `name` as in tzdata ("Asia/Manila"). kMisconfigured if there is no such zone.
  static Result<TimeZone> Load(std::string_view name);

  LocalTime ToLocal(WallTime instant) const;
  // The instant that a wall there shows as "YYYY-MM-DD HH:MM:SS"; the first one when a clock is
  // turned back, the moment of the change when it skips that time. kRejected if it is no date.
  Result<WallTime> FromLocal(std::string_view date) const;
  const std::string& name() const;
  friend bool operator==(const TimeZone&, const TimeZone&) = default;

 private:
  friend class SchoolZone;
  explicit TimeZone(const void* zone) : zone_(zone) {}
  const void* zone_;  // a zone of the library's database, which lives for ever
};

// The time zone of the school as it holds now: the word of the school's master, which may change
// while the program runs, or another one until the master has given its word. Thread-safe.
class SchoolZone {
 public:
  // `until_said` holds as long as the master says nothing.
  explicit SchoolZone(TimeZone until_said) : until_said_(until_said), now_(until_said.zone_) {}

  // The master's word; nothing: it has none. What asks from now on gets it.
  void Follow(const std::optional<TimeZone>& said) { now_ = said.value_or(until_said_).zone_; }

  TimeZone Current() const { return TimeZone(now_.load()); }
  operator TimeZone() const { return Current(); }
  LocalTime ToLocal(WallTime instant) const { return Current().ToLocal(instant); }
  Result<WallTime> FromLocal(std::string_view date) const { return Current().FromLocal(date); }

 private:
  const TimeZone until_said_;
  std::atomic<const void*> now_;
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
