#include "journal/ledger.h"

#include <gmock/gmock.h>

#include "base/random.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::string_view kPerson = "A0000001";

TapSummary Tap(uint64_t sequence, std::string_view day = "2026-11-23", bool vouched = true) {
  return {sequence, "boot-1", day, kPerson, 0, vouched};
}

OutcomeLine Outcome(TapOutcome outcome, uint64_t first, uint64_t last = 0) {
  return {first, last == 0 ? first : last, outcome,
          outcome == TapOutcome::kQuarantined ? "no" : ""};
}

class LedgerTest : public ::testing::Test {
 protected:
  void Taps(uint64_t count) {
    for (uint64_t n = 1; n <= count; ++n) ledger_.Apply(Tap(n));
  }
  void Say(TapOutcome outcome, uint64_t first, uint64_t last = 0) {
    ledger_.Apply(Outcome(outcome, first, last));
  }
  Ledger ledger_;
};

TEST_F(LedgerTest, ATapIsPendingUntilItIsConfirmed) {
  Taps(3);
  EXPECT_EQ(ledger_.pending().size(), 3u);
  Say(TapOutcome::kConfirmed, 1, 2);
  EXPECT_EQ(ledger_.StateOf(1), TapState::kConfirmed);
  EXPECT_EQ(ledger_.StateOf(3), TapState::kPending);
  EXPECT_EQ(ledger_.StateOf(4), TapState::kUnknown);
  EXPECT_EQ(ledger_.confirmed(), 2u);
}

TEST_F(LedgerTest, OnlyAPendingTapIsQuarantinedAndItKeepsTheFirstReason) {
  Taps(2);
  Say(TapOutcome::kConfirmed, 1);
  Say(TapOutcome::kQuarantined, 1);
  ledger_.Apply(OutcomeLine{2, 2, TapOutcome::kQuarantined, "first"});
  ledger_.Apply(OutcomeLine{2, 2, TapOutcome::kQuarantined, "second"});
  EXPECT_EQ(ledger_.StateOf(1), TapState::kConfirmed);
  EXPECT_EQ(ledger_.quarantined().at(2), "first");
  Say(TapOutcome::kRequeued, 1, 2);
  EXPECT_EQ(ledger_.StateOf(1), TapState::kConfirmed);
  EXPECT_EQ(ledger_.StateOf(2), TapState::kPending);
}

TEST_F(LedgerTest, AVoidTapWasNeverThereAlsoIfItsLineComesAgain) {
  Taps(1);
  ledger_.Apply(Tap(2));
  Say(TapOutcome::kVoid, 2);
  ledger_.Apply(Tap(2));
  EXPECT_EQ(ledger_.records(), 1u);
  EXPECT_EQ(ledger_.StateOf(2), TapState::kVoid);
  const auto known = ledger_.duplicates().Find("2026-11-23", kPerson);
  EXPECT_EQ(known, (KnownTaps{{1, 0}, {1, 0}})) << "the other tap of the same person stays";
  Say(TapOutcome::kVoid, 1);
  EXPECT_EQ(ledger_.duplicates().Find("2026-11-23", kPerson), std::nullopt);
}

TEST_F(LedgerTest, ATapThatTheStoreLacksIsPendingAgainAndNoOtherTapIs) {
  Taps(4);
  Say(TapOutcome::kConfirmed, 1, 2);
  Say(TapOutcome::kQuarantined, 3);
  Say(TapOutcome::kLacking, 1, 4);
  EXPECT_THAT(ledger_.pending().ranges(), ElementsAre(SequenceRange{1, 2}, SequenceRange{4, 4}));
  EXPECT_EQ(ledger_.StateOf(3), TapState::kQuarantined);
}

TEST_F(LedgerTest, AConfirmedTapIsUncheckedUntilTheStoreWasAskedAgain) {
  Taps(5);
  Say(TapOutcome::kConfirmed, 1, 3);
  EXPECT_EQ(ledger_.unchecked().size(), 3u);
  EXPECT_EQ(ledger_.last_checked(), 0u);
  Say(TapOutcome::kChecked, 1, 3);
  EXPECT_TRUE(ledger_.unchecked().empty());
  EXPECT_EQ(ledger_.last_checked(), 3u);
  Say(TapOutcome::kConfirmed, 5);
  Say(TapOutcome::kConfirmed, 1, 3);  // they were confirmed before
  EXPECT_THAT(ledger_.unchecked().ranges(), ElementsAre(SequenceRange{5, 5}));
  EXPECT_EQ(ledger_.last_checked(), 3u);
  Say(TapOutcome::kUnchecked, 1, 5);
  EXPECT_THAT(ledger_.unchecked().ranges(), ElementsAre(SequenceRange{1, 3}, SequenceRange{5, 5}));
}

TEST_F(LedgerTest, TheTapConfirmedLastIsKnownAsCheckedThoughAnotherStaysUnchecked) {
  Taps(3);
  Say(TapOutcome::kConfirmed, 1, 3);
  Say(TapOutcome::kChecked, 1);
  EXPECT_EQ(ledger_.last_checked(), 0u);
  Say(TapOutcome::kChecked, 3);
  EXPECT_EQ(ledger_.last_checked(), 3u);
}

