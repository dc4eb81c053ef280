#include "journal/journal.h"

#include <gmock/gmock.h>

#include <set>
#include <thread>

#include "base/test_directory.h"
#include "journal/test_journal.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST_F(JournalTest, AnAppendedTapHasAnIdIsDurableAndPending) {
  const auto journal = Open();
  Record record = ExampleRecord(1);
  const uint64_t syncs = disk_.syncs();
  ASSERT_TRUE(journal->Append(record));
  EXPECT_EQ(disk_.syncs(), syncs + 1);
  EXPECT_EQ(record.tap.terminal, "gate-1");
  EXPECT_EQ(record.tap.sequence, 1u);
  const auto pending = journal->ReadPending(1, 10);
  ASSERT_TRUE(pending);
  ASSERT_EQ(pending->size(), 1u);
  EXPECT_EQ((*pending)[0].record, record);
  EXPECT_EQ((*pending)[0].stamp.boot, "boot-1");
}

TEST_F(JournalTest, WhatWasAcknowledgedSurvivesThePowerCutThatLosesAllElse) {
  auto journal = Open();
  Append(*journal, 1, 20);
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 20));
  EXPECT_THAT(journal->Status().damage, IsEmpty());
}

TEST_F(JournalTest, EveryStartIsANewGenerationAndNumbersGoOn) {
  std::set<std::string> generations;
  for (uint64_t start = 0; start < 5; ++start) {
    const auto journal = Open();
    Record record = ExampleRecord(1, ExampleCard(start));
    ASSERT_TRUE(journal->Append(record));
    EXPECT_EQ(record.tap.sequence, start + 1);
    generations.insert(record.tap.generation);
  }
  EXPECT_EQ(generations.size(), 5u);
  EXPECT_THAT(disk_.Content(PathOf(1)), HasSubstr("\"previous_last_seq\":4"));
}

TEST_F(JournalTest, ConfirmedTapsAreNotPendingAnyMoreAlsoAfterARestart) {
  auto journal = Open();
  Append(*journal, 1, 10);
  const std::vector<uint64_t> sequences = {1, 2, 3, 7};
  const uint64_t syncs = disk_.syncs();
  journal->Confirm(sequences);
  EXPECT_EQ(disk_.syncs(), syncs);  // no flush of its own
  EXPECT_EQ(journal->Status().confirmed, 4u);
  journal = nullptr;
  journal = Open();
  EXPECT_EQ(journal->Status().pending, 6u);
  EXPECT_EQ(journal->ReadPending(1, 100)->front().sequence, 4u);
}

TEST_F(JournalTest, ALostConfirmationOnlyMakesTheTapPendingAgain) {
  auto journal = Open();
  Append(*journal, 1, 3);
  const std::vector<uint64_t> sequences = {1, 2, 3};
  journal->Confirm(sequences);
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 3));
}

TEST_F(JournalTest, WhatCouldNotBeWrittenOfATapsOutcomeIsWrittenWhenTheDiskIsMended) {
  auto journal = Open();
  Append(*journal, 1, 4);
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kWrite) return sim::DiskFault{ENOSPC, 0};
    return std::nullopt;
  });
  const std::vector<uint64_t> sent = {1, 2};
  journal->Confirm(sent);
  journal->Quarantine(3, "too large");
  EXPECT_FALSE(journal->Maintain());
  disk_.SetFaults(nullptr);
  ASSERT_TRUE(journal->Maintain());
  journal = nullptr;
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(4, 4));
  EXPECT_EQ(journal->Status().quarantined, 1u);
}

TEST_F(JournalTest, AQuarantinedTapKeepsItsReasonAndCanBeRequeued) {
  auto journal = Open();
  Append(*journal, 1, 3);
  journal->Quarantine(2, "too \"large\"");
  EXPECT_EQ(journal->Status().quarantined, 1u);
  EXPECT_EQ(PendingCards(*journal), (std::vector{ExampleCard(1), ExampleCard(3)}));
  journal = nullptr;
  journal = Open();
  EXPECT_EQ(journal->Status().quarantined, 1u);
  EXPECT_EQ(journal->Requeue({}), 1u);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 3));
}

TEST_F(JournalTest, QuarantinedTapsAreReadBackFromWhicheverSegmentTheyAreIn) {
  segment_bytes_ = 8 << 10;
  auto journal = Open();
  for (uint64_t n = 1; n <= 40; ++n) {
    Append(*journal, n, n);
    ASSERT_TRUE(journal->Maintain());
  }
  ASSERT_GT(journal->Status().segments, 2u);
  for (const uint64_t n : {2u, 3u, 39u}) journal->Quarantine(n, "too old");
  journal->Quarantine(3, "and again");  // it is not pending any more: the first word stays
  journal = nullptr;
  journal = Open();
  auto taps = *journal->ReadQuarantined(10);
  ASSERT_EQ(taps.size(), 3u);
  EXPECT_EQ(taps[1].sequence, 3u);
  EXPECT_EQ(taps[1].reason, "too old");
  ASSERT_TRUE(taps[2].record);
  EXPECT_EQ(taps[2].record->card.text(), ExampleCard(39));
  EXPECT_EQ(journal->ReadQuarantined(2)->size(), 2u);
}

