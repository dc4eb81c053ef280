#include "central/mongo_attendance.h"

#include <algorithm>
#include <chrono>
#include <map>
#include <set>

#include "central/content.h"
#include "central/past_attendance.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;
using Object = json::object;

constexpr int kRounds = 8;  // each round lost means that another writer got on
constexpr size_t kNoInsert = 3;
constexpr std::chrono::milliseconds kListTime{3'000};  // the server's, to find a list in
constexpr std::chrono::seconds kLongestMerging{4};     // one by one, in one call

// Every tap keeps its whole record: a later, earlier arrival replaces the document's own fields,
// and an acknowledged tap's content must not go with them. It also tells a tap that comes again
// from one tap id with two contents.
Object EntryOf(const Record& record) {
  return {{"tap", record.tap.ToString()},
          {"terminal", record.tap.terminal},
          {"tapped_at", record.tapped_at},
          {"tapped_at_us", record.tapped_at_us},
          {"record", ToJson(record)}};
}

Object DocumentOf(const Record& record) {
  Object document{{"_id", record.AttendanceId()}};
  for (auto& [key, value] : FieldsForDatabase(record)) document.emplace(key, value);
  document.emplace("taps", json::array{EntryOf(record)});
  return document;
}

// Merging is two conditional updates, in this order. First the tap joins the list: whoever has done
// that knows that the document is there. Then the arrival moves, if this tap came before it: every
// tap tries that after it was listed, so the smallest wins whatever the order. The other way round,
// a document that appears between the two would keep the wrong arrival.
MongoSession::BulkUpdate JoinTaps(const Record& record) {
  // `$nor`, where `$ne` would do on MongoDB: FerretDB takes `$ne` for "some element differs".
  const Object listed{{"taps.tap", record.tap.ToString()}};
  return {{{"_id", record.AttendanceId()}, {"$nor", json::array{listed}}},
          {{"$push", {{"taps", EntryOf(record)}}}}};
}

MongoSession::BulkUpdate MoveArrival(const Record& record) {
  const Object later{{"tapped_at_us", {{"$gt", record.tapped_at_us}}}};
  const Object tie{{"tapped_at_us", record.tapped_at_us},
                   {"tap", {{"$gt", record.tap.ToString()}}}};
  return {{{"_id", record.AttendanceId()}, {"$or", json::array{later, tie}}}, ToSay(record)};
}

// The entry of this tap in a document's list, if it is there.
const Object* FindTap(const Object& document, const Record& record) {
  const json::value* const taps = document.if_contains("taps");
  if (taps == nullptr || !taps->is_array()) return nullptr;
  const std::string tap = record.tap.ToString();
  for (const json::value& each : taps->get_array()) {
    if (!each.is_object()) continue;
    const json::value* const id = each.get_object().if_contains("tap");
    if (id != nullptr && id->is_string() && id->get_string() == tap) return &each.get_object();
  }
  return nullptr;
}

bool SaysTheSame(const Object& entry, const Record& record) {
  const json::value* const stored = entry.if_contains("record");
  if (stored == nullptr) return true;  // nothing to compare with: the id has to do
  const auto read = RecordFromJson(*stored);
  return read && *read == record;
}

bool MayBeTheArrival(const Record& record, const Object& document) {
  const json::value* const at = document.if_contains("tapped_at_us");
  const json::value* const tap = document.if_contains("tap");
  if (at == nullptr || !at->is_int64() || tap == nullptr || !tap->is_string()) return true;
  const int64_t arrival_us = at->get_int64();
  return record.tapped_at_us < arrival_us ||
         (record.tapped_at_us == arrival_us && record.tap.ToString() < tap->get_string());
}

Outcome Rejected(std::string_view reason) { return {OutcomeKind::kRejected, std::string(reason)}; }

Outcome OutcomeOf(const MongoFailure& failure) {
  return {failure.kind == Kind::kRejected ? OutcomeKind::kRejected : OutcomeKind::kRetry,
          failure.reason};
}

}  // namespace

