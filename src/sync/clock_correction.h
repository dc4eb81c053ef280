// ClockCorrection: taps under a wrong clock get the right time before they are sent (law 14).
//
// A Raspberry Pi without a battery boots in 1970, or yesterday, or a broken one in 2038. Taps are
// taken all the same, flagged unsure, each with the monotonic time of its boot. Before the first
// unsure tap of a boot is sent, the journal is told, durably and once a boot, what becomes of the
// taps of that boot; so a tap that is sent again is sent the same, and no stored day ever moves.
// The first row that holds decides:
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
// A time "can be" from the last vouched day on, until ten years after it. Estimated taps of one
// boot keep their order and stay within one day, however long the boot lasted. A person whose tap
// is not corrected but unsure is not called a duplicate for it.
//
// Of the syncing thread.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "journal/journal.h"
#include "roster/roster.h"
#include "sync/central_store.h"
#include "sync/corrected_clock.h"
#include "tap/school_time.h"

namespace tamtap {

class ClockCorrection {
 public:
  // `clock`: the system's. `corrected`: what taps are taken by.
  ClockCorrection(journal::Journal& journal, RosterHolder& roster, TimeZone zone, Clock& clock,
                  CorrectedClock& corrected);

  // Whether the store's time would help with these taps.
  bool WantsTime(const std::vector<journal::PendingTap>& taps);
  // The store has told the time. Believed it is for this boot, unless NTP keeps the clock here, or
  // the told time is before the last vouched day while nobody vouches for the store's own clock. A
  // battery-backed clock gives way to a store whose own clock is vouched for.
  Result<> Learn(const ToldTime& told);

  // The taps that can be sent now, corrected where they had to be; the others wait for a right
  // time. An error: the journal could not be told, and nothing may be sent.
  Result<std::vector<journal::PendingTap>> Correct(std::vector<journal::PendingTap> taps);

 private:
  // By boot: the longest that it is known to have lasted.
  using Lengths = std::map<std::string, int64_t, std::less<>>;

  // What becomes of the taps of this tap's boot; nothing: they wait.
  Result<std::optional<journal::ClockLine>> WordOn(const journal::PendingTap& tap,
                                                   const Lengths& lengths);
  // The name under which the word on this tap stands: its boot's, but for a clock that was moved.
  std::string BootOf(const journal::PendingTap& tap);
  std::optional<journal::ClockLine> ThisBoot(const journal::PendingTap& tap);
  Result<std::optional<journal::ClockLine>> EarlierBoot(const journal::PendingTap& tap,
                                                        const Lengths& lengths);
  std::optional<journal::ClockLine> ThisBootAsTold();
  Result<journal::ClockLine> Estimate(const std::string& boot, std::string_view day,
                                      std::optional<WallTime> latest_begin);
  // The time now, if it is vouched for.
  std::optional<WallTime> KnownNow();
  // The last vouched day, unless what is known now shows that it can't have been.
  std::string Floor(std::string_view last_vouched_day);
  bool CanBe(std::string_view day);
  bool CanBeTold(const ToldTime& told);
  int64_t ShownBase();
  // Tells the journal. What failed may be on the disk all the same and be found at the next start,
  // so a second try on the same boot says the same.
  Result<journal::ClockLine> Say(const journal::ClockLine& word);
  void Apply(const journal::ClockLine& word, journal::PendingTap& tap);

  journal::Journal& journal_;
  RosterHolder& roster_;
  const TimeZone zone_;
  Clock& clock_;
  CorrectedClock& corrected_;
  // When this process began: nothing that it takes itself is earlier than a boot that is over.
  const std::string last_day_before_;
  const MonotonicTime began_;
  std::optional<ToldTime> told_;
  std::map<std::string, journal::ClockLine> unsaid_;  // by boot: it could not be written yet
};

// Where an estimated tap is put: `base_us` is where its boot is put, `mono_us` the tap's time in
// it, `end_us` the end of that day. In order, before the end, and as far apart as in truth where
// the first half of what is left of the day has room for them. All in microseconds.
int64_t EstimatedInstant(int64_t base_us, int64_t mono_us, int64_t end_us);

}  // namespace tamtap
