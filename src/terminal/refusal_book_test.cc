#include "terminal/refusal_book.h"

#include <gtest/gtest.h>

#include "journal/test_journal.h"
#include "terminal/tap_record.h"

namespace tamtap {
namespace {

class RefusalBookTest : public journal::JournalTest {
 protected:
  void SetUp() override {
    journal_ = Open();
    book_.emplace(*journal_, clock_);
  }
  void Note(Refusal reason = Refusal::kUnknownCard, std::optional<uint64_t> free_bytes = {}) {
    RefusalRecord refusal;
    refusal.reason = ToString(reason);
    book_->Note(reason, refusal, free_bytes);
    ASSERT_TRUE(journal_->Maintain());
  }
  uint64_t Kept() { return journal_->Status().refusals; }

  std::unique_ptr<journal::Journal> journal_;
  std::optional<RefusalBook> book_;
};

TEST_F(RefusalBookTest, KeepsWhoWasTurnedAwayButNotWhatTheStorageCouldNotTake) {
  Note();
  Note(Refusal::kClassesEnded, uint64_t{1} << 40);
  EXPECT_EQ(Kept(), 2u);
  Note(Refusal::kStorageFull);
  Note(Refusal::kStorageFailed);
  EXPECT_EQ(Kept(), 2u);
}

TEST_F(RefusalBookTest, LeavesWhatIsLeftOfTheDiskToTaps) {
  Note(Refusal::kUnknownCard, 1 << 20);
  EXPECT_EQ(Kept(), 0u);
  Note(Refusal::kUnknownCard, uint64_t{1} << 40);
  EXPECT_EQ(Kept(), 1u);
}

TEST_F(RefusalBookTest, NoiseOfAReaderIsBounded) {
  for (int i = 0; i < 1'000; ++i) Note(Refusal::kUnreadableCard);
  EXPECT_EQ(Kept(), kMostRefusalsAtOnce);
  clock_.Advance(std::chrono::seconds(10));
  for (int i = 0; i < 100; ++i) Note(Refusal::kUnreadableCard);
  EXPECT_EQ(Kept(), kMostRefusalsAtOnce + 10);
  clock_.Advance(std::chrono::hours(10));
  for (int i = 0; i < 1'000; ++i) Note(Refusal::kUnreadableCard);
  EXPECT_EQ(Kept(), 2 * kMostRefusalsAtOnce + 10);
}

TEST(MakeRefusalTest, SaysWhoWhenAndWhy) {
  const SchoolZone zone(*TimeZone::Load("Asia/Manila"));
  const WallTime at{std::chrono::microseconds(kExampleMorningUs)};
  const TapTime time{at, zone.ToLocal(at), false};
  Person ana;
  ana.card = *CardId::Parse("176B3325");
  ana.person = "176B3325";
  ana.name = "Ana Reyes";
  ana.section = "Narra";
  Ack ack;
  ack.card = "176B3325";
  ack.reason = Refusal::kClassesEnded;
  const RefusalRecord known = MakeRefusal(ack, &ana, time);
  EXPECT_EQ(known.reason, "CLASSES_ENDED");
  EXPECT_EQ(known.card, "176B3325");
  EXPECT_EQ(known.person, "176B3325");
  EXPECT_EQ(known.nfc_id, "176B3325");
  EXPECT_EQ(known.name, "Ana Reyes");
  EXPECT_EQ(known.section, "Narra");
  EXPECT_EQ(known.date, "2026-11-23 07:00:00");
  EXPECT_EQ(known.day, "2026-11-23");
  EXPECT_EQ(known.refused_at, "2026-11-23T07:00:00.000+08:00");
  EXPECT_EQ(known.refused_at_us, kExampleMorningUs);
  EXPECT_EQ(known.clock, ClockState::kUnsure);

  ack.card.assign(2'000, 'x');
  ack.reason = Refusal::kUnreadableCard;
  const RefusalRecord noise = MakeRefusal(ack, nullptr, time);
  EXPECT_EQ(noise.person + noise.nfc_id + noise.name + noise.section, "");
  EXPECT_TRUE(FieldsFit(noise));
}

}  // namespace
}  // namespace tamtap
