// What terminals send and ask: records, notifications, the school's facts.
#include <fmt/core.h>

#include <map>

#include "base/log.h"
#include "base/text.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/json_response.h"
#include "server/record_lines.h"
#include "server/terminal_states.h"
#include "tap/mark.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMaxStatusBytes = 32 << 10;
constexpr size_t kMaxLookupBytes = 512 << 10;
constexpr size_t kMostFormerNames = 16;
constexpr auto kBetweenEpochs = std::chrono::minutes(1);

json::object ToJson(const StoreIdentity& identity) {
  return {{"id", identity.id}, {"epoch", identity.epoch}};
}

json::parse_options Shallow() {
  json::parse_options options;
  options.max_depth = 8;
  return options;
}

// What is wrong with a body that holds no lines to read at all.
http::Response UnreadableBody(const Error& error) {
  if (error.code == ErrorCode::kRetry) return JsonError(error);
  const int status = error.code == ErrorCode::kFull            ? 413
                     : error.code == ErrorCode::kMisconfigured ? 415
                                                               : 400;
  return JsonError(status, error.Message());
}

}  // namespace

http::Response ApiServer::StoreRecords(const Call& call) {
  const std::string& terminal = *call.caller.terminal;
  std::map<std::string, Result<>> names;  // that were asked about in this request
  auto read = ReadRecordLines(
      call.request.body, call.request.Header("Content-Encoding"), terminal,
      [&](const std::string& name) -> Result<> {
        const auto known = names.find(name);
        if (known != names.end()) return known->second;
        if (names.size() >= kMostFormerNames) {
          return Error{ErrorCode::kRetry, "taps of too many former names at once", 0, {}};
        }
        return names.emplace(name, MayBringTapsOf(name, terminal)).first->second;
      });
  if (!read) return UnreadableBody(read.error());
  std::vector<RecordLine>& lines = *read;
  std::vector<Record> records;
  std::vector<std::string> imports;
  RecordJudge judge = Judge();
  for (RecordLine& line : lines) {
    if (!line.record) continue;
    if (const auto known = judge.GiveToNewOwner(*line.record); !known) {
      return JsonError(known.error());
    }
    auto doubt = judge.Judge(*line.record);
    if (!doubt) return JsonError(doubt.error());
    if (*doubt) {
      line.record = **std::move(doubt);
      continue;
    }
    if (line.record->tap.terminal == kImportTerminal) imports.push_back(line.tap);
    records.push_back(*line.record);
  }
  // Before they are stored: what a gate brought must be found again if it is voided.
  if (const auto noted = identity_.Trust().NoteImports(terminal, imports); !noted) {
    return JsonError(noted.error());
  }
  std::vector<Outcome> outcomes;
  if (!records.empty()) {
    auto stored = store_.Store(records);
    if (!stored) return JsonError(stored.error());
    outcomes = *std::move(stored);
  }
  json::array results;
  std::vector<Record> arrived;
  std::vector<Record> merged;
  size_t next = 0;
  for (const RecordLine& line : lines) {
    Outcome outcome{OutcomeKind::kRejected, {}};
    if (line.record) {
      outcome = outcomes[next];
      if (outcome.kind == OutcomeKind::kStored) arrived.push_back(records[next]);
      if (outcome.kind == OutcomeKind::kMerged) merged.push_back(records[next]);
      ++next;
    } else {
      const Error& error = line.record.error();
      if (error.code == ErrorCode::kRetry) outcome.kind = OutcomeKind::kRetry;
      outcome.reason = error.Message();
    }
    metrics_.CountOutcome(ToString(outcome.kind));
    results.push_back(
        {{"tap", line.tap}, {"outcome", ToString(outcome.kind)}, {"reason", outcome.reason}});
  }
  news_.Arrived(arrived);
  news_.Merged(merged);
  terminals_.Note(*call.caller.terminal, "");
  http::Response response = JsonOk({{"results", std::move(results)}});
  response.headers.emplace_back("Accept-Encoding", "gzip");
  return response;
}

// A gate that was given another name has taps of its former one to bring. What can be known here is
// whether that name is somebody else's now; not whether the gate really had it. So who brings taps
// of which name is kept, and said.
Result<> ApiServer::MayBringTapsOf(const std::string& name, const std::string& terminal) {
  const auto taken = identity_.TakeFormerName(name, terminal, clock_.Now());
  if (!taken) {
    return Error{ErrorCode::kRetry, "look up the former name " + name, 0, taken.error().Message()};
  }
  switch (*taken) {
    case FormerName::kKnown:
      return {};
    case FormerName::kTaken:
      LogWarning("audit: terminal {} brings taps that were recorded as {}, its former name",
                 terminal, name);
      return {};
    case FormerName::kOthers:
      break;
  }
  return Error{
      ErrorCode::kRetry, fmt::format("taps recorded as {} can't come from {}", name, terminal), 0,
      fmt::format("a terminal {0} is still enrolled here: if it is this one's former name, "
                  "run `tamtap terminals revoke {0}` at the server",
                  name)};
}

