// What the sinks write, as other programs read it: openpyxl and pdftotext.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <filesystem>

#include "base/disk.h"
#include "base/test_directory.h"
#include "report/attendance_report.h"
#include "report/pdf_report.h"
#include "report/student_report.h"
#include "report/xlsx_report.h"
#include "tap/example_record.h"

namespace tamtap {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

std::string Output(const std::string& command) {
  std::FILE* const pipe = ::popen(command.c_str(), "r");
  if (pipe == nullptr) return "cannot start " + command;
  std::string text;
  char buffer[4096];
  while (const size_t got = std::fread(buffer, 1, sizeof buffer, pipe)) text.append(buffer, got);
  EXPECT_EQ(::pclose(pipe), 0) << command;
  return text;
}

// The cells of each sheet, a line a row.
std::string ReadWorkbook(const std::string& path) {
  return Output(
      "/usr/bin/python3 -c \"import openpyxl, sys\n"
      "for s in openpyxl.load_workbook(sys.argv[1]):\n"
      "  print('==', s.title)\n"
      "  for r in s.iter_rows():\n"
      "    print('|'.join('' if c.value is None else c.data_type + ':' + str(c.value) for c in "
      "r))\n"
      "\" " +
      path);
}

std::string ReadPdf(const std::string& path) { return Output("pdftotext -layout " + path + " -"); }

class ReportFilesTest : public ::testing::Test {
 protected:
  static ReportSheet Sheet(const std::string& name) {
    return {name, {"A title of " + name}, {{"Name", 20}, {"Count", 8}, {"Day", 5}}, {"Adviser"}};
  }
  // Rows of two sheets, mixed.
  static void Fill(ReportSink& sink, int rows) {
    const auto narra = sink.AddSheet(Sheet("Narra"));
    const auto molave = sink.AddSheet(Sheet("Molave"));
    ASSERT_TRUE(narra);
    ASSERT_TRUE(molave);
    for (int i = 0; i < rows; ++i) {
      const std::string name = "Pe\u00f1a " + std::to_string(i);
      const std::vector<Cell> cells = {
          {name}, Cell::Number(i + 0.5), {i % 2 == 0 ? "x" : "", CellLook::kMark}};
      const auto added = sink.AddRow(i % 3 == 0 ? *molave : *narra, cells);
      ASSERT_TRUE(added) << added.error().Message();
    }
    const auto finished = sink.Finish();
    ASSERT_TRUE(finished) << finished.error().Message();
  }

