#include <gmock/gmock.h>

#include "tap/school.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;

Person Named(std::string key, std::string name = "") {
  Person person;
  person.person = std::move(key);
  person.name = std::move(name);
  return person;
}

auto Keys(auto... keys) { return ElementsAre(Field(&Person::person, std::string(keys))...); }

const Person* At(const People& people, size_t index) { return &people[index]; }

TEST(PeopleTest, ACopySharesItsPeople) {
  const People people = {Named("1"), Named("2")};
  const People copy = people;
  EXPECT_EQ(At(people, 0), At(copy, 0));
  EXPECT_EQ(people, copy);
}

TEST(PeopleTest, WhoIsChangedInOneListIsAsBeforeInTheOthers) {
  People people = {Named("1", "Ana"), Named("2", "Ben")};
  const People before = people;
  people[1].name = "Cora";
  EXPECT_EQ(before[1].name, "Ben");
  EXPECT_EQ(At(people, 1)->name, "Cora");
  EXPECT_NE(people, before);
  EXPECT_EQ(At(people, 0), At(before, 0)) << "the others are shared still";
}

TEST(PeopleTest, WhoIsInOneListAloneIsChangedInPlace) {
  People people = {Named("1", "Ana")};
  const Person* const ana = At(people, 0);
  people[0].name = "Anna";
  EXPECT_EQ(At(people, 0), ana);
}

TEST(PeopleTest, ListsAreEqualByWhatTheyHold) {
  EXPECT_EQ((People{Named("1", "Ana")}), (People{Named("1", "Ana")}));
  EXPECT_NE((People{Named("1", "Ana")}), (People{Named("1", "Ben")}));
  EXPECT_NE((People{Named("1")}), (People{Named("1"), Named("2")}));
}

TEST(PeopleTest, SortsByKeyAndTakesOut) {
  People people = {Named("3"), Named("1"), Named("2")};
  people.Sort();
  EXPECT_THAT(people, Keys("1", "2", "3"));
  EXPECT_EQ(erase_if(people, [](const Person& each) { return each.person == "2"; }), 1u);
  EXPECT_THAT(people, Keys("1", "3"));
  people.erase(people.begin());
  EXPECT_THAT(people, Keys("3"));
}

TEST(PeopleTest, WhoIsEqualIsHeldOnce) {
  const People known = {Named("1", "Ana"), Named("2", "Ben")};
  EXPECT_EQ(known.Same(Named("2", "Ben")).get(), At(known, 1));
  EXPECT_EQ(known.Same(Named("2", "Cora"))->name, "Cora");
  EXPECT_EQ(known.Same(Named("9", "Dan"))->name, "Dan");
}

TEST(PeopleTest, WhoIsTakenFromAnotherListIsShared) {
  const People known = {Named("1")};
  People people = {Named("2")};
  people.Append(known);
  people.push_back(known.begin().shared());
  EXPECT_THAT(people, Keys("2", "1", "1"));
  EXPECT_EQ(At(people, 2), At(known, 0));
}

}  // namespace
}  // namespace tamtap
