#include "terminal/tap_cycle.h"

#include <gmock/gmock.h>

#include "journal/test_journal.h"
#include "sim/fake_clock.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

class FakePanel final : public Panel {
 public:
  void ShowState(GateState state, std::string_view, std::string_view) override {
    shown.emplace_back(ToString(state));
  }
  void ShowAck(const Ack& ack) override {
    acks.push_back(ack);
    if (on_ack) on_ack();
  }
  std::vector<std::string> shown;
  std::vector<Ack> acks;
  std::function<void()> on_ack;
};

class FakeListener final : public TapListener {
 public:
  void OnAccepted(const Record& record, bool) override { accepted.push_back(record); }
  void OnRefused(const Ack& ack, RefusalRecord refusal) override {
    EXPECT_EQ(refusal.reason, ToString(ack.reason));
    refused.push_back(ack.reason);
  }
  void OnContested(const Ack& ack, const CardOwner& owner) override {
    contested.emplace_back(ack.card, owner.rivals.front()->name);
  }
  void OnPhoto(const Record& record, Frame frame) override {
    photos.emplace_back(record.photo, frame.encoded);
  }
  std::vector<Record> accepted;
  std::vector<Refusal> refused;
  std::vector<std::pair<std::string, std::string>> contested;
  std::vector<std::pair<std::string, std::string>> photos;
};

class FakeCamera final : public Camera {
 public:
  explicit FakeCamera(sim::FakeClock& clock) : clock_(clock) {}
  Result<Frame> Grab(MonotonicTime, MonotonicTime, LateCamera) override {
    clock_.Advance(std::chrono::milliseconds(100));
    if (fail) return *fail;
    return Frame{"frame " + std::to_string(++frames)};
  }
  void Want(bool) override {}
  std::string Describe() const override { return "fake"; }
  std::optional<Error> fail;
  int frames = 0;

 private:
  sim::FakeClock& clock_;
};

class FakeFace final : public FaceCheck {
 public:
  Result<FaceVerdict> Check(const Frame&, const FaceRules&) override {
    if (verdicts.empty()) return FaceVerdict::kOneFace;
    const FaceVerdict verdict = verdicts.front();
    if (verdicts.size() > 1) verdicts.erase(verdicts.begin());
    return verdict;
  }
  std::vector<FaceVerdict> verdicts;  // the last one goes on
};

class TapCycleTest : public journal::JournalTest {
 protected:
  TapCycleTest() {
    Person ana;
    ana.card = *CardId::Parse("176B3325");
    ana.person = "176B3325";
    ana.tamtap_id = "001";
    ana.name = "Ana Reyes";
    ana.first_name = "Ana";
    ana.last_name = "Reyes";
    ana.section = "Narra";
    people_ = {ana};
    roster_.Replace({people_, {}, {}});
  }

  void SetSchool(std::map<std::string, std::string> settings,
                 std::vector<Schedule> schedules = {}) {
    roster_.Replace({people_, std::move(schedules), {}, std::move(settings)});
    roster_.KeepInStep(zone_);
  }
  // The instant that a wall there shows as "YYYY-MM-DD HH:MM:SS".
  void GoTo(const std::string& date) {
    clock_.Advance(std::chrono::duration_cast<std::chrono::microseconds>(*zone_.FromLocal(date) -
                                                                         clock_.Now()));
  }

  Ack Tap(const std::string& card, bool with_camera = false, bool required = false) {
    Photographer photographer(with_camera ? &camera_ : nullptr, with_camera ? &face_ : nullptr,
                              clock_, {.camera_required = required, .face_patience = {}});
    TapCycle cycle(*journal_, roster_, zone_, clock_, panel_, listener_, photographer);
    return cycle.Run(PresentedCard::Text(card, CardFormat::kAuto), clock_.MonotonicNow());
  }

  static Person Named(std::string_view name, std::string_view spelled) {
    Person person;
    SpellCard(spelled, CardId(), person);
    person.person = PersonKeyOf(spelled);
    person.name = name;
    return person;
  }
  void TakePeople(std::vector<Person> people) {
    School school;
    school.people = std::move(people);
    roster_.Replace(std::move(school));
  }

  SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
  std::vector<Person> people_;
  std::unique_ptr<journal::Journal> journal_ = Open();
  RosterHolder roster_{School{}};
  FakePanel panel_;
  FakeListener listener_;
  FakeCamera camera_{clock_};
  FakeFace face_;
};

TEST_F(TapCycleTest, AKnownCardIsAcceptedOnceItIsDurable) {
  const uint64_t syncs = disk_.syncs();
  panel_.on_ack = [&] { EXPECT_GT(disk_.syncs(), syncs); };
  const Ack ack = Tap("100582761834");
  EXPECT_EQ(ack.verdict, Verdict::kAccepted);
  EXPECT_EQ(ack.name, "Ana Reyes");
  EXPECT_EQ(ack.at, "2026-11-23T07:00:00.000+08:00");
  EXPECT_THAT(panel_.shown, ElementsAre("CARD_DETECTED", "SUCCESS", "IDLE"));
  ASSERT_EQ(listener_.accepted.size(), 1u);
  EXPECT_EQ(listener_.accepted[0].tap.ToString(), ack.tap);
  EXPECT_EQ(listener_.accepted[0].status, Status::kOnTime);
  EXPECT_EQ(journal_->Status().pending, 1u);
}

TEST_F(TapCycleTest, TheSameCardAgainTodayIsADuplicateAndTomorrowIsNot) {
  Tap("176B3325");
  const Ack again = Tap("176B3325");
  EXPECT_EQ(again.verdict, Verdict::kDuplicate);
  EXPECT_EQ(again.tap, "");
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  EXPECT_EQ(journal_->Status().records, 2u);
}

// A gate without a battery shows the same day after each boot, or that of its last shutdown.
TEST_F(TapCycleTest, UnderAnUnsureClockATapOfAnEarlierBootIsNoDuplicate) {
  clock_.SetSynchronised(false);
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
  journal_ = nullptr;  // the process starts again, the machine goes on
  journal_ = Open();
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
  journal_ = nullptr;
  clock_.Reboot("boot-2", clock_.Now());
  journal_ = Open();
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
  journal_ = nullptr;
  clock_.Reboot("boot-3", clock_.Now());
  clock_.SetSynchronised(true);
  journal_ = Open();
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted) << "that day was a guess, this one is not";
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
}

TEST_F(TapCycleTest, ATapUnderAClockThatWasADayAheadIsNoDuplicateTomorrow) {
  clock_.SetSynchronised(false);
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  clock_.SetWall(clock_.Now() - std::chrono::hours(24));
  clock_.SetSynchronised(true);
  clock_.Advance(std::chrono::hours(24));
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  journal_ = nullptr;
  journal_ = Open();
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
}

