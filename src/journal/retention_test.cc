#include "journal/retention.h"

#include <gmock/gmock.h>

#include "base/gzip.h"
#include "journal/journal_reader.h"
#include "journal/test_journal.h"
#include "sim/fake_clock.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr uint32_t kKeptDays = 30;

// Confirmations are not flushed: a crash may tear one.
bool AnythingLost(const std::vector<Damage>& damage) {
  return std::any_of(damage.begin(), damage.end(),
                     [](const Damage& each) { return IsLoss(each.kind); });
}

class RetentionTest : public JournalTest {
 protected:
  RetentionTest() { segment_bytes_ = 4 << 10; }  // some six taps

  std::unique_ptr<Journal> OpenKeeping(uint32_t days, bool archive = true) {
    JournalOptions options = Options();
    options.retention = {days, archive};
    options.first_indexed_day = first_indexed_day_;
    auto journal = Journal::Open(options, disk_, clock_, random_);
    EXPECT_TRUE(journal) << journal.error().Message();
    return journal ? *std::move(journal) : nullptr;
  }

  // Taps of persons first..last, each segment sealed when it is full.
  void AppendSealed(Journal& journal, uint64_t first, uint64_t last) {
    for (uint64_t n = first; n <= last; ++n) {
      Append(journal, n, n);
      ASSERT_TRUE(journal.Maintain());
    }
  }

  static void ConfirmAllBut(Journal& journal, uint64_t last, uint64_t but = 0) {
    std::vector<uint64_t> sequences;
    for (uint64_t n = 1; n <= last; ++n) {
      if (n != but) sequences.push_back(n);
    }
    journal.Confirm(sequences);
    journal.Checked(sequences);  // and the store still has them
  }

  void LetTimePass() { clock_.Advance(std::chrono::days(kKeptDays + 3)); }

  std::vector<uint64_t> Segments() { return *ListSegments(disk_, kDirectory); }
  std::vector<std::string> Archive() {
    const std::string directory = kDirectory + "/archive";
    return *disk_.Exists(directory + "/00000001.jsonl.gz") ||
                   *disk_.Exists(directory + "/00000001.jsonl")
               ? *disk_.List(directory)
               : std::vector<std::string>{};
  }

  JournalState Verified() { return *ReadWholeJournal(disk_, clock_, kDirectory); }

  std::string first_indexed_day_ = "2026-12-25";  // long after the example's day
};

TEST_F(RetentionTest, OldConfirmedSegmentsAreArchivedAndNothingSeemsMissing) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  const std::string first = disk_.Content(PathOf(1));
  const uint64_t newest = Segments().back();

  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(Segments().front(), 1u) << "they are not old yet";
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());

  EXPECT_GE(Segments().front(), newest - 1) << "the segment in use and the prepared one stay";
  EXPECT_EQ(Archive().size(), Segments().front() - 1);
  EXPECT_EQ(Gunzip(disk_.Content(kDirectory + "/archive/00000001.jsonl.gz"), 1 << 20).value(),
            first);
  EXPECT_EQ(journal->Status().confirmed, 30u);

  const JournalState state = Verified();
  EXPECT_THAT(state.damage, IsEmpty());
  EXPECT_EQ(state.ledger.records(), 30u);
  EXPECT_EQ(state.ledger.confirmed(), 30u);
}

TEST_F(RetentionTest, APendingTapKeepsItsSegmentAndAllBehindIt) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30, /*but=*/9);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(PendingCards(*journal), Cards(9, 9));
  EXPECT_EQ(Segments().front(), 2u);
}

TEST_F(RetentionTest, ATapThatTheStoreWasNotAskedAboutSinceKeepsItsSegment) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  ASSERT_TRUE(journal->RecheckSince(""));
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(Segments().front(), 1u);
}

TEST_F(RetentionTest, ADayThatNobodyVouchedForKeepsNoSegment) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 8);
  Record future = ExampleRecord(1, ExampleCard(9));
  future.day = "2038-01-19";
  future.clock = ClockState::kUnsure;
  ASSERT_TRUE(journal->Append(future));
  AppendSealed(*journal, 10, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_GT(Segments().front(), 3u);
}

TEST_F(RetentionTest, AQuarantinedTapKeepsItsSegment) {
  auto journal = OpenKeeping(kKeptDays, /*archive=*/false);
  AppendSealed(*journal, 1, 30);
  journal->Quarantine(2, "refused");
  ConfirmAllBut(*journal, 30, /*but=*/2);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(Segments().front(), 1u);
  EXPECT_EQ(journal->Requeue({}), 1u);
  EXPECT_EQ(PendingCards(*journal), Cards(2, 2));
}

TEST_F(RetentionTest, AClockThatMayBeWrongRemovesNothing) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  clock_.SetSynchronised(false);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(Segments().front(), 1u);
}

TEST_F(RetentionTest, WithoutALimitNothingLeaves) {
  auto journal = OpenKeeping(0);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(Segments().front(), 1u);
}

TEST_F(RetentionTest, DamageIsSetAsideAlsoWhereConfirmedSegmentsAreDeleted) {
  auto journal = OpenKeeping(kKeptDays, /*archive=*/false);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  std::string damaged = disk_.Content(PathOf(1));
  damaged[1000] ^= 1;
  disk_.SetContent(PathOf(1), damaged);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_GT(Segments().front(), 2u);
  EXPECT_THAT(Archive(), ElementsAre("00000001.jsonl"));
  EXPECT_EQ(disk_.Content(kDirectory + "/archive/00000001.jsonl"), damaged);
}