TEST_F(LedgerTest, ACheckpointThatIsAheadOfItsLinesKeepsTheTapThatWasConfirmedLast) {
  Taps(4);
  Say(TapOutcome::kConfirmed, 1, 2);
  Say(TapOutcome::kChecked, 1, 2);
  Say(TapOutcome::kConfirmed, 4);
  Say(TapOutcome::kConfirmed, 3);
  Say(TapOutcome::kChecked, 3, 4);
  const Checkpoint checkpoint = ledger_.ToCheckpoint("journal", 1, 1);
  // All lines are applied once more.
  ledger_ = Ledger(checkpoint);
  Say(TapOutcome::kConfirmed, 1, 2);
  Say(TapOutcome::kChecked, 1, 2);
  Say(TapOutcome::kConfirmed, 4);
  Say(TapOutcome::kConfirmed, 3);
  Say(TapOutcome::kChecked, 3, 4);
  ledger_.EndReplay();
  EXPECT_EQ(ledger_.last_checked(), 3u);
  EXPECT_TRUE(ledger_.unchecked().empty());
  // The power took the last of them: the store is asked about that tap.
  ledger_ = Ledger(checkpoint);
  Say(TapOutcome::kConfirmed, 1, 2);
  Say(TapOutcome::kChecked, 1, 2);
  ledger_.EndReplay();
  EXPECT_THAT(ledger_.unchecked().ranges(), ElementsAre(SequenceRange{3, 3}));
}

TEST_F(LedgerTest, WhatTheStoreHadAlreadyIsAskedAboutUntilItHasTakenAnother) {
  Taps(4);
  Say(TapOutcome::kConfirmed, 2);
  Say(TapOutcome::kFoundThere, 1);
  Say(TapOutcome::kChecked, 1, 2);
  EXPECT_TRUE(ledger_.unchecked().empty());
  EXPECT_THAT(ledger_.Witnesses().ranges(), ElementsAre(SequenceRange{1, 2}));
  ledger_ = Ledger(ledger_.ToCheckpoint("journal", 1, 1));
  EXPECT_THAT(ledger_.Witnesses().ranges(), ElementsAre(SequenceRange{1, 2}));
  ledger_.EndReplay();
  Say(TapOutcome::kConfirmed, 3);
  EXPECT_THAT(ledger_.Witnesses().ranges(), ElementsAre(SequenceRange{1, 2}))
      << "the store may have gone back before it took that one";
  Say(TapOutcome::kChecked, 1, 3);
  EXPECT_THAT(ledger_.Witnesses().ranges(), ElementsAre(SequenceRange{3, 3}));
}

TEST_F(LedgerTest, WhereTheLineOfTheLastOneIsGoneThoseBeforeItAreAskedAbout) {
  Taps(kWitnessesKept + 10);
  Say(TapOutcome::kConfirmed, 1, kWitnessesKept + 10);
  Say(TapOutcome::kChecked, 1, kWitnessesKept + 10);
  EXPECT_THAT(ledger_.Witnesses().size(), 1u);
  Say(TapOutcome::kLost, kWitnessesKept + 10);
  EXPECT_THAT(ledger_.Witnesses().ranges(), ElementsAre(SequenceRange{10, kWitnessesKept + 9}));
  EXPECT_TRUE(ledger_.lost().empty()) << "the store has it";
}

TEST_F(LedgerTest, ALostTapIsPendingAgainWhenItsLineWasFound) {
  Taps(2);
  Say(TapOutcome::kLost, 1, 2);
  EXPECT_EQ(ledger_.lost().size(), 2u);
  EXPECT_TRUE(ledger_.pending().empty());
  Say(TapOutcome::kRequeued, 1);
  EXPECT_EQ(ledger_.StateOf(1), TapState::kPending);
  EXPECT_EQ(ledger_.StateOf(2), TapState::kLost);
}

TEST_F(LedgerTest, OnlyAVouchedDayIsTheLastOne) {
  EXPECT_EQ(ledger_.last_vouched_day(), kFirstPossibleDay);
  ledger_.Apply(Tap(1, "2026-11-23"));
  ledger_.Apply(Tap(2, "2038-01-19", /*vouched=*/false));
  EXPECT_EQ(ledger_.last_vouched_day(), "2026-11-23");
}

TEST_F(LedgerTest, NumbersThatNothingWasSaidOfAreMissing) {
  Taps(2);
  ledger_.Apply(StartLine{"gate-1", "g", "f", 5, "boot-1", 0});
  EXPECT_EQ(ledger_.last_sequence(), 5u);
  EXPECT_THAT(ledger_.Missing().ranges(), ElementsAre(SequenceRange{3, 5}));
  // A line of one of them that turns up, on a mirror say, is a tap like any other.
  ledger_.Apply(Tap(4));
  EXPECT_EQ(ledger_.StateOf(4), TapState::kPending);
}

