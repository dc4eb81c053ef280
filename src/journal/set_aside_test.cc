// What is foreign is set aside whole: law 7b.
#include "journal/set_aside.h"

#include <gmock/gmock.h>

#include <map>
#include <set>

#include "journal/journal_reader.h"
#include "journal/ownership.h"
#include "journal/reconcile.h"
#include "journal/test_journal.h"
#include "sim/fake_clock.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;

const std::string kMirror = "/stick/journal";
using Files = std::map<std::string, std::string>;  // name in a directory, and content

class SetAsideTest : public JournalTest {
 protected:
  SetAsideTest() {
    disk_.SetContent(kMirror + "/.keep", "");
    segment_bytes_ = 4 << 10;
  }

  JournalOptions OptionsOf(const std::string& directory, const std::string& mirror) const {
    JournalOptions options = Options();
    options.directory = directory;
    options.mirror = mirror;
    return options;
  }
  std::unique_ptr<Journal> OpenIn(sim::SimulatedDisk& disk, const std::string& directory,
                                  const std::string& mirror = {},
                                  const std::string& terminal = "gate-1") {
    JournalOptions options = OptionsOf(directory, mirror);
    options.terminal = terminal;
    auto journal = Journal::Open(options, disk, clock_, random_);
    EXPECT_TRUE(journal) << journal.error().Message();
    return journal ? *std::move(journal) : nullptr;
  }
  std::unique_ptr<Journal> OpenMirrored() { return OpenIn(disk_, kDirectory, kMirror); }

  // Taps, sealed segments, retired ones and an archive. Returns the journal's id.
  std::string MakeJournal(sim::SimulatedDisk& disk, const std::string& directory,
                          uint64_t first_person, const std::string& terminal = "gate-1") {
    JournalOptions options = OptionsOf(directory, {});
    options.terminal = terminal;
    options.retention = {30, true};
    sim::FakeClock clock{WallTime(std::chrono::microseconds(kExampleMorningUs))};
    auto journal = Journal::Open(options, disk, clock, random_);
    EXPECT_TRUE(journal);
    for (uint64_t n = 1; n <= 30; ++n) {
      Append(**journal, first_person + n, first_person + n);
      EXPECT_TRUE((*journal)->Maintain());
      if (n > 10) continue;
      (*journal)->Confirm(std::vector<uint64_t>{n});
      (*journal)->Checked(std::vector<uint64_t>{n});
    }
    clock.Advance(std::chrono::days(60));
    EXPECT_TRUE((*journal)->Maintain());
    std::string id = (*journal)->Status().journal;
    journal->reset();
    disk.WriteBack();
    return id;
  }

  static Files FilesBelow(sim::SimulatedDisk& disk, const std::string& directory) {
    Files files;
    for (const auto& [path, size] : disk.Files()) {
      if (path.starts_with(directory + "/") && !path.ends_with("/mirror") &&
          !path.ends_with("/.keep")) {
        files[path.substr(directory.size() + 1)] = disk.Content(path);
      }
    }
    return files;
  }
  static bool HaveSomewhere(sim::SimulatedDisk& disk, const std::string& content) {
    const auto files = disk.Files();
    return std::any_of(files.begin(), files.end(),
                       [&](const auto& file) { return disk.Content(file.first) == content; });
  }
};

TEST_F(SetAsideTest, TheStickOfACardThatDiedIsSetAsideWholeWhenANewJournalHasBegun) {
  const std::string first = MakeJournal(disk_, kMirror, 100);
  const Files before = FilesBelow(disk_, kMirror);
  ASSERT_TRUE(before.contains("retired"));
  ASSERT_TRUE(before.contains("archive/00000001.jsonl.gz"));
  {
    const auto journal = OpenIn(disk_, kDirectory);  // one morning without the stick
    Append(*journal, 1, 3);
  }
  const auto journal = OpenMirrored();
  Append(*journal, 4, 6);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(FilesBelow(disk_, kMirror + "/set-aside/" + first), before);
  EXPECT_THAT(*ListSetAside(disk_, kMirror), ElementsAre(kMirror + "/set-aside/" + first));
  EXPECT_EQ(journal->Status().mirror_problem, "") << "mirroring goes on";
  EXPECT_EQ(disk_.Content(JoinPath(kMirror, SegmentName(1))), disk_.Content(PathOf(1)));
  EXPECT_EQ(RememberedMirror(disk_, kDirectory), kMirror);

  // It is a journal like any other.
  const auto state = ReadWholeJournal(disk_, clock_, kMirror + "/set-aside/" + first);
  ASSERT_TRUE(state);
  EXPECT_EQ(state->ledger.records(), 30u);
  EXPECT_EQ(state->ledger.pending().size(), 20u);
  EXPECT_THAT(state->damage, IsEmpty());
}

