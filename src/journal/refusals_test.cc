// What a journal keeps of cards that were turned away.
#include <gmock/gmock.h>

#include "journal/test_journal.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RefusalRecord UnknownCard(uint64_t n) {
  RefusalRecord refusal;
  refusal.reason = "UNKNOWN_CARD";
  refusal.card = ExampleCard(n);
  refusal.date = "2026-11-23 06:44:08";
  refusal.time = "06:44:08";
  refusal.day = "2026-11-23";
  refusal.refused_at = "2026-11-23T06:44:08.000+08:00";
  refusal.refused_at_us = kExampleMorningUs;
  return refusal;
}

class RefusalsTest : public JournalTest {
 protected:
  void Note(Journal& journal, uint64_t first, uint64_t last) {
    for (uint64_t n = first; n <= last; ++n) {
      journal.NoteRefusal(UnknownCard(n));
      ASSERT_TRUE(journal.Maintain());
    }
  }
  // The cards of those that were not handed over.
  static std::vector<std::string> Read(Journal& journal, size_t limit = 100) {
    std::vector<std::string> cards;
    const auto refusals = journal.ReadRefusals(limit);
    EXPECT_TRUE(refusals);
    if (!refusals) return cards;
    for (const PendingRefusal& each : *refusals) cards.push_back(each.refusal.card);
    return cards;
  }
};

TEST_F(RefusalsTest, AreKeptInOrderBesideTapsAndHandedOverOnce) {
  auto journal = Open();
  Append(*journal, 1, 2);
  Note(*journal, 11, 12);
  Append(*journal, 3, 3);
  Note(*journal, 13, 13);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 3));
  const auto refusals = journal->ReadRefusals(2);
  ASSERT_TRUE(refusals);
  ASSERT_EQ(refusals->size(), 2u);
  EXPECT_EQ(refusals->front().refusal.id.terminal, "gate-1");
  EXPECT_EQ(refusals->front().refusal.id.generation, journal->Status().generation);
  EXPECT_EQ(refusals->front().stamp.boot, clock_.BootId());
  EXPECT_EQ(journal->GetBacklog().refusals, 3u);
  journal->HandedOver(refusals->back().number);
  EXPECT_THAT(Read(*journal), ElementsAre(ExampleCard(13)));
  ASSERT_TRUE(journal->Maintain());
  journal.reset();
  journal = Open();
  EXPECT_EQ(journal->Status().refusals, 3u);
  EXPECT_THAT(Read(*journal), ElementsAre(ExampleCard(13)));
  Note(*journal, 14, 14);
  EXPECT_THAT(Read(*journal), ElementsAre(ExampleCard(13), ExampleCard(14)));
}

TEST_F(RefusalsTest, CostNoFlush) {
  auto journal = Open();
  ASSERT_TRUE(journal->Maintain());
  size_t flushes = 0;
  disk_.SetFaults([&](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kSync) ++flushes;
    return std::nullopt;
  });
  Note(*journal, 1, 20);
  EXPECT_EQ(flushes, 0u);
  EXPECT_EQ(Read(*journal).size(), 20u);
}

TEST_F(RefusalsTest, AreReadFromSealedSegmentsToo) {
  segment_bytes_ = 4 << 10;
  auto journal = Open();
  for (uint64_t n = 1; n <= 30; ++n) {
    Note(*journal, 100 + n, 100 + n);
    Append(*journal, n, n);
    ASSERT_TRUE(journal->Maintain());
  }
  ASSERT_GT(journal->Status().segments, 3u);
  journal.reset();
  // A start some days later, which reads no finished segment.
  JournalOptions options = Options();
  options.first_indexed_day = "2026-12-01";
  journal = *Journal::Open(options, disk_, clock_, random_);
  EXPECT_EQ(Read(*journal), Cards(101, 130));
  EXPECT_EQ(Read(*journal, 5), Cards(101, 105));
}

TEST_F(RefusalsTest, APowerCutMayTakeThemAndNumbersAreNotMixedUp) {
  auto journal = Open();
  Append(*journal, 1, 1);
  Note(*journal, 11, 12);
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_THAT(Read(*journal), IsEmpty());
  EXPECT_EQ(PendingCards(*journal), Cards(1, 1));
  Note(*journal, 13, 13);
  const auto refusals = journal->ReadRefusals(10);
  ASSERT_TRUE(refusals);
  ASSERT_EQ(refusals->size(), 1u);
  EXPECT_EQ(refusals->front().refusal.id.generation, journal->Status().generation)
      << "an id names one refusal for ever, though its number may be given again";
}

TEST_F(RefusalsTest, ATapMakesThoseBeforeItDurable) {
  auto journal = Open();
  journal->NoteRefusal(UnknownCard(11));
  Append(*journal, 1, 1);
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_THAT(Read(*journal), ElementsAre(ExampleCard(11)));
}

TEST_F(RefusalsTest, ThoseWhoseLinesAreGoneAreWaitedForNoLonger) {
  auto journal = Open();
  Append(*journal, 1, 1);
  Note(*journal, 11, 12);
  std::string content = disk_.Content(PathOf(1));
  const size_t first = content.find("{\"v\":1,\"type\":\"refusal\"");
  std::fill(content.begin() + static_cast<ptrdiff_t>(first), content.end(), '\n');
  disk_.SetContent(PathOf(1), content);
  EXPECT_THAT(Read(*journal), IsEmpty());
  EXPECT_EQ(journal->GetBacklog().refusals, 0u);
}

TEST_F(RefusalsTest, WaitWhileTheDiskTakesNothingUpToABound) {
  auto journal = Open();
  ASSERT_TRUE(journal->Maintain());  // the next segment is there: it is the write that fails
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kWrite) return sim::DiskFault{EIO, 0};
    return std::nullopt;
  });
  for (uint64_t n = 1; n <= 1'000; ++n) journal->NoteRefusal(UnknownCard(n));
  EXPECT_FALSE(journal->Maintain());
  EXPECT_THAT(Read(*journal), IsEmpty());
  disk_.SetFaults({});
  ASSERT_TRUE(journal->Maintain());
  const std::vector<std::string> kept = Read(*journal, 1'000);
  EXPECT_EQ(kept, Cards(1, kept.size())) << "the first ones, once";
  EXPECT_GE(kept.size(), 100u);
  EXPECT_LT(kept.size(), 1'000u);
}

TEST_F(RefusalsTest, ATextThatIsTooLongForALineIsNotKept) {
  auto journal = Open();
  RefusalRecord refusal = UnknownCard(1);
  refusal.name.assign(kMaxLineBytes, 'x');
  journal->NoteRefusal(refusal);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_THAT(Read(*journal), IsEmpty());
  EXPECT_EQ(journal->Status().refusals, 0u);
}

TEST_F(RefusalsTest, ACleanStopLeavesNoneUnwritten) {
  JournalOptions options = Options();
  options.maintenance_thread = true;
  for (int round = 0; round < 20; ++round) {
    auto journal = *Journal::Open(options, disk_, clock_, random_);
    journal->NoteRefusal(UnknownCard(1));
    journal.reset();
  }
  EXPECT_EQ(Read(*Open()).size(), 20u);
}

}  // namespace
}  // namespace tamtap::journal
