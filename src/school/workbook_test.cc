#include "school/workbook.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "school/workbook_fixture.h"
#include "school/workbook_parts.h"
#include "school/zip_archive.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Cells = std::vector<std::string>;

std::vector<Cells> SheetCellsOf(const std::string& bytes) {
  const auto table = ReadTable(bytes);
  if (!table) {
    ADD_FAILURE() << table.error().Message();
    return {};
  }
  std::vector<Cells> rows;
  for (const TableRow& row : table->rows) rows.push_back(row.cells);
  return rows;
}

std::string WhyNoWorkbook(const std::string& bytes) {
  const auto table = ReadTable(bytes);
  return table ? "it was read" : table.error().Message();
}

// Workbook() with one part replaced.
std::string With(const std::string& name, const std::string& content) {
  ZipEntries parts = WorkbookParts(Row(1, {"Ana"}), "<si><t>Ana</t></si>", "<cellXfs/>");
  for (auto& [part, bytes] : parts) {
    if (part == name) bytes = content;
  }
  return Zip(parts);
}

TEST(WorkbookTest, TextsAreSharedOrStandInTheirCells) {
  EXPECT_THAT(
      SheetCellsOf(Workbook(R"(<row r="1"><c r="A1" t="s"><v>1</v></c><c r="B1" t="s"><v>0</v></c>)"
                            R"(<c r="C1" t="inlineStr"><is><t> Narra </t></is></c>)"
                            R"(<c r="D1" t="str"><f>A1&amp;B1</f><v>Ben Ana</v></c></row>)",
                            "<si><t>Ana</t></si><si><r><t>Be</t></r><r><rPr/><t>n</t></r>"
                            "<rPh><t>ignored</t></rPh></si>")),
      ElementsAre(Cells{"Ben", "Ana", "Narra", "Ben Ana"}));
}

TEST(WorkbookTest, ANumberReadsAsItsDigits) {
  EXPECT_THAT(SheetCellsOf(Workbook(
                  R"(<row r="1"><c r="A1"><v>7</v></c><c r="B1"><v>7.0</v></c>)"
                  R"(<c r="C1"><v>100582761834</v></c><c r="D1"><v>2710951593</v></c>)"
                  R"(<c r="E1"><v>1.00582761834E11</v></c><c r="F1"><v>999999999999999</v></c>)"
                  R"(<c r="G1" t="n"><v>0.29166666666666669</v></c><c r="H1" t="b"><v>1</v></c>)"
                  R"(<c r="I1"><v>-0</v></c></row>)")),
              ElementsAre(Cells{"7", "7", "100582761834", "2710951593", "100582761834",
                                "999999999999999", "0.291666666666667", "TRUE", "0"}));
}

TEST(WorkbookTest, ANumberWhoseDigitsAreLostSaysSo) {
  EXPECT_EQ(NumberText("1.2345678901234567E+16", false), "1.23456789012346E+16");
  EXPECT_EQ(NumberText("12345678901234567", false), "1.23456789012346E+16");
  EXPECT_EQ(NumberText("nan", false), "nan");
  EXPECT_EQ(NumberText("04A2B3C4", false), "04A2B3C4");
}

TEST(WorkbookTest, ATimeIsReadFromItsFractionAndItsFormat) {
  const char* const styles =
      R"(<numFmts><numFmt numFmtId="164" formatCode="h:mm\ AM/PM"/><numFmt numFmtId="165")"
      R"( formatCode="[h]:mm"/><numFmt numFmtId="166" formatCode="0.00&quot;h&quot;"/><numFmt)"
      R"( numFmtId="167" formatCode="yyyy-mm-dd hh:mm"/><numFmt numFmtId="168")"
      R"( formatCode="[$-409]h:mm AM/PM;@"/></numFmts><cellStyleXfs><xf numFmtId="20"/></cellStyleXfs>)"
      R"(<cellXfs><xf numFmtId="0"/><xf numFmtId="20"/><xf numFmtId="164"/><xf numFmtId="165"/>)"
      R"(<xf numFmtId="166"/><xf numFmtId="167"/><xf numFmtId="168"/></cellXfs>)";
  EXPECT_THAT(
      SheetCellsOf(Workbook(
          R"(<row r="1"><c r="A1" s="0"><v>0.5</v></c><c r="B1" s="1"><v>0.29166666666666669</v></c>)"
          R"(<c r="C1" s="2"><v>0.70833333333333337</v></c><c r="D1" s="3"><v>1</v></c>)"
          R"(<c r="E1" s="4"><v>0.5</v></c><c r="F1" s="5"><v>46352.25</v></c>)"
          R"(<c r="G1" s="6"><v>0</v></c><c r="H1" s="99"><v>0.25</v></c></row>)",
          {}, styles)),
      ElementsAre(
          Cells{"0.5", "07:00:00", "17:00:00", "24:00:00", "0.5", "46352.25", "00:00:00", "0.25"}));
}

TEST(WorkbookTest, CellsStandWhereTheySayAndEmptyOnesMeanNothing) {
  const auto table = ReadTable(
      Workbook(R"(<row r="2"><c r="A2" s="3"/><c r="ZZ2"/></row><row r="5"><c r="C5"><v>1</v></c>)"
               R"(<c><v>2</v></c><c r="XFD5"/></row><row><c><v>3</v></c></row>)"));
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[0].line, 5u);
  EXPECT_THAT(table->rows[0].cells, ElementsAre("", "", "1", "2"));
  EXPECT_EQ(table->rows[1].line, 6u);
  EXPECT_THAT(table->rows[1].cells, ElementsAre("3"));
}

