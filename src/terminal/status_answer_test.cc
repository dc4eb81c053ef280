#include "terminal/status_answer.h"

#include <gtest/gtest.h>

#include "journal/test_journal.h"

namespace tamtap {
namespace {

using std::chrono::minutes;

constexpr char kAll[] = R"({"success":true,"requeue":"all"})";

class StatusAnswerTest : public journal::JournalTest {
 protected:
  void SetUp() override {
    journal_ = Open();
    Append(*journal_, 1, 3);
    answers_.emplace(*journal_, clock_);
  }
  void QuarantineAll() {
    for (const uint64_t sequence : {1u, 2u, 3u}) journal_->Quarantine(sequence, "too large");
  }
  std::string AnswerNaming(size_t index) {
    const auto taps = journal_->ReadQuarantined(10);
    return R"({"success":true,"requeue":[")" + taps->at(index).record->tap.ToString() + R"("]})";
  }
  uint64_t Requeued(const std::string& body) { return answers_->Take(body).requeued; }

  std::unique_ptr<journal::Journal> journal_;
  std::optional<StatusAnswers> answers_;
};

TEST_F(StatusAnswerTest, NamedTapsArePendingAgain) {
  QuarantineAll();
  EXPECT_EQ(Requeued(AnswerNaming(1)), 1u);
  EXPECT_EQ(PendingCards(*journal_), Cards(2, 2));
  clock_.SleepFor(minutes(1));
  EXPECT_EQ(Requeued(kAll), 2u);
  EXPECT_EQ(PendingCards(*journal_), Cards(1, 3));
}

TEST_F(StatusAnswerTest, TellsWhichSchoolTheServerKnows) {
  EXPECT_EQ(answers_->Take(R"({"success":true,"school":"v7"})").school_version, "v7");
  EXPECT_EQ(answers_->Take(R"({"success":true,"school":7})").school_version, "");
}

TEST_F(StatusAnswerTest, AnAnswerThatAsksForNothingChangesNothing) {
  journal_->Quarantine(2, "too large");
  for (const char* answer :
       {"", "<html>", "[]", R"({"success":true})", R"({"requeue":[]})", R"({"requeue":true})",
        R"({"requeue":["gate-9.00.1",7,null]})", R"({"requeue":"some"})"}) {
    EXPECT_EQ(Requeued(answer), 0u) << answer;
  }
  // Nor does one that is far larger than any that asks: it would take many times its bytes.
  EXPECT_EQ(Requeued(R"({"requeue":"all","x":")" + std::string(1 << 20, 'x') + R"("})"), 0u);
  EXPECT_EQ(journal_->Status().quarantined, 1u);
}

// A server that refuses what it has asked for, again and again, would fill the gate's disk.
TEST_F(StatusAnswerTest, AServerThatAsksWithoutEndIsObeyedOnceAMinute) {
  uint64_t times = 0;
  for (int answer = 0; answer < 120; ++answer) {  // ten minutes of answers
    QuarantineAll();
    if (Requeued(kAll) > 0) ++times;
    clock_.SleepFor(std::chrono::seconds(5));
  }
  EXPECT_EQ(times, 10u);
}

TEST_F(StatusAnswerTest, WhatIsAskedForTooSoonIsDoneAMinuteLater) {
  QuarantineAll();
  EXPECT_EQ(Requeued(AnswerNaming(0)), 1u);
  EXPECT_EQ(Requeued(AnswerNaming(0)), 0u);
  EXPECT_EQ(PendingCards(*journal_), Cards(1, 1));
  clock_.SleepFor(minutes(1));
  EXPECT_EQ(Requeued(R"({"success":true})"), 1u);
  EXPECT_EQ(PendingCards(*journal_), Cards(1, 2));
}

TEST_F(StatusAnswerTest, ADayHasAnEnd) {
  answers_.emplace(*journal_, clock_, 30);
  const auto requeued_in_a_day = [&] {
    uint64_t taps = 0;
    for (int minute = 0; minute < 24 * 60; ++minute) {
      QuarantineAll();
      taps += Requeued(kAll);
      clock_.SleepFor(minutes(1));
    }
    return taps;
  };
  EXPECT_EQ(requeued_in_a_day(), 30u);
  EXPECT_EQ(requeued_in_a_day(), 30u);
}

}  // namespace
}  // namespace tamtap
