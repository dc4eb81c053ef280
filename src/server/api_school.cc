// The school between its master and the gates' copies of it.
#include <fmt/core.h>

#include <charconv>
#include <optional>

#include "base/log.h"
#include "base/text.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/school_office.h"
#include "tap/record.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kLongestAuthor = 100;
constexpr size_t kMostDepth = 16;

http::Response Unchanged(const std::string& tag) {
  http::Response response;
  response.status = 304;
  response.headers = {{"ETag", tag}};
  return response;
}

// A gate has no say in how its school works.
std::string WhyNotFromGates(const SchoolChange& change) {
  if (change.fact.kind != FactKind::kSetting) return {};
  return "a gate does not change the settings of the school; change them at the server";
}

}  // namespace

http::Response ApiServer::SendSchool(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string tag = "\"" + school->version + "\"";
  std::string_view known = call.request.Header("If-None-Match");
  if (known == tag) {
    if (school->newest) return Unchanged(tag);
    return JsonError(Error{ErrorCode::kRetry, "look whether the school has changed", 0, {}});
  }
  // Gates of an earlier release take whatever comes for the whole.
  // What was handed over a moment ago is in the store, and perhaps not yet in what is known here.
  const bool takes_changes = call.request.Query("changes") == "1";
  if (takes_changes) {
    if (known.size() >= 2) {
      known.remove_prefix(1);
      known.remove_suffix(1);
    }
    // Gates of an earlier release name no limit, and take all of it at once.
    const size_t most = NumberIn(call.request.Query("limit")).value_or(SIZE_MAX);
    const SlicePlace place{call.request.Query("version"),
                           NumberIn(call.request.Query("from")).value_or(0)};
    auto update = slices_.Next(std::string(known), place, most, school->roster->school().people);
    if (!update) return JsonError(update.error());
    if (!*update) return Unchanged(tag);
    http::Response response = JsonOk(ToJson(**update));
    response.headers.emplace_back("ETag", "\"" + (*update)->version + "\"");
    return response;
  }
  json::object body = ToJson(school->roster->school());
  body.emplace("version", school->version);
  body.emplace("whole", true);
  body.emplace("told", school->was_told);
  http::Response response = JsonOk(std::move(body));
  response.headers.emplace_back("ETag", tag);
  return response;
}

http::Response ApiServer::TakeSchoolChanges(const Call& call) {
  const std::string& gate = *call.caller.terminal;
  json::parse_options options;
  options.max_depth = kMostDepth;
  boost::system::error_code failed;
  const json::value body = json::parse(call.request.body, failed, {}, options);
  const json::value* const list =
      failed || !body.is_object() ? nullptr : body.get_object().if_contains("changes");
  if (list == nullptr || !list->is_array()) return JsonError(400, "give {\"changes\": [...]}");
  if (list->get_array().size() > kMostChanges) {
    return JsonError(413, fmt::format("bring at most {} changes at once", kMostChanges));
  }
  std::vector<std::string> outcomes;
  std::vector<SchoolChange> changes;
  std::vector<size_t> places;  // of the changes among the outcomes
  for (const json::value& each : list->get_array()) {
    auto change = SchoolChangeFromJson(each);
    outcomes.push_back(change ? WhyNotFromGates(*change) : change.error().Message());
    if (!outcomes.back().empty()) continue;
    const std::string by = Shortened(change->said.by, kLongestAuthor);
    change->said.by = by.empty() || by == gate ? gate : fmt::format("{} at {}", by, gate);
    // A gate says when; the master's clock is only for its own words.
    change->said.at_us = std::max<int64_t>(change->said.at_us, 1);
    places.push_back(outcomes.size() - 1);
    changes.push_back(*std::move(change));
  }
  const auto taken = store_.ChangeSchool(changes);
  if (!taken) return JsonError(taken.error());
  for (size_t i = 0; i < changes.size(); ++i) {
    const std::string& outcome = outcomes[places[i]] = (*taken)[i];
    const SchoolChange& change = changes[i];
    AuditEntry entry{clock_.Now(), change.said.by,
                     outcome.empty() ? "change the school" : "change the school: " + outcome,
                     change.fact.key, DescribeChange(change)};
    // Said before somebody was erased, and brought afterwards.
    if (change.fact.kind == FactKind::kPerson && IsForgotten(change.fact.key)) {
      entry = {entry.at, entry.who, "change the school", std::string(kErasedName), ""};
    }
    const auto kept = identity_.Trust().AddAudit(entry);
    if (!kept) LogWarning("server: {}", kept.error().Message());
  }
  school_.LookAgain();
  json::array told;
  for (const std::string& outcome : outcomes) told.emplace_back(outcome);
  return JsonOk({{"outcomes", std::move(told)}});
}

}  // namespace tamtap
