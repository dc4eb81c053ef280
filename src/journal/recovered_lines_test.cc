// What becomes of single lines and of files that hold none, one test for each thing.
#include <gmock/gmock.h>

#include "journal/recovery_fixture.h"

namespace tamtap::journal {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST_F(RecoveryTest, NoSegmentIsAnEmptyJournal) {
  const JournalState state = State();
  EXPECT_EQ(state.ledger.records(), 0u);
  EXPECT_THAT(state.segments, IsEmpty());
}

TEST_F(RecoveryTest, AnEmptyOrBlankSegmentHoldsNothingAndMayBeUsedAgain) {
  Make(3);
  disk_.SetContent(PathOf(2), "");
  auto journal = Open();
  Append(*journal, 4, 4);
  journal.reset();
  disk_.SetContent(PathOf(2), std::string(segment_bytes_, '\n'));
  journal = Open();
  EXPECT_EQ(PendingCards(*journal), Cards(1, 4));
  EXPECT_THAT(journal->Status().damage, IsEmpty());
}

TEST_F(RecoveryTest, APreparationThatACrashCutShortLeavesNoGap) {
  Make(3);
  disk_.SetContent(PathOf(2), std::string(1000, '\n'));
  {
    const auto journal = Open();
    Append(*journal, 4, 200);  // into the next segment
    EXPECT_GE(journal->Status().segments, 2u);
  }
  EXPECT_THAT(State().damage, IsEmpty());
}

TEST_F(RecoveryTest, AnUnsealedSegmentIsReadInFull) {
  Make(5);
  EXPECT_EQ(State().ledger.pending().size(), 5u);
  EXPECT_FALSE(State().segments[0].sealed);
}

TEST_F(RecoveryTest, ATornTailIsSealedBeforeTheNextAppendWhereverItWasTorn) {
  Make(2);
  const std::string whole = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(2);
  for (size_t cut = start + 1; cut <= end; ++cut) {
    // The torn write left a prefix; behind it there are the newlines that were set aside.
    std::string torn = whole;
    std::fill(torn.begin() + static_cast<ptrdiff_t>(cut), torn.end(), '\n');
    disk_.SetContent(PathOf(1), torn);
    auto journal = Open();
    Append(*journal, 3, 3);
    ASSERT_TRUE(journal->Maintain());
    journal.reset();
    const JournalState state = State();
    if (cut == end) {
      EXPECT_EQ(state.ledger.records(), 3u);
      EXPECT_THAT(state.damage, IsEmpty());
    } else {
      ASSERT_EQ(state.ledger.records(), 2u) << cut;
      // Seen once it is damage; the missing number is not, since the next tap got it.
      EXPECT_THAT(state.damage, ElementsAre(Damage{DamageKind::kTornTail, 1, start, cut - start}))
          << cut;
      EXPECT_EQ(disk_.Content(PathOf(1)).substr(0, cut), torn.substr(0, cut));
    }
    for (const uint64_t later : {2u, 3u}) {
      if (*disk_.Exists(PathOf(later))) {
        ASSERT_TRUE(disk_.Remove(PathOf(later)));
      }
    }
  }
}

TEST_F(RecoveryTest, AWriteThatLostASectorInItsMiddleIsATornTailToo) {
  Make(2);
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(2);
  std::fill(content.begin() + static_cast<ptrdiff_t>(start + 100),
            content.begin() + static_cast<ptrdiff_t>(start + 300), '\n');
  disk_.SetContent(PathOf(1), content);
  EXPECT_THAT(State().damage, ElementsAre(Damage{DamageKind::kTornTail, 1, start, end - start}));
}

TEST_F(RecoveryTest, AChecksumMismatchInTheMiddleCostsThatLineAlone) {
  Make(5);
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(3);
  content[start + 50] ^= 1;
  disk_.SetContent(PathOf(1), content);
  const JournalState state = State();
  EXPECT_EQ(state.ledger.records(), 4u);
  EXPECT_THAT(state.damage, ElementsAre(Damage{DamageKind::kCorrupt, 1, start, end - start},
                                        Damage{DamageKind::kMissingTaps, 0, 3, 1}));
  const auto journal = Open();
  EXPECT_EQ(PendingCards(*journal),
            (std::vector{ExampleCard(1), ExampleCard(2), ExampleCard(4), ExampleCard(5)}));
}

TEST_F(RecoveryTest, ALostNewlineCostsNoRecord) {
  Make(5);
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(3);
  content[end] = '\v';
  disk_.SetContent(PathOf(1), content);
  const JournalState state = State();
  EXPECT_EQ(state.ledger.records(), 5u);
  EXPECT_THAT(state.damage, ElementsAre(Damage{DamageKind::kCorrupt, 1, end, 1}));
}

TEST_F(RecoveryTest, AZeroedPageCostsTheLinesItTouches) {
  Make(40);
  std::string content = disk_.Content(PathOf(1));
  std::fill(content.begin() + 4096, content.begin() + 8192, '\0');
  disk_.SetContent(PathOf(1), content);
  const JournalState state = State();
  ASSERT_EQ(state.damage.size(), 2u);
  EXPECT_LE(state.damage[0].offset, 4096u);
  EXPECT_GE(state.damage[0].offset + state.damage[0].length, 8192u);
  EXPECT_EQ(state.damage[1].kind, DamageKind::kMissingTaps);
  EXPECT_EQ(state.ledger.records() + state.damage[1].length, 40u);
}

TEST_F(RecoveryTest, ALineOfAnUnknownVersionIsKeptAndCounted) {
  Make(2);
  // The same frame with another version and a right checksum, as a later release would write it.
  const std::string future = "{\"v\":2,\"type\":\"tap\",\"crc\":\"02b8d0e9\"}\n";
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(2);
  content.insert(end + 1, future);
  disk_.SetContent(PathOf(1), content);
  ASSERT_TRUE(CheckLine(std::string_view(future).substr(0, future.size() - 1)));
  auto journal = Open();
  Append(*journal, 3, 3);
  EXPECT_EQ(journal->Status().unknown_lines, 1u);
  EXPECT_THAT(journal->Status().damage, IsEmpty());
  EXPECT_EQ(PendingCards(*journal), Cards(1, 3));
  EXPECT_NE(disk_.Content(PathOf(1)).find(future), std::string::npos);
}

TEST_F(RecoveryTest, TheSameTapLineTwiceIsOneTap) {
  Make(3);
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(2);
  const std::string copy = content.substr(start, end + 1 - start);
  content.insert(LineOf(3).second + 1, copy);
  disk_.SetContent(PathOf(1), content);
  EXPECT_EQ(State().ledger.records(), 3u);
  EXPECT_EQ(State().ledger.pending().size(), 3u);
}

TEST_F(RecoveryTest, ATapThatAFailedFlushLeftInTwoSegmentsIsOneTapAfterTheFirstIsSealed) {
  for (const bool read_again : {true, false}) {
    disk_.CrashLosingAll();
    for (const uint64_t segment : {1u, 2u, 3u}) {
      if (*disk_.Exists(PathOf(segment))) {
        ASSERT_TRUE(disk_.Remove(PathOf(segment)));
      }
    }
    auto journal = Open();
    FailFlushes(1);
    Append(*journal, 1, 1);
    disk_.SetFaults(nullptr);
    journal.reset();  // the page cache has the line in both segments
    journal = Open();
    ASSERT_TRUE(journal->Maintain());
    journal.reset();
    JournalOptions options = Options();
    if (!read_again) options.first_indexed_day = "2026-12-01";  // the sealed one is skipped
    auto again = Journal::Open(options, disk_, clock_, random_);
    ASSERT_TRUE(again);
    EXPECT_EQ((*again)->Status().records, 1u) << read_again;
    EXPECT_EQ((*again)->Status().pending, 1u) << read_again;
  }
}

TEST_F(RecoveryTest, ATapThatIsVoidIsNotCountedByTheSealOfItsSegment) {
  auto journal = Open();
  FailFlushes(2);
  Record refused = ExampleRecord(1, ExampleCard(1));
  ASSERT_FALSE(journal->Append(refused));
  disk_.SetFaults(nullptr);
  Append(*journal, 2, 3);
  journal.reset();  // the page cache has the refused line too
  journal = Open();
  EXPECT_EQ(journal->Status().records, 2u);
  // The power goes when the first segment is sealed, and the one that says void is not.
  bool sealed = false;
  disk_.SetFaults([&](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (sealed) return sim::DiskFault{EIO, 0, true};
    sealed = call == sim::DiskCall::kTruncate;
    return std::nullopt;
  });
  ASSERT_FALSE(journal->Maintain());
  journal.reset();
  disk_.SetFaults(nullptr);
  EXPECT_EQ(Open()->Status().records, 2u);
  EXPECT_EQ(PendingCards(*Open()), Cards(2, 3));
}

TEST_F(RecoveryTest, WhoWasRefusedAndThenAcceptedIsADuplicateAlsoAfterAStart) {
  auto journal = Open();
  FailFlushes(2);
  Record refused = ExampleRecord(1, ExampleCard(1));
  ASSERT_FALSE(journal->Append(refused));
  disk_.SetFaults(nullptr);
  Append(*journal, 1, 1);
  journal.reset();
  EXPECT_EQ(Open()->FindTaps("2026-11-23", ExampleCard(1))->last.sequence, 2u);
}

TEST_F(RecoveryTest, ATapThatWasNeverAcknowledgedIsNoDuplicateThoughItsVoidIsInASkippedSegment) {
  segment_bytes_ = 1200;  // a tap and a start
  auto journal = Open();
  FailFlushes(2);  // the flush, and that of the second try
  Record refused = ExampleRecord(1, ExampleCard(1));
  ASSERT_FALSE(journal->Append(refused));
  disk_.SetFaults(nullptr);
  // The clock goes back, and the void lands in a segment of an old day.
  constexpr int64_t kYearUs = 365LL * 86'400 * 1'000'000;
  Record old = ExampleRecord(1, ExampleCard(2), kExampleMorningUs - kYearUs);
  ASSERT_TRUE(journal->Append(old));
  for (int start = 0; start < 8; ++start) {
    journal.reset();
    journal = Open();
    ASSERT_TRUE(journal->Maintain());
    EXPECT_FALSE(journal->FindTaps(refused.day, refused.person)) << start;
  }
}

TEST_F(RecoveryTest, TheSealAndTheFullReadTellTheSame) {
  segment_bytes_ = 4 << 10;
  {
    const auto journal = Open();
    for (uint64_t n = 1; n <= 60; ++n) {
      Append(*journal, n, n);
      if (n % 3 == 0) {
        const std::vector<uint64_t> confirmed = {n - 1};
        journal->Confirm(confirmed);
      }
      if (n == 30) journal->Quarantine(10, "no");
      ASSERT_TRUE(journal->Maintain());
    }
  }
  const JournalState all = State(/*read_everything=*/true);
  const JournalState quick = State(/*read_everything=*/false);
  EXPECT_EQ(all.ledger.records(), quick.ledger.records());
  EXPECT_EQ(all.ledger.last_sequence(), quick.ledger.last_sequence());
  EXPECT_EQ(all.ledger.generation(), quick.ledger.generation());
  EXPECT_EQ(all.ledger.quarantined(), quick.ledger.quarantined());
  EXPECT_EQ(all.ledger.pending().RangesUpTo(1000), quick.ledger.pending().RangesUpTo(1000));
}

// The taps and the damaged bytes that a scan finds.
class Found final : public LineVisitor {
 public:
  void OnLine(uint64_t, const LineView& line) override {
    if (line.type == LineType::kTap) taps.emplace_back(line.tap_id, line.record);
  }
  void OnDamage(uint64_t offset, uint64_t length, DamageKind) override {
    from = std::min(from, offset);
    to = std::max(to, offset + length);
  }
  std::vector<std::pair<std::string_view, std::string_view>> taps;
  uint64_t from = UINT64_MAX;
  uint64_t to = 0;
};

TEST_F(RecoveryTest, EveryFlippedBitOfAHundredTapsCostsAtMostItsLineAndIsReported) {
  segment_bytes_ = 256 << 10;
  Make(100);
  const std::string whole = disk_.Content(PathOf(1));
  Found intact;
  const size_t used = ScanLines(whole, true, intact);
  ASSERT_EQ(intact.taps.size(), 100u);
  const std::map<std::string_view, std::string_view> good(intact.taps.begin(), intact.taps.end());

  // Scans the stretch `from`..`to` of the journal, with one bit of it flipped.
  std::string flipped = whole;
  const auto check = [&](size_t bit, size_t from, size_t to, size_t line, size_t line_end) {
    const size_t byte = bit / 8;
    flipped[byte] = static_cast<char>(whole[byte] ^ (1 << (bit % 8)));
    Found intact_stretch;
    ScanLines(std::string_view(whole).substr(from, to - from), true, intact_stretch);
    Found found;
    ScanLines(std::string_view(flipped).substr(from, to - from), true, found);
    flipped[byte] = whole[byte];
    ASSERT_GE(found.taps.size() + 1, intact_stretch.taps.size()) << "bit " << bit;
    for (const auto& [id, record] : found.taps) {
      const auto original = good.find(id);
      ASSERT_TRUE(original != good.end() && original->second == record) << "bit " << bit;
    }
    // Reported, and no byte of another line.
    ASSERT_LE(found.from + from, byte + 1) << "bit " << bit;
    ASSERT_GE(found.to + from, byte) << "bit " << bit;
    ASSERT_GE(found.from + from, line) << "bit " << bit;
    ASSERT_LE(found.to + from, line_end + 1) << "bit " << bit;
  };
  for (size_t line = 0, before = 0; line < used && !HasFatalFailure();) {
    const size_t line_end = whole.find('\n', line);
    const size_t after = std::min(whole.find('\n', line_end + 1) + 1, whole.size());
    for (size_t bit = line * 8; bit < (line_end + 1) * 8 && !HasFatalFailure(); ++bit) {
      // The line and its neighbours; now and then the whole journal.
      check(bit, before, after, line, line_end);
      if (bit % 997 == 0) check(bit, 0, whole.size(), line, line_end);
    }
    before = line;
    line = line_end + 1;
  }
}

TEST_F(RecoveryTest, AWriteThatLostItsFirstSectorIsATornTailToo) {
  Make(2);
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(2);
  std::fill(content.begin() + static_cast<ptrdiff_t>(start),
            content.begin() + static_cast<ptrdiff_t>(start + 300), '\n');
  disk_.SetContent(PathOf(1), content);
  EXPECT_THAT(State().damage,
              ElementsAre(Damage{DamageKind::kTornTail, 1, start + 300, end - start - 300}));
}

TEST_F(RecoveryTest, ATornOutcomeIsNoLossAlsoWithAnotherOutcomeBehindIt) {
  Make(3);
  {
    const auto journal = Open();
    journal->Confirm(std::vector<uint64_t>{1});
    journal->Confirm(std::vector<uint64_t>{2});
  }
  std::string content = disk_.Content(PathOf(1));
  const size_t torn = content.find("\"first\":1,") + 20;
  std::fill(content.begin() + static_cast<ptrdiff_t>(torn),
            content.begin() + static_cast<ptrdiff_t>(content.find('\n', torn)), '\n');
  disk_.SetContent(PathOf(1), content);
  const JournalState state = State();
  ASSERT_EQ(state.damage.size(), 1u);
  EXPECT_EQ(state.damage[0].kind, DamageKind::kTornTail);
  EXPECT_EQ(state.ledger.pending().RangesUpTo(10), (std::vector<SequenceRange>{{1, 1}, {3, 3}}));
}

TEST_F(RecoveryTest, ATapThatIsGoneButHasAnOutcomeIsMissedAndItsNumberIsNotGivenAgain) {
  Make(3);
  {
    const auto journal = Open();
    journal->Confirm(std::vector<uint64_t>{3});
  }
  std::string content = disk_.Content(PathOf(1));
  const auto [start, end] = LineOf(3);
  std::fill(content.begin() + static_cast<ptrdiff_t>(start),
            content.begin() + static_cast<ptrdiff_t>(end), '\n');
  disk_.SetContent(PathOf(1), content);
  EXPECT_EQ(State().ledger.last_sequence(), 3u);
  RecoverOptions everything;
  everything.directory = kDirectory;
  everything.first_indexed_day = "9999-12-31";
  everything.read_everything = true;
  EXPECT_THAT(Recover(disk_, everything)->damage,
              ElementsAre(Damage{DamageKind::kMissingTaps, 0, 3, 1}));
}

}  // namespace
}  // namespace tamtap::journal
