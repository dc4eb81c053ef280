#include "terminal/card_learning.h"

#include <gtest/gtest.h>

#include "journal/test_journal.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

class CardLearningTest : public journal::JournalTest {
 protected:
  CardLearningTest() {
    Person ana;
    SpellCard("584193394409", CardId(), ana);
    ana.person = PersonKeyOf("584193394409");
    School school;
    school.people = {ana};
    roster_.Replace(std::move(school));
  }

  void AppendTap(const std::string& card, const std::string& person) {
    Record record = ExampleRecord(1, card);
    record.person = person;
    ASSERT_TRUE(journal_->Append(record));
  }
  std::string Learnt() {
    LearnCards(*journal_, roster_);
    return roster_.Current()->school().people[0].card.text();
  }

  std::unique_ptr<journal::Journal> journal_ = Open();
  RosterHolder roster_{School{}};
};

TEST_F(CardLearningTest, TheCardOfATapThatIsNotSentIsLearntAgain) {
  AppendTap("DEADBEEF", "DEADBEEF");
  AppendTap("04A3C6CAE26180", "8804A3C6");
  AppendTap("04A3C6CAE26181", "8804A3C6");
  EXPECT_EQ(Learnt(), "04A3C6CAE26180");
}

TEST_F(CardLearningTest, SoIsThatOfATapThatWasSentAShortTimeAgo) {
  AppendTap("04A3C6CAE26180", "8804A3C6");
  const auto taps = journal_->ReadPending(1, 1);
  ASSERT_TRUE(taps);
  const std::vector<uint64_t> sent = {taps->front().sequence};
  journal_->Confirm(sent);
  ASSERT_EQ(journal_->Status().pending, 0u);
  EXPECT_EQ(Learnt(), "04A3C6CAE26180");
}

TEST_F(CardLearningTest, SoIsThatOfATapThatTheStoreRefused) {
  AppendTap("04A3C6CAE26180", "8804A3C6");
  const auto taps = journal_->ReadPending(1, 1);
  ASSERT_TRUE(taps);
  journal_->Quarantine(taps->front().sequence, "its day is yet to come");
  ASSERT_EQ(journal_->Status().pending, 0u);
  EXPECT_EQ(Learnt(), "04A3C6CAE26180");
}

TEST_F(CardLearningTest, TapsOfOthersTeachNothing) {
  AppendTap("04A3C6CAE26180", "DEADBEEF");
  AppendTap("04A3C7CAE26180", "8804A3C6");
  EXPECT_EQ(Learnt(), "");
}

}  // namespace
}  // namespace tamtap
