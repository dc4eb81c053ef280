// SchoolChange: what somebody said about one thing of the school, field by field. Everything that
// changes a school is brought to its master in this form, from an office's command as from a gate
// that was alone for a week. facts.h says what the master makes of it.
//
// A thing has a kind and a key: a person by `person`, a schedule by its section, an entry of the
// calendar by CalendarKey, a setting by its key. Its fields hold JSON text:
//
//   person    present, card {nfc_id, card, replaced_cards}, name {name, first_name, last_name},
//             tamtap_id, email, role, grade, section, registered, sex, lrn
//   schedule  present, grade, adviser_id, grace_period_minutes, absent_threshold_minutes, and the
//             hours of "monday" .. "sunday": {start, end}, or null
//   calendar  present, entry
//   setting   present, value
//
// What belongs together is one field (the parts of a name), so that two words on it can't mix.
#pragma once

#include <boost/json/fwd.hpp>
#include <compare>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "base/result.h"
#include "tap/school.h"

namespace tamtap {

enum class FactKind { kPerson, kSchedule, kCalendar, kSetting };
std::string_view ToString(FactKind kind);  // "person" "schedule" "calendar" "setting"
Result<FactKind> FactKindFrom(std::string_view text);

struct FactKey {
  FactKind kind = FactKind::kPerson;
  std::string key;
  friend auto operator<=>(const FactKey&, const FactKey&) = default;
};

std::string CalendarKey(const CalendarEntry& entry);

// Whose word it is, and when it was said by the master's clock. Of two words on one field the
// later holds.
struct Said {
  int64_t at_us = 0;  // microseconds since 1970 UTC; 0 in a change: when the master takes it
  std::string by;     // an account, a gate, or what else changes the school
  friend auto operator<=>(const Said&, const Said&) = default;
};

using FactFields = std::map<std::string, std::string, std::less<>>;

struct SchoolChange {
  std::string id;  // drawn by whoever says it; the master takes a change once, by its id
  FactKey fact;
  FactFields fields;
  Said said;
  friend bool operator==(const SchoolChange&, const SchoolChange&) = default;
};

inline constexpr std::string_view kPresent = "present";  // the field of what is there: "true"

// All fields of a thing that is there, `present` among them.
FactFields FieldsOf(const Person& person);
FactFields FieldsOf(const Schedule& schedule);
FactFields FieldsOf(const CalendarEntry& entry);
FactFields FieldsOfSetting(const std::string& value);

// Puts the thing that these fields describe into the school, in the place of the one with its key,
// or takes it out if it is not present. kRejected, and nothing is changed: the fields describe no
// such thing.
Result<> PutFact(const FactKey& key, const FactFields& fields, School& school);

// As PutFact, of a thing that is not in the school yet; it costs nothing to find that out.
Result<> AddFact(const FactKey& key, const FactFields& fields, School& school);

// The fields of that thing of the school; none if it is not there.
FactFields FindFact(const FactKey& key, const School& school);

// What has to be said to make `after` of `before`: of each thing only the fields that differ, in
// the order of keys. The ids are drawn.
std::vector<SchoolChange> ChangesBetween(const School& before, const School& after,
                                         const Said& said, Random& random);

// The same, with ids that follow from what is said (ContentId): for what is said of itself, perhaps
// by several gates, or once more after a restart.
std::vector<SchoolChange> ChangesByContent(const School& before, const School& after,
                                           const Said& said);

// An id that follows from what the change says: whoever says the same once more says it once.
std::string ContentId(const SchoolChange& change);

// Applies the changes as if each were the last word. What describes no such thing is passed over
// (the master will refuse it). For a gate, whose own words hold until the master has spoken.
void Overlay(std::span<const SchoolChange> changes, School& school);

// Sorts the lists by their keys: schools that are equal are then equal by ==.
void Sort(School& school);

// {id, kind, key, fields: {...}, at_us, by}. kRejected: it is no change, or longer than it may be.
boost::json::object ToJson(const SchoolChange& change);
Result<SchoolChange> SchoolChangeFromJson(const boost::json::value& value);

}  // namespace tamtap
