// What a journal makes of another store, of one that went back, and of taps that can't be read.
#include <gmock/gmock.h>

#include "base/crc32.h"
#include "journal/test_journal.h"
#include "sim/fake_clock.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const StoreIdentity kFirst{"store-1", "epoch-1"};
const StoreIdentity kSecond{"store-2", "epoch-1"};

class StoreChangeTest : public JournalTest {
 protected:
  static std::vector<uint64_t> Unchecked(Journal& journal) {
    std::vector<uint64_t> found;
    for (uint64_t from = 1;;) {
      const auto taps = journal.ReadUnchecked(from, 100);
      EXPECT_TRUE(taps);
      if (!taps || taps->empty()) return found;
      for (const PendingTap& tap : *taps) found.push_back(tap.sequence);
      from = taps->back().sequence + 1;
    }
  }
  // The line of that tap is gone from segment 1.
  void LoseLineOf(uint64_t n) {
    std::string content = disk_.Content(PathOf(1));
    const size_t at = content.find(ExampleCard(n));
    const size_t start = content.rfind('\n', at) + 1;
    std::fill(content.begin() + static_cast<ptrdiff_t>(start),
              content.begin() + static_cast<ptrdiff_t>(content.find('\n', at)), '\n');
    disk_.SetContent(PathOf(1), content);
  }
};

TEST_F(StoreChangeTest, AnotherStoreIsAskedAboutAllThatWasConfirmedAndOfferedWhatWasRefused) {
  auto journal = Open();
  ASSERT_TRUE(journal->SetStore(kFirst));
  Append(*journal, 1, 6);
  journal->Confirm(std::vector<uint64_t>{1, 2, 3});
  journal->Checked(std::vector<uint64_t>{1, 2, 3});
  journal->Quarantine(4, "not here");
  EXPECT_THAT(Unchecked(*journal), ElementsAre(3)) << "the last one that was confirmed";
  ASSERT_TRUE(journal->SetStore(kSecond));
  EXPECT_THAT(Unchecked(*journal), ElementsAre(1, 2, 3));
  EXPECT_EQ(PendingCards(*journal), Cards(4, 6));
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_EQ(journal->Store(), kSecond);
  EXPECT_THAT(Unchecked(*journal), ElementsAre(1, 2, 3));
  EXPECT_EQ(journal->MakePending(std::vector<uint64_t>{1, 3, 5}), 2u) << "5 was not confirmed";
  journal->Checked(std::vector<uint64_t>{2});
  EXPECT_EQ(PendingCards(*journal).size(), 5u);
  journal.reset();
  disk_.CrashLosingAll();
  journal = Open();
  EXPECT_EQ(PendingCards(*journal).size(), 5u);
}

TEST_F(StoreChangeTest, TheSameStoreAgainChangesNothingAndGoneBackItIsAsked) {
  auto journal = Open();
  ASSERT_TRUE(journal->SetStore(kFirst));
  Append(*journal, 1, 3);
  journal->Confirm(std::vector<uint64_t>{1, 2, 3});
  journal->Checked(std::vector<uint64_t>{1, 2, 3});
  ASSERT_TRUE(journal->SetStore(kFirst));
  EXPECT_EQ(journal->GetBacklog().unchecked, 0u);
  ASSERT_TRUE(journal->SetStore({kFirst.id, "epoch-2"}));
  EXPECT_EQ(journal->GetBacklog().unchecked, 3u);
}

TEST_F(StoreChangeTest, AStoreThatIsNamedForTheFirstTimeIsAskedAboutWhatWasConfirmedBefore) {
  auto journal = Open();
  Append(*journal, 1, 2);
  journal->Confirm(std::vector<uint64_t>{1});
  journal->Checked(std::vector<uint64_t>{1});
  ASSERT_TRUE(journal->SetStore(kFirst));
  EXPECT_THAT(Unchecked(*journal), ElementsAre(1));
}

