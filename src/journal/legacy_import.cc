#include "journal/legacy_import.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <optional>
#include <set>

#include "base/text.h"
#include "journal/legacy_text.h"
#include "tap/card_spelling.h"
#include "tap/json_fields.h"
#include "tap/mark.h"
#include "tap/past_record.h"
#include "tap/person_cards.h"
#include "tap/school_json.h"

namespace tamtap::journal {
namespace {

namespace json = boost::json;

constexpr size_t kDayLength = 10;   // of "YYYY-MM-DD"
constexpr size_t kDateLength = 19;  // of "YYYY-MM-DD HH:MM:SS"

Error Refused(std::string why) { return Error{ErrorCode::kRejected, std::move(why), 0, ""}; }

// The day of an entry, and the time if it has one.
struct Moment {
  std::string day;
  std::string time;  // "HH:MM:SS"; empty: the entry says none
};

// What an instant of a database ("2025-06-02T23:01:02Z") is in the school's time; none: it is none.
std::optional<LocalTime> LocalOf(std::string date, const TimeZone& zone) {
  if (date.size() < kDateLength || date[kDayLength] != 'T' || !date.ends_with('Z')) return {};
  const auto utc = TimeZone::Load("Etc/UTC");
  if (!utc) return {};
  date = date.substr(0, kDateLength);
  date[kDayLength] = ' ';
  const auto instant = utc->FromLocal(date);
  if (!instant) return {};
  return zone.ToLocal(*instant);
}

// "YYYY-MM-DD HH:MM:SS" as the file writes it, "YYYY-MM-DD" with the time beside it or nowhere, or
// an instant of a database ("2025-06-02T23:01:02Z").
Result<Moment> MomentOf(const json::object& entry, const TimeZone& zone) {
  std::string date(TrimSpace(TextOrNumberAt(entry, "date")));
  Moment moment{date.substr(0, kDayLength), {}};
  if (!IsDay(moment.day)) return Refused(fmt::format("its date '{}' is none", date));
  if (const auto local = LocalOf(date, zone)) return Moment{local->day, local->time};
  std::string time = date.substr(std::min(date.size(), kDayLength + 1));
  if (time.empty()) time = TextOrNumberAt(entry, "time");
  if (time.empty()) return moment;
  moment.time = PastTime(time);
  if (moment.time.empty()) return Refused(fmt::format("its time '{}' is none", time));
  return moment;
}

// An entry of a day without a time is what staff say of somebody who did not come. With one it is a
// tap, whatever staff wrote over its status afterwards.
bool IsMarkOf(Status status, const Moment& moment) {
  return moment.time.empty() && (status == Status::kAbsent || status == Status::kExcused);
}

// `local` is what the entry says in the school's time.
void SetMoment(const LocalTime& local, WallTime instant, const json::object& entry,
               Record& record) {
  record.date = local.date;
  record.time = local.time;
  record.day = local.day;
  record.session = SessionFrom(TextOrNumberAt(entry, "session")).value_or(local.session);
  record.tapped_at = local.iso;
  record.tapped_at_us = instant.time_since_epoch().count();
  record.clock = ClockState::kUnsure;  // nobody noted whether it was right
}

// Each entry of a list, or of an object whose keys are the cards.
template <typename Add>
void ForEach(const json::value& list, std::string_view key, Add add) {
  if (const json::array* const entries = list.if_array()) {
    size_t index = 0;
    for (const json::value& entry : *entries) add(entry, fmt::format("{}[{}]", key, index++));
  } else if (const json::object* const by_card = list.if_object()) {
    for (const auto& [card, entry] : *by_card) {
      json::value value = entry;
      if (value.is_object()) value.get_object().emplace("nfc_id", card);
      add(value, fmt::format("{}[\"{}\"]", key, std::string_view(card)));
    }
  }
}

// The parts of a file, one after the other. Damaged entries are left out and named once, though a
// part may be read for two things.
class FileParts {
 public:
  FileParts(LegacyText read, LegacyReader& reader) : read_(std::move(read)), reader_(reader) {}
  ~FileParts() {
    for (const auto& [where, why] : read_.damaged) {
      if (!said_.contains(where)) LeaveOut(where, why);
    }
  }
  FileParts(const FileParts&) = delete;
  FileParts& operator=(const FileParts&) = delete;

  template <typename Add>
  void Each(std::string_view key, Add add) {
    const json::value* const list = read_.value.get_object().if_contains(key);
    if (list == nullptr || list->is_null()) return;
    any_ = true;
    if (!list->is_structured()) return LeaveOut(std::string(key), "it is no list of entries");
    ForEach(*list, key, [&](const json::value& entry, const std::string& where) {
      const auto damaged = read_.damaged.find(where);
      if (damaged == read_.damaged.end()) return add(entry, where);
      LeaveOut(where, damaged->second);
    });
  }

