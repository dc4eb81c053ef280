// LiveFeed: tells open pages of taps, refusals and terminals as they happen. A "page" here is a web
// page in a browser whose user is signed in, connected by Socket.IO.
//
// A tap is told once (law 17), whichever of three brings it first: the terminal's notification, the
// sync, or the feed's own look at the store. The look finds what the others did not bring, such as
// records that another process wrote. While a page is open the feed looks every two seconds. While
// no page is open it asks the store nothing. Taps from before the server's start are not told,
// unless the store did not answer at the start. `attendance:new` tells of an arrival: see
// told_taps.h.
//
// Where the store keeps an order of its taps (SchoolStore::NewsSince), what is stored is told in
// that order, and each event carries its place in it (feed_place.h). A page that was away comes
// back with the place of the last event that it heard, to this server or to another one on the same
// store, before or after a restart, and is told what it missed, once. A tap that a terminal
// notified of is told at once, ahead of the store; the places say which taps those are. Where the
// store keeps no order, the feed reads the day whenever its version has changed
// (SchoolStore::AttendanceVersion), and a page that was away reads it too.
//
// Whoever has news tells it by itself, on its own thread, and what others bring meanwhile goes with
// it (Tell()): no thread waits for another's pages.
//
//   live_feed.cc      threads, refusals, the state of the system; connects and disconnects pages
//   live_news.cc      reads what the store has taken, and decides what of it is told
//   live_catch_up.cc  lets a page join, and tells it what it missed
//
// A page hears of the sections that its account may see. When its session ends it is disconnected
// within a few seconds, even if the store does not answer, because a second thread does that.
//
// Thread-safe.
#pragma once

#include <boost/json/fwd.hpp>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "server/authenticator.h"
#include "server/feed_place.h"
#include "server/live_pages.h"
#include "server/school_store.h"
#include "server/terminal_states.h"
#include "server/told_taps.h"
#include "socketio/socket_io.h"
#include "tap/departure.h"
#include "tap/school_time.h"

namespace tamtap {

struct RefusalNotice {
  std::string terminal;
  std::string nfc_id;
  std::string name;
  std::string reason;        // for people, as the terminal gave it
  std::string decline_code;  // "UNKNOWN_CARD" ...
  std::string section;       // of the person; empty if unknown, and then only admins see the notice
  std::string timestamp;     // ISO 8601
  std::string refusal;  // the id of the record that the gate keeps of it; empty if it keeps none
};

class LiveFeed final : public socketio::Listener {
 public:
  LiveFeed(SchoolStore& store, TerminalBook& terminals, Authenticator& authenticator,
           const SchoolZone& zone, Clock& clock, Random& random);
  ~LiveFeed() override;

  socketio::Server& sockets() { return *sockets_; }
  // Reads today's arrivals, which count as told, and starts two threads. One calls Look() every two
  // seconds. The other calls Round() every second, and as soon as there is something to tell.
  void Start();
  void Stop();
  // Looks at the store once, and tells of the arrivals that nobody has told of.
  void Look() EXCLUDES(mutex_);
  // Goes through the open pages once: disconnects those whose session has ended (which is checked
  // every second), and sends the others `system:status` if it is due (every five seconds, and when
  // something has changed).
  void Round() EXCLUDES(mutex_);

  // What follows is told by the next Tell(), which the caller makes as soon as it has answered
  // whoever waits for it.
  // These were stored just now: arrivals, of which those that were not told yet are told.
  void Arrived(std::span<const Record> records) EXCLUDES(mutex_);
  // These were added to attendances that were there: tells of those by which somebody left.
  void Merged(std::span<const Record> records) EXCLUDES(mutex_);
  // A terminal says that it has taken this tap. The store may not have it yet.
  void Notified(const Record& record) EXCLUDES(mutex_);
  void Tell() EXCLUDES(mutex_);
  // What makes a tap a departure, from now on.
  void FollowRule(const DepartureRule& rule) EXCLUDES(mutex_);
  // The events that whoever was told everything up to `place` has missed, of what the account may
  // see, oldest first.
  struct Missed {
    bool known = false;  // otherwise nobody can tell: read the day, and go on from `place`
    std::vector<FeedEvent> events;
    std::string place;  // up to where they tell
    bool more = false;  // ask again from there
  };
  Result<Missed> MissedSince(const std::string& place, const Account& account) EXCLUDES(mutex_);
  // Tells of a refusal, and remembers it for RecentRefusals().
  void Refused(RefusalNotice notice) EXCLUDES(mutex_);
  // A terminal was heard of: the next `system:status` is due now.
  void TerminalsChanged() EXCLUDES(mutex_);
  std::vector<RefusalNotice> RecentRefusals() EXCLUDES(mutex_);  // newest first
  // [{name, online, last_seen, pending, ...}]
  boost::json::array TerminalList();
  // Returns the error of the last look at the store, or nothing if the store answered. While no
  // page is open, this call makes the feed look once, so that the next caller hears of the present
  // state.
  std::optional<Error> StoreError() EXCLUDES(mutex_);

  // socketio::Listener
  std::string Admit(std::string_view name_space, const http::Request& handshake,
                    const boost::json::value& auth) override;
  socketio::Recovery Recover(std::string_view name_space, const http::Request& handshake,
                             const boost::json::value& auth) override;
  void OnConnect(const std::shared_ptr<socketio::Socket>& socket, const http::Request& handshake,
                 const boost::json::value& auth, const std::string& place) override;
  void OnEvent(const std::shared_ptr<socketio::Socket>& socket, std::string_view event,
               const boost::json::array& arguments, std::vector<std::string> attachments,
               socketio::Acknowledge acknowledge) override;
  void OnDisconnect(const std::shared_ptr<socketio::Socket>& socket) override;