TEST_F(TapCycleTest, AVouchedDayIn2030DoesNotSwitchOffTheHoursForEver) {
  clock_.Advance(std::chrono::hours(24 * 1'500));
  Tap("176B3325");
  clock_.Advance(std::chrono::hours(-24 * 1'500));
  clock_.Advance(std::chrono::hours(11));
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kClassesEnded);
}

TEST_F(TapCycleTest, AfterARebootAnUnsureClockTurnsNobodyAway) {
  clock_.SetSynchronised(false);
  Tap("176B3325");
  clock_.Advance(std::chrono::hours(11));
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kClassesEnded) << "in the boot that it was set in";
  journal_ = nullptr;
  clock_.Reboot("boot-2", clock_.Now());  // it may be the next morning
  journal_ = Open();
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  EXPECT_EQ(listener_.accepted.back().status, Status::kAbsent) << "as that clock has it";
  EXPECT_EQ(listener_.accepted.back().clock, ClockState::kUnsure);
}

TEST_F(TapCycleTest, AnUnknownCardIsRefusedAndNothingIsWritten) {
  const Ack ack = Tap("DEADBEEF");
  EXPECT_EQ(ack.verdict, Verdict::kRefused);
  EXPECT_EQ(ack.reason, Refusal::kUnknownCard);
  EXPECT_THAT(panel_.shown, ElementsAre("CARD_DETECTED", "FAIL", "IDLE"));
  EXPECT_THAT(listener_.refused, ElementsAre(Refusal::kUnknownCard));
  EXPECT_EQ(journal_->Status().records, 0u);
}

TEST_F(TapCycleTest, WhatIsNoCardIsRefusedAsItWasRead) {
  const Ack ack = Tap("hello");
  EXPECT_EQ(ack.reason, Refusal::kUnreadableCard);
  EXPECT_EQ(ack.card, "hello");
  EXPECT_EQ(Tap("1426522848").reason, Refusal::kUnknownCard);
  EXPECT_THAT(panel_.shown,
              ElementsAre("CARD_DETECTED", "FAIL", "IDLE", "CARD_DETECTED", "FAIL", "IDLE"));
  EXPECT_EQ(journal_->Status().records, 0u);
}

TEST_F(TapCycleTest, ANumberThatIsTheSamePersonEitherWayIsTheirsWithoutAUid) {
  TakePeople({Named("Ben", "2710951593")});
  const Ack ack = Tap("2710951593");
  EXPECT_EQ(ack.verdict, Verdict::kAccepted);
  EXPECT_EQ(ack.card, "2710951593");
  EXPECT_EQ(listener_.accepted[0].card.text(), "");
  EXPECT_EQ(listener_.accepted[0].NfcId(), "2710951593");
  EXPECT_EQ(Tap("A9D695A1").verdict, Verdict::kDuplicate);
  EXPECT_EQ(journal_->Status().records, 1u);
}

TEST_F(TapCycleTest, TheFirstCardOfARegisteredBeginningIsBoundOnceItIsDurable) {
  TakePeople({Named("Cy", "584193394409")});
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kWrite) return sim::DiskFault{ENOSPC, 0};
    return std::nullopt;
  });
  EXPECT_EQ(Tap("04A3C6CAE26180").reason, Refusal::kStorageFull);
  disk_.SetFaults(nullptr);
  const Ack ack = Tap("04A3C6CAE26181");
  EXPECT_EQ(ack.verdict, Verdict::kAccepted) << "nothing was bound before";
  EXPECT_EQ(listener_.accepted[0].card.text(), "04A3C6CAE26181");
  EXPECT_EQ(listener_.accepted[0].NfcId(), "584193394409");
  EXPECT_EQ(Tap("04A3C6CAE26180").reason, Refusal::kUnknownCard);
  EXPECT_THAT(listener_.contested,
              ElementsAre(std::pair<std::string, std::string>("04A3C6CAE26180", "Cy")));
  EXPECT_EQ(Tap("04A3C6CAE26181").verdict, Verdict::kDuplicate);
  EXPECT_EQ(Tap("584193394409").verdict, Verdict::kDuplicate);
}

TEST_F(TapCycleTest, AReplacedCardIsRefusedByThatName) {
  Person ben = Named("Ben", "176B3326");
  ReplaceCard("04A2B3C4", ben);
  TakePeople({ben});
  const Ack ack = Tap("176B3326");
  EXPECT_EQ(ack.reason, Refusal::kCardReplaced);
  EXPECT_EQ(ack.name, "Ben");
  EXPECT_EQ(Tap("04A2B3C4").verdict, Verdict::kAccepted);
  EXPECT_EQ(listener_.accepted[0].person, "176B3326");
}

TEST_F(TapCycleTest, ANumberThatMayBeTwoPeoplesIsRefusedAndContested) {
  TakePeople({Named("Ana", "51E69621"), Named("Ben", "2196E651")});
  EXPECT_EQ(Tap("0563537489").reason, Refusal::kAmbiguousCard);
  EXPECT_THAT(listener_.contested,
              ElementsAre(std::pair<std::string, std::string>("0563537489", "Ben")));
  EXPECT_THAT(listener_.refused, ElementsAre(Refusal::kAmbiguousCard));
}

TEST_F(TapCycleTest, TheScheduleIsAskedBeforeTheDuplicateCheck) {
  Tap("176B3325");
  clock_.Advance(std::chrono::hours(11));
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kClassesEnded);
}

TEST_F(TapCycleTest, AFullDiskIsSaidAndNotSuccess) {
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kWrite) return sim::DiskFault{ENOSPC, 0};
    return std::nullopt;
  });
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kStorageFull);
  EXPECT_THAT(listener_.accepted, IsEmpty());
  disk_.SetFaults(nullptr);
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
}

