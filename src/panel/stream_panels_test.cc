#include "panel/stream_panels.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>
#include <thread>
#include <vector>

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class StreamPanelsTest : public ::testing::Test {
 protected:
  PanelOutput Output() {
    return [this](std::string_view text) { written_.emplace_back(text); };
  }
  PanelOutputs Outputs() { return {Output(), Output()}; }
  static Ack Accepted() {
    return Ack{"gate-1.00112233445566ff.7", "176B3325",     "Ana \"Peña\" Reyes",
               Verdict::kAccepted,          Refusal::kNone, "2026-11-23T07:00:01.123+08:00"};
  }
  static Ack Unknown() {
    return Ack{"",
               "04A2B3C4D5E680",
               "",
               Verdict::kRefused,
               Refusal::kUnknownCard,
               "2026-11-23T07:00:02.000+08:00"};
  }

  std::vector<std::string> written_;
};

TEST_F(StreamPanelsTest, JsonLinesAreThoseOfTheContract) {
  const auto panel = MakeJsonPanel(Output());
  panel->ShowState(GateState::kIdle, {}, "");
  panel->ShowState(GateState::kCameraActive, "176B3325", "Ana");
  panel->ShowAck(Accepted());
  panel->ShowAck(Unknown());
  Ack duplicate = Accepted();
  duplicate.verdict = Verdict::kDuplicate;
  panel->ShowAck(duplicate);
  EXPECT_THAT(
      written_,
      ElementsAre("{\"event\":\"state\",\"state\":\"IDLE\",\"card\":\"\"}\n",
                  "{\"event\":\"state\",\"state\":\"CAMERA_ACTIVE\",\"card\":\"176B3325\"}\n",
                  "{\"event\":\"ack\",\"tap\":\"gate-1.00112233445566ff.7\",\"card\":\"176B3325\","
                  "\"name\":\"Ana \\\"Peña\\\" Reyes\",\"verdict\":\"accepted\",\"reason\":null,"
                  "\"at\":\"2026-11-23T07:00:01.123+08:00\"}\n",
                  "{\"event\":\"ack\",\"tap\":null,\"card\":\"04A2B3C4D5E680\",\"name\":null,"
                  "\"verdict\":\"refused\",\"reason\":\"UNKNOWN_CARD\","
                  "\"at\":\"2026-11-23T07:00:02.000+08:00\"}\n",
                  "{\"event\":\"ack\",\"tap\":null,\"card\":\"176B3325\","
                  "\"name\":\"Ana \\\"Peña\\\" Reyes\",\"verdict\":\"duplicate\",\"reason\":null,"
                  "\"at\":\"2026-11-23T07:00:01.123+08:00\"}\n"));
}

TEST_F(StreamPanelsTest, AHostileNameIsStillOneJsonLine) {
  const auto panel = MakeJsonPanel(Output());
  Ack ack = Accepted();
  ack.name = "a\n\"}\x1b\xFF\x01";
  panel->ShowAck(ack);
  ASSERT_EQ(written_.size(), 1U);
  EXPECT_EQ(std::count(written_[0].begin(), written_[0].end(), '\n'), 1);
  const auto parsed = boost::json::parse(written_[0]).as_object();
  EXPECT_EQ(parsed.at("name").as_string(), "a\n\"}\x1b\xEF\xBF\xBD\x01");
}

TEST_F(StreamPanelsTest, APlainScreenIsOneLineAnEvent) {
  const auto panel = MakePlainScreen("WAITING FOR/TAMARAW...", Output());
  panel->ShowState(GateState::kIdle, {}, "");
  panel->ShowState(GateState::kCardDetected, "176B3325", "");
  panel->ShowAck(Accepted());
  panel->ShowState(GateState::kSuccess, "176B3325", "Ana");
  panel->ShowAck(Unknown());
  panel->ShowState(GateState::kFail, "04A2B3C4D5E680", "");
  EXPECT_THAT(written_, ElementsAre("IDLE: WAITING FOR TAMARAW...\n",
                                    "CARD_DETECTED 176B3325: CHECKING CARD PLEASE WAIT...\n",
                                    "SUCCESS 176B3325: WELCOME ANA \"PENA\" REYES\n",
                                    "07:00:01  accepted   Ana \"Peña\" Reyes (176B3325)\n",
                                    "FAIL 04A2B3C4D5E680: USER NOT FOUND REGISTER FIRST\n",
                                    "07:00:02  refused    04A2B3C4D5E680  UNKNOWN_CARD\n"));
}

TEST_F(StreamPanelsTest, ScreensShowNoControlCharacterOfAName) {
  for (const bool ansi : {false, true}) {
    const auto panel = ansi ? MakeAnsiScreen("A/B", Outputs()) : MakePlainScreen("A/B", Output());
    Ack ack = Accepted();
    ack.name = "x\x1b[31mred\ny";
    panel->ShowAck(ack);
    EXPECT_THAT(written_.back(), HasSubstr("x\\u001b[31mred\\u000ay"));
    panel->ShowState(GateState::kCameraActive, ack.card, "\x1b[31m");
    EXPECT_THAT(written_.back(), Not(HasSubstr("\x1b[31m")));
  }
}

