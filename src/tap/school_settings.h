// SchoolSettings: what a school has decided for all of its gates and pages. The master keeps the
// settings as texts by key, in the collection `settings` of existing TamTap databases; here is
// which keys there are, what their texts mean, and what holds where the master says nothing.
//
// Keys that are none of these (existing databases hold some) stay as they are and mean nothing.
// Pure values and functions.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "tap/departure.h"
#include "tap/school_time.h"
#include "tap/words_rule.h"

namespace tamtap {

struct SchoolSettings {
  std::optional<TimeZone> timezone;        // nothing: the master has not said
  std::vector<TimeZone> former_timezones;  // taps were dated by these before
  DepartureRule departures;
  std::string idle_text;         // "LINE/LINE"; empty: the gate's own
  bool camera_enabled = true;    // gates that have a camera take photos
  bool camera_required = false;  // refuse a tap whose photo fails
  bool face_eyes = false;        // an open eye must be seen
  int face_patience_ms = 1'000;  // how long a face is looked for
  // Of sections without a schedule of their own.
  int grace_minutes = 20;
  int absent_minutes = 60;
  bool saturday_classes = false;    // every Saturday is a class day
  std::optional<int> journal_days;  // confirmed taps stay so long in a gate's journal; 0: for good
  // Days that are further back are forgotten, and not taken from gates either; 0: none are.
  std::optional<int> records_days;
  int refusals_days = 400;      // so long refusals are kept; 0: for good
  int photos_days = 0;          // so long photos are kept; 0: as long as records
  std::string privacy_contact;  // whom people ask about their data; may be empty
  std::string school_name;      // for people; may be empty
  WordsRule words;

  // How many days photos are kept; 0: for good.
  int PhotoDays() const;
};

using SettingsByKey = std::map<std::string, std::string>;

// A value that can't be read costs its setting, and is noted (base/unreadable.h).
SchoolSettings ReadSettings(const SettingsByKey& settings);

struct SettingKey {
  std::string_view key;
  std::string_view value;      // what it takes, for people
  std::string_view otherwise;  // what holds without it, for people
  std::string_view help;
};
// Those that staff may set, in the order in which they are listed.
std::span<const SettingKey> SettingKeys();

// What is to be written to the master so that `key` has this value from now on: the value in its
// one spelling and, for a new time zone, that the one before held once. kRejected, with a sentence
// for the person who typed it: there is no such key (the error names those that there are), or the
// value is none for it.
Result<SettingsByKey> SettingChanges(const SettingsByKey& now, std::string_view key,
                                     std::string_view value);

// The sentence about a time zone that somebody asked for and that is not the school's.
Error NotTheSchoolsZone(std::string_view asked, const TimeZone& schools);

inline constexpr std::string_view kTimezoneKey = "timezone";
inline constexpr std::string_view kFormerTimezonesKey = "timezone.former";
// What holds where neither the master nor a flag says anything.
inline constexpr std::string_view kFirstTimezone = "Asia/Manila";

}  // namespace tamtap
