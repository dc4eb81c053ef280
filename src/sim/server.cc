#include "sim/server.h"

#include <fmt/core.h>

#include <array>
#include <ctime>

#include "central/stores.h"
#include "http/our_server.h"
#include "server/credentials.h"
#include "sim/no_messages.h"
#include "sim/simulated_trust.h"
#include "sim/stranger.h"

namespace tamtap::sim {
namespace {

constexpr int64_t kSecond = 1'000'000;

std::string SecretOf(std::string_view gate) { return fmt::format("secret of {}", gate); }

Error NotInThisWorld() {
  return Error{ErrorCode::kRejected, "do this in the simulation", 0, "nobody does"};
}

// RFC 9110, 5.6.7.
std::string HttpDate(WallTime now) {
  const std::time_t seconds = now.time_since_epoch().count() / kSecond;
  std::tm date{};
  gmtime_r(&seconds, &date);
  std::array<char, 64> text{};
  std::strftime(text.data(), text.size(), "%a, %d %b %Y %H:%M:%S GMT", &date);
  return text.data();
}

class Client final : public http::Client {
 public:
  Client(SimulatedServer& server, Link& link) : server_(server), link_(link) {}

  Result<http::Response> Send(http::Request request) override {
    if (link_.MeetsStranger()) return StrangersAnswer(link_.Below(kStrangers), request);
    const auto answer = [&server = server_, request]() -> Result<http::Response> {
      return server.Answer(request);
    };
    if (request.method != "POST") return link_.Ask<http::Response>(answer);
    auto response = link_.Exchange<http::Response>(answer);
    if (response && link_.IsCutShort()) response->body.resize(link_.Below(response->body.size()));
    return response;
  }

 private:
  SimulatedServer& server_;
  Link& link_;
};

}  // namespace

// Nothing is purged here, and nobody erased.
class NobodyErased final : public PersonalData {
 public:
  Result<size_t> PurgeAttendance(std::string_view, size_t) override { return NotInThisWorld(); }
  Result<size_t> PurgeRefusals(std::string_view, size_t) override { return NotInThisWorld(); }
  Result<std::vector<KnownPerson>> FindPeople(std::string_view) override {
    return NotInThisWorld();
  }
  Result<PersonRecords> RecordsOf(const PersonNames&) override { return NotInThisWorld(); }
  Result<ErasedRecords> Erase(const PersonNames&, std::string_view, WallTime) override {
    return NotInThisWorld();
  }
  Result<bool> WasErased(std::string_view) override { return false; }
};

// The store as the server sees it.
class SimulatedServer::Backend final : public SchoolStore {
 public:
  explicit Backend(StoreFront& front) : front_(front) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    for (const Record& record : records) on_believed_(record.tap.ToString());
    return front_.Apply(records);
  }
  void OnBelieved(std::function<void(const std::string& tap)> call) {
    on_believed_ = std::move(call);
  }
  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known) override {
    return front_.master().Pull(known);
  }
  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override {
    return front_.master().Change(changes, front_.Wall());
  }
  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override {
    return front_.KeepRefusals(refusals);
  }
  Result<std::vector<RefusalRecord>> FindRefusals(const RefusalQuery&) override {
    return NotInThisWorld();
  }
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    return front_.ArrivalsOf(day);
  }
  Result<StoreIdentity> Identity() override { return front_.Identity(); }
  Result<StoreIdentity> WentBack(const StoreIdentity& known) override {
    return front_.WentBack(known);
  }
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    return front_.central().Lacking(records);
  }
  Result<> Ping() override { return {}; }
  void OnAnswering(std::function<void()>) override {}
  std::optional<ToldTime> TimeTold() override { return std::nullopt; }
  std::chrono::milliseconds AskedToWait() const override { return std::chrono::milliseconds(0); }
  // For the judge: whether somebody has ever come.
  Result<std::vector<Attendance>> FindAttendance(const AttendanceQuery& query) override {
    TAMTAP_TRY(auto found, front_.central().Everything());
    std::erase_if(found, [&query](const Attendance& each) {
      const Record& arrival = each.arrival;
      return arrival.day < query.first_day || arrival.day > query.last_day ||
             (!query.person.empty() && arrival.person != query.person);
    });
    return found;
  }
  Result<std::string> AttendanceVersion(std::string_view) override { return NotInThisWorld(); }
  Result<size_t> VoidTaps(std::span<const TapsOfDay>, const Voiding&) override {
    return NotInThisWorld();
  }
  PersonalData& Personal() override { return personal_; }
  MessageStore& Messages() override { return messages_; }
  std::string_view Kind() const override { return "simulated"; }

 private:
  StoreFront& front_;
  std::function<void(const std::string& tap)> on_believed_;
  NobodyErased personal_;
  NoMessages messages_;
};

// All gates are enrolled; nobody else is known.
class SimulatedServer::Identity final : public IdentityStore {
 public:
  void Enroll(const std::string& gate) { names_[HashSecret(SecretOf(gate))] = gate; }