TEST_F(SetAsideTest, TheStickThatComesWhileTheTerminalRunsIsSetAsideToo) {
  ASSERT_TRUE(disk_.Remove(kMirror + "/.keep"));
  const auto journal = OpenMirrored();
  Append(*journal, 1, 3);
  const std::string foreign = MakeJournal(disk_, kMirror, 100, "gate-2");
  const Files before = FilesBelow(disk_, kMirror);
  ASSERT_TRUE(journal->Maintain());
  Append(*journal, 4, 30);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_EQ(FilesBelow(disk_, kMirror + "/set-aside/" + foreign), before);
  EXPECT_EQ(journal->Status().mirror_problem, "");
}

TEST_F(SetAsideTest, NoSegmentIsSealedInWhatHasItsNameOnTheMirror) {
  const auto journal = OpenMirrored();
  ASSERT_TRUE(journal->Maintain());  // the mirror is complete, and in use
  for (uint64_t n = 1; journal->Status().segments < 2; ++n) Append(*journal, n, n);
  // The first segment is finished, and its file closed. Nobody has noticed the other stick.
  sim::SimulatedDisk other;
  MakeJournal(other, "/other", 100, "gate-2");
  const Files files = FilesBelow(other, "/other");
  const auto theirs = std::find_if(files.begin(), files.end(), [](const auto& file) {
    return SegmentNumber(file.first) && file.second.find_first_not_of('\n') != std::string::npos;
  });
  ASSERT_NE(theirs, files.end());
  disk_.SetContent(kMirror + "/" + SegmentName(1), theirs->second);
  ASSERT_TRUE(journal->Maintain());
  EXPECT_TRUE(HaveSomewhere(disk_, theirs->second));
  EXPECT_EQ(disk_.Content(kMirror + "/" + SegmentName(1)), disk_.Content(PathOf(1)));
  EXPECT_EQ(journal->Status().mirror_problem, "");
}

TEST_F(SetAsideTest, AnEmptyCardTakesOverItsOwnMirrorButNotAnotherGates) {
  const std::string other = MakeJournal(disk_, kMirror, 100, "gate-2");
  const Files before = FilesBelow(disk_, kMirror);
  const auto journal = OpenMirrored();
  EXPECT_EQ(journal->Status().records, 0u);
  EXPECT_NE(journal->Status().journal, other);
  EXPECT_EQ(FilesBelow(disk_, kMirror + "/set-aside/" + other), before);

  disk_.SetContent("/own/.keep", "");
  const std::string own = MakeJournal(disk_, "/own", 200);
  const auto restored = OpenIn(disk_, "/new-card", "/own");
  EXPECT_EQ(restored->Status().journal, own);
  EXPECT_EQ(restored->Status().records, 30u);
}

TEST_F(SetAsideTest, SticksThatAreSwappedTwiceMoveOntoNoNameThatIsTaken) {
  disk_.SetContent("/stick-b/.keep", "");
  const auto run = [&](const std::string& card, const std::string& stick, uint64_t person) {
    const auto journal = OpenIn(disk_, card, stick, card == "/a" ? "gate-1" : "gate-2");
    Append(*journal, person, person + 2);
    EXPECT_TRUE(journal->Maintain());
    EXPECT_EQ(journal->Status().mirror_problem, "");
    return journal->Status().journal;
  };
  std::vector<std::string> contents;
  const auto remember = [&] {
    for (const std::string& stick : {kMirror, std::string("/stick-b")}) {
      for (const auto& [name, content] : FilesBelow(disk_, stick)) {
        if (content.find_first_not_of('\n') != std::string::npos && name != "lock") {
          contents.push_back(content);
        }
      }
    }
  };
  const std::string a = run("/a", kMirror, 1);
  const std::string b = run("/b", "/stick-b", 11);
  for (uint64_t round = 0; round < 3; ++round) {
    remember();
    run("/a", round % 2 == 0 ? "/stick-b" : kMirror, 20 + round * 10);
    run("/b", round % 2 == 0 ? kMirror : "/stick-b", 60 + round * 10);
    for (const std::string& content : contents) {
      const std::string lines = content.substr(0, content.find_last_not_of('\n') + 1);
      bool found = false;  // as it was, or with more lines behind it
      for (const auto& [path, size] : disk_.Files()) {
        found |= disk_.Content(path).starts_with(lines);
      }
      EXPECT_TRUE(found) << content.substr(0, 200);
    }
  }
  EXPECT_THAT(*ListSetAside(disk_, kMirror), IsSupersetOf({kMirror + "/set-aside/" + a}));
  EXPECT_THAT(*ListSetAside(disk_, "/stick-b"), IsSupersetOf({"/stick-b/set-aside/" + b}));
}

