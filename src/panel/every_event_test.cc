#include "panel/every_event.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "panel/panel_trial.h"

namespace tamtap {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

constexpr const char* kAt = "2026-11-23T07:00:00.000+08:00";

TEST(EveryEventTest, HasEachVerdictEachRefusalAndEachSignOnce) {
  std::set<Refusal> refusals;
  std::set<Verdict> verdicts;
  std::set<std::string> signs;
  const auto events = EveryEvent(kAt);
  for (const PanelEvent& event : events) {
    if (event.is_ack) verdicts.insert(event.ack.verdict);
    if (event.is_ack) refusals.insert(event.ack.reason);
    signs.insert(Describe(event.SignOf("WAITING FOR/TAMARAW...")));
  }
  EXPECT_EQ(verdicts.size(), 3u);
  // All there are: a refusal behind the last one has no name.
  size_t known = 0;
  while (known == 0 || !ToString(static_cast<Refusal>(known)).empty()) {
    EXPECT_TRUE(refusals.contains(static_cast<Refusal>(known))) << known;
    if (static_cast<Refusal>(known++) == Refusal::kStorageFailed) break;
  }
  EXPECT_EQ(refusals.size(), known);
  EXPECT_EQ(signs.size(), events.size()) << "each text once";
  EXPECT_THAT(signs, Contains("WAITING FOR / TAMARAW..."));
  EXPECT_THAT(signs, Contains("WELCOME / ANA REYES, green, 2 beeps of 0.10 s"));
  EXPECT_THAT(signs, Contains("ALREADY LOGGED / ANA REYES, green, 1 beep of 0.30 s"));
  EXPECT_THAT(signs, Contains("USER NOT FOUND / REGISTER FIRST, red, 2 beeps of 0.20 s"));
}

TEST(PanelTrialTest, AScreenShowsEachPartThatIsSaid) {
  std::string shown;
  const auto add = [&shown](std::string_view text) { shown += text; };
  auto trial = MakePanelTrial("screen", "WAITING FOR/TAMARAW...", {add, add}, SystemClock());
  ASSERT_TRUE(trial) << trial.error().Message();
  for (size_t i = 0; i < (*trial)->parts().size(); ++i) ASSERT_TRUE((*trial)->Show(i, {}));
  EXPECT_THAT(shown, HasSubstr("WELCOME ANA REYES"));
  EXPECT_THAT(shown, HasSubstr("STORAGE FULL CALL STAFF"));
  EXPECT_THAT(shown, HasSubstr("SHUTDOWN TAMTAP"));
}

TEST(PanelTrialTest, WhatIsNotThereIsReturnedWithWhatToDo) {
  for (const auto& [spec, hint] : {std::pair("lcd:/dev/i2c-77,0x27", "switch I2C on"),
                                   std::pair("gpio:/dev/gpiochip77,green=17", "gpiodetect")}) {
    auto trial = MakePanelTrial(spec, "", {}, SystemClock());
    ASSERT_TRUE(trial) << trial.error().Message();
    const auto found = (*trial)->Find();
    ASSERT_FALSE(found);
    EXPECT_THAT(found.error().Message(), HasSubstr(hint));
    const auto shown = (*trial)->Show(0, {});
    ASSERT_FALSE(shown);
    EXPECT_THAT(shown.error().Message(), HasSubstr(hint));
  }
  EXPECT_FALSE(MakePanelTrial("lcd:/dev/i2c-1,27", "", {}, SystemClock()));
  EXPECT_FALSE(MakePanelTrial("paper", "", {}, SystemClock()));
}

}  // namespace
}  // namespace tamtap
