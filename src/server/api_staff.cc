// What staff say of a day, and what waits for their judgement: taps whose time is unsure, and taps
// that the central store refused for good.
#include <algorithm>
#include <set>

#include "base/log.h"
#include "server/api_server.h"
#include "server/json_response.h"
#include "server/terminal_states.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostTaps = 1'000;  // to try again in one request

// Whether a day's arrival has a time that nobody vouches for. What was imported, or stood in a
// database before there was this software, is not asked about: nobody noted whether it was right.
bool WaitsForStaff(const Attendance& attendance) {
  const Record& arrival = attendance.arrival;
  return arrival.clock == ClockState::kUnsure && IsTapOfAGate(arrival) &&
         std::none_of(attendance.taps.begin(), attendance.taps.end(), IsAcceptance);
}

}  // namespace

http::Response ApiServer::MarkDay(const Call& call) {
  const std::string& day = call.parameters[0];
  if (!IsDay(day)) return JsonError(400, "dates read YYYY-MM-DD");
  if (day > Today()) return JsonError(400, "that day is yet to come");
  const json::object body = JsonBody(call.request);
  const auto status = StatusFrom(TextAt(body, "status"));
  if (status != Status::kAbsent && status != Status::kExcused) {
    return JsonError(400, "the status is \"absent\" or \"excused\"; being here takes a tap");
  }
  return WithStudent(call, TextAt(body, "nfc_id"), [&](const Person& person, const Roster&) {
    return StoreMark(call, MakeMark(person, day, *status, clock_.Now(), zone_, random_));
  });
}

http::Response ApiServer::StoreMark(const Call& call, const Record& mark) {
  const auto outcomes = store_.Store({&mark, 1});
  if (!outcomes) return JsonError(outcomes.error());
  const Outcome& outcome = outcomes->front();
  if (outcome.kind == OutcomeKind::kRejected) return JsonError(400, outcome.reason);
  if (outcome.kind == OutcomeKind::kRetry) {
    return JsonError(Error{ErrorCode::kRetry, "store the mark", 0, outcome.reason});
  }
  LogInfo("{} {} on {}, says {}", mark.person, ToString(mark.status), mark.day,
          call.caller.account->username);
  feed_.Arrived({&mark, 1});
  return JsonOk({{"outcome", ToString(outcome.kind)}, {"record", ToJson(mark)}});
}

http::Response ApiServer::UnsureAttendance(const Call& call) {
  const auto period = AskedPeriod(call);
  if (!period) return JsonError(period.error());
  const auto& [first, last] = *period;
  const auto found = store_.FindAttendance({first, last, {}, {}});
  if (!found) return JsonError(found.error());
  json::array records;
  for (const Attendance& attendance : *found) {
    const Record& arrival = attendance.arrival;
    if (WaitsForStaff(attendance) && call.caller.Sees(arrival.section)) {
      records.push_back(ToJson(attendance));
    }
  }
  const size_t count = records.size();
  return JsonOk({{"from", first}, {"to", last}, {"count", count}, {"records", std::move(records)}});
}

http::Response ApiServer::AcceptTime(const Call& call) {
  const std::string& day = call.parameters[0];
  if (!IsDay(day)) return JsonError(400, "dates read YYYY-MM-DD");
  const std::string tap = TextAt(JsonBody(call.request), "tap");
  const auto found = store_.FindAttendance({day, day, {}, {}});
  if (!found) return JsonError(found.error());
  const auto attendance = std::find_if(found->begin(), found->end(), [&](const Attendance& each) {
    return each.arrival.tap.ToString() == tap && call.caller.Sees(each.arrival.section);
  });
  if (tap.empty() || attendance == found->end()) {
    return JsonError(404, "there is no such arrival on that day");
  }
  if (!WaitsForStaff(*attendance)) return JsonOk({{"outcome", "already_stored"}});
  const Record acceptance = MakeAcceptance(attendance->arrival, clock_.Now(), zone_, random_);
  const auto outcomes = store_.Store({&acceptance, 1});
  if (!outcomes) return JsonError(outcomes.error());
  const Outcome& outcome = outcomes->front();
  if (outcome.kind == OutcomeKind::kRejected) return JsonError(400, outcome.reason);
  if (outcome.kind == OutcomeKind::kRetry) {
    return JsonError(Error{ErrorCode::kRetry, "store that", 0, outcome.reason});
  }
  LogInfo("the time of {} stands, says {}", tap, call.caller.account->username);
  return JsonOk({{"outcome", ToString(outcome.kind)}});
}

http::Response ApiServer::Quarantine(const Call& call) {
  const auto terminals = terminals_.States();
  if (!terminals) return JsonError(terminals.error());
  json::array data;
  for (const TerminalState& terminal : *terminals) {
    for (json::object& tap : QuarantinedTaps(terminal)) {
      if (!call.caller.Sees(TextAt(tap, "section"))) continue;
      tap.emplace("requeued", requeues_.IsAsked(terminal.name, TextAt(tap, "tap")));
      data.push_back(std::move(tap));
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
  LogInfo("{} asks {} to try {} refused taps again", call.caller.account->username, name, count);
  requeues_.Ask(name, std::move(taps));
  return JsonOk({{"count", count}});
}

// Before the routes that would take "unsure" for a date.
void ApiServer::AddStaffRoutes() {
  router_.Add("GET", "/api/attendance/unsure", Access::kAccount,
              [this](const Call& call) { return UnsureAttendance(call); });
  router_.Add("POST", "/api/attendance/:date/marks", Access::kAccount,
              [this](const Call& call) { return MarkDay(call); });
  router_.Add("POST", "/api/attendance/:date/accepted", Access::kAccount,
              [this](const Call& call) { return AcceptTime(call); });
  router_.Add("GET", "/api/quarantine", Access::kAccount,
              [this](const Call& call) { return Quarantine(call); });
  router_.Add("POST", "/api/terminals/:name/requeue", Access::kAdmin,
              [this](const Call& call) { return RequeueTaps(call); });
}

}  // namespace tamtap
