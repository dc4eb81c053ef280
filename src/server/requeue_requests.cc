#include "server/requeue_requests.h"

#include <boost/json.hpp>

#include "base/log.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kAttempts = 10;  // of changing a note that others change too
constexpr auto kRequestKeptFor = std::chrono::hours(7 * 24);  // a gate that is away may come back

std::string RequeueKey(const std::string& terminal) { return "requeue " + terminal; }

}  // namespace

std::string RequeueRequests::Text(const Request& request) {
  json::array taps;
  for (const std::string& tap : request.taps) taps.emplace_back(tap);
  return json::serialize(
      json::object{{"all", request.all}, {"taps", std::move(taps)}, {"told", request.told}});
}

RequeueRequests::Request RequeueRequests::FromText(const std::string& text) {
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::object* const object = failed ? nullptr : value.if_object();
  Request request;
  if (object == nullptr) return request;
  const auto is_set = [object](const char* name) {
    const json::value* const field = object->if_contains(name);
    return field != nullptr && *field == json::value(true);
  };
  request.all = is_set("all");
  request.told = is_set("told");
  const json::value* const taps = object->if_contains("taps");
  if (taps == nullptr || !taps->is_array()) return request;
  for (const json::value& tap : taps->get_array()) {
    if (tap.is_string()) request.taps.emplace(tap.get_string());
  }
  return request;
}

Result<> RequeueRequests::Ask(const std::string& terminal, const std::set<std::string>& taps) {
  const std::string key = RequeueKey(terminal);
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    TAMTAP_TRY(const auto there, shared_.Read(key));
    Request request = there ? FromText(*there) : Request{};
    if (request.told) request = {};
    request.all = request.all || taps.empty();
    request.taps.insert(taps.begin(), taps.end());
    TAMTAP_TRY(const bool noted,
               shared_.Exchange(key, there, Text(request), clock_.Now() + kRequestKeptFor));
    if (noted) return {};
  }
  return Error{ErrorCode::kRetry, "ask " + terminal + " to try refused taps again", 0,
               "others ask it too; try once more"};
}

RequeueRequests::Asked RequeueRequests::AskedOf(const std::string& terminal) {
  Asked asked;
  const auto there = shared_.Read(RequeueKey(terminal));
  if (!there || !*there) return asked;
  Request request = FromText(**there);
  asked.all_ = request.all;
  asked.taps_ = std::move(request.taps);
  return asked;
}

std::optional<json::value> RequeueRequests::OnStatus(const std::string& terminal) {
  const std::string key = RequeueKey(terminal);
  const auto there = shared_.Read(key);
  if (!there) LogWarning("server: {}", there.error().Message());
  if (!there || !*there) return std::nullopt;
  Request request = FromText(**there);
  const bool is_done = std::exchange(request.told, true);
  const auto noted =
      shared_.Exchange(key, *there, is_done ? std::nullopt : std::optional(Text(request)),
                       clock_.Now() + kRequestKeptFor);
  // If somebody has asked for more meanwhile, the gate's next status brings it.
  if (!noted || !*noted || is_done) return std::nullopt;
  if (request.all) return "all";
  json::array taps;
  for (const std::string& tap : request.taps) taps.emplace_back(tap);
  return taps;
}

}  // namespace tamtap
