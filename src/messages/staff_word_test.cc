#include "messages/staff_word.h"

#include "messages/message_queue.h"
#include "messages/words_fixture.h"

namespace tamtap {
namespace {

using std::chrono::minutes;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class StaffWordTest : public WordsFixture {
 protected:
  void SetUp() override {
    WordsFixture::SetUp();
    parts_.options.staff.to = {"office@school.example"};
    parts_.options.staff.webhook = "https://chat.example/hook";
    gates_ = {{"gate-1", clock_.Now(), true, 0, {}},
              {"gate-2", clock_.Now() - minutes(90), false, 12, std::chrono::seconds(7'200)}};
  }
  // By somebody who knows nothing of what was planned before.
  void PlanAnew() {
    StaffWord staff(parts_);
    const auto planned = staff.Plan(clock_.Now());
    EXPECT_TRUE(planned) << planned.error().Message();
  }
};

TEST_F(StaffWordTest, ASilentGateIsToldOnceADay) {
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());  // it is not time
  GoTo("08:00");
  gates_[0].last_seen = clock_.Now();
  for (int i = 0; i < 3; ++i) PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(2));
  EXPECT_THAT(Outbox()[0].text,
              AllOf(HasSubstr("The gate gate-2 has been silent since 2026-11-23 05:30"),
                    HasSubstr("12 taps"), HasSubstr("oldest 2 hours")));
  std::atomic<bool> stop{false};
  MessageQueue queue(parts_, stop);
  while (*queue.SendOne()) {
  }
  ASSERT_THAT(sender_.mails, SizeIs(1));
  EXPECT_EQ(sender_.mails[0].to, "office@school.example");
  EXPECT_THAT(sender_.mails[0].bytes, HasSubstr("Message-ID"));
  ASSERT_THAT(sender_.calls, SizeIs(1));
  EXPECT_EQ(sender_.calls[0].url, "https://chat.example/hook");
}

TEST_F(StaffWordTest, IfAllIsWellNothingIsSentAllDay) {
  GoTo("08:00");
  gates_ = {{"gate-1", clock_.Now(), true, 2, std::chrono::seconds(20)}};
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(2));
  EXPECT_EQ(Outbox()[0].state, MessageState::kDropped);
  gates_[0].online = false;
  clock_.Advance(minutes(60));
  PlanAnew();
  EXPECT_THAT(Outbox(), SizeIs(2));
  EXPECT_EQ(Outbox()[0].state, MessageState::kDropped);
}

TEST_F(StaffWordTest, ItIsToldThatAllIsWellIfStaffWantItAlways) {
  parts_.options.staff.always = true;
  gates_ = {{"gate-1", clock_.Now(), true, 0, {}}};
  GoTo("08:00");
  PlanAnew();
  EXPECT_EQ(Outbox().at(0).state, MessageState::kWaiting);
  EXPECT_THAT(Outbox().at(0).text, HasSubstr("all gates are well"));
}

TEST_F(StaffWordTest, ABacklogThatDoesNotShrinkIsTold) {
  GoTo("08:00");
  gates_ = {{"gate-1", clock_.Now(), true, 40, std::chrono::seconds(2'400)}};
  PlanAnew();
  EXPECT_THAT(Outbox().at(0).text, HasSubstr("40 taps do not get through; the oldest has waited "
                                             "for 40 minutes"));
}

TEST_F(StaffWordTest, AtOnceMeansOnceADayAGate) {
  parts_.options.staff.at_once = true;
  GoTo("08:00");
  gates_ = {{"gate-1", clock_.Now(), true, 0, {}}};
  PlanAnew();
  EXPECT_THAT(Outbox(), SizeIs(2));
  clock_.Advance(minutes(30));
  gates_[0].online = false;
  for (int i = 0; i < 3; ++i) {
    PlanAnew();
    clock_.Advance(minutes(5));
  }
  EXPECT_THAT(Outbox(), SizeIs(4));
}

TEST_F(StaffWordTest, OnADayWithoutClassesGatesMayBeOff) {
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) {
    now.calendar.push_back({CalendarKind::kSuspension, "2026-11-23", "2026-11-23", "", ""});
  }));
  GoTo("08:00");
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
}

}  // namespace
}  // namespace tamtap
