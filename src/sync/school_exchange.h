// SchoolExchange: brings the school's facts (people, schedules, calendar) from the store to this
// gate, and people who were registered here to the store.
//
// Of the syncing thread, but where a method says otherwise.
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
  // Saves a pulled school, unless what is saved is not `known` any more (kRetry).
  using SaveFunction = std::function<Result<>(const School& known, const School& pulled)>;

  SchoolExchange(CentralStore& store, RosterHolder& roster, SaveFunction save, Clock& clock,
                 const SyncOptions& options)
      : store_(store), roster_(roster), save_(std::move(save)), clock_(clock), options_(options) {}

  bool IsDue() const;
  void MakeDue() { next_ = {}; }
  // An error is the store's.
  Result<> Exchange();

  // The local roster was changed by a person: its people are offered to the store again, soon.
  // Thread-safe.
  void RosterChanged() { roster_changed_ = true; }
  // The store's side says that the school's facts changed. Thread-safe.
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
