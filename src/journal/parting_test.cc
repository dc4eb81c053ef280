// Two copies of one journal whose histories part: an old image of the card was put back.
#include <gmock/gmock.h>

#include <map>

#include "journal/journal_import.h"
#include "journal/merge.h"
#include "journal/set_aside.h"
#include "journal/test_journal.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

const std::string kMirror = "/stick/journal";

// The lines of a journal, written by hand.
class Lines {
 public:
  Lines& Start(const std::string& generation, uint64_t previous_last,
               const std::string& previous = {}) {
    StartLine start;
    start.previous_generation = previous;
    start.terminal = "gate-1";
    start.generation = generation;
    start.previous_last_sequence = previous_last;
    start.boot = "boot";
    AppendStartLine(start, bytes_);
    generation_ = generation;
    return *this;
  }
  Lines& Tap(uint64_t sequence) {
    Record record = ExampleRecord(sequence, ExampleCard(sequence));
    record.tap.generation = generation_;
    AppendTapLine(sequence, "boot", 1, record, bytes_);
    return *this;
  }
  Lines& Void(uint64_t sequence) {
    AppendOutcomeLine({sequence, sequence, TapOutcome::kVoid, {}}, bytes_);
    return *this;
  }
  Lines& Seal(const std::string& generation, uint64_t last_sequence = 0) {
    SealLine seal;
    seal.checkpoint.generation = generation;
    seal.checkpoint.last_sequence = last_sequence;
    AppendSealLine(seal, bytes_);
    return *this;
  }
  operator std::string() const { return bytes_; }

 private:
  std::string generation_;
  std::string bytes_;
};

Parting PartingOf(const std::string& ours, const std::string& theirs) {
  Numbering mine;
  Numbering other;
  mine.Read(ours);
  other.Read(theirs);
  return mine.PartsFrom(other);
}

std::string TwoTaps() { return Lines().Start("aaaaaaaaaaaaaaaa", 0).Tap(1).Tap(2); }

TEST(PartingTest, ACopyThatHasMoreIsNoParting) {
  EXPECT_FALSE(PartingOf(TwoTaps(), TwoTaps()).anywhere());
  EXPECT_FALSE(
      PartingOf(TwoTaps(), TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2).Tap(3)))
          .anywhere());
  EXPECT_FALSE(
      PartingOf(TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2).Tap(3)), TwoTaps())
          .anywhere());
}

TEST(PartingTest, TheyPartAtTheFirstNumberThatIsTwoTaps) {
  const std::string ours = TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2).Tap(3));
  const std::string theirs = TwoTaps() + std::string(Lines().Start("cccccccccccccccc", 2).Tap(3));
  EXPECT_EQ(PartingOf(ours, theirs).from, 3u);
}

TEST(PartingTest, ANumberThatTheirsCalledVoidIsPastTheParting) {
  const std::string ours = TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2).Tap(3));
  // Their third tap failed, and they went on with the fourth.
  std::string theirs = TwoTaps() + std::string(Lines().Void(3));
  theirs += std::string(Lines().Start("cccccccccccccccc", 3).Tap(4));
  const Parting parting = PartingOf(ours, theirs);
  EXPECT_EQ(parting.from, 3u);
  const std::string lost = ours + std::string(theirs.size(), '\n');
  const std::string void_only = std::string(lost.size(), '\n') + std::string(Lines().Void(3));
  EXPECT_EQ(MergeSegments(lost, void_only, UINT64_MAX, parting).restored, 0u);
  EXPECT_EQ(MergeSegments(lost, void_only, UINT64_MAX).restored, 1u);
}

TEST(PartingTest, TheyPartWhereAGenerationEndedInOursAndWentOnInTheirs) {
  const std::string first = Lines().Start("aaaaaaaaaaaaaaaa", 0).Tap(1).Tap(2);
  const std::string ours =
      first + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2, "aaaaaaaaaaaaaaaa").Tap(3).Tap(4));
  // Of their own third tap and what it became only later lines are left, behind a copy of ours.
  const std::string theirs =
      ours + std::string(Lines().Start("cccccccccccccccc", 3, "aaaaaaaaaaaaaaaa").Tap(5));
  EXPECT_EQ(PartingOf(ours, theirs).from, 3u);
}

TEST(PartingTest, ANumberThatWasGivenAwayAgainIsNoParting) {
  // The third tap was refused, its line was lost where the journal is, and the next start knew of
  // none.
  std::string ours = Lines().Start("aaaaaaaaaaaaaaaa", 0).Tap(1).Tap(2);
  std::string theirs = Lines().Start("aaaaaaaaaaaaaaaa", 0).Tap(1).Tap(2).Tap(3);
  const std::string second = Lines().Start("bbbbbbbbbbbbbbbb", 2, "aaaaaaaaaaaaaaaa").Tap(3);
  EXPECT_FALSE(PartingOf(ours + second, theirs + second).anywhere());
}

TEST(PartingTest, ACheckpointOfALaterGenerationOfTheirsStaysOut) {
  const Parting parting =
      PartingOf(TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2).Tap(3)), TwoTaps());
  const std::string gap(TwoTaps().size(), '\n');
  const std::string of_theirs = gap + std::string(Lines().Seal("cccccccccccccccc"));
  const std::string of_both = gap + std::string(Lines().Seal("aaaaaaaaaaaaaaaa"));
  EXPECT_EQ(MergeSegments(TwoTaps(), of_theirs, UINT64_MAX, parting).restored, 0u);
  EXPECT_EQ(MergeSegments(TwoTaps(), of_both, UINT64_MAX, parting).restored, 1u);
}

