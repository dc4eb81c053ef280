#include "sync/school_exchange.h"

#include "sync/sync_fixture.h"

namespace tamtap {
namespace {

Person Named(const std::string& card) {
  Person person;
  person.card = *CardId::Parse(card);
  person.person = card;
  return person;
}

TEST_F(SyncTest, WhatWasSaidHereIsHandedOverBeforeTheSchoolIsPulled) {
  const Person local = Named("176B3325");
  const Person central = Named("DEADBEEF");
  ASSERT_TRUE(school_.Say(ChangesBetween({}, {{local}, {}, {}}, {5, "here"}, random_)));
  EXPECT_NE(roster_.Current()->Find(local.card), nullptr) << "it holds at once";
  store_.school = {"v1", true, true, {{central}, {}, {}}, {}};
  Settle();
  ASSERT_EQ(store_.changed.size(), 1u);
  EXPECT_EQ(store_.changed[0].fact.key, "176B3325");
  EXPECT_TRUE(school_.Outbox().empty());
  EXPECT_NE(roster_.Current()->Find(local.card), nullptr);
  EXPECT_NE(roster_.Current()->Find(central.card), nullptr);
  const auto saved = LoadCopy(disk_, kCopy);
  ASSERT_TRUE(saved);
  EXPECT_EQ(saved->school.people.size(), 2u);
  EXPECT_EQ(saved->version, store_.school.version);
}

TEST_F(SyncTest, WhatWasSaidHereWaitsForAStoreThatIsAway) {
  ASSERT_TRUE(school_.Say(ChangesBetween({}, {{Named("176B3325")}, {}, {}}, {5, "here"}, random_)));
  store_.fail = kAway;
  clock_.Advance(Settle());
  clock_.Advance(Settle());
  EXPECT_EQ(school_.Outbox().size(), 1u);
  EXPECT_EQ(LoadCopy(disk_, kCopy)->outbox.size(), 1u);
  store_.fail.reset();
  clock_.Advance(Settle());
  Settle();
  EXPECT_EQ(store_.changed.size(), 1u);
}

TEST_F(SyncTest, FactsThatTheStoresSideSaysChangedArePulledAtOnce) {
  store_.school = {"v1", true, true, {{Named("CAFE0001")}, {}, {}}, {}};
  Settle();
  store_.school = {"v2", true, true, {{Named("CAFE0002")}, {}, {}}, {}};
  Settle();
  EXPECT_EQ(roster_.Current()->school().people[0].person, "CAFE0001");
  sync_.SchoolChanged();
  Settle();
  EXPECT_EQ(roster_.Current()->school().people[0].person, "CAFE0002");
}

TEST_F(SyncTest, WhatTheStoreEmptiedIsEmptyHere) {
  store_.school = {"v1", true, true, {{Named("CAFE0001")}, {}, {}}, {}};
  Settle();
  EXPECT_EQ(roster_.Current()->school().people.size(), 1u);
  store_.school = {"v2", true, true, {}, {}};
  sync_.SchoolChanged();
  Settle();
  EXPECT_TRUE(roster_.Current()->school().people.empty());
}

TEST_F(SyncTest, AStoreThatNobodyToldOfTheSchoolIsToldOfAllThatTheGateKnows) {
  store_.school = {"v1", true, true, {{Named("CAFE0001")}, {}, {}}, {}};
  Settle();
  ASSERT_TRUE(school_.Say(ChangesBetween({}, {{Named("CAFE0002")}, {}, {}}, {5, "here"}, random_)));
  store_.school = {"another", true, /*told=*/false, {}, {}};
  sync_.SchoolChanged();
  Settle();
  EXPECT_EQ(roster_.Current()->school().people.size(), 2u);
  ASSERT_EQ(store_.changed.size(), 2u);
  EXPECT_EQ(store_.changed[0].fact.key, "CAFE0001");
  EXPECT_EQ(store_.school.school.people.size(), 2u);
}

// As a server judges: taps of people whom it does not know are refused for good.
class TapsOfTheRegistered : public SyncTest {
 protected:
  TapsOfTheRegistered() {
    store_.school = {"v1", true, true, {{Named(ExampleCard(1))}, {}, {}}, {}};
    store_.decide = [this](const Record& record) {
      for (const Person& person : store_.school.school.people) {
        if (person.person == record.person) return Outcome{OutcomeKind::kStored, {}};
      }
      return Outcome{OutcomeKind::kRejected, "nobody of the school has this number"};
    };
  }

