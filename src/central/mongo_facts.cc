// Who said what of the school: changes in MongoDB. mongo_school.cc has the documents themselves.
#include "base/random.h"
#include "central/erased_fact.h"
#include "central/mongo_school.h"
#include "school/facts_in_memory.h"
#include "tap/json_fields.h"
#include "tap/school_settings.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;
using Object = json::object;

// Collections of our own.
constexpr const char* kFacts = "tamtap_facts";
constexpr const char* kTaken = "tamtap_changes";
constexpr const char* kStore = "tamtap_store";
constexpr const char* kCounter = "school";  // the `_id` of a document of kStore

// What was in a database before facts had authors: later than what the copy of a gate of an earlier
// release says (school/copy.cc), and before all that anybody says from now on.
constexpr int64_t kBeforeStamps = 2;
constexpr const char* kOtherSoftware = "other software on this database";

std::string IdOf(const FactKey& key) { return std::string(ToString(key.kind)) + "/" + key.key; }

}  // namespace

Result<int64_t> MongoSchool::Changes() {
  const auto found = session_.Find(kStore, {{"_id", kCounter}}, {});
  if (!found) return found.error().ToError("ask whether the school changed");
  if (found->empty()) return 0;
  const json::value* const changes = found->front().if_contains("changes");
  return changes != nullptr && changes->is_int64() ? changes->get_int64() : 0;
}

Result<bool> MongoSchool::WasTold(const School& school) {
  School more = school;
  more.settings.erase(std::string(kTimezoneKey));  // a server writes its own down by itself
  if (more != School()) return true;
  const FactKey zone{FactKind::kSetting, std::string(kTimezoneKey)};
  const auto found = session_.Find(kFacts, {{"_id", {{"$ne", IdOf(zone)}}}}, {{"limit", 1}});
  if (!found) return found.error().ToError("ask whether anything was said of the school");
  return !found->empty();
}

Result<std::map<FactKey, Fact>> MongoSchool::Facts(WallTime now) {
  std::map<FactKey, Fact> facts;
  const auto found = session_.Find(kFacts, {}, {{"batchSize", 1000}});
  if (!found) return found.error().ToError("read who said what of the school");
  for (const Object& document : *found) {
    const auto kind = FactKindFrom(TextAt(document, "kind"));
    const json::value* const words = document.if_contains("words");
    auto fact = kind && words != nullptr ? FactFromJson(*words)
                                         : Result<Fact>(Error{ErrorCode::kCorrupt, "", 0, {}});
    if (fact) {
      facts.emplace(FactKey{*kind, TextAt(document, "key")}, *std::move(fact));
    } else {
      report_(kFacts, "a fact without kind or words: " + json::serialize(document));
    }
  }
  TAMTAP_TRY(const School school, Read());
  School known;
  for (const auto& [key, fact] : facts) {
    // What can't be read is noticed below as changed by somebody else.
    if (const auto added = AddFact(key, fact.Fields(), known); !added) continue;
  }
  const int64_t noticed = now.time_since_epoch().count() - 1;
  for (SchoolChange& change :
       ChangesBetween(known, school, {noticed, kOtherSoftware}, SystemRandom())) {
    const bool is_new = !facts.contains(change.fact);
    const Said said = is_new ? Said{kBeforeStamps, ""} : change.said;
    Fact& fact = facts[change.fact];
    for (auto& [field, value] : change.fields) fact.words[field] = {std::move(value), said};
  }
  return facts;
}

Result<> MongoSchool::Put(const std::map<FactKey, Fact>& facts) {
  std::vector<Person> people;
  School others;
  for (const auto& [key, fact] : facts) {
    if (!fact.present()) continue;
    School& into = others;
    if (key.kind == FactKind::kPerson) {
      if (auto person = PersonOf(key.key, fact)) people.push_back(*std::move(person));
    } else {
      TAMTAP_RETURN_IF_ERROR(AddFact(key, fact.Fields(), into));
    }
  }
  std::set<std::string> gone;
  for (const auto& [key, fact] : facts) {
    if (fact.present()) continue;
    switch (key.kind) {
      case FactKind::kPerson:
        gone.insert(key.key);
        break;
      case FactKind::kSchedule:
        TAMTAP_RETURN_IF_ERROR(RemoveSchedule(key.key));
        break;
      case FactKind::kCalendar:
        TAMTAP_RETURN_IF_ERROR(RemoveCalendarEntry(key.key));
        break;
      case FactKind::kSetting: {
        const auto removed = session_.RemoveAll(kSettings, {{"key", key.key}});
        if (!removed) return removed.error().ToError("remove a setting");
        break;
      }
    }
  }
  TAMTAP_RETURN_IF_ERROR(RemovePeople(gone));
  if (!people.empty()) TAMTAP_RETURN_IF_ERROR(PutPeople(people));
  for (const Schedule& schedule : others.schedules) TAMTAP_RETURN_IF_ERROR(PutSchedule(schedule));
  for (const CalendarEntry& entry : others.calendar) {
    TAMTAP_RETURN_IF_ERROR(PutCalendarEntry(entry));
  }
  for (const auto& [key, value] : others.settings) TAMTAP_RETURN_IF_ERROR(PutSetting(key, value));
  return {};
}