Result<std::vector<Outcome>> MongoAttendance::Store(std::span<const Record> records) {
  std::vector<Outcome> outcomes(records.size());
  std::vector<Wanted> wanted;
  for (size_t i = 0; i < records.size(); ++i) {
    if (std::string why = WhyUnstorable(records[i]); !why.empty()) {
      outcomes[i] = Rejected(why);
    } else {
      wanted.push_back({i, &records[i]});
    }
  }
  MongoAttempt<void> done;
  if (wanted.size() == 1) {
    auto outcome = StoreOne(*wanted[0].record);
    if (outcome) {
      outcomes[wanted[0].index] = *std::move(outcome);
    } else if (outcome.error().OfTheWholeServer()) {
      done = tl::unexpected(outcome.error());
    } else {
      outcomes[wanted[0].index] = OutcomeOf(outcome.error());
    }
  } else if (!wanted.empty()) {
    done = StoreBacklog(wanted, outcomes);
  }
  if (!done) return done.error().ToError("store in MongoDB");
  // Also for those that were there: their sender may have died before this step.
  std::vector<const Record*> merged;
  for (const Wanted& each : wanted) {
    const OutcomeKind kind = outcomes[each.index].kind;
    if (kind == OutcomeKind::kMerged || kind == OutcomeKind::kAlreadyStored) {
      merged.push_back(each.record);
    }
  }
  if (merged.empty()) return outcomes;
  // The taps are stored; until this is too, they are not said to be.
  const auto noted = NoteDepartures(merged);
  if (!noted) {
    return Error{ErrorCode::kRetry, "note departures in MongoDB", 0, noted.error().reason};
  }
  return outcomes;
}

MongoAttempt<Outcome> MongoAttendance::StoreOne(const Record& record) {
  const auto inserted = session_.Insert(kCollection, DocumentOf(record));
  if (inserted) return Outcome{OutcomeKind::kStored, {}};
  if (inserted.error().kind != Kind::kDuplicateKey) return tl::unexpected(inserted.error());
  return Merge(record);
}

MongoAttempt<Outcome> MongoAttendance::Merge(const Record& record) {
  // What a majority has will stay: whoever is listed there is stored, and whoever is not before its
  // arrival never will be. So most taps need one write, and those that come again none.
  const auto found = session_.Find(kCollection, {{"_id", record.AttendanceId()}},
                                   {{"projection", {{"taps", 1}, {"tap", 1}, {"tapped_at_us", 1}}},
                                    {"readConcern", {{"level", "majority"}}}});
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) return MergeUnseen(record);
  const Object& document = found->front();
  OutcomeKind kind = OutcomeKind::kAlreadyStored;
  if (const Object* const entry = FindTap(document, record)) {
    if (!SaysTheSame(*entry, record)) return Rejected(kTwoContents);
  } else {
    const MongoSession::BulkUpdate join = JoinTaps(record);
    const auto joined = session_.UpdateOne(kCollection, join.filter, join.update);
    if (!joined) return tl::unexpected(joined.error());
    if (*joined == 0) return MergeUnseen(record);  // another writer was faster
    kind = OutcomeKind::kMerged;
  }
  // Also when the tap was listed before: its sender may have died before this step.
  if (MayBeTheArrival(record, document)) {
    const MongoSession::BulkUpdate move = MoveArrival(record);
    const auto moved = session_.UpdateOne(kCollection, move.filter, move.update);
    if (!moved) return tl::unexpected(moved.error());
  }
  return Outcome{kind, {}};
}

MongoAttempt<Outcome> MongoAttendance::MergeUnseen(const Record& record) {
  const MongoSession::BulkUpdate join = JoinTaps(record);
  const MongoSession::BulkUpdate move = MoveArrival(record);
  MongoFailure last;
  size_t inserts_refused = 0;
  for (int round = 0; round < kRounds && inserts_refused < kNoInsert; ++round) {
    const auto joined = session_.UpdateOne(kCollection, join.filter, join.update);
    if (!joined) return tl::unexpected(joined.error());
    OutcomeKind kind = OutcomeKind::kMerged;
    if (*joined == 0) {  // the tap is there, or the document is not
      const auto found = session_.Find(kCollection, {{"_id", record.AttendanceId()}},
                                       {{"projection", {{"taps", 1}}}});
      if (!found) return tl::unexpected(found.error());
      if (found->empty()) {
        const auto inserted = session_.Insert(kCollection, DocumentOf(record));
        if (inserted) return Outcome{OutcomeKind::kStored, {}};
        if (inserted.error().kind != Kind::kDuplicateKey) return tl::unexpected(inserted.error());
        last = inserted.error();
        ++inserts_refused;
        continue;
      }
      const Object* const entry = FindTap(found->front(), record);
      if (entry == nullptr) continue;
      if (!SaysTheSame(*entry, record)) return Rejected(kTwoContents);
      kind = OutcomeKind::kAlreadyStored;
    }
    // Also when the tap was listed before: its sender may have died before this step. And with the
    // write concern of all writes, even an update that changes nothing waits until what it saw is
    // on a majority.
    const auto moved = session_.UpdateOne(kCollection, move.filter, move.update);
    if (!moved) return tl::unexpected(moved.error());
    return Outcome{kind, {}};
  }
  if (inserts_refused == kNoInsert && !last.IdIsTaken()) {
    // No document of this person and day, and yet no room for one: a unique index of the database's
    // own stands in the way. Were it `_id` that is taken, the document would be there, and only not
    // be seen yet where it is read.
    return Rejected(last.reason);
  }
  return Outcome{OutcomeKind::kRetry, "other writers were faster each time"};
}

