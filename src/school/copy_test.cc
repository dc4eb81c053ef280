#include "school/copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sim/fake_clock.h"
#include "sim/simulated_disk.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr const char* kPath = "/roster.json";

Person Named(const std::string& card, const std::string& name) {
  Person person;
  person.card = *CardId::Parse(card);
  person.person = card;
  person.name = person.first_name = name;
  return person;
}

WallTime At(int64_t us) { return WallTime(std::chrono::microseconds(us)); }

class SchoolCopyTest : public testing::Test {
 protected:
  SchoolCopy Open(SchoolCopy::Former former = SchoolCopy::Former::kKeep) {
    return SchoolCopy(disk_, clock_, kPath, former);
  }
  static std::vector<std::string> Names(SchoolCopy& copy) {
    std::vector<std::string> names;
    for (const Person& person : copy.roster().Current()->school().people) {
      names.push_back(person.name);
    }
    return names;
  }
  std::vector<SchoolChange> Joins(const Person& person, const Said& said) {
    return ChangesBetween({}, {{person}, {}, {}}, said, random_);
  }

  sim::SimulatedDisk disk_;
  sim::FakeClock clock_{At(1'000'000'000)};
  SeededRandom random_{1};
  const Person ana_ = Named("00000001", "Ana");
  const Person ben_ = Named("00000002", "Ben");
};

TEST_F(SchoolCopyTest, WhatIsSaidHoldsAtOnceAndIsThereAfterAPowerCut) {
  {
    SchoolCopy copy = Open();
    ASSERT_TRUE(copy.Say(Joins(ana_, {5, "here"})));
    EXPECT_THAT(Names(copy), ElementsAre("Ana"));
  }
  disk_.CrashLosingAll();
  SchoolCopy copy = Open();
  EXPECT_THAT(Names(copy), ElementsAre("Ana"));
  EXPECT_EQ(copy.Outbox().size(), 1u);
}

TEST_F(SchoolCopyTest, TheMastersWordIsShownUnderWhatWasSaidHere) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Say(Joins(ana_, {5, "here"})));
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ben_}, {}, {}}, {}}, "", At(7)));
  EXPECT_THAT(Names(copy), ElementsAre("Ana", "Ben"));
  const auto outbox = copy.Outbox();
  ASSERT_TRUE(copy.HandedOver(outbox, std::vector<std::string>{"no"}));
  EXPECT_THAT(Names(copy), ElementsAre("Ben")) << "refused: it holds no longer";
  EXPECT_THAT(copy.Outbox(), IsEmpty());
}

TEST_F(SchoolCopyTest, WhatTheMasterTookHoldsUntilItHasToldWhatItMadeOfIt) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Say(Joins(ana_, {5, "here"})));
  ASSERT_TRUE(copy.HandedOver(copy.Outbox(), std::vector<std::string>{""}));
  EXPECT_THAT(Names(copy), ElementsAre("Ana"));
  // An answer from before it was taken.
  ASSERT_TRUE(copy.Take({"v0", true, /*told=*/false, {}, {}}, "", At(7)));
  EXPECT_THAT(Names(copy), ElementsAre("Ana"));
}

TEST_F(SchoolCopyTest, WhatWasHandedOverHoldsOverAPowerCutAndCostsNoWholeSchool) {
  {
    SchoolCopy copy = Open();
    ASSERT_TRUE(copy.Take({"v1", true, true, {{ben_}, {}, {}}, {}}, "", At(7)));
    ASSERT_TRUE(copy.Say(Joins(ana_, {8, "here"})));
    ASSERT_TRUE(copy.HandedOver(copy.Outbox(), std::vector<std::string>{""}));
  }
  disk_.CrashLosingAll();
  SchoolCopy copy = Open();
  EXPECT_THAT(Names(copy), ElementsAre("Ana", "Ben"));
  EXPECT_THAT(copy.Outbox(), IsEmpty());
  EXPECT_EQ(copy.Version(), "v1") << "only what came of it is to be told";
  ASSERT_TRUE(copy.Take({"v2", false, true, {{ana_}, {}, {}}, {}}, "v1", At(9)));
  EXPECT_THAT(Names(copy), ElementsAre("Ana", "Ben"));
  EXPECT_THAT(LoadCopy(disk_, kPath)->handed, IsEmpty());
}

