// Words to guardians and staff: what the outbox holds and what became of it, for administrators;
// and the thread that sends them, if this server's settings say how.
#include <algorithm>
#include <map>

#include "base/log.h"
#include "server/api_server.h"
#include "server/json_response.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kShownDays = 7;
constexpr size_t kMostShown = 500;
constexpr MessageState kStates[] = {MessageState::kWaiting, MessageState::kSending,
                                    MessageState::kSent, MessageState::kFailed,
                                    MessageState::kDropped};

std::vector<MessageState> AskedStates(const http::Request& request) {
  std::vector<MessageState> states;
  const std::string asked = request.Query("state");
  for (const MessageState state : kStates) {
    if (("," + asked + ",").find("," + std::string(ToString(state)) + ",") != asked.npos) {
      states.push_back(state);
    }
  }
  return states;
}

std::string NameOfGuardian(const Message& message,
                           const std::map<std::string, std::vector<Guardian>>& guardians) {
  if (message.kind == MessageKind::kStaff) return message.guardian;
  const auto theirs = guardians.find(message.person);
  if (theirs == guardians.end()) return {};
  for (const Guardian& each : theirs->second) {
    if (each.id == message.guardian) return each.name;
  }
  return {};
}

}  // namespace

http::Response ApiServer::WordsState(const Call& call) {
  const auto school = school_.Current();
  if (!school) return JsonError(school.error());
  const std::string today = Today();
  const auto counts = store_.Messages().CountMessages(today);
  if (!counts) return JsonError(counts.error());
  const auto found = store_.Messages().FindMessages(
      {AddDays(today, -kShownDays), today, AskedStates(call.request), {}, kMostShown});
  if (!found) return JsonError(found.error());
  std::map<std::string, const Person*> people;
  for (const Person& each : school->roster->school().people) people.emplace(each.person, &each);
  std::vector<std::string> wards;
  for (const Message& each : *found) wards.push_back(each.person);
  std::sort(wards.begin(), wards.end());
  wards.erase(std::unique(wards.begin(), wards.end()), wards.end());
  const auto guardians = store_.Messages().GuardiansOfAll(wards);
  if (!guardians) return JsonError(guardians.error());
  const TimeZone zone = zone_;
  const auto shown = [&zone](int64_t us) {
    return zone.ToLocal(WallTime(std::chrono::microseconds(us))).iso;
  };
  json::array messages;
  for (const Message& each : *found) {
    const auto person = people.find(each.person);
    const bool known = person != people.end();
    messages.push_back({{"id", each.id},
                        {"kind", ToString(each.kind)},
                        {"day", each.day},
                        {"time", each.time},
                        {"nfc_id", known ? person->second->NfcId() : std::string()},
                        {"name", known ? person->second->name : std::string()},
                        {"guardian", NameOfGuardian(each, *guardians)},
                        {"channel", ToString(each.channel)},
                        {"state", ToString(each.state)},
                        {"attempts", each.attempts},
                        {"due_at", shown(each.due_us)},
                        {"changed_at", shown(each.changed_us)},
                        {"detail", each.detail}});
  }
  json::object today_json;
  for (const MessageState state : kStates) {
    const auto count = counts->find(state);
    today_json.emplace(ToString(state), count == counts->end() ? 0 : count->second);
  }
  const WordsOptions& words = options_.words;
  return JsonOk({{"on", school->roster->settings().words.on},
                 {"mail", !words.mail.url.empty()},
                 {"phone", !words.gateway.url.empty()},
                 {"staff", words.TellsStaff()},
                 {"held", words_ ? words_->held() : std::string()},
                 {"today", std::move(today_json)},
                 {"messages", std::move(messages)}});
}

void ApiServer::MakeWords() {
  if (!options_.words.Tells()) return;
  const auto sender = LoadSender();
  if (!sender) return LogWarning("server: no words are sent: {}", sender.error().Message());
  const auto gates = [this]() -> Result<std::vector<GateNews>> {
    TAMTAP_TRY(const auto states, terminals_.States());
    std::vector<GateNews> news;
    for (const TerminalState& each : states) {
      news.push_back({each.name, each.last_seen, each.online, static_cast<size_t>(each.pending),
                      std::chrono::seconds(static_cast<int64_t>(each.oldest_pending_seconds)),
                      each.label});
    }
    return news;
  };
  words_ = std::make_unique<WordsService>(
      WordsParts{store_.Messages(), clock_, zone_, **sender,
                 [this]() -> Result<std::shared_ptr<const Roster>> {
                   TAMTAP_TRY(const auto school, school_.Current());
                   return school.roster;
                 },
                 [this](const std::string& day, const std::string& person) {
                   return store_.FindAttendance({day, day, std::nullopt, person});
                 },
                 [this](const std::string& day) { return store_.AttendanceVersion(day); }, gates,
                 options_.words});
}

void ApiServer::AddWordsRoutes() {
  router_.Add("GET", "/api/admin/words", Access::kAdmin,
              [this](const Call& call) { return WordsState(call); });
}

}  // namespace tamtap
