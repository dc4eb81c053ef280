// OtherGates: pulls who has tapped today at any gate into this journal's duplicate check, so that a
// person who has tapped at the front gate is told so at the back gate. The 7-byte cards that came
// there for the first time are known here then, too.
//
// All calls come from the thread that syncs.
#pragma once

#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "journal/journal.h"
#include "roster/roster_holder.h"
#include "sync/central_store.h"
#include "sync/sync_options.h"
#include "tap/school_time.h"

namespace tamtap {

class OtherGates {
 public:
  // `clock` is the one by which taps are dated.
  OtherGates(journal::Journal& journal, CentralStore& store, RosterHolder& roster, Clock& clock,
             const SchoolZone& zone, const SyncOptions& options)
      : journal_(journal),
        store_(store),
        roster_(roster),
        clock_(clock),
        zone_(zone),
        options_(options) {}

  void MakeDue() { next_ = again_at_ = {}; }
  // Pulls if the interval is over, a new day has begun, or the clock was set right since the last
  // time. Errors are those of the store; after one, it is due again after SyncOptions::again.
  Result<> PullIfDue();

 private:
  Result<> Pull(const LocalTime& local, bool vouched);
  // Notes who has tapped on that day, as far as they tapped after `since_us`.
  Result<> PullDay(const std::string& day, int64_t since_us);
  // Cards that came first at another gate, of people whom this one knows by a beginning only.
  void BindCards(const std::vector<Record>& arrivals);

  journal::Journal& journal_;
  CentralStore& store_;
  RosterHolder& roster_;
  Clock& clock_;
  const SchoolZone& zone_;
  const SyncOptions& options_;
  MonotonicTime next_{};
  MonotonicTime again_at_{};  // not before, after a failure
  std::string day_;           // of the last pull, and whether the clock was vouched for then
  bool vouched_ = false;
};

}  // namespace tamtap
