#include "tap/mark.h"

namespace tamtap {

Record MakeMark(const Person& person, std::string_view day, Status status, WallTime made_at,
                const TimeZone& zone, Random& random) {
  constexpr size_t kGenerationBytes = 8;
  const LocalTime local = zone.ToLocal(made_at);
  Record record;
  record.tap = TapId{std::string(kStaffTerminal), random.Hex(kGenerationBytes), 1};
  record.person = person.person;
  record.nfc_id = person.nfc_id;
  record.tamtap_id = person.tamtap_id;
  record.name = person.name;
  record.first_name = person.first_name;
  record.last_name = person.last_name;
  record.email = person.email;
  record.role = person.role;
  record.grade = person.grade;
  record.section = person.section;
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