TEST(WorkbookTest, TheFirstSheetWithRowsIsRead) {
  ZipEntries parts = WorkbookParts("");
  parts[1].second =
      R"(<x:workbook xmlns:x="m" xmlns:r="r"><x:sheets><x:sheet name="Empty" sheetId="1" r:id="a"/>)"
      R"(<x:sheet name="Old" sheetId="2" state="hidden" r:id="b"/><x:sheet name="Grade 7")"
      R"( sheetId="3" r:id="c"/></x:sheets></x:workbook>)";
  parts[2].second =
      R"(<Relationships><Relationship Id="a" Target="worksheets/sheet1.xml"/><Relationship Id="b")"
      R"( Target="worksheets/sheet2.xml"/><Relationship Id="c" Target="/xl/worksheets/sheet3.xml"/>)"
      R"(</Relationships>)";
  parts.emplace_back("xl/worksheets/sheet2.xml",
                     "<worksheet>" + Row(1, {"hidden"}) + "</worksheet>");
  parts.emplace_back(
      "xl/worksheets/sheet3.xml",
      "<x:worksheet xmlns:x='m'><x:row r='1'><x:c r='A1'><x:v>7</x:v></x:c></x:row></x:worksheet>");
  const auto table = ReadTable(Zip(parts));
  ASSERT_TRUE(table) << table.error().Message();
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_THAT(table->rows[0].cells, ElementsAre("7"));
  EXPECT_THAT(table->notes, ElementsAre(HasSubstr("only 'Grade 7'")));
}

TEST(WorkbookTest, AnEmptyWorkbookIsAnEmptyTable) {
  EXPECT_THAT(SheetCellsOf(Workbook("")), IsEmpty());
}

TEST(WorkbookTest, OtherArchivesAreCalledByTheirNames) {
  EXPECT_THAT(WhyNoWorkbook(Zip({{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
                                 {"content.xml", "<x/>"}})),
              HasSubstr("(.ods)"));
  EXPECT_THAT(WhyNoWorkbook(Zip({{"Index/Document.iwa", ""}})), HasSubstr("Numbers"));
  EXPECT_THAT(WhyNoWorkbook(Zip({{"xl/workbook.bin", ""}})), HasSubstr("(.xlsb)"));
  EXPECT_THAT(WhyNoWorkbook(Zip({{"word/document.xml", ""}})), HasSubstr("Word"));
  EXPECT_THAT(WhyNoWorkbook(Zip({{"students.csv", "a,b"}})), HasSubstr("no workbook"));
}

TEST(WorkbookTest, WhatADamagedOneLacksIsSaid) {
  const std::string whole = Workbook(Row(1, {"Ana"}));
  EXPECT_THAT(WhyNoWorkbook(whole.substr(0, whole.size() / 2)), HasSubstr("damaged"));
  std::string flipped = whole;
  flipped[flipped.find("xl/worksheets/sheet1.xml") + 40] ^= 0x55;
  EXPECT_THAT(WhyNoWorkbook(flipped), HasSubstr("sheet1.xml"));
  EXPECT_THAT(WhyNoWorkbook(With("xl/workbook.xml", "<workbook>")), HasSubstr("workbook.xml"));
  EXPECT_THAT(WhyNoWorkbook(With("xl/worksheets/sheet1.xml",
                                 "<worksheet><row><c t='s'><v>9</v></c></row></worksheet>")),
              HasSubstr("a text that is not there"));
  EXPECT_THAT(WhyNoWorkbook(With("xl/_rels/workbook.xml.rels",
                                 "<R><Relationship Id='rId1' Target='worksheets/gone.xml'/></R>")),
              HasSubstr("gone.xml is missing"));
}

TEST(WorkbookTest, EntitiesAreRefused) {
  const std::string laughs =
      "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]>"
      "<worksheet><row><c t='str'><v>&b;</v></c></row></worksheet>";
  EXPECT_THAT(WhyNoWorkbook(With("xl/worksheets/sheet1.xml", laughs)), HasSubstr("document type"));
  EXPECT_THAT(
      WhyNoWorkbook(With("xl/sharedStrings.xml",
                         "<!DOCTYPE x SYSTEM 'file:///etc/passwd'><sst><si><t>&x;</t></si></sst>")),
      HasSubstr("document type"));
}

TEST(WorkbookTest, ABombIsRefusedBeforeItIsUnpacked) {
  const std::string bomb = With("xl/worksheets/sheet1.xml", std::string(80 << 20, ' '));
  EXPECT_LT(bomb.size(), 100u << 10);
  EXPECT_THAT(WhyNoWorkbook(bomb), HasSubstr("more than 64 MB"));
  EXPECT_THAT(WhyNoWorkbook(With("xl/styles.xml", std::string(5 << 20, ' '))),
              HasSubstr("more than 4 MB"));
  std::string deep;
  for (int i = 0; i < 1000; ++i) deep += "<a>";
  EXPECT_THAT(WhyNoWorkbook(With("xl/worksheets/sheet1.xml", deep)),
              HasSubstr("nested too deeply"));
  EXPECT_THAT(WhyNoWorkbook(Workbook(R"(<row r="1"><c r="XFD1"><v>1</v></c></row>)")),
              HasSubstr("256 columns"));
  // One text that many cells name.
  std::string cells;
  for (int i = 1; i <= 1'000; ++i) {
    cells += R"(<row r=")" + std::to_string(i) + R"("><c t="s"><v>0</v></c></row>)";
  }
  const auto shared = [&cells](size_t bytes) {
    return Workbook(cells, "<si><t>" + std::string(bytes, 'a') + "</t></si>");
  };
  EXPECT_THAT(WhyNoWorkbook(shared(100 << 10)), HasSubstr("texts have more than 64 MB"));
  EXPECT_THAT(WhyNoWorkbook(shared(1 << 20)), HasSubstr("more text than any spreadsheet takes"));
}

}  // namespace
}  // namespace tamtap
