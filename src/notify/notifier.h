// Notifier: tells the dashboard's server of taps, refusals and the terminal's state, at once and
// without a promise: a tap whose notification is lost still arrives by the sync. It has one thread,
// one connection that is kept open, and a bounded queue. While the server is away, the oldest
// events are dropped to make room.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/step_thread.h"
#include "http/our_server.h"
#include "tap/card_id.h"
#include "tap/record.h"
#include "tap/verdict.h"

namespace tamtap {

struct NotifierOptions {
  std::string secret;  // the terminal's; empty: none is sent
  size_t queue_capacity = 256;
  std::chrono::milliseconds status_interval{5'000};
  // The body of POST /api/hardware/status; called on the notifier's thread.
  std::function<std::string()> status{};
  // Is called with the body of our server's answer to a status, on the notifier's thread. It
  // returns whether the next status is due at once. The answer of any other server is not handed
  // on: servers of earlier TamTap installations take the events too, and ask nothing of a gate.
  std::function<bool(const std::string& body)> answered{};
};

// Thread-safe; nothing here blocks the caller.
class Notifier {
 public:
  Notifier(std::unique_ptr<http::Client> client, NotifierOptions options);

  void Accepted(const Record& record) EXCLUDES(mutex_);
  void Refused(std::string_view card, std::string_view name, std::string_view reason)
      EXCLUDES(mutex_);
  // Sends the status soon, not at the next interval.
  void StatusChanged() EXCLUDES(mutex_);

  // Asks its thread to stop, and waits at most that long. Returns false if it is still inside a
  // request.
  bool StopWithin(std::chrono::milliseconds timeout) { return thread_.StopWithin(timeout); }

 private:
  struct Event {
    std::string target;
    std::string body;
  };
  void Enqueue(Event event) EXCLUDES(mutex_);
  // Sends one event, or the status if it is due.
  std::chrono::milliseconds Step() EXCLUDES(mutex_);
  Result<http::Response> Post(const Event& event);

  http::OurServer server_;
  const NotifierOptions options_;
  Mutex mutex_;
  std::deque<Event> queue_ GUARDED_BY(mutex_);
  bool status_due_ GUARDED_BY(mutex_) = true;
  std::chrono::steady_clock::time_point next_status_{};  // of the thread, as is
  bool was_reached_ = true;
  StepThread thread_;  // last: stops before the rest goes
};

}  // namespace tamtap
