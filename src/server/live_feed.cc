#include "server/live_feed.h"

#include <boost/json.hpp>

#include "base/log.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{2'000};
constexpr milliseconds kStatusEvery{5'000};
constexpr auto kSilentAfter = std::chrono::seconds(15);
constexpr size_t kMostRefusals = 100;
constexpr size_t kDaysTold = 8;

std::string SessionOf(const http::Request& handshake, const json::value& auth) {
  if (const json::object* const object = auth.if_object()) {
    const json::value* const token = object->if_contains("token");
    if (token != nullptr && token->is_string()) return json::value_to<std::string>(*token);
  }
  return handshake.Cookie(kSessionCookie);
}

Caller CallerOf(const Account& account) {
  Caller caller;
  caller.account = account;
  return caller;
}

}  // namespace

LiveFeed::LiveFeed(SchoolStore& store, IdentityStore& identity, Authenticator& authenticator,
                   const TimeZone& zone, Clock& clock, Random& random)
    : store_(store),
      identity_(identity),
      authenticator_(authenticator),
      zone_(zone),
      clock_(clock),
      sockets_(socketio::MakeServer({}, *this, random)) {}

LiveFeed::~LiveFeed() { Stop(); }

void LiveFeed::Start() {
  LookAtStore(/*tell=*/false);
  thread_ = std::jthread([this](std::stop_token stop) { Run(stop); });
}

void LiveFeed::Stop() {
  {
    MutexLock lock(mutex_);
    thread_.request_stop();
  }
  wake_.NotifyAll();
  if (thread_.joinable()) thread_.join();
  sockets_->Stop();
}

void LiveFeed::Run(std::stop_token stop) {
  MonotonicTime next_look = clock_.MonotonicNow() + kLookEvery;
  MonotonicTime next_status = clock_.MonotonicNow();
  while (!stop.stop_requested()) {
    bool send_status = false;
    {
      MutexLock lock(mutex_);
      const MonotonicTime now = clock_.MonotonicNow();
      const MonotonicTime next = std::min(next_look, next_status);
      if (!status_due_ && now < next && !stop.stop_requested()) {
        wake_.WaitFor(mutex_, next - now);
      }
      send_status = std::exchange(status_due_, false);
    }
    if (stop.stop_requested()) return;
    const MonotonicTime now = clock_.MonotonicNow();
    if (now >= next_look) {
      LookAtStore(/*tell=*/true);
      DropEndedSessions();
      next_look = clock_.MonotonicNow() + kLookEvery;
    }
    if (send_status || now >= next_status) {
      SendStatus();
      next_status = clock_.MonotonicNow() + kStatusEvery;
    }
  }
}

void LiveFeed::LookAtStore(bool tell) {
  const auto arrivals = store_.ArrivalsOf(zone_.ToLocal(clock_.Now()).day);
  {
    MutexLock lock(mutex_);
    if (store_answers_ != arrivals.has_value()) status_due_ = true;
    store_answers_ = arrivals.has_value();
  }
  if (!arrivals) return LogWarning("live feed: {}", arrivals.error().Message());
  if (tell) return Arrived(*arrivals);
  MutexLock lock(mutex_);
  for (const Record& record : *arrivals) told_[record.day].insert(record.person);
}

void LiveFeed::Arrived(std::span<const Record> records) {
  for (const Record& record : records) {
    {
      MutexLock lock(mutex_);
      if (!told_[record.day].insert(record.person).second) continue;
      while (told_.size() > kDaysTold) told_.erase(told_.begin());
    }
    json::object message = ToJson(record);
    message.emplace("_id", record.AttendanceId());
    message.emplace("timestamp", Timestamp());
    Emit("attendance:new", message, &record.section);
  }
}

void LiveFeed::Refused(RefusalNotice notice) {
  notice.timestamp = Timestamp();
  const json::object message{
      {"nfc_id", notice.nfc_id},
      {"name", notice.name.empty() ? json::value() : json::value(notice.name)},
      {"reason", notice.reason},
      {"decline_code", notice.decline_code},
      {"terminal", notice.terminal},
      {"timestamp", notice.timestamp}};
  const std::string section = notice.section;
  {
    MutexLock lock(mutex_);
    refusals_.push_front(std::move(notice));
    if (refusals_.size() > kMostRefusals) refusals_.pop_back();
  }
  Emit("attendance:fail", message, &section);
}

