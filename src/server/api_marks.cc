// What staff say of a day: who was absent, excused, or here all the same; one person's, several
// people's or a whole section's; and taking it back.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "base/text.h"
#include "school/columns.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "tap/mark.h"
#include "tap/time_of_day.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kMostDaysBack = 400;   // that staff may speak of
constexpr int kMostDaysAhead = 366;  // for which somebody may be excused
constexpr size_t kMostMarked = 500;  // people in one request

// "present" is told by the time: on time, or late.
std::optional<Status> MarkStatusFrom(std::string_view text) {
  if (text == "present") return Status::kOnTime;
  return StatusFrom(text);
}

// Why that day can't be marked so; empty: it can.
std::string WhyNotThatDay(const std::string& day, const std::string& today, Status status) {
  if (!IsDay(day)) return "dates read YYYY-MM-DD";
  if (day < AddDays(today, -kMostDaysBack)) return "that day is more than 400 days ago";
  if (day <= today) return {};
  if (status != Status::kExcused) return "that day is yet to come; one can only be excused from it";
  if (day > AddDays(today, kMostDaysAhead)) return "that day is more than a year ahead";
  return {};
}

bool SaysPresent(Status status) { return status == Status::kOnTime || status == Status::kLate; }

}  // namespace

// What the body says, without whom it is about. An error is a sentence for a 400.
Result<MarkWords> ApiServer::MarkWordsOf(const Call& call, const json::object& body) {
  const auto refused = [](std::string why) {
    return Error{ErrorCode::kRejected, "mark the day", 0, std::move(why)};
  };
  MarkWords words;
  const std::string said = TextAt(body, "status");
  const auto status = MarkStatusFrom(said);
  if (!status) return refused("the status is present, on_time, late, absent or excused");
  words.status = *status;
  words.staff = call.caller.account->username;
  words.staff_name = call.caller.account->name.empty() ? words.staff : call.caller.account->name;
  words.reason = Nfc(TrimSpace(TextAt(body, "reason")));
  words.note = Nfc(TrimSpace(TextAt(body, "note")));
  if (std::string fault = CellFault(words.reason); !fault.empty()) return refused(fault);
  if (words.note.size() > kMostNoteBytes) {
    return refused(fmt::format("the note has more than {} bytes", kMostNoteBytes));
  }
  const std::string time = TextAt(body, "time");
  if (time.empty()) return words;
  if (!SaysPresent(words.status)) return refused("only who was here came at a time");
  const auto minutes = TimeFrom(time);
  if (!minutes || *minutes >= 24 * 60) return refused("the time reads HH:MM");
  words.time = fmt::format("{:02}:{:02}:00", *minutes / 60, *minutes % 60);
  return words;
}

// Of a day on which somebody was here at that time: on time or late, by the hours of their section.
void ApiServer::JudgeTime(const Person& person, const Roster& roster, const std::string& day,
                          MarkWords& words) {
  const auto minutes = TimeFrom(words.time);
  if (!minutes) return;
  const DayOfSection classes = roster.DayFor(person.section, day);
  if (!classes.has_classes) return;
  words.status =
      *minutes <= classes.hours.start + classes.grace_minutes ? Status::kOnTime : Status::kLate;
}

http::Response ApiServer::MarkDay(const Call& call) {
  const std::string& day = call.parameters[0];
  const json::object body = JsonBody(call.request);
  auto words = MarkWordsOf(call, body);
  if (!words) return JsonError(words.error());
  if (std::string why = WhyNotThatDay(day, Today(), words->status); !why.empty()) {
    return JsonError(400, why);
  }
  if (body.contains("section") || body.contains("nfc_ids")) {
    return MarkSeveral(call, day, body, *words);
  }
  return WithStudent(call, TextOrNumberAt(body, "nfc_id"),
                     [&](const Person& person, const Roster& roster) {
                       if (TextAt(body, "status") == "present") {
                         JudgeTime(person, roster, day, *words);
                       }
                       return StoreMark(call, MakeMark(person, day, *words, clock_.Now(), zone_));
                     });
}

http::Response ApiServer::StoreMark(const Call& call, const Record& mark) {
  const auto outcomes = store_.Store({&mark, 1});
  if (!outcomes) return JsonError(outcomes.error());
  const Outcome& outcome = outcomes->front();
  if (outcome.kind == OutcomeKind::kRejected) return JsonError(400, outcome.reason);
  if (outcome.kind == OutcomeKind::kRetry) {
    return JsonError(Error{ErrorCode::kRetry, "store the mark", 0, outcome.reason});
  }
  ReplaceOtherMarks(mark, call.caller.account->username);
  NoteAct(call, fmt::format("mark {}", ToString(mark.status)), mark.person, mark.day);
  news_.Arrived({&mark, 1});
  return JsonOk({{"outcome", ToString(outcome.kind)}, {"record", ToJson(mark)}});
}

// What somebody says again replaces what they said before, whatever the clock shows: however often,
// it is one mark a person, day and member of staff.
void ApiServer::ReplaceOtherMarks(const Record& mark, const std::string& by) {
  const auto found = store_.FindAttendance({mark.day, mark.day, std::nullopt, mark.person});
  if (!found) return LogWarning("server: {}", found.error().Message());
  TapsOfDay others{mark.day, mark.person, {}};
  for (const Attendance& attendance : *found) {
    for (const TapReference& entry : attendance.taps) {
      if (IsOtherMark(entry, mark)) others.taps.push_back(entry.tap);
    }
  }
  if (others.taps.empty()) return;
  const auto replaced = store_.VoidTaps({&others, 1}, {by, clock_.Now()});
  if (!replaced) LogWarning("server: {}", replaced.error().Message());
}