  Result<std::optional<TerminalRow>> FindTerminalBySecret(std::string_view hash) override {
    const auto found = names_.find(hash);
    if (found == names_.end()) return std::optional<TerminalRow>();
    TerminalRow row;
    row.name = found->second;
    return std::optional(std::move(row));
  }
  Result<> NoteTerminals(std::span<const TerminalNote>) override { return {}; }
  Result<std::vector<TerminalRow>> Terminals() override { return std::vector<TerminalRow>{}; }

  Result<> AddAccount(const Account&) override { return NotInThisWorld(); }
  Result<std::optional<Account>> FindAccount(std::string_view) override {
    return std::optional<Account>();
  }
  Result<std::vector<Account>> Accounts() override { return std::vector<Account>{}; }
  Result<> SetPasswordHash(std::string_view, std::string_view) override { return NotInThisWorld(); }
  Result<bool> ReplacePasswordHash(std::string_view, std::string_view, std::string_view) override {
    return NotInThisWorld();
  }
  Result<> RemoveAccount(std::string_view) override { return NotInThisWorld(); }
  Result<> AddSession(const SessionRow&) override { return NotInThisWorld(); }
  Result<std::optional<SessionRow>> FindSession(std::string_view) override {
    return std::optional<SessionRow>();
  }
  Result<> ChangeAccount(const Account&, const Account&) override { return NotInThisWorld(); }
  Result<std::vector<SessionRow>> SessionsOf(std::string_view) override {
    return std::vector<SessionRow>{};
  }
  Result<> TouchSession(std::string_view, WallTime) override { return NotInThisWorld(); }
  Result<> RemoveSession(std::string_view) override { return NotInThisWorld(); }
  Result<> RemoveSessionsBefore(WallTime, WallTime) override { return {}; }
  Result<> RememberDevice(std::string_view, std::string_view, WallTime) override {
    return NotInThisWorld();
  }
  Result<bool> KnowsDevice(std::string_view, std::string_view) override { return false; }
  Result<> AddTerminal(std::string_view, std::string_view, WallTime) override {
    return NotInThisWorld();
  }
  Result<std::string> ExchangeToken(std::string_view, WallTime, std::string_view,
                                    std::string_view) override {
    return NotInThisWorld();
  }
  Result<> RevokeTerminal(std::string_view) override { return NotInThisWorld(); }
  Result<> LabelTerminal(std::string_view, std::string_view) override { return NotInThisWorld(); }
  Result<FormerName> TakeFormerName(std::string_view, std::string_view, WallTime) override {
    return FormerName::kOthers;  // no gate of this world changes its name
  }
  SimulatedTrust& Trust() override { return trust_; }
  FormerAccounts& Former() override { return former_; }
  SharedState& Shared() override { return shared_; }
  void WipeHashes() override {}

 private:
  class NoFormer final : public FormerAccounts {
   public:
    Result<FormerOutcome> Take(const Account&) override { return NotInThisWorld(); }
    Result<std::string> NameOf(std::string_view) override { return std::string(); }
    Result<bool> Replace(std::string_view, std::string_view, std::string_view) override {
      return NotInThisWorld();
    }
    Result<std::string> SomeHash() override { return std::string(); }
  };

  SimulatedTrust trust_;
  NoFormer former_;
  MemoryState shared_;
  std::map<std::string, std::string, std::less<>> names_;  // by hash of the secret
};

SimulatedServer::SimulatedServer(const int64_t& now_us, int64_t wall_us, StoreFront& front,
                                 const TimeZone& zone)
    : front_(front),
      clock_(now_us, wall_us, "serv"),
      store_(std::make_unique<Backend>(front)),
      identity_(std::make_unique<Identity>()),
      api_({}, *store_, *identity_, zone, clock_, random_) {
  store_->OnBelieved([this](const std::string& tap) { identity_->Trust().Believe(tap); });
}

SimulatedServer::~SimulatedServer() { api_.Stop(); }

http::Response SimulatedServer::Answer(const http::Request& request) {
  http::Response response;
  if (front_.Denies()) {
    response = JsonError(401, "the plan has revoked this terminal");
  } else if (const int64_t busy_us = front_.BusyForUs(); busy_us > 0) {
    response = JsonError(503, "the plan keeps the store busy");
    response.headers.emplace_back("Retry-After", std::to_string(busy_us / kSecond + 1));
  } else {
    response = api_.Answer(request);
  }
  // As production's sockets do for every answer.
  response.headers.emplace_back("Date", HttpDate(clock_.Now()));
  response.headers.emplace_back(http::kVersionHeader, "simulated");
  return response;
}

void SimulatedServer::Copy() { identity_->Trust().Copy(); }

void SimulatedServer::PutBack() { identity_->Trust().PutBack(); }

void SimulatedServer::VouchForAll() { identity_->Trust().VouchForAll(); }

const std::set<std::string>& SimulatedServer::Doubted() const {
  return identity_->Trust().Doubted();
}

bool SimulatedServer::AnythingDoubted() const { return identity_->Trust().AnythingDoubted(); }

std::unique_ptr<CentralStore> SimulatedServer::StoreOf(const std::string& gate, Link& link,
                                                       Clock& clock) {
  identity_->Enroll(gate);
  return central::OpenHttp(std::make_unique<Client>(*this, link), SecretOf(gate), clock,
                           kPeopleInSlice);
}

}  // namespace tamtap::sim
