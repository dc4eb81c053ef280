#include "roster/roster.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

Person Ana() {
  Person person;
  person.card = *CardId::Parse("176B3325");
  person.person = person.card.text();
  person.section = "Narra";
  return person;
}

LocalTime At(const std::string& date) {
  static const TimeZone zone = *TimeZone::Load("Asia/Manila");
  return zone.ToLocal(*zone.FromLocal(date));
}

Schedule Narra(int grace, int absent) {
  Schedule schedule;
  schedule.section = "Narra";
  for (size_t day = 0; day < 5; ++day) schedule.week[day] = ClassHours{7 * 60, 16 * 60};
  schedule.grace_period_minutes = grace;
  schedule.absent_threshold_minutes = absent;
  return schedule;
}

Refusal RefusalAt(const Roster& roster, const std::string& date) {
  return roster.Admit(Ana(), At(date)).refusal;
}
Status StatusAt(const Roster& roster, const std::string& date) {
  return roster.Admit(Ana(), At(date)).status;
}

TEST(RosterTest, FindsAPersonByTheCardTheyTapWithToday) {
  const Roster roster({{Ana()}, {}, {}});
  ASSERT_NE(roster.Find(*CardId::Parse("100582761834")), nullptr);
  EXPECT_EQ(roster.Find(*CardId::Parse("DEADBEEF")), nullptr);
}

TEST(RosterTest, StatusFollowsGraceAndThreshold) {
  const Roster roster({{}, {Narra(20, 60)}, {}});
  EXPECT_EQ(StatusAt(roster, "2026-11-23 00:01:00"), Status::kOnTime);  // early is welcome
  EXPECT_EQ(StatusAt(roster, "2026-11-23 07:20:59"), Status::kOnTime);
  EXPECT_EQ(StatusAt(roster, "2026-11-23 07:21:00"), Status::kLate);
  EXPECT_EQ(StatusAt(roster, "2026-11-23 08:00:00"), Status::kLate);
  EXPECT_EQ(StatusAt(roster, "2026-11-23 08:01:00"), Status::kAbsent);
  EXPECT_EQ(RefusalAt(roster, "2026-11-23 16:00:00"), Refusal::kNone);
  EXPECT_EQ(RefusalAt(roster, "2026-11-23 16:01:00"), Refusal::kClassesEnded);
}

TEST(RosterTest, AGraceOfZeroIsZero) {
  const Roster roster({{}, {Narra(0, 60)}, {}});
  EXPECT_EQ(StatusAt(roster, "2026-11-23 07:00:00"), Status::kOnTime);
  EXPECT_EQ(StatusAt(roster, "2026-11-23 07:01:00"), Status::kLate);
}

TEST(RosterTest, WithoutAScheduleClassesAreFromSevenToFiveOnWeekdays) {
  const Roster roster({});
  EXPECT_EQ(StatusAt(roster, "2026-11-23 07:20:00"), Status::kOnTime);
  EXPECT_EQ(RefusalAt(roster, "2026-11-23 17:01:00"), Refusal::kClassesEnded);
  EXPECT_EQ(RefusalAt(roster, "2026-11-28 08:00:00"), Refusal::kNoClassesToday);
  EXPECT_EQ(RefusalAt(roster, "2026-11-29 08:00:00"), Refusal::kNoClassesToday);
}

TEST(RosterTest, TheCalendarDecidesInItsOrder) {
  const CalendarEntry suspension{CalendarKind::kSuspension, "2026-11-24", "2026-11-25", "",
                                 "Storm"};
  const CalendarEntry no_class{CalendarKind::kNoClass, "2026-11-25", "2026-11-26", "Narra", "Trip"};
  const CalendarEntry others{CalendarKind::kNoClass, "2026-11-27", "2026-11-27", "Molave", "Trip"};
  const CalendarEntry makeup{CalendarKind::kSaturdayMakeup, "2026-11-28", "2026-11-29", "", ""};
  const Roster roster({{}, {Narra(20, 60)}, {no_class, suspension, others, makeup}});
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-24").kind, DayKind::kSuspension);
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-25").kind, DayKind::kSuspension);
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-25").reason, "Storm");
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-26").kind, DayKind::kNoClass);
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-27").kind, DayKind::kInstructional);
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-28").kind, DayKind::kSaturdayMakeup);
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-29").kind, DayKind::kWeekend);  // a Sunday
  EXPECT_EQ(RefusalAt(roster, "2026-11-25 07:00:00"), Refusal::kNoClassesToday);
  EXPECT_EQ(RefusalAt(roster, "2026-11-28 07:00:00"), Refusal::kNone);
}

TEST(RosterTest, AWeekdayWithoutHoursHasNoClasses) {
  Schedule schedule = Narra(20, 60);
  schedule.week[0].reset();
  const Roster roster({{}, {schedule}, {}});
  EXPECT_EQ(RefusalAt(roster, "2026-11-23 07:00:00"), Refusal::kNoClassesToday);
}

}  // namespace
}  // namespace tamtap
