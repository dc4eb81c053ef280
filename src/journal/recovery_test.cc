// One test a row of kRecoveryCases, by its name.
#include <gmock/gmock.h>

#include <set>

#include "base/crc32.h"
#include "journal/recovery_fixture.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;

TEST_F(RecoveryTest, EveryCombinationMatchesExactlyOneRow) {
  for (const Place place : {Place::kLeft, Place::kCovered, Place::kAfter}) {
    for (const Owner owner : {Owner::kOurs, Owner::kOther}) {
      for (const bool sealed : {false, true}) {
        for (const bool wanted : {false, true}) {
          const auto rows = std::count_if(
              std::begin(kRecoveryCases), std::end(kRecoveryCases),
              [&](const RecoveryCase& row) { return Matches(row, place, owner, sealed, wanted); });
          EXPECT_EQ(rows, 1) << static_cast<int>(place) << static_cast<int>(owner) << sealed
                             << wanted;
        }
      }
    }
  }
}

TEST_F(RecoveryTest, EachRowHasATestOfItsName) {
  std::set<std::string> names;
  const testing::TestSuite* const suite = testing::UnitTest::GetInstance()->current_test_suite();
  for (int i = 0; i < suite->total_test_count(); ++i) names.insert(suite->GetTestInfo(i)->name());
  for (const RecoveryCase& row : kRecoveryCases) {
    EXPECT_TRUE(names.contains(std::string(row.name))) << row.name;
  }
}

TEST_F(RecoveryTest, ASegmentThatLeftIsRemovedLaterAndItsLinesAreNotTaken) {
  segment_bytes_ = 4 << 10;
  JournalOptions options = Options();
  options.retention = {30, /*archive=*/false};
  auto journal = *Journal::Open(options, disk_, clock_, random_);
  for (uint64_t n = 1; n <= 30; ++n) {
    Append(*journal, n, n);
    ASSERT_TRUE(journal->Maintain());
  }
  const std::string first = disk_.Content(PathOf(1));
  std::vector<uint64_t> all(30);
  for (uint64_t n = 0; n < 30; ++n) all[n] = n + 1;
  journal->Confirm(all);
  journal->Checked(all);
  clock_.Advance(std::chrono::days(40));
  ASSERT_TRUE(journal->Maintain());
  ASSERT_FALSE(*disk_.Exists(PathOf(1)));
  journal.reset();
  disk_.SetContent(PathOf(1), first);  // a crash may leave it
  EXPECT_THAT(State().left_behind, ElementsAre(1u));
  EXPECT_EQ(State().ledger.records(), 30u);
  EXPECT_TRUE(State().ledger.pending().empty());
  journal = *Journal::Open(options, disk_, clock_, random_);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_FALSE(*disk_.Exists(PathOf(1)));
}

TEST_F(RecoveryTest, AForeignSegmentAfterTheCheckpointIsReported) {
  Make(2);
  disk_.SetContent(PathOf(2), ForeignSegment(2));
  EXPECT_THAT(State(false).damage, ElementsAre(Damage{DamageKind::kForeignSegment, 2, 0, 0}));
  EXPECT_EQ(State(false).ledger.records(), 2u);
  {
    const auto journal = Open();
    Append(*journal, 3, 3);
    ASSERT_TRUE(journal->Maintain());
  }
  bool kept = false;
  for (const auto& [path, size] : disk_.Files()) {
    kept |=
        path.starts_with(kDirectory + "/set-aside/") && disk_.Content(path) == ForeignSegment(2);
  }
  EXPECT_TRUE(kept) << "it is set aside as it is";
}

TEST_F(RecoveryTest, AForeignSegmentBelowTheCheckpointIsReported) {
  MakeSealed(60);
  disk_.SetContent(PathOf(2), ForeignSegment(2));
  const JournalState state = State(false);
  EXPECT_EQ(state.damage.front(), (Damage{DamageKind::kForeignSegment, 2, 0, 0}));
  EXPECT_EQ(state.ledger.records(), 60u) << "the checkpoint knows of the taps that were in it";
}

TEST_F(RecoveryTest, ASealedSegmentOfOldDaysIsNotRead) {
  MakeSealed(60);
  std::map<std::string, uint64_t> reads;
  disk_.SetFaults([&](sim::DiskCall call, const std::string& of) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kRead) ++reads[of];
    return std::nullopt;
  });
  RecoverOptions options;
  options.directory = kDirectory;
  options.first_indexed_day = "2026-11-24";
  const auto state = Recover(disk_, options);
  ASSERT_TRUE(state);
  uint64_t sealed = 0;
  for (const SegmentInfo& segment : state->segments) {
    if (!segment.sealed) continue;
    ++sealed;
    // Its beginning and its end are read; the middle of it may rot unseen.
    EXPECT_EQ(reads[PathOf(segment.number)], 2u) << segment.number;
    EXPECT_TRUE(segment.sparse.empty());
  }
  EXPECT_GE(sealed, 8u);
  EXPECT_EQ(state->ledger.pending().size(), 60u);
  EXPECT_FALSE(state->ledger.duplicates().Find("2026-11-23", ExampleCard(1)));
}