TEST_F(SchoolCopyTest, AMasterThatWentBackIsToldAgainWhatItTook) {
  {
    SchoolCopy copy = Open();
    ASSERT_TRUE(copy.Say(Joins(ana_, {5, "here"})));
    ASSERT_TRUE(copy.HandedOver(copy.Outbox(), std::vector<std::string>{""}));
    ASSERT_TRUE(copy.Say(Joins(ben_, {6, "here"})));
    EXPECT_EQ(copy.WentBack(), "");
    ASSERT_TRUE(copy.NoteWentBack("store-1"));
    ASSERT_EQ(copy.Outbox().size(), 2u);
    EXPECT_EQ(copy.Outbox()[0].fact.key, ana_.person) << "in the order in which it was said";
  }
  disk_.CrashLosingAll();
  EXPECT_EQ(Open().WentBack(), "store-1");
}

TEST_F(SchoolCopyTest, AWordThatWasLostToALaterOneHoldsNoLongerOnceTheMasterHasSaidSo) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ben_}, {}, {}}, {}}, "", At(7)));
  Person renamed = ben_;
  renamed.name = renamed.first_name = "Benjamin";
  ASSERT_TRUE(
      copy.Say(ChangesBetween({{ben_}, {}, {}}, {{renamed}, {}, {}}, {3, "here"}, random_)));
  ASSERT_TRUE(copy.HandedOver(copy.Outbox(), std::vector<std::string>{""}));
  EXPECT_THAT(Names(copy), ElementsAre("Benjamin"));
  ASSERT_TRUE(copy.StillNewest(At(8)));
  EXPECT_THAT(Names(copy), ElementsAre("Benjamin")) << "the server may not have looked since";
  clock_.Advance(std::chrono::seconds(5));
  ASSERT_TRUE(copy.StillNewest(At(9)));
  EXPECT_THAT(Names(copy), ElementsAre("Ben")) << "nothing came of it";
  EXPECT_THAT(Names(*std::make_unique<SchoolCopy>(disk_, clock_, kPath, SchoolCopy::Former::kKeep)),
              ElementsAre("Ben"));
}

TEST_F(SchoolCopyTest, ALookAtTheFileThatIsAsBeforeHoldsTheSamePeople) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ana_, ben_}, {}, {}}, {}}, "", At(7)));
  const auto before = copy.roster().Current();
  EXPECT_FALSE(*copy.Look());
  EXPECT_EQ(copy.roster().Current(), before);
  // Another process writes it anew, with one person more.
  ASSERT_TRUE(UpdateCopy(disk_, clock_, kPath, [](CopyOfSchool& file) -> Result<> {
    file.school.people.push_back(Named("00000003", "Cora"));
    return {};
  }));
  EXPECT_TRUE(*copy.Look());
  EXPECT_THAT(Names(copy), ElementsAre("Ana", "Ben", "Cora"));
  EXPECT_EQ(copy.roster().Current()->school().people.shared(0), before->school().people.shared(0));
}

TEST_F(SchoolCopyTest, ACopyThatKnowsNothingTakesWhatAMasterSaysThatWasNeverTold) {
  SchoolCopy copy = Open();
  const School zone{{}, {}, {}, {{"timezone", "Asia/Tokyo"}}};
  ASSERT_TRUE(copy.Take({"v1", true, /*told=*/false, zone, {}}, "", At(7)));
  EXPECT_EQ(copy.Version(), "v1");
  EXPECT_EQ(copy.roster().Current()->school(), zone);
  ASSERT_TRUE(copy.Take({"v2", true, true, {{ana_}, {}, {}}, {}}, "v1", At(8)));
  ASSERT_TRUE(copy.Take({"v1", true, /*told=*/false, zone, {}}, "v2", At(9)));
  EXPECT_THAT(Names(copy), ElementsAre("Ana")) << "what it knows is offered";
  EXPECT_FALSE(copy.Outbox().empty());
}

TEST_F(SchoolCopyTest, OnlyWhatFollowsTheVersionItHasIsTaken) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ana_}, {}, {}}, {}}, "", At(1)));
  SchoolUpdate next{"v2", false, true, {{ben_}, {}, {}}, {}};
  ASSERT_TRUE(copy.Take(next, "v1", At(2)));
  EXPECT_THAT(Names(copy), ElementsAre("Ana", "Ben"));
  const auto again =
      copy.Take({"v3", false, true, {}, {{FactKind::kPerson, "00000001"}}}, "v1", At(3));
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRetry);
  ASSERT_TRUE(copy.Take({"v3", false, true, {}, {{FactKind::kPerson, "00000001"}}}, "v2", At(3)));
  EXPECT_THAT(Names(copy), ElementsAre("Ben"));
}