// Found by seed 103705: what the old copy's history had told besides was replaced, and only this
// was left. It called a number void that was an acknowledged tap's by then.
TEST(PartingTest, ACheckpointOfTheirsThatKnowsNumbersWhichWereGivenAwayAgainIsAParting) {
  const std::string ours =
      TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2, "aaaaaaaaaaaaaaaa").Tap(3));
  const std::string theirs =
      ours + std::string(500, '\n') + std::string(Lines().Seal("aaaaaaaaaaaaaaaa", 5));
  const Parting parting = PartingOf(ours, theirs);
  EXPECT_EQ(parting.from, 3u);
  EXPECT_EQ(MergeSegments(ours, theirs, UINT64_MAX, parting).restored, 0u);
}

TEST(PartingTest, ACheckpointThatKnowsNoMoreThanOursIsNoParting) {
  const std::string ours =
      TwoTaps() + std::string(Lines().Start("bbbbbbbbbbbbbbbb", 2, "aaaaaaaaaaaaaaaa").Tap(3));
  const std::string theirs =
      ours + std::string(500, '\n') + std::string(Lines().Seal("aaaaaaaaaaaaaaaa", 2));
  const Parting parting = PartingOf(ours, theirs);
  EXPECT_FALSE(parting.anywhere());
  EXPECT_EQ(MergeSegments(ours, theirs, UINT64_MAX, parting).restored, 1u);
}

TEST(MergeTest, AnOutcomeOfATapWhoseNumberWasGivenAwayAgainStaysOut) {
  std::string outcome;
  AppendOutcomeLine({3, 3, TapOutcome::kConfirmed, {}}, outcome);
  const std::string ours = TwoTaps();
  EXPECT_EQ(MergeSegments(ours, ours + outcome, UINT64_MAX).restored, 1u);
  EXPECT_EQ(MergeSegments(ours, ours + outcome, 4).restored, 1u);
  EXPECT_EQ(MergeSegments(ours, ours + outcome, 3).restored, 0u);
}

TEST(MergeTest, ALineThatWouldTakeTheNewlineOfOursStaysOut) {
  const std::string first = Lines().Start("aaaaaaaaaaaaaaaa", 0);
  const std::string lost = Lines().Tap(1);
  const std::string next = Lines().Tap(2);
  // Ours goes on where the lost line ended, without a newline between: its own was torn off.
  const std::string ours = first + std::string(lost.size() - 1, '#') + next;
  EXPECT_EQ(MergeSegments(ours, first + lost, UINT64_MAX).bytes, ours);
  // The other way round: ours begins later.
  const std::string shifted = first + std::string(lost.size(), '#') + next;
  EXPECT_EQ(MergeSegments(shifted, first + lost, UINT64_MAX).bytes, first + lost + next);
}

class PutBackTest : public JournalTest {
 protected:
  PutBackTest() {
    disk_.SetContent(kMirror + "/.keep", "");
    segment_bytes_ = 4 << 10;
  }
  std::unique_ptr<Journal> OpenMirrored() {
    JournalOptions options = Options();
    options.mirror = kMirror;
    auto journal = Journal::Open(options, disk_, clock_, random_);
    EXPECT_TRUE(journal);
    return journal ? *std::move(journal) : nullptr;
  }
};

TEST_F(PutBackTest, AnOldImageOfTheCardGetsAllThatCameAfterItFromTheStick) {
  auto journal = OpenMirrored();
  Append(*journal, 1, 4);
  journal.reset();
  disk_.WriteBack();
  std::map<std::string, std::string> image;
  for (const auto& [path, size] : disk_.Files()) {
    if (path.starts_with(kDirectory + "/")) image[path] = disk_.Content(path);
  }
  journal = OpenMirrored();
  Append(*journal, 5, 40);
  ASSERT_TRUE(journal->Maintain());
  journal.reset();
  disk_.WriteBack();
  for (const auto& [path, size] : disk_.Files()) {
    if (path.starts_with(kDirectory + "/")) {
      ASSERT_TRUE(disk_.Remove(path));
    }
  }
  for (const auto& [path, content] : image) disk_.SetContent(path, content);
  journal = OpenMirrored();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 40));
  EXPECT_THAT(*ListSetAside(disk_, kMirror), IsEmpty());
}

TEST_F(PutBackTest, ADirectoryWithFilesOfTwoJournalsIsImportedWhole) {
  {
    const auto journal = Open();
    Append(*journal, 1, 3);
  }
  disk_.WriteBack();
  std::string foreign;
  AppendSegmentLine({9, "00000000000000aa"}, foreign);
  foreign += std::string(Lines().Start("cccccccccccccccc", 0).Tap(7));
  disk_.SetContent(PathOf(9), foreign);
  RetiredLine retired;
  retired.segments = 8;
  retired.records = 80;
  retired.checkpoint.journal = "00000000000000aa";
  std::string line;
  AppendRetiredLine(retired, line);
  disk_.SetContent(JoinPath(kDirectory, "retired"), line);
  const auto import = ReadJournalToImport(disk_, clock_, kDirectory);
  ASSERT_TRUE(import);
  std::vector<std::string> cards;
  for (const ImportedTap& tap : import->taps) cards.push_back(tap.record.card.text());
  std::sort(cards.begin(), cards.end());
  EXPECT_THAT(cards, ElementsAre(ExampleCard(1), ExampleCard(2), ExampleCard(3), ExampleCard(7)));
}

}  // namespace
}  // namespace tamtap::journal
