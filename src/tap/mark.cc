#include "tap/mark.h"

namespace tamtap {

Record MakeMark(const Person& person, std::string_view day, Status status, WallTime made_at,
                const TimeZone& zone, Random& random) {
  constexpr size_t kGenerationBytes = 8;
  const LocalTime local = zone.ToLocal(made_at);
  Record record = Record::Of(person);
  record.tap = TapId{std::string(kStaffTerminal), random.Hex(kGenerationBytes), 1};
  record.day = std::string(day);
  record.time = local.time;
  record.date = record.day + " " + local.time;
  record.session = local.session;
  record.status = status;
  record.tapped_at = local.iso;
  record.tapped_at_us = kAfterEveryTapUs - made_at.time_since_epoch().count();
  return record;
}

}  // namespace tamtap
