#include "reader/demo_reader.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <set>

#include "base/test_directory.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

std::vector<CardId> SomeCards(unsigned count) {
  std::vector<CardId> cards;
  for (unsigned i = 0; i < count; ++i) {
    const std::array<unsigned char, 4> uid{1, 2, 3, static_cast<unsigned char>(i)};
    cards.push_back(*CardId::FromUid(uid));
  }
  return cards;
}

TEST(DemoCrowdTest, TheCrowdIsHuman) {
  const std::vector<CardId> cards = SomeCards(40);
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SeededRandom random(seed);
    DemoCrowd crowd(cards, random);
    milliseconds total{0};
    int quick = 0;
    int strangers = 0;
    int repeated = 0;
    std::string last;
    for (int i = 0; i < 1000; ++i) {
      const DemoCrowd::Arrival arrival = crowd.Next();
      EXPECT_LT(arrival.gap, milliseconds(i == 0 ? 1000 : 3001));
      EXPECT_GE(arrival.gap, milliseconds(250));
      total += arrival.gap;
      quick += arrival.gap <= milliseconds(700) ? 1 : 0;
      repeated += arrival.card.text() == last ? 1 : 0;
      last = arrival.card.text();
      strangers += std::find(cards.begin(), cards.end(), arrival.card) == cards.end() ? 1 : 0;
    }
    EXPECT_GT(total, milliseconds(1'000'000)) << "one every second or more, seed " << seed;
    EXPECT_LT(total, milliseconds(2'500'000));
    EXPECT_GT(quick, 50);
    EXPECT_GT(strangers, 5);
    EXPECT_LT(strangers, 100);
    EXPECT_GT(repeated, 20);
    EXPECT_LT(repeated, 200);
  }
}

TEST(DemoCrowdTest, EverybodyComesOnceBeforeAnybodyIsDueAgain) {
  SeededRandom random(7);
  DemoCrowd crowd(SomeCards(30), random);
  std::set<std::string> seen;
  std::string last;
  int again = 0;
  while (seen.size() < 30 && again < 100) {
    const std::string card = crowd.Next().card.text();
    if (!card.starts_with("010203") || card == last) continue;  // a stranger, or once more
    again += seen.insert(card).second ? 0 : 1;
    last = card;
  }
  // Only a repeat after a stranger looks like coming again.
  EXPECT_LE(again, 2);
}

TEST(DemoCrowdTest, OneCardIsCrowdEnough) {
  SeededRandom random(1);
  DemoCrowd crowd(SomeCards(1), random);
  for (int i = 0; i < 100; ++i) EXPECT_FALSE(crowd.Next().card.empty());
}

class DemoReaderTest : public ::testing::Test {
 protected:
  std::string Write(std::string_view text) {
    const std::string path = directory_ / "cards";
    std::ofstream(path) << text;
    return path;
  }
  const TestDirectory directory_;
  sim::FakeClock clock_{WallTime()};
  SeededRandom random_{3};
};

TEST_F(DemoReaderTest, TheCrowdGoesOnWhenNobodyTypes) {
  const int nothing = open("/dev/null", O_RDONLY | O_CLOEXEC);
  auto reader = MakeDemoReader(Write("# class 7\n176B3325\n\n04A2B3C4D5E680 # Ana\n"), nothing,
                               clock_, random_);
  ASSERT_TRUE(reader) << reader.error().Message();
  const MonotonicTime start = clock_.MonotonicNow();
  std::set<std::string> seen;
  for (int i = 0; i < 50; ++i) {
    const auto card = (*reader)->Next({});
    ASSERT_TRUE(card);
    seen.insert(card->text);
  }
  EXPECT_TRUE(seen.contains("176B3325"));
  EXPECT_TRUE(seen.contains("04A2B3C4D5E680"));
  EXPECT_GT(clock_.MonotonicNow() - start, std::chrono::seconds(25));
  close(nothing);
}

TEST_F(DemoReaderTest, TypedLinesComeAtOnceAndWhatIsNoCardToo) {
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe2(ends.data(), O_CLOEXEC), 0);
  const std::string typed = "01020304\nwhat\n";
  ASSERT_EQ(write(ends[1], typed.data(), typed.size()), static_cast<ssize_t>(typed.size()));
  auto reader = MakeDemoReader(Write("176B3325\n"), ends[0], clock_, random_);
  ASSERT_TRUE(reader);
  EXPECT_EQ((*reader)->Next({})->text, "01020304");
  EXPECT_TRUE((*reader)->Next({})->readings.none());
  EXPECT_EQ(clock_.MonotonicNow(), MonotonicTime(std::chrono::seconds(100))) << "nobody waited";
  close(ends[1]);
  EXPECT_TRUE((*reader)->Next({})) << "the crowd goes on";

  std::stop_source stop;
  stop.request_stop();
  EXPECT_EQ((*reader)->Next(stop.get_token()).error().code, ErrorCode::kClosed);
  close(ends[0]);
}

TEST_F(DemoReaderTest, AFileWithoutCardsIsAMisconfiguration) {
  for (const char* text : {"", "# nobody\n\n", "176B3325\nAna\n"}) {
    const auto reader = MakeDemoReader(Write(text), -1, clock_, random_);
    ASSERT_FALSE(reader) << text;
    EXPECT_EQ(reader.error().code, ErrorCode::kMisconfigured);
  }
  EXPECT_THAT(MakeDemoReader(Write("176B3325\nAna\n"), -1, clock_, random_).error().Message(),
              HasSubstr("line 2"));
  EXPECT_EQ(MakeDemoReader(directory_ / "none", -1, clock_, random_).error().code,
            ErrorCode::kMisconfigured);
}

}  // namespace
}  // namespace tamtap
