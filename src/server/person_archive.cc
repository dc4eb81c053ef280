#include "server/person_archive.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/ascii.h"
#include "base/csv_cell.h"
#include "base/log.h"
#include "base/text.h"
#include "base/zip_writer.h"
#include "server/photo_lookup.h"
#include "server/static_files.h"
#include "tap/json_fields.h"
#include "tap/photo_name.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostWords = 10'000;

constexpr std::string_view kAboutArchive =
    "All that the attendance system of the school holds of this person.\r\n\r\n"
    "person.json     everything: master data and who said it, cards, taps, marks of staff,\r\n"
    "                refusals at gates, what staff did with the data, guardians and the words\r\n"
    "                that they were sent\r\n"
    "attendance.csv  the taps and marks, for a spreadsheet\r\n"
    "photos/         the photos that were taken at the gates\r\n\r\n"
    "Lahat ng hawak ng sistema ng pagdalo ng paaralan tungkol sa taong ito.\r\n\r\n"
    "person.json     ang lahat: datos ng tao at kung sino ang nagsabi, mga kard, mga tap,\r\n"
    "                mga marka ng guro, mga tinanggihan sa gate, ang ginawa sa datos, mga\r\n"
    "                tagapag-alaga at ang mga mensaheng ipinadala sa kanila\r\n"
    "attendance.csv  mga tap at marka, para sa spreadsheet\r\n"
    "photos/         mga larawang kinuha sa mga gate\r\n";

json::value Parsed(const std::string& text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  return failed ? json::value(text) : value;
}

json::object RecordJson(const StoredRecord& stored, const TimeZone& zone) {
  json::object object{{"record", Parsed(stored.record)}};
  if (stored.voided_by.empty()) return object;
  object.emplace("taken_back_by", stored.voided_by);
  object.emplace("taken_back_at",
                 zone.ToLocal(WallTime(std::chrono::microseconds(stored.voided_at_us))).iso);
  return object;
}

json::object WordJson(const Message& message, const TimeZone& zone) {
  return {{"kind", ToString(message.kind)},
          {"day", message.day},
          {"time", message.time},
          {"guardian", message.guardian},
          {"by", ToString(message.channel)},
          {"state", ToString(message.state)},
          {"at", zone.ToLocal(WallTime(std::chrono::microseconds(message.changed_us))).iso},
          {"detail", message.detail}};
}

std::string AttendanceCsv(const json::array& records) {
  constexpr std::string_view kColumns[] = {
      "day",      "time",  "status",         "session",       "section",
      "terminal", "photo", "marked_by_name", "excuse_reason", "excuse_note"};
  std::string csv(kByteOrderMark);
  for (const std::string_view column : kColumns) csv += CsvCell(column) + ",";
  csv += "taken_back_by\r\n";
  std::vector<std::string> lines;
  for (const json::value& each : records) {
    const json::object& entry = each.as_object();
    const json::object* const record = entry.at("record").if_object();
    if (record == nullptr) continue;
    std::string line;
    for (const std::string_view column : kColumns) {
      line += CsvCell(TextOrNumberAt(*record, column)) + ",";
    }
    lines.push_back(line + CsvCell(TextAt(entry, "taken_back_by")) + "\r\n");
  }
  std::sort(lines.begin(), lines.end());  // each begins with its day and time
  for (const std::string& line : lines) csv += line;
  return csv;
}

Error NotErased(std::string why) {
  return {ErrorCode::kRejected, "erase a person", 0, std::move(why)};
}

// By what the audit trail names a person. There, a card that somebody else has, or had, too tells
// of those: it may be their key.
Result<PersonNames> NamesInTrail(PersonalData& data, const PersonNames& names) {
  PersonNames own{names.person, {}};
  for (const std::string& card : names.cards) {
    TAMTAP_TRY(const auto people, data.FindPeople(card));
    const bool is_another = std::any_of(people.begin(), people.end(), [&](const KnownPerson& each) {
      return each.person.person != names.person;
    });
    if (!is_another || card == names.person) own.cards.push_back(card);
  }
  return own;
}