TEST_F(SetAsideTest, ForeignFilesInTheJournalsOwnDirectoryAreSetAsideAndNeverBlockTheStart) {
  std::string ours;
  {
    const auto journal = Open();
    Append(*journal, 1, 12);
    ASSERT_TRUE(journal->Maintain());
    ours = journal->Status().journal;
  }
  sim::SimulatedDisk other;
  const std::string foreign = MakeJournal(other, "/other", 100, "gate-2");
  const Files copied = FilesBelow(other, "/other");
  Files put;
  for (const auto& [name, content] : copied) {
    const std::string to = JoinPath(kDirectory, name);
    if (name == "lock" || !disk_.Content(to).empty()) continue;
    disk_.SetContent(to, content);
    put[name] = content;
  }
  ASSERT_TRUE(put.contains("retired"));
  const auto journal = Open();
  EXPECT_EQ(journal->Status().journal, ours);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 12));
  EXPECT_THAT(journal->Status().damage, IsEmpty());
  EXPECT_EQ(FilesBelow(disk_, kDirectory + "/set-aside/" + foreign), put);
}

// Found by seed 138592.
TEST_F(SetAsideTest, AJournalWhoseFirstLineIsGoneDoesNotTakeAForeignOneForItself) {
  for (const bool with_retired : {false, true}) {
    for (const bool mirrored : {false, true}) {
      SCOPED_TRACE(fmt::format("retired {}, mirrored {}", with_retired, mirrored));
      sim::SimulatedDisk disk;
      disk.SetContent(kMirror + "/.keep", "");
      {
        const auto journal = OpenIn(disk, kDirectory, mirrored ? kMirror : "");
        Append(*journal, 1, 3);
      }
      disk.WriteBack();
      std::string rotten = disk.Content(PathOf(1));
      rotten[10] ^= 1;
      disk.SetContent(PathOf(1), rotten);
      sim::SimulatedDisk other;
      const std::string foreign = MakeJournal(other, "/other", 100, "gate-2");
      Files put;
      for (const auto& [name, content] : FilesBelow(other, "/other")) {
        const std::string to = JoinPath(kDirectory, name);
        const bool blank = content.find_first_not_of('\n') == std::string::npos;
        if (name == "lock" || blank || !disk.Content(to).empty()) continue;
        if (name == "retired" && !with_retired) continue;
        disk.SetContent(to, content);
        put[name] = content;
      }
      ASSERT_GE(put.size(), 2u);
      const auto journal = OpenIn(disk, kDirectory, mirrored ? kMirror : "");
      EXPECT_NE(journal->Status().journal, foreign);
      EXPECT_EQ(PendingCards(*journal), Cards(1, 3));
      const Files aside = FilesBelow(disk, kDirectory + "/set-aside/" + foreign);
      for (const auto& [name, content] : put) {
        const auto kept = aside.find(name);
        ASSERT_NE(kept, aside.end()) << name;
        EXPECT_EQ(kept->second, content) << name;
      }
    }
  }
}

TEST_F(SetAsideTest, AFileThatIsPutWhereTheNextSegmentGoesIsNeitherWrittenOverNorInTheWay) {
  const auto journal = Open();
  sim::SimulatedDisk other;
  MakeJournal(other, "/other", 100, "gate-2");
  std::vector<std::string> foreign;
  for (const auto& [name, content] : FilesBelow(other, "/other")) {
    if (!SegmentNumber(name) || !disk_.Content(JoinPath(kDirectory, name)).empty()) continue;
    if (content.find_first_not_of('\n') == std::string::npos) continue;
    disk_.SetContent(JoinPath(kDirectory, name), content);
    foreign.push_back(content);
  }
  ASSERT_FALSE(foreign.empty());
  Append(*journal, 1, 60);
  EXPECT_EQ(PendingCards(*journal), Cards(1, 60));
  for (const std::string& content : foreign) EXPECT_TRUE(HaveSomewhere(disk_, content));
}

