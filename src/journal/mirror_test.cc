#include "journal/mirror.h"

#include <gmock/gmock.h>

#include "journal/journal_reader.h"
#include "journal/test_journal.h"
#include "sim/fake_clock.h"

namespace tamtap::journal {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::string kMirror = "/stick/journal";

class MirrorTest : public JournalTest {
 protected:
  MirrorTest() { MakeMirror(); }

  // The directory must be there; the simulated disk has one as soon as something is in it.
  void MakeMirror() { disk_.SetContent(kMirror + "/.keep", ""); }

  JournalOptions MirroredOptions() const {
    JournalOptions options = Options();
    options.mirror = kMirror;
    return options;
  }
  std::unique_ptr<Journal> OpenMirrored() {
    auto journal = Journal::Open(MirroredOptions(), disk_, clock_, random_);
    EXPECT_TRUE(journal) << journal.error().Message();
    return journal ? *std::move(journal) : nullptr;
  }
  std::string MirrorOf(uint64_t segment) const { return JoinPath(kMirror, SegmentName(segment)); }

  void ExpectTwins() {
    const auto ours = *ListSegments(disk_, kDirectory);
    EXPECT_EQ(*ListSegments(disk_, kMirror), ours);
    for (const uint64_t number : ours) {
      EXPECT_EQ(disk_.Content(MirrorOf(number)), disk_.Content(PathOf(number))) << number;
    }
  }
  // Everything at or below a directory fails, as if its medium had been pulled out.
  void PullOut(const std::string& directory) {
    disk_.SetFaults([directory](sim::DiskCall, const std::string& path) {
      return path.starts_with(directory) ? std::optional(sim::DiskFault{EIO, 0}) : std::nullopt;
    });
  }
  void PutBack() { disk_.SetFaults(nullptr); }

  // The journal's directory is lost, as with a new card.
  void LoseJournal() {
    Lose(disk_, kDirectory + "/archive");
    Lose(disk_, kDirectory);  // the archive went with its last file
    ASSERT_TRUE(disk_.SyncDirectory(kDirectory));
  }
  static void Lose(sim::SimulatedDisk& disk, const std::string& directory) {
    const auto names = disk.List(directory);
    for (const std::string& name : *names) ASSERT_TRUE(disk.Remove(JoinPath(directory, name)));
  }
};

TEST_F(MirrorTest, TheMirrorHasEachLineBeforeItIsAcknowledged) {
  segment_bytes_ = 4 << 10;
  const auto journal = OpenMirrored();
  for (uint64_t n = 1; n <= 30; ++n) {
    Append(*journal, n, n);
    const auto last = ListSegments(disk_, kMirror)->back();
    EXPECT_THAT(disk_.Content(MirrorOf(last)) + disk_.Content(MirrorOf(last - 1)),
                HasSubstr(ExampleCard(n)));
    ASSERT_TRUE(journal->Maintain());
  }
  EXPECT_EQ(journal->Status().mirror_problem, "");
  ExpectTwins();
}

TEST_F(MirrorTest, AJournalThatIsGoneComesBackFromTheMirror) {
  segment_bytes_ = 4 << 10;
  {
    const auto journal = OpenMirrored();
    for (uint64_t n = 1; n <= 30; ++n) {
      Append(*journal, n, n);
      ASSERT_TRUE(journal->Maintain());
    }
    journal->Confirm(std::vector<uint64_t>{1, 2, 3});
  }
  disk_.CrashLosingAll();
  LoseJournal();
  auto journal = OpenMirrored();
  EXPECT_EQ(journal->Status().records, 30u);
  EXPECT_THAT(journal->Status().damage, IsEmpty());
  Append(*journal, 31, 31);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_THAT(PendingCards(*journal), ::testing::IsSupersetOf(Cards(4, 31)));
  EXPECT_THAT(ReadWholeJournal(disk_, clock_, kDirectory)->damage, IsEmpty());
  ExpectTwins();
}

TEST_F(MirrorTest, FlushedBytesThatTheDiskLostComeBackFromTheMirror) {
  {
    const auto journal = OpenMirrored();
    Append(*journal, 1, 5);
  }
  std::string content = disk_.Content(PathOf(1));
  const size_t tap = content.find(ExampleCard(3));
  content[tap] = 'X';
  disk_.SetContent(PathOf(1), content);
  const auto journal = OpenMirrored();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 5));
  EXPECT_THAT(journal->Status().damage, IsEmpty());
  EXPECT_EQ(
      disk_.Content(kDirectory + "/set-aside/" + journal->Status().journal + "/00000001.jsonl"),
      content)
      << "damage is set aside, never deleted";
}

