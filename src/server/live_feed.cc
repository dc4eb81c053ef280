#include "server/live_feed.h"

#include <algorithm>
#include <boost/json.hpp>

#include "base/log.h"
#include "server/terminal_states.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{2'000};
constexpr milliseconds kRoundEvery{1'000};
constexpr milliseconds kBreath{100};  // changes within this time are told together
constexpr milliseconds kStatusEvery{5'000};
constexpr size_t kMostRefusals = 100;

std::string SessionOf(const http::Request& handshake, const json::value& auth) {
  if (const json::object* const object = auth.if_object()) {
    const json::value* const token = object->if_contains("token");
    if (token != nullptr && token->is_string()) return json::value_to<std::string>(*token);
  }
  return handshake.Cookie(kSessionCookie);
}

// When the last of somebody's taps was.
int64_t LastTap(const Attendance& attendance) {
  int64_t last_us = INT64_MIN;
  for (const TapReference& tap : attendance.taps) {
    if (tap.terminal != kStaffTerminal) last_us = std::max(last_us, tap.tapped_at_us);
  }
  return last_us;
}

}  // namespace

LiveFeed::LiveFeed(SchoolStore& store, TerminalBook& terminals, Authenticator& authenticator,
                   const SchoolZone& zone, Clock& clock, Random& random)
    : store_(store),
      terminals_(terminals),
      authenticator_(authenticator),
      zone_(zone),
      clock_(clock),
      sockets_(socketio::MakeServer({}, *this, random)) {}

LiveFeed::~LiveFeed() { Stop(); }

void LiveFeed::Start() {
  LookAtStore(/*tell=*/false);
  looks_ = std::jthread([this](const std::stop_token& stop) { RunLooks(stop); });
  rounds_ = std::jthread([this](const std::stop_token& stop) { RunRounds(stop); });
}

void LiveFeed::Stop() {
  {
    MutexLock lock(mutex_);
    looks_.request_stop();
    rounds_.request_stop();
  }
  wake_.NotifyAll();
  if (looks_.joinable()) looks_.join();
  if (rounds_.joinable()) rounds_.join();
  sockets_->Stop();
}

void LiveFeed::RunLooks(const std::stop_token& stop) {
  auto next = std::chrono::steady_clock::now() + kLookEvery;
  while (true) {
    {
      MutexLock lock(mutex_);
      while (!stop.stop_requested()) {
        if (pages_.empty() && !asked_) {
          wake_.Wait(mutex_);  // no page is open
          continue;
        }
        const auto left = next - std::chrono::steady_clock::now();
        if (left <= left.zero()) break;
        wake_.WaitFor(mutex_, left);
      }
      asked_ = false;
    }
    if (stop.stop_requested()) return;
    try {
      Look();
    } catch (const std::exception& error) {  // there is no memory; the next look may have it
      LogFailure("a look at the store", error);
    }
    next = std::chrono::steady_clock::now() + kLookEvery;
  }
}

void LiveFeed::RunRounds(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    try {
      Round();
    } catch (const std::exception& error) {
      LogFailure("a round of the pages", error);
    }
    const auto done = std::chrono::steady_clock::now();
    MutexLock lock(mutex_);
    while (!stop.stop_requested()) {
      if (pages_.empty()) {
        wake_.Wait(mutex_);
        continue;
      }
      const auto left =
          done + (status_due_ ? kBreath : kRoundEvery) - std::chrono::steady_clock::now();
      if (left <= left.zero()) break;
      wake_.WaitFor(mutex_, left);
    }
  }
}

void LiveFeed::Round() {
  bool check_sessions = false;
  {
    MutexLock lock(mutex_);
    const MonotonicTime now = clock_.MonotonicNow();
    check_sessions = now >= next_check_;
    if (check_sessions) next_check_ = now + kRoundEvery;
  }
  if (check_sessions) DropEndedSessions();
  {
    MutexLock lock(mutex_);
    const MonotonicTime now = clock_.MonotonicNow();
    if (!status_due_ && now < next_status_) return;
    status_due_ = false;
    next_status_ = now + kStatusEvery;
  }
  SendStatus();
}

void LiveFeed::LookAtStore(bool tell) {
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  // The mark is taken before the day is read, so that the next look finds what changes in between.
  const auto mark = store_.AttendanceMark(today);
  if (mark) {
    MutexLock lock(mutex_);
    if (!store_error_ && *mark == mark_) return;
  }
  const auto found = mark ? ReadDay(today) : Result<std::vector<Attendance>>(mark.error());
  {
    MutexLock lock(mutex_);
    if (found) mark_ = *mark;
    if (store_error_.has_value() == found.has_value()) {
      status_due_ = true;
      wake_.NotifyAll();
    }
    store_error_ = found ? std::nullopt : std::optional(found.error());
  }
  if (!found) return LogWarning("live feed: {}", found.error().Message());
  std::vector<Record> arrivals;
  std::vector<Departure> departures;
  arrivals.reserve(found->size());
  for (const Attendance& each : *found) arrivals.push_back(each.arrival);
  if (tell) Arrived(arrivals);
  {
    MutexLock lock(mutex_);
    for (const Attendance& each : *found) {
      if (!tell) told_.Tell(each.arrival, today);
      if (each.departed_at.empty()) continue;
      const Departure departure{&each.arrival, each.departed_at, each.departure};
      if (told_.TellDeparture(each.arrival, LastTap(each)) && tell) departures.push_back(departure);
    }
  }
  TellDepartures(departures);
}