  const TestDirectory directory_;
};

TEST_F(ReportFilesTest, AWorkbookHasItsSheetsRowsAndNumbers) {
  const std::string path = directory_ / "a.xlsx";
  Fill(**OpenXlsxFile(path), 9);
  const std::string read = ReadWorkbook(path);
  EXPECT_THAT(read, HasSubstr("== Narra\ns:A title of Narra"));
  EXPECT_THAT(read,
              HasSubstr("s:Name|s:Count|s:Day\ns:Pe\u00f1a 1|n:1.5|\ns:Pe\u00f1a 2|n:2.5|s:x\n"));
  EXPECT_THAT(read, HasSubstr("== Molave"));
  EXPECT_THAT(read, HasSubstr("s:Adviser"));
  // Nothing is left beside it.
  EXPECT_EQ(PosixDisk().List(directory_.path())->size(), 1u);
}

TEST_F(ReportFilesTest, WhatPeopleWroteIsTextInAWorkbookAndNoFormulaInCsv) {
  const std::string xlsx = directory_ / "a.xlsx";
  const std::string csv = directory_ / "a.csv";
  for (const auto& sink : {*OpenXlsxFile(xlsx), *OpenCsvReport(csv)}) {
    ASSERT_TRUE(sink->AddSheet({"S", {}, {{"Name", 9}, {"Card", 9}}}));
    const std::vector<Cell> cells = {{"=HYPERLINK(\"http://x\")"}, {"100582761834"}};
    ASSERT_TRUE(sink->AddRow(0, cells));
    ASSERT_TRUE(sink->Finish());
  }
  EXPECT_THAT(ReadWorkbook(xlsx), HasSubstr("s:=HYPERLINK(\"http://x\")|s:100582761834"));
  EXPECT_EQ(*ReadFile(PosixDisk(), csv),
            "\xEF\xBB\xBFName,Card\n\"'=HYPERLINK(\"\"http://x\"\")\",'100582761834\n");
}

TEST_F(ReportFilesTest, SheetsThatExcelWouldRefuseGetAnotherName) {
  const std::string path = directory_ / "a.xlsx";
  const auto sink = *OpenXlsxFile(path);
  for (const char* name : {"7/A: [x]*?", "7-a- -x---", "'quoted'", "",
                           "A section whose name is longer than Excel takes",
                           "A section whose name is longer than Excel likes"}) {
    ASSERT_TRUE(sink->AddSheet({name, {}, {{"Name", 9}}}));
  }
  ASSERT_TRUE(sink->Finish());
  const std::string read = ReadWorkbook(path);
  for (const char* name :
       {"== 7-A- -x---\n", "== 7-a- -x--- 2\n", "== -quoted-\n", "== -\n",
        "== A section whose name is longer \n", "== A section whose name is longe 2\n"}) {
    EXPECT_THAT(read, HasSubstr(name));
  }
}

TEST_F(ReportFilesTest, APdfHasItsPagesInTheOrderOfTheSheets) {
  const std::string path = directory_ / "a.pdf";
  Fill(**OpenPdfFile(path), 200);
  const std::string read = ReadPdf(path);
  EXPECT_THAT(read, HasSubstr("A title of Narra"));
  EXPECT_THAT(read, HasSubstr("Pe\u00f1a 199"));
  EXPECT_THAT(read, HasSubstr("Narra 1 of 4"));
  EXPECT_LT(read.find("Narra 4 of 4"), read.find("Molave 1 of 2"));
  EXPECT_THAT(read, HasSubstr("Adviser"));
}

TEST_F(ReportFilesTest, WhatNobodyPrintsIsRefusedWithASentence) {
  const auto sink = *OpenPdfFile(directory_ / "a.pdf");
  ASSERT_TRUE(sink->AddSheet(Sheet("Narra")));
  const std::vector<Cell> cells = {{"x"}};
  for (size_t i = 0; i < kMostPdfRows; ++i) ASSERT_TRUE(sink->AddRow(0, cells));
  const auto refused = sink->AddRow(0, cells);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
}

TEST_F(ReportFilesTest, AFileThatCantBeWrittenIsAnError) {
  const auto xlsx = *OpenXlsxFile(directory_ / "nowhere/a.xlsx");
  ASSERT_TRUE(xlsx->AddSheet(Sheet("Narra")));
  EXPECT_FALSE(xlsx->Finish());
  const auto pdf = *OpenPdfFile(directory_ / "nowhere/a.pdf");
  ASSERT_TRUE(pdf->AddSheet(Sheet("Narra")));
  EXPECT_FALSE(pdf->Finish());
  EXPECT_FALSE(OpenCsvReport(directory_ / "nowhere/a.csv"));
}

// Two of Narra, of whom Ana has tapped the day before she was registered, and one of Molave, who
// was registered then and has not. Somebody is of no section any more.
class AttendanceFilesTest : public ReportFilesTest {
 protected:
  static Roster Learners() {
    School school;
    for (const std::string card : {"176B3325", "00000002", "00000003"}) {
      Person person;
      person.card = *CardId::Parse(card);
      person.person = card;
      person.name = card;
      person.section = card == "00000003" ? "Molave" : "Narra";
      if (card != "00000002") person.registered = "2026-11-24 08:00:00";
      school.people.push_back(person);
    }
    return Roster(school);
  }
  static void Write(bool lists_absent, ReportSink& sink) {
    const Roster roster = Learners();
    AttendanceReport report({"2026-11-21",
                             "2026-11-24",
                             "2026-11-24",
                             {"Molave", "Narra"},
                             false,
                             lists_absent,
                             "now",
                             "head"},
                            roster, sink);
    ASSERT_TRUE(report.Begin());
    Attendance ana{ExampleRecord(1), {}};
    ana.departure = "16:00:00";
    ASSERT_TRUE(report.Add(ana));
    Attendance gone{ExampleRecord(2, "00000009"), {}};
    gone.arrival.section = "Ipil";
    gone.arrival.status = Status::kExcused;
    ASSERT_TRUE(report.Add(gone));
    ASSERT_TRUE(report.End());
    ASSERT_TRUE(sink.Finish());
  }
};

TEST_F(AttendanceFilesTest, AttendanceHasASheetASectionAndASummaryThatAddsUp) {
  const std::string path = directory_ / "a.xlsx";
  Write(false, **OpenXlsxFile(path));
  const std::string read = ReadWorkbook(path);
  EXPECT_THAT(read, HasSubstr("s:Ana Reyes|s:ana.reyes@example.org|s:Narra|s:2026-11-23|s:On time|"
                              "s:07:00:00|s:176B3325||s:16:00:00"));
  EXPECT_THAT(read, HasSubstr("s:Molave|n:1|n:2|n:0|n:0|n:0|n:1|n:0"));
  EXPECT_THAT(read, HasSubstr("s:Narra|n:2|n:2|n:1|n:0|n:0|n:3|n:25"));
  EXPECT_THAT(read, HasSubstr("== Ipil"));
  EXPECT_THAT(read, Not(HasSubstr("No tap")));
}

TEST_F(AttendanceFilesTest, WhoNeverTappedIsListedOnTheDaysThatTheSummaryCounts) {
  const std::string path = directory_ / "a.xlsx";
  Write(true, **OpenXlsxFile(path));
  const std::string read = ReadWorkbook(path);
  const auto absent = [](const std::string& card, const std::string& section, int day) {
    return fmt::format("s:{0}||s:{1}|s:2026-11-{2}|s:Absent||s:{0}|||s:No tap\n", card, section,
                       day);
  };
  EXPECT_THAT(read, HasSubstr(absent("00000003", "Molave", 24)));
  EXPECT_THAT(read, HasSubstr(absent("00000002", "Narra", 23) + absent("00000002", "Narra", 24) +
                              absent("176B3325", "Narra", 24)));
  size_t rows = 0;
  for (size_t at = 0; (at = read.find("No tap", at)) != std::string::npos; ++at) ++rows;
  EXPECT_EQ(rows, 4u) << "not on a Sunday, and nobody before they were registered: " << read;
  EXPECT_THAT(read, HasSubstr("s:Narra|n:2|n:2|n:1|n:0|n:0|n:3|n:25"));

  const std::string paper = directory_ / "a.pdf";
  Write(true, **OpenPdfFile(paper));
  EXPECT_THAT(ReadPdf(paper),
              ContainsRegex("00000002 +Narra +2026-11-23 +Absent +00000002 +No tap"));
}

TEST_F(ReportFilesTest, AStudentsYearCountsAbsencesThatNobodyMarked) {
  School school;
  Person ana;
  ana.card = *CardId::Parse("176B3325");
  ana.person = "176B3325";
  ana.name = "Ana Reyes";
  ana.section = "Narra";
  ana.registered = "2026-11-20 09:00:00";
  school.people.push_back(ana);
  const Roster roster(school);
  const std::string path = directory_ / "a.pdf";
  const auto sink = *OpenPdfFile(path);
  ASSERT_TRUE(WriteStudentReport({"2026-11-18", "2026-12-31", "2026-11-24", "now", "head"}, ana,
                                 roster, {{ExampleRecord(1), {}}}, *sink));
  ASSERT_TRUE(sink->Finish());
  const std::string read = ReadPdf(path);
  EXPECT_THAT(read, HasSubstr("2026-11-23"));
  EXPECT_THAT(read, HasSubstr("2026-11-20"));
  EXPECT_THAT(read, Not(HasSubstr("2026-11-19")));
  EXPECT_THAT(read, Not(HasSubstr("2026-11-21")));
  EXPECT_THAT(read, Not(HasSubstr("2026-11-25")));
  EXPECT_THAT(read, HasSubstr("33.33"));
}

}  // namespace
}  // namespace tamtap