  // Whether the file has any of the parts that were asked for.
  bool any() const { return any_; }

 private:
  void LeaveOut(const std::string& where, const std::string& why) {
    if (!said_.insert(where).second) return;
    reader_.LeaveOut(where.empty() ? "the file" : where, Refused(why));
  }

  const LegacyText read_;
  LegacyReader& reader_;
  std::set<std::string> said_;
  bool any_ = false;
};

Result<> ReadParts(LegacyText read, LegacyReader& reader) {
  FileParts parts(std::move(read), reader);
  using Text = std::string;
  parts.Each("students", [&](const json::value& entry, const Text& where) {
    reader.AddPerson(entry, Role::kStudent, where);
  });
  parts.Each("teachers", [&](const json::value& entry, const Text& where) {
    reader.AddPerson(entry, Role::kTeacher, where);
  });
  parts.Each("schedules",
             [&](const auto& entry, const Text& where) { reader.AddSchedule(entry, where); });
  parts.Each("calendar",
             [&](const auto& entry, const Text& where) { reader.AddCalendarEntry(entry, where); });
  parts.Each("settings",
             [&](const auto& entry, const Text& where) { reader.AddSetting(entry, where); });
  parts.Each("admins", [&](const auto& entry, const Text& where) {
    reader.AddAccount(entry, /*is_admin=*/true, where);
  });
  parts.Each("teachers", [&](const auto& entry, const Text& where) {
    reader.AddAccount(entry, /*is_admin=*/false, where);
  });
  parts.Each("attendance", [&](const auto& entry, const Text& where) {
    reader.AddAttendance(entry, /*confirmed=*/true, where);
  });
  parts.Each("pending_attendance", [&](const auto& entry, const Text& where) {
    reader.AddAttendance(entry, /*confirmed=*/false, where);
  });
  if (parts.any()) return {};
  return Error{
      ErrorCode::kRejected, "read the file to import", 0,
      "there is nothing of an existing school in it (students, teachers, attendance, ...); "
      "give its tamtap_users.json"};
}

}  // namespace

void LegacyReader::LeaveOut(const std::string& where, const Error& why) {
  import_.errors.push_back(fmt::format("{}: {}", where, why.Message()));
}

void LegacyReader::AddPerson(const json::value& entry, Role role, const std::string& where) {
  auto person = PersonFromJson(entry, role);
  if (!person) return LeaveOut(where, person.error());
  // As a gate's file has it, so that one instant is not two dates of registration.
  if (const auto local = LocalOf(person->registered, zone_)) person->registered = local->date;
  people_.emplace(PersonKeyOf(person->NfcId()), import_.school.people.size());
  import_.school.people.push_back(*std::move(person));
}

void LegacyReader::AddSchedule(const json::value& entry, const std::string& where) {
  auto schedule = ScheduleFromJson(entry);
  if (!schedule) return LeaveOut(where, schedule.error());
  staff_.AddAdviser(entry.get_object(), import_.school.schedules.size());
  import_.school.schedules.push_back(*std::move(schedule));
}

void LegacyReader::AddCalendarEntry(const json::value& entry, const std::string& where) {
  auto read = CalendarEntryFromJson(entry);
  if (!read) return LeaveOut(where, read.error());
  import_.school.calendar.push_back(*std::move(read));
}

void LegacyReader::AddSetting(const json::value& entry, const std::string& where) {
  auto setting = SettingFromJson(entry);
  if (!setting) return LeaveOut(where, setting.error());
  import_.school.settings.insert(*std::move(setting));
}

void LegacyReader::AddAccount(const json::value& entry, bool is_admin, const std::string& where) {
  if (!entry.is_object()) return LeaveOut(where, Refused("it is no JSON object"));
  staff_.AddMember(entry.get_object(), is_admin, where);
}

LegacyImport LegacyReader::Take() {
  staff_.Settle(import_.school.schedules);
  import_.accounts = staff_.TakeAccounts();
  import_.notes = staff_.TakeNotes();
  for (std::string& each : staff_.TakeErrors()) import_.errors.push_back(std::move(each));
  return std::move(import_);
}

void LegacyReader::AddOurs(const json::object& entry, bool confirmed, const std::string& where) {
  bool came = false;
  bool is_known = false;  // what the entry says now, of somebody who did not come
  for (const json::value& tap : entry.at("taps").get_array()) {
    const json::value* const stored =
        tap.is_object() ? tap.get_object().if_contains("record") : nullptr;
    auto record = stored == nullptr ? Result<Record>(Refused("a tap without its record"))
                                    : RecordFromJson(*stored);
    if (!record) {
      LeaveOut(where, record.error());
    } else if (record->tap.terminal == kStaffTerminal) {
      is_known = is_known || ToString(record->status) == TextAt(entry, "status");
      AddMark(*std::move(record));
    } else {
      came = true;
      AddTap(*std::move(record), confirmed);
    }
  }
  if (came || is_known) return;
  // An existing server beside our gates has written another mark over ours.
  json::object theirs = entry;
  theirs.erase("taps");
  AddAttendance(theirs, confirmed, where);
}

Result<Record> LegacyReader::OwnerOf(const json::object& entry) {
  std::string spelled = TextOrNumberAt(entry, "nfc_id");
  if (spelled.empty()) spelled = TextOrNumberAt(entry, "uid");
  if (TrimSpace(spelled).empty() || spelled.size() > kMostFieldBytes) {
    return Refused("it has no nfc_id that can be one");
  }
  Person owner;  // a tap of nobody's card there is still that card's
  SpellCard(spelled, CardId(), owner);
  owner.person = PersonKeyOf(spelled);
  const auto known = people_.find(owner.person);
  Record record = Record::Of(known == people_.end() ? owner : import_.school.people[known->second]);
  record.card = owner.card;
  const auto prefer = [&](std::string_view key, std::string& field) {
    if (std::string text = TextOrNumberAt(entry, key); !text.empty()) {
      field = Shortened(text, kMostFieldBytes);
    }
  };
  prefer("tamtap_id", record.tamtap_id);
  prefer("name", record.name);
  prefer("first_name", record.first_name);
  prefer("last_name", record.last_name);
  prefer("email", record.email);
  prefer("grade", record.grade);
  prefer("section", record.section);
  record.role = RoleFrom(TextOrNumberAt(entry, "role")).value_or(record.role);
  return record;
}

void LegacyReader::AddAttendance(const json::value& entry, bool confirmed,
                                 const std::string& where) {
  if (!entry.is_object()) return LeaveOut(where, Refused("it is no JSON object"));
  const json::object& object = entry.get_object();
  if (const json::value* const taps = object.if_contains("taps");
      taps != nullptr && taps->is_array() && !taps->get_array().empty()) {
    return AddOurs(object, confirmed, where);
  }
  auto record = OwnerOf(object);
  if (!record) return LeaveOut(where, record.error());
  const auto moment = MomentOf(object, zone_);
  if (!moment) return LeaveOut(where, moment.error());
  // Old status words ("present") say no more than that the person came.
  record->status = StatusFrom(TextOrNumberAt(object, "status")).value_or(Status::kOnTime);
  record->day = moment->day;
  if (IsMarkOf(record->status, *moment)) return AddMark(PastMark(*record, object, zone_));
  const std::string& time = moment->time.empty() ? "00:00:00" : moment->time;
  const auto instant = zone_.FromLocal(fmt::format("{} {}", moment->day, time));
  if (!instant) return LeaveOut(where, instant.error());
  SetMoment(zone_.ToLocal(*instant), *instant, object, *record);
  record->photo = Shortened(PastPhoto(object), kMostFieldBytes);
  record->staff = PastStaffWords(object);
  record->tap = ImportedTapId(*record);
  AddTap(*std::move(record), confirmed);
}

void LegacyReader::AddTap(Record record, bool confirmed) {
  const auto [place, fresh] = taps_.emplace(record.tap.ToString(), import_.taps.size());
  if (fresh) {
    import_.taps.push_back({std::move(record), confirmed});
    return;
  }
  ++import_.repeated;
  // Whether the predecessor's store has it is in doubt then; ours finds out.
  if (!confirmed) import_.taps[place->second].confirmed = false;
}

void LegacyReader::AddMark(Record mark) {
  const bool fresh = marks_.emplace(mark.tap.ToString(), import_.marks.size()).second;
  if (!fresh) {
    ++import_.repeated;
    return;
  }
  import_.marks.push_back(std::move(mark));
}

void AdoptPeople(const std::map<std::string, std::string>& keys, const TimeZone& zone,
                 LegacyImport& import) {
  const auto key_of = [&](const Record& record) {
    Person owner;
    SpellCard(record.NfcId(), record.card, owner);
    const auto found = keys.find(SpellingKey(owner));
    return found == keys.end() ? record.person : found->second;
  };
  for (ImportedTap& tap : import.taps) tap.record.person = key_of(tap.record);
  for (Record& mark : import.marks) {
    const std::string person = key_of(mark);
    if (person == mark.person) continue;
    mark.person = person;  // which its id follows from
    mark = PastMarkAgain(mark, zone);
  }
}

Result<LegacyImport> ReadLegacyFile(std::string_view bytes, const TimeZone& zone) {
  TAMTAP_TRY(std::string text, DecodeUnicode(bytes, "the file to import"));
  TAMTAP_TRY(LegacyText read, ParseLegacyText(std::move(text)));
  LegacyReader reader(zone);
  TAMTAP_RETURN_IF_ERROR(ReadParts(std::move(read), reader));
  return reader.Take();
}

}  // namespace tamtap::journal
