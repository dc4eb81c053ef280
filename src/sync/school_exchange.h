// SchoolExchange: brings what was said of the school at this gate to its master, and what the
// school has become there to this gate's copy.
//
// All calls come from the thread that syncs, except where a comment says "thread-safe".
#pragma once

#include <atomic>
#include <chrono>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "journal/journal.h"
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
  // The store of that id was met; `went_back`: it has lost something that it held. From then on,
  // nothing may be sent before MustPull() is false: a tap of somebody whom the master has forgotten
  // would be refused for good.
  void Met(const std::string& store, bool went_back);
  // The same, to be called before anything else notes that the store went back: after a crash in
  // between nobody would know it.
  void WentBack(const std::string& store);
  bool MustPull() const { return must_pull_; }
  void PullFirst() { must_pull_ = true; }
  // The school can't be had, and taps don't wait for it.
  void PullLater() { must_pull_ = false; }
  // Whoever of these taps is not known, though their tap was taken once, was forgotten by a master
  // that went back: their records say who they are, and that is said here as of their taps. A later
  // tap may know them better than the one before it. Of whom the master told that they left,
  // nothing is said. The taps have the right time by now, or it is not known: then the word is
  // older than any other.
  void SayWhoTapped(std::span<const journal::PendingTap> taps);
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
  std::string store_id_;             // of the store that was met last
  bool must_pull_ = false;           // before anything is sent
  std::set<std::string> forgotten_;  // people of whom SayWhoTapped said something
  // What was told last of somebody with that card: of the newest tap so far.
  struct Told {
    int64_t at_us = 0;
    std::string content;
  };
  std::map<std::string, Told> told_;  // by person and card
  std::vector<std::string> refusals_;
  bool said_refused_ = false;  // that this kind of store takes no changes
};

}  // namespace tamtap