TEST_F(StreamPanelsTest, AnAnsiScreenShowsTheSignAndTheLastTapsNewestFirst) {
  const auto panel = MakeAnsiScreen("WAITING FOR/TAMARAW...", Outputs());
  panel->ShowState(GateState::kIdle, {}, "");
  ASSERT_EQ(written_.size(), 1U);
  EXPECT_THAT(written_.back(), HasSubstr("WAITING FOR      "));
  panel->ShowAck(Accepted());
  EXPECT_THAT(written_.back(), HasSubstr("WELCOME"));
  EXPECT_THAT(written_.back(), HasSubstr("ANA \"PENA\" REYES"));
  panel->ShowState(GateState::kSuccess, Accepted().card, "Ana");
  panel->ShowState(GateState::kIdle, {}, "");
  EXPECT_THAT(written_.back(), HasSubstr("WELCOME")) << "left up for the person to read";
  panel->ShowAck(Unknown());
  EXPECT_LT(written_.back().find("04A2B3C4D5E680"), written_.back().find("176B3325"));
  for (int i = 0; i < 20; ++i) panel->ShowAck(Unknown());
  EXPECT_THAT(written_.back(), Not(HasSubstr("176B3325")));
  const auto lines = std::count(written_.back().begin(), written_.back().end(), '\n');
  panel->ShowAck(Accepted());
  EXPECT_EQ(std::count(written_.back().begin(), written_.back().end(), '\n'), lines);
}

TEST_F(StreamPanelsTest, ANoticeStandsInTheIdleSignsSecondLineUntilItIsOver) {
  const auto plain = MakePlainScreen("WAITING FOR/TAMARAW...", Output());
  plain->ShowNotice("12 UNSENT 3 H");
  EXPECT_TRUE(written_.empty());
  plain->ShowState(GateState::kIdle, {}, "");
  plain->ShowNotice("");
  plain->ShowState(GateState::kIdle, {}, "");
  EXPECT_THAT(written_,
              ElementsAre("IDLE: WAITING FOR 12 UNSENT 3 H\n", "IDLE: WAITING FOR TAMARAW...\n"));
}

TEST_F(StreamPanelsTest, AnAnsiScreenShowsANoticeAtOnceWhileIdleAndNeverOverATap) {
  const auto panel = MakeAnsiScreen("WAITING FOR/TAMARAW...", Outputs());
  panel->ShowState(GateState::kIdle, {}, "");
  panel->ShowNotice("12 UNSENT 3 H");
  EXPECT_THAT(written_.back(), HasSubstr("12 UNSENT 3 H"));
  panel->ShowState(GateState::kCardDetected, {}, "");
  const size_t drawn = written_.size();
  panel->ShowNotice("13 UNSENT 3 H");
  EXPECT_EQ(written_.size(), drawn);
  EXPECT_THAT(written_.back(), HasSubstr("CHECKING CARD"));
}

TEST_F(StreamPanelsTest, LinesOfSeveralThreadsStayWhole) {
  size_t longest = 0;
  int inside = 0;  // guarded by the panel's own promise: one call at a time
  const auto panel = MakeJsonPanel([&](std::string_view text) {
    EXPECT_EQ(++inside, 1);
    longest = std::max(longest, text.size());
    --inside;
  });
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) panel->ShowAck(Accepted());
      });
    }
  }
  EXPECT_GT(longest, 100U);
}

TEST_F(StreamPanelsTest, MakePanelMakesThoseThatExistAndNamesThemOtherwise) {
  EXPECT_TRUE(MakePanel("json", "A/B", Outputs()));
  EXPECT_TRUE(MakePanel("screen", "A/B", Outputs()));
  for (const char* spec : {"", "JSON", "json:x", "gpio", "led"}) {
    const auto panel = MakePanel(spec, "A/B", Outputs());
    ASSERT_FALSE(panel) << spec;
    EXPECT_EQ(panel.error().code, ErrorCode::kMisconfigured);
    EXPECT_THAT(panel.error().Message(), HasSubstr("screen, json, lcd:"));
  }
}

TEST_F(StreamPanelsTest, CombinedPanelsShowEverythingInOrder) {
  std::vector<std::unique_ptr<Panel>> panels;
  panels.push_back(MakePlainScreen("A/B", Output()));
  panels.push_back(MakeJsonPanel(Output()));
  const auto both = CombinePanels(std::move(panels));
  both->ShowState(GateState::kIdle, {}, "");
  both->ShowAck(Unknown());
  ASSERT_EQ(written_.size(), 5U);
  EXPECT_THAT(written_[0], HasSubstr("IDLE: A B"));
  EXPECT_THAT(written_[1], HasSubstr("\"state\":\"IDLE\""));
  EXPECT_THAT(written_[2], HasSubstr("USER NOT FOUND"));
  EXPECT_THAT(written_[4], HasSubstr("\"ack\""));
  CombinePanels({})->ShowAck(Unknown());  // nobody looks: nothing happens
}

}  // namespace
}  // namespace tamtap