TEST_F(StoreChangeTest, ACrashInTheMiddleOfAChangeOfStoresForgetsNoneOfIt) {
  for (uint64_t call = 1; call < 40; ++call) {
    sim::SimulatedDisk disk;
    sim::FakeClock clock{WallTime(std::chrono::microseconds(kExampleMorningUs))};
    {
      auto journal = *Journal::Open(Options(), disk, clock, random_);
      for (uint64_t n = 1; n <= 4; ++n) {
        Record record = ExampleRecord(1, ExampleCard(n));
        ASSERT_TRUE(journal->Append(record));
      }
      ASSERT_TRUE(journal->SetStore(kFirst));
      journal->Confirm(std::vector<uint64_t>{1, 2});
      journal->Checked(std::vector<uint64_t>{1, 2});
      journal->Quarantine(3, "no");
      Record record = ExampleRecord(1, ExampleCard(5));
      ASSERT_TRUE(journal->Append(record));  // flushes what was said before
      uint64_t calls = 0;
      disk.SetFaults([&](sim::DiskCall, const std::string&) -> std::optional<sim::DiskFault> {
        if (++calls < call) return std::nullopt;
        return sim::DiskFault{EIO, 0, true};
      });
      static_cast<void>(journal->SetStore(kSecond).has_value());
    }
    disk.SetFaults(nullptr);
    disk.CrashLosingAll();
    auto journal = *Journal::Open(Options(), disk, clock, random_);
    if (journal->Store() != kSecond) {
      ASSERT_TRUE(journal->SetStore(kSecond)) << call;
    }
    EXPECT_EQ(journal->GetBacklog().unchecked, 2u) << call;
    EXPECT_EQ(journal->Status().quarantined, 0u) << call;
  }
}

TEST_F(StoreChangeTest, TapsAreOfferedAgainFromADayOn) {
  segment_bytes_ = 4 << 10;
  const auto journal = Open();
  std::vector<uint64_t> all;
  for (uint64_t n = 1; n <= 30; ++n) {
    Record record = ExampleRecord(
        1, ExampleCard(n), kExampleMorningUs + static_cast<int64_t>(n / 10) * 86'400LL * 1'000'000);
    ASSERT_TRUE(journal->Append(record));
    ASSERT_TRUE(journal->Maintain());
    all.push_back(n);
  }
  journal->Confirm(all);
  journal->Checked(all);
  const auto since = journal->RecheckSince("2026-11-25");
  ASSERT_TRUE(since);
  EXPECT_GE(*since, 11u);
  EXPECT_LT(*since, 21u);
  EXPECT_EQ(*journal->RecheckSince(""), 30u);
}

TEST_F(StoreChangeTest, ReadingTheBacklogChangesNothingAndWhatIsGoneIsSaidByALine) {
  auto journal = Open();
  Append(*journal, 1, 5);
  LoseLineOf(2);
  LoseLineOf(5);
  for (int look = 0; look < 3; ++look) {
    EXPECT_EQ(PendingCards(*journal),
              (std::vector{ExampleCard(1), ExampleCard(3), ExampleCard(4)}));
    EXPECT_EQ(journal->Status().pending, 5u);
  }
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(journal->Status().pending, 3u);
  EXPECT_EQ(journal->Status().lost, 2u);
  EXPECT_EQ(journal->Status().records, 5u);
  journal.reset();
  EXPECT_EQ(Open()->Status().lost, 2u);
}

TEST_F(StoreChangeTest, ReadingTheBacklogChangesNothingWhereAWholeSegmentIsGone) {
  segment_bytes_ = 4 << 10;
  {
    const auto journal = Open();
    for (uint64_t n = 1; n <= 20; ++n) {
      Append(*journal, n, n);
      ASSERT_TRUE(journal->Maintain());
    }
  }
  ASSERT_TRUE(disk_.Remove(PathOf(1)));
  const auto journal = Open();
  const auto kept = journal->ReadPending(1, 1);
  ASSERT_TRUE(kept && !kept->empty());
  const uint64_t gone = kept->front().sequence - 1;
  ASSERT_GT(gone, 1u);
  for (int look = 0; look < 3; ++look) {
    EXPECT_EQ(PendingCards(*journal), Cards(gone + 1, 20));
    EXPECT_EQ(journal->Status().pending, 20u);
    EXPECT_EQ(journal->Status().lost, 0u);
  }
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(journal->Status().pending, 20u - gone);
  EXPECT_EQ(journal->Status().lost, gone);
}

TEST_F(StoreChangeTest, AConfirmedTapThatIsGoneDoesNotKeepItsSegmentFromLeaving) {
  const auto journal = Open();
  Append(*journal, 1, 3);
  journal->Confirm(std::vector<uint64_t>{1, 2, 3});
  LoseLineOf(2);
  EXPECT_THAT(Unchecked(*journal), ElementsAre(1, 3));
  journal->Checked(std::vector<uint64_t>{1, 3});
  EXPECT_EQ(journal->GetBacklog().unchecked, 1u);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(journal->GetBacklog().unchecked, 0u);
  EXPECT_EQ(journal->Status().lost, 0u) << "the store has it";
}

TEST_F(StoreChangeTest, ALostTapWhoseLineComesBackIsPendingAgain) {
  auto journal = Open();
  Append(*journal, 1, 2);
  const std::string whole = disk_.Content(PathOf(1));
  LoseLineOf(1);
  EXPECT_EQ(PendingCards(*journal), Cards(2, 2));
  ASSERT_TRUE(journal->Maintain());
  journal.reset();
  std::string content = disk_.Content(PathOf(1));
  const size_t at = whole.find(ExampleCard(1));
  const size_t start = whole.rfind('\n', at) + 1;
  const size_t length = whole.find('\n', at) - start;
  content.replace(start, length, whole.substr(start, length));  // from a mirror, say
  disk_.SetContent(PathOf(1), content);
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 2));
  EXPECT_EQ(journal->Status().lost, 0u);
  journal.reset();
  EXPECT_EQ(PendingCards(*Open()), Cards(1, 2));
}

