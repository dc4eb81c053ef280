#include "roster/csv_import.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(CsvImportTest, PeopleAreReadWithDecimalAndHexadecimalCards) {
  const CsvImport import = ParseRosterCsv(
      "\xEF\xBB\xBF"
      "100582761834,Ana,Reyes,7,Narra\r\n"
      "\r\n"
      "04a2b3c4d5e680,\"Juan \"\"JD\"\"\",\"Dela Cruz, Jr.\",8,Molave,jd@example.org\r\n"
      "DEADBEEF,Maria,Santos,,,maria@example.org,Teacher");
  ASSERT_THAT(import.errors, IsEmpty());
  ASSERT_EQ(import.people.size(), 3u);
  EXPECT_EQ(import.people[0].card.text(), "176B3325");
  EXPECT_EQ(import.people[0].name, "Ana Reyes");
  EXPECT_EQ(import.people[1].name, "Juan \"JD\" Dela Cruz, Jr.");
  EXPECT_EQ(import.people[2].role, Role::kTeacher);
}

TEST(CsvImportTest, EachBadLineIsNamedWithItsNumberAndReason) {
  const CsvImport import = ParseRosterCsv(
      "nfc_id,first_name,last_name,grade,section\n"
      "176B3325,Ana,Reyes,7,Narra\n"
      "nonsense,Ben,Cruz,7,Narra\n"
      "DEADBEEF,Cara\n"
      "100582761834,Ana,Again,7,Narra\n"
      "CAFEBABE,,,7,Narra\n"
      "CAFEBABF,Dan,Lim,7,\n"
      "0BADF00D,Eve,\"Yu,7,Narra\n");
  EXPECT_THAT(import.errors,
              ElementsAre(HasSubstr("line 3: card id 'nonsense'"), HasSubstr("line 4: 2 columns"),
                          HasSubstr("line 5: '176B3325' stands in line 2 already"),
                          HasSubstr("line 6: the name is missing"),
                          HasSubstr("line 7: the section is missing"),
                          HasSubstr("line 8: a quote is opened")));
}

TEST(CsvImportTest, AWindows1252FileIsReadAsThatAndItIsSaid) {
  const CsvImport import = ParseRosterCsv(
      "04A2B3C4,Ben,Pe\xF1"
      "a,7,Narra\n");
  EXPECT_THAT(import.errors, ElementsAre());
  ASSERT_EQ(import.people.size(), 1u);
  EXPECT_EQ(import.people[0].last_name, "Peña");
  EXPECT_THAT(import.note, HasSubstr("Windows-1252"));
  const CsvImport schedule = ParseRosterCsv(
      "Section,Grade,Adviser\nPe\xF1"
      "a,7,x\n");
  ASSERT_EQ(schedule.schedules.size(), 1u);
  EXPECT_EQ(schedule.schedules[0].section, "Peña");
}

TEST(CsvImportTest, AUtf8FileIsTakenAsItIsAndNothingIsSaid) {
  const CsvImport import = ParseRosterCsv(
      "\xEF\xBB\xBF"
      "04A2B3C4,Ben,Peña,7,Narra\n");
  ASSERT_EQ(import.people.size(), 1u);
  EXPECT_EQ(import.people[0].last_name, "Peña");
  EXPECT_EQ(import.note, "");
}

TEST(CsvImportTest, AUtf16FileIsConverted) {
  std::string bytes = "\xFF\xFE";
  for (const char16_t unit : std::u16string(u"04A2B3C4,Ben,Peña,7,Narra\r\n")) {
    bytes += static_cast<char>(unit & 0xFF);
    bytes += static_cast<char>(unit >> 8);
  }
  const CsvImport import = ParseRosterCsv(bytes);
  ASSERT_EQ(import.people.size(), 1u);
  EXPECT_EQ(import.people[0].last_name, "Peña");
  EXPECT_THAT(import.note, HasSubstr("UTF-16"));
}

