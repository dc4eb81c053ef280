#include "sync/other_gates.h"

#include <gtest/gtest.h>

#include "journal/test_journal.h"
#include "sync/fake_store.h"
#include "tap/mark.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

using journal::ExampleCard;

constexpr int64_t kSecond = 1'000'000;
constexpr int64_t kHour = 3'600 * kSecond;
constexpr const char* kToday = "2026-11-23";

class OtherGatesTest : public journal::JournalTest {
 protected:
  void Pull() {
    const auto pulled = others_.PullIfDue();
    ASSERT_TRUE(pulled) << pulled.error().Message();
  }
  bool Knows(const std::string& day, uint64_t person) {
    return journal_->FindTaps(day, ExampleCard(person)).has_value();
  }

  std::unique_ptr<journal::Journal> journal_ = Open();
  FakeStore store_;
  RosterHolder roster_{School{}};
  const SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
  const SyncOptions options_;
  OtherGates others_{*journal_, store_, roster_, clock_, zone_, options_};
};

TEST_F(OtherGatesTest, WhoHasTappedAtAnotherGateTodayIsADuplicateHereAndAMarkTurnsNobodyAway) {
  store_.arrivals.push_back(ExampleRecord(7, ExampleCard(1), kExampleMorningUs, "gate-2"));
  Record mark = ExampleRecord(1, ExampleCard(2), kExampleMorningUs, std::string(kStaffTerminal));
  mark.status = Status::kAbsent;
  store_.arrivals.push_back(mark);
  Record by_hand = ExampleRecord(1, ExampleCard(3));
  by_hand.tap = TapId{};  // of an existing database
  by_hand.status = Status::kExcused;
  store_.arrivals.push_back(by_hand);
  Pull();
  EXPECT_TRUE(Knows(kToday, 1));
  EXPECT_FALSE(Knows(kToday, 2)) << "who was marked absent by hand, and comes, is recorded";
  EXPECT_FALSE(Knows(kToday, 3));
  Pull();
  EXPECT_EQ(store_.arrival_pulls, 1) << "not at every step";
  clock_.Advance(std::chrono::minutes(11));
  Pull();
  EXPECT_EQ(store_.arrival_pulls, 2);
}

TEST_F(OtherGatesTest, WhenSomebodyCameThereIsKnownSoThatTheyCanLeaveHere) {
  store_.arrivals = {ExampleRecord(7, ExampleCard(1), kExampleMorningUs - kHour, "gate-2")};
  Record past = ExampleRecord(1, ExampleCard(2));  // of an existing database: the wall's time only
  past.tap = TapId{};
  past.tapped_at_us = 0;
  past.date = "2026-11-23 05:30:00";
  store_.arrivals.push_back(past);
  Pull();
  EXPECT_EQ(journal_->FindTaps(kToday, ExampleCard(1))->first,
            (journal::KnownTap{journal::kOtherGate, kExampleMorningUs - kHour}));
  EXPECT_EQ(journal_->FindTaps(kToday, ExampleCard(2))->first.at_us,
            kExampleMorningUs - kHour - kHour / 2);
}

TEST_F(OtherGatesTest, UnderAnUnsureClockOnlyWhatCameSinceTheBootIsOfToday) {
  // It shows the day of yesterday's shutdown, and was booted a minute and a half ago.
  clock_.SetSynchronised(false);
  store_.arrivals = {
      ExampleRecord(7, ExampleCard(1), kExampleMorningUs - 200 * kSecond, "gate-2"),
      ExampleRecord(8, ExampleCard(2), kExampleMorningUs - 10 * kSecond, "gate-2"),
  };
  Pull();
  EXPECT_FALSE(Knows(kToday, 1)) << "it may be yesterday's";
  EXPECT_EQ(journal_->FindTaps(kToday, ExampleCard(2))->last.sequence, journal::kOtherGate);
  clock_.SetSynchronised(true);
  Pull();
  EXPECT_EQ(journal_->FindTaps(kToday, ExampleCard(1))->last.sequence, journal::kOtherGate);
}

TEST_F(OtherGatesTest, InTheNightWhoCameInTheEveningIsKnownToo) {
  store_.arrivals = {ExampleRecord(7, ExampleCard(1), kExampleMorningUs - 8 * kHour, "gate-2")};
  const std::string evening = store_.arrivals[0].day;
  ASSERT_EQ(evening, "2026-11-22");
  clock_.SetWall(clock_.Now() - std::chrono::hours(6));  // 01:00
  Pull();
  EXPECT_FALSE(Knows(evening, 1)) << "no classes run over midnight";
  Schedule nights;
  nights.section = "Narra";
  nights.week[6] = ClassHours{22 * 60, 30 * 60};
  roster_.Replace({{}, {nights}, {}});
  others_.MakeDue();
  Pull();
  EXPECT_TRUE(Knows(evening, 1));
}

class BoundCardsTest : public journal::JournalTest {
 protected:
  // The card of the one person, who is registered as `spelled`, once taps of theirs with these
  // cards were pulled.
  std::string CardAfter(std::string_view spelled, const std::vector<std::string>& cards) {
    School school;
    school.people.emplace_back();
    SpellCard(spelled, CardId(), school.people[0]);
    school.people[0].person = PersonKeyOf(spelled);
    RosterHolder roster(school);
    const SchoolZone zone(*TimeZone::Load("Asia/Manila"));
    const SyncOptions options;
    FakeStore store;
    for (const std::string& card : cards) {
      store.arrivals.push_back(ExampleRecord(7, card, kExampleMorningUs, "gate-2"));
      store.arrivals.back().person = PersonKeyOf(spelled);
    }
    OtherGates gates(*journal_, store, roster, clock_, zone, options);
    EXPECT_TRUE(gates.PullIfDue());
    return roster.Current()->school().people[0].card.text();
  }

  std::unique_ptr<journal::Journal> journal_ = Open();
};

TEST_F(BoundCardsTest, ACardThatCameFirstAtAnotherGateIsKnownHere) {
  EXPECT_EQ(CardAfter("584193394409", {"04A3C6CAE26180"}), "04A3C6CAE26180");
}

TEST_F(BoundCardsTest, WhatDoesNotBeginAsRegisteredIsNot) {
  EXPECT_EQ(CardAfter("584193394409", {"04A3C7CAE26180", "DEADBEEF"}), "");
  EXPECT_EQ(CardAfter("2710951593", {"04A3C6CAE26180"}), "");
  EXPECT_EQ(CardAfter("LRN-102938", {"04A3C6CAE26180"}), "");
}

}  // namespace
}  // namespace tamtap
