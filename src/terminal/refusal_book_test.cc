#include "terminal/refusal_book.h"

#include <gtest/gtest.h>

#include "journal/test_journal.h"

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

}  // namespace
}  // namespace tamtap
