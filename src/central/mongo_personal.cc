#include "central/mongo_personal.h"

#include <algorithm>
#include <chrono>
#include <set>

#include "central/erased_fact.h"
#include "central/mongo_refusals.h"
#include "central/settled.h"
#include "tap/card_spelling.h"
#include "tap/json_fields.h"
#include "tap/person_cards.h"
#include "tap/school_time.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr std::chrono::seconds kReadAgain{30};
constexpr std::chrono::seconds kLongAgo{60};  // for a tap that is stored while it is made
constexpr const char* kFactsOf = "tamtap_facts";
constexpr const char* kStoreFacts = "tamtap_store";
constexpr const char* kRetentionKey = "retention";
constexpr std::string_view kPurging = "remove from MongoDB what is older than the school keeps it";
constexpr std::string_view kCollecting = "find in MongoDB what is of one person";
constexpr std::string_view kErasing = "erase from MongoDB what is of one person";

Result<Fact> FactIn(const json::object& document) {
  const json::value* const words = document.if_contains("words");
  return words == nullptr ? Result<Fact>(Error{}) : FactFromJson(*words);
}

Error NoDay(std::string_view text) {
  return Error{ErrorCode::kRejected, "purge what is older than '" + std::string(text) + "'", 0,
               "a day reads YYYY-MM-DD"};
}

}  // namespace

std::optional<Outcome> MongoSettled::OutcomeOf(const Record& record) const {
  if (auto purged = OutcomeOfPurged(record, first_kept_day)) return purged;
  const auto found = erased.find(record.person);
  if (found == erased.end()) return std::nullopt;
  return OutcomeOfErased(record, found->second.at_us, found->second.present);
}

Result<std::vector<Outcome>> MongoSettled::StoreRest(std::span<const Record> records,
                                                     const Store& store) const {
  if (first_kept_day.empty() && erased.empty()) return store(records);
  std::vector<std::optional<Outcome>> known;
  std::vector<Record> rest;
  for (const Record& record : records) {
    known.push_back(OutcomeOf(record));
    if (!known.back()) rest.push_back(record);
  }
  if (rest.size() == records.size()) return store(records);
  std::vector<Outcome> stored;
  if (!rest.empty()) {
    TAMTAP_TRY(stored, store(rest));
  }
  std::vector<Outcome> outcomes;
  size_t next = 0;
  for (std::optional<Outcome>& each : known) {
    outcomes.push_back(each ? *std::move(each) : std::move(stored[next++]));
  }
  return outcomes;
}

Result<std::shared_ptr<const MongoSettled>> SettledCache::Get(const Read& read) {
  const MonotonicTime now = SystemClock().MonotonicNow();
  {
    MutexLock lock(mutex_);
    if (settled_ && now < until_) return settled_;
  }
  TAMTAP_TRY(MongoSettled found, read());
  auto settled = std::make_shared<const MongoSettled>(std::move(found));
  MutexLock lock(mutex_);
  settled_ = settled;
  until_ = now + kReadAgain;
  return settled;
}

Result<std::shared_ptr<const MongoSettled>> SettledCache::For(std::span<const Record> records,
                                                              const Read& read) {
  const int64_t long_ago_us = (SystemClock().Now() - kLongAgo).time_since_epoch().count();
  const bool old = std::any_of(records.begin(), records.end(), [&](const Record& record) {
    return MadeAtUs(record) < long_ago_us;
  });
  if (old) LookAgain();
  TAMTAP_TRY(const auto settled, Get(read));
  // No tap is refused by what was read before somebody was registered anew.
  const bool refused =
      !old && std::any_of(records.begin(), records.end(), [&](const Record& record) {
        return settled->erased.contains(record.person);
      });
  if (!refused) return settled;
  LookAgain();
  return Get(read);
}

void SettledCache::LookAgain() {
  MutexLock lock(mutex_);
  until_ = {};
}

bool MongoSettled::Holds(const RefusalRecord& refusal) const {
  const auto found = erased.find(refusal.person.empty() ? refusal.card : refusal.person);
  return found != erased.end() && refusal.refused_at_us <= found->second.at_us;
}

Result<MongoSettled> MongoPersonal::ReadSettled() {
  constexpr std::string_view kOperation = "read from MongoDB what was erased";
  MongoSettled settled;
  const auto purged = session_.Find(kStoreFacts, {{"_id", kRetentionKey}});
  if (!purged) return purged.error().ToError(kOperation);
  if (!purged->empty()) settled.first_kept_day = TextAt(purged->front(), "first_kept_day");
  const auto erased = session_.Find(kErased, {}, {{"batchSize", 1000}});
  if (!erased) return erased.error().ToError(kOperation);
  if (erased->empty()) return settled;
  json::array facts;
  std::set<std::string> keys;     // of those who were erased, or are just being
  std::set<std::string> told_of;  // by our own programs
  for (const Object& document : *erased) {
    const std::string name = TextAt(document, "_id");
    settled.erased[name].at_us = IntegerAt(document, "at_us");
    if (TextAt(document, "key") == name) keys.insert(name);
    facts.emplace_back("person/" + name);
  }
  const auto present = session_.Find(kFactsOf, {{"_id", {{"$in", std::move(facts)}}}});
  if (!present) return present.error().ToError(kOperation);
  for (const Object& document : *present) {
    const auto known = settled.erased.find(TextAt(document, "key"));
    if (known == settled.erased.end()) continue;
    told_of.insert(known->first);
    const auto fact = FactIn(document);
    known->second.present = fact && fact->present();
    if (fact && !keys.contains(known->first) && IsOfAnother(*fact, known->second.at_us)) {
      settled.erased.erase(known);
    }
  }
  TAMTAP_RETURN_IF_ERROR(AddRegistered(told_of, keys, settled));
  return settled;
}