TEST_F(JournalTest, AQuarantinedTapThatCanNotBeReadAnyMoreIsStillListed) {
  auto journal = Open();
  Append(*journal, 1, 3);
  journal->Quarantine(2, "too old");
  std::string segment = disk_.Content(PathOf(1));
  segment[segment.find(ExampleCard(2))] ^= 1;
  disk_.SetContent(PathOf(1), segment);
  const auto taps = *journal->ReadQuarantined(10);
  ASSERT_EQ(taps.size(), 1u);
  EXPECT_EQ(taps[0].reason, "too old");
  EXPECT_FALSE(taps[0].record);
}

TEST_F(JournalTest, TheDuplicateCheckKnowsDurableTapsAlsoAfterARestart) {
  auto journal = Open();
  Append(*journal, 1, 1);
  EXPECT_TRUE(journal->FindTaps("2026-11-23", ExampleCard(1)));
  EXPECT_FALSE(journal->FindTaps("2026-11-24", ExampleCard(1)));
  EXPECT_FALSE(journal->FindTaps("2026-11-23", ExampleCard(2)));
  EXPECT_FALSE(journal->FindTaps("2026-11-23", std::string(100, 'x')));
  journal = nullptr;
  journal = Open();
  EXPECT_TRUE(journal->FindTaps("2026-11-23", ExampleCard(1)));
}

TEST_F(JournalTest, SegmentsFollowOneAnotherAndSealedOnesAreSkippedAtTheNextStart) {
  segment_bytes_ = 8 << 10;
  auto journal = Open();
  for (uint64_t n = 1; n <= 100; ++n) {
    Append(*journal, n, n);
    ASSERT_TRUE(journal->Maintain());
  }
  std::vector<uint64_t> first_half(50);
  for (uint64_t n = 0; n < 50; ++n) first_half[n] = n + 1;
  journal->Confirm(first_half);
  const JournalStatus before = journal->Status();
  EXPECT_GT(before.segments, 5u);
  journal = nullptr;
  RecoverOptions options;
  options.directory = kDirectory;
  options.first_indexed_day = "2026-11-24";  // nothing to index: sealed segments stay unread
  const auto state = Recover(disk_, options);
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->segments.front().sealed);
  EXPECT_TRUE(state->segments.front().sparse.empty());
  journal = Open();
  const JournalStatus after = journal->Status();
  EXPECT_EQ(after.records, 100u);
  EXPECT_EQ(after.pending, 50u);
  EXPECT_EQ(PendingCards(*journal), Cards(51, 100));
}

TEST_F(JournalTest, AFailedFlushIsNeverAcknowledgedOnTheSameDescriptor) {
  const auto journal = Open();
  Append(*journal, 1, 1);
  FailFlushes(1, PathOf(1));
  Append(*journal, 2, 2);  // rewritten in a new segment, and durable there
  EXPECT_EQ(journal->Status().segments, 2u);
  disk_.CrashLosingAll();
  const auto after = Open();
  EXPECT_EQ(PendingCards(*after), Cards(1, 2));
}

TEST_F(JournalTest, WhenNoFlushWorksTheAppendFailsAndItsNumberIsNeverUsedAgain) {
  auto journal = Open();
  Append(*journal, 1, 1);
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kSync) return sim::DiskFault{EIO, 0};
    return std::nullopt;
  });
  Record refused = ExampleRecord(1, ExampleCard(2));
  EXPECT_FALSE(journal->Append(refused));
  EXPECT_TRUE(refused.tap.empty());
  EXPECT_FALSE(journal->FindTaps("2026-11-23", ExampleCard(2)));
  disk_.SetFaults(nullptr);
  Record accepted = ExampleRecord(1, ExampleCard(2));
  ASSERT_TRUE(journal->Append(accepted));
  EXPECT_EQ(accepted.tap.sequence, 3u);
  journal.reset();
  // The refused line is in the page cache, but it was said to be void: it does not come back.
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 2));
  EXPECT_EQ(journal->ReadPending(2, 1)->front().sequence, 3u);
}

TEST_F(JournalTest, ARefusedTapStaysVoidThoughTheSegmentThatSaysSoFailsLater) {
  auto journal = Open();
  Append(*journal, 1, 1);
  FailFlushes(1'000);
  Record refused = ExampleRecord(1, ExampleCard(2));
  EXPECT_FALSE(journal->Append(refused));
  disk_.SetFaults(nullptr);
  disk_.WriteBack();  // its line is on the disk all the same
  journal->Confirm(std::vector<uint64_t>{1});
  FailFlushes(1);  // of the segment that tells of it
  Append(*journal, 3, 3);
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(3, 3));
}

