// RecordJudge: whether what a gate sends can be believed. A gate knows who tapped at it, and when;
// not what others know, or what is yet to come. So each record is held against the school's time
// and people, and against what staff have said. What is not believed is quarantined at the gate,
// with the reason, and loses nothing: staff mend what is wrong or vouch for it, and it is tried
// again.
//
// An honest gate must never have a record refused. So the past counts as much as today (people who
// left, cards that were replaced, former names, imported files), and days are held against this
// server's clock only while somebody vouches for that.
//
// Made for one request; one thread.
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

// What of a record contradicts itself or the school's time zone; empty: nothing. Pure.
std::string WhyImpossible(const Record& record, const TimeZone& zone);

class RecordJudge {
 public:
  // `keep_days`: how long the school keeps records; 0: for good.
  RecordJudge(SchoolStore& store, SchoolCache& school, TrustStore& trust, const TimeZone& zone,
              Clock& clock, int keep_days)
      : store_(store),
        school_(school),
        trust_(trust),
        zone_(zone),
        clock_(clock),
        keep_days_(keep_days) {}

  // Nothing: it is believed. kRejected: it is not, and the operation says why, for staff to read.
  // kRetry: this one, later. An error of the call: a store does not answer. The tap's name must be
  // one that the gate may bring (record_lines.h).
  Result<std::optional<Error>> Judge(const Record& record);
  // Whether an admin voided that tap: then it is not lacking, though the store does not hold it.
  Result<bool> IsVoided(const TapId& tap, std::string_view day);

 private:
  using Doubt = std::optional<Error>;

  Result<Doubt> DoubtOf(const Record& record);
  Doubt DoubtOfDay(const Record& record) const;
  Result<Doubt> DoubtOfPerson(const Record& record);
  Result<Doubt> DoubtOfVoided(const Record& record);
  Result<const VoidedDays*> FindVoided(const TapId& tap, std::string_view day);
  // Whether the school as it is now has that person with that card; nothing if it has no people at
  // all, and so nothing to say.
  Result<std::optional<bool>> IsOfSchool(const Record& record);
  // Nothing: too many were looked for already.
  Result<std::optional<bool>> HasCome(const Record& record);

  SchoolStore& store_;
  SchoolCache& school_;
  TrustStore& trust_;
  const TimeZone& zone_;
  Clock& clock_;
  const int keep_days_;
  std::optional<std::vector<VoidedDays>> voided_;
  int searches_ = 0;
  bool looked_again_ = false;
};

}  // namespace tamtap
