// LiveFeed: tells open pages of taps, refusals and terminals as they happen. A "page" here is a web
// page in a browser whose user is signed in, connected by Socket.IO.
//
// A tap is told once (law 17), whichever of three brings it first: the terminal's notification, the
// sync, or the feed's own look at the store. The look finds what the others did not bring, such as
// records that another process wrote. While a page is open the feed looks every two seconds, and
// reads the day only if the store's mark of it has changed (SchoolStore::AttendanceMark). While no
// page is open it asks the store nothing. Taps from before the server's start are not told, unless
// the store did not answer at the start. `attendance:new` tells of an arrival: see told_taps.h.
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
  void Look() EXCLUDES(mutex_) { LookAtStore(/*tell=*/true); }
  // Goes through the open pages once: disconnects those whose session has ended (which is checked
  // every second), and sends the others `system:status` if it is due (every five seconds, and when
  // something has changed).
  void Round() EXCLUDES(mutex_);

  // Tells of those arrivals that were not told yet. `records` were stored just now, or a terminal
  // has notified the server of them.
  void Arrived(std::span<const Record> records) EXCLUDES(mutex_);
  // These were added to attendances that were there: tells of those by which somebody left.
  void Merged(std::span<const Record> records) EXCLUDES(mutex_);
  // What makes a tap a departure, from now on.
  void FollowRule(const DepartureRule& rule) EXCLUDES(mutex_);
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
  void OnConnect(const std::shared_ptr<socketio::Socket>& socket, const http::Request& handshake,
                 const boost::json::value& auth) override;
  void OnEvent(const std::shared_ptr<socketio::Socket>& socket, std::string_view event,
               const boost::json::array& arguments, std::vector<std::string> attachments,
               socketio::Acknowledge acknowledge) override;
  void OnDisconnect(const std::shared_ptr<socketio::Socket>& socket) override;

 private:
  struct Page {
    std::shared_ptr<socketio::Socket> socket;
    std::string session_id;
    Account account;
  };
  void RunLooks(const std::stop_token& stop) EXCLUDES(mutex_);
  void RunRounds(const std::stop_token& stop) EXCLUDES(mutex_);
  void LookAtStore(bool tell) EXCLUDES(mutex_);
  // Today's attendance as far as it is told: without the rule, arrivals are enough, which cost
  // less.
  Result<std::vector<Attendance>> ReadDay(const std::string& day) EXCLUDES(mutex_);
  // Somebody who has come has left.
  struct Departure {
    const Record* arrival;
    std::string at;    // ISO 8601 with offset
    std::string time;  // "HH:MM:SS"
  };
  void TellDepartures(const std::vector<Departure>& departures) EXCLUDES(mutex_);
  void SendStatus() EXCLUDES(mutex_);
  // Disconnects pages whose session has ended, and looks up anew what the other pages may see.
  void DropEndedSessions() EXCLUDES(mutex_);
  // Sends to the pages that may see the section; if it is null, to all pages.
  void Emit(std::string_view event, const boost::json::object& message, const std::string* section)
      EXCLUDES(mutex_);
  std::string Timestamp();

  SchoolStore& store_;
  TerminalBook& terminals_;
  Authenticator& authenticator_;
  const SchoolZone& zone_;
  Clock& clock_;
  std::unique_ptr<socketio::Server> sockets_;

  Mutex mutex_;
  CondVar wake_;
  bool asked_ GUARDED_BY(mutex_) = false;  // StoreError() was called since the last look
  std::string mark_ GUARDED_BY(mutex_);    // the store's mark of today when the day was last read
  bool status_due_ GUARDED_BY(mutex_) = false;
  MonotonicTime next_status_ GUARDED_BY(mutex_){};
  MonotonicTime next_check_ GUARDED_BY(mutex_){};
  std::optional<Error> store_error_ GUARDED_BY(mutex_);
  std::map<std::string, Page> pages_ GUARDED_BY(mutex_);  // by socket id
  ToldTaps told_ GUARDED_BY(mutex_);
  DepartureRule rule_ GUARDED_BY(mutex_);
  std::deque<RefusalNotice> refusals_ GUARDED_BY(mutex_);
  std::jthread looks_;
  std::jthread rounds_;
};

}  // namespace tamtap