TEST(CsvImportTest, AWorkbookIsRefusedWithAWayOut) {
  const CsvImport import = ParseRosterCsv(std::string_view("PK\x03\x04\x14\0\x06\0", 8));
  ASSERT_EQ(import.errors.size(), 1u);
  EXPECT_THAT(import.errors[0], HasSubstr("CSV UTF-8"));
}

TEST(CsvImportTest, ASectionIsTheSameHoweverItsLettersAndSpacesAreSpelled) {
  const CsvImport import =
      ParseRosterCsv("04A2B3C4,Ben,Cruz,7,\"Pen\u0303a \"\n176B3325,Ana,Cruz,7,Peña\u202F\n");
  ASSERT_EQ(import.people.size(), 2u);
  EXPECT_EQ(import.people[0].section, "Peña");
  EXPECT_EQ(import.people[1].section, "Peña");
}

TEST(CsvImportTest, AnEmptyFileIsAnError) {
  EXPECT_THAT(ParseRosterCsv("").errors, ElementsAre(HasSubstr("nothing")));
  EXPECT_THAT(ParseRosterCsv("\n \n").errors, ElementsAre(HasSubstr("nothing")));
}

TEST(CsvImportTest, SchedulesAreReadInEveryWayOfWritingTimes) {
  const CsvImport import = ParseRosterCsv(
      "Section,Grade,Adviser Name,Mon Start,Mon End,Tue Start,Tue End,Wed Start,Wed End\n"
      "Narra,7,M. Santos,07:00,16:00,7:00 AM,4:30 PM,0730,1600\n"
      "Molave,8,,12:00 AM,12:30 PM,,,,\n");
  ASSERT_THAT(import.errors, IsEmpty());
  ASSERT_EQ(import.schedules.size(), 2u);
  const Schedule& narra = import.schedules[0];
  EXPECT_EQ(narra.week[0], (ClassHours{7 * 60, 16 * 60}));
  EXPECT_EQ(narra.week[1], (ClassHours{7 * 60, 16 * 60 + 30}));
  EXPECT_EQ(narra.week[2], (ClassHours{7 * 60 + 30, 16 * 60}));
  EXPECT_FALSE(narra.week[3]);
  EXPECT_EQ(import.schedules[1].week[0], (ClassHours{0, 12 * 60 + 30}));
}

TEST(CsvImportTest, ImpossibleTimesAreNamed) {
  const std::string header = "Section,Grade,Adviser Name,Mon Start,Mon End\n";
  EXPECT_THAT(ParseRosterCsv(header + "A,7,,25:00,26:00\n").errors,
              ElementsAre(HasSubstr("line 2: '25:00' is no time")));
  EXPECT_THAT(ParseRosterCsv(header + "A,7,,13:00 PM,14:00\n").errors,
              ElementsAre(HasSubstr("no time")));
  EXPECT_THAT(ParseRosterCsv(header + "A,7,,16:00,07:00\n").errors,
              ElementsAre(HasSubstr("before they start")));
}

TEST(CsvImportTest, IdsAreNumbersAndGoOnPastNineHundredNinetyNine) {
  School school;
  Person last;
  last.card = *CardId::Parse("DEADBEEF");
  last.person = "DEADBEEF";
  last.tamtap_id = "1000";
  school.people = {last};
  const size_t added = AddToSchool(ParseRosterCsv("176B3325,Ana,Reyes,7,Narra\n"
                                                  "DEADBEEF,New,Name,7,Narra\n"),
                                   "2026-11-23 07:00:00", school);
  EXPECT_EQ(added, 1u);
  ASSERT_EQ(school.people.size(), 2u);
  EXPECT_EQ(school.people[0].name, "New Name");
  EXPECT_EQ(school.people[0].tamtap_id, "1000");
  EXPECT_EQ(school.people[1].tamtap_id, "1001");
}

}  // namespace
}  // namespace tamtap
