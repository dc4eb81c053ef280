// ClockCorrection: taps under a wrong clock get the right time before they are sent (law 14).
//
// A Raspberry Pi without a battery may start with a clock that shows 1970 or yesterday, and one
// with a broken battery with a clock that shows 2038. Taps are taken all the same. They are marked
// as unsure, and carry the monotonic time of their boot. Before the first unsure tap of a boot is
// sent, the journal is told, durably and once for each boot, what becomes of the taps of that boot.
// Therefore a tap that is sent again is the same as before, and the day of a stored tap never
// changes. The first row of this table that holds decides:
//
//   the boot is   | what is known                              | its taps are
//   --------------+--------------------------------------------+---------------------------------
//   this one      | its clock is vouched for (CorrectedClock)  | corrected by what it shows
//   this one      | the store has told the time (Learn)        | corrected by that
//   this one      | it showed 1970 or 2038, and somebody has   | corrected by what it shows
//                 | set it since to a time that can be         |
//   this one      | it shows a time that can be                | sent as taken, unsure
//   this one      | nothing                                    | kept until more is known
//   over          | this boot's time is known, and the tap's   | sent as taken, unsure
//                 | lies between the last vouched day and now  |
//   over          | this boot's time is known                  | estimated, unsure: they came
//                 |                                            | before now, and are put under
//                 |                                            | this day, as late as they can be
//   over          | nothing, and this process is young         | kept until more is known
//   over          | nothing for an hour                        | sent as taken if that can be,
//                 |                                            | else estimated, unsure: at the
//                 |                                            | end of the last vouched day
//
// A time "can be" if it lies between the last vouched day and ten years after that day. Estimated
// taps of one boot keep their order and stay within one day, however long the boot lasted. A tap
// that stays unsure does not make a later tap of that person a duplicate.
//
// All calls come from the thread that syncs.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "journal/journal.h"
#include "roster/roster_holder.h"
#include "sync/central_store.h"
#include "sync/corrected_clock.h"
#include "tap/school_time.h"

namespace tamtap {

class ClockCorrection {
 public:
  // `clock` is the system's clock, and `corrected` the one by which taps are dated.
  ClockCorrection(journal::Journal& journal, RosterHolder& roster, const SchoolZone& zone,
                  Clock& clock, CorrectedClock& corrected);

  // Whether the store's time would help with these taps.
  bool WantsTime(const std::vector<journal::PendingTap>& taps);
  // The store has told the time. It is believed for this boot, with two exceptions: NTP sets the
  // clock here, or nobody vouches for the store's own clock and its time lies before the last
  // vouched day. A store whose own clock is vouched for is believed more than a battery in this
  // machine. Errors are those of the journal.
  Result<> Learn(const ToldTime& told);

  // Returns the taps that can be sent now, corrected where that is needed; the others must wait for
  // a right time. After an error the journal could not be told, and nothing may be sent.
  Result<std::vector<journal::PendingTap>> Correct(std::vector<journal::PendingTap> taps);

 private:
  // For each boot, how long it has lasted at least, in microseconds.
  using Lengths = std::map<std::string, int64_t, std::less<>>;

  // Returns what becomes of the taps of this tap's boot, or nothing if they must wait.
  Result<std::optional<journal::ClockLine>> WordOn(const journal::PendingTap& tap,
                                                   const Lengths& lengths);
  // The name under which the journal knows what becomes of this tap. It is that of its boot, unless
  // the clock was moved in that boot.
  std::string BootOf(const journal::PendingTap& tap);
  std::optional<journal::ClockLine> ThisBoot(const journal::PendingTap& tap);
  Result<std::optional<journal::ClockLine>> EarlierBoot(const journal::PendingTap& tap,
                                                        const Lengths& lengths);
  std::optional<journal::ClockLine> ThisBootAsTold();
  Result<journal::ClockLine> Estimate(const std::string& boot, std::string_view day,
                                      std::optional<WallTime> latest_begin);
  // The present time, if anything vouches for it.
  std::optional<WallTime> KnownNow();
  // The earliest day on which a tap can be: the last vouched day, unless the known present time
  // shows that that day is yet to come.
  std::string Floor(std::string_view last_vouched_day);
  bool CanBe(std::string_view day);
  bool CanBeTold(const ToldTime& told);
  int64_t ShownBase();
  // Tells the journal. A line whose write failed may be on the disk all the same, and be found at
  // the next start. Therefore a second try for the same boot writes the same.
  Result<journal::ClockLine> Say(const journal::ClockLine& word);
  void Apply(const journal::ClockLine& word, journal::PendingTap& tap);

  journal::Journal& journal_;
  RosterHolder& roster_;
  const SchoolZone& zone_;
  Clock& clock_;
  CorrectedClock& corrected_;
  // From the start of this process: a tap that it takes itself can't be older than a boot that is
  // over.
  const std::string last_day_before_;
  const MonotonicTime began_;
  std::optional<ToldTime> told_;
  std::map<std::string, journal::ClockLine> unsaid_;  // by boot: it could not be written yet
};

// Returns the instant to which an estimated tap is put. `base_us` is the instant to which the start
// of its boot is put, `mono_us` the time of the tap in its boot, and `end_us` the end of the day;
// all are in microseconds. Taps keep their order and stay before the end. Their true distances are
// kept as long as they fit into the first half of the rest of the day.
int64_t EstimatedInstant(int64_t base_us, int64_t mono_us, int64_t end_us);

}  // namespace tamtap