Result<size_t> MongoPersonal::Remove(const char* collection, const Object& filter) {
  const auto count = session_.Count(collection, filter);
  if (!count) return count.error().ToError(kErasing);
  if (*count == 0) return size_t{0};
  const auto removed = session_.RemoveAll(collection, filter);
  if (!removed) return removed.error().ToError(kErasing);
  return static_cast<size_t>(*count);
}

Result<size_t> MongoPersonal::PurgeDay(const char* collection, const Object& filter,
                                       const char* day_field) {
  const auto first = session_.Find(
      collection, filter,
      {{"sort", Object{{day_field, 1}}}, {"limit", 1}, {"projection", {{day_field, 1}}}});
  if (!first) return first.error().ToError(kPurging);
  if (first->empty()) return size_t{0};
  Object day = filter;
  const json::value* const value = first->front().if_contains(day_field);
  if (value == nullptr) return size_t{0};
  day.insert_or_assign(day_field, *value);
  return Remove(collection, day);
}

// The day is noted first: from then on nothing older is taken.
Result<size_t> MongoPersonal::PurgeAttendance(std::string_view first_kept_day, size_t) {
  if (!IsDay(first_kept_day)) return NoDay(first_kept_day);
  TAMTAP_TRY(const MongoSettled settled, ReadSettled());
  if (settled.first_kept_day < first_kept_day) {
    const auto noted = session_.UpdateOne(kStoreFacts, {{"_id", kRetentionKey}},
                                          {{"$set", {{"first_kept_day", first_kept_day}}}},
                                          /*upsert=*/true);
    if (!noted) return noted.error().ToError(kPurging);
  }
  const Object before{{"$lt", first_kept_day}};
  const struct {
    const char* collection;
    Object filter;
    const char* day_field;
  } all[] = {{kAttendanceOf, {{"day", before}}, "day"},
             {kAttendanceOf, {{"day", Object{{"$exists", false}}}, {"date", before}}, "date"},
             {kVoidedTaps, {{"attendance", before}}, "attendance"},
             {kTakenInDays, {{"attendance", before}}, "attendance"}};
  for (const auto& each : all) {
    TAMTAP_TRY(const size_t removed, PurgeDay(each.collection, each.filter, each.day_field));
    if (removed > 0) return removed;
  }
  return size_t{0};
}

Result<size_t> MongoPersonal::PurgeRefusals(std::string_view first_kept_day, size_t) {
  if (!IsDay(first_kept_day)) return NoDay(first_kept_day);
  return PurgeDay(kRefusalsCollection, {{"day", {{"$lt", first_kept_day}}}}, "day");
}

Result<std::vector<KnownPerson>> MongoPersonal::FindPeople(std::string_view named,
                                                           const People& present) {
  const std::string key = PersonKeyOf(named);
  const CardId uid = ReadingsOf(named).uid;
  const auto is_named = [&](const Person& person) {
    return person.person == named || person.person == key || person.NfcId() == named ||
           person.tamtap_id == named || person.name == named ||
           (!uid.empty() && (person.card == uid || HasReplaced(person, uid)));
  };
  return PeopleWho(is_named, present);
}

Result<std::vector<KnownPerson>> MongoPersonal::PeopleWho(
    const std::function<bool(const Person&)>& are, const People& present) {
  std::map<std::string, Fact> facts;
  TAMTAP_RETURN_IF_ERROR(Collect(kFactsOf, {{"kind", "person"}}, [&](const Object& document) {
    auto fact = FactIn(document);
    if (fact) facts.emplace(TextAt(document, "key"), *std::move(fact));
  }));
  std::vector<KnownPerson> people;
  const auto add = [&](const Person& person, bool there) {
    const auto fact = facts.find(person.person);
    people.push_back(
        {person, there,
         fact == facts.end() ? std::string("{}") : json::serialize(ToJson(fact->second))});
  };
  std::set<std::string> there;
  for (const Person& person : present) {
    there.insert(person.person);
    if (are(person)) add(person, true);
  }
  for (const auto& [person, fact] : facts) {
    if (there.contains(person)) continue;
    const Person left = LastKnown(person, fact);
    if (are(left)) add(left, false);
  }
  return people;
}

Result<> MongoPersonal::Collect(const char* collection, const Object& filter,
                                const std::function<void(const Object&)>& take) {
  const auto seen = session_.Visit(collection, filter, {{"batchSize", 1000}},
                                   [&take](Object&& document) { take(document); });
  if (!seen) return seen.error().ToError(kCollecting);
  return {};
}

}  // namespace tamtap::central
