// RecordJudge: decides whether a record that a gate sends can be believed (law 16b). A gate knows
// who tapped at it, and when. It does not know what others know, or what is yet to come. Therefore
// each record is compared with the school's time and people, and with what staff have said. A
// record that is not believed is quarantined at the gate, with the reason. Nothing is lost by that:
// staff mend what is wrong or vouch for the record, and it is tried again.
//
// An honest gate must never have a record refused. Therefore the past counts as much as today
// (people who have left, cards that were replaced, former names, imported files), and days are
// compared with this server's clock only while somebody vouches for that clock.
//
// A judge is made for one request, and used by one thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "server/school_cache.h"
#include "server/school_store.h"
#include "server/trust_store.h"
#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

// What the days of a school are told by.
struct SchoolDays {
  TimeZone zone;
  std::vector<TimeZone> former_zones;  // a tap that was taken under one of these keeps its day
  // Minutes after midnight up to which a tap may be of the day before, whose classes ran into the
  // night; negative: none is.
  int day_before_until = -1;
};

// Returns what in a record contradicts itself or the school's days; empty if nothing does. A pure
// function.
std::string WhyImpossible(const Record& record, const SchoolDays& days);

class RecordJudge {
 public:
  // `keep_days` is how old records this server is told to take; 0: any. The school's setting holds
  // besides.
  RecordJudge(SchoolStore& store, SchoolCache& school, TrustStore& trust, TimeZone zone,
              Clock& clock, int keep_days)
      : store_(store),
        school_(school),
        trust_(trust),
        zone_(zone),
        clock_(clock),
        keep_days_(keep_days),
        began_(clock.MonotonicNow()) {}

  // Gives a tap to whoever was registered with the card of somebody who left, if its gate has not
  // heard yet that they have a key of their own (school/facts.h), and knew them by the first.
  Result<> GiveToNewOwner(Record& record);
  // Returns nothing if the record is believed. Otherwise it returns kRejected, whose operation says
  // why, for staff to read, or kRetry if this record must be tried again later. The call itself
  // fails if a store does not answer. The terminal in the tap's id must be one whose taps this gate
  // may bring (record_lines.h).
  Result<std::optional<Error>> Judge(const Record& record);
  // Whether an admin has voided that tap. Then it is not lacking, although the store does not hold
  // it.
  Result<bool> IsVoided(const TapId& tap, std::string_view day);

 private:
  using Doubt = std::optional<Error>;

  Result<Doubt> DoubtOf(const Record& record);
  Doubt DoubtOfDay(const Record& record, int keep_days) const;
  Result<Doubt> DoubtOfPerson(const Record& record);
  Result<Doubt> DoubtOfVoided(const Record& record);
  Result<const VoidedDays*> FindVoided(const TapId& tap, std::string_view day);
  // Whether the present school has that person with that card. Missing if the school has no people
  // at all, because then it can't tell.
  Result<std::optional<bool>> IsOfSchool(const Record& record);
  // Whether the store has a tap of that person with that card. Missing if the judge has looked up
  // too many people already.
  Result<std::optional<bool>> HasCome(const Record& record);

  SchoolStore& store_;
  SchoolCache& school_;
  TrustStore& trust_;
  const TimeZone zone_;
  Clock& clock_;
  const int keep_days_;
  std::optional<std::vector<VoidedDays>> voided_;
  int searches_ = 0;
  const MonotonicTime began_;
  bool looked_again_ = false;
};

}  // namespace tamtap