Result<std::vector<Attendance>> LiveFeed::ReadDay(const std::string& day) {
  bool with_departures = false;
  {
    MutexLock lock(mutex_);
    with_departures = rule_.on;
  }
  if (with_departures) return store_.FindAttendance({day, day, {}, {}});
  TAMTAP_TRY(auto arrivals, store_.ArrivalsOf(day));
  std::vector<Attendance> found;
  found.reserve(arrivals.size());
  for (Record& record : arrivals) {
    Attendance attendance;
    attendance.arrival = std::move(record);
    found.push_back(std::move(attendance));
  }
  return found;
}

void LiveFeed::Arrived(std::span<const Record> records) {
  if (records.empty()) return;
  std::vector<const Record*> news;
  std::vector<Record> others;
  {
    const std::string today = zone_.ToLocal(clock_.Now()).day;
    MutexLock lock(mutex_);
    for (const Record& record : records) {
      if (told_.Tell(record, today)) {
        news.push_back(&record);
      } else if (rule_.on) {
        others.push_back(record);
      }
    }
  }
  for (const Record* record : news) {
    json::object message = ToJson(*record);
    message.emplace("_id", record->AttendanceId());
    message.emplace("timestamp", Timestamp());
    Emit("attendance:new", message, &record->section);
  }
  Merged(others);
}

void LiveFeed::Merged(std::span<const Record> records) {
  std::vector<Departure> departures;
  {
    MutexLock lock(mutex_);
    for (const Record& record : records) {
      const auto arrived_us = told_.ArrivedAt(record);
      if (!arrived_us || IsMark(record)) continue;
      if (!rule_.IsDeparture(*arrived_us, record.tapped_at_us)) continue;
      if (told_.TellDeparture(record, record.tapped_at_us)) {
        departures.push_back({&record, record.tapped_at, record.time});
      }
    }
  }
  TellDepartures(departures);
}

// An event of its own: a page counts an `attendance:new` as somebody who has come.
void LiveFeed::TellDepartures(const std::vector<Departure>& departures) {
  for (const Departure& each : departures) {
    const Record& who = *each.arrival;
    Emit("attendance:departure",
         {{"_id", who.AttendanceId()},
          {"day", who.day},
          {"person", who.person},
          {"nfc_id", who.NfcId()},
          {"name", who.name},
          {"section", who.section},
          {"departed_at", each.at},
          {"departure", each.time},
          {"timestamp", Timestamp()}},
         &who.section);
  }
}

void LiveFeed::FollowRule(const DepartureRule& rule) {
  MutexLock lock(mutex_);
  if (rule == rule_) return;
  rule_ = rule;
  mark_.clear();  // the day is read again, by the new rule
}

void LiveFeed::Refused(RefusalNotice notice) {
  notice.timestamp = Timestamp();
  json::object message{{"nfc_id", notice.nfc_id},
                       {"name", notice.name.empty() ? json::value() : json::value(notice.name)},
                       {"reason", notice.reason},
                       {"decline_code", notice.decline_code},
                       {"terminal", notice.terminal},
                       {"timestamp", notice.timestamp}};
  if (!notice.refusal.empty()) message.emplace("refusal", notice.refusal);
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
  if (pages_.empty()) return;  // a page is told everything when it connects
  status_due_ = true;
  wake_.NotifyAll();
}

std::vector<RefusalNotice> LiveFeed::RecentRefusals() {
  MutexLock lock(mutex_);
  return {refusals_.begin(), refusals_.end()};
}

std::optional<Error> LiveFeed::StoreError() {
  MutexLock lock(mutex_);
  asked_ = true;
  wake_.NotifyAll();
  return store_error_;
}

json::array LiveFeed::TerminalList() {
  json::array list;
  const auto terminals = terminals_.States();
  if (!terminals) {
    LogWarning("server: {}", terminals.error().Message());
    return list;
  }
  for (const TerminalState& terminal : *terminals) list.push_back(ToJson(terminal, zone_));
  return list;
}

void LiveFeed::SendStatus() {
  bool store_answers = false;
  {
    MutexLock lock(mutex_);
    if (pages_.empty()) return;
    store_answers = !store_error_;
  }
  Emit("system:status",
       {{"status", store_answers ? "ok" : "degraded"},
        // Pages of existing installations know the store by this name, whatever it is.
        {"mongodb", store_answers ? "connected" : "disconnected"},
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
    const auto account = authenticator_.FindAccountOf(page.session_id);
    if (!account) {
      LogWarning("live feed: {}", account.error().Message());
      return;  // nothing is known of the others either
    }
    if (!*account) {
      page.socket->Disconnect();
      continue;
    }
    MutexLock lock(mutex_);
    const auto found = pages_.find(page.socket->id());
    if (found != pages_.end()) found->second.account = **account;
  }
}

void LiveFeed::Emit(std::string_view event, const json::object& message,
                    const std::string* section) {
  std::vector<std::shared_ptr<socketio::Socket>> listeners;
  {
    MutexLock lock(mutex_);
    for (const auto& [id, page] : pages_) {
      if (section == nullptr || Sees(page.account, *section)) listeners.push_back(page.socket);
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
  if (!authenticator_.FromOurPages(handshake)) return "unauthorised";
  const auto account = authenticator_.AccountOf(SessionOf(handshake, auth));
  // Whose password somebody else has set sets another first, here as everywhere.
  return account && !account->must_change_password ? "" : "unauthorised";
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
