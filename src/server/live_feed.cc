#include "server/live_feed.h"

#include <boost/json.hpp>

#include "base/log.h"
#include "server/terminal_states.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;

constexpr milliseconds kLookEvery{2'000};
constexpr milliseconds kRoundEvery{1'000};
constexpr milliseconds kBreath{100};  // changes within this time are told together
constexpr milliseconds kStatusEvery{5'000};
constexpr size_t kMostRefusals = 100;
// A client that has missed more reads the day: what waits for one client is bounded.
constexpr int64_t kMostCaughtUp = 1'000;
constexpr char kPlaceFollows = '@';  // in a `pid`, after a hash of what the client may see

std::string TextOf(const json::value& auth, std::string_view name) {
  const json::object* const object = auth.if_object();
  const json::value* const text = object == nullptr ? nullptr : object->if_contains(name);
  if (text == nullptr || !text->is_string()) return {};
  return json::value_to<std::string>(*text);
}

std::string SessionOf(const http::Request& handshake, const json::value& auth) {
  std::string token = TextOf(auth, "token");
  return token.empty() ? handshake.Cookie(kSessionCookie) : token;
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
  ReadStore(/*tell=*/false);
  Deliver();
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

void LiveFeed::Refused(RefusalNotice notice) {
  notice.timestamp = Timestamp();
  FeedEvent event{.name = "attendance:fail", .section = notice.section};
  event.message = {{"nfc_id", notice.nfc_id},
                   {"name", notice.name.empty() ? json::value() : json::value(notice.name)},
                   {"reason", notice.reason},
                   {"decline_code", notice.decline_code},
                   {"terminal", notice.terminal},
                   {"timestamp", notice.timestamp}};
  if (!notice.refusal.empty()) event.message.emplace("refusal", notice.refusal);
  MutexLock lock(mutex_);
  refusals_.push_front(std::move(notice));
  if (refusals_.size() > kMostRefusals) refusals_.pop_back();
  Say(std::move(event));
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
  FeedEvent event{.name = "system:status"};
  event.message = {{"status", store_answers ? "ok" : "degraded"},
                   // Pages of existing installations know the store by this name, whatever it is.
                   {"mongodb", store_answers ? "connected" : "disconnected"},
                   {"store", store_.Kind()},
                   {"clients", sockets_->ClientCount()},
                   {"terminals", TerminalList()},
                   {"timestamp", Timestamp()}};
  {
    MutexLock lock(mutex_);
    Say(std::move(event));
  }
  Deliver();
}

void LiveFeed::DropEndedSessions() {
  std::vector<LivePages::Session> sessions;
  {
    MutexLock lock(mutex_);
    sessions = pages_.Sessions();
  }
  for (const LivePages::Session& session : sessions) {
    const auto account = authenticator_.FindAccountOf(session.id);
    if (!account) {
      LogWarning("live feed: {}", account.error().Message());
      return;  // nothing is known of the others either
    }
    if (!*account) {
      session.socket->Disconnect();
      continue;
    }
    MutexLock lock(mutex_);
    pages_.SetAccount(session.socket->id(), **account);
  }
}

std::string LiveFeed::Timestamp() { return zone_.ToLocal(clock_.Now()).iso; }

std::string LiveFeed::Admit(std::string_view name_space, const http::Request& handshake,
                            const json::value& auth) {
  if (name_space != "/") return "there is no such namespace";
  if (!authenticator_.FromOurPages(handshake)) return "unauthorised";
  const auto account = authenticator_.AccountOf(SessionOf(handshake, auth));
  // Somebody whose password another person has set must set one of their own first, as everywhere.
  return account && !account->must_change_password ? "" : "unauthorised";
}

socketio::Recovery LiveFeed::Recover(std::string_view, const http::Request& handshake,
                                     const json::value& auth) {
  const std::optional<Account> account = authenticator_.AccountOf(SessionOf(handshake, auth));
  if (!account) return {};
  const std::string view = ShortHash(account->username + "\n" + ViewOf(*account));
  const Place heard = PlaceOf(auth, view);
  if (heard) return {TextOf(auth, "pid"), heard->ToString()};
  bool first = false;
  {
    MutexLock lock(mutex_);
    first = pages_.empty();
  }
  if (first) ReadStore(/*tell=*/true);  // what was stored before is no news to this one
  MutexLock lock(mutex_);
  if (epoch_.empty()) return {};
  // Until the client has heard an event, this is up to where it has heard everything.
  const std::string now = FeedPlace{epoch_, number_, {}}.ToString();
  return {view + kPlaceFollows + now, now};
}

LiveFeed::Place LiveFeed::PlaceOf(const json::value& auth, const std::string& view) {
  const std::string pid = TextOf(auth, "pid");
  // What it may see has changed since: it lacks more than it has missed.
  if (!pid.starts_with(view + kPlaceFollows)) return std::nullopt;
  Place place = FeedPlace::Parse(std::string_view(pid).substr(view.size() + 1));
  const json::value* const offset = auth.as_object().if_contains("offset");
  if (offset != nullptr && !offset->is_null()) {
    const Place heard = FeedPlace::Parse(TextOf(auth, "offset"));
    // A client whose events came without a place has heard nobody knows how much.
    if (!heard) return std::nullopt;
    // It may be from before this `pid`: a client forgets it only for a newer one.
    if (!place || heard->epoch != place->epoch || heard->number >= place->number) place = heard;
  }
  if (!place) return std::nullopt;
  const auto news = store_.NewsSince(0, 0);
  if (!news || !*news || FeedPlace::EpochOf((*news)->epoch) != place->epoch) return std::nullopt;
  const int64_t missed = (*news)->last - place->number;
  if (missed < 0 || missed > kMostCaughtUp) return std::nullopt;
  return place;
}

void LiveFeed::OnConnect(const std::shared_ptr<socketio::Socket>& socket,
                         const http::Request& handshake, const json::value& auth,
                         const std::string& place) {
  LivePages::Page page{socket, SessionOf(handshake, auth), {}};
  const std::optional<Account> account = authenticator_.AccountOf(page.session_id);
  if (!account) return socket->Disconnect();
  page.account = *account;
  Join(std::move(page), FeedPlace::Parse(place));
}

void LiveFeed::OnEvent(const std::shared_ptr<socketio::Socket>&, std::string_view,
                       const json::array&, std::vector<std::string>, socketio::Acknowledge) {
  // Pages only listen.
}

void LiveFeed::OnDisconnect(const std::shared_ptr<socketio::Socket>& socket) {
  MutexLock lock(mutex_);
  pages_.Remove(socket->id());
}

}  // namespace tamtap
