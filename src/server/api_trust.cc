// What staff decide about what gates brought: to void it, to vouch for it; and the trail of that.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/log.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/list_page.h"
#include "server/terminal_states.h"
#include "server/voiding.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostTaps = 1'000;  // to try again in one request
constexpr size_t kMostAudited = 500;

}  // namespace

http::Response ApiServer::VoidTerminal(const Call& call) {
  VoidRequest request;
  request.terminal = call.parameters[0];
  const json::object body = JsonBody(call.request);
  request.since = TextAt(body, "since");
  const json::value* const preview = body.if_contains("preview");
  request.preview = preview != nullptr && *preview == json::value(true);
  request.today = Today();
  request.by = call.caller.account->username;
  request.now = clock_.Now();
  if (request.since > request.today) return JsonError(400, "that day is yet to come");
  const auto voided = VoidRecords(store_, identity_, request);
  if (!voided) return JsonError(voided.error());
  return JsonOk({{"taps", voided->taps}, {"days", voided->days}});
}

http::Response ApiServer::AuditTrail(const Call& call) {
  const auto page = AskedPageOf(call.request);
  if (!page) return JsonError(page.error());
  AuditQuery query;
  query.most = static_cast<int>(std::min(page->limit, kMostAudited));
  query.who = call.request.Query("who");
  query.whom = call.request.Query("whom");
  query.what = call.request.Query("what");
  if (const std::string person = call.request.Query("person"); !person.empty()) {
    // By any card of theirs; what is no card of anybody now may be the key of somebody who left.
    const auto school = school_.Current();
    const Person* const known = school ? school->roster->cards().Find(person) : nullptr;
    query.whom = known == nullptr ? person : known->person;
  }
  for (const auto& [name, time] :
       {std::pair("since", &query.since), std::pair("until", &query.until)}) {
    const std::string day = call.request.Query(name);
    if (day.empty()) continue;
    // The day that is named is part of the answer.
    const auto begin =
        IsDay(day) ? zone_.FromLocal((time == &query.since ? day : AddDays(day, 1)) + " 00:00:00")
                   : Result<WallTime>(Error{});
    if (!begin) return JsonError(400, fmt::format("{} is a day, YYYY-MM-DD", name));
    *time = *begin;
  }
  if (!page->after.empty()) {
    const auto before = NumberIn(page->after);
    if (!before) return JsonError(400, "after is what `next` said");
    query.before = static_cast<int64_t>(std::min<uint64_t>(*before, INT64_MAX));
  }
  const auto entries = identity_.Trust().Audit(query);
  if (!entries) return JsonError(entries.error());
  json::array data;
  for (const AuditEntry& entry : *entries) {
    data.push_back({{"id", entry.id},
                    {"at", zone_.ToLocal(entry.at).iso},
                    {"who", entry.who},
                    {"what", entry.what},
                    {"whom", entry.whom},
                    {"detail", entry.detail}});
  }
  const size_t count = data.size();
  const bool full = count == static_cast<size_t>(query.most);
  return JsonOk({{"count", count},
                 {"next", full ? json::value(std::to_string(entries->back().id)) : json::value()},
                 {"data", std::move(data)}});
}

http::Response ApiServer::Quarantine(const Call& call) {
  const auto terminals = terminals_.States();
  if (!terminals) return JsonError(terminals.error());
  json::array data;
  for (const TerminalState& terminal : *terminals) {
    std::vector<json::object> taps = QuarantinedTaps(terminal);
    if (taps.empty()) continue;
    const RequeueRequests::Asked asked = requeues_.AskedOf(terminal.name);
    for (json::object& tap : taps) {
      if (!call.caller.Sees(TextAt(tap, "section"))) continue;
      tap.emplace("requeued", asked(TextAt(tap, "tap")));
      if (IsForgotten(TextAt(tap, "nfc_id"))) tap["name"] = "";
      data.push_back(std::move(tap));
    }
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"data", std::move(data)}});
}

http::Response ApiServer::ContestedCards(const Call& call) {
  const auto terminals = terminals_.States();
  if (!terminals) return JsonError(terminals.error());
  json::array data;
  for (const TerminalState& terminal : *terminals) {
    for (json::object& card : ContestedCardsOf(terminal)) {
      if (!call.caller.Sees(TextAt(card, "section"))) continue;
      if (IsForgotten(TextAt(card, "nfc_id"))) card["name"] = "";
      data.push_back(std::move(card));
    }
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"data", std::move(data)}});
}

http::Response ApiServer::RequeueTaps(const Call& call) {
  const std::string& name = call.parameters[0];
  const auto terminals = terminals_.States();
  if (!terminals) return JsonError(terminals.error());
  const TerminalState* terminal = nullptr;
  for (const TerminalState& each : *terminals) {
    if (each.name == name) terminal = &each;
  }
  if (terminal == nullptr) return JsonError(404, "there is no such gate");
  std::set<std::string> taps;
  const json::object body = JsonBody(call.request);
  if (const json::value* const given = body.if_contains("taps")) {
    if (!given->is_array() || given->get_array().empty() || given->get_array().size() > kMostTaps) {
      return JsonError(400, "taps is a list of 1 to 1000 tap ids; leave it out for all");
    }
    for (const json::value& tap : given->get_array()) {
      if (!tap.is_string()) return JsonError(400, "a tap id is text");
      taps.insert(json::value_to<std::string>(tap));
    }
  }
  const uint64_t count =
      taps.empty() ? static_cast<uint64_t>(terminal->quarantined) : uint64_t{taps.size()};
  const json::value* const vouched = body.if_contains("vouch");
  if (vouched != nullptr && *vouched == json::value(true)) {
    // Nobody has looked at taps that they don't name.
    if (taps.empty()) return JsonError(400, "name the taps that you vouch for");
    const std::vector<std::string> named(taps.begin(), taps.end());
    const std::string& by = call.caller.account->username;
    auto kept = identity_.Trust().Vouch(named, by, clock_.Now());
    if (kept) {
      kept = identity_.Trust().AddAudit({clock_.Now(), by, "vouch for taps", name,
                                         fmt::format("{} taps, the first {}", count, named[0])});
    }
    if (!kept) return JsonError(kept.error());
    LogWarning("audit: {} vouches for {} taps of {}", by, count, name);
  }
  if (const auto asked = requeues_.Ask(name, taps); !asked) return JsonError(asked.error());
  LogInfo("{} asks {} to try {} refused taps again", call.caller.account->username, name, count);
  NoteAct(call, "try refused taps again", name, fmt::format("{} taps", count));
  return JsonOk({{"count", count}});
}

void ApiServer::AddTrustRoutes() {
  router_.Add("GET", "/api/quarantine", Access::kAccount,
              [this](const Call& call) { return Quarantine(call); });
  router_.Add("GET", "/api/cards/contested", Access::kAccount,
              [this](const Call& call) { return ContestedCards(call); });
  router_.Add("POST", "/api/terminals/:name/requeue", Access::kAdmin,
              [this](const Call& call) { return RequeueTaps(call); });
  router_.Add("POST", "/api/terminals/:name/void", Access::kAdmin,
              [this](const Call& call) { return VoidTerminal(call); });
  router_.Add("GET", "/api/audit", Access::kAdmin,
              [this](const Call& call) { return AuditTrail(call); });
}

}  // namespace tamtap