TEST_F(StoreChangeTest, ALineThatThisReleaseCanNotReadIsQuarantinedWithItsReason) {
  auto journal = Open();
  Append(*journal, 1, 2);
  journal.reset();
  std::string content = disk_.Content(PathOf(1));
  const size_t at = content.find("\"seq\":1");
  const size_t start = content.rfind('\n', at) + 1;
  const size_t end = content.find('\n', at);
  std::string line = content.substr(start, end - start);
  line.replace(line.find("\"role\":\"student\""), 16, "\"role\":\"visitor\"");
  const std::string covered = line.substr(0, line.size() - kTrailerBytes);
  line = covered + fmt::format(",\"crc\":\"{:08x}\"}}", Crc32(covered));
  content.replace(start, end - start, line);
  disk_.SetContent(PathOf(1), content);
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(2, 2));
  EXPECT_EQ(journal->Status().pending, 2u);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(journal->Status().quarantined, 1u);
  EXPECT_EQ(PendingCards(*journal), Cards(2, 2));
}

TEST_F(StoreChangeTest, NothingIsWrittenOffWhileAMirrorThatMayHaveItIsAway) {
  disk_.SetContent("/mirror/.keep", "");  // there is a directory as soon as something is in it
  JournalOptions options = Options();
  options.mirror = "/mirror";
  auto journal = *Journal::Open(options, disk_, clock_, random_);
  Append(*journal, 1, 3);
  ASSERT_TRUE(journal->Maintain());
  LoseLineOf(2);
  disk_.SetFaults([](sim::DiskCall, const std::string& of) -> std::optional<sim::DiskFault> {
    if (of.starts_with("/mirror")) return sim::DiskFault{EIO, 0};
    return std::nullopt;
  });
  EXPECT_EQ(PendingCards(*journal).size(), 2u);
  EXPECT_FALSE(journal->Maintain()) << "the mirror does not answer";
  EXPECT_EQ(journal->Status().lost, 0u);
  EXPECT_EQ(journal->Status().pending, 3u);
}

}  // namespace
}  // namespace tamtap::journal
