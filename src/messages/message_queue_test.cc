#include "messages/message_queue.h"

#include "messages/message_planner.h"
#include "messages/words_fixture.h"

namespace tamtap {
namespace {

using End = Sending::End;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MessageQueueTest : public WordsFixture {
 protected:
  void SetUp() override {
    WordsFixture::SetUp();
    Put(kAna, {MakeGuardian("aa")});
    Store(ExampleRecord(1, kAna));
  }
  void Plan() { ASSERT_TRUE(planner_.Plan(clock_.Now())); }
  // Until nothing is due. Returns how many were looked at.
  int SendDue() {
    int sent = 0;
    while (true) {
      const auto more = queue_.SendOne();
      EXPECT_TRUE(more) << more.error().Message();
      if (!more || !*more) return sent;
      ++sent;
    }
  }
  Message Only() {
    const auto outbox = Outbox();
    EXPECT_THAT(outbox, SizeIs(1));
    return outbox.empty() ? Message() : outbox[0];
  }

  std::atomic<bool> stop_{false};
  MessagePlanner planner_{parts_};
  MessageQueue queue_{parts_, stop_};
};

TEST_F(MessageQueueTest, AMessageIsSentOnceWithAMessageIdOfItsOwn) {
  Plan();
  SendDue();
  ASSERT_THAT(sender_.mails, SizeIs(1));
  EXPECT_EQ(sender_.mails[0].to, "aa@example.org");
  EXPECT_THAT(sender_.mails[0].bytes, HasSubstr("Message-ID: <" + Only().id + "@school.example>"));
  EXPECT_THAT(sender_.mails[0].bytes,
              HasSubstr("Ana Reyes arrived at Narra High at 07:00 on 2026-11-23."));
  EXPECT_EQ(Only().state, MessageState::kSent);
  clock_.Advance(seconds(3'000));
  Plan();
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(1));
}

TEST_F(MessageQueueTest, GuardiansReadTheirLanguageAndTheSchoolsText) {
  Guardian guardian = MakeGuardian("aa");
  guardian.language = Language::kFilipino;
  Put(kAna, {guardian});
  Set("words.arrival.fil", "{first_name}: {time}");
  Plan();
  SendDue();
  ASSERT_THAT(sender_.mails, SizeIs(1));
  EXPECT_THAT(sender_.mails[0].bytes, HasSubstr("\r\n\r\nAna: 07:00\r\n"));
  EXPECT_THAT(sender_.mails[0].bytes, HasSubstr("Subject: Dumating si Ana Reyes"));
}

TEST_F(MessageQueueTest, WhatWasNotTakenIsTriedAgainWithLongerPauses) {
  sender_.answers = {{End::kLater, "busy", {}, 450}, {End::kLater, "busy", {}, 450}};
  Plan();
  SendDue();
  EXPECT_EQ(Only().state, MessageState::kWaiting);
  EXPECT_EQ(Only().detail, "busy");
  EXPECT_EQ(SendDue(), 0);
  clock_.Advance(seconds(34));
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(2));
  clock_.Advance(seconds(34));
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(2));
  clock_.Advance(seconds(40));
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(3));
  EXPECT_EQ(Only().state, MessageState::kSent);
  EXPECT_EQ(sender_.mails[0].bytes.substr(sender_.mails[0].bytes.find("Message-ID")),
            sender_.mails[2].bytes.substr(sender_.mails[2].bytes.find("Message-ID")));
}