// Those that are new are inserted in bulk, and those that are there updated in bulk.
Result<> MongoSchool::KeepFacts(const std::map<FactKey, Fact>& facts) {
  constexpr std::string_view kOperation = "note who said what of the school";
  std::vector<Object> documents;
  for (const auto& [key, fact] : facts) {
    documents.push_back({{"_id", IdOf(key)},
                         {"kind", ToString(key.kind)},
                         {"key", key.key},
                         {"words", ToJson(fact)}});
  }
  const auto inserted = session_.InsertMany(kFacts, documents);
  if (!inserted) return inserted.error().ToError(std::string(kOperation));
  std::vector<MongoSession::BulkUpdate> updates;
  for (const auto& [index, failure] : inserted->failures) {
    if (failure.kind != Kind::kDuplicateKey) return failure.ToError(std::string(kOperation));
    const Object& document = documents[index];
    updates.push_back(
        {{{"_id", document.at("_id")}}, {{"$set", {{"words", document.at("words")}}}}});
  }
  if (updates.empty()) return {};
  const auto updated = session_.UpdateMany(kFacts, updates);
  if (!updated) return updated.error().ToError(std::string(kOperation));
  for (const auto& [index, failure] : updated->failures) {
    return failure.ToError(std::string(kOperation));
  }
  return {};
}

Result<> MongoSchool::CountChange() {
  const auto counted = session_.UpdateOne(kStore, {{"_id", kCounter}}, {{"$inc", {{"changes", 1}}}},
                                          /*upsert=*/true);
  if (!counted) return counted.error().ToError("count a change of the school");
  return {};
}

Result<> MongoSchool::Erase(const std::string& person, std::string_view by, WallTime now) {
  const FactKey key{FactKind::kPerson, person};
  TAMTAP_TRY(const auto facts, Facts(now));
  const auto before = facts.find(key);
  if (before == facts.end()) return {};
  TAMTAP_RETURN_IF_ERROR(RemovePeople({person}));
  TAMTAP_RETURN_IF_ERROR(KeepFacts({{key, ErasedFact(before->second, by, now)}}));
  return CountChange();
}

Result<std::vector<std::string>> MongoSchool::Change(std::span<const SchoolChange> changes,
                                                     WallTime now) {
  TAMTAP_TRY(auto facts, Facts(now));
  FactsInMemory table(std::move(facts));
  json::array ids;
  for (const SchoolChange& change : changes) ids.emplace_back(change.id);
  const auto known = session_.Find(kTaken, {{"_id", {{"$in", std::move(ids)}}}}, {});
  if (!known) return known.error().ToError("look for changes that were taken");
  for (const Object& document : *known) {
    TAMTAP_RETURN_IF_ERROR(table.NoteTaken(TextAt(document, "_id"), TextAt(document, "outcome")));
  }
  table.BeginNoting();
  TAMTAP_TRY(auto outcomes, ApplyChanges(changes, now, table));
  TAMTAP_RETURN_IF_ERROR(Put(table.put()));
  TAMTAP_RETURN_IF_ERROR(KeepFacts(table.put()));
  if (!table.put().empty()) TAMTAP_RETURN_IF_ERROR(CountChange());
  std::vector<Object> taken;
  for (const auto& [id, outcome] : table.taken()) {
    taken.push_back({{"_id", id}, {"outcome", outcome}, {"at_us", now.time_since_epoch().count()}});
  }
  const auto noted = session_.InsertMany(kTaken, taken);
  if (!noted) return noted.error().ToError("note changes that were taken");
  for (const auto& [index, failure] : noted->failures) {
    if (failure.kind != Kind::kDuplicateKey) return failure.ToError("note changes that were taken");
  }
  return outcomes;
}

}  // namespace tamtap::central
