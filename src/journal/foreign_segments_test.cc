// What becomes of segments that are missing, of another journal, or none.
#include <gmock/gmock.h>

#include <set>

#include "journal/recovery_fixture.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(RecoveryTest, AMissingSegmentIsReportedAndTheOthersStay) {
  segment_bytes_ = 4 << 10;
  {
    const auto journal = Open();
    for (uint64_t n = 1; n <= 30; ++n) {
      Append(*journal, n, n);
      ASSERT_TRUE(journal->Maintain());
    }
  }
  ASSERT_TRUE(disk_.Remove(PathOf(2)));
  const JournalState state = State();
  ASSERT_EQ(state.damage.size(), 2u);
  EXPECT_EQ(state.damage[0], (Damage{DamageKind::kMissingSegment, 2, 0, 1}));
  EXPECT_EQ(state.damage[1].kind, DamageKind::kMissingTaps);
  EXPECT_EQ(state.ledger.records() + state.damage[1].length, 30u);
}

TEST_F(RecoveryTest, ASegmentOfAnotherJournalIsForeign) {
  Make(3);
  const std::string other = disk_.Content(PathOf(1));
  ASSERT_TRUE(disk_.Remove(PathOf(1)));
  Make(2);
  disk_.SetContent(PathOf(1), disk_.Content(PathOf(1)));
  std::string renumbered;
  AppendSegmentLine({2, "00000000000000aa"}, renumbered);
  disk_.SetContent(PathOf(2), renumbered + other.substr(other.find('\n') + 1));
  EXPECT_THAT(State().damage, ElementsAre(Damage{DamageKind::kForeignSegment, 2, 0, 0}));
  EXPECT_EQ(State().ledger.records(), 2u);
}

TEST_F(RecoveryTest, ASealedSegmentOfAnotherJournalSaysNothingOfThisOne) {
  Make(3);
  const std::string ours = disk_.Content(PathOf(1));
  disk_.SetContent(PathOf(1), "");
  ASSERT_TRUE(disk_.Remove(PathOf(1)));
  if (*disk_.Exists(PathOf(2))) {
    ASSERT_TRUE(disk_.Remove(PathOf(2)));
  }
  Make(400);
  ASSERT_TRUE(Open()->Maintain());
  const std::string theirs = disk_.Content(PathOf(1));
  ASSERT_TRUE(State(/*read_everything=*/false).segments[0].sealed);
  for (const uint64_t number : {1u, 2u, 3u, 4u, 5u}) {
    if (*disk_.Exists(PathOf(number))) {
      ASSERT_TRUE(disk_.Remove(PathOf(number)));
    }
  }
  disk_.SetContent(PathOf(1), ours);
  disk_.SetContent(PathOf(2), theirs);
  const JournalState state = State(/*read_everything=*/false);
  EXPECT_EQ(state.ledger.records(), 3u);
  EXPECT_EQ(state.ledger.pending().size(), 3u);
  EXPECT_EQ(state.ledger.last_sequence(), 3u);
  ASSERT_FALSE(state.damage.empty());
  EXPECT_EQ(state.damage.back().kind, DamageKind::kForeignSegment);
}

TEST_F(RecoveryTest, ASegmentOfAnotherNumberIsForeign) {
  Make(3);
  disk_.SetContent(PathOf(2), disk_.Content(PathOf(1)));
  EXPECT_THAT(State().damage, ElementsAre(Damage{DamageKind::kForeignSegment, 2, 0, 0}));
  EXPECT_EQ(State().ledger.records(), 3u);
  auto journal = Open();
  Append(*journal, 4, 4);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 4));
}

TEST_F(RecoveryTest, ARestoredOldCopyAndACloneNeverRepeatAnId) {
  Make(3);
  const std::string image = disk_.Content(PathOf(1));
  std::set<std::string> ids;
  for (int copy = 0; copy < 3; ++copy) {
    disk_.SetContent(PathOf(1), image);
    const auto journal = Open();
    Record record = ExampleRecord(1, ExampleCard(4));
    ASSERT_TRUE(journal->Append(record));
    EXPECT_EQ(record.tap.sequence, 4u);
    ids.insert(record.tap.ToString());
  }
  EXPECT_EQ(ids.size(), 3u);
}

TEST_F(RecoveryTest, AFileThatIsNoSegmentIsLeftAlone) {
  Make(2);
  disk_.SetContent(JoinPath(kDirectory, "notes.txt"), "hello");
  disk_.SetContent(JoinPath(kDirectory, "1.jsonl"), "hello");
  EXPECT_THAT(State().damage, IsEmpty());
  EXPECT_EQ(disk_.Content(JoinPath(kDirectory, "notes.txt")), "hello");
}

}  // namespace
}  // namespace tamtap::journal
