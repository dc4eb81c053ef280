// ClockCorrection: taps under a wrong clock get the right time before they are sent (law 14).
//
// A Raspberry Pi without a battery boots in 1970, or yesterday. Taps are taken all the same,
// flagged unsure, each with the monotonic time of its boot. Once it is known what the wall clock of
// that boot should have shown, the journal is told, durably and once a boot; from then on each
// unsure tap of it is sent with its right instant, day and status. What is known, best first:
//
//   the system's clock is synchronised now   | for this boot
//   the store has told the time              | for this boot
//   somebody has set the clock since         | for this boot: it shows a time that can be
//   the clock showed a day before the last   | taps of a boot that is over are put behind that day,
//   one that taps were taken on              | and stay unsure; those of this boot wait
//   nothing says that it was wrong           | sent as they are, unsure
//
// Of the syncing thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "journal/journal.h"
#include "roster/roster.h"
#include "sync/central_store.h"
#include "tap/school_time.h"

namespace tamtap {

class ClockCorrection {
 public:
  ClockCorrection(journal::Journal& journal, RosterHolder& roster, TimeZone zone, Clock& clock)
      : journal_(journal), roster_(roster), zone_(std::move(zone)), clock_(clock) {}

  // Whether the store's time would help with these taps.
  bool WantsTime(const std::vector<journal::PendingTap>& taps);
  // The store has told the time: from now on this boot's clock is known.
  Result<> Learn(const ToldTime& told);

  // The taps that can be sent now, corrected where they had to be; the others wait for a right
  // time. An error: the journal could not be told, and nothing may be sent.
  Result<std::vector<journal::PendingTap>> Correct(std::vector<journal::PendingTap> taps);

 private:
  enum class Need { kNothing, kCorrection, kWait };
  // What an unsure tap needs; `clock` is set for kCorrection.
  Result<Need> Judge(const journal::PendingTap& tap, journal::ClockLine& clock);
  // What the wall clock of this boot should have shown, if the store has told, or if anything else
  // says so.
  std::optional<journal::ClockLine> ThisBootAsTold();
  std::optional<journal::ClockLine> ThisBoot(const journal::PendingTap& tap);
  // For a boot that is over and showed a day that was past.
  Result<journal::ClockLine> Estimate(const journal::PendingTap& tap);
  bool CanBe(std::string_view day);
  void Apply(const journal::ClockLine& clock, journal::PendingTap& tap);

  journal::Journal& journal_;
  RosterHolder& roster_;
  const TimeZone zone_;
  Clock& clock_;
  std::optional<ToldTime> told_;
};

// The clock that taps are taken by: the system's, or what this boot's should show, once that is
// known. Any thread.
class CorrectedClock final : public Clock {
 public:
  CorrectedClock(Clock& clock, journal::Journal& journal)
      : clock_(clock), journal_(journal), boot_(clock.BootId()) {}

  WallTime Now() override;
  MonotonicTime MonotonicNow() override { return clock_.MonotonicNow(); }
  bool Synchronised() override;
  std::string BootId() override { return boot_; }
  void SleepFor(std::chrono::microseconds duration) override { clock_.SleepFor(duration); }

 private:
  Clock& clock_;
  journal::Journal& journal_;
  const std::string boot_;
};

}  // namespace tamtap
