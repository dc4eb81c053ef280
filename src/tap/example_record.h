// A plausible record for tests.
#pragma once

#include <fmt/core.h>

#include "tap/record.h"
#include "tap/school_time.h"
#include "tap/set_instant.h"

namespace tamtap {

// 2026-11-23 07:00:00 in Manila.
inline constexpr int64_t kExampleMorningUs = 1'795'388'400'000'000;

inline Record ExampleRecord(uint64_t sequence, const std::string& card = "176B3325",
                            int64_t tapped_at_us = kExampleMorningUs,
                            const std::string& terminal = "gate-1") {
  static const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const WallTime instant{std::chrono::microseconds(tapped_at_us)};
  Record record;
  record.tap = TapId{terminal, "00112233445566ff", sequence};
  record.card = *CardId::Parse(card);
  record.person = record.card.text();
  record.tamtap_id = "TT-001";
  record.name = "Ana Reyes";
  record.first_name = "Ana";
  record.last_name = "Reyes";
  record.email = "ana.reyes@example.org";
  record.grade = "7";
  record.section = "Narra";
  SetInstant(instant, zone.ToLocal(instant), record);
  return record;
}

}  // namespace tamtap
