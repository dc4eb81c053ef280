#include "tap/mark.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/sha256.h"
#include "base/text.h"

namespace tamtap {
namespace {

constexpr size_t kGenerationBytes = 8;
// The last number of their ids tells the two kinds of marks apart: a status has the microsecond in
// which it was given, and in version 0.1.0 it had 1.
constexpr uint64_t kAcceptance = 2;

void MakeStaffs(std::string generation, uint64_t number, WallTime made_at, const TimeZone& zone,
                Record& record) {
  const LocalTime local = zone.ToLocal(made_at);
  record.tap = TapId{std::string(kStaffTerminal), std::move(generation), number};
  record.time = local.time;
  record.date = record.day + " " + local.time;
  record.session = local.session;
  record.tapped_at = local.iso;
  record.tapped_at_us = kAfterEveryTapUs - made_at.time_since_epoch().count();
  record.clock = ClockState::kSynchronised;
}

}  // namespace

Record MakeMark(const Person& person, std::string_view day, const MarkWords& words,
                WallTime made_at, const TimeZone& zone) {
  Record said = Record::Of(person);
  said.day = std::string(day);
  said.status = words.status;
  Record mark = MarkOf(said, words.staff, made_at, zone);
  if (!words.time.empty()) {
    mark.time = words.time;
    mark.date = mark.day + " " + words.time;
    mark.session = words.time < "12" ? Session::kAm : Session::kPm;
  }
  mark.staff.excuse_reason = Shortened(words.reason, kMostFieldBytes);
  mark.staff.excuse_note = Shortened(words.note, kMostNoteBytes);
  mark.staff.marked_by = Shortened(words.staff, kMostFieldBytes);
  mark.staff.marked_by_name = Shortened(words.staff_name, kMostFieldBytes);
  mark.staff.marked_at = mark.tapped_at;
  return mark;
}

bool IsMarkOfPresence(const Record& record) {
  return IsMark(record) && (record.status == Status::kOnTime || record.status == Status::kLate);
}

Record MarkOf(const Record& said, std::string_view staff, WallTime made_at, const TimeZone& zone) {
  Record record = said;
  record.photo.clear();
  record.staff = {};
  const std::string whose = fmt::format("{}|{}|{}", said.day, said.person, staff);
  const auto number =
      std::max<int64_t>(made_at.time_since_epoch().count(), int64_t{kAcceptance} + 1);
  MakeStaffs(Sha256Hex(whose).substr(0, 2 * kGenerationBytes), static_cast<uint64_t>(number),
             made_at, zone, record);
  return record;
}

bool IsOtherMark(const TapReference& entry, const Record& mark) {
  const auto id = TapId::Parse(entry.tap);
  return id && id->terminal == kStaffTerminal && id->generation == mark.tap.generation &&
         id->sequence != mark.tap.sequence;
}

Record MakeAcceptance(const Record& arrival, WallTime made_at, const TimeZone& zone,
                      Random& random) {
  Record record = arrival;
  record.photo.clear();
  record.staff = {};
  MakeStaffs(random.Hex(kGenerationBytes), kAcceptance, made_at, zone, record);
  return record;
}

bool IsAcceptance(const TapReference& entry) {
  if (entry.terminal != kStaffTerminal) return false;
  const auto id = TapId::Parse(entry.tap);
  return id && id->sequence == kAcceptance;
}

}  // namespace tamtap
