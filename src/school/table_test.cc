#include "school/table.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Cells = std::vector<std::string>;

std::vector<Cells> CellsOf(std::string_view bytes) {
  const auto table = ReadTable(bytes);
  if (!table) {
    ADD_FAILURE() << table.error().Message();
    return {};
  }
  std::vector<Cells> rows;
  for (const TableRow& row : table->rows) {
    EXPECT_EQ(row.error, "");
    rows.push_back(row.cells);
  }
  return rows;
}

std::string WhyNot(std::string_view bytes) {
  const auto table = ReadTable(bytes);
  return table ? "it was read" : table.error().Message();
}

std::string Utf16(std::u16string_view text, bool big) {
  std::string bytes = big ? "\xFE\xFF" : "\xFF\xFE";
  for (const char16_t unit : text) {
    const char low = static_cast<char>(unit & 0xFF);
    const char high = static_cast<char>(unit >> 8);
    bytes += big ? high : low;
    bytes += big ? low : high;
  }
  return bytes;
}

TEST(TableTest, TheSeparatorIsFoundInTheFile) {
  for (const std::string separator : {",", ";", "\t"}) {
    EXPECT_THAT(CellsOf("A" + separator + "B" + separator + "C\n1" + separator + separator + "3\n"),
                ElementsAre(Cells{"A", "B", "C"}, Cells{"1", "", "3"}));
  }
}

TEST(TableTest, ASeparatorWithinNamesIsNoneOfTheFile) {
  EXPECT_THAT(CellsOf("04A2B3C4;Ben;Cruz, Jr.;7;Narra\n"),
              ElementsAre(Cells{"04A2B3C4", "Ben", "Cruz, Jr.", "7", "Narra"}));
  EXPECT_THAT(CellsOf("X,\"a;b;c;d;e\",\"f;g\"\n"), ElementsAre(Cells{"X", "a;b;c;d;e", "f;g"}));
  EXPECT_THAT(CellsOf("1\tCruz, Ana, Jr.\t7\n2\tLim; Ben\t7\n"),
              ElementsAre(Cells{"1", "Cruz, Ana, Jr.", "7"}, Cells{"2", "Lim; Ben", "7"}));
}