TEST_F(SchoolCopyTest, AnotherProcessMaySayThingsToo) {
  SchoolCopy gate = Open();
  SchoolCopy command = Open();
  EXPECT_FALSE(*gate.Look());
  ASSERT_TRUE(command.Say(Joins(ana_, {5, "command line"})));
  EXPECT_TRUE(*gate.Look());
  EXPECT_THAT(Names(gate), ElementsAre("Ana"));
  ASSERT_TRUE(gate.Say(Joins(ben_, {6, "gate"})));
  EXPECT_EQ(LoadCopy(disk_, kPath)->outbox.size(), 2u);
}

TEST_F(SchoolCopyTest, WhatAnotherProcessTookMeanwhileIsWhatTheMasterIsAskedAboutNext) {
  SchoolCopy gate = Open();
  SchoolCopy command = Open();
  ASSERT_TRUE(gate.Take({"v1", true, true, {{ana_}, {}, {}}, {}}, "", At(1)));
  const auto taken = command.Take({"v2", true, true, {{ben_}, {}, {}}, {}}, "", At(2));
  ASSERT_FALSE(taken);
  EXPECT_EQ(taken.error().code, ErrorCode::kRetry);
  EXPECT_EQ(command.Version(), "v1") << "else it would be told the same for ever";
  EXPECT_THAT(Names(command), ElementsAre("Ana"));
}