TEST_F(MessageQueueTest, WhatMayHaveArrivedIsNotSentAgain) {
  sender_.answers = {{End::kUnsure, "it did not answer", {}, 0}};
  Plan();
  SendDue();
  EXPECT_EQ(Only().state, MessageState::kFailed);
  EXPECT_THAT(Only().detail, HasSubstr("may have arrived"));
  clock_.Advance(seconds(3'600));
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(1));
}

TEST_F(MessageQueueTest, AGatewayThatKnowsRepeatedKeysIsAskedAgain) {
  parts_.options.gateway.url = "https://sms.example/";
  parts_.options.gateway.repeatable = true;
  Guardian guardian = MakeGuardian("aa");
  guardian.phone = "09171234567";
  Put(kAna, {guardian});
  sender_.answers = {{End::kUnsure, "it did not answer", {}, 0}};
  Plan();
  SendDue();
  clock_.Advance(seconds(60));
  SendDue();
  ASSERT_THAT(sender_.calls, SizeIs(2));
  EXPECT_EQ(sender_.calls[0].headers, sender_.calls[1].headers);
  EXPECT_THAT(sender_.mails, IsEmpty());
  EXPECT_EQ(Only().state, MessageState::kSent);
}

TEST_F(MessageQueueTest, WhatIsRefusedOrTooOldFails) {
  sender_.answers = {{End::kRefused, "no such user", {}, 550}};
  Plan();
  SendDue();
  EXPECT_EQ(Only().state, MessageState::kFailed);
  EXPECT_EQ(Only().detail, "no such user");
}

TEST_F(MessageQueueTest, AMailServerThatIsAwayAllMorningTellsNobodyInTheAfternoon) {
  Plan();
  for (int i = 0; i < 40; ++i) {
    sender_.answers = {{End::kLater, "it is away", {}, 0}};
    SendDue();
    clock_.Advance(seconds(300));
  }
  EXPECT_EQ(Only().state, MessageState::kFailed);
  EXPECT_THAT(Only().detail, HasSubstr("it is away"));
}

TEST_F(MessageQueueTest, WhoTakesItBackIsNotToldAnyMore) {
  Plan();
  Put(kAna, {});
  SendDue();
  EXPECT_THAT(sender_.mails, IsEmpty());
  EXPECT_EQ(Only().state, MessageState::kDropped);
}

TEST_F(MessageQueueTest, EachGuardianIsWrittenToAtTheirAddressOfNow) {
  Put(kAna, {MakeGuardian("aa"), MakeGuardian("bb")});
  Plan();
  Guardian moved = MakeGuardian("bb");
  moved.mail = "new@example.org";
  Put(kAna, {MakeGuardian("aa"), moved});
  SendDue();
  std::vector<std::string> to;
  for (const Mail& each : sender_.mails) to.push_back(each.to);
  EXPECT_THAT(to, ::testing::UnorderedElementsAre("aa@example.org", "new@example.org"));
}

TEST_F(MessageQueueTest, QuietHoursThatHaveBegunMeanwhileHold) {
  Plan();
  Set("words.quiet", "07:00-07:30");
  SendDue();
  EXPECT_THAT(sender_.mails, IsEmpty());
  EXPECT_EQ(Only().state, MessageState::kWaiting);
  GoTo("07:31");
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(1));
}

TEST_F(MessageQueueTest, WhoComesMeanwhileIsNotCalledAbsent) {
  Put(kAna, {});
  Put(kBen, {MakeGuardian("bb")});
  GoTo("10:00");
  Plan();
  Store(ExampleRecord(2, kBen, MicrosecondsOf(clock_.Now())));
  SendDue();
  EXPECT_THAT(sender_.mails, IsEmpty());
  EXPECT_EQ(Only().state, MessageState::kDropped);
  EXPECT_THAT(Only().detail, HasSubstr("has come"));
}

TEST_F(MessageQueueTest, OfATapThatIsTakenBackMeanwhileNobodyIsTold) {
  Plan();
  const TapsOfDay taken_back{"2026-11-23", kAna, {ExampleRecord(1, kAna).tap.ToString()}};
  ASSERT_EQ(store_->VoidTaps({&taken_back, 1}, {"head", clock_.Now()}).value_or(0), 1u);
  SendDue();
  EXPECT_THAT(sender_.mails, IsEmpty());
  EXPECT_EQ(Only().state, MessageState::kDropped);
  EXPECT_THAT(Only().detail, HasSubstr("taken back"));
}

