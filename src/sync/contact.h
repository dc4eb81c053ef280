// Contact: the state of the sync's contact with its store, and when it may ask the store next.
//
//      from       by          to
//      any        Failed      kAway
//      kAway      Answered    kAnswers
//      kAnswers   PutOff      kPutOff
//      kPutOff    TryAgain    kAnswers
//
// Each failure in a row makes the next wait longer, up to a bound. A part of each wait is random:
// the gates of a school are cut off at the same moment, and must not all come back at the same
// moment. A store that says when to come again is left alone until then.
//
// All calls come from the thread that syncs, except where a comment says "thread-safe".
#pragma once

#include <atomic>
#include <chrono>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/result.h"
#include "sync/central_store.h"
#include "sync/sync_options.h"

namespace tamtap {

class Contact {
 public:
  enum class State {
    kAway,     // the last call failed: the store is looked for with a cheap call
    kAnswers,  // which store it is, StoreCheck finds out
    kPutOff,   // it answers, but it could not take some taps: none is sent before the wait is over
  };

  Contact(CentralStore& store, Clock& clock, Random& random, const SyncOptions& options)
      : store_(store), clock_(clock), random_(random), options_(options) {}

  State state() const { return state_; }
  // How long nothing may be sent, and the store may not be looked for; 0 if that is over.
  std::chrono::milliseconds Wait();

  // A call failed as a whole, so the store is away. After it, LookLater() or TryLater() sets the
  // wait; without either, the store may be looked for at once.
  void Failed(const Error& error);
  // The store was looked for in vain. The wait ends at once if somebody hears of the store.
  void LookLater();
  // The store failed at its work. The wait is longer with each failure that was counted in a row.
  void TryLater();
  void CountFailure() { ++failures_; }
  int failures() const { return failures_; }  // in a row
  // The store answers, but can't take some taps now. None is sent for at least that long.
  void PutOff(std::chrono::milliseconds duration);
  // The same, with a wait that is longer each time in a row.
  void PutOff();

  void Answered();  // a call succeeded
  void TryAgain() { state_ = State::kAnswers; }
  void TookSome() { failures_ = 0; }
  // The store did some of its work: if there was an outage, it is over, and the log says so.
  void Worked();

  // Somebody else has heard of the store: if it is away, it may be looked for now. Thread-safe.
  void Heard() { heard_ = true; }

  // Thread-safe.
  bool connected() EXCLUDES(mutex_);
  std::string last_error() EXCLUDES(mutex_);  // empty: the last contact was fine

 private:
  void WaitFor(std::chrono::milliseconds duration);
  std::chrono::milliseconds Backoff();
  std::chrono::milliseconds Jittered(std::chrono::milliseconds duration);

  CentralStore& store_;
  Clock& clock_;
  Random& random_;
  const SyncOptions& options_;

  State state_ = State::kAnswers;
  bool denied_ = false;   // the store refuses this gate, so there is no hurry
  bool looking_ = false;  // the wait ends when somebody hears of the store
  int failures_ = 0;
  MonotonicTime wait_end_{};
  std::set<std::string> said_;  // what the log has said of the present outage

  std::atomic<bool> heard_{false};
  Mutex mutex_;
  bool connected_ GUARDED_BY(mutex_) = false;
  std::string last_error_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