 private:
  using Place = std::optional<FeedPlace>;

  void RunLooks(const std::stop_token& stop) EXCLUDES(mutex_);
  void RunRounds(const std::stop_token& stop) EXCLUDES(mutex_);

  // One thread at a time reads the store's news; what is asked for meanwhile, it does too.
  void ReadStore(bool tell) EXCLUDES(mutex_);
  void ReadOnce(bool tell) EXCLUDES(mutex_);
  void ReadNews() EXCLUDES(mutex_);
  // Begins to follow the store's order, or that of another one: from now on, or so as to tell what
  // came while nobody could follow it.
  void FollowOrder(const News& last, bool tell) EXCLUDES(mutex_);
  // Reads the day: at the start, when the rule of departures has changed, and where the store keeps
  // no order, whenever its version has changed. In order, what has come is told by the news.
  void ReadDay(const std::string& today, bool in_order, bool tell) EXCLUDES(mutex_);
  // Today's attendance as far as it is told: without the rule, arrivals are enough, which cost
  // less.
  Result<std::vector<Attendance>> FindDay(const std::string& day) EXCLUDES(mutex_);
  void NoteAnswer(const std::optional<Error>& error) EXCLUDES(mutex_);
  void TakeNews(const News& news) REQUIRES(mutex_);
  // Reads until the taps up to that number have been told. False: the store does not answer.
  bool ReadUpTo(int64_t number) EXCLUDES(mutex_);

  // What a tap of the store's order tells; nothing if the pages need not hear of it.
  std::optional<FeedEvent> EventOf(const NewsItem& item, const DepartureRule& rule);
  FeedEvent ArrivalEvent(const Record& record);
  FeedEvent DepartureEvent(const Record& who, const std::string& at, const std::string& time);
  void Stored(std::span<const Record> records, bool arrivals) EXCLUDES(mutex_);
  void TakeRecords(std::span<const Record> records, bool arrivals, bool stored) REQUIRES(mutex_);
  void DropStored(std::span<const Attendance> found) REQUIRES(mutex_);

  // From now on the event belongs to what is told. Its place is the present one.
  void Say(FeedEvent event) REQUIRES(mutex_);
  FeedPlace PlaceNow() const REQUIRES(mutex_);
  // Decides who hears of what was said: pages that come later do not.
  void FormPending() REQUIRES(mutex_);
  // Sends what was formed. One thread at a time sends.
  void Deliver() EXCLUDES(mutex_);
  void Join(LivePages::Page page, const Place& place) EXCLUDES(mutex_);
  // Tells a page what it missed. False: the store does not answer, so the page is to come again.
  bool CatchUp(LivePages::Page page, FeedPlace place) EXCLUDES(mutex_);
  // The place up to which a client has heard everything, if this server can go on from there.
  Place PlaceOf(const boost::json::value& auth, const std::string& view) EXCLUDES(mutex_);

  void SendStatus() EXCLUDES(mutex_);
  // Disconnects pages whose session has ended, and looks up anew what the other pages may see.
  void DropEndedSessions() EXCLUDES(mutex_);
  std::string Timestamp();

  SchoolStore& store_;
  TerminalBook& terminals_;
  Authenticator& authenticator_;
  const SchoolZone& zone_;
  Clock& clock_;
  std::unique_ptr<socketio::Server> sockets_;

  Mutex mutex_;
  CondVar wake_;
  CondVar read_;                           // a reading of the store has ended
  bool asked_ GUARDED_BY(mutex_) = false;  // StoreError() was called since the last look
  bool status_due_ GUARDED_BY(mutex_) = false;
  MonotonicTime next_status_ GUARDED_BY(mutex_){};
  MonotonicTime next_check_ GUARDED_BY(mutex_){};
  std::optional<Error> store_error_ GUARDED_BY(mutex_);

  bool reading_ GUARDED_BY(mutex_) = false;
  bool read_due_ GUARDED_BY(mutex_) = false;
  bool news_due_ GUARDED_BY(mutex_) = false;  // something was stored: Tell() reads it
  bool day_due_ GUARDED_BY(mutex_) = true;    // the day is to be read, whatever its version
  std::string version_ GUARDED_BY(mutex_);    // of today, when the day was last read
  // The store's order of taps: up to where it was told. No epoch: the store keeps none, or has not
  // answered yet.
  std::string epoch_ GUARDED_BY(mutex_);
  bool keeps_no_order_ GUARDED_BY(mutex_) = false;
  int64_t number_ GUARDED_BY(mutex_) = 0;
  int64_t backlog_until_ GUARDED_BY(mutex_) = 0;  // stored before the order was followed
  bool tells_backlog_ GUARDED_BY(mutex_) = false;
  // What gates notify of while the day is read for the first time: what the store has of it is
  // known only then.
  std::vector<Record> notified_ GUARDED_BY(mutex_);
  // Taps that were told before the store had them, by ShortHash of their ids.
  std::map<std::string, FeedEvent> ahead_ GUARDED_BY(mutex_);
  ToldTaps told_ GUARDED_BY(mutex_);
  DepartureRule rule_ GUARDED_BY(mutex_);

  LivePages pages_ GUARDED_BY(mutex_);
  std::vector<FeedEvent> pending_ GUARDED_BY(mutex_);
  std::vector<LivePages::Delivery> formed_ GUARDED_BY(mutex_);
  bool delivering_ GUARDED_BY(mutex_) = false;

  std::deque<RefusalNotice> refusals_ GUARDED_BY(mutex_);
  std::jthread looks_;
  std::jthread rounds_;
};

}  // namespace tamtap
