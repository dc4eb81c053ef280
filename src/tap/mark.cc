#include "tap/mark.h"

namespace tamtap {
namespace {

constexpr size_t kGenerationBytes = 8;
// The last number of their ids tells the two kinds of marks apart.
constexpr uint64_t kStatus = 1;
constexpr uint64_t kAcceptance = 2;

void MakeStaffs(uint64_t kind, WallTime made_at, const TimeZone& zone, Random& random,
                Record& record) {
  const LocalTime local = zone.ToLocal(made_at);
  record.tap = TapId{std::string(kStaffTerminal), random.Hex(kGenerationBytes), kind};
  record.time = local.time;
  record.date = record.day + " " + local.time;
  record.session = local.session;
  record.tapped_at = local.iso;
  record.tapped_at_us = kAfterEveryTapUs - made_at.time_since_epoch().count();
  record.clock = ClockState::kSynchronised;
}

}  // namespace

Record MakeMark(const Person& person, std::string_view day, Status status, WallTime made_at,
                const TimeZone& zone, Random& random) {
  Record record = Record::Of(person);
  record.day = std::string(day);
  record.status = status;
  MakeStaffs(kStatus, made_at, zone, random, record);
  return record;
}

Record MakeAcceptance(const Record& arrival, WallTime made_at, const TimeZone& zone,
                      Random& random) {
  Record record = arrival;
  record.photo.clear();
  MakeStaffs(kAcceptance, made_at, zone, random, record);
  return record;
}

bool IsAcceptance(const TapReference& entry) {
  if (entry.terminal != kStaffTerminal) return false;
  const auto id = TapId::Parse(entry.tap);
  return id && id->sequence == kAcceptance;
}

}  // namespace tamtap