MongoAttempt<void> MongoAttendance::StoreBacklog(const std::vector<Wanted>& wanted,
                                                 std::vector<Outcome>& outcomes) {
  std::vector<Object> documents;
  documents.reserve(wanted.size());
  for (const Wanted& each : wanted) documents.push_back(DocumentOf(*each.record));
  const auto inserted = session_.InsertMany(kCollection, documents);
  if (!inserted) return tl::unexpected(inserted.error());
  std::vector<Wanted> there;
  for (size_t i = 0; i < wanted.size(); ++i) {
    const auto failed = inserted->failures.find(i);
    if (failed == inserted->failures.end()) {
      outcomes[wanted[i].index] = {OutcomeKind::kStored, {}};
    } else if (failed->second.kind == Kind::kDuplicateKey) {
      there.push_back(wanted[i]);
    } else {
      outcomes[wanted[i].index] = OutcomeOf(failed->second);
    }
  }
  return MergeBacklog(there, outcomes);
}

MongoAttempt<void> MongoAttendance::MergeBacklog(const std::vector<Wanted>& wanted,
                                                 std::vector<Outcome>& outcomes) {
  if (wanted.empty()) return {};
  if (!lists_->Expected(SystemClock().MonotonicNow())) return MergeEach(wanted, outcomes);
  // A bulk answers for all updates together, so who is listed already is read first. Only what a
  // majority has counts: what is seen here is confirmed by nothing else.
  json::array ids;
  for (const Wanted& each : wanted) ids.emplace_back(each.record->AttendanceId());
  const auto found = session_.Find(kCollection, {{"_id", {{"$in", ids}}}},
                                   {{"projection", {{"taps", 1}, {"tap", 1}, {"tapped_at_us", 1}}},
                                    {"readConcern", {{"level", "majority"}}},
                                    {"maxTimeMS", kListTime.count()},
                                    {"batchSize", 500}});
  if (!found) {
    if (found.error().kind != Kind::kTooSlow) return tl::unexpected(found.error());
    lists_->WasTooSlow(SystemClock().MonotonicNow());
    return MergeEach(wanted, outcomes);
  }
  std::map<std::string, const Object*> documents;
  for (const Object& document : *found) {
    const json::value* const id = document.if_contains("_id");
    if (id != nullptr && id->is_string()) {
      documents[json::value_to<std::string>(*id)] = &document;
    }
  }

  std::vector<Wanted> joining;
  std::vector<Wanted> alone;  // whose document is gone; who is in this batch twice
  std::set<std::string> taps;
  std::vector<MongoSession::BulkUpdate> joins;
  std::vector<MongoSession::BulkUpdate> moves;
  for (const Wanted& each : wanted) {
    const auto document = documents.find(each.record->AttendanceId());
    if (document == documents.end() || !taps.insert(each.record->tap.ToString()).second) {
      alone.push_back(each);
      continue;
    }
    if (const Object* const entry = FindTap(*document->second, *each.record)) {
      if (!SaysTheSame(*entry, *each.record)) {
        outcomes[each.index] = Rejected(kTwoContents);
        continue;
      }
      outcomes[each.index] = {OutcomeKind::kAlreadyStored, {}};
    } else {
      joining.push_back(each);
      joins.push_back(JoinTaps(*each.record));
    }
    // The arrival only ever moves to an earlier tap: whoever is not before it now never will be.
    if (MayBeTheArrival(*each.record, *document->second)) {
      moves.push_back(MoveArrival(*each.record));
    }
  }

  const auto joined = session_.UpdateMany(kCollection, joins);
  if (!joined) return tl::unexpected(joined.error());
  if (joined->failures.empty() && joined->matched == static_cast<int64_t>(joins.size())) {
    for (const Wanted& each : joining) outcomes[each.index] = {OutcomeKind::kMerged, {}};
  } else {
    // Some tap was listed by another writer meanwhile, or was refused.
    // Which one, only asking one by one tells; those that did join come back as already stored.
    alone.insert(alone.end(), joining.begin(), joining.end());
    moves.clear();
    for (const Wanted& each : wanted) {
      if (outcomes[each.index].kind == OutcomeKind::kAlreadyStored) {
        moves.push_back(MoveArrival(*each.record));
      }
    }
  }
  const auto moved = session_.UpdateMany(kCollection, moves);
  if (!moved) return tl::unexpected(moved.error());
  if (!moved->failures.empty()) {
    for (const Wanted& each : wanted) {
      const OutcomeKind kind = outcomes[each.index].kind;
      if (kind == OutcomeKind::kMerged || kind == OutcomeKind::kAlreadyStored) {
        alone.push_back(each);
      }
    }
  }
  return MergeEach(alone, outcomes);
}

