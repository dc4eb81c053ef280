#include "report/month_register.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tap/example_person.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Keeps what is written, as text.
class KeptSink final : public ReportSink {
 public:
  Result<size_t> AddSheet(const ReportSheet& sheet) override {
    sheets.push_back(sheet);
    return sheets.size() - 1;
  }
  Result<> AddRow(size_t, std::span<const Cell> cells) override {
    std::string row;
    for (const Cell& cell : cells) {
      row += "|";
      if (cell.look == CellLook::kHalfMark) row += "half";
      row += cell.is_number ? NumberText(cell.number) : std::string(cell.text);
    }
    rows.push_back(row);
    return {};
  }
  Result<> Finish() override { return {}; }

  std::vector<ReportSheet> sheets;
  std::vector<std::string> rows;
};

Person Learner(const std::string& card, const std::string& first, const std::string& last,
               const std::string& sex) {
  Person person = ExamplePerson(card, first, last);
  person.sex = sex;
  return person;
}

// November 2026 has 21 weekdays; the 2nd is a suspension here. It is Monday, the 23rd.
class MonthRegisterTest : public ::testing::Test {
 protected:
  MonthRegisterTest() {
    School school;
    school.people = {Learner("00000001", "Ben", "Cruz", "M"),
                     Learner("00000002", "Ana", "Reyes", "F"),
                     Learner("00000003", "Al", "Abad", "M"), Learner("00000004", "Xi", "Po", "")};
    Person teacher = Learner("00000005", "Tess", "Go", "F");
    teacher.role = Role::kTeacher;
    school.people.push_back(teacher);
    Person other = Learner("00000006", "Zed", "Uy", "M");
    other.section = "Molave";
    school.people.push_back(other);
    school.calendar = {{CalendarKind::kSuspension, "2026-11-02", "2026-11-02", "", "Undas"}};
    roster_ = std::make_unique<Roster>(std::move(school));
  }
  MonthRegister Make() {
    return MakeRegister("Narra", "2026-11", "2026-11-23", *roster_,
                        [this](const Person& person, const std::string& day) {
                          const auto known = statuses_.find(person.person + day);
                          return known == statuses_.end() ? std::optional<Status>()
                                                          : std::optional(known->second);
                        });
  }
  void Was(const std::string& person, const std::string& day, Status status) {
    statuses_[person + day] = status;
  }
  void WasHereFrom(const std::string& person, const std::string& first, const std::string& last) {
    for (std::string day = first; day <= last; day = AddDays(day, 1)) {
      Was(person, day, Status::kOnTime);
    }
  }

  std::unique_ptr<Roster> roster_;
  std::map<std::string, Status> statuses_;
};

TEST_F(MonthRegisterTest, AColumnIsAClassDayAndWhatIsAheadIsNotCounted) {
  const MonthRegister made = Make();
  EXPECT_EQ(made.days.size(), 20u);
  EXPECT_EQ(made.days.front(), "2026-11-03");
  EXPECT_EQ(made.days.back(), "2026-11-30");
  EXPECT_EQ(made.held, 15u);
  EXPECT_EQ(made.rows[0].marks.back(), RegisterMark::kNone);
}

TEST_F(MonthRegisterTest, BoysComeFirstThenGirlsThenWhoseSexNobodyHasSaidAndEachByName) {
  std::vector<std::string> names;
  for (const RegisterRow& row : Make().rows) names.push_back(row.name);
  EXPECT_THAT(names, ElementsAre("Abad, Al", "Cruz, Ben", "Reyes, Ana", "Po, Xi"));
}

TEST_F(MonthRegisterTest, MarksTotalsAndAveragesAddUp) {
  WasHereFrom("00000001", "2026-11-01", "2026-11-23");
  WasHereFrom("00000002", "2026-11-01", "2026-11-23");
  Was("00000001", "2026-11-03", Status::kLate);
  Was("00000002", "2026-11-04", Status::kExcused);
  Was("00000002", "2026-11-05", Status::kAbsent);
  const MonthRegister made = Make();
  const RegisterRow& ben = made.rows[1];
  EXPECT_EQ(ben.late, 1u);
  EXPECT_EQ(ben.absent, 0u);
  EXPECT_EQ(ben.present(), 15u);
  const RegisterRow& ana = made.rows[2];
  EXPECT_EQ(ana.absent, 2u);
  EXPECT_EQ(ana.excused, 1u);
  EXPECT_EQ(ana.present(), 13u);
  EXPECT_EQ(made.PresentOn(0, "M"), 1u);
  EXPECT_EQ(made.PresentOn(0, "all"), 2u);
  EXPECT_EQ(made.PresentOn(1, "F"), 0u);
  EXPECT_DOUBLE_EQ(made.AverageDaily("M"), 1.0);
  EXPECT_DOUBLE_EQ(made.AverageDaily("F"), 13.0 / 15);
  EXPECT_DOUBLE_EQ(made.AverageDaily("all"), 28.0 / 15);
  EXPECT_DOUBLE_EQ(made.Percentage("M"), 50.0);
  EXPECT_DOUBLE_EQ(made.Percentage("all"), 100.0 * 28 / 15 / 4);
}