// Of the section, or of those who are named: whoever has nothing on that day yet is marked. What is
// known of a day, from a gate or from staff, is not overwritten by a list.
http::Response ApiServer::MarkSeveral(const Call& call, const std::string& day,
                                      const json::object& body, const MarkWords& words) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const Roster& roster = *school->roster;
  std::vector<const Person*> people;
  json::array skipped;
  const std::string section = TextAt(body, "section");
  if (!section.empty()) {
    if (!call.caller.Sees(section)) return JsonError(404, "there is no such section");
    if (!roster.DayFor(section, day).has_classes) {
      return JsonError(409, fmt::format("{} has no classes on that day", section));
    }
    for (const Person& person : roster.school().people) {
      if (person.role == Role::kStudent && person.section == section) people.push_back(&person);
    }
  } else if (const json::value* const list = body.if_contains("nfc_ids");
             list != nullptr && list->is_array() && list->get_array().size() <= kMostMarked) {
    for (const json::value& each : list->get_array()) {
      const std::string card = TextOrNumberAt({{"nfc_id", each}}, "nfc_id");
      const Person* const person = roster.cards().Find(card);
      if (person != nullptr && call.caller.Sees(person->section)) {
        people.push_back(person);
      } else {
        skipped.push_back({{"nfc_id", card}, {"why", "there is no such student"}});
      }
    }
  } else {
    return JsonError(
        400,
        fmt::format("name the section, or give nfc_ids: a list of at most {} cards", kMostMarked));
  }
  const auto known = store_.FindAttendance({day, day, std::nullopt, {}});
  if (!known) return JsonError(known.error());
  std::set<std::string_view> recorded;
  for (const Attendance& each : *known) {
    recorded.insert(each.arrival.person);
    const Person* const owner = roster.WhoseIs(each.arrival);
    if (owner != nullptr) recorded.insert(owner->person);
  }
  std::vector<Record> marks;
  for (const Person* const person : people) {
    if (!recorded.insert(person->person).second) {
      skipped.push_back(
          {{"nfc_id", person->NfcId()}, {"why", "something is known of that day already"}});
      continue;
    }
    MarkWords own = words;
    if (TextAt(body, "status") == "present") JudgeTime(*person, roster, day, own);
    marks.push_back(MakeMark(*person, day, own, clock_.Now(), zone_));
  }
  return StoreMarks(call, day, marks, std::move(skipped));
}

http::Response ApiServer::StoreMarks(const Call& call, const std::string& day,
                                     const std::vector<Record>& marks, json::array skipped) {
  size_t marked = 0;
  std::vector<Record> stored;
  if (!marks.empty()) {
    const auto outcomes = store_.Store(marks);
    if (!outcomes) return JsonError(outcomes.error());
    for (size_t i = 0; i < marks.size(); ++i) {
      const Outcome& outcome = (*outcomes)[i];
      if (outcome.kind == OutcomeKind::kRejected || outcome.kind == OutcomeKind::kRetry) {
        skipped.push_back({{"nfc_id", marks[i].NfcId()}, {"why", outcome.reason}});
        continue;
      }
      ++marked;
      if (outcome.kind == OutcomeKind::kStored) stored.push_back(marks[i]);
    }
    NoteAct(call, fmt::format("mark {} people {}", marked, ToString(marks.front().status)),
            marks.front().section, day);
  }
  news_.Arrived(stored);
  return JsonOk({{"message", fmt::format("{} people are marked", marked)},
                 {"date", day},
                 {"marked", marked},
                 {"skipped", std::move(skipped)}});
}

// Takes back what staff said last of that person and day. What was tapped stays; what other staff
// said before holds again.
http::Response ApiServer::UndoMark(const Call& call) {
  const std::string& day = call.parameters[0];
  if (!IsDay(day)) return JsonError(400, "dates read YYYY-MM-DD");
  return WithStudent(call, call.parameters[1], [&](const Person& person, const Roster&) {
    const AttendanceQuery query{day, day, std::nullopt, person.person};
    const auto found = store_.FindAttendance(query);
    if (!found) return JsonError(found.error());
    TapsOfDay last{day, person.person, {}};
    for (const Attendance& attendance : *found) {
      // Marks lie behind all taps, and the newest of them first.
      for (const TapReference& entry : attendance.taps) {
        if (entry.terminal != kStaffTerminal || IsAcceptance(entry)) continue;
        last.taps.push_back(entry.tap);
        break;
      }
    }
    if (last.taps.empty()) return JsonError(404, "nobody has marked that day");
    const auto undone = store_.VoidTaps({&last, 1}, {call.caller.account->username, clock_.Now()});
    if (!undone) return JsonError(undone.error());
    NoteAct(call, "undo a mark", person.person, day);
    const auto left = store_.FindAttendance(query);
    if (!left) return JsonError(left.error());
    return JsonOk({{"message", "the mark of " + person.name + " is taken back"},
                   {"record", left->empty() ? json::value() : ToJson(left->front())}});
  });
}

// Before the routes that would take a word for a date.
void ApiServer::AddMarkRoutes() {
  router_.Add("POST", "/api/attendance/:date/marks", Access::kAccount,
              [this](const Call& call) { return MarkDay(call); });
  router_.Add("DELETE", "/api/attendance/:date/marks/:nfc", Access::kAccount,
              [this](const Call& call) { return UndoMark(call); });
}

}  // namespace tamtap
