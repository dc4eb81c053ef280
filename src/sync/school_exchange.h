// SchoolExchange: brings the school's facts (people, schedules, calendar) from the store to this
// gate, and people who were registered here to the store.
//
// All calls come from the thread that syncs, except where a comment says "thread-safe".
#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "roster/roster.h"
#include "sync/central_store.h"
#include "sync/sync_options.h"

namespace tamtap {

class SchoolExchange {
 public:
  // Saves a pulled school to the gate's disk. kRetry, and nothing is saved, if the saved school is
  // no longer `known`: somebody has changed it here in the meantime.
  using SaveFunction = std::function<Result<>(const School& known, const School& pulled)>;

  SchoolExchange(CentralStore& store, RosterHolder& roster, SaveFunction save, Clock& clock,
                 const SyncOptions& options)
      : store_(store), roster_(roster), save_(std::move(save)), clock_(clock), options_(options) {}

  bool IsDue() const;
  void MakeDue() { next_ = {}; }
  // Offers the people of this gate to the store if they have changed, and pulls the school. Errors
  // are those of the store.
  Result<> Exchange();

  // Somebody has changed the local roster: its people are offered to the store at the next
  // exchange. Thread-safe.
  void RosterChanged() { roster_changed_ = true; }
  // The server has said that the school's facts changed: the exchange is due. Thread-safe.
  void SchoolChanged() { school_changed_ = true; }

 private:
  CentralStore& store_;
  RosterHolder& roster_;
  const SaveFunction save_;
  Clock& clock_;
  const SyncOptions& options_;
  MonotonicTime next_{};
  std::string version_;
  std::atomic<bool> roster_changed_{true};
  std::atomic<bool> school_changed_{false};
};

}  // namespace tamtap
