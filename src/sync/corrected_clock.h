// CorrectedClock: the clock by which taps are dated. It shows the system's time or, once that is
// known, what the system's clock should show in this boot. Synchronised() says whether anything
// vouches for its time.
//
// Who vouches for the system's clock (docs/decisions/0013-which-clock-is-believed.md):
//
//   the kernel says that NTP keeps it       | believed, unless it shows a day before there was this
//                                           | software, or leapt by ten years
//   a battery keeps it, as the machine says | believed, unless it leapt, or shows a day before the
//   or --clock rtc                          | last vouched one, or the store's own clock disagreed
//   nobody                                  | not believed
//
// Thread-safe. It remembers nothing itself: what is known of this boot is in the journal.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "journal/journal.h"
#include "tap/school_time.h"

namespace tamtap {

class CorrectedClock final : public Clock {
 public:
  CorrectedClock(Clock& clock, journal::Journal& journal, const SchoolZone& zone)
      : clock_(clock), journal_(journal), zone_(zone), boot_(clock.BootId()) {}

  WallTime Now() override;
  MonotonicTime MonotonicNow() override { return clock_.MonotonicNow(); }
  // Whether Now() is vouched for.
  bool Synchronised() override;
  bool SetByNetwork() override { return SystemIsRight() && clock_.SetByNetwork(); }
  std::string BootId() override { return boot_; }
  void SleepFor(std::chrono::microseconds duration) override { clock_.SleepFor(duration); }

  // Whether that day is at most ten years later than the last vouched one. A clock that shows a
  // later day is wrong.
  static bool IsNoLeap(std::string_view day, std::string_view last_vouched_day);

 private:
  bool SystemIsRight();
  std::optional<WallTime> AsTold();

  Clock& clock_;
  journal::Journal& journal_;
  const SchoolZone& zone_;
  const std::string boot_;
};

}  // namespace tamtap