  void RegisterHere(const std::string& card) {
    ASSERT_TRUE(school_.Say(ChangesBetween({}, {{Named(card)}, {}, {}}, {5, "here"}, random_)));
    sync_.SchoolChanged();
  }
  void TapOf(const std::string& card) {
    Record record = ExampleRecord(1, card);
    ASSERT_TRUE(journal_->Append(record));
  }
};

TEST_F(TapsOfTheRegistered, WaitUntilTheStoreWasToldOfThem) {
  RegisterHere(ExampleCard(2));
  TapOf(ExampleCard(1));
  TapOf(ExampleCard(2));
  Settle();
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(journal_->Status().quarantined, 0u);
  EXPECT_EQ(store_.taps.size(), 2u);
}

TEST_F(TapsOfTheRegistered, WaitAloneWhileTheStoreTakesNoWords) {
  Settle();
  RegisterHere(ExampleCard(2));
  store_.fail_changes = Error{ErrorCode::kRetry, "change the school", 0, ""};
  TapOf(ExampleCard(2));
  for (int i = 0; i < 100; ++i) {
    clock_.Advance(Settle());
    if (i == 50) TapOf(ExampleCard(1));
  }
  EXPECT_EQ(store_.order, std::vector<std::string>{ExampleCard(1)}) << "others need not wait";
  EXPECT_EQ(Pending(), 1u);
  EXPECT_THAT(sync_.Status().last_error, ::testing::HasSubstr("change the school"));
  EXPECT_TRUE(sync_.Status().connected);
  store_.fail_changes.reset();
  clock_.Advance(milliseconds(61'000));
  Settle();
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(journal_->Status().quarantined, 0u);
  EXPECT_EQ(sync_.Status().last_error, "");
}

TEST_F(TapsOfTheRegistered, GoAtOnceToAStoreThatTakesNoSuchWords) {
  RegisterHere(ExampleCard(1));
  store_.fail_changes = Error{ErrorCode::kRejected, "change the school", 404, ""};
  TapOf(ExampleCard(1));
  Settle();
  Settle();
  EXPECT_EQ(Pending(), 0u);
}

// A store that fails at this alone is asked again after a pause, and is sent taps meanwhile.
TEST_F(SyncTest, AStoreThatFailsAtTheSchoolAloneIsAskedInPeaceAndSentTaps) {
  store_.fail_school = Error{ErrorCode::kRetry, "pull the school", 500, ""};
  store_.school.version = "v1";
  const MonotonicTime begin = clock_.MonotonicNow();
  for (uint64_t i = 1; i <= 20; ++i) {
    Tap(i, i);
    clock_.Advance(Settle());
    EXPECT_EQ(Pending(), 0u);
  }
  const auto took = clock_.MonotonicNow() - begin;
  EXPECT_LE(store_.school_pulls, took / SyncOptions().again + 1);
  EXPECT_GE(store_.school_pulls, took / SyncOptions().school_interval + 2);
  store_.fail_school.reset();
  clock_.Advance(Settle());
  Settle();
  EXPECT_EQ(school_.Version(), "v1");
}

// What changed at the master does not wait for a tap that the store puts off.
TEST_F(SyncTest, TheSchoolIsPulledWhileATapIsPutOff) {
  store_.decide = [](const Record&) { return Outcome{OutcomeKind::kRetry, "not now"}; };
  Tap(1, 1);
  for (int i = 0; i < 20; ++i) clock_.Advance(Settle());
  store_.school = {"v2", true, true, {{Named("CAFE0002")}, {}, {}}, {}};
  sync_.SchoolChanged();
  Settle();
  EXPECT_EQ(school_.Version(), "v2");
  EXPECT_EQ(Pending(), 1u);
}

std::vector<Person> Crowd(size_t size) {
  std::vector<Person> people;
  for (size_t i = 0; i < size; ++i) people.push_back(Named("CAFE00" + std::to_string(10 + i)));
  return people;
}

TEST_F(SyncTest, ALargeSchoolComesInSlicesAndIsTakenWithItsLast) {
  store_.school = {"v1", true, true, {Crowd(7), {}, {}}, {}};
  store_.slice = 2;
  store_.before_slice = [this] {
    EXPECT_TRUE(roster_.Current()->school().people.empty()) << "half of it holds nowhere";
  };
  Settle();
  EXPECT_EQ(store_.slices_pulled, 4);
  EXPECT_EQ(roster_.Current()->school().people.size(), 7u);
  EXPECT_EQ(school_.Version(), "v1");
}

TEST_F(SyncTest, TapsGoBetweenTheSlicesOfASchool) {
  store_.school = {"v1", true, true, {Crowd(9), {}, {}}, {}};
  store_.slice = 2;
  store_.before_slice = [this] {
    if (store_.slices_pulled == 2) Tap(1, 1);
    if (store_.slices_pulled > 2) {
      EXPECT_EQ(Pending(), 0u);
    }
  };
  Settle();
  EXPECT_EQ(store_.slices_pulled, 5);
  EXPECT_EQ(store_.taps.size(), 1u);
}

TEST_F(SyncTest, ASchoolThatChangesAmidItsSlicesIsPulledAnewAndNeverMixed) {
  store_.school = {"v1", true, true, {Crowd(6), {}, {}}, {}};
  store_.slice = 2;
  store_.before_slice = [this] {
    if (store_.slices_pulled != 2) return;
    store_.school.version = "v2";
    for (size_t i = 0; i < 6; ++i) store_.school.school.people[i].section = "Molave";
  };
  Settle();
  EXPECT_EQ(school_.Version(), "v2");
  ASSERT_EQ(roster_.Current()->school().people.size(), 6u);
  for (const Person& person : roster_.Current()->school().people) {
    EXPECT_EQ(person.section, "Molave");
  }
}

TEST_F(SyncTest, ALinkThatBreaksAmidTheSlicesCostsOneSlice) {
  store_.school = {"v1", true, true, {Crowd(8), {}, {}}, {}};
  store_.slice = 2;
  store_.before_slice = [this] {
    if (store_.slices_pulled == 3) store_.fail = kAway;
  };
  Settle();
  store_.fail = kAway;
  clock_.Advance(Settle());
  store_.fail.reset();
  store_.before_slice = nullptr;
  clock_.Advance(Settle());
  Settle();
  EXPECT_EQ(roster_.Current()->school().people.size(), 8u);
  EXPECT_LE(store_.slices_pulled, 5) << "it goes on where it was";
}

TEST_F(SyncTest, WhatIsSaidHereAmidTheSlicesIsHandedOverAfterTheLast) {
  store_.school = {"v1", true, true, {Crowd(6), {}, {}}, {}};
  store_.slice = 2;
  store_.before_slice = [this] {
    if (store_.slices_pulled != 2) return;
    ASSERT_TRUE(
        school_.Say(ChangesBetween({}, {{Named("176B3325")}, {}, {}}, {5, "here"}, random_)));
  };
  Settle();
  EXPECT_EQ(store_.changed.size(), 1u);
  EXPECT_TRUE(school_.Outbox().empty());
  EXPECT_EQ(roster_.Current()->school().people.size(), 7u);
}

TEST_F(SyncTest, ASchoolThatIsTooLargeForAGateKeepsNoTapBack) {
  store_.school = {"v1", true, true, {Crowd(3), {}, {}}, {}};
  Settle();
  store_.school.version = "v2";
  store_.school.gone.resize(kMostInSlices, {FactKind::kPerson, "1"});
  Tap(1, 3);
  sync_.SchoolChanged();
  Settle();
  EXPECT_EQ(Pending(), 0u);
  EXPECT_EQ(school_.Version(), "v1");
}

}  // namespace
}  // namespace tamtap