TEST_F(LedgerTest, ACheckpointKnowsWhichNumbersAreMissing) {
  for (const uint64_t n : {1u, 2u, 5u, 6u}) ledger_.Apply(Tap(n));
  Say(TapOutcome::kConfirmed, 1, 2);
  Ledger again(ledger_.ToCheckpoint("0123456789abcdef", 1, 2));
  EXPECT_THAT(again.Missing().ranges(), ElementsAre(SequenceRange{3, 4}));
  EXPECT_EQ(again.StateOf(3), TapState::kUnknown);
  // The line of one of them comes back from the mirror: it is still to be sent.
  again.Apply(Tap(3));
  EXPECT_EQ(again.StateOf(3), TapState::kPending);
  EXPECT_EQ(again.records(), 5u);
}

// Random lines of a journal, each of which fits when it is written, as the journal writes them.
class RandomLines {
 public:
  explicit RandomLines(uint64_t seed) : random_(seed) {}

  Line Next() {
    const uint64_t last = ledger_.last_sequence();
    const uint64_t which = last == 0 ? 1 : 1 + random_.Below(last);
    Line line = Tap(last + 1);
    switch (ledger_.StateOf(which)) {
      case TapState::kPending:
        if (random_.Below(3) == 0) break;
        line = Outcome(Any({TapOutcome::kConfirmed, TapOutcome::kConfirmed,
                            TapOutcome::kQuarantined, TapOutcome::kLost}),
                       which);
        break;
      case TapState::kConfirmed:
        line = Outcome(Any({TapOutcome::kLacking, TapOutcome::kUnchecked, TapOutcome::kChecked}),
                       which);
        break;
      case TapState::kQuarantined:
      case TapState::kLost:
        line = Outcome(Any({TapOutcome::kRequeued, TapOutcome::kConfirmed}), which);
        break;
      case TapState::kUnknown:
      case TapState::kVoid:
        break;
    }
    ledger_.Apply(line);
    return line;
  }

 private:
  TapOutcome Any(std::initializer_list<TapOutcome> outcomes) {
    return std::data(outcomes)[random_.Below(outcomes.size())];
  }
  SeededRandom random_;
  Ledger ledger_;
};

std::string TextOf(const Ledger& ledger) {
  std::string text;
  AppendRetiredLine({1, 0, ledger.ToCheckpoint("j", 1, 1)}, text);
  return text;
}

// The two rules of ledger.h, which make recovery what live was.
TEST(RandomLedgersTest, ALineAppliedTwiceSaysTheSameAsOnce) {
  for (uint64_t seed = 1; seed <= 2'000; ++seed) {
    RandomLines lines(seed);
    Ledger once;
    Ledger twice;
    for (int i = 0; i < 40; ++i) {
      const Line line = lines.Next();
      once.Apply(line);
      twice.Apply(line);
      twice.Apply(line);
    }
    ASSERT_EQ(TextOf(once), TextOf(twice)) << seed;
  }
}

TEST(RandomLedgersTest, WhatWasInACheckpointAlreadyChangesNothingWhenItIsAppliedAgain) {
  for (uint64_t seed = 1; seed <= 2'000; ++seed) {
    RandomLines drawn(seed);
    std::vector<Line> lines;
    for (int i = 0; i < 40; ++i) lines.push_back(drawn.Next());
    Ledger all;
    for (const Line& line : lines) all.Apply(line);
    SeededRandom random(seed);
    // A checkpoint of the first `in_it`; a start replays from some line before on.
    const size_t in_it = random.Below(lines.size() + 1);
    const size_t from = random.Below(in_it + 1);
    Ledger until;
    for (size_t i = 0; i < in_it; ++i) until.Apply(lines[i]);
    Ledger recovered(until.ToCheckpoint("j", 1, 1));
    for (size_t i = from; i < lines.size(); ++i) recovered.Apply(lines[i]);
    ASSERT_EQ(recovered.pending().ranges(), all.pending().ranges()) << seed;
    ASSERT_EQ(recovered.quarantined(), all.quarantined()) << seed;
    ASSERT_EQ(recovered.lost().ranges(), all.lost().ranges()) << seed;
    ASSERT_EQ(recovered.records(), all.records()) << seed;
    // What is asked about once too often does no harm; what is never asked about would.
    for (const SequenceRange& range : all.unchecked().ranges()) {
      ASSERT_EQ(recovered.unchecked().CountIn(range), range.last - range.first + 1) << seed;
    }
  }
}

TEST(RandomLedgersTest, ACheckpointIsReadBackAsItWasWritten) {
  for (uint64_t seed = 1; seed <= 200; ++seed) {
    RandomLines lines(seed);
    Ledger ledger;
    ledger.Apply(StoreLine{{"store-1", "epoch-1"}});
    ledger.Apply(ClockLine{"boot-0", 17, true});
    for (int i = 0; i < 40; ++i) ledger.Apply(lines.Next());
    const std::string text = TextOf(ledger);
    const auto line = CheckLine(std::string_view(text).substr(0, text.size() - 1));
    ASSERT_TRUE(line);
    const auto retired = ParseRetiredLine(line->text);
    ASSERT_TRUE(retired) << retired.error().Message();
    ASSERT_EQ(TextOf(Ledger(retired->checkpoint)), text);
  }
}

}  // namespace
}  // namespace tamtap::journal
