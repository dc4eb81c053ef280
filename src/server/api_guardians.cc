// Guardians of a person: who is told when they come, leave or stay away. Administrators see and
// change all of them, advisers those of their sections; nobody else sees any, and no gate.
#include <fmt/core.h>

#include <algorithm>

#include "server/api_server.h"
#include "server/json_response.h"
#include "server/list_page.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kGuardianIdBytes = 8;

http::Response GuardiansJson(const std::vector<Guardian>& guardians, const WordsOptions& options) {
  json::array list;
  for (const Guardian& each : guardians) list.push_back(ToJson(each));
  return JsonOk({{"guardians", std::move(list)},
                 {"most", kMostGuardians},
                 {"mail", !options.mail.url.empty()},
                 {"phone", !options.gateway.url.empty()}});
}

// How many want to hear of what, for the audit trail: no name, no address.
std::string Counted(const std::vector<Guardian>& guardians) {
  const auto wanting = [&](MessageKind kind) {
    return std::count_if(guardians.begin(), guardians.end(),
                         [kind](const Guardian& each) { return each.Wants(kind); });
  };
  return fmt::format("{} guardians; told of arrival: {}, of departure: {}, of absence: {}",
                     guardians.size(), wanting(MessageKind::kArrival),
                     wanting(MessageKind::kDeparture), wanting(MessageKind::kAbsence));
}

}  // namespace

http::Response ApiServer::WithWard(const Call& call, const StudentHandler& handle) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const Roster& roster = *school->roster;
  const Person* person = roster.cards().Find(call.parameters[0]);
  if (person == nullptr) {
    const auto& people = roster.school().people;
    const auto found = std::find_if(people.begin(), people.end(), [&](const Person& each) {
      return !each.tamtap_id.empty() && each.tamtap_id == call.parameters[0];
    });
    if (found != people.end()) person = &*found;
  }
  const bool seen =
      person != nullptr && (call.caller.IsAdmin() ||
                            (person->role == Role::kStudent && call.caller.Sees(person->section)));
  if (!seen) return JsonError(404, "there is no such person");
  if (call.caller.account->role == AccountRole::kTeacher) {
    return JsonError(403, "guardians are shown to administrators and advisers");
  }
  return handle(*person, roster);
}

http::Response ApiServer::GuardiansOf(const Call& call) {
  return WithWard(call, [&](const Person& person, const Roster&) {
    const auto guardians = store_.Messages().GuardiansOf(person.person);
    if (!guardians) return JsonError(guardians.error());
    return GuardiansJson(*guardians, options_.words);
  });
}

http::Response ApiServer::PutGuardiansOf(const Call& call) {
  const json::object body = JsonBody(call.request);
  const json::value* const list = body.if_contains("guardians");
  if (list == nullptr || !list->is_array() || list->get_array().size() > kMostGuardians) {
    return JsonError(400, fmt::format("guardians is a list of at most {}", kMostGuardians));
  }
  std::vector<Guardian> guardians;
  for (const json::value& each : list->get_array()) {
    auto guardian = GuardianFromJson(each);
    if (!guardian) return JsonError(guardian.error());
    guardians.push_back(*std::move(guardian));
  }
  return WithWard(call, [&](const Person& person, const Roster&) {
    const auto before = store_.Messages().GuardiansOf(person.person);
    if (!before) return JsonError(before.error());
    if (!IsStillAsSeen(call.request, GuardiansJson(*before, options_.words))) {
      return JsonError(412, "somebody has changed the guardians meanwhile; look again");
    }
    // Whoever stays keeps their id, by which nobody is told twice.
    std::vector<std::string> free;
    for (const Guardian& each : *before) free.push_back(each.id);
    for (Guardian& each : guardians) {
      const auto theirs = std::find(free.begin(), free.end(), each.id);
      if (theirs == free.end()) {
        each.id = random_.Hex(kGuardianIdBytes);
      } else {
        free.erase(theirs);
      }
    }
    const auto put = store_.Messages().PutGuardians(person.person, guardians);
    if (!put) return JsonError(put.error());
    NoteAct(call, "change guardians", person.person, Counted(guardians));
    return GuardiansJson(guardians, options_.words);
  });
}

void ApiServer::AddGuardianRoutes() {
  router_.Add("GET", "/api/people/:nfc/guardians", Access::kAccount,
              [this](const Call& call) { return GuardiansOf(call); });
  router_.Add("PUT", "/api/people/:nfc/guardians", Access::kAccount,
              [this](const Call& call) { return PutGuardiansOf(call); });
}

}  // namespace tamtap
