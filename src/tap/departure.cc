#include "tap/departure.h"

#include <algorithm>

#include "tap/mark.h"

namespace tamtap {
namespace {

constexpr size_t kTimeAt = 11;  // in "2026-11-23T07:03:12.345+08:00"
constexpr size_t kTimeLength = 8;

}  // namespace

void DeriveDeparture(const DepartureRule& rule, Attendance& attendance) {
  attendance.departed_at.clear();
  attendance.departure.clear();
  const TapReference* first = nullptr;
  const TapReference* last = nullptr;
  for (const TapReference& tap : attendance.taps) {
    // Nobody knows when a tap was that a former release listed without its instant.
    if (tap.terminal == kStaffTerminal || tap.tapped_at_us == 0) continue;
    if (first == nullptr || tap.tapped_at_us < first->tapped_at_us) first = &tap;
    // Of two taps at one instant either says the same.
    if (last == nullptr || tap.tapped_at_us > last->tapped_at_us) last = &tap;
  }
  if (first == nullptr || !rule.IsDeparture(first->tapped_at_us, last->tapped_at_us)) return;
  attendance.departed_at = last->tapped_at;
  attendance.departure =
      last->tapped_at.substr(std::min(kTimeAt, last->tapped_at.size()), kTimeLength);
}

}  // namespace tamtap