TEST_F(MirrorTest, APendingTapThatRotsWhileTheTerminalRunsIsReadFromTheMirror) {
  const auto journal = OpenMirrored();
  Append(*journal, 1, 5);
  std::string content = disk_.Content(PathOf(1));
  content[content.find(ExampleCard(3))] = 'X';
  disk_.SetContent(PathOf(1), content);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 5));
}

TEST_F(MirrorTest, WithoutItsMediumTapsGoOnAndTheMirrorCatchesUpWhenItIsBack) {
  segment_bytes_ = 4 << 10;
  const auto journal = OpenMirrored();
  Append(*journal, 1, 3);
  ASSERT_TRUE(journal->Maintain());
  PullOut(kMirror);
  Append(*journal, 4, 20);
  EXPECT_NE(journal->Status().mirror_problem, "");
  EXPECT_FALSE(journal->Maintain());
  Append(*journal, 21, 22);
  PutBack();
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(journal->Status().mirror_problem, "");
  Append(*journal, 23, 23);
  ExpectTwins();
}

TEST_F(MirrorTest, AMirrorThatIsPluggedInLaterGetsEverything) {
  ASSERT_TRUE(disk_.Remove(kMirror + "/.keep"));
  const auto journal = OpenMirrored();
  Append(*journal, 1, 3);
  EXPECT_NE(journal->Status().mirror_problem, "");
  MakeMirror();
  ASSERT_TRUE(journal->Maintain());
  Append(*journal, 4, 4);
  EXPECT_EQ(journal->Status().mirror_problem, "");
  ExpectTwins();
}

// As Linux does it: what a flush failed for can still be read there, and no later flush writes it.
class FailedMirrorFlushTest : public MirrorTest {
 protected:
  // A journal of four taps, of which the mirror's medium has three.
  std::unique_ptr<Journal> OpenWithAFailedFlush() {
    auto journal = OpenMirrored();
    Append(*journal, 1, 3);
    FailFlushes(1, MirrorOf(1));
    Append(*journal, 4, 4);
    return journal;
  }
  // Catches up, and has the mirror say what it has.
  void ExpectCompleteOnceItCaughtUp(std::unique_ptr<Journal> journal, uint64_t last) {
    ASSERT_TRUE(journal->Maintain());
    ASSERT_THAT(journal->Status().mirror_problem, IsEmpty());
    journal.reset();
    disk_.CrashLosingAll();
    LoseJournal();
    EXPECT_EQ(PendingCards(*OpenMirrored()), Cards(1, last));
  }
};

TEST_F(FailedMirrorFlushTest, WhatItFailedForIsWrittenOnceMoreBeforeTheMirrorIsComplete) {
  auto journal = OpenWithAFailedFlush();
  ASSERT_THAT(journal->Status().mirror_problem, HasSubstr("flush"));
  ExpectCompleteOnceItCaughtUp(std::move(journal), 4);
}

TEST_F(FailedMirrorFlushTest, SoItIsIfTheProcessEndedBeforeItCaughtUp) {
  auto journal = OpenWithAFailedFlush();
  journal = nullptr;
  ExpectCompleteOnceItCaughtUp(OpenMirrored(), 4);
}

TEST_F(FailedMirrorFlushTest, AlsoInASegmentThatIsNoLongerInUse) {
  auto journal = OpenWithAFailedFlush();
  // The journal goes on in its second segment, and this process never seals the first.
  disk_.SetFaults([&](sim::DiskCall call, const std::string& path) {
    const bool fails = call == sim::DiskCall::kWrite && path == PathOf(1);
    return fails ? std::optional(sim::DiskFault{EIO, 0}) : std::nullopt;
  });
  Append(*journal, 5, 5);
  disk_.SetFaults(nullptr);
  ASSERT_EQ(journal->Status().segments, 2u);
  ExpectCompleteOnceItCaughtUp(std::move(journal), 5);
}

TEST_F(MirrorTest, AFailingJournalIsNoSuccessThoughTheMirrorWorks) {
  const auto journal = OpenMirrored();
  PullOut(kDirectory);
  Record record = ExampleRecord(1, ExampleCard(1));
  EXPECT_FALSE(journal->Append(record));
}

TEST_F(MirrorTest, TwoTerminalsCantShareAMirrorAndTheSecondGoesOnWithout) {
  const auto journal = OpenMirrored();
  Append(*journal, 1, 3);
  JournalOptions other = MirroredOptions();
  other.directory = "/other";
  const auto second = Journal::Open(other, disk_, clock_, random_);
  ASSERT_TRUE(second);
  Append(**second, 4, 6);
  EXPECT_THAT((*second)->Status().mirror_problem, HasSubstr("in use"));
  EXPECT_FALSE((*second)->Maintain());
  Append(*journal, 7, 7);
  EXPECT_EQ(journal->Status().mirror_problem, "");
  ASSERT_TRUE(journal->Maintain());
  ExpectTwins();
}