MongoAttempt<void> MongoAttendance::MergeEach(const std::vector<Wanted>& wanted,
                                              std::vector<Outcome>& outcomes) {
  const auto deadline = std::chrono::steady_clock::now() + kLongestMerging;
  for (const Wanted& each : wanted) {
    if (std::chrono::steady_clock::now() > deadline) {
      outcomes[each.index] = {OutcomeKind::kRetry, "MongoDB is slow; the rest goes later"};
      continue;
    }
    auto outcome = Merge(*each.record);
    if (outcome) {
      outcomes[each.index] = *std::move(outcome);
    } else if (outcome.error().OfTheWholeServer()) {
      return tl::unexpected(outcome.error());
    } else {
      outcomes[each.index] = OutcomeOf(outcome.error());
    }
  }
  return {};
}

Result<std::vector<size_t>> MongoAttendance::Lacking(std::span<const Record> records) {
  std::set<std::string> there;
  const bool list = lists_->Expected(SystemClock().MonotonicNow());
  const size_t together = list ? std::max<size_t>(records.size(), 1) : 1;
  const auto deadline = std::chrono::steady_clock::now() + kLongestMerging;
  for (size_t i = 0; i < records.size(); i += together) {
    if (std::chrono::steady_clock::now() > deadline) {
      return Error{ErrorCode::kRetry, "look for taps in MongoDB", 0,
                   "MongoDB is slow; fewer are asked for at a time"};
    }
    auto some = TapsOf(records.subspan(i, std::min(together, records.size() - i)));
    if (!some) {
      if (some.error().kind == Kind::kTooSlow && together > 1) {
        lists_->WasTooSlow(SystemClock().MonotonicNow());
        return Lacking(records);  // one by one
      }
      return some.error().ToError("look for taps in MongoDB");
    }
    there.merge(*some);
  }
  std::vector<size_t> lacking;
  for (size_t i = 0; i < records.size(); ++i) {
    if (!there.contains(records[i].tap.ToString())) lacking.push_back(i);
  }
  return lacking;
}

MongoAttempt<std::set<std::string>> MongoAttendance::TapsOf(std::span<const Record> records) {
  std::set<std::string> ids;
  for (const Record& record : records) ids.insert(record.AttendanceId());
  json::array wanted;
  for (const std::string& id : ids) wanted.emplace_back(id);
  // Only what a majority has will stay: a tap that a primary alone has may be gone tomorrow.
  const auto found = session_.Find(kCollection, {{"_id", {{"$in", wanted}}}},
                                   {{"projection", {{"taps.tap", 1}}},
                                    {"readConcern", {{"level", "majority"}}},
                                    {"maxTimeMS", kListTime.count()},
                                    {"batchSize", 1000}});
  if (!found) return tl::unexpected(found.error());
  std::set<std::string> taps;
  for (const Object& document : *found) {
    const json::value* const list = document.if_contains("taps");
    if (list == nullptr || !list->is_array()) continue;
    for (const json::value& each : list->get_array()) {
      const json::value* const tap =
          each.is_object() ? each.get_object().if_contains("tap") : nullptr;
      if (tap != nullptr && tap->is_string()) taps.insert(json::value_to<std::string>(*tap));
    }
  }
  return taps;
}

}  // namespace tamtap::central