TEST_F(RetentionTest, NumbersGoOnWhenNoSegmentThatHadTapsIsLeft) {
  auto journal = OpenKeeping(kKeptDays, /*archive=*/false);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  journal = nullptr;
  // Starts until the newest segment with taps is full and sealed, and gone.
  for (int start = 0; start < 40; ++start) {
    journal = OpenKeeping(kKeptDays, /*archive=*/false);
    ASSERT_TRUE(journal->Maintain());
    journal = nullptr;
  }
  journal = OpenKeeping(kKeptDays, /*archive=*/false);
  EXPECT_EQ(journal->Status().records, 30u);
  Append(*journal, 31, 31);
  const auto taps = journal->ReadPending(1, 10);
  ASSERT_TRUE(taps);
  ASSERT_EQ(taps->size(), 1u);
  EXPECT_EQ(taps->front().sequence, 31u);
  EXPECT_THAT(Verified().damage, IsEmpty());
}

TEST_F(RetentionTest, ASegmentThatVanishedAtTheBeginningIsReported) {
  auto journal = OpenKeeping(0);
  AppendSealed(*journal, 1, 30);
  journal = nullptr;
  ASSERT_TRUE(disk_.Remove(PathOf(1)));
  const auto damage = Verified().damage;
  ASSERT_GE(damage.size(), 2u);
  EXPECT_EQ(damage[0], (Damage{DamageKind::kMissingSegment, 1, 0, 1}));
  EXPECT_EQ(damage[1].kind, DamageKind::kMissingTaps);
  EXPECT_EQ(damage[1].offset, 1u) << "the first tap that is lost";
}

TEST_F(RetentionTest, ACrashAtAnyMomentOfItLosesNothingAndLeavesNoFalseAlarm) {
  int crashes = 0;
  for (int nth = 0;; ++nth) {
    sim::SimulatedDisk disk;
    sim::FakeClock clock{WallTime(std::chrono::microseconds(kExampleMorningUs))};
    SeededRandom random(static_cast<uint64_t>(nth));
    JournalOptions options = Options();
    options.retention = {kKeptDays, /*archive=*/true};
    options.first_indexed_day = first_indexed_day_;
    auto journal = *Journal::Open(options, disk, clock, random);
    for (uint64_t n = 1; n <= 20; ++n) {
      Record record = ExampleRecord(1, ExampleCard(n));
      ASSERT_TRUE(journal->Append(record));
      ASSERT_TRUE(journal->Maintain());
    }
    ConfirmAllBut(*journal, 20, /*but=*/19);
    clock.Advance(std::chrono::days(kKeptDays + 3));

    int calls = 0;
    disk.SetFaults([&](sim::DiskCall, const std::string&) -> std::optional<sim::DiskFault> {
      if (calls++ < nth) return std::nullopt;
      return sim::DiskFault{EIO, 0};
    });
    const bool finished = journal->Maintain().has_value();
    journal = nullptr;
    disk.SetFaults(nullptr);
    disk.Crash(random);

    journal = *Journal::Open(options, disk, clock, random);
    EXPECT_EQ(journal->Status().records, 20u) << nth;
    EXPECT_THAT(PendingCards(*journal), ::testing::Contains(ExampleCard(19))) << nth;
    EXPECT_FALSE(AnythingLost(journal->Status().damage)) << nth;
    ASSERT_TRUE(journal->Maintain());
    const JournalState state = *ReadWholeJournal(disk, clock, kDirectory);
    EXPECT_FALSE(AnythingLost(state.damage)) << nth;
    EXPECT_EQ(state.ledger.records(), 20u) << nth;
    EXPECT_THAT(state.left_behind, IsEmpty()) << nth;
    if (finished) break;
    ++crashes;
  }
  EXPECT_GT(crashes, 10);
}

TEST_F(RetentionTest, WhatTheSchoolSaysLaterHoldsFromThen) {
  auto journal = OpenKeeping(/*days=*/0);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(Segments().front(), 1u) << "for good";
  journal->KeepFor(kKeptDays, 0);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_GT(Segments().front(), 3u);
  EXPECT_EQ(Archive().size(), Segments().front() - 1) << "the archive stays";
}

TEST_F(RetentionTest, TheArchiveGoesWithTheRecords) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30, /*but=*/20);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  ASSERT_FALSE(Archive().empty());
  // As old as that nothing is yet.
  journal->KeepFor(kKeptDays, 2 * kKeptDays);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_FALSE(Archive().empty());
  clock_.Advance(std::chrono::days(kKeptDays));
  ASSERT_TRUE(journal->Maintain());
  EXPECT_THAT(Archive(), IsEmpty());
  // What the store does not have is where it was.
  EXPECT_EQ(PendingCards(*journal), Cards(20, 20));
  EXPECT_THAT(Verified().damage, IsEmpty()) << "nothing seems to be missing";
}

TEST_F(RetentionTest, NothingLeavesTheArchiveByAClockThatNobodyVouchesFor) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  ASSERT_FALSE(Archive().empty());
  journal->KeepFor(kKeptDays, kKeptDays);
  clock_.SetSynchronised(false);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_FALSE(Archive().empty());
}

TEST_F(RetentionTest, AnotherJournalsArchiveIsSetAsideAndNotRemoved) {
  auto journal = OpenKeeping(kKeptDays);
  AppendSealed(*journal, 1, 30);
  ConfirmAllBut(*journal, 30);
  LetTimePass();
  ASSERT_TRUE(journal->Maintain());
  ASSERT_FALSE(Archive().empty());
  const auto removed = PurgeArchive(disk_, kDirectory, "another journal", "2038-01-01");
  ASSERT_TRUE(removed) << removed.error().Message();
  EXPECT_TRUE(*disk_.Exists(kDirectory + "/set-aside"));
}

}  // namespace
}  // namespace tamtap::journal