TEST_F(SetAsideTest, RetirementTakesNothingForeignWithItAndWritesOverNoArchive) {
  JournalOptions options = OptionsOf(kDirectory, kMirror);
  options.retention = {30, true};
  options.first_indexed_day = "2027-01-31";
  auto journal = *Journal::Open(options, disk_, clock_, random_);
  for (uint64_t n = 1; n <= 30; ++n) {
    Append(*journal, n, n);
    ASSERT_TRUE(journal->Maintain());
    journal->Confirm(std::vector<uint64_t>{n});
    journal->Checked(std::vector<uint64_t>{n});
  }
  sim::SimulatedDisk other;
  MakeJournal(other, "/other", 100, "gate-2");
  std::vector<std::string> foreign;
  for (const auto& [name, content] : FilesBelow(other, "/other")) {
    if (!name.starts_with("archive/")) continue;
    foreign.push_back(content);
    disk_.SetContent(JoinPath(kDirectory, name), content);
  }
  ASSERT_FALSE(foreign.empty());
  const std::string segment = other.Content("/other/00000005.jsonl");
  foreign.push_back(segment);
  disk_.SetContent(kMirror + "/00000001.jsonl", segment);  // over ours: ours is on the card
  disk_.SetContent(kMirror + "/retired", other.Content("/other/retired"));
  clock_.Advance(std::chrono::days(40));
  ASSERT_TRUE(journal->Maintain());
  ASSERT_GT(ListSegments(disk_, kDirectory)->front(), 1u);
  for (const std::string& content : foreign) EXPECT_TRUE(HaveSomewhere(disk_, content));
  EXPECT_TRUE(HaveSomewhere(disk_, other.Content("/other/retired")));
}

TEST_F(SetAsideTest, ACrashAtAnyCallLeavesEachFileSomewhereAndTheNextStartGoesOn) {
  sim::SimulatedDisk made;
  const std::string foreign = MakeJournal(made, kMirror, 100, "gate-2");
  {
    const auto journal = OpenIn(made, kDirectory);
    Append(*journal, 1, 3);
  }
  made.WriteBack();
  const Files before = FilesBelow(made, kMirror);
  for (int nth = 0; nth < 200; ++nth) {
    SeededRandom random(static_cast<uint64_t>(nth));
    const auto disk = made.Clone();
    int calls = 0;
    disk->SetFaults([&](sim::DiskCall, const std::string&) -> std::optional<sim::DiskFault> {
      return calls++ < nth ? std::nullopt : std::optional(sim::DiskFault{EIO, 0, true});
    });
    auto opened = Journal::Open(OptionsOf(kDirectory, kMirror), *disk, clock_, random);
    if (opened) opened->reset();
    disk->SetFaults(nullptr);
    disk->Crash(random);
    for (const auto& [name, content] : before) {
      EXPECT_TRUE(HaveSomewhere(*disk, content)) << name << " after " << nth;
    }
    const auto journal = OpenIn(*disk, kDirectory, kMirror);
    ASSERT_TRUE(journal->Maintain());
    // A crash in a rename may have left both names: then they are in two directories.
    for (const auto& [name, content] : before) {
      const std::string aside = kMirror + "/set-aside/" + foreign;
      EXPECT_TRUE(disk->Content(aside + "/" + name) == content ||
                  disk->Content(aside + ".2/" + name) == content)
          << name << " after " << nth;
    }
    if (calls < nth) break;
  }
}

