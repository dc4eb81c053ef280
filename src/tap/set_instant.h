#pragma once

#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

// Gives `record` all of its fields that say when: `instant`, which the school's wall shows as
// `local`. They must agree, so they are never set one by one.
inline void SetInstant(WallTime instant, const LocalTime& local, Record& record) {
  record.tapped_at_us = instant.time_since_epoch().count();
  record.tapped_at = local.iso;
  record.date = local.date;
  record.time = local.time;
  record.day = local.day;
  record.session = local.session;
}

}  // namespace tamtap