TEST_F(TapCycleTest, AFailingDiskIsSaidAndNotSuccess) {
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kSync) return sim::DiskFault{EIO, 0};
    return std::nullopt;
  });
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kStorageFailed);
}

TEST_F(TapCycleTest, TheFrameThatWasCheckedIsTheOneThatIsKept) {
  face_.verdicts = {FaceVerdict::kNoFace, FaceVerdict::kPartial, FaceVerdict::kOneFace};
  const Ack ack = Tap("176B3325", /*with_camera=*/true);
  EXPECT_EQ(ack.verdict, Verdict::kAccepted);
  EXPECT_THAT(panel_.shown, ElementsAre("CARD_DETECTED", "CAMERA_ACTIVE", "SUCCESS", "IDLE"));
  EXPECT_THAT(listener_.photos, ElementsAre(std::pair<std::string, std::string>(
                                    "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg", "frame 3")));
  EXPECT_EQ(listener_.accepted[0].photo, "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg");
}

TEST_F(TapCycleTest, FacesThatAreNotRightAreRefusedWithinTheirTime) {
  for (const auto& [verdict, reason] :
       {std::pair{FaceVerdict::kNoFace, Refusal::kNoFaceDetected},
        std::pair{FaceVerdict::kPartial, Refusal::kFacePartiallyVisible},
        std::pair{FaceVerdict::kMultipleFaces, Refusal::kMultipleFacesDetected},
        std::pair{FaceVerdict::kEyesNotVisible, Refusal::kEyesNotVisible}}) {
    face_.verdicts = {verdict};
    const MonotonicTime before = clock_.MonotonicNow();
    EXPECT_EQ(Tap("176B3325", /*with_camera=*/true).reason, reason);
    EXPECT_LE(clock_.MonotonicNow() - before, std::chrono::milliseconds(1'100));
  }
  EXPECT_EQ(journal_->Status().records, 0u);
}

TEST_F(TapCycleTest, ACameraThatFailsCostsThePhotoAndTheTapOnlyIfTheSchoolSaysSo) {
  camera_.fail = Error{ErrorCode::kMisconfigured, "open the camera", ENODEV, ""};
  EXPECT_EQ(Tap("176B3325", true, /*required=*/true).reason, Refusal::kCameraFailed);
  EXPECT_EQ(Tap("176B3325", true, /*required=*/false).verdict, Verdict::kAccepted);
  EXPECT_EQ(listener_.accepted[0].photo, "");
}

TEST_F(TapCycleTest, WithDeparturesASecondTapIsOneHalfAnHourAfterTheFirst) {
  SetSchool({{"departures", "on"}});
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  clock_.Advance(std::chrono::minutes(29));
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
  clock_.Advance(std::chrono::minutes(1));
  const Ack left = Tap("176B3325");
  EXPECT_EQ(left.verdict, Verdict::kAccepted);
  EXPECT_TRUE(left.departure);
  EXPECT_EQ(SignForAck(left).upper, "GOODBYE");
  ASSERT_EQ(listener_.accepted.size(), 2u);
  EXPECT_EQ(listener_.accepted[1].tap.ToString(), left.tap) << "a tap like each other";
  EXPECT_EQ(listener_.accepted[1].day, "2026-11-23");
  EXPECT_EQ(journal_->Status().pending, 2u);
}

TEST_F(TapCycleTest, WithoutDeparturesAPersonTapsOnceADay) {
  Tap("176B3325");
  clock_.Advance(std::chrono::hours(9));
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
  clock_.Advance(std::chrono::hours(2));
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kClassesEnded);
}

TEST_F(TapCycleTest, WhoCameMayLeaveAfterTheEndOfClassesAndWhoDidNotIsRefused) {
  SetSchool({{"departures", "on"}});
  Tap("176B3325");
  GoTo("2026-11-23 18:30:00");
  EXPECT_TRUE(Tap("176B3325").departure);
  GoTo("2026-11-24 18:30:00");
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kClassesEnded);
}

