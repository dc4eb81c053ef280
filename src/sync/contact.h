// Contact: how the sync stands with its store, and from when on it may ask something of it.
//
//             a call failed (from any state)
//        +------------------------------------------+
//        v                                          |
//      kAway -- it answered --> kUnmet -- Met --> kMet <-- TryAgain -- kPutOff
//                                                   |                     ^
//                                                   +------- PutOff ------+
//
// Each failure makes the next wait longer, up to a bound, by a random part of its own: a school's
// gates were cut off at the same moment and must not come back at the same moment. A store that
// says when to come again is left alone until then.
//
// Of the syncing thread, but where a method says otherwise.
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
    kAway,    // the last call failed: the store is looked for with something cheap
    kUnmet,   // it answers, but it must say first which store it is
    kMet,     // everything may be asked of it
    kPutOff,  // met, but some taps could not be taken yet: none is sent before the wait is over
  };

  Contact(CentralStore& store, Clock& clock, Random& random, const SyncOptions& options)
      : store_(store), clock_(clock), random_(random), options_(options) {}

  State state() const { return state_; }
  // How long nothing may be sent or looked for; 0: something may be.
  std::chrono::milliseconds Wait();

  // A call failed as a whole: the store is away. One of the next three says until when.
  void Failed(const Error& error);
  // It was looked for in vain. The wait ends at once if somebody hears of the store meanwhile.
  void LookLater();
  // It failed at its work. Whoever counts failures waits longer each time.
  void TryLater();
  void CountFailure() { ++failures_; }
  int failures() const { return failures_; }  // in a row
  // Met as it is, it can't take some taps now; at least that long.
  void PutOff(std::chrono::milliseconds duration);
  // The same, longer with each time in a row.
  void PutOff();

  void Answered();  // a call worked
  void Met() { state_ = State::kMet; }
  void TryAgain() { state_ = State::kMet; }
  void TookSome() { failures_ = 0; }
  // The store did some of its work: if it was away, that is over.
  void Worked();

  // The store was heard of elsewhere: if it is looked for, that may be now. Thread-safe.
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

  State state_ = State::kUnmet;
  bool denied_ = false;   // it does not want us: there is no hurry
  bool looking_ = false;  // the wait ends when the store is heard of
  int failures_ = 0;
  MonotonicTime wait_end_{};
  std::set<std::string> said_;  // what was said of the outage that is not over

  std::atomic<bool> heard_{false};
  Mutex mutex_;
  bool connected_ GUARDED_BY(mutex_) = false;
  std::string last_error_ GUARDED_BY(mutex_);
};

}  // namespace tamtap
