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

}  // namespace
}  // namespace tamtap
