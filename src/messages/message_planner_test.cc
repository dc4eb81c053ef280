#include "messages/message_planner.h"

#include "messages/words_fixture.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class MessagePlannerTest : public WordsFixture {
 protected:
  // With a planner that knows nothing, as after a restart.
  void PlanAnew() {
    MessagePlanner planner(parts_);
    const auto planned = planner.Plan(clock_.Now());
    EXPECT_TRUE(planned) << planned.error().Message();
    held_ = planner.held();
  }
  std::string held_;
};

TEST_F(MessagePlannerTest, AnArrivalIsPlannedOnceAGuardianWhoeverPlansIt) {
  Put(kAna, {MakeGuardian("aa"), MakeGuardian("bb")});
  Store(ExampleRecord(1, kAna));
  Store(ExampleRecord(2, kBen));  // nobody of theirs has asked
  for (int i = 0; i < 3; ++i) PlanAnew();
  const auto outbox = Outbox();
  ASSERT_THAT(outbox, SizeIs(2));
  EXPECT_EQ(outbox[0].kind, MessageKind::kArrival);
  EXPECT_EQ(outbox[0].person, kAna);
  EXPECT_EQ(outbox[0].time, "07:00");
  EXPECT_EQ(outbox[0].state, MessageState::kWaiting);
}

TEST_F(MessagePlannerTest, NothingIsPlannedUnlessSchoolAndGuardianWantIt) {
  Guardian guardian = MakeGuardian("aa");
  guardian.arrival = false;
  Put(kAna, {guardian});
  Store(ExampleRecord(1, kAna));
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
  Put(kAna, {MakeGuardian("aa")});
  Set("words.guardians", "off");
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
}

TEST_F(MessagePlannerTest, AnArrivalThatComesSixHoursLateIsDropped) {
  Put(kAna, {MakeGuardian("aa")});
  Store(ExampleRecord(1, kAna));
  GoTo("13:00");
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].state, MessageState::kDropped);
  EXPECT_THAT(Outbox()[0].detail, HasSubstr("360 minutes ago"));
}

TEST_F(MessagePlannerTest, ABacklogOfYesterdayTellsNobody) {
  Put(kAna, {MakeGuardian("aa")});
  Store(ExampleRecord(1, kAna, kExampleMorningUs - 86'400'000'000));
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
}

TEST_F(MessagePlannerTest, ADepartureIsPlannedBesideTheArrival) {
  Set("departures", "on");
  Set("words.expire_minutes", "720");
  Put(kAna, {MakeGuardian("aa")});
  Store(ExampleRecord(1, kAna));
  Store(ExampleRecord(2, kAna, kExampleMorningUs + int64_t{9} * 3'600'000'000));
  GoTo("16:01");
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(2));
  for (const Message& each : Outbox()) {
    EXPECT_EQ(each.time, each.kind == MessageKind::kDeparture ? "16:00" : "07:00");
  }
}

TEST_F(MessagePlannerTest, ATimeThatNobodyVouchesForIsNotTold) {
  Put(kAna, {MakeGuardian("aa")});
  Record record = ExampleRecord(1, kAna);
  record.clock = ClockState::kUnsure;
  Store(record);
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
}

TEST_F(MessagePlannerTest, InQuietHoursAMessageWaitsOrIsDropped) {
  Set("words.quiet", "20:00-07:30");
  Put(kAna, {MakeGuardian("aa")});
  Store(ExampleRecord(1, kAna));
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].state, MessageState::kWaiting);
  EXPECT_EQ(Outbox()[0].due_us, kExampleMorningUs + int64_t{30} * 60'000'000);
  Set("words.quiet", "20:00-12:00");
  Put(kBen, {MakeGuardian("bb")});
  Store(ExampleRecord(2, kBen));
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(2));
  EXPECT_EQ(Outbox()[0].state == MessageState::kDropped,
            Outbox()[1].state != MessageState::kDropped);
}