// The reason is kept for good, and the name is not.
std::string WhyNotThatReason(const std::string& reason, const Person& person) {
  if (TrimSpace(reason).empty()) return "give the reason; it is kept in the audit trail";
  if (reason.size() > kMostFieldBytes) return "the reason is too long";
  for (const std::string* const name :
       {&person.name, &person.last_name, &person.first_name, &person.person, &person.NfcId()}) {
    if (name->size() > 2 && LowerAscii(reason).find(LowerAscii(*name)) != std::string::npos) {
      return "leave name and card out of the reason: it is kept in the audit trail";
    }
  }
  return {};
}

// By what of theirs they alone are found; the key, where that is nothing.
Result<std::string> HandleOf(PersonalData& data, const Person& person, std::string_view but) {
  for (const std::string* const each : {&person.person, &person.tamtap_id, &person.name}) {
    if (each->empty() || *each == but) continue;
    TAMTAP_TRY(const auto people, data.FindPeople(*each));
    if (people.size() == 1) return *each;
  }
  return person.person;
}

}  // namespace

Result<KnownPerson> FindOnePerson(PersonalData& data, std::string_view named) {
  const std::string wanted = Nfc(TrimSpace(named));
  const std::string what = fmt::format("find '{}'", Shortened(wanted, 64));
  TAMTAP_TRY(auto people, data.FindPeople(wanted));
  const auto is_key = [&](const KnownPerson& each) { return each.person.person == wanted; };
  const auto is_here = [](const KnownPerson& each) { return each.present; };
  // A card of somebody who left, and of whom something is known, may be somebody else's now: which
  // of them is meant is not guessed, since their data would be given away, or erased.
  const bool is_of_leaver = std::any_of(people.begin(), people.end(), [&](const KnownPerson& each) {
    const Person& person = each.person;
    const bool by_card = person.name != wanted && person.tamtap_id != wanted;
    return by_card && !each.present && !person.name.empty();
  });
  for (const auto& better : {std::function<bool(const KnownPerson&)>(is_here),
                             std::function<bool(const KnownPerson&)>(is_key)}) {
    if (is_of_leaver) break;
    if (people.size() > 1 && std::any_of(people.begin(), people.end(), better)) {
      std::erase_if(people, [&](const KnownPerson& each) { return !better(each); });
    }
  }
  if (people.size() == 1) return std::move(people.front());
  if (people.empty()) {
    return Error{ErrorCode::kRejected, what, 0, "nobody has, or had, that card, number or name"};
  }
  std::string keys;
  for (const KnownPerson& each : people) {
    TAMTAP_TRY(const std::string handle, HandleOf(data, each.person, wanted));
    keys += fmt::format("{}{} ({})", keys.empty() ? "" : ", ", handle,
                        each.person.name.empty() ? "erased" : each.person.name);
  }
  return Error{ErrorCode::kRejected, what, 0, "it may be several people; give one of " + keys};
}