void LiveFeed::TerminalsChanged() {
  MutexLock lock(mutex_);
  status_due_ = true;
  wake_.NotifyAll();
}

std::vector<RefusalNotice> LiveFeed::RecentRefusals() {
  MutexLock lock(mutex_);
  return {refusals_.begin(), refusals_.end()};
}

json::array LiveFeed::TerminalList() {
  json::array list;
  const auto terminals = identity_.Terminals();
  if (!terminals) {
    LogWarning("server: {}", terminals.error().Message());
    return list;
  }
  const WallTime now = clock_.Now();
  for (const TerminalRow& terminal : *terminals) {
    if (terminal.revoked) continue;
    json::object object;
    boost::system::error_code failed;
    const json::value reported = json::parse(terminal.status_json, failed);
    if (!failed && reported.is_object()) object = reported.get_object();
    object["name"] = terminal.name;
    const bool ever = terminal.last_seen != WallTime{};
    object["online"] = ever && now - terminal.last_seen <= kSilentAfter;
    object["last_seen"] = ever ? json::value(zone_.ToLocal(terminal.last_seen).iso) : json::value();
    for (const char* count : {"pending", "oldest_pending_seconds", "confirmed", "quarantined"}) {
      if (!object.contains(count)) object[count] = 0;
    }
    for (const char* text : {"last_error", "state"}) {
      if (!object.contains(text)) object[text] = "";
    }
    list.push_back(std::move(object));
  }
  return list;
}

void LiveFeed::SendStatus() {
  bool store_answers = false;
  {
    MutexLock lock(mutex_);
    if (pages_.empty()) return;
    store_answers = store_answers_;
  }
  Emit("system:status",
       {{"status", store_answers ? "ok" : "degraded"},
        {"mongodb", store_answers ? "connected" : "disconnected"},  // pages know it by this name
        {"store", store_.Kind()},
        {"clients", sockets_->ClientCount()},
        {"terminals", TerminalList()},
        {"timestamp", Timestamp()}},
       nullptr);
}

void LiveFeed::DropEndedSessions() {
  std::vector<Page> pages;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, page] : pages_) pages.push_back(page);
  }
  for (const Page& page : pages) {
    if (!authenticator_.AccountOf(page.session_id)) page.socket->Disconnect();
  }
}

void LiveFeed::Emit(std::string_view event, const json::object& message,
                    const std::string* section) {
  std::vector<std::shared_ptr<socketio::Socket>> listeners;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, page] : pages_) {
      if (section == nullptr || CallerOf(page.account).Sees(*section)) {
        listeners.push_back(page.socket);
      }
    }
  }
  json::array arguments;
  arguments.push_back(message);
  for (const auto& socket : listeners) socket->Emit(event, arguments);
}

std::string LiveFeed::Timestamp() { return zone_.ToLocal(clock_.Now()).iso; }

std::string LiveFeed::Admit(std::string_view name_space, const http::Request& handshake,
                            const json::value& auth) {
  if (name_space != "/") return "there is no such namespace";
  if (!Authenticator::SameOrigin(handshake)) return "unauthorised";
  return authenticator_.AccountOf(SessionOf(handshake, auth)) ? "" : "unauthorised";
}

void LiveFeed::OnConnect(const std::shared_ptr<socketio::Socket>& socket,
                         const http::Request& handshake, const json::value& auth) {
  Page page{socket, SessionOf(handshake, auth), {}};
  const std::optional<Account> account = authenticator_.AccountOf(page.session_id);
  if (!account) return socket->Disconnect();
  page.account = *account;
  MutexLock lock(mutex_);
  pages_.insert_or_assign(socket->id(), std::move(page));
  status_due_ = true;
  wake_.NotifyAll();
}

void LiveFeed::OnEvent(const std::shared_ptr<socketio::Socket>&, std::string_view,
                       const json::array&, std::vector<std::string>, socketio::Acknowledge) {
  // Pages only listen.
}

void LiveFeed::OnDisconnect(const std::shared_ptr<socketio::Socket>& socket) {
  MutexLock lock(mutex_);
  pages_.erase(socket->id());
}

}  // namespace tamtap