TEST_F(MonthRegisterTest, FiveAbsencesInARowAreSaidAndAPresenceBetweenThemEndsTheRow) {
  WasHereFrom("00000001", "2026-11-10", "2026-11-23");  // absent 3, 4, 5, 6, 9: five class days
  WasHereFrom("00000002", "2026-11-10", "2026-11-23");
  Was("00000002", "2026-11-05", Status::kLate);
  const MonthRegister made = Make();
  EXPECT_EQ(made.rows[1].most_in_a_row, 5u);
  EXPECT_EQ(made.rows[2].most_in_a_row, 2u);
  KeptSink sink;
  ASSERT_TRUE(WriteRegister(made, sink));
  std::string all;
  for (const std::string& row : sink.rows) all += row + "\n";
  EXPECT_THAT(all, HasSubstr("absent 5 class days in a row"));
  EXPECT_THAT(all, HasSubstr("5 consecutive days"));
  EXPECT_THAT(sink.rows.back(), HasSubstr("M 2  F 0  Total 3"));
}

TEST_F(MonthRegisterTest, ARowHasTheMarksOfItsLearnerInTheColumnsOfTheDays) {
  WasHereFrom("00000001", "2026-11-01", "2026-11-23");
  Was("00000001", "2026-11-04", Status::kLate);
  Was("00000001", "2026-11-05", Status::kAbsent);
  KeptSink sink;
  ASSERT_TRUE(WriteRegister(Make(), sink));
  ASSERT_EQ(sink.sheets.size(), 1u);
  const ReportSheet& sheet = sink.sheets[0];
  EXPECT_EQ(sheet.columns.size(), 3 + 20 + 3u);
  EXPECT_EQ(sheet.columns[3].name, "3 T");
  EXPECT_EQ(sheet.columns[4].name, "4 W");
  EXPECT_EQ(sink.rows[0].substr(0, 7), "|||MALE");
  EXPECT_EQ(sink.rows[2], "|2||Cruz, Ben||half|x||||||||||||||||||1|1|");
  EXPECT_THAT(sink.rows[3], HasSubstr("MALE | TOTAL Per Day|1|1|0|1|"));
}

TEST_F(MonthRegisterTest, NobodyIsAbsentBeforeTheyWereRegisteredOrTapped) {
  School school = roster_->school();
  school.people[0].registered = "2026-11-19 10:15:00";  // Ben
  school.people[1].registered = "2026-11-19 10:15:00";  // Ana, who has tapped on the 17th
  school.people[2].registered = "2026-11-20 10:15:00";  // Al
  school.people[3].registered = "2026-11-20 10:15:00";  // Xi
  roster_ = std::make_unique<Roster>(std::move(school));
  Was("00000002", "2026-11-17", Status::kOnTime);
  Was("00000001", "2026-11-20", Status::kOnTime);
  const MonthRegister made = Make();
  EXPECT_EQ(made.DaysOfClasses(), 5u) << "17, 18, 19, 20, 23";
  EXPECT_EQ(made.rows[0].absent, 2u) << "Al: 20, 23";
  EXPECT_EQ(made.rows[1].absent, 2u) << "Ben: 19, 23";
  EXPECT_EQ(made.rows[2].absent, 4u) << "Ana: 18, 19, 20, 23";
  EXPECT_EQ(made.rows[1].most_in_a_row, 1u);
  EXPECT_DOUBLE_EQ(made.AverageDaily("all"), 2.0 / 5);
  KeptSink sink;
  ASSERT_TRUE(WriteRegister(made, sink));
  EXPECT_EQ(sink.rows[2], "|2||Cruz, Ben|-|-|-|-|-|-|-|-|-|-|-|-|x||x||||||2|0|");
  EXPECT_THAT(sink.rows[3], HasSubstr("MALE | TOTAL Per Day|||||||||||0|0|0|1|0||||||4|0|"));
}

TEST(MonthTest, AMonthHasItsFirstAndLastDay) {
  EXPECT_TRUE(IsMonth("2026-02"));
  for (const char* text : {"2026-13", "2026-2", "", "2026-02-01", "abcd-ef"}) {
    EXPECT_FALSE(IsMonth(text)) << text;
  }
  EXPECT_EQ(LastDayOf("2026-02"), "2026-02-28");
  EXPECT_EQ(LastDayOf("2028-02"), "2028-02-29");
  EXPECT_EQ(LastDayOf("2026-12"), "2026-12-31");
}

}  // namespace
}  // namespace tamtap
