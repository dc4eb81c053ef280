// SchoolExchange: brings what was said of the school at this gate to its master, and what the
// school has become there to this gate's copy.
//
// All calls come from the thread that syncs, except where a comment says "thread-safe".
#pragma once

#include <atomic>
#include <chrono>
#include <set>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "school/copy.h"
#include "sync/central_store.h"
#include "sync/sync_options.h"

namespace tamtap {

class SchoolExchange {
 public:
  SchoolExchange(CentralStore& store, SchoolCopy& copy, Clock& clock, const SyncOptions& options)
      : store_(store), copy_(copy), clock_(clock), options_(options) {}

  bool IsDue() const { return Wait() == std::chrono::milliseconds(0); }
  // How long until it is due, if nothing changes.
  std::chrono::milliseconds Wait() const;
  void MakeDue() { next_ = {}; }
  // Of whom something was said here that the master has not taken yet (`person`); nobody if this
  // kind of store takes no such words.
  std::set<std::string> PeopleToTellOf() const;
  // Pulls the school, hands the outbox over, oldest first, and pulls what came of it. Of a large
  // school one slice comes at a time, and the rest is due at once: taps go in between. Errors are
  // those of the store; after one, it is due again after SyncOptions::again.
  Result<> Exchange();
  // What the master has refused since this object was made: its sentences.
  const std::vector<std::string>& refusals() const { return refusals_; }

  // Something was said here, or the server has said that the school changed: the exchange is due.
  // Thread-safe.
  void Changed() { changed_ = true; }

 private:
  Result<> PullAndHandOver();
  Result<bool> HandOver();  // whether there was something
  // Whether the copy has all that the master has by now; else the next slice is due.
  Result<bool> Pull();

  CentralStore& store_;
  SchoolCopy& copy_;
  Clock& clock_;
  const SyncOptions& options_;
  MonotonicTime next_{};
  SliceJoin slices_;  // of the update that follows known_
  std::string known_;
  std::atomic<bool> changed_{false};
  std::vector<std::string> refusals_;
  bool said_refused_ = false;  // that this kind of store takes no changes
};

}  // namespace tamtap