TEST_F(TapCycleTest, TheFirstTapIsKnownAfterARestartAndAfterAFlushThatFailed) {
  SetSchool({{"departures", "on"}});
  Tap("176B3325");
  clock_.Advance(std::chrono::hours(9));
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call == sim::DiskCall::kSync) return sim::DiskFault{EIO, 0};
    return std::nullopt;
  });
  EXPECT_EQ(Tap("176B3325").reason, Refusal::kStorageFailed);
  disk_.SetFaults(nullptr);
  journal_ = nullptr;
  journal_ = Open();
  clock_.Advance(std::chrono::hours(2));
  EXPECT_TRUE(Tap("176B3325").departure) << "what failed made nobody forgotten who came";
}

TEST_F(TapCycleTest, AnArrivalAtAnotherGateCountsForADeparture) {
  SetSchool({{"departures", "on"}});
  const int64_t now_us = clock_.Now().time_since_epoch().count();
  journal_->NoteTapped("2026-11-23", "176B3325", {journal::kOtherGate, now_us - 1'700'000'000});
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate) << "28 minutes";
  clock_.Advance(std::chrono::minutes(2));
  EXPECT_TRUE(Tap("176B3325").departure);
}

TEST_F(TapCycleTest, AfterMidnightATapIsOfTheClassesOfTheEveningBefore) {
  Schedule nights;
  nights.section = "Narra";
  for (size_t day = 0; day < 5; ++day) nights.week[day] = ClassHours{22 * 60, 30 * 60};
  SetSchool({}, {nights});
  GoTo("2026-11-24 00:30:00");
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted);
  EXPECT_EQ(listener_.accepted[0].day, "2026-11-23");
  EXPECT_EQ(listener_.accepted[0].date, "2026-11-24 00:30:00");
  EXPECT_EQ(listener_.accepted[0].session, Session::kAm);
  EXPECT_EQ(listener_.accepted[0].status, Status::kAbsent);
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
  GoTo("2026-11-24 22:05:00");
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kAccepted) << "another evening";
  EXPECT_EQ(listener_.accepted[1].day, "2026-11-24");
  GoTo("2026-11-25 05:00:00");
  EXPECT_EQ(Tap("176B3325").verdict, Verdict::kDuplicate);
}

TEST_F(TapCycleTest, InTheMorningPeopleLeaveTheClassesOfTheNight) {
  Schedule nights;
  nights.section = "Narra";
  for (size_t day = 0; day < 5; ++day) nights.week[day] = ClassHours{22 * 60, 30 * 60};
  SetSchool({{"departures", "on"}}, {nights});
  GoTo("2026-11-23 21:55:00");
  Tap("176B3325");
  GoTo("2026-11-24 06:05:00");
  const Ack left = Tap("176B3325");
  EXPECT_TRUE(left.departure);
  EXPECT_EQ(listener_.accepted[1].day, "2026-11-23");
  GoTo("2026-11-24 21:50:00");
  const Ack next = Tap("176B3325");
  EXPECT_EQ(next.verdict, Verdict::kAccepted);
  EXPECT_FALSE(next.departure) << "another evening";
  EXPECT_EQ(listener_.accepted[2].day, "2026-11-24");
}

TEST_F(TapCycleTest, AZoneThatChangesHoldsFromTheNextTapOnAndMovesNoDay) {
  GoTo("2026-11-23 08:00:00");  // the evening before, in New York
  Tap("176B3325");
  SetSchool({{"timezone", "America/New_York"}});
  clock_.Advance(std::chrono::minutes(1));
  const Ack ack = Tap("176B3325");
  EXPECT_EQ(ack.at, "2026-11-22T19:01:00.000-05:00");
  EXPECT_EQ(ack.reason, Refusal::kNoClassesToday) << "it is a Sunday there";
  ASSERT_EQ(listener_.accepted.size(), 1u);
  EXPECT_EQ(journal_->ReadPending(1, 10)->at(0).record.day, "2026-11-23");
}

TEST_F(TapCycleTest, ASchoolThatWantsNoPhotosIsAskedForNoFace) {
  SetSchool({{"camera.enabled", "off"}, {"camera.required", "on"}});
  face_.verdicts = {FaceVerdict::kNoFace};
  EXPECT_EQ(Tap("176B3325", /*with_camera=*/true).verdict, Verdict::kAccepted);
  EXPECT_EQ(camera_.frames, 0);
}

}  // namespace
}  // namespace tamtap