// Each new epoch makes all gates ask about all that they have: one that cries wolf must not keep
// them busy.
http::Response ApiServer::StoreWentBack(const Call& call) {
  const json::object body = JsonBody(call.request);
  const StoreIdentity known{TextAt(body, "id"), TextAt(body, "epoch")};
  if (known.id.empty() || known.epoch.empty()) return JsonError(400, "give id and epoch");
  MutexLock lock(epoch_mutex_);
  const MonotonicTime now = clock_.MonotonicNow();
  auto identity = store_.Identity();
  if (!identity) return JsonError(identity.error());
  if (*identity == known) {
    if (epoch_drawn_ && now - *epoch_drawn_ < kBetweenEpochs) {
      return JsonError(Error{ErrorCode::kRetry, "draw a new epoch", 0, "one was drawn just now"});
    }
    identity = store_.WentBack(known);
    if (!identity) return JsonError(identity.error());
    epoch_drawn_ = now;
    LogWarning(
        "audit: terminal {} finds that the central store lacks taps that it had confirmed; "
        "all gates send again what is missing",
        *call.caller.terminal);
  }
  return JsonOk({{"store", ToJson(*identity)}});
}

// A terminal asks about taps by their whole ids, of which a generation is 64 random bits: the
// answer tells it nothing that it does not know. So taps of a former name may be asked for too.
http::Response ApiServer::LackingTaps(const Call& call) {
  if (call.request.body.size() > kMaxLookupBytes) return JsonError(413, "ask for fewer taps");
  const json::object body = JsonBody(call.request);
  const json::value* const taps = body.if_contains("taps");
  if (taps == nullptr || !taps->is_array()) return JsonError(400, "give taps: a list");
  if (taps->get_array().size() > kMostLookups) {
    return JsonError(413, fmt::format("ask for at most {} taps at once", kMostLookups));
  }
  std::vector<Record> records;
  for (const json::value& each : taps->get_array()) {
    const json::object* const object = each.if_object();
    const auto tap = TapId::Parse(object == nullptr ? std::string() : TextAt(*object, "tap"));
    if (!tap) return JsonError(400, "each tap needs its tap id, day and person");
    Record record;
    record.tap = *tap;
    record.day = TextAt(*object, "day");
    record.person = TextAt(*object, "person");
    if (!IsDay(record.day) || record.person.empty()) {
      return JsonError(400, "each tap needs its tap id, day and person");
    }
    records.push_back(std::move(record));
  }
  const auto lacking = store_.Lacking(records);
  if (!lacking) return JsonError(lacking.error());
  json::array ids;
  RecordJudge judge = Judge();
  for (const size_t i : *lacking) {
    // What was voided is not to be sent again.
    const auto voided = judge.IsVoided(records[i].tap, records[i].day);
    if (!voided) return JsonError(voided.error());
    if (!*voided) ids.emplace_back(records[i].tap.ToString());
  }
  return JsonOk({{"asked", records.size()}, {"lacking", std::move(ids)}});
}

http::Response ApiServer::Greet(const Call& call) {
  const std::string& terminal = *call.caller.terminal;
  terminals_.Note(terminal, "");
  json::object body{{"localTime", zone_.ToLocal(clock_.Now()).iso}, {"version", TAMTAP_VERSION}};
  // Only if asked for: a greeting is answered also while the store is away.
  if (!call.request.Query("store").empty()) {
    const auto identity = store_.Identity();
    if (!identity) return JsonError(identity.error());
    body.emplace("store", ToJson(*identity));
  }
  // A gate that has taps of former names asks whether they may come.
  std::string names = call.request.Query("former");
  json::object former;
  for (size_t asked = 0; !names.empty() && asked < kMostFormerNames; ++asked) {
    const size_t comma = std::min(names.find(','), names.size());
    const std::string name = names.substr(0, comma);
    names.erase(0, comma + 1);
    if (!IsTerminalName(name)) continue;
    const auto may = MayBringTapsOf(name, terminal);
    former.insert_or_assign(name, may ? std::string() : may.error().Message());
  }
  if (!former.empty()) body.emplace("former", std::move(former));
  return JsonOk(body);
}

