// TerminalState: what the server knows of a terminal: when it was heard of, and what it last said
// of itself. What terminals say is typed here, so that pages and metrics can rely on it.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/identity_store.h"
#include "sync/central_store.h"
#include "tap/school_time.h"

namespace tamtap {

struct TerminalState {
  std::string name;
  WallTime last_seen{};  // epoch: never
  bool online = false;   // heard of within 15 s; a terminal reports every 5 s
  double pending = 0;
  double oldest_pending_seconds = 0;
  double confirmed = 0;
  double quarantined = 0;
  double round_trip_ms = 0;
  std::array<double, kOutcomeKinds> outcomes{};  // since the terminal started, by OutcomeKind
  std::string status_json;  // as ReportedStatus made it; "" if it reported none
};

// The terminals that are not revoked, those whose token was not used yet among them.
Result<std::vector<TerminalState>> TerminalStates(IdentityStore& identity, WallTime now);

// [{terminal, tap, nfc_id, name, section, day, time, reason}]: the first taps that the store
// refused for good, as the terminal reported them. They name people: not for everyone who may see
// ToJson().
std::vector<boost::json::object> QuarantinedTaps(const TerminalState& state);

// {name, online, last_seen, pending, oldest_pending_seconds, confirmed, quarantined, last_error,
// state} and whatever else the terminal reported.
boost::json::object ToJson(const TerminalState& state, const TimeZone& zone);

// What is kept of the body of POST /api/hardware/status: numbers, booleans and short texts, counts
// only as numbers that can be, and a bounded list of quarantined taps. Nothing if it is no JSON
// object.
std::optional<std::string> ReportedStatus(std::string_view body);

}  // namespace tamtap
