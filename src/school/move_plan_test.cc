#include "school/move_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tap/person_cards.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr const char* kNow = "2026-11-23 07:00:00";

Person Somebody(std::string_view card, std::string name, std::string tamtap_id) {
  Person person;
  SpellCard(card, CardId(), person);
  person.person = PersonKeyOf(card);
  person.first_name = name;
  person.name = std::move(name);
  person.tamtap_id = std::move(tamtap_id);
  person.section = "Narra";
  return person;
}

School Moved(const School& here, const School& there) {
  School school = here;
  ApplyMove(PlanMove(here, there), kNow, school);
  return school;
}

TEST(MovePlanTest, PeopleKeepTheirNumbersAndOthersGetTheNextFreeOne) {
  School there;
  there.people = {Somebody("176B3325", "Ana", "031"), Somebody("2710951593", "Ben", "7"),
                  Somebody("A0000001", "Cy", "")};
  there.people[0].registered = "2025-06-02 08:00:00";
  const School here = Moved({}, there);
  ASSERT_THAT(here.people, SizeIs(3));
  EXPECT_EQ(here.people[0].tamtap_id, "031");
  EXPECT_EQ(here.people[0].registered, "2025-06-02 08:00:00");
  EXPECT_EQ(here.people[1].tamtap_id, "7");
  EXPECT_EQ(here.people[1].registered, kNow);
  EXPECT_EQ(here.people[2].tamtap_id, "032");
}

TEST(MovePlanTest, TwiceIsOnce) {
  School there;
  there.people = {Somebody("176B3325", "Ana", "031"), Somebody("LRN-1", "Ben", "032")};
  there.schedules = {Schedule{"Narra", "7", "M. Santos"}};
  there.calendar = {{CalendarKind::kSuspension, "2025-07-01", "2025-07-01", "", "Typhoon"}};
  there.settings = {{"saturdayClassesEnabled", "true"}};
  School here = Moved({}, there);
  here.people[0].registered = here.people[1].registered = "";
  const MovePlan again = PlanMove(here, there);
  EXPECT_EQ(again.people.unchanged, 2u);
  EXPECT_EQ(again.schedules.unchanged, 1u);
  EXPECT_EQ(again.calendar.unchanged, 1u);
  EXPECT_EQ(again.settings.unchanged, 1u);
  EXPECT_EQ(again.added, School());
  EXPECT_THAT(again.notes, IsEmpty());
}

TEST(MovePlanTest, WhatTheSchoolHasSaidSinceThenStays) {
  School there;
  there.people = {Somebody("100582761834", "Ana", "031")};
  there.schedules = {Schedule{"Narra", "7", "M. Santos"}};
  there.settings = {{"saturdayClassesEnabled", "false"}, {"theme", "dark"}};
  School here;
  here.people = {Somebody("176B3325", "Anna", "001")};
  here.schedules = {Schedule{"Narra", "8", "M. Santos"}};
  here.settings = {{"saturdayClassesEnabled", "true"}};
  const MovePlan plan = PlanMove(here, there);
  EXPECT_EQ(plan.people.kept, 1u);
  EXPECT_EQ(plan.schedules.kept, 1u);
  EXPECT_EQ(plan.settings.kept, 2u);
  EXPECT_THAT(plan.notes, ElementsAre(AllOf(HasSubstr("'Ana' there, 'Anna' here"),
                                            HasSubstr("'031' there, '001' here")),
                                      HasSubstr("section Narra"), HasSubstr("stays 'true'"),
                                      HasSubstr("theme")));
  EXPECT_EQ(Moved(here, there), here);
}

TEST(MovePlanTest, WhoReplacedTheirCardSinceThenIsNotASecondPerson) {
  School there;
  there.people = {Somebody("176B3325", "Ana", "031")};
  School here = there;
  ReplaceCard("A0000009", here.people[0]);
  const MovePlan plan = PlanMove(here, there);
  EXPECT_EQ(plan.people.added, 0u);
  EXPECT_EQ(plan.keys.at(CardIdentity(there.people[0])), "176B3325");
}

TEST(MovePlanTest, AFieldThatIsEmptyThereIsNoOtherWord) {
  School there;
  there.people = {Somebody("176B3325", "Ana", "")};
  School here = there;
  here.people[0].tamtap_id = "031";
  here.people[0].registered = kNow;
  there.people[0].section.clear();
  const MovePlan plan = PlanMove(here, there);
  EXPECT_EQ(plan.people.unchanged, 1u);
  EXPECT_THAT(plan.notes, IsEmpty());
}

TEST(MovePlanTest, WhoWasRemovedHereStaysOutAndIsNamedAndWhoIsNewIsNamedToo) {
  School there;
  there.people = {Somebody("176B3325", "Ana", "031"), Somebody("A0000001", "Cy", "032")};
  const RemovedPeople removed = {{there.people[0].person, "2026-11-20"}};
  const MovePlan plan = PlanMove({}, there, removed);
  EXPECT_EQ(plan.people.kept, 1u);
  EXPECT_EQ(plan.people.added, 1u);
  EXPECT_THAT(plan.new_people, ElementsAre(HasSubstr("Cy of Narra")));
  EXPECT_THAT(plan.notes, ElementsAre(AllOf(HasSubstr("Ana of Narra"),
                                            HasSubstr("removed here on 2026-11-20"))));
  EXPECT_THAT(plan.left_out, IsEmpty());
  EXPECT_EQ(PlanMove({}, there).people.added, 2u);
}

TEST(MovePlanTest, OneCardOfTwoPeopleIsSaidWithBothNamesAndOneNumberIsGivenAnew) {
  School there;
  there.people = {Somebody("176B3325", "Ana", "031"), Somebody("100582761834", "Ben", "032"),
                  Somebody("A0000001", "Cy", "031")};
  const MovePlan plan = PlanMove({}, there);
  EXPECT_THAT(plan.left_out, ElementsAre(AllOf(HasSubstr("Ben"), HasSubstr("Ana"))));
  EXPECT_THAT(plan.notes, ElementsAre(AllOf(HasSubstr("Cy"), HasSubstr("031 is that of Ana"))));
  School here;
  ApplyMove(plan, kNow, here);
  ASSERT_THAT(here.people, SizeIs(2));
  EXPECT_EQ(here.people[1].tamtap_id, "032");
}

}  // namespace
}  // namespace tamtap