TEST_F(RecoveryTest, ASealedSegmentOfTheseDaysTellsWhoHasTapped) {
  MakeSealed(60);
  RecoverOptions options;
  options.directory = kDirectory;
  options.first_indexed_day = "2026-11-22";
  const auto state = Recover(disk_, options);
  ASSERT_TRUE(state);
  EXPECT_TRUE(state->ledger.duplicates().Find("2026-11-23", ExampleCard(1)));
  // So it does under a clock in 1970 that nobody vouches for, and under one in 2038.
  for (const char* const shown : {"1969-12-31", "2038-01-18"}) {
    options.first_indexed_day = shown;
    options.clock_is_vouched = false;
    const auto unsure = Recover(disk_, options);
    ASSERT_TRUE(unsure);
    EXPECT_TRUE(unsure->ledger.duplicates().Find("2026-11-23", ExampleCard(1))) << shown;
  }
}

TEST_F(RecoveryTest, AnUnsealedSegmentBelowTheCheckpointChangesNothing) {
  segment_bytes_ = 4 << 10;
  {
    const auto journal = Open();
    Append(*journal, 1, 3);
    FailFlushes(1, PathOf(1));  // from now on it is left alone, unsealed
    for (uint64_t n = 4; n <= 30; ++n) {
      Append(*journal, n, n);
      ASSERT_TRUE(journal->Maintain());
    }
    journal->Quarantine(2, "no");
    journal->Confirm(std::vector<uint64_t>{1, 5, 20});
    Append(*journal, 31, 31);
  }
  std::vector<SequenceRange> pending;
  for (int start = 0; start < 3; ++start) {
    const JournalState state = State(false);
    ASSERT_EQ(state.ledger.records(), 31u);
    ASSERT_EQ(state.ledger.quarantined().size(), 1u);
    if (start == 0) pending = state.ledger.pending().ranges();
    ASSERT_EQ(state.ledger.pending().ranges(), pending);
    ASSERT_EQ(state.ledger.pending().size(), 27u);
    ASSERT_TRUE(Open()->Maintain());
  }
}

TEST_F(RecoveryTest, ASegmentAfterTheCheckpointIsReplayed) {
  MakeSealed(60);
  {
    const auto journal = Open();
    journal->Confirm(std::vector<uint64_t>{1, 2});
    Append(*journal, 61, 61);
  }
  const JournalState state = State(false);
  EXPECT_EQ(state.ledger.StateOf(2), TapState::kConfirmed);
  EXPECT_EQ(state.ledger.pending().size(), 59u);
}

TEST_F(RecoveryTest, NothingIsWrittenWhereTheCheckpointWouldHideIt) {
  segment_bytes_ = 1500;
  auto journal = Open();
  uint64_t taps = 0;
  while (journal->Status().segments < 2) Append(*journal, taps, taps), ++taps;
  // A confirmation, which is not flushed, fails to be written into the second segment and stands in
  // the third; the checkpoint in the first one's seal knows it.
  int failures = 1;
  disk_.SetFaults([&](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call != sim::DiskCall::kWrite || failures == 0) return std::nullopt;
    --failures;
    return sim::DiskFault{EIO, 0};
  });
  journal->Confirm(std::vector<uint64_t>{1});
  disk_.SetFaults(nullptr);
  ASSERT_TRUE(journal->Maintain());
  journal.reset();
  disk_.CrashLosingAll();
  ASSERT_EQ(disk_.Content(PathOf(3)).find_first_not_of('\n'), std::string::npos);
  // And the card loses the newest files, as some do.
  ASSERT_TRUE(disk_.Remove(PathOf(3)));
  ASSERT_TRUE(disk_.Remove(PathOf(4)));
  ASSERT_EQ(State(false).covers, 3u);
  ASSERT_FALSE(State(false).segments[1].sealed);
  journal = Open();
  Append(*journal, taps, taps + 1);
  const uint64_t last = journal->Status().last_sequence;
  const std::string generation = journal->Status().generation;
  // No tap's line, but lines that only a segment which is replayed tells of.
  journal->Quarantine(last, "no");
  journal.reset();
  EXPECT_EQ(State(false).ledger.generation(), generation);
  EXPECT_EQ(PendingCards(*Open()), Cards(1, taps));
  EXPECT_EQ(Open()->Status().quarantined, 1u);
  EXPECT_EQ(Open()->Status().last_sequence, last);
}

TEST_F(RecoveryTest, WhatTheFirstReleaseWroteOfSegmentsThatLeftTakesNoTapAway) {
  // It could name the last tap of the newest seal, though pending ones before it had not left.
  Make(5);
  std::string content = disk_.Content(PathOf(1));
  content.replace(content.find("\"number\":1"), 10, "\"number\":2");
  const size_t end = content.find('\n');
  std::string header;
  AppendSegmentLine({2, State().journal}, header);
  disk_.SetContent(PathOf(2), header + content.substr(end + 1));
  const std::string journal = State().journal;
  ASSERT_TRUE(disk_.Remove(PathOf(1)));
  std::string retired = fmt::format(
      "{{\"v\":1,\"type\":\"retired\",\"segments\":1,\"journal\":\"{}\",\"generation\":\"g\","
      "\"last_seq\":9,\"total_records\":4",
      journal);
  retired += fmt::format(",\"crc\":\"{:08x}\"}}\n", Crc32(retired));
  disk_.SetContent(JoinPath(kDirectory, "retired"), retired);
  EXPECT_EQ(State(false).ledger.pending().size(), 5u);
  EXPECT_EQ(PendingCards(*Open()), Cards(1, 5));
  EXPECT_GE(Open()->Status().last_sequence, 9u);
}

}  // namespace
}  // namespace tamtap::journal