TEST(TableTest, AFileMaySayItsSeparator) {
  const auto table = ReadTable("sep=;\r\nA,B;C\r\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 1u);
  EXPECT_EQ(table->rows[0].line, 2u);
  EXPECT_THAT(table->rows[0].cells, ElementsAre("A,B", "C"));
}

TEST(TableTest, LinesEndInAnyWayAndKeepTheirNumbers) {
  for (const std::string end : {"\n", "\r\n", "\r"}) {
    const auto table = ReadTable("a,b" + end + end + "\"c" + end + "d\",e" + end + "f,g");
    ASSERT_TRUE(table);
    ASSERT_EQ(table->rows.size(), 3u);
    EXPECT_EQ(table->rows[0].line, 1u);
    EXPECT_EQ(table->rows[1].line, 3u);
    EXPECT_THAT(table->rows[1].cells, ElementsAre("c\nd", "e"));
    EXPECT_EQ(table->rows[2].line, 5u);
  }
}

TEST(TableTest, QuotesMayHoldAnythingAndStandTwiceForThemselves) {
  EXPECT_THAT(CellsOf("\"Juan \"\"JD\"\"\", \"Dela Cruz, Jr.\" ,O\"Neil\n"),
              ElementsAre(Cells{"Juan \"JD\"", "Dela Cruz, Jr.", "O\"Neil"}));
}

TEST(TableTest, AQuoteThatIsNeverClosedSpoilsItsRowAlone) {
  const auto table = ReadTable("a,b\nc,\"d\ne,f\n");
  ASSERT_TRUE(table);
  ASSERT_EQ(table->rows.size(), 2u);
  EXPECT_EQ(table->rows[1].line, 2u);
  EXPECT_THAT(table->rows[1].error, HasSubstr("never closed"));
}

TEST(TableTest, BlankRowsAndPaddingMeanNothing) {
  EXPECT_THAT(CellsOf("\n,,,,\na,b,,,\n \t \n\"\",\"\"\n\xC2\xA0,\xE2\x80\xAF\nc\n,,,,"),
              ElementsAre(Cells{"a", "b"}, Cells{"c"}));
}

TEST(TableTest, EveryCellIsTrimmedOfAllKindsOfSpaces) {
  EXPECT_THAT(CellsOf("\"Narra \",\u00A0Molave\u00A0,\u202FYakal\u202F,\u2009Ipil\uFEFF,  Dao\t\n"),
              ElementsAre(Cells{"Narra", "Molave", "Yakal", "Ipil", "Dao"}));
}

TEST(TableTest, AnyEncodingOfASpreadsheetIsReadAndWhatIsNotUtf8IsSaid) {
  const auto utf8 = ReadTable(
      "\xEF\xBB\xBF"
      "Ben,Pe\u00F1a\n");
  ASSERT_TRUE(utf8);
  EXPECT_THAT(utf8->rows[0].cells, ElementsAre("Ben", "Pe\u00F1a"));
  EXPECT_THAT(utf8->notes, IsEmpty());
  for (const bool big : {false, true}) {
    const auto utf16 = ReadTable(Utf16(u"Ben\tPe\u00F1a\r\n", big));
    ASSERT_TRUE(utf16);
    EXPECT_THAT(utf16->rows[0].cells, ElementsAre("Ben", "Pe\u00F1a"));
    EXPECT_THAT(utf16->notes, ElementsAre(HasSubstr("UTF-16")));
  }
  const auto latin = ReadTable(
      "Ben,Pe\xF1"
      "a\n");
  ASSERT_TRUE(latin);
  EXPECT_THAT(latin->rows[0].cells, ElementsAre("Ben", "Pe\u00F1a"));
  EXPECT_THAT(latin->notes, ElementsAre(HasSubstr("Windows-1252")));
}

TEST(TableTest, LettersAreComposedHoweverTheyAreSpelled) {
  EXPECT_THAT(CellsOf("Pen\u0303a,Jose\u0301\n"), ElementsAre(Cells{"Pe\u00F1a", "Jos\u00E9"}));
}

TEST(TableTest, WhatIsNoTableIsCalledByItsName) {
  EXPECT_THAT(WhyNot("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"), HasSubstr("(.xls)"));
  EXPECT_THAT(WhyNot("%PDF-1.7\n"), HasSubstr("PDF"));
  EXPECT_THAT(WhyNot("<html><table><tr><td>Ana"), HasSubstr("web page"));
  EXPECT_THAT(WhyNot("\xEF\xBB\xBF <?xml version='1.0'?>"), HasSubstr("XML"));
  EXPECT_THAT(WhyNot("{\"students\":{}}"), HasSubstr("tamtap journal import"));
  EXPECT_THAT(WhyNot("[{\"nfc_id\":\"04A2B3C4\"}]"), HasSubstr("JSON"));
  EXPECT_THAT(WhyNot("{\\rtf1\\ansi"), HasSubstr("RTF"));
  EXPECT_THAT(WhyNot("\x1F\x8B\x08"), HasSubstr("unpack"));
  EXPECT_THAT(WhyNot("\xFF\xD8\xFF\xE0"), HasSubstr("picture"));
  EXPECT_THAT(WhyNot(std::string_view("SQLite format 3\0", 16)), HasSubstr("SQLite"));
  EXPECT_THAT(WhyNot(std::string_view("a,b\0c", 5)), HasSubstr("no text"));
  EXPECT_THAT(WhyNot("\xFF\xFE"
                     "a"),
              HasSubstr("UTF-16"));
}

TEST(TableTest, AFileThatNoSchoolHasIsRefusedBeforeItCostsMemory) {
  EXPECT_THAT(WhyNot(std::string(kMostFileBytes + 1, 'a')), HasSubstr("32 MB"));
  EXPECT_THAT(WhyNot(std::string(kMostColumns, ',') + "a"), HasSubstr("256 columns"));
  std::string rows;
  for (size_t i = 0; i <= kMostRows; ++i) rows += "a\n";
  EXPECT_THAT(WhyNot(rows), HasSubstr("100000 rows"));
  const std::string wide = std::string(kMostColumns - 1, ',') + "a\n";
  std::string cells;
  for (size_t i = 0; i <= kMostCells / kMostColumns; ++i) cells += wide;
  EXPECT_THAT(WhyNot(cells), HasSubstr("1000000 cells"));
  EXPECT_EQ(CellsOf(std::string(kMostColumns - 1, ',') + "a").size(), 1u);
}

TEST(TableTest, AnEmptyFileIsAnEmptyTable) {
  for (const char* bytes : {"", "\n", " \r\n \r\n", "\xEF\xBB\xBF", ",,,\n"}) {
    EXPECT_THAT(CellsOf(bytes), IsEmpty());
  }
}

}  // namespace
}  // namespace tamtap