// Who tapped anywhere, so that a gate knows them: of today and yesterday, since its clock may be a
// little off; of other days it is told nothing, which is no error: an honest gate whose clock
// stands in 1970 asks too.
http::Response ApiServer::Arrivals(const Call& call) {
  const std::string day = call.request.Query("day");
  if (!IsDay(day)) return JsonError(400, "give day=YYYY-MM-DD");
  json::array records;
  const std::string today = Today();
  if (day == today || day == AddDays(today, -1)) {
    const auto arrivals = store_.ArrivalsOf(day);
    if (!arrivals) return JsonError(arrivals.error());
    for (const Record& record : *arrivals) {
      json::object object = tamtap::ToJson(record);
      // A gate has no need of it; the field is there for gates that read every field.
      object["email"] = "";
      records.push_back(std::move(object));
    }
  }
  return JsonOk({{"date", day}, {"records", std::move(records)}});
}

void ApiServer::AddTerminalRoutes() {
  router_.Add("POST", "/api/terminal/records", Access::kTerminal,
              [this](const Call& call) { return StoreRecords(call); });

  router_.Add("GET", "/api/terminal/school", Access::kTerminal,
              [this](const Call& call) { return SendSchool(call); });

  router_.Add("POST", "/api/terminal/school/changes", Access::kTerminal,
              [this](const Call& call) { return TakeSchoolChanges(call); });

  router_.Add("GET", "/api/terminal/arrivals", Access::kTerminal,
              [this](const Call& call) { return Arrivals(call); });

  router_.Add("GET", "/api/terminal/hello", Access::kTerminal,
              [this](const Call& call) { return Greet(call); });

  router_.Add("POST", "/api/terminal/store-went-back", Access::kTerminal,
              [this](const Call& call) { return StoreWentBack(call); });

  router_.Add("POST", "/api/terminal/lacking", Access::kTerminal,
              [this](const Call& call) { return LackingTaps(call); });
}

http::Response ApiServer::TakeHardwareAttendance(const Call& call) {
  boost::system::error_code failed;
  const json::value value = json::parse(call.request.body, failed, {}, Shallow());
  if (failed) return JsonError(400, "the body is no JSON");
  auto record = RecordFromJson(value);
  if (!record) return JsonError(record.error());
  if (record->tap.terminal != *call.caller.terminal) {
    return JsonError(403, "this is a tap of another terminal");
  }
  // Not stored: the sync brings it, durably, with an outcome. Here it is only told; and not at all
  // if it is of another day by a clock that may be wrong, since the sync brings it with its right
  // one.
  if (record->clock == ClockState::kUnsure && record->day != Today()) return JsonOk({});
  RecordJudge judge = Judge();
  if (const auto known = judge.GiveToNewOwner(*record); !known) return JsonError(known.error());
  const auto doubt = judge.Judge(*record);
  if (!doubt) return JsonError(doubt.error());
  if (*doubt) return JsonError(**doubt);
  news_.Notified(*record);
  return JsonOk({});
}

http::Response ApiServer::TakeHardwareFail(const Call& call) {
  const json::object body = JsonBody(call.request);
  RefusalNotice notice;
  notice.terminal = *call.caller.terminal;
  notice.nfc_id = Shortened(TextAt(body, "nfc_id"), 64);
  notice.name = Shortened(TextAt(body, "name"), 200);
  notice.reason = Shortened(TextAt(body, "reason"), 200);
  const auto refusal = TapId::Parse(TextAt(body, "refusal"));
  if (refusal && refusal->terminal == notice.terminal) notice.refusal = refusal->ToString();
  notice.decline_code = Shortened(TextAt(body, "decline_code"), 64);
  if (notice.decline_code.empty()) notice.decline_code = notice.reason;
  if (notice.reason.empty()) return JsonError(400, "a refusal needs its reason");
  const auto school = school_.Current();
  if (school) {
    const Person* const person = school->roster->cards().Find(notice.nfc_id);
    if (person != nullptr) notice.section = person->section;
  }
  news_.Refused(std::move(notice));
  return JsonOk({});
}

http::Response ApiServer::TakeHardwareStatus(const Call& call) {
  if (call.request.body.size() > kMaxStatusBytes) return JsonError(413, "a status is small");
  const auto status = ReportedStatus(call.request.body);
  if (!status) return JsonError(400, "the body is no JSON object");
  terminals_.Note(*call.caller.terminal, *status);
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

}  // namespace tamtap