TEST_F(MessageQueueTest, ADepartureThatIsTakenBackIsNotTold) {
  Set("departures", "on");
  Set("words.expire_minutes", "720");
  Guardian guardian = MakeGuardian("aa");
  guardian.arrival = false;
  Put(kAna, {guardian});
  const Record left = ExampleRecord(2, kAna, kExampleMorningUs + int64_t{9} * 3'600'000'000);
  Store(left);
  GoTo("16:01");
  Plan();
  EXPECT_EQ(Only().kind, MessageKind::kDeparture);
  const TapsOfDay taken_back{"2026-11-23", kAna, {left.tap.ToString()}};
  ASSERT_EQ(store_->VoidTaps({&taken_back, 1}, {"head", clock_.Now()}).value_or(0), 1u);
  SendDue();
  EXPECT_THAT(sender_.mails, IsEmpty());
  EXPECT_EQ(Only().state, MessageState::kDropped);
}

// Mail servers and gateways repeat what they were given.
TEST_F(MessageQueueTest, TheOutboxKeepsNoAddressOrSecretThatTheOtherSideRepeats) {
  parts_.options.gateway.url = "https://sms.example/?key=s3cretkey";
  parts_.options.gateway.headers = {"Authorization: Bearer t0psecret"};
  Guardian guardian = MakeGuardian("bb");
  guardian.phone = "+639171234567";
  Put(kBen, {guardian});
  Store(ExampleRecord(2, kBen));
  sender_.answers = {{End::kRefused,
                      "said 550: <AA@example.org> of Nena Reyes, 639171234567 by t0psecret or "
                      "s3cretkey: unknown; Ana Reyes arrived at Narra High",
                      {},
                      550}};
  sender_.answers.push_back(sender_.answers.front());
  Plan();
  SendDue();
  ASSERT_THAT(Outbox(), SizeIs(2));
  for (const Message& each : Outbox()) {
    EXPECT_EQ(each.state, MessageState::kFailed);
    EXPECT_THAT(each.detail, HasSubstr("said 550"));
    const bool mail = each.channel == Channel::kMail;
    for (const char* kept : {mail ? "AA@example" : "639171234567", "Nena", "t0psecret", "s3cretkey",
                             mail ? "Ana Reyes" : "Nena"}) {
      EXPECT_THAT(each.detail, ::testing::Not(HasSubstr(kept)));
    }
  }
}

TEST_F(MessageQueueTest, AGatewayThatDoesNotAnswerIsNotFedTheWholeMorning) {
  Put(kBen, {MakeGuardian("bb")});
  Store(ExampleRecord(2, kBen));
  sender_.answers = {{End::kUnsure, "it did not answer", {}, 0}};
  Plan();
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(1));
  clock_.Advance(seconds(60));
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(2));
}

TEST_F(MessageQueueTest, TheDaysMostHold) {
  Set("words.most_to_one", "1");
  Guardian same = MakeGuardian("bb");
  same.mail = "aa@example.org";
  Put(kBen, {same});
  Store(ExampleRecord(2, kBen));
  Plan();
  SendDue();
  EXPECT_THAT(sender_.mails, SizeIs(1));
  const auto counts = store_->Messages().CountMessages("2026-11-23");
  EXPECT_EQ(counts->at(MessageState::kDropped), 1u);
}

TEST_F(MessageQueueTest, AClaimOfAServerThatStoppedIsGivenUp) {
  Plan();
  const auto channels = parts_.options.Channels();
  ASSERT_TRUE(*store_->Messages().ClaimMessage(channels, MicrosecondsOf(clock_.Now())));
  ASSERT_TRUE(queue_.GiveUpClaims());
  EXPECT_EQ(Only().state, MessageState::kSending);
  clock_.Advance(queue_.Lease() + seconds(1));
  ASSERT_TRUE(queue_.GiveUpClaims());
  SendDue();
  EXPECT_EQ(Only().state, MessageState::kFailed);
  EXPECT_THAT(sender_.mails, IsEmpty());
}

}  // namespace
}  // namespace tamtap
