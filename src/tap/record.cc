#include "tap/record.h"

#include <array>

#include "base/text.h"

namespace tamtap {
namespace {

template <typename Enum, size_t N>
std::optional<Enum> FromText(std::string_view text, const std::array<Enum, N>& values) {
  for (const Enum value : values) {
    if (ToString(value) == text) return value;
  }
  return std::nullopt;
}

}  // namespace

std::string_view ToString(Role role) { return role == Role::kTeacher ? "teacher" : "student"; }

std::string_view ToString(Session session) { return session == Session::kPm ? "PM" : "AM"; }

std::string_view ToString(Status status) {
  switch (status) {
    case Status::kOnTime:
      return "on_time";
    case Status::kLate:
      return "late";
    case Status::kAbsent:
      return "absent";
    case Status::kExcused:
      return "excused";
  }
  return "on_time";
}

std::string_view ToString(ClockState state) {
  switch (state) {
    case ClockState::kSynchronised:
      return "synchronised";
    case ClockState::kUnsure:
      return "unsure";
    case ClockState::kCorrected:
      return "corrected";
  }
  return "unsure";
}

std::optional<Role> RoleFrom(std::string_view text) {
  return FromText<Role, 2>(text, {Role::kStudent, Role::kTeacher});
}

std::optional<Session> SessionFrom(std::string_view text) {
  return FromText<Session, 2>(text, {Session::kAm, Session::kPm});
}

std::optional<Status> StatusFrom(std::string_view text) {
  return FromText<Status, 4>(text,
                             {Status::kOnTime, Status::kLate, Status::kAbsent, Status::kExcused});
}

std::optional<ClockState> ClockStateFrom(std::string_view text) {
  return FromText<ClockState, 3>(
      text, {ClockState::kSynchronised, ClockState::kUnsure, ClockState::kCorrected});
}

Record Record::Of(const Person& person) {
  Record record;
  record.person = person.person;
  record.card = person.card;
  record.nfc_id = Shortened(person.nfc_id, kMostFieldBytes);
  record.tamtap_id = Shortened(person.tamtap_id, kMostFieldBytes);
  record.name = Shortened(person.name, kMostFieldBytes);
  record.first_name = Shortened(person.first_name, kMostFieldBytes);
  record.last_name = Shortened(person.last_name, kMostFieldBytes);
  record.email = Shortened(person.email, kMostFieldBytes);
  record.role = person.role;
  record.grade = Shortened(person.grade, kMostFieldBytes);
  record.section = Shortened(person.section, kMostFieldBytes);
  return record;
}

bool ArrivedBefore(const Record& a, const Record& b) {
  if (a.tapped_at_us != b.tapped_at_us) return a.tapped_at_us < b.tapped_at_us;
  return a.tap.ToString() < b.tap.ToString();
}

}  // namespace tamtap
