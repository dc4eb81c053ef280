#include "terminal/take_over.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "journal/test_journal.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using ::testing::SizeIs;

constexpr int64_t kBaseUs = 1'795'000'000'000'000;

class TakeOverTest : public journal::JournalTest {
 protected:
  // The journal that was set aside: two taps of another boot, one of them confirmed, and its clock.
  journal::JournalImport Aside() {
    journal::JournalOptions options = Options();
    options.directory = "/aside";
    sim::FakeClock clock{WallTime(std::chrono::microseconds(kExampleMorningUs))};
    clock.Reboot("boot-of-old", clock.Now());
    auto journal = *journal::Journal::Open(options, disk_, clock, random_);
    Append(*journal, 1, 2);
    journal->Confirm(std::vector<uint64_t>{1});
    EXPECT_TRUE(journal->SetClock({"boot-of-old", kBaseUs, true}));
    journal.reset();
    return *journal::ReadJournalToImport(disk_, clock_, "/aside");
  }
};

TEST_F(TakeOverTest, TapsKeepTheirIdsTheirBootsAndTheClocksOfThese) {
  const journal::JournalImport import = Aside();
  ASSERT_THAT(import.taps, SizeIs(2));
  const auto journal = Open();
  const auto taken = TakeOver(import, *journal, disk_, clock_, journal::kDirectory);
  ASSERT_TRUE(taken);
  EXPECT_EQ(taken->done, 2u);
  const auto pending = journal->ReadPending(1, 10);
  ASSERT_TRUE(pending);
  ASSERT_THAT(*pending, SizeIs(1)) << "what was confirmed is kept, and not sent";
  EXPECT_EQ(pending->front().record, import.taps[1].record);
  EXPECT_EQ(pending->front().stamp.boot, "boot-of-old");
  const auto clock = journal->ClockOf("boot-of-old");
  ASSERT_TRUE(clock);
  EXPECT_EQ(clock->base_us, kBaseUs);
}

TEST_F(TakeOverTest, TwiceIsOnceAlsoForTapsOfTheSameTerminal) {
  const journal::JournalImport import = Aside();
  const auto journal = Open();
  ASSERT_TRUE(TakeOver(import, *journal, disk_, clock_, journal::kDirectory));
  const auto again = TakeOver(import, *journal, disk_, clock_, journal::kDirectory);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->done, 0u);
  EXPECT_EQ(again->skipped, 2u);
  EXPECT_EQ(journal->Status().records, 2u);
}

// As on a mirror that had the line of a tap whose flush failed here. Found by seed 58938.
TEST_F(TakeOverTest, ATapThatWasRefusedHereDoesNotComeBack) {
  const auto journal = Open();
  FailFlushes(2);
  Record refused = ExampleRecord(1, journal::ExampleCard(1));
  ASSERT_FALSE(journal->Append(refused));
  Record taken = ExampleRecord(1, journal::ExampleCard(1));
  ASSERT_TRUE(journal->Append(taken));
  ASSERT_EQ(taken.tap.sequence, 2u);
  refused.tap = taken.tap;
  refused.tap.sequence = 1;
  Record of_another_generation = refused;
  of_another_generation.tap.generation = "00";
  journal::JournalImport import;
  import.taps = {{refused, false, {}}, {of_another_generation, false, {}}};
  const auto brought = TakeOver(import, *journal, disk_, clock_, journal::kDirectory);
  ASSERT_TRUE(brought);
  EXPECT_EQ(brought->done, 1u) << "its number was given away elsewhere, too";
  EXPECT_EQ(brought->skipped, 1u);
}

TEST_F(TakeOverTest, ARequestHoldsAllOfIt) {
  const journal::JournalImport import = Aside();
  const auto read = JournalImportFrom(ToJson(import));
  ASSERT_TRUE(read) << read.error().Message();
  ASSERT_THAT(read->taps, SizeIs(2));
  EXPECT_EQ(read->taps[1].record, import.taps[1].record);
  EXPECT_EQ(read->taps[1].stamp.boot, import.taps[1].stamp.boot);
  EXPECT_EQ(read->taps[1].stamp.mono_us, import.taps[1].stamp.mono_us);
  EXPECT_TRUE(read->taps[0].confirmed);
  ASSERT_THAT(read->clocks, SizeIs(1));
  EXPECT_EQ(read->clocks[0].base_us, kBaseUs);
  EXPECT_FALSE(JournalImportFrom(boost::json::object{{"taps", 3}}));
}

}  // namespace
}  // namespace tamtap