TEST_F(MessagePlannerTest, ACardThatIsGivenToAnotherTellsNothingToTheGuardiansOfTheOther) {
  Put(kAna, {MakeGuardian("aa")});
  Put(kBen, {MakeGuardian("bb")});
  Store(ExampleRecord(1, kAna));
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) {
    for (const auto& [key, card] : {std::pair(kAna, "0A0B0C0D"), std::pair(kBen, kAna)}) {
      for (size_t i = 0; i < now.people.size(); ++i) {
        Person person = std::as_const(now).people[i];
        if (person.person != key) continue;
        person.card = *CardId::Parse(card);
        now.people[i] = person;
      }
    }
  }));
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(Outbox()[0].person, kAna);
  GoTo("10:00");
  PlanAnew();
  ASSERT_THAT(Outbox(), SizeIs(2));
  for (const Message& each : Outbox()) {
    EXPECT_EQ(each.person, each.kind == MessageKind::kAbsence ? kBen : kAna);
  }
}

TEST_F(MessagePlannerTest, WhoIsListedTwiceUnderOneAddressIsToldOnce) {
  Guardian again = MakeGuardian("bb");
  again.mail = "aa@example.org";
  Put(kAna, {MakeGuardian("aa"), again});
  Store(ExampleRecord(1, kAna));
  PlanAnew();
  EXPECT_THAT(Outbox(), SizeIs(1));
}

TEST_F(MessagePlannerTest, AbsenceIsToldFromItsTimeOnOfThoseWhoAreNotThere) {
  Put(kAna, {MakeGuardian("aa")});
  Put(kBen, {MakeGuardian("bb")});
  Store(ExampleRecord(1, kAna));
  GoTo("09:59");
  PlanAnew();
  for (const Message& each : Outbox()) EXPECT_NE(each.kind, MessageKind::kAbsence);
  GoTo("10:00");
  PlanAnew();
  std::vector<std::string> absent;
  for (const Message& each : Outbox()) {
    if (each.kind == MessageKind::kAbsence) absent.push_back(each.person + " " + each.time);
  }
  EXPECT_THAT(absent, ::testing::ElementsAre(std::string(kBen) + " 10:00"));
}

TEST_F(MessagePlannerTest, AbsenceIsNotToldOfTheExcusedNorOnADayWithoutClassesNorMuchTooLate) {
  Put(kBen, {MakeGuardian("bb")});
  GoTo("12:30");
  PlanAnew();  // nobody was here to tell it in time
  EXPECT_THAT(Outbox(), IsEmpty());
  GoTo("10:30");
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) {
    now.calendar.push_back({CalendarKind::kSuspension, "2026-11-23", "2026-11-23", "", "typhoon"});
  }));
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) { now.calendar.clear(); }));
  Person ben;
  ben.person = kBen;
  ben.card = *CardId::Parse(kBen);
  ben.section = "Narra";
  Store(MakeMark(ben, "2026-11-23", Status::kExcused, "head", clock_.Now(), zone_));
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
}

TEST_F(MessagePlannerTest, AbsenceIsHeldWhileAGateMayHoldTheTap) {
  Put(kBen, {MakeGuardian("bb")});
  GoTo("10:10");
  GateNews gate{"gate-2", clock_.Now() - std::chrono::minutes(40), false, 0, {}};
  gates_ = {gate};
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_THAT(held_, HasSubstr("gate-2 is silent"));
  gates_[0].online = true;
  gates_[0].pending = 3;
  PlanAnew();
  EXPECT_THAT(Outbox(), IsEmpty());
  EXPECT_THAT(held_, HasSubstr("gate gate-2 has 3 taps"));
  gates_[0].label = "Main gate";
  PlanAnew();
  EXPECT_THAT(held_, HasSubstr("gate Main gate has 3 taps"));
  gates_[0].pending = 0;
  gates_.push_back({"old gate", clock_.Now() - std::chrono::hours(24 * 30), false, 0, {}});
  PlanAnew();
  EXPECT_THAT(Outbox(), SizeIs(1));
  EXPECT_EQ(held_, "");
}

}  // namespace
}  // namespace tamtap
