// Cards that were turned away: gates bring them, staff read them.
#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/log.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/visible_sections.h"
#include "tap/school_time.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostBrought = 500;     // in one request
constexpr uint64_t kMostListed = 1'000;  // in one answer
constexpr uint64_t kUsuallyListed = 100;
constexpr size_t kMostNamesAsked = 8;
constexpr int kDaysOfUnknownCards = 7;  // who lost a card comes back within a week

// As every reason is that a gate gives; later ones have other codes.
bool IsCode(std::string_view reason) {
  return std::all_of(reason.begin(), reason.end(),
                     [](char c) { return c == '_' || (c >= 'A' && c <= 'Z'); });
}

// What a wall of the school showed at that instant, whatever the gate says.
void SetTime(const TimeZone& zone, RefusalRecord& refusal) {
  const LocalTime local = zone.ToLocal(WallTime(std::chrono::microseconds(refusal.refused_at_us)));
  refusal.date = local.date;
  refusal.time = local.time;
  refusal.day = local.day;
  refusal.refused_at = local.iso;
}

// Whether a query of these sections asks for that one; missing: it asks for all.
bool IsOfSections(const std::optional<std::vector<std::string>>& sections,
                  const std::string& section) {
  return !sections || std::find(sections->begin(), sections->end(), section) != sections->end();
}

// As open pages hear of it, too.
json::object ToListed(const RefusalRecord& refusal) {
  return {{"refusal", refusal.id.ToString()},
          {"nfc_id", refusal.nfc_id.empty() ? refusal.card : refusal.nfc_id},
          {"name", refusal.name.empty() ? json::value() : json::value(refusal.name)},
          {"reason", refusal.reason},
          {"decline_code", refusal.reason},
          {"terminal", refusal.id.terminal},
          {"timestamp", refusal.refused_at},
          {"card", refusal.card},
          {"section", refusal.section}};
}

json::object ToListed(const RefusalNotice& notice) {
  return {{"refusal", notice.refusal},
          {"nfc_id", notice.nfc_id},
          {"name", notice.name.empty() ? json::value() : json::value(notice.name)},
          {"reason", notice.reason},
          {"decline_code", notice.decline_code},
          {"terminal", notice.terminal},
          {"timestamp", notice.timestamp}};
}

void SortNewestFirst(json::array& refusals) {
  std::stable_sort(refusals.begin(), refusals.end(),
                   [](const json::value& a, const json::value& b) {
                     return a.at("timestamp").as_string() > b.at("timestamp").as_string();
                   });
}

}  // namespace

// What a gate can't know is passed over, such as refusals of a day that is yet to come. Nothing is
// refused for good, since a refusal that the gate would bring again and again does nobody good.
http::Response ApiServer::KeepRefusals(const Call& call) {
  const json::object body = JsonBody(call.request);
  const json::value* const list = body.if_contains("refusals");
  if (list == nullptr || !list->is_array()) return JsonError(400, "give refusals: a list");
  if (list->get_array().size() > kMostBrought) {
    return JsonError(413, fmt::format("bring at most {} refusals at once", kMostBrought));
  }
  const std::string& terminal = *call.caller.terminal;
  const std::string tomorrow = AddDays(Today(), 1);
  const TimeZone zone = zone_.Current();
  std::vector<RefusalRecord> refusals;
  std::set<std::string> former;  // names of this gate that were asked about
  size_t passed_over = 0;
  for (const json::value& each : list->get_array()) {
    auto refusal = RefusalRecordFromJson(each);
    if (refusal) SetTime(zone, *refusal);
    if (!refusal || refusal->day > tomorrow || !IsCode(refusal->reason)) {
      ++passed_over;
      continue;
    }
    // A gate that was given another name has refusals of its former one. They wait, as its taps do,
    // while that is still the name of another gate.
    const std::string& name = refusal->id.terminal;
    if (name != terminal && !former.contains(name)) {
      if (former.size() >= kMostNamesAsked) return JsonError(413, "too many former names at once");
      if (const auto may = MayBringTapsOf(name, terminal); !may) return JsonError(may.error());
      former.insert(name);
    }
    refusals.push_back(*std::move(refusal));
  }
  if (passed_over > 0) {
    LogWarning(
        "server: {} refusals that {} brings can't be its own, or not of that day; they are "
        "passed over",
        passed_over, terminal);
  }
  if (!refusals.empty()) {
    if (const auto kept = store_.KeepRefusals(refusals); !kept) return JsonError(kept.error());
  }
  return JsonOk({{"kept", refusals.size()}, {"passed_over", passed_over}});
}

