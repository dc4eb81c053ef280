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

TEST(RosterTest, WhatNamesACardAloneIsOfWhoeverHadItThen) {
  Person ana = Ana();
  ana.first_name = "Ana";
  ana.last_name = "Reyes";
  ana.registered = "2026-11-20 08:00:00";
  const Roster roster({{ana}, {}, {}});
  Record past;  // as an existing database has it
  past.card = ana.card;
  past.person = ana.person;
  const auto is_hers = [&](const char* date, const char* first, const char* last) {
    past.date = date;
    past.first_name = first;
    past.last_name = last;
    return roster.WhoseIs(past) != nullptr;
  };
  EXPECT_TRUE(is_hers("2026-11-02 07:00:00", "ANA", "Reyes")) << "a list that was moved in";
  EXPECT_TRUE(is_hers("2026-11-02 07:00:00", "Ana Maria", "Reyes"));
  EXPECT_FALSE(is_hers("2026-11-02 07:00:00", "Ben", "Cruz")) << "he had the card before her";
  EXPECT_TRUE(is_hers("2026-11-23 07:00:00", "Ben", "Cruz")) << "as others called her since";
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

TEST(RosterTest, AScheduleOfMondaysAloneHasNoClassesOnAThursdayForAnybody) {
  Schedule mondays;
  mondays.section = "Narra";
  mondays.week[0] = ClassHours{};
  const Roster roster({{Ana()}, {mondays}, {}});
  EXPECT_EQ(RefusalAt(roster, "2026-11-26 08:00:00"), Refusal::kNoClassesToday);
  EXPECT_EQ(RefusalAt(roster, "2026-11-23 08:00:00"), Refusal::kNone);
  EXPECT_FALSE(roster.DayForAll("2026-11-26").has_classes);
  EXPECT_TRUE(roster.DayForAll("2026-11-23").has_classes);
}

TEST(RosterTest, TheDayOfTheSchoolIsThatOfASectionWithClasses) {
  Person ben = Ana();
  ben.section = "Molave";  // without a schedule: every weekday
  Schedule mondays;
  mondays.section = "Narra";
  mondays.week[0] = ClassHours{};
  const CalendarEntry trip{CalendarKind::kNoClass, "2026-11-26", "2026-11-26", "Molave", "Trip"};
  EXPECT_TRUE(Roster({{Ana(), ben}, {mondays}, {}}).DayForAll("2026-11-26").has_classes);
  EXPECT_FALSE(Roster({{Ana(), ben}, {mondays}, {trip}}).DayForAll("2026-11-26").has_classes);
  EXPECT_TRUE(Roster(School{}).DayForAll("2026-11-26").has_classes) << "nobody has said otherwise";
  EXPECT_EQ(Roster(School{}).DayForAll("2026-11-28").kind, DayKind::kWeekend);
}

// Classes from Monday to Friday, from that hour on until that one behind midnight.
Schedule Evenings(int start, int end) {
  Schedule schedule;
  schedule.section = "Narra";
  for (size_t day = 0; day < 5; ++day) schedule.week[day] = ClassHours{start * 60, end * 60};
  return schedule;
}

std::string DayAt(const Roster& roster, const std::string& date) {
  return roster.Admit(Ana(), At(date)).day;
}

TEST(RosterTest, InTheNightATapIsOfTheClassesOfTheEveningBefore) {
  const Roster roster({{}, {Evenings(22, 30)}, {}});  // 22:00-06:00
  EXPECT_EQ(DayAt(roster, "2026-11-24 21:00:00"), "2026-11-24");
  EXPECT_EQ(StatusAt(roster, "2026-11-24 22:20:00"), Status::kOnTime);
  EXPECT_EQ(StatusAt(roster, "2026-11-24 23:00:00"), Status::kLate);
  EXPECT_EQ(DayAt(roster, "2026-11-25 00:30:00"), "2026-11-24");
  EXPECT_EQ(StatusAt(roster, "2026-11-25 00:30:00"), Status::kAbsent);
  EXPECT_EQ(RefusalAt(roster, "2026-11-25 06:00:59"), Refusal::kNone);
  EXPECT_EQ(DayAt(roster, "2026-11-25 06:00:59"), "2026-11-24");
  // Then it is early for the evening to come.
  EXPECT_EQ(DayAt(roster, "2026-11-25 06:01:00"), "2026-11-25");
  EXPECT_EQ(StatusAt(roster, "2026-11-25 06:01:00"), Status::kOnTime);
}

TEST(RosterTest, TheNightOfAFridayIsOfItsClassesAndTheRestOfTheWeekendHasNone) {
  const Roster roster({{}, {Evenings(22, 30)}, {}});
  EXPECT_EQ(DayAt(roster, "2026-11-28 05:00:00"), "2026-11-27");
  EXPECT_EQ(RefusalAt(roster, "2026-11-28 06:01:00"), Refusal::kNoClassesToday);
  EXPECT_EQ(RefusalAt(roster, "2026-11-28 23:00:00"), Refusal::kNoClassesToday);
  // Nothing runs over from Sunday.
  EXPECT_EQ(DayAt(roster, "2026-11-23 05:00:00"), "2026-11-23");
}

TEST(RosterTest, ASuspendedEveningRunsIntoNoNight) {
  const CalendarEntry storm{CalendarKind::kSuspension, "2026-11-24", "2026-11-24", "", "Storm"};
  const Roster roster({{}, {Evenings(22, 30)}, {storm}});
  EXPECT_EQ(DayAt(roster, "2026-11-25 01:00:00"), "2026-11-25");
  EXPECT_EQ(DayAt(roster, "2026-11-24 01:00:00"), "2026-11-23") << "the storm came later";
}

TEST(RosterTest, ClassesOfTheNewDayThatHaveBegunTakeTheTap) {
  Schedule schedule = Evenings(22, 32);            // until 08:00
  schedule.week[2] = ClassHours{6 * 60, 12 * 60};  // and on Wednesdays from 06:00 on
  const Roster roster({{}, {schedule}, {}});
  EXPECT_EQ(DayAt(roster, "2026-11-25 05:59:00"), "2026-11-24");
  EXPECT_EQ(DayAt(roster, "2026-11-25 06:00:00"), "2026-11-25");
  EXPECT_EQ(StatusAt(roster, "2026-11-25 06:00:00"), Status::kOnTime);
}

TEST(RosterTest, ClassesUntilMidnightEndThere) {
  const Roster roster({{}, {Evenings(18, 24)}, {}});
  EXPECT_EQ(RefusalAt(roster, "2026-11-24 23:59:59"), Refusal::kNone);
  EXPECT_EQ(DayAt(roster, "2026-11-25 00:00:59"), "2026-11-24") << "the minute in which they end";
  EXPECT_EQ(DayAt(roster, "2026-11-25 00:01:00"), "2026-11-25");
}

TEST(RosterTest, OtherSectionsHaveTheirOwnNight) {
  const Roster roster({{}, {Evenings(22, 30)}, {}});
  Person ben = Ana();
  ben.section = "Molave";
  EXPECT_EQ(roster.Admit(ben, At("2026-11-25 00:30:00")).day, "2026-11-25");
  EXPECT_EQ(roster.Admit(ben, At("2026-11-25 00:30:00")).status, Status::kOnTime);
}

bool MayLeaveAt(const Roster& roster, const std::string& date) {
  return roster.MayLeaveDayBefore("Narra", At(date));
}

TEST(RosterTest, PeopleLeaveLateClassesForSixHoursUnlessTheNextOnesAreNearer) {
  const Roster night({{}, {Evenings(22, 30)}, {}});
  EXPECT_TRUE(MayLeaveAt(night, "2026-11-25 00:10:00")) << "also before the end";
  EXPECT_TRUE(MayLeaveAt(night, "2026-11-25 06:10:00"));
  EXPECT_TRUE(MayLeaveAt(night, "2026-11-25 12:00:00"));
  EXPECT_FALSE(MayLeaveAt(night, "2026-11-25 12:01:00"));
  EXPECT_FALSE(MayLeaveAt(night, "2026-11-23 06:10:00")) << "Sunday had none";
  Schedule both = Evenings(20, 24);
  both.week[2] = ClassHours{7 * 60, 12 * 60};
  const Roster evening({{}, {both}, {}});
  EXPECT_TRUE(MayLeaveAt(evening, "2026-11-25 03:29:00"));
  EXPECT_FALSE(MayLeaveAt(evening, "2026-11-25 03:30:00")) << "07:00 is as near as 24:00";
  const Roster day({{}, {Narra(20, 60)}, {}});
  EXPECT_FALSE(MayLeaveAt(day, "2026-11-25 00:00:00"));
}

TEST(RosterTest, SaturdaysAreClassDaysIfTheSchoolSaysSo) {
  const std::map<std::string, std::string> setting = {{"saturdayClassesEnabled", "true"}};
  Schedule afternoons;
  afternoons.section = "Narra";
  afternoons.week[3] = ClassHours{13 * 60, 18 * 60};
  const Roster roster({{}, {afternoons}, {}, setting});
  const DayOfSection saturday = roster.DayFor("Narra", "2026-11-28");
  EXPECT_TRUE(saturday.has_classes);
  EXPECT_EQ(saturday.kind, DayKind::kInstructional);
  EXPECT_EQ(saturday.hours, (ClassHours{13 * 60, 18 * 60})) << "as on the last weekday with some";
  EXPECT_EQ(roster.DayFor("Molave", "2026-11-28").hours, ClassHours{});
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-29").kind, DayKind::kWeekend) << "a Sunday";
  afternoons.week[5] = ClassHours{8 * 60, 11 * 60};
  EXPECT_EQ(Roster({{}, {afternoons}, {}, setting}).DayFor("Narra", "2026-11-28").hours,
            (ClassHours{8 * 60, 11 * 60}));
  const CalendarEntry storm{CalendarKind::kSuspension, "2026-11-28", "2026-11-28", "", "Storm"};
  EXPECT_EQ(Roster({{}, {}, {storm}, setting}).DayFor("Narra", "2026-11-28").kind,
            DayKind::kSuspension);
}

TEST(RosterTest, TheSchoolsGraceIsThatOfSectionsWithoutASchedule) {
  const Roster roster({{},
                       {Narra(20, 60)},
                       {},
                       {{"grace_period_minutes", "0"}, {"absent_threshold_minutes", "30"}}});
  EXPECT_EQ(roster.DayFor("Narra", "2026-11-23").grace_minutes, 20);
  EXPECT_EQ(roster.DayFor("Molave", "2026-11-23").grace_minutes, 0) << "a grace of 0 is 0";
  EXPECT_EQ(roster.DayFor("Molave", "2026-11-23").absent_minutes, 30);
}

}  // namespace
}  // namespace tamtap