TEST_F(SchoolCopyTest, AWordHasTheTimeOfTheMasterWhateverTheClockHereShows) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ana_}, {}, {}}, {}}, "", At(700)));
  clock_.Advance(std::chrono::microseconds(50));
  EXPECT_EQ(copy.SaidNow("gate").at_us, 750);
  EXPECT_EQ(Open().SaidNow("command line").at_us, 750) << "another process of this boot";
  ASSERT_TRUE(copy.StillNewest(At(9'000)));
  EXPECT_EQ(copy.SaidNow("gate").at_us, 9'000);
}

TEST_F(SchoolCopyTest, AnAnswerThatTookLongMakesNoWordOlderThanTheOneBefore) {
  SchoolCopy copy = Open();
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ana_}, {}, {}}, {}}, "", At(900'000'000'000)));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(copy.SaidNow("gate").at_us, 900'002'000'000);
  ASSERT_TRUE(copy.StillNewest(At(900'001'000'000))) << "or another server's, which is behind";
  EXPECT_EQ(copy.SaidNow("gate").at_us, 900'002'000'000);
  ASSERT_TRUE(copy.StillNewest(At(100'000'000'000))) << "whose clock was put right";
  EXPECT_EQ(copy.SaidNow("gate").at_us, 100'000'000'000);
}

TEST_F(SchoolCopyTest, AfterARebootAClockThatNobodyVouchesForSaysNothingLaterThanTheLastContact) {
  {
    SchoolCopy copy = Open();
    ASSERT_TRUE(copy.Take({"v1", true, true, {{ana_}, {}, {}}, {}}, "", At(700)));
  }
  clock_.Reboot("another boot", At(5'000'000'000));
  clock_.SetSynchronised(false);
  SchoolCopy copy = Open();
  const Said first = copy.SaidNow("gate");
  EXPECT_EQ(first.at_us, 700);
  ASSERT_TRUE(copy.Say(Joins(ben_, first)));
  EXPECT_EQ(copy.SaidNow("gate").at_us, 701) << "each word is later than the one before";
  clock_.SetSynchronised(true);
  EXPECT_EQ(copy.SaidNow("gate").at_us, 5'000'000'000);
}

TEST_F(SchoolCopyTest, WhatAnEarlierReleaseLeftIsOfferedOnceWhereItsGatesRegisteredPeople) {
  ASSERT_TRUE(WriteFileAtomically(
      disk_, kPath, R"({"students":[{"nfc_id":"00000001","first_name":"Ana","name":"Ana"}]})"));
  {
    SchoolCopy copy = Open(SchoolCopy::Former::kOffer);
    EXPECT_THAT(Names(copy), ElementsAre("Ana"));
    const auto outbox = copy.Outbox();
    ASSERT_EQ(outbox.size(), 1u);
    EXPECT_EQ(Open(SchoolCopy::Former::kOffer).Outbox(), outbox) << "the same words, by their ids";
    ASSERT_TRUE(copy.HandedOver(outbox, std::vector<std::string>{""}));
  }
  EXPECT_THAT(Open(SchoolCopy::Former::kOffer).Outbox(), IsEmpty());
}

TEST_F(SchoolCopyTest, WhatAnEarlierReleaseHadFromItsServerIsOnlyKept) {
  ASSERT_TRUE(WriteFileAtomically(
      disk_, kPath, R"({"students":[{"nfc_id":"00000001","first_name":"Ana","name":"Ana"}]})"));
  SchoolCopy copy = Open();
  EXPECT_THAT(Names(copy), ElementsAre("Ana"));
  EXPECT_THAT(copy.Outbox(), IsEmpty());
  ASSERT_TRUE(copy.Take({"v1", true, true, {{ben_}, {}, {}}, {}}, "", At(1)));
  EXPECT_THAT(Names(copy), ElementsAre("Ben"));
}

TEST_F(SchoolCopyTest, AFileThatCannotBeReadIsSetAsideAndTheGateStarts) {
  ASSERT_TRUE(WriteFileAtomically(disk_, kPath, "no JSON"));
  SchoolCopy copy = Open();
  EXPECT_THAT(Names(copy), IsEmpty());
  EXPECT_EQ(*ReadFile(disk_, std::string(kPath) + ".unreadable-1"), "no JSON");
  ASSERT_TRUE(WriteFileAtomically(disk_, kPath, "no JSON again"));
  EXPECT_FALSE(copy.Look());
  EXPECT_EQ(*ReadFile(disk_, std::string(kPath) + ".unreadable-2"), "no JSON again");
}

// Whoever was registered here, was in the school of the master, and then is not in it.
class ForgottenByTheMaster : public SchoolCopyTest {
 protected:
  ForgottenByTheMaster() {
    EXPECT_TRUE(copy_.Take({"v1", true, true, {{ben_}, {}, {}}, {}}, "", At(1), "store-1"));
    EXPECT_TRUE(copy_.Say(Joins(ana_, {5, "here"})));
    const auto outbox = copy_.Outbox();
    EXPECT_TRUE(copy_.HandedOver(outbox, std::vector<std::string>(outbox.size())));
    EXPECT_TRUE(copy_.Take({"v2", false, true, {{ana_}, {}, {}}, {}}, "v1", At(9), "store-1"));
    EXPECT_THAT(copy_.Outbox(), IsEmpty());
  }

  SchoolCopy copy_ = Open();
};

TEST_F(ForgottenByTheMaster, IsToldToItAgain) {
  SchoolCopy again = Open();  // after a restart
  ASSERT_TRUE(again.Take({"v1-b", true, true, {{ben_}, {}, {}}, {}}, "v2", At(10), "store-1"));
  ASSERT_EQ(again.Outbox().size(), 1u);
  EXPECT_EQ(again.Outbox()[0].said.at_us, 5) << "as old as it was";
  EXPECT_THAT(Names(again), ElementsAre("Ana", "Ben"));
  // Once: what the master makes of it holds.
  const auto outbox = again.Outbox();
  ASSERT_TRUE(again.HandedOver(outbox, std::vector<std::string>(1)));
  ASSERT_TRUE(again.Take({"v2-b", true, true, {{ben_}, {}, {}}, {}}, "v1-b", At(11), "store-1"));
  EXPECT_THAT(again.Outbox(), IsEmpty());
  EXPECT_THAT(Names(again), ElementsAre("Ben"));
}

TEST_F(ForgottenByTheMaster, IsNotToldToTheStoreOfAnotherSchool) {
  ASSERT_TRUE(copy_.Take({"w1", true, true, {{ben_}, {}, {}}, {}}, "v2", At(10), "store-2"));
  EXPECT_THAT(copy_.Outbox(), IsEmpty());
}

TEST_F(ForgottenByTheMaster, WhoeverLeftIsNot) {
  const FactKey ana{FactKind::kPerson, ana_.person};
  ASSERT_TRUE(copy_.Take({"v3", false, true, {}, {ana}}, "v2", At(10), "store-1"));
  ASSERT_TRUE(copy_.Take({"v1-b", true, true, {{ben_}, {}, {}}, {}}, "v3", At(11), "store-1"));
  EXPECT_THAT(copy_.Outbox(), IsEmpty());
}

}  // namespace
}  // namespace tamtap
