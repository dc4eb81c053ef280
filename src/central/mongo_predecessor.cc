#include "central/mongo_predecessor.h"

#include <map>
#include <vector>

#include "central/past_attendance.h"
#include "tap/imported_tap_id.h"
#include "tap/json_fields.h"
#include "tap/past_record.h"
#include "tap/school_json.h"
#include "tap/school_settings.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;
using Object = json::object;

constexpr const char* kAttendance = "attendance";
constexpr const char* kTakenIn = "tamtap_taken_in";
constexpr std::string_view kTakingIn = "take in what an existing server wrote in MongoDB";
constexpr size_t kDateLength = 19;  // of "YYYY-MM-DD HH:MM:SS"

// An id as ObjectId, as the existing server makes them, or as text, as somebody else may have.
Object IdOf(const Object& document) {
  const std::string id = TextAt(document, "_id");
  return {{"$in", json::array{Object{{"$oid", id}}, id}}};
}

}  // namespace

Result<Record> RecordOfPredecessor(const Object& document, std::string_view person,
                                   const TimeZone& zone) {
  TAMTAP_TRY(Attendance read, AttendanceFromDocument(document));
  Record record = std::move(read.arrival);
  record.person = person;
  if (record.status == Status::kAbsent || record.status == Status::kExcused) {
    return PastMark(record, document, zone);
  }
  if (record.date.size() != kDateLength) record.date = record.day + " " + record.time;
  TAMTAP_TRY(const WallTime came, zone.FromLocal(record.date));
  const LocalTime local = zone.ToLocal(came);
  record.time = local.time;
  record.session = local.session;
  record.tapped_at = local.iso;
  record.tapped_at_us = came.time_since_epoch().count();
  record.clock = ClockState::kUnsure;
  record.tap = ImportedTapId(record);
  return record;
}

Result<TimeZone> MongoPredecessor::Zone() {
  const auto found = session_.Find("settings", {{"key", kTimezoneKey}});
  if (!found) return found.error().ToError(kTakingIn);
  for (const Object& document : *found) {
    const auto setting = SettingFromJson(document);
    if (!setting) continue;
    if (const auto zone = TimeZone::Load(setting->second)) return *zone;
  }
  return TimeZone::Load(kFirstTimezone);
}

Result<std::set<std::string>> MongoPredecessor::TakeIn(std::string_view day) {
  std::set<std::string> alone;
  if (!IsDay(day)) return alone;
  const auto theirs = session_.Find(
      kAttendance,
      {{"day", {{"$exists", false}}}, {"date", {{"$gte", day}, {"$lt", AddDays(day, 1)}}}},
      {{"batchSize", 1000}});
  if (!theirs) return theirs.error().ToError(kTakingIn);
  if (theirs->empty()) return alone;
  // The same person is found by the card that both spell alike; or by the key that follows from it,
  // where somebody's card was spelled otherwise once.
  std::vector<Attendance> said(theirs->size());
  json::array ids;
  json::array cards;
  for (size_t i = 0; i < theirs->size(); ++i) {
    auto read = AttendanceFromDocument((*theirs)[i]);
    if (!read) continue;  // Find says so, whenever it comes upon it
    said[i] = *std::move(read);
    ids.emplace_back(said[i].arrival.AttendanceId());
    cards.emplace_back(said[i].arrival.NfcId());
  }
  const Object same_id{{"_id", {{"$in", std::move(ids)}}}};
  const Object same_card{{"day", day}, {"nfc_id", {{"$in", std::move(cards)}}}};
  const auto found = session_.Find(
      kAttendance, {{"$or", json::array{same_id, same_card}}},
      {{"projection", {{"_id", 1}, {"person", 1}, {"nfc_id", 1}}}, {"batchSize", 1000}});
  if (!found) return found.error().ToError(kTakingIn);
  std::map<std::string, Ours> ours;
  for (const Object& document : *found) {
    const Ours one{TextAt(document, "_id"), TextAt(document, "person")};
    if (one.person.empty()) continue;
    ours.emplace(one.id, one);
    ours.emplace(TextAt(document, "nfc_id"), one);
  }
  for (size_t i = 0; i < theirs->size(); ++i) {
    const Record& record = said[i].arrival;
    if (record.day.empty()) continue;
    auto known = ours.find(record.NfcId());
    if (known == ours.end()) known = ours.find(record.AttendanceId());
    if (known == ours.end()) {
      alone.insert(record.AttendanceId());
    } else {
      TAMTAP_RETURN_IF_ERROR(TakeInOne((*theirs)[i], known->second));
    }
  }
  return alone;
}

Result<> MongoPredecessor::TakeInOne(const Object& theirs, const Ours& ours) {
  TAMTAP_TRY(const TimeZone zone, Zone());
  const auto record = RecordOfPredecessor(theirs, ours.person, zone);
  if (!record) return {};  // it stays; whoever reads finds the day once all the same
  TAMTAP_TRY(const auto outcomes, attendance_.Store({&*record, 1}));
  if (outcomes.front().kind == OutcomeKind::kRejected) return {};
  if (outcomes.front().kind == OutcomeKind::kRetry) {
    return Error{ErrorCode::kRetry, std::string(kTakingIn), 0, outcomes.front().reason};
  }
  Object kept{{"_id", TextAt(theirs, "_id")}};
  for (const auto& [key, value] : theirs) {
    if (key != "_id") kept.emplace(key, value);
  }
  kept.emplace("attendance", ours.id);
  const auto inserted = session_.Insert(kTakenIn, kept);
  if (!inserted && inserted.error().kind != Kind::kDuplicateKey) {
    return inserted.error().ToError(kTakingIn);
  }
  Object unchanged{{"_id", IdOf(theirs)}, {"day", {{"$exists", false}}}};
  for (const char* const key : {"status", "date", "time"}) {
    const json::value* const value = theirs.if_contains(key);
    unchanged.emplace(key, value == nullptr ? json::value(Object{{"$exists", false}}) : *value);
  }
  const auto removed = session_.RemoveAll(kAttendance, unchanged);
  if (!removed) return removed.error().ToError(kTakingIn);
  return {};
}

}  // namespace tamtap::central