TEST_F(JournalTest, AFullDiskRefusesWholeTapsAndAcceptsAgainWhenSpaceIsFreed) {
  segment_bytes_ = 8 << 10;
  const auto journal = Open();
  disk_.SetCapacity(20 << 10);
  uint64_t accepted = 0;
  Record record;
  for (;; ++accepted) {
    record = ExampleRecord(1, ExampleCard(accepted));
    const auto appended = journal->Append(record);
    if (!appended) {
      EXPECT_EQ(appended.error().code, ErrorCode::kFull) << appended.error().Message();
      break;
    }
  }
  EXPECT_GT(accepted, 10u);
  disk_.SetCapacity(1 << 20);
  Append(*journal, accepted, accepted);
  disk_.CrashLosingAll();
  const auto after = Open();
  EXPECT_EQ(PendingCards(*after), Cards(0, accepted));
}

TEST_F(JournalTest, ASecondProcessIsRefused) {
  const auto journal = Open();
  const auto second = Journal::Open(Options(), disk_, clock_, random_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kMisconfigured);
}

TEST_F(JournalTest, ImportedTapsKeepTheirIdsAndConfirmedOnesAreNotSent) {
  auto journal = Open();
  const Record old = ExampleRecord(1, ExampleCard(1), kExampleMorningUs, "import");
  const Record waiting = ExampleRecord(2, ExampleCard(2), kExampleMorningUs, "import");
  const std::vector<ImportedTap> taps = {{old, true}, {waiting, false}};
  ASSERT_TRUE(journal->AppendImported(taps));
  EXPECT_EQ(journal->Status().confirmed, 1u);
  const auto pending = journal->ReadPending(1, 10);
  ASSERT_EQ(pending->size(), 1u);
  EXPECT_EQ(pending->front().record, waiting);
}

TEST_F(JournalTest, ARecordThatIsTooLargeIsRefusedAndHarmsNothing) {
  const auto journal = Open();
  Record record = ExampleRecord(1);
  record.name = std::string(kMaxLineBytes, 'x');
  const auto appended = journal->Append(record);
  ASSERT_FALSE(appended);
  EXPECT_EQ(appended.error().code, ErrorCode::kRejected);
  Append(*journal, 1, 1);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 1));
}

// What is acknowledged must be readable: a line that this program itself would not take for a
// record is no record.
TEST_F(JournalTest, ARecordThatCouldNotBeReadBackIsRefused) {
  const auto journal = Open();
  for (const std::string& name : {std::string(513, 'x'), std::string(200, '\xC3')}) {
    Record record = ExampleRecord(1);
    record.name = name;
    const auto appended = journal->Append(record);
    ASSERT_FALSE(appended);
    EXPECT_EQ(appended.error().code, ErrorCode::kRejected);
  }
  Record record = ExampleRecord(1);
  record.name = std::string(512, 'x');
  ASSERT_TRUE(journal->Append(record));
  EXPECT_EQ(PendingCards(*journal), std::vector<std::string>{record.card.text()});
}

TEST(JournalOnARealDiskTest, ManyThreadsShareFlushesAndNothingIsLost) {
  const TestDirectory directory;
  JournalOptions options;
  options.directory = directory / "journal";
  options.terminal = "gate-1";
  options.segment_bytes = 128 << 10;  // several rotations
  {
    const auto journal = Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
    ASSERT_TRUE(journal) << journal.error().Message();
    int woken = 0;
    Mutex mutex;
    (*journal)->OnPending([&] {
      MutexLock lock(mutex);
      ++woken;
    });
    {
      std::vector<std::jthread> threads;
      for (uint64_t thread = 0; thread < 8; ++thread) {
        threads.emplace_back([&, thread] {
          for (uint64_t n = 0; n < 100; ++n) {
            Record record = ExampleRecord(1, ExampleCard(thread * 1000 + n));
            EXPECT_TRUE((*journal)->Append(record));
          }
        });
      }
    }
    EXPECT_EQ(woken, 800);
    EXPECT_EQ((*journal)->Status().pending, 800u);
  }
  const auto journal = Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
  ASSERT_TRUE(journal);
  std::set<std::string> cards;
  uint64_t from = 1;
  for (;;) {
    const auto taps = (*journal)->ReadPending(from, 100);
    ASSERT_TRUE(taps);
    if (taps->empty()) break;
    for (const PendingTap& tap : *taps) cards.insert(tap.record.card.text());
    from = taps->back().sequence + 1;
  }
  EXPECT_EQ(cards.size(), 800u);
}

}  // namespace
}  // namespace tamtap::journal