Result<> WritePersonArchive(const PersonPlaces& places, const KnownPerson& known,
                            const PersonRequest& request, const TimeZone& zone, File& into) {
  const PersonNames names = NamesOf(known.person);
  TAMTAP_TRY(const PersonRecords found, places.store.Personal().RecordsOf(names));
  TAMTAP_TRY(const PersonNames in_trail, NamesInTrail(places.store.Personal(), names));
  TAMTAP_TRY(const auto audit, places.trust.AuditOf(in_trail, known.person.name));
  json::array records;
  for (const StoredRecord& each : found.records) records.push_back(RecordJson(each, zone));
  json::array refusals;
  for (const RefusalRecord& each : found.refusals) refusals.push_back(ToJson(each));
  json::array acts;
  for (const AuditEntry& each : audit) {
    acts.push_back({{"at", zone.ToLocal(each.at).iso},
                    {"who", each.who},
                    {"what", each.what},
                    {"detail", each.detail}});
  }
  ZipWriter zip(into);
  TAMTAP_RETURN_IF_ERROR(zip.Add("README.txt", kAboutArchive));
  TAMTAP_RETURN_IF_ERROR(zip.Add("attendance.csv", AttendanceCsv(records)));
  json::array shown;
  json::array missing;
  for (const NamedPhoto& each : PhotosOf(found.records)) {
    const std::string name = fmt::format("photos/{}/{}", each.day, each.file);
    const auto photo =
        FindPhoto(places.photos, places.photo_directory, each.day, each.file, each.terminal);
    if (!photo && IsForNow(photo.error())) return photo.error();
    (photo ? shown : missing).emplace_back(name);
    if (photo) TAMTAP_RETURN_IF_ERROR(zip.Add(name, photo->content));
  }
  TAMTAP_TRY(const auto guardians, places.store.Messages().GuardiansOf(names.person));
  TAMTAP_TRY(const auto messages, places.store.Messages().FindMessages(
                                      {"0000-00-00", "9999-99-99", {}, names.person, kMostWords}));
  json::array told;
  for (const Guardian& each : guardians) told.push_back(ToJson(each));
  json::array words;
  for (const Message& each : messages) words.push_back(WordJson(each, zone));
  json::object person = ToJson(known.person);
  person.insert_or_assign("role", ToString(known.person.role));
  json::array cards;
  for (const std::string& card : names.cards) cards.emplace_back(card);
  const json::object all{{"made_at", zone.ToLocal(request.now).iso},
                         {"made_by", request.by},
                         {"person", std::move(person)},
                         {"of_the_school_now", known.present},
                         {"cards_now_and_before", std::move(cards)},
                         {"who_said_what", Parsed(known.words)},
                         {"records", std::move(records)},
                         {"refusals", std::move(refusals)},
                         {"what_staff_did", std::move(acts)},
                         {"guardians", std::move(told)},
                         {"words_to_guardians", std::move(words)},
                         {"photos", std::move(shown)},
                         {"photos_that_are_not_here", std::move(missing)}};
  TAMTAP_RETURN_IF_ERROR(zip.Add("person.json", json::serialize(all)));
  return zip.Finish();
}

// The store comes last: by it the person is found again if all of this has to be repeated.
Result<Erasure> ErasePerson(const PersonPlaces& places, const KnownPerson& known,
                            const PersonRequest& request) {
  if (std::string why = WhyNotThatReason(request.reason, known.person); !why.empty()) {
    return NotErased(std::move(why));
  }
  const PersonNames names = NamesOf(known.person);
  TAMTAP_TRY(const PersonRecords found, places.store.Personal().RecordsOf(names));
  Erasure erasure{found.records.size(), found.refusals.size(), 0};
  for (const NamedPhoto& each : PhotosOf(found.records)) {
    const auto photo =
        FindPhoto(places.photos, places.photo_directory, each.day, each.file, each.terminal);
    if (!photo && IsForNow(photo.error())) return photo.error();
    if (!photo) continue;
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(places.photos, photo->path));
    TAMTAP_RETURN_IF_ERROR(places.photos.SyncDirectory(ParentDirectory(photo->path)));
    ++erasure.photos;
  }
  const std::string owner = PhotoOwner(known.person);
  TAMTAP_TRY(const size_t unnamed, RemovePhotosOf(places.photos, places.photo_directory, owner));
  erasure.photos += unnamed;
  TAMTAP_TRY(const PersonNames in_trail, NamesInTrail(places.store.Personal(), names));
  TAMTAP_RETURN_IF_ERROR(places.trust.ForgetPerson(in_trail, known.person.name));
  const auto say = [&](std::string detail) {
    return places.trust.AddAudit(
        {request.now, request.by, "erase a person", std::string(kErasedName), std::move(detail)});
  };
  TAMTAP_RETURN_IF_ERROR(
      say(fmt::format("{} records, {} refusals, {} photos; the reason: {}", erasure.records,
                      erasure.refusals, erasure.photos, request.reason)));
  PersonNames forgotten = names;
  if (!owner.empty()) forgotten.cards.push_back(MarkOfPhotos(owner));
  const auto erased = places.store.Personal().Erase(forgotten, request.by, request.now);
  if (!erased) {
    if (const auto said = say("not finished; erase them again: " + erased.error().Message());
        !said) {
      LogWarning("server: {}", said.error().Message());
    }
    return erased.error();
  }
  erasure.records = std::max(erasure.records, erased->records);
  erasure.refusals = std::max(erasure.refusals, erased->refusals);
  LogWarning("audit: {} erases a person", request.by);
  return erasure;
}

}  // namespace tamtap
