#include "school/schedule_sheet.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school/schedule_plan.h"
#include "school/workbook_fixture.h"

namespace tamtap {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

Result<ScheduleSheet> ReadHours(std::string_view bytes) {
  TAMTAP_TRY(Table table, ReadTable(bytes));
  EXPECT_TRUE(IsScheduleSheet(table));
  return ReadScheduleSheet(std::move(table));
}

std::string WhyNoHours(std::string_view bytes) {
  const auto sheet = ReadHours(bytes);
  return sheet ? "it was read" : sheet.error().Message();
}

TEST(ScheduleSheetTest, HoursAreReadInEveryWayOfWritingTimes) {
  const auto sheet = ReadHours(
      "Section,Grade,Adviser Name,Mon Start,Mon End,Tue Start,Tue End,Wed Start,Wed End\n"
      "Narra,7,M. Santos,07:00,16:00,7:00 AM,4:30 PM,0730,1600\n"
      "Molave,8,,12:00 AM,12:30 PM,,,13:00,24:00\n");
  ASSERT_TRUE(sheet) << sheet.error().Message();
  ASSERT_THAT(sheet->left_out, IsEmpty());
  ASSERT_EQ(sheet->schedules.size(), 2u);
  const ImportedSchedule& narra = sheet->schedules[0];
  EXPECT_EQ(narra.adviser_id, "M. Santos");
  EXPECT_EQ(narra.week[0], (ClassHours{7 * 60, 16 * 60}));
  EXPECT_EQ(narra.week[1], (ClassHours{7 * 60, 16 * 60 + 30}));
  EXPECT_EQ(narra.week[2], (ClassHours{7 * 60 + 30, 16 * 60}));
  EXPECT_TRUE(narra.has_day[2]);
  EXPECT_FALSE(narra.has_day[3]);
  EXPECT_EQ(sheet->schedules[1].week[0], (ClassHours{0, 12 * 60 + 30}));
  EXPECT_EQ(sheet->schedules[1].week[1], std::nullopt);
  EXPECT_EQ(sheet->schedules[1].week[2], (ClassHours{13 * 60, 24 * 60}));
}

TEST(ScheduleSheetTest, ColumnsGoByTheNamesThatSchoolsUse) {
  for (const char* header :
       {"Section,Mon Start,Mon End", "Class;Monday Start;Monday End",
        "section,monday_start,monday_end", "SECTION,MON IN,MON OUT",
        "Section,Monday Time In,Monday Time Out", "Section,Mon. From,Mon. To",
        "Section\tStart Mon\tEnd Mon", "Pangkat,Lunes Start,Lunes End",
        "Section Name,Mon - Start Time,Mon - End Time", "Section,Mon Start (AM),Mon Dismissal"}) {
    std::string row = "Narra,7:00,16:00\n";
    const std::string name = header;
    if (name.find(';') != std::string::npos) std::replace(row.begin(), row.end(), ',', ';');
    if (name.find('\t') != std::string::npos) std::replace(row.begin(), row.end(), ',', '\t');
    const auto sheet = ReadHours(name + "\n" + row);
    ASSERT_TRUE(sheet) << header << ": " << sheet.error().Message();
    ASSERT_EQ(sheet->schedules.size(), 1u) << header;
    EXPECT_EQ(sheet->schedules[0].week[0], (ClassHours{7 * 60, 16 * 60})) << header;
  }
}

TEST(ScheduleSheetTest, ARosterIsNone) {
  for (const char* bytes :
       {"nfc_id,first_name,last_name,grade,section\n", "04A2B3C4,Ben,Cruz,7,Narra\n",
        "Section,Card ID,First name,Last name\n", ""}) {
    const auto table = ReadTable(bytes);
    ASSERT_TRUE(table);
    EXPECT_FALSE(IsScheduleSheet(*table)) << bytes;
  }
}

TEST(ScheduleSheetTest, AHeaderThatIsNotBelievedIsOneSentence) {
  EXPECT_THAT(WhyNoHours("Grade,Mon Start,Mon End\n7,07:00,16:00\n"),
              HasSubstr("line 1: there is no column for the section"));
  EXPECT_THAT(WhyNoHours("Section,Mon Start\nNarra,07:00\n"),
              AllOf(HasSubstr("no column for the end on Mon"), HasSubstr("call it 'Mon End'")));
  EXPECT_THAT(WhyNoHours("Section,Mon Start,Mon End,Monday In\nNarra,07:00,16:00,07:00\n"),
              HasSubstr("'Mon Start' and 'Monday In' are both the start on Mon"));
  EXPECT_THAT(WhyNoHours("Section,Mon Start,Mon End,Break\nNarra,07:00,16:00,10\n"),
              HasSubstr("nothing is known as 'Break'"));
  EXPECT_THAT(WhyNoHours("Section,Mon Start,Mon End\n"), HasSubstr("no section under its header"));
  EXPECT_FALSE(ReadScheduleSheet(Table{}));
  EXPECT_FALSE(ReadScheduleSheet(*ReadTable("Section,Grade,Adviser\nNarra,7,x\n")));
}

TEST(ScheduleSheetTest, EachBadLineIsNamedWithItsNumberAndReason) {
  const auto sheet = ReadHours(
      "Section,Grade,Adviser Name,Mon Start,Mon End,Grace Minutes\n"
      "A,7,,25:00,26:00\n"
      "B,7,,16:00,07:00\n"
      ",7,,07:00,16:00\n"
      "C,7,,07:00,\n"
      "D,7,,07:00,16:00,many\n"
      "E,7,,07:00,16:00,20,x\n"
      "F,7,,07:00,16:00,0\n"
      "F,7,,08:00,16:00\n");
  ASSERT_TRUE(sheet);
  std::vector<std::string> whys;
  for (const LeftOut& each : sheet->left_out) {
    whys.push_back(std::to_string(each.line) + " " + each.why);
  }
  EXPECT_THAT(
      whys,
      ElementsAre(HasSubstr("2 monday: '25:00' is no time"), HasSubstr("3 monday: classes from"),
                  "4 the section is missing", HasSubstr("5 monday: classes start"),
                  "6 'many' is no number of minutes", HasSubstr("7 'x' stands in column 7"),
                  "9 section F stands in line 8 already"));
  ASSERT_EQ(sheet->schedules.size(), 1u);
  EXPECT_EQ(sheet->schedules[0].grace_minutes, 0);
}

TEST(ScheduleSheetTest, TimesOfAWorkbookAreReadWithAndWithoutTheirFormat) {
  const auto sheet = ReadHours(Workbook(
      Row(1, {"Section", "Mon Start", "Mon End", "Tue Start", "Tue End"}) +
          R"(<row r="2"><c r="A2" t="inlineStr"><is><t>Narra</t></is></c><c r="B2"><v>0.29166666666666669</v></c>)"
          R"(<c r="C2" s="1"><v>0.66666666666666663</v></c><c r="D2" s="1"><v>0.75</v></c><c r="E2" s="1"><v>0</v></c></row>)",
      {}, R"(<cellXfs><xf numFmtId="0"/><xf numFmtId="20"/></cellXfs>)"));
  ASSERT_TRUE(sheet) << sheet.error().Message();
  ASSERT_EQ(sheet->schedules.size(), 1u) << sheet->left_out[0].why;
  EXPECT_EQ(sheet->schedules[0].week[0], (ClassHours{7 * 60, 16 * 60}));
  EXPECT_EQ(sheet->schedules[0].week[1], (ClassHours{18 * 60, 24 * 60}));
}

School SchoolOf(std::string_view bytes) {
  School school;
  auto sheet = ReadHours(bytes);
  EXPECT_TRUE(sheet);
  const SchedulePlan plan = PlanSchedules(school, *std::move(sheet));
  EXPECT_TRUE(plan.possible());
  ApplySchedules(plan, school);
  return school;
}

TEST(ScheduleSheetTest, WhatIsExportedIsReadBackTheSame) {
  School school = SchoolOf(
      "Section,Grade,Adviser Name,Mon Start,Mon End,Tue Start,Tue End,Sun Start,Sun "
      "End,Grace,Absent\n"
      "Narra,7,\"Cruz, M.\",07:00,16:00,13:00,24:00,,,0,45\n"
      "-,8,'=x,22:00,06:00,18:00,00:00,06:00,08:00\n");
  for (const CsvFor reader : {CsvFor::kPrograms, CsvFor::kSpreadsheets}) {
    EXPECT_EQ(SchoolOf(ScheduleCsv(school.schedules, reader)), school);
  }
  EXPECT_THAT(ScheduleCsv(school.schedules, CsvFor::kPrograms),
              AllOf(HasSubstr("Sat Start,Sat End,Sun Start,Sun End,Grace Minutes,Absent Minutes\n"),
                    HasSubstr(",22:00,06:00,18:00,24:00,")));
  school.schedules.pop_back();
  EXPECT_THAT(ScheduleCsv(school.schedules, CsvFor::kSpreadsheets),
              AllOf(HasSubstr("\xEF\xBB\xBFSection,"), Not(HasSubstr("Sun"))));
}

TEST(SchedulePlanTest, ChangesAreNamedAndWhatTheSheetDoesNotSayStays) {
  School school = SchoolOf(
      "Section,Grade,Adviser Name,Mon Start,Mon End,Sat Start,Sat End,Grace\n"
      "Narra,7,M. "
      "Santos,07:00,16:00,08:00,12:00,5\nMolave,7,,07:00,16:00,,,\nIpil,7,,07:00,16:00\n");
  const SchedulePlan plan = PlanSchedules(
      school,
      *ReadHours("Section,Grade,Mon Start,Mon End\nNarra,,07:30,16:00\nMolave,7,07:00,16:00\n"
                 "Yakal,8,22:00,06:00\n"));
  ASSERT_EQ(plan.changed.size(), 1u);
  ASSERT_EQ(plan.changed[0].changes.size(), 1u);
  EXPECT_EQ(plan.changed[0].changes[0].field, "monday");
  EXPECT_EQ(plan.changed[0].changes[0].from, "07:00-16:00");
  EXPECT_EQ(plan.changed[0].changes[0].to, "07:30-16:00");
  EXPECT_EQ(plan.unchanged.size(), 1u);
  EXPECT_EQ(plan.added.size(), 1u);
  EXPECT_THAT(plan.missing, ElementsAre("Ipil"));
  ApplySchedules(plan, school);
  ASSERT_EQ(school.schedules.size(), 4u);
  const Schedule& narra = school.schedules[0];
  EXPECT_EQ(narra.grade, "7");
  EXPECT_EQ(narra.adviser_id, "M. Santos");
  EXPECT_EQ(narra.week[5], (ClassHours{8 * 60, 12 * 60}));
  EXPECT_EQ(narra.grace_period_minutes, 5);
  EXPECT_EQ(school.schedules[3].week[0], (ClassHours{22 * 60, 30 * 60}));
}

}  // namespace
}  // namespace tamtap
