#include "base/csv_cell.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

constexpr const char* kBeginningsOfFormulas[] = {
    "=",      "+",      "-",      "@",  "\uFF1D", "\uFF0B",       "\uFF0D",  "\uFF20", "\uFE66",
    "\u207A", "\u2212", "\u207B", "\t", " =",     "\u3000\uFF1D", "\uFEFF=", "\u200B="};

TEST(CsvCellTest, CellsThatASpreadsheetWouldRunAreNeutralised) {
  EXPECT_EQ(CsvCell("Ana"), "Ana");
  EXPECT_EQ(CsvCell("=1+1"), "'=1+1");
  for (const std::string sign : kBeginningsOfFormulas) {
    EXPECT_EQ(CsvCell(sign + "1"), "'" + sign + "1");
  }
  EXPECT_EQ(CsvCell("a=1"), "a=1");
  EXPECT_EQ(CsvCell("A\x1b[2J\u009B"
                    "B"),
            "A\uFFFD[2J\uFFFD"
            "B");
  EXPECT_EQ(CsvCell("@x,\"y\""), "\"'@x,\"\"y\"\"\"");
}

TEST(CsvCellTest, WhatWasGuardedIsReadBackWithoutTheGuard) {
  for (const std::string text : {"-", "'-", "''=1", "Ana", "'Ana", "'", "", "O'Neill",
                                 "'s Gravesande", "\uFF0D", "\u2212"}) {
    EXPECT_EQ(WithoutGuard(CsvCell(text)), text) << text;
  }
  for (const std::string sign : kBeginningsOfFormulas) {
    EXPECT_EQ(WithoutGuard(CsvCell(sign + "1")), sign + "1");
  }
}

}  // namespace
}  // namespace tamtap
