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
  // A master that went back may have forgotten people who tapped here. It is told again, as of the
  // time of their tap, what the records of these taps say of those who are not known any more; a
  // later tap may know them better than an earlier one. Nothing is said of people who left, as the
  // master told. Call it when the taps have their right time. What is said by a tap whose time is
  // not known counts as older than any other word.
  void SayWhoTapped(std::span<const journal::PendingTap> taps);
  // Returns the people (Person::person) of whom something was said here that the master has not
  // taken yet; nobody if this kind of store takes no such words.
  std::set<std::string> PeopleToTellOf() const;
  // Pulls the school, hands the outbox over, oldest first, and pulls what came of it. Of a large
  // school one slice comes at a time, and the rest is due at once: taps go in between. Errors are
  // those of the store; after one, it is due again after SyncOptions::again.
  Result<> Exchange();
  // Returns the sentences by which the master has refused changes since this object was made.
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