TEST_F(MirrorTest, ATapThatWasNeverAcknowledgedDoesNotTakeTheNumberOfOneThatWas) {
  {
    const auto journal = OpenMirrored();
    Append(*journal, 1, 2);
    // Power goes when the mirror has the next tap, and the journal has not.
    disk_.SetFaults([](sim::DiskCall call, const std::string& path) {
      const bool ours = path.starts_with(kDirectory);
      return ours && (call == sim::DiskCall::kWrite || call == sim::DiskCall::kCreate)
                 ? std::optional(sim::DiskFault{EIO, 0})
                 : std::nullopt;
    });
    Record record = ExampleRecord(1, ExampleCard(3));
    EXPECT_FALSE(journal->Append(record));
  }
  disk_.CrashLosingAll();
  PutBack();
  // The stick is away for one start; the number 3 goes to another person.
  {
    const auto journal = Open();
    Append(*journal, 4, 4);
  }
  const auto journal = OpenMirrored();
  EXPECT_EQ(PendingCards(*journal),
            (std::vector<std::string>{ExampleCard(1), ExampleCard(2), ExampleCard(4)}));
  ASSERT_TRUE(journal->Maintain());
  ExpectTwins();
}

TEST_F(MirrorTest, RetiredSegmentsLeaveTheMirrorTooAndItsArchiveStays) {
  segment_bytes_ = 4 << 10;
  JournalOptions options = MirroredOptions();
  options.retention = {30, true};
  options.first_indexed_day = "2027-01-31";
  auto journal = *Journal::Open(options, disk_, clock_, random_);
  std::vector<uint64_t> all;
  for (uint64_t n = 1; n <= 30; ++n) {
    Append(*journal, n, n);
    ASSERT_TRUE(journal->Maintain());
    all.push_back(n);
  }
  journal->Confirm(all);
  journal->Checked(all);
  clock_.Advance(std::chrono::days(40));
  ASSERT_TRUE(journal->Maintain());
  ASSERT_GT(ListSegments(disk_, kDirectory)->front(), 1u);
  ExpectTwins();
  EXPECT_EQ(disk_.Content(kMirror + "/archive/00000001.jsonl.gz"),
            disk_.Content(kDirectory + "/archive/00000001.jsonl.gz"));

  // With a new card, what left stays away.
  journal.reset();
  LoseJournal();
  journal = *Journal::Open(options, disk_, clock_, random_);
  EXPECT_EQ(journal->Status().records, 30u);
  EXPECT_THAT(ReadWholeJournal(disk_, clock_, kDirectory)->damage, IsEmpty());
}

TEST_F(MirrorTest, ACrashAtAnyMomentWithEitherDiskLostAfterwardsLosesNoAcknowledgedTap) {
  for (int nth = 0; nth < 400; ++nth) {
    sim::SimulatedDisk disk;
    disk.SetContent(kMirror + "/.keep", "");
    SeededRandom random(static_cast<uint64_t>(nth));
    sim::FakeClock clock{WallTime(std::chrono::microseconds(kExampleMorningUs))};
    JournalOptions options = MirroredOptions();
    options.segment_bytes = 2 << 10;
    auto journal = *Journal::Open(options, disk, clock, random);
    int calls = 0;
    disk.SetFaults([&](sim::DiskCall, const std::string&) -> std::optional<sim::DiskFault> {
      if (calls++ < nth) return std::nullopt;
      return sim::DiskFault{EIO, 0};
    });
    std::vector<std::string> acknowledged;
    for (uint64_t n = 1; n <= 12; ++n) {
      Record record = ExampleRecord(1, ExampleCard(n));
      if (journal->Append(record)) acknowledged.push_back(ExampleCard(n));
      if (n % 2 == 0 && !journal->Maintain()) continue;
    }
    journal.reset();
    disk.SetFaults(nullptr);
    disk.Crash(random);
    Lose(disk, nth % 2 == 0 ? kDirectory : kMirror);
    disk.SetContent(kMirror + "/.keep", "");
    journal = *Journal::Open(options, disk, clock, random);
    const std::vector<std::string> pending = PendingCards(*journal);
    EXPECT_THAT(pending, ::testing::IsSupersetOf(acknowledged)) << nth;
    EXPECT_EQ(std::set<std::string>(pending.begin(), pending.end()).size(), pending.size()) << nth;
    if (calls < nth) break;
  }
}

}  // namespace
}  // namespace tamtap::journal
