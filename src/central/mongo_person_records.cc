// What MongoDB holds of one person, and forgetting it: the rest of MongoPersonal.
#include <algorithm>
#include <iterator>

#include "base/unreadable.h"
#include "central/mongo_attendance.h"
#include "central/mongo_messages.h"
#include "central/mongo_personal.h"
#include "central/mongo_refusals.h"
#include "tap/json_fields.h"
#include "tap/person_cards.h"
#include "tap/same_person.h"
#include "tap/school_json.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr const char* kRefusedChanges = "tamtap_changes";
constexpr std::string_view kErasingOne = "erase from MongoDB what is of one person";
constexpr std::string_view kNamedErased = "it named somebody who was erased";

json::array IdsOf(const std::set<std::string>& names) {
  json::array ids;
  for (const std::string& name : names) {
    for (json::value& id : IdsIn(name)) ids.push_back(std::move(id));
  }
  return ids;
}

// Documents of an existing database name people by a card alone, as text or as number.
json::object ByCard(const std::set<std::string>& names) {
  const json::array ids = IdsOf(names);
  const json::object none{{"$exists", false}};
  const json::object theirs{{"person", none}, {"nfc_id", {{"$in", ids}}}};
  const json::object oldest{{"person", none}, {"nfc_id", none}, {"uid", {{"$in", ids}}}};
  return {{"$or", json::array{theirs, oldest}}};
}

// An id as ObjectId, as existing software makes them, or as text.
void AddId(const json::object& document, json::array& ids) {
  constexpr size_t kObjectIdDigits = 24;
  const std::string id = TextAt(document, "_id");
  const bool is_hex =
      id.size() == kObjectIdDigits && id.find_first_not_of("0123456789abcdef") == std::string::npos;
  if (is_hex) ids.push_back(json::object{{"$oid", id}});
  ids.emplace_back(id);
}

std::set<std::string> AllNames(const PersonNames& names) {
  std::set<std::string> all(names.cards.begin(), names.cards.end());
  all.insert(names.person);
  return all;
}

// Whether the person has, or had, the card of that name.
bool HasOrHad(const Person& person, const std::string& card) {
  const auto uid = CardId::FromHex(card);
  return person.person == card || person.card.text() == card || person.NfcId() == card ||
         (uid && HasReplaced(person, *uid));
}

// Of somebody who was erased no name is known.
bool IsNamed(const Person& person, const Person& named) {
  return !person.name.empty() && (HaveOneName(person, named) || IsSpelledAlike(person, named));
}

// Of a card that is somebody else's now, only what nobody's name was on.
json::object RefusalsOf(const PersonNames& names) {
  json::array cards;
  for (const std::string& card : names.cards) cards.emplace_back(card);
  const json::object unnamed{{"person", ""}, {"card", {{"$in", std::move(cards)}}}};
  return {{"$or", json::array{json::object{{"person", names.person}}, unnamed}}};
}

json::object VoidedOf(const PersonNames& names) { return {{"record.person", names.person}}; }

}  // namespace

Result<> MongoPersonal::AddRegistered(const std::set<std::string>& told_of,
                                      const std::set<std::string>& keys, MongoSettled& settled) {
  std::set<std::string> erased;
  for (const auto& [name, word] : settled.erased) {
    if (!word.present) erased.insert(name);
  }
  if (erased.empty()) return {};
  json::array persons;
  for (const std::string& name : erased) persons.emplace_back(name);
  const json::array ids = IdsOf(erased);
  const Object any{
      {"$or", json::array{Object{{"person", {{"$in", std::move(persons)}}}},
                          Object{{"nfc_id", {{"$in", ids}}}}, Object{{"uid", {{"$in", ids}}}}}}};
  for (const auto& [collection, role] :
       {std::pair{"students", Role::kStudent}, {"teachers", Role::kTeacher}}) {
    TAMTAP_RETURN_IF_ERROR(Collect(collection, any, [&](const Object& document) {
      const auto person = PersonFromJson(document, role);
      const auto known = person ? settled.erased.find(person->person) : settled.erased.end();
      if (known == settled.erased.end()) return;
      known->second.present = true;
      // A card of whoever was erased, with which somebody else was registered.
      if (!told_of.contains(known->first) && !keys.contains(known->first)) {
        settled.erased.erase(known);
      }
    }));
  }
  return {};
}

