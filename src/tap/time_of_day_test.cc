#include "tap/time_of_day.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tamtap {
namespace {

using ::testing::HasSubstr;

TEST(TimeOfDayTest, SevenInTheMorningIsWrittenInManyWays) {
  for (const char* text : {"07:00",
                           "7:00",
                           "07:00:00",
                           "7:00:00",
                           "700",
                           "0700",
                           "0700H",
                           "700h",
                           "07:00 hrs",
                           "7:00 AM",
                           "7:00\u202F"
                           "AM",
                           "7:00\u00A0"
                           "am",
                           "7:00:00 AM",
                           "7:00 a.m.",
                           "7:00 A.M.",
                           "7:00 a.m",
                           "07:00AM",
                           "7 AM",
                           "7am",
                           "700 AM",
                           "0.291666667",
                           "0.2916666666666667",
                           "0.291666666666667",
                           ".291666667",
                           "0,291666667",
                           " 7:00 ",
                           "\uFF17:\uFF10\uFF10"}) {
    EXPECT_EQ(TimeFrom(text), 7 * 60) << text;
  }
}

TEST(TimeOfDayTest, OtherTimesOfDayAreRead) {
  const std::pair<const char*, int> times[] = {
      {"12:00 AM", 0},         {"12:30 a.m.", 30},   {"12:00 PM", 720},   {"12:59 PM", 779},
      {"1:05 PM", 785},        {"11:59 p.m.", 1439}, {"00:00", 0},        {"0000", 0},
      {"24:00", 1440},         {"24:00:00", 1440},   {"2400", 1440},      {"23:59", 1439},
      {"12:00 NN", 720},       {"12NN", 720},        {"12 noon", 720},    {"12:00 MN", 0},
      {"12 midnight", 0},      {"1630", 990},        {"0.5", 720},        {"0.708333333", 1020},
      {"0.99930555556", 1439}, {"0.0", 0},           {"4:30:00 PM", 990}, {"5 pm", 1020}};
  for (const auto& [text, minutes] : times) EXPECT_EQ(TimeFrom(text), minutes) << text;
}

TEST(TimeOfDayTest, WhatIsNoTimeIsNone) {
  for (const char* text :
       {"",        "noon", "25:00",      "24:01",    "7:60",     "13:00 PM", "0:30 AM",   "7",
        "70",      "7.30", "7:00:30",    "7:0",      "07:000",   "-7:00",    "7:00 XM",   "1.5",
        "0.2917x", "0.29", "46352.25",   "11:00 NN", "12:30 MN", "07-00",    "7:00-8:00", "1e-1",
        "12345",   "AM",   "7:00 AM PM", "#N/A",     "Narra"}) {
    EXPECT_EQ(TimeFrom(text), std::nullopt) << text;
  }
}

ClassHours Hours(const char* start, const char* end) {
  const auto hours = HoursFrom(start, end);
  if (!hours || !*hours) {
    ADD_FAILURE() << start << " " << end;
    return {0, 0};
  }
  return **hours;
}

std::string WhyNoTime(const char* start, const char* end) {
  const auto hours = HoursFrom(start, end);
  return hours ? "they were read" : hours.error().operation;
}

TEST(TimeOfDayTest, EveningClassesEndAtMidnightOrOnTheNextDay) {
  EXPECT_EQ(Hours("13:00", "24:00"), (ClassHours{13 * 60, 24 * 60}));
  EXPECT_EQ(Hours("18:00", "00:00"), (ClassHours{18 * 60, 24 * 60}));
  EXPECT_EQ(Hours("6:00 PM", "12:00 MN"), (ClassHours{18 * 60, 24 * 60}));
  EXPECT_EQ(Hours("22:00", "06:00"), (ClassHours{22 * 60, 30 * 60}));
  EXPECT_EQ(Hours("6:00 PM", "12:30 AM"), (ClassHours{18 * 60, 24 * 60 + 30}));
  EXPECT_EQ(Hours("00:00", "06:00"), (ClassHours{0, 6 * 60}));
  EXPECT_EQ(Hours("00:00", "24:00"), (ClassHours{0, 24 * 60}));
}

TEST(TimeOfDayTest, NoHoursAreNoClasses) {
  const std::pair<const char*, const char*> none[] = {
      {"", ""},     {"-", "-"},     {"\u2014", "\u2014"},       {"", "-"},
      {"None", ""}, {"N/A", "n/a"}, {"No class", "no classes"}, {"OFF", "off"}};
  for (const auto& [start, end] : none) {
    const auto hours = HoursFrom(start, end);
    ASSERT_TRUE(hours) << start;
    EXPECT_EQ(*hours, std::nullopt) << start;
  }
}

TEST(TimeOfDayTest, HoursThatNobodyMeantAreRefused) {
  EXPECT_THAT(WhyNoTime("7:00", "4:00"),
              HasSubstr("would last 21 hours; write an end in the afternoon"));
  EXPECT_THAT(WhyNoTime("13:00", "5:00"), HasSubstr("16 hours"));
  EXPECT_THAT(WhyNoTime("16:00", "07:00"), HasSubstr("15 hours"));
  EXPECT_THAT(WhyNoTime("07:00", "7:00 AM"), HasSubstr("start and end at 07:00"));
  EXPECT_THAT(WhyNoTime("07:00", ""), HasSubstr("never end"));
  EXPECT_THAT(WhyNoTime("", "16:00"), HasSubstr("never start"));
  EXPECT_THAT(WhyNoTime("24:00", "06:00"), HasSubstr("'24:00' is no time"));
  EXPECT_THAT(WhyNoTime("25:00", "26:00"), HasSubstr("'25:00' is no time; write 07:00"));
  EXPECT_THAT(WhyNoTime("13:00", "13:00 PM"), HasSubstr("'13:00 PM' is no time; write 17:00"));
}

}  // namespace
}  // namespace tamtap