TEST_F(SetAsideTest, AnOldCopyOfTheCardDoesNotTakeOverOutcomesThatMeanOtherTaps) {
  auto journal = OpenMirrored();
  Append(*journal, 1, 4);
  journal.reset();
  disk_.WriteBack();
  const Files card = FilesBelow(disk_, kDirectory);  // an image of it is taken
  journal = OpenMirrored();
  Append(*journal, 5, 40);
  ASSERT_TRUE(journal->Maintain());
  std::vector<uint64_t> numbers;
  for (uint64_t n = 1; n <= 40; ++n) numbers.push_back(n);
  journal->Confirm(numbers);
  journal.reset();
  disk_.WriteBack();
  // The image is put back, and the gate runs without its stick.
  for (const auto& [name, content] : FilesBelow(disk_, kDirectory)) {
    ASSERT_TRUE(disk_.Remove(JoinPath(kDirectory, name)));
  }
  for (const auto& [name, content] : card) disk_.SetContent(JoinPath(kDirectory, name), content);
  journal = Open();
  Append(*journal, 51, 55);
  journal.reset();
  disk_.WriteBack();
  const std::string on_stick = disk_.Content(kMirror + "/00000002.jsonl");
  // Back with the stick: numbers 5 and on are other people's there, and confirmed.
  journal = OpenMirrored();
  EXPECT_THAT(PendingCards(*journal), IsSupersetOf(Cards(51, 55)));
  ASSERT_TRUE(journal->Maintain());
  EXPECT_TRUE(HaveSomewhere(disk_, on_stick)) << "what only the stick has is kept";
  EXPECT_THAT(PendingCards(*journal), IsSupersetOf(Cards(51, 55)));
}

TEST_F(SetAsideTest, AMoveThatFailedHalfWayAndCouldNotBeTakenBackLosesNothingLater) {
  const std::string foreign = MakeJournal(disk_, kMirror, 100, "gate-2");
  const Files before = FilesBelow(disk_, kMirror);
  bool moving = true;
  disk_.SetFaults([&](sim::DiskCall call, const std::string& of) -> std::optional<sim::DiskFault> {
    if (of.find("/set-aside/") != std::string::npos && call == sim::DiskCall::kSyncDirectory) {
      moving = false;
      return sim::DiskFault{EIO, 0};
    }
    if (!moving && call == sim::DiskCall::kRename) return sim::DiskFault{EIO, 0};
    return std::nullopt;
  });
  EXPECT_FALSE(SetForeignAside(disk_, kMirror, "00000000000000aa"));
  disk_.SetFaults(nullptr);
  ASSERT_TRUE(SetForeignAside(disk_, kMirror, "00000000000000aa"));
  ASSERT_TRUE(disk_.SyncDirectory(kMirror));
  disk_.CrashLosingAll();
  for (const auto& [name, content] : before) EXPECT_TRUE(HaveSomewhere(disk_, content)) << name;
}

TEST_F(SetAsideTest, AnIdThatIsNoIdIsNoPath) {
  std::string header;
  AppendSegmentLine({1, "../../etc"}, header);
  disk_.SetContent(kMirror + "/00000001.jsonl", header);
  const auto journal = OpenMirrored();
  EXPECT_EQ(disk_.Content(kMirror + "/set-aside/unknown/00000001.jsonl"), header);
}

TEST_F(SetAsideTest, ASegmentOnTheMirrorWithoutItsFirstLineIsOursIfOurLinesAreInIt) {
  auto journal = OpenMirrored();
  Append(*journal, 1, 3);
  ASSERT_TRUE(journal->Maintain());
  journal.reset();
  disk_.WriteBack();
  std::string ours = disk_.Content(PathOf(1));
  std::string theirs = ours;
  theirs[10] ^= 1;                        // the mirror loses its first line,
  ours[ours.find(ExampleCard(3))] = 'X';  // and the card the third tap
  disk_.SetContent(PathOf(1), ours);
  disk_.SetContent(kMirror + "/00000001.jsonl", theirs);
  journal = OpenMirrored();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 3));
}

TEST_F(SetAsideTest, AMirrorThatIsReadOnlyOrFullIsSaidAndNothingOnItChanges) {
  MakeJournal(disk_, kMirror, 100, "gate-2");
  const Files before = FilesBelow(disk_, kMirror);
  for (const int reason : {EROFS, ENOSPC, EIO}) {
    disk_.SetFaults([reason](sim::DiskCall call, const std::string& path) {
      const bool reads = call == sim::DiskCall::kOpen || call == sim::DiskCall::kRead;
      return path.starts_with(kMirror) && !reads ? std::optional(sim::DiskFault{reason, 0})
                                                 : std::nullopt;
    });
    const auto journal = OpenMirrored();
    Append(*journal, 1, 20);
    EXPECT_NE(journal->Status().mirror_problem, "");
    EXPECT_FALSE(journal->Maintain());
    Files after = FilesBelow(disk_, kMirror);
    EXPECT_EQ(after, before);
    disk_.SetFaults(nullptr);
  }
}

}  // namespace
}  // namespace tamtap::journal
