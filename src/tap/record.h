// Record: everything that one accepted tap says. It is complete in itself: the journal stores it,
// the central store merges it, pages and reports show it. Field names are those of existing TamTap
// databases.
#pragma once

#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "tap/card_id.h"
#include "tap/school.h"
#include "tap/tap_id.h"

namespace tamtap {

enum class Session { kAm, kPm };
enum class Status { kOnTime, kLate, kAbsent, kExcused };
// How far the tap's wall time can be trusted.
enum class ClockState { kSynchronised, kUnsure, kCorrected };

std::string_view ToString(Role role);         // "student" | "teacher"
std::string_view ToString(Session session);   // "AM" | "PM"
std::string_view ToString(Status status);     // "on_time" | "late" | "absent" | "excused"
std::string_view ToString(ClockState state);  // "synchronised" | "unsure" | "corrected"
std::optional<Role> RoleFrom(std::string_view text);
std::optional<Session> SessionFrom(std::string_view text);
std::optional<Status> StatusFrom(std::string_view text);
std::optional<ClockState> ClockStateFrom(std::string_view text);

// What staff said when they marked a day, and who said it when; all empty in a tap. Texts as
// existing TamTap databases hold them.
struct StaffWords {
  std::string excuse_reason;
  std::string excuse_note;
  std::string marked_by;
  std::string marked_by_name;
  std::string marked_at;
  friend bool operator==(const StaffWords&, const StaffWords&) = default;
};

struct Record {
  TapId tap;
  std::string person;  // attendance `_id` is "<day>/<person>"
  CardId card;         // that was tapped
  std::string nfc_id;  // the person's card in the school's spelling; empty: as `card`
  std::string tamtap_id;
  std::string name;
  std::string first_name;
  std::string last_name;
  std::string email;
  Role role = Role::kStudent;
  std::string grade;
  std::string section;
  std::string date;  // "YYYY-MM-DD HH:MM:SS", school's time zone
  std::string time;  // "HH:MM:SS"
  std::string day;   // "YYYY-MM-DD"
  Session session = Session::kAm;
  Status status = Status::kOnTime;
  std::string photo;         // file name; empty means none (JSON null)
  std::string tapped_at;     // ISO 8601 with offset, milliseconds
  int64_t tapped_at_us = 0;  // the same instant, microseconds since 1970 UTC: what merges compare
  ClockState clock = ClockState::kSynchronised;
  StaffWords staff;

  // The facts of a person, of their first card; the rest is as above. Texts that are longer than a
  // field may be are cut: lists of people come from elsewhere, and a tap must be readable.
  static Record Of(const Person& person);

  std::string AttendanceId() const { return day + "/" + person; }
  const std::string& NfcId() const { return nfc_id.empty() ? card.text() : nfc_id; }
  friend bool operator==(const Record&, const Record&) = default;
};

// One entry of the `taps` in an attendance document.
struct TapReference {
  std::string tap;
  std::string terminal;
  std::string tapped_at;
  int64_t tapped_at_us = 0;  // as in Record
  friend bool operator==(const TapReference&, const TapReference&) = default;
};

// What all taps of one person on one day amount to. `arrival` is the earliest tap (ties: smallest
// tap id as text); `taps` holds every tap, sorted by (tapped_at_us of the tap, tap id).
struct Attendance {
  Record arrival;
  std::vector<TapReference> taps;
  // The last tap, if that is a departure; derived from `taps` (departure.h), empty if it is none.
  std::string departed_at{};  // ISO 8601 with offset, as in `taps`
  std::string departure{};    // "HH:MM:SS"
  friend bool operator==(const Attendance&, const Attendance&) = default;
};

// Whether `a` arrived before `b`: earlier instant, then smaller tap id as text. A strict total
// order on different taps: what makes merging commutative, associative and idempotent.
bool ArrivedBefore(const Record& a, const Record& b);

inline constexpr size_t kMostFieldBytes = 512;
inline constexpr size_t kMostNoteBytes = 4'096;  // of an `excuse_note`, which no journal holds
// Whether RecordFromJson takes each text for a field, as AppendJson writes it. Does not allocate.
bool FieldsFit(const Record& record);

// The JSON object that the journal, the API and MongoDB hold: the fields of record_fields.h, with
// `photo` null when there is none, and of the staff's words those that were said.
boost::json::object ToJson(const Record& record);
boost::json::object ToJson(const Attendance& attendance);  // with `_id`, `taps` and a departure
// kRejected with the offending field in the message: a missing or mistyped field, a day that is no
// date, a field longer than 512 bytes. Unknown fields are ignored.
Result<Record> RecordFromJson(const boost::json::value& value);
Result<Attendance> AttendanceFromJson(const boost::json::value& value);

// The same object as ToJson(record), as text, appended to `out`; allocates only if `out` is small.
void AppendJson(const Record& record, std::string& out);
// A JSON string literal, quotes included; invalid UTF-8 becomes U+FFFD.
void AppendJsonString(std::string_view text, std::string& out);

}  // namespace tamtap