http::Response ApiServer::ListRefusals(const Call& call) {
  RefusalQuery query;
  query.last_day = call.request.Query("to");
  if (query.last_day.empty()) query.last_day = Today();
  query.first_day = call.request.Query("from");
  if (query.first_day.empty()) query.first_day = query.last_day;
  if (!IsDay(query.first_day) || !IsDay(query.last_day) || query.last_day < query.first_day) {
    return JsonError(400, "give from and to as YYYY-MM-DD, the earlier day first");
  }
  const std::string limit = call.request.Query("limit");
  const auto asked = limit.empty() ? std::optional(kUsuallyListed) : NumberIn(limit);
  if (!asked || *asked == 0 || *asked > kMostListed) {
    return JsonError(400, fmt::format("give a limit from 1 to {}", kMostListed));
  }
  query.limit = static_cast<size_t>(*asked);
  query.terminal = call.request.Query("terminal");
  query.reason = call.request.Query("reason");
  query.sections = VisibleSections(call.caller, AskedSections(call.request));
  auto found = FindRefusals(query, call.caller);
  if (!found) return JsonError(found.error());
  const size_t count = found->size();
  return JsonOk({{"from", query.first_day},
                 {"to", query.last_day},
                 {"count", count},
                 {"data", *std::move(found)}});
}

// What gates have told stays in memory, and in what they reported last. Without the store nobody
// knows; then it is nobody's name.
bool ApiServer::IsForgotten(std::string_view card) {
  const auto erased = store_.Personal().WasErased(card);
  return !erased || *erased;
}

Result<json::array> ApiServer::FindRefusals(const RefusalQuery& query, const Caller& caller) {
  TAMTAP_TRY(const auto found, store_.FindRefusals(query));
  json::array data;
  std::set<std::string> stored;
  const auto school = school_.Current();
  for (const RefusalRecord& refusal : found) {
    stored.insert(refusal.id.ToString());
    data.push_back(ToListed(refusal));
    // Whose the card is by now, if it was registered since.
    const Person* const owner =
        school && refusal.person.empty() ? school->roster->cards().Find(refusal.card) : nullptr;
    const bool seen = owner != nullptr && caller.Sees(owner->section);
    data.back().get_object().emplace("owner", seen ? owner->name : std::string());
  }
  // What a gate has told of and not brought yet, and what gates of earlier releases never bring.
  news_.CatchUp();
  for (const RefusalNotice& notice : feed_.RecentRefusals()) {
    const std::string day = notice.timestamp.substr(0, 10);
    const bool wanted = day >= query.first_day && day <= query.last_day &&
                        (query.terminal.empty() || notice.terminal == query.terminal) &&
                        (query.reason.empty() || notice.decline_code == query.reason) &&
                        IsOfSections(query.sections, notice.section);
    if (!wanted || stored.contains(notice.refusal)) continue;
    data.push_back(ToListed(notice));
    if (IsForgotten(notice.nfc_id)) data.back().get_object()["name"] = nullptr;
  }
  SortNewestFirst(data);
  if (data.size() > query.limit) data.resize(query.limit);
  return data;
}

http::Response ApiServer::UnknownCards(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  RefusalQuery query;
  query.last_day = Today();
  query.first_day = AddDays(query.last_day, -kDaysOfUnknownCards);
  query.terminal = call.request.Query("terminal");
  query.limit = kMostListed;
  json::array refused;
  for (const char* reason : {"UNKNOWN_CARD", "CARD_REPLACED"}) {
    query.reason = reason;
    const auto found = FindRefusals(query, call.caller);
    if (!found) return JsonError(found.error());
    refused.insert(refused.end(), found->begin(), found->end());
  }
  SortNewestFirst(refused);
  json::array data;
  std::map<std::pair<json::string, json::string>, size_t> places;  // by gate and card
  for (const json::value& each : refused) {
    const json::string& card = each.at("nfc_id").as_string();
    if (school->roster->cards().Find(std::string_view(card)) != nullptr) continue;  // registered
    const auto [place, fresh] =
        places.emplace(std::pair(each.at("terminal").as_string(), card), data.size());
    if (!fresh) {
      json::value& times = data[place->second].as_object()["times"];
      times = times.as_int64() + 1;
      continue;
    }
    data.push_back({{"terminal", each.at("terminal")},
                    {"nfc_id", card},
                    {"reason", each.at("reason")},
                    {"at", each.at("timestamp")},
                    {"times", int64_t{1}}});
  }
  const size_t count = data.size();
  return JsonOk({{"count", count}, {"data", std::move(data)}});
}

void ApiServer::AddRefusalRoutes() {
  router_.Add("POST", "/api/terminal/refusals", Access::kTerminal,
              [this](const Call& call) { return KeepRefusals(call); });
  router_.Add("GET", "/api/refusals", Access::kAccount,
              [this](const Call& call) { return ListRefusals(call); });
  router_.Add("GET", "/api/cards/unknown", Access::kAdmin,
              [this](const Call& call) { return UnknownCards(call); });
}

}  // namespace tamtap
