// The data of one person, taken away by them or erased; and the privacy notice.
#include <fmt/core.h>

#include "base/text.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/person_archive.h"
#include "server/privacy_notice.h"

namespace tamtap {
namespace {

namespace json = boost::json;

json::object NoticeJson(const Notice& notice) {
  json::array sections;
  for (const NoticeSection& each : notice.sections) {
    json::array paragraphs;
    for (const std::string& text : each.paragraphs) paragraphs.emplace_back(text);
    sections.push_back({{"heading", each.heading}, {"paragraphs", std::move(paragraphs)}});
  }
  return {{"title", notice.title}, {"sections", std::move(sections)}};
}

// Whether what was typed to confirm it names the person.
bool Confirms(const std::string& typed, const Person& person) {
  const std::string text = Nfc(TrimSpace(typed));
  if (text.empty()) return false;
  return text == person.name || text == person.NfcId() || text == person.person ||
         text == person.tamtap_id;
}

}  // namespace

http::Response ApiServer::WithPerson(
    const Call& call, const std::function<http::Response(const KnownPerson&)>& do_it) {
  const auto known = FindOnePerson(store_.Personal(), call.parameters[0]);
  if (!known && known.error().code == ErrorCode::kRejected) {
    const bool several = known.error().hint.starts_with("it may be several");
    return JsonError(several ? 409 : 404, known.error().Message());
  }
  if (!known) return JsonError(known.error());
  return do_it(*known);
}

http::Response ApiServer::ExportPerson(const Call& call) {
  return WithPerson(call, [&](const KnownPerson& known) {
    const PersonRequest request{call.caller.account->username, clock_.Now(), {}};
    const PersonPlaces places{store_, identity_.Trust(), *photo_disk_, options_.photo_directory};
    auto response = exports_.MakeArchive("TAMTAP_Person_" + known.person.person, [&](File& into) {
      return WritePersonArchive(places, known, request, zone_, into);
    });
    if (!response) return JsonError(response.error());
    NoteAct(call, "export the data of a person", known.person.person, "zip");
    return *std::move(response);
  });
}

http::Response ApiServer::ErasePersonNow(const Call& call) {
  const json::object body = JsonBody(call.request);
  return WithPerson(call, [&](const KnownPerson& known) {
    if (!Confirms(TextAt(body, "confirm"), known.person)) {
      return JsonError(400, "to confirm it, give the name or the card of the person in `confirm`");
    }
    const PersonRequest request{call.caller.account->username, clock_.Now(),
                                Nfc(TrimSpace(TextAt(body, "reason")))};
    const PersonPlaces places{store_, identity_.Trust(), *photo_disk_, options_.photo_directory};
    const auto erased = ErasePerson(places, known, request);
    if (!erased) return JsonError(erased.error());
    school_.LookAgain();
    identity_.WipeHashes();
    return JsonOk({{"message",
                    "the person is erased here; gates take them out of their copies at their next "
                    "contact, and backups keep them until newer ones replace them"},
                   {"records", erased->records},
                   {"refusals", erased->refusals},
                   {"photos", erased->photos}});
  });
}

http::Response ApiServer::PrivacyNotice(const Call& call) {
  const bool known = call.caller.account || call.caller.terminal;
  const auto school = known ? school_.Current() : school_.ForStranger();
  if (!school) return JsonError(school.error());
  const SchoolSettings& settings = school->roster->settings();
  json::object languages;
  for (const Notice& each : PrivacyNotices(settings)) {
    languages.emplace(each.language, NoticeJson(each));
  }
  return JsonOk({{"school", settings.school_name},
                 {"contact", settings.privacy_contact},
                 {"retention",
                  {{"records_days", settings.records_days.value_or(0)},
                   {"refusals_days", settings.refusals_days},
                   {"photos_days", settings.PhotoDays()}}},
                 {"languages", std::move(languages)}});
}

void ApiServer::AddPrivacyRoutes() {
  router_.Add("GET", "/api/privacy", Access::kPublic,
              [this](const Call& call) { return PrivacyNotice(call); });
  router_.Add("GET", "/api/admin/people/:nfc/export", Access::kAdmin,
              [this](const Call& call) { return ExportPerson(call); });
  router_.Add("POST", "/api/admin/people/:nfc/erase", Access::kAdmin,
              [this](const Call& call) { return ErasePersonNow(call); });
}

}  // namespace tamtap
