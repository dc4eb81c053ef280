// ServerNews: what has just happened, for the pages of this server and of all others that use the
// same store. Its own live feed hears it at once; the feeds of others hear it through the store, in
// much less than a second (SharedState). What is lost on the way, as when this server is killed,
// others find by their own look at the store (LiveFeed), which is also why a tap may be heard of
// twice: a feed tells it once (ToldTaps).
//
// The store is asked for news only while a page is open here. Where no other server can use the
// store, there are no threads, and nothing is told to anybody else. Thread-safe.
#pragma once

#include <deque>
#include <span>
#include <string>
#include <string_view>
#include <thread>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "server/live_feed.h"
#include "server/shared_state.h"
#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

class ServerNews {
 public:
  ServerNews(SharedState& shared, LiveFeed& feed, const SchoolZone& zone, Clock& clock,
             Random& random);
  ~ServerNews() { Stop(); }

  void Start();
  void Stop();

  // As those of LiveFeed.
  void Arrived(std::span<const Record> records) EXCLUDES(mutex_);
  void Merged(std::span<const Record> records) EXCLUDES(mutex_);
  void Notified(const Record& record) EXCLUDES(mutex_);
  void Refused(RefusalNotice notice) EXCLUDES(mutex_);
  // Takes in now what others have told while no page was open here.
  void CatchUp() EXCLUDES(mutex_, hear_mutex_);

 private:
  void Send(std::string text) EXCLUDES(mutex_);
  void SendRecords(std::string_view what, std::span<const Record> records) EXCLUDES(mutex_);
  void RunTelling(const std::stop_token& stop) EXCLUDES(mutex_);
  void RunHearing(const std::stop_token& stop) EXCLUDES(mutex_, hear_mutex_);
  void Hear(std::chrono::milliseconds patience) EXCLUDES(hear_mutex_);
  void Take(const std::string& text);

  SharedState& shared_;
  LiveFeed& feed_;
  const SchoolZone& zone_;
  Clock& clock_;
  const std::string own_name_;  // news of one's own are passed over
  Mutex hear_mutex_;
  Mutex mutex_;
  CondVar wake_;
  std::deque<std::string> to_tell_ GUARDED_BY(mutex_);
  bool hearing_ GUARDED_BY(mutex_) = false;
  bool failed_ GUARDED_BY(mutex_) = false;  // the last try, so that an outage is said once
  std::jthread telling_;
  std::jthread listening_;
};

}  // namespace tamtap
