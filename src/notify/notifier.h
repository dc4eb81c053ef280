// Notifier: tells the dashboard's server of taps, refusals and the terminal's state, at once and
// without a promise: a tap whose notification is lost still arrives by the sync. It has one thread,
// one connection that is kept open, and a bounded queue. While the server is away, the oldest
// events are dropped to make room.
//
// The server may be one of an earlier TamTap installation, which knows neither our header nor our
// secret. It is told the same in the same words, but for two things: it takes every attendance for
// an arrival, so it is not told of departures; and it wants a name with every refusal, so a card of
// nobody has one.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
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

  void Accepted(const Record& record, bool departure) EXCLUDES(mutex_);
  // `card` is spelled as the school spells it; `name` is empty if it is nobody's. `refusal` is the
  // id under which the journal keeps it; empty if it does not.
  void Refused(std::string_view card, std::string_view name, std::string_view reason,
               const TapId& refusal = {}) EXCLUDES(mutex_);
  // Sends the status soon, not at the next interval.
  void StatusChanged() EXCLUDES(mutex_);

  // Asks its thread to stop, and waits at most that long. Returns false if it is still inside a
  // request.
  bool StopWithin(std::chrono::milliseconds timeout) { return thread_.StopWithin(timeout); }

 private:
  struct Event {
    std::string target;
    std::string body;
    std::string body_for_others{};  // if a server that is not ours is told otherwise
    bool for_ours_alone = false;
  };
  void Enqueue(Event event) EXCLUDES(mutex_);
  // Sends one event, or the status if it is due.
  std::chrono::milliseconds Step() EXCLUDES(mutex_);
  Result<http::Response> Post(const Event& event);
  // Says in the log when the server begins to be away, or to refuse what it is told.
  void NoteAnswer(const Event& event, const Result<http::Response>& response);

  const std::unique_ptr<http::Client> client_;
  const NotifierOptions options_;
  Mutex mutex_;
  std::deque<Event> queue_ GUARDED_BY(mutex_);
  bool status_due_ GUARDED_BY(mutex_) = true;
  std::chrono::steady_clock::time_point next_status_{};  // of the thread, as are the next two
  bool is_ours_ = false;                                 // whether the last answer was our server's
  std::string said_;                                     // the last complaint; empty: all is well
  StepThread thread_;                                    // last: stops before the rest goes
};

}  // namespace tamtap
