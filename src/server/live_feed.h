// LiveFeed: tells signed-in pages of taps, refusals and terminals as they happen (Socket.IO).
//
// Law 17: a tap is told once, whichever comes first: a terminal's notification, an ingest, or the
// feed's own look at the store, which finds what neither told of (records that other processes
// wrote, too). It looks every two seconds while a page is open, and reads the day only if the
// store's mark of it has changed; while nobody looks it asks the store nothing. What was there
// before the server started is not told again, unless the store did not answer then.
// `attendance:new` is an arrival: see told_taps.h.
//
// A page hears of the sections that its account may see. It is sent away within a few seconds when
// its session ends, whether the store answers or not: a thread of its own sees to that.
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
#include "tap/school_time.h"

namespace tamtap {

struct RefusalNotice {
  std::string terminal;
  std::string nfc_id;
  std::string name;
  std::string reason;        // in the terminal's words
  std::string decline_code;  // "UNKNOWN_CARD" ...
  std::string section;       // of a known person; empty: only admins see it
  std::string timestamp;     // ISO 8601
};

class LiveFeed final : public socketio::Listener {
 public:
  LiveFeed(SchoolStore& store, TerminalBook& terminals, Authenticator& authenticator,
           const TimeZone& zone, Clock& clock, Random& random);
  ~LiveFeed() override;

  socketio::Server& sockets() { return *sockets_; }
  // Looks at the store, whose arrivals of today count as told, and begins to do the two below by
  // itself: a look every 2 s, a round every second and as soon as there is something new to say.
  void Start();
  void Stop();
  // One look at the store, for what nobody told of.
  void Look() EXCLUDES(mutex_) { LookAtStore(/*tell=*/true); }
  // One round of the pages: sends away those whose session ended (looked at every second), and
  // tells the others `system:status` if it is due (every 5 s, and when something changed).
  void Round() EXCLUDES(mutex_);

  // Tells of arrivals that were not told yet.
  void Arrived(std::span<const Record> records) EXCLUDES(mutex_);
  void Refused(RefusalNotice notice) EXCLUDES(mutex_);
  void TerminalsChanged() EXCLUDES(mutex_);
  std::vector<RefusalNotice> RecentRefusals() EXCLUDES(mutex_);  // newest first
  // [{name, online, last_seen, pending, ...}]
  boost::json::array TerminalList();
  // As of the last look; nothing while the store answers. While no page is open, asking makes the
  // feed look, so that the next one who asks hears how it is.
  std::optional<Error> StoreError() EXCLUDES(mutex_);

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
  void SendStatus() EXCLUDES(mutex_);
  // Also looks up anew what the others may see.
  void DropEndedSessions() EXCLUDES(mutex_);
  // To pages that may see the section; a null section is for all of them.
  void Emit(std::string_view event, const boost::json::object& message, const std::string* section)
      EXCLUDES(mutex_);
  std::string Timestamp();

  SchoolStore& store_;
  TerminalBook& terminals_;
  Authenticator& authenticator_;
  const TimeZone& zone_;
  Clock& clock_;
  std::unique_ptr<socketio::Server> sockets_;

  Mutex mutex_;
  CondVar wake_;
  bool asked_ GUARDED_BY(mutex_) = false;  // by somebody who is no page
  std::string mark_ GUARDED_BY(mutex_);    // of the store's day when it was last read
  bool status_due_ GUARDED_BY(mutex_) = false;
  MonotonicTime next_status_ GUARDED_BY(mutex_){};
  MonotonicTime next_check_ GUARDED_BY(mutex_){};
  std::optional<Error> store_error_ GUARDED_BY(mutex_);
  std::map<std::string, Page> pages_ GUARDED_BY(mutex_);  // by socket id
  ToldTaps told_ GUARDED_BY(mutex_);
  std::deque<RefusalNotice> refusals_ GUARDED_BY(mutex_);
  std::jthread looks_;
  std::jthread rounds_;
};

}  // namespace tamtap
