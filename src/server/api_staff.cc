// Taps whose time is unsure, and what staff say of them.
#include <algorithm>

#include "base/log.h"
#include "server/api_server.h"
#include "server/attendance_pages.h"
#include "server/json_response.h"
#include "server/visible_sections.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostUnsure = 1'000;  // in one list; the others show when these are settled

// Whether a day's arrival has a time that nobody vouches for. What was imported, or stood in a
// database before there was this software, is not asked about: nobody noted whether it was right.
bool WaitsForStaff(const Attendance& attendance) {
  const Record& arrival = attendance.arrival;
  return arrival.clock == ClockState::kUnsure && IsTapOfAGate(arrival) &&
         std::none_of(attendance.taps.begin(), attendance.taps.end(), IsAcceptance);
}

}  // namespace

http::Response ApiServer::UnsureAttendance(const Call& call) {
  const auto period = AskedPeriod(call);
  if (!period) return JsonError(period.error());
  const auto& [first, last] = *period;
  json::array records;
  const auto next = ReadPage(store_, {first, last, VisibleSections(call.caller, {}), {}}, SIZE_MAX,
                             [&](const Attendance& attendance) {
                               if (!WaitsForStaff(attendance)) return;
                               if (records.size() < kMostUnsure) {
                                 records.push_back(ToJson(attendance));
                               }
                             });
  if (!next) return JsonError(next.error());
  const size_t count = records.size();
  return JsonOk({{"from", first}, {"to", last}, {"count", count}, {"records", std::move(records)}});
}

http::Response ApiServer::AcceptTime(const Call& call) {
  const std::string& day = call.parameters[0];
  if (!IsDay(day)) return JsonError(400, "dates read YYYY-MM-DD");
  const std::string tap = TextAt(JsonBody(call.request), "tap");
  const auto found = store_.FindAttendance({day, day, VisibleSections(call.caller, {}), {}});
  if (!found) return JsonError(found.error());
  const auto attendance = std::find_if(found->begin(), found->end(), [&](const Attendance& each) {
    return each.arrival.tap.ToString() == tap;
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
  NoteAct(call, "let a time stand", acceptance.person, day);
  return JsonOk({{"outcome", ToString(outcome.kind)}});
}

// Before the routes that would take "unsure" for a date.
void ApiServer::AddStaffRoutes() {
  router_.Add("GET", "/api/attendance/unsure", Access::kAccount,
              [this](const Call& call) { return UnsureAttendance(call); });
  router_.Add("POST", "/api/attendance/:date/accepted", Access::kAccount,
              [this](const Call& call) { return AcceptTime(call); });
}

}  // namespace tamtap
