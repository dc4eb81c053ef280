// A plausible record for tests.
#pragma once

#include <fmt/core.h>

#include "tap/record.h"
#include "tap/school_time.h"

namespace tamtap {

// 2026-11-23 07:00:00 in Manila.
inline constexpr int64_t kExampleMorningUs = 1'795'388'400'000'000;

inline Record ExampleRecord(uint64_t sequence, const std::string& card = "176B3325",
                            int64_t tapped_at_us = kExampleMorningUs,
                            const std::string& terminal = "gate-1") {
  static const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const LocalTime local = zone.ToLocal(WallTime(std::chrono::microseconds(tapped_at_us)));
  Record record;
  record.tap = TapId{terminal, "00112233445566ff", sequence};
  record.nfc_id = *CardId::Parse(card);
  record.person = record.nfc_id.text();
  record.tamtap_id = "TT-001";
  record.name = "Ana Reyes";
  record.first_name = "Ana";
  record.last_name = "Reyes";
  record.email = "ana.reyes@example.org";
  record.grade = "7";
  record.section = "Narra";
  record.date = local.date;
  record.time = local.time;
  record.day = local.day;
  record.session = local.session;
  record.tapped_at = local.iso;
  record.tapped_at_us = tapped_at_us;
  return record;
}

}  // namespace tamtap
