#include "central/settled.h"

#include <fmt/core.h>

#include "tap/mark.h"

namespace tamtap::central {

int64_t MadeAtUs(const Record& record) {
  return IsMark(record) ? kAfterEveryTapUs - record.tapped_at_us : record.tapped_at_us;
}

std::optional<Outcome> OutcomeOfPurged(const Record& record, std::string_view first_kept_day) {
  if (record.day >= first_kept_day) return std::nullopt;
  return Outcome{OutcomeKind::kRejected,
                 fmt::format("its day, {}, is before {}: older records were removed, as the "
                             "school's setting retention.records_days says",
                             record.day, first_kept_day)};
}

// Under a clock that nobody vouches for, nobody knows what was before.
std::optional<Outcome> OutcomeOfErased(const Record& record, int64_t erased_at_us, bool present) {
  if (MadeAtUs(record) <= erased_at_us && record.clock != ClockState::kUnsure) {
    return Outcome{OutcomeKind::kAlreadyStored, {}};
  }
  if (present) return std::nullopt;
  return Outcome{OutcomeKind::kRejected,
                 "the data of whoever had this card was erased; register somebody with it, and try "
                 "this tap again"};
}

}  // namespace tamtap::central
