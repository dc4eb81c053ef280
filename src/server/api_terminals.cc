// What terminals send and ask: records, notifications, the school's facts.
#include <fmt/core.h>

#include "base/log.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"
#include "server/record_lines.h"
#include "server/terminal_states.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMaxStatusBytes = 32 << 10;

json::parse_options Shallow() {
  json::parse_options options;
  options.max_depth = 8;
  return options;
}

// What is wrong with a body that holds no lines to read at all.
http::Response UnreadableBody(const Error& error) {
  const int status = error.code == ErrorCode::kFull            ? 413
                     : error.code == ErrorCode::kMisconfigured ? 415
                                                               : 400;
  return JsonError(status, error.Message());
}

}  // namespace

http::Response ApiServer::StoreRecords(const Call& call) {
  const auto read = ReadRecordLines(call.request.body, call.request.Header("Content-Encoding"),
                                    *call.caller.terminal);
  if (!read) return UnreadableBody(read.error());
  const std::vector<RecordLine>& lines = *read;
  std::vector<Record> records;
  for (const RecordLine& line : lines) {
    if (line.record) records.push_back(*line.record);
  }
  std::vector<Outcome> outcomes;
  if (!records.empty()) {
    auto stored = store_.Store(records);
    if (!stored) return JsonError(stored.error());
    outcomes = *std::move(stored);
  }
  json::array results;
  std::vector<Record> arrived;
  size_t next = 0;
  for (const RecordLine& line : lines) {
    Outcome outcome{OutcomeKind::kRejected, {}};
    if (line.record) {
      outcome = outcomes[next];
      if (outcome.kind == OutcomeKind::kStored) arrived.push_back(records[next]);
      ++next;
    } else {
      outcome.reason = line.record.error().Message();
    }
    metrics_.CountOutcome(ToString(outcome.kind));
    results.push_back(
        {{"tap", line.tap}, {"outcome", ToString(outcome.kind)}, {"reason", outcome.reason}});
  }
  feed_.Arrived(arrived);
  NoteTerminal(*call.caller.terminal, "");
  http::Response response = JsonOk({{"results", std::move(results)}});
  response.headers.emplace_back("Accept-Encoding", "gzip");
  return response;
}

void ApiServer::AddTerminalRoutes() {
  router_.Add("POST", "/api/terminal/records", Access::kTerminal,
              [this](const Call& call) { return StoreRecords(call); });

  router_.Add("GET", "/api/terminal/school", Access::kTerminal, [this](const Call& call) {
    const auto school = school_.Current();
    if (!school) return JsonError(school.error());
    const std::string tag = "\"" + school->version + "\"";
    if (call.request.Header("If-None-Match") == tag) {
      http::Response response;
      response.status = 304;
      response.headers = {{"ETag", tag}};
      return response;
    }
    json::object body = ToJson(school->roster->school());
    body.emplace("version", school->version);
    http::Response response = JsonOk(body);
    response.headers.emplace_back("ETag", tag);
    return response;
  });

  router_.Add("GET", "/api/terminal/arrivals", Access::kTerminal, [this](const Call& call) {
    const std::string day = call.request.Query("day");
    if (!IsDay(day)) return JsonError(400, "give day=YYYY-MM-DD");
    const auto arrivals = store_.ArrivalsOf(day);
    if (!arrivals) return JsonError(arrivals.error());
    json::array records;
    for (const Record& record : *arrivals) records.push_back(ToJson(record));
    return JsonOk({{"date", day}, {"records", std::move(records)}});
  });

  router_.Add("GET", "/api/terminal/hello", Access::kTerminal, [this](const Call& call) {
    NoteTerminal(*call.caller.terminal, "");
    return JsonOk({{"localTime", zone_.ToLocal(clock_.Now()).iso}, {"version", TAMTAP_VERSION}});
  });
}

http::Response ApiServer::TakeHardwareAttendance(const Call& call) {
  boost::system::error_code failed;
  const json::value value = json::parse(call.request.body, failed, {}, Shallow());
  if (failed) return JsonError(400, "the body is no JSON");
  const auto record = RecordFromJson(value);
  if (!record) return JsonError(record.error());
  if (record->tap.terminal != *call.caller.terminal) {
    return JsonError(403, "this is a tap of another terminal");
  }
  // Not stored: the sync brings it, durably, with an outcome. Here it is only told; and not at all
  // if it is of another day by a clock that may be wrong, since the sync brings it with its right
  // one.
  const bool right_day = record->day == Today();
  if (right_day || record->clock != ClockState::kUnsure) feed_.Arrived({&*record, 1});
  return JsonOk({});
}

http::Response ApiServer::TakeHardwareFail(const Call& call) {
  const json::object body = JsonBody(call.request);
  RefusalNotice notice;
  notice.terminal = *call.caller.terminal;
  notice.nfc_id = TextAt(body, "nfc_id").substr(0, 64);
  notice.name = TextAt(body, "name").substr(0, 200);
  notice.reason = TextAt(body, "reason").substr(0, 200);
  notice.decline_code = TextAt(body, "decline_code").substr(0, 64);
  if (notice.decline_code.empty()) notice.decline_code = notice.reason;
  if (notice.reason.empty()) return JsonError(400, "a refusal needs its reason");
  const auto school = school_.Current();
  const auto card = CardId::Parse(notice.nfc_id);
  if (school && card) {
    if (const Person* const person = school->roster->Find(*card)) notice.section = person->section;
  }
  feed_.Refused(std::move(notice));
  return JsonOk({});
}

http::Response ApiServer::TakeHardwareStatus(const Call& call) {
  if (call.request.body.size() > kMaxStatusBytes) return JsonError(413, "a status is small");
  const auto status = ReportedStatus(call.request.body);
  if (!status) return JsonError(400, "the body is no JSON object");
  NoteTerminal(*call.caller.terminal, *status);
  feed_.TerminalsChanged();
  json::object answer;
  // A gate that sees it change comes for the school's facts at once.
  if (const auto school = school_.Current()) answer.emplace("school", school->version);
  if (auto requeue = requeues_.OnStatus(*call.caller.terminal)) {
    answer.emplace("requeue", *std::move(requeue));
  }
  return JsonOk(answer);
}

void ApiServer::AddHardwareRoutes() {
  router_.Add("POST", "/api/hardware/attendance", Access::kTerminal,
              [this](const Call& call) { return TakeHardwareAttendance(call); });
  router_.Add("POST", "/api/hardware/fail", Access::kTerminal,
              [this](const Call& call) { return TakeHardwareFail(call); });
  router_.Add("POST", "/api/hardware/status", Access::kTerminal,
              [this](const Call& call) { return TakeHardwareStatus(call); });
}

void ApiServer::NoteTerminal(const std::string& name, std::string_view status_json) {
  if (const auto noted = identity_.NoteTerminal(name, clock_.Now(), status_json); !noted) {
    LogWarning("server: {}", noted.error().Message());
  }
}

}  // namespace tamtap
