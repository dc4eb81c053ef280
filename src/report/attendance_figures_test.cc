#include "report/attendance_figures.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

namespace tamtap {
namespace {

using ::testing::ElementsAre;

// Wednesday, 2026-11-18, to Monday, 2026-11-23, which is today; the 20th is a suspension.
class AttendanceFiguresTest : public ::testing::Test {
 protected:
  AttendanceFiguresTest() {
    School school;
    school.people = {Enrolled("00000001", "Ana", "Narra"), Enrolled("00000002", "Ben", "Narra"),
                     Enrolled("00000003", "Zed", "Molave")};
    Person teacher = Enrolled("00000004", "Tess", "Narra");
    teacher.role = Role::kTeacher;
    school.people.push_back(teacher);
    school.calendar = {{CalendarKind::kSuspension, "2026-11-20", "2026-11-20", "", "Typhoon"}};
    roster_ = std::make_unique<Roster>(std::move(school));
  }
  static Person Enrolled(const std::string& card, const std::string& name,
                         const std::string& section) {
    Person person;
    person.card = *CardId::Parse(card);
    person.person = card;
    person.name = name;
    person.section = section;
    person.grade = "7";
    return person;
  }
  static Attendance Was(const std::string& person, const std::string& day, Status status) {
    Attendance attendance;
    attendance.arrival.person = person;
    attendance.arrival.day = day;
    attendance.arrival.status = status;
    return attendance;
  }
  AttendanceFigures Make(std::vector<std::string> sections = {"Molave", "Narra"}) {
    return AttendanceFigures("2026-11-18", "2026-11-30", "2026-11-23", std::move(sections),
                             *roster_);
  }
  std::unique_ptr<Roster> roster_;
};

TEST_F(AttendanceFiguresTest, EveryClassDayOfEveryLearnerIsCountedOnce) {
  AttendanceFigures figures = Make();
  figures.Add(Was("00000001", "2026-11-18", Status::kOnTime));
  figures.Add(Was("00000001", "2026-11-19", Status::kLate));
  figures.Add(Was("00000002", "2026-11-19", Status::kExcused));
  figures.Add(Was("00000003", "2026-11-18", Status::kLate));
  const PeriodFigures all = figures.Count();
  EXPECT_EQ(all.tally.expected, 9u);
  EXPECT_EQ(all.tally.present(), 3u);
  EXPECT_EQ(all.tally.excused, 1u);
  EXPECT_EQ(all.tally.absent, 5u);
  EXPECT_NEAR(all.tally.rate(), 33.33, 0.01);
  std::vector<std::string> days;
  for (const DayFigures& each : all.days) days.push_back(each.day);
  EXPECT_THAT(days, ElementsAre("2026-11-18", "2026-11-19", "2026-11-23"));
  EXPECT_EQ(all.days[1].tally.present(), 1u);
  ASSERT_EQ(all.sections.size(), 2u);
  EXPECT_EQ(all.sections[0].name, "Molave");
  EXPECT_EQ(all.sections[1].learners, 2u);
  EXPECT_EQ(all.sections[1].class_days, 3u);
  EXPECT_THAT(all.sections[1].late_by_weekday, ElementsAre(0, 0, 0, 1, 0, 0, 0));
  EXPECT_THAT(all.sections[0].late_by_weekday, ElementsAre(0, 0, 1, 0, 0, 0, 0));
}

TEST_F(AttendanceFiguresTest, AbsencesInARowEndWithAnArrivalAndTodayIsNotOver) {
  AttendanceFigures figures = Make();
  figures.Add(Was("00000001", "2026-11-19", Status::kOnTime));
  figures.Add(Was("00000003", "2026-11-23", Status::kAbsent));
  const PeriodFigures all = figures.Count();
  ASSERT_EQ(all.learners.size(), 3u);
  EXPECT_EQ(all.learners[0].most_in_a_row, 1u);
  EXPECT_EQ(all.learners[0].in_a_row_now, 0u);  // it may still come today
  EXPECT_EQ(all.learners[1].in_a_row_now, 2u);
  EXPECT_EQ(all.learners[2].in_a_row_now, 3u);  // staff have said so
}

TEST_F(AttendanceFiguresTest, NoDayCountsBeforeALearnerWasRegisteredOrTapped) {
  School school = roster_->school();
  for (size_t i = 0; i < 3; ++i) school.people[i].registered = "2026-11-23 06:15:00";
  school.people[2].registered = "not a day";
  roster_ = std::make_unique<Roster>(std::move(school));
  AttendanceFigures figures = Make();
  figures.Add(Was("00000001", "2026-11-23", Status::kOnTime));
  figures.Add(Was("00000002", "2026-11-19", Status::kLate));
  const PeriodFigures all = figures.Count();
  EXPECT_EQ(all.learners[0].tally.expected, 1u);
  EXPECT_DOUBLE_EQ(all.learners[0].tally.rate(), 100.0);
  EXPECT_EQ(all.learners[1].tally.expected, 2u) << "was there before, by a tap";
  EXPECT_EQ(all.learners[2].tally.expected, 3u) << "nobody knows since when";
}

TEST_F(AttendanceFiguresTest, OtherSectionsOtherDaysAndTeachersAreLeftOut) {
  AttendanceFigures figures = Make({"Narra"});
  figures.Add(Was("00000003", "2026-11-18", Status::kLate));
  figures.Add(Was("00000001", "2026-11-20", Status::kLate));  // no classes
  figures.Add(Was("00000001", "2026-11-24", Status::kLate));  // yet to come
  figures.Add(Was("00000004", "2026-11-18", Status::kLate));
  const PeriodFigures all = figures.Count();
  EXPECT_EQ(all.tally.late, 0u);
  EXPECT_EQ(all.tally.expected, 6u);
  EXPECT_EQ(all.learners.size(), 2u);
}

}  // namespace
}  // namespace tamtap