Result<MongoPersonal::Sharers> MongoPersonal::SharersOf(const PersonNames& names,
                                                        const People& present) {
  const std::set<std::string> all = AllNames(names);
  const auto may_be_meant = [&](const Person& person) {
    return person.person == names.person ||
           std::any_of(all.begin(), all.end(),
                       [&](const std::string& card) { return HasOrHad(person, card); });
  };
  TAMTAP_TRY(auto people, PeopleWho(may_be_meant, present));
  Sharers sharers;
  for (KnownPerson& each : people) {
    if (each.person.person == names.person) {
      sharers.self = std::move(each.person);
      continue;
    }
    std::copy_if(all.begin(), all.end(), std::inserter(sharers.shared, sharers.shared.end()),
                 [&](const std::string& card) { return HasOrHad(each.person, card); });
    sharers.others.push_back(std::move(each.person));
  }
  return sharers;
}

// A document that says a card alone is theirs whose name it says, if the card was several people's.
Result<MongoPersonal::Object> MongoPersonal::OfPerson(const PersonNames& names,
                                                      const Sharers& sharers) {
  std::set<std::string> own = AllNames(names);
  for (const std::string& card : sharers.shared) own.erase(card);
  json::array any{Object{{"person", names.person}}};
  if (!own.empty()) any.push_back(ByCard(own));
  if (!sharers.shared.empty()) {
    json::array ids;
    TAMTAP_RETURN_IF_ERROR(
        Collect(kAttendanceOf, ByCard(sharers.shared), [&](const Object& document) {
          Person named;
          named.name = TextAt(document, "name");
          named.first_name = TextAt(document, "first_name");
          named.last_name = TextAt(document, "last_name");
          if (!IsNamed(sharers.self, named)) return;
          const auto& others = sharers.others;
          const bool is_another =
              std::any_of(others.begin(), others.end(),
                          [&](const Person& each) { return IsNamed(each, named); });
          if (HaveOneName(sharers.self, named) || !is_another) AddId(document, ids);
        }));
    any.push_back(Object{{"_id", {{"$in", std::move(ids)}}}});
  }
  return Object{{"$or", std::move(any)}};
}

// Whose day such a document was taken into, stands in it.
Result<MongoPersonal::Object> MongoPersonal::TakenInOf(const PersonNames& names,
                                                       const Sharers& sharers) {
  Object by_card{{"nfc_id", {{"$in", IdsOf(AllNames(names))}}}};
  if (sharers.shared.empty()) return by_card;
  json::array ids;
  TAMTAP_RETURN_IF_ERROR(Collect(kTakenInDays, by_card, [&](const Object& document) {
    const std::string attendance = TextAt(document, "attendance");
    if (attendance.ends_with("/" + names.person)) AddId(document, ids);
  }));
  return Object{{"_id", {{"$in", std::move(ids)}}}};
}

Result<PersonRecords> MongoPersonal::RecordsOf(const PersonNames& names, const People& present) {
  TAMTAP_TRY(const Sharers sharers, SharersOf(names, present));
  TAMTAP_TRY(const Object attendance, OfPerson(names, sharers));
  TAMTAP_TRY(const Object taken_in, TakenInOf(names, sharers));
  return Records(names, attendance, taken_in);
}

