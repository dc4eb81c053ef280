// SchoolStore: the central store as the server sees it: what terminals do, and what staff ask.
// Thread-safe, unlike a bare CentralStore: the server's workers share one.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "sync/central_store.h"

namespace tamtap {

struct AttendanceQuery {
  std::string first_day;                             // "YYYY-MM-DD", inclusive
  std::string last_day;                              // inclusive
  std::optional<std::vector<std::string>> sections;  // nothing: all; an empty list: none
  std::string person;                                // empty: everyone
};

// Some taps of one attendance.
struct TapsOfDay {
  std::string day;
  std::string person;
  std::vector<std::string> taps;
};

// Who took taps out of the attendance, and when: kept with them.
struct Voiding {
  std::string by;
  WallTime at{};
};

class SchoolStore : public CentralStore {
 public:
  // Ordered by day, then arrival. Documents of existing TamTap databases (ObjectId `_id`, no `day`
  // or `tap`) are returned too, with what they have.
  virtual Result<std::vector<Attendance>> FindAttendance(const AttendanceQuery& query) = 0;

  // A mark that changes when the attendance of that day may have changed, whoever changed it; an
  // equal one says that it need not be read again. What an earlier tap, brought late by another
  // process, changes in an attendance that is there already may take 30 s to show. Costs much less
  // than reading the day.
  virtual Result<std::string> AttendanceMark(std::string_view day) = 0;

  // Takes these taps out of their attendances and keeps them apart, with `voiding`; each attendance
  // is derived again from the taps that are left, and without any it is gone. What is not there is
  // passed over, so that it may be called again after an error. Returns how many were taken out.
  virtual Result<size_t> VoidTaps(std::span<const TapsOfDay> taps, const Voiding& voiding) = 0;

  // Replaces or adds, by `person`. All or, after an error, any part of them.
  virtual Result<> PutPeople(std::span<const Person> people) = 0;
  virtual Result<> RemovePerson(std::string_view person) = 0;

  // Replaces or adds, by section.
  virtual Result<> PutSchedule(const Schedule& schedule) = 0;
  virtual Result<> RemoveSchedule(std::string_view section) = 0;

  // Adds; an equal entry is there once.
  virtual Result<> PutCalendarEntry(const CalendarEntry& entry) = 0;
  virtual Result<> RemoveCalendarEntry(const CalendarEntry& entry) = 0;

  // "sqlite" | "mongodb"
  virtual std::string_view Kind() const = 0;
};

}  // namespace tamtap
