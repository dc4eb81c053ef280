#include "server/terminal_states.h"

#include <boost/json.hpp>
#include <cmath>

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr auto kSilentAfter = std::chrono::seconds(15);
constexpr size_t kMostFields = 32;
constexpr size_t kLongestKey = 64;
constexpr size_t kLongestText = 512;
constexpr const char* kCounts[] = {"pending", "oldest_pending_seconds", "confirmed", "quarantined"};
constexpr const char* kTexts[] = {"last_error", "state"};

json::object Parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = 4;
  boost::system::error_code failed;
  json::value value = json::parse(text, failed, {}, options);
  return failed || !value.is_object() ? json::object() : std::move(value.get_object());
}

bool IsCount(const json::value& value) {
  if (!value.is_number()) return false;
  const auto number = value.to_number<double>();
  return std::isfinite(number) && number >= 0;
}

double CountAt(const json::object& object, const char* key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && IsCount(*value) ? value->to_number<double>() : 0;
}

}  // namespace

Result<std::vector<TerminalState>> TerminalStates(IdentityStore& identity, WallTime now) {
  TAMTAP_TRY(const std::vector<TerminalRow> rows, identity.Terminals());
  std::vector<TerminalState> states;
  for (const TerminalRow& row : rows) {
    if (row.revoked) continue;
    const json::object reported = Parse(row.status_json);
    TerminalState state;
    state.name = row.name;
    state.last_seen = row.last_seen;
    state.online = row.last_seen != WallTime{} && now - row.last_seen <= kSilentAfter;
    state.pending = CountAt(reported, "pending");
    state.oldest_pending_seconds = CountAt(reported, "oldest_pending_seconds");
    state.confirmed = CountAt(reported, "confirmed");
    state.quarantined = CountAt(reported, "quarantined");
    state.status_json = row.status_json;
    states.push_back(std::move(state));
  }
  return states;
}

json::object ToJson(const TerminalState& state, const TimeZone& zone) {
  json::object object = Parse(state.status_json);
  object["name"] = state.name;
  object["online"] = state.online;
  object["last_seen"] = state.last_seen == WallTime{}
                            ? json::value()
                            : json::value(zone.ToLocal(state.last_seen).iso);
  for (const char* count : kCounts) {
    if (const json::value* const value = object.if_contains(count); !value || !IsCount(*value)) {
      object[count] = 0;
    }
  }
  for (const char* text : kTexts) {
    if (const json::value* const value = object.if_contains(text); !value || !value->is_string()) {
      object[text] = "";
    }
  }
  return object;
}

std::optional<std::string> ReportedStatus(std::string_view body) {
  const json::object given = Parse(body);
  if (given.empty()) return std::nullopt;
  json::object kept;
  for (const auto& [key, value] : given) {
    if (kept.size() == kMostFields || key.size() > kLongestKey) continue;
    const bool fits = value.is_bool() || value.is_number() ||
                      (value.is_string() && value.get_string().size() <= kLongestText);
    if (fits) kept.emplace(key, value);
  }
  for (const char* count : kCounts) {
    if (const json::value* const value = kept.if_contains(count); value && !IsCount(*value)) {
      kept.erase(count);
    }
  }
  return json::serialize(kept);
}

}  // namespace tamtap