Result<PersonRecords> MongoPersonal::Records(const PersonNames& names, const Object& attendance,
                                             const Object& taken_in) {
  PersonRecords found;
  TAMTAP_RETURN_IF_ERROR(Collect(kAttendanceOf, attendance, [&](const Object& document) {
    const json::value* const taps = document.if_contains("taps");
    if (taps == nullptr || !taps->is_array()) {
      found.records.push_back({json::serialize(document), {}, 0});
      return;
    }
    for (const json::value& tap : taps->get_array()) {
      const json::value* const record =
          tap.is_object() ? tap.get_object().if_contains("record") : nullptr;
      found.records.push_back({json::serialize(record == nullptr ? tap : *record), {}, 0});
    }
  }));
  TAMTAP_RETURN_IF_ERROR(Collect(kTakenInDays, taken_in, [&](const Object& document) {
    found.records.push_back({json::serialize(document), {}, 0});
  }));
  TAMTAP_RETURN_IF_ERROR(Collect(kVoidedTaps, VoidedOf(names), [&](const Object& document) {
    const json::value* const record = document.if_contains("record");
    if (record == nullptr) return;
    found.records.push_back({json::serialize(*record), TextAt(document, "voided_by"),
                             IntegerAt(document, "voided_at_us")});
  }));
  TAMTAP_RETURN_IF_ERROR(
      Collect(kRefusalsCollection, RefusalsOf(names), [&](const Object& document) {
        auto refusal = RefusalRecordFromJson(document);
        if (refusal) {
          found.refusals.push_back(*std::move(refusal));
        } else {
          NoteUnreadable("refusal " + TextAt(document, "_id") + " of MongoDB", refusal.error());
        }
      }));
  return found;
}

// That they are erased is noted first, so that nothing comes back meanwhile; but not of a card that
// is another one's key, or was: what stands there may say that those were erased, and when.
Result<ErasedRecords> MongoPersonal::EraseRecords(const PersonNames& names, const People& present,
                                                  WallTime now) {
  TAMTAP_TRY(const Sharers sharers, SharersOf(names, present));
  for (const std::string& name : AllNames(names)) {
    if (name != names.person && sharers.shared.contains(name)) continue;
    const auto noted = session_.UpdateOne(
        kErased, {{"_id", name}},
        {{"$set", {{"at_us", now.time_since_epoch().count()}, {"key", names.person}}}},
        /*upsert=*/true);
    if (!noted) return noted.error().ToError(kErasingOne);
  }
  ErasedRecords erased;
  TAMTAP_TRY(const Object attendance, OfPerson(names, sharers));
  TAMTAP_TRY(const Object taken_in, TakenInOf(names, sharers));
  TAMTAP_TRY(const PersonRecords records, Records(names, attendance, taken_in));
  erased.records = records.records.size();
  erased.refusals = records.refusals.size();
  const struct {
    const char* collection;
    Object filter;
  } all[] = {{kAttendanceOf, attendance},
             {kTakenInDays, taken_in},
             {kVoidedTaps, VoidedOf(names)},
             {kRefusalsCollection, RefusalsOf(names)}};
  for (const auto& each : all) {
    TAMTAP_TRY(const size_t removed, Remove(each.collection, each.filter));
    static_cast<void>(removed);
  }
  TAMTAP_RETURN_IF_ERROR(MongoMessages(session_).Erase(names.person));
  // Changes that were refused keep the sentence that says why, with names in it.
  const std::string& name = sharers.self.name;
  std::vector<std::string> sentences;
  TAMTAP_RETURN_IF_ERROR(
      Collect(kRefusedChanges, {{"outcome", {{"$ne", ""}}}}, [&](const Object& document) {
        const bool named = TextAt(document, "outcome").find(name) != std::string::npos;
        if (named && !name.empty()) sentences.push_back(TextAt(document, "_id"));
      }));
  for (const std::string& id : sentences) {
    const auto changed =
        session_.UpdateOne(kRefusedChanges, {{"_id", id}}, {{"$set", {{"outcome", kNamedErased}}}});
    if (!changed) return changed.error().ToError(kErasingOne);
  }
  return erased;
}

}  // namespace tamtap::central
