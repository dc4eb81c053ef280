#include "roster/roster_holder.h"

#include <gtest/gtest.h>

#include "tap/person_cards.h"

namespace tamtap {
namespace {

CardId Whole(std::string_view hex) { return *CardId::Parse(hex); }

Person CutPerson(std::string_view spelled = "584193394409", const CardId& known = {}) {
  Person person;
  SpellCard(spelled, known, person);
  person.person = PersonKeyOf("584193394409");
  person.name = "Ana Reyes";
  return person;
}

School SchoolOf(const Person& person) {
  School school;
  school.people = {person};
  return school;
}

std::string HeldCard(RosterHolder& roster) {
  return roster.Current()->school().people.at(0).card.text();
}

TEST(RosterHolderTest, TheFirstCardIsBoundAndTheSecondChangesNothing) {
  RosterHolder roster(SchoolOf(CutPerson()));
  int told = 0;
  roster.OnBound([&] { ++told; });
  EXPECT_TRUE(roster.Bind({{CutPerson().person, Whole("04A3C6CAE26180")}}));
  EXPECT_FALSE(roster.Bind({{CutPerson().person, Whole("04A3C6CAE26181")}}));
  EXPECT_EQ(HeldCard(roster), "04A3C6CAE26180");
  EXPECT_EQ(roster.Current()->school().people[0].NfcId(), "584193394409");
  EXPECT_EQ(told, 1);
}

TEST(RosterHolderTest, OnlyACardThatBeginsAsRegisteredIsBound) {
  RosterHolder roster(SchoolOf(CutPerson()));
  EXPECT_FALSE(roster.Bind({{CutPerson().person, Whole("04A3C7CAE26180")}}));
  EXPECT_FALSE(roster.Bind({{CutPerson().person, Whole("8804A3C6")}}));
  EXPECT_FALSE(roster.Bind({{"DEADBEEF", Whole("04A3C6CAE26180")}}));
  EXPECT_FALSE(roster.Bind({}));
  EXPECT_EQ(HeldCard(roster), "");
}

TEST(RosterHolderTest, ASchoolThatDoesNotKnowTheCardYetIsGivenIt) {
  RosterHolder roster(SchoolOf(CutPerson()));
  roster.Bind({{CutPerson().person, Whole("04A3C6CAE26180")}});
  roster.Replace(SchoolOf(CutPerson()));
  EXPECT_EQ(HeldCard(roster), "04A3C6CAE26180");
  EXPECT_EQ(roster.WithCards(SchoolOf(CutPerson())).people[0].card.text(), "04A3C6CAE26180");
}

TEST(RosterHolderTest, WhatTheSchoolSaysOfACardHolds) {
  RosterHolder roster(SchoolOf(CutPerson()));
  roster.Bind({{CutPerson().person, Whole("04A3C6CAE26180")}});
  roster.Replace(SchoolOf(CutPerson("584193394409", Whole("04A3C6CAE26181"))));
  EXPECT_EQ(HeldCard(roster), "04A3C6CAE26181");
  roster.Replace(SchoolOf(CutPerson()));
  EXPECT_EQ(HeldCard(roster), "04A3C6CAE26181");
  roster.Replace(SchoolOf(CutPerson("176B3325")));  // a new card
  EXPECT_EQ(HeldCard(roster), "176B3325");
}

TEST(RosterHolderTest, ACardThatTheSchoolSaysIsSomebodyElsesIsNotGiven) {
  RosterHolder roster(SchoolOf(CutPerson()));
  roster.Bind({{CutPerson().person, Whole("04A3C6CAE26180")}});
  School school = SchoolOf(CutPerson());
  school.people.emplace_back();
  SpellCard("04A3C6CAE26180", CardId(), school.people[1]);
  school.people[1].person = "176B3325";
  roster.Replace(school);
  EXPECT_EQ(HeldCard(roster), "");
  EXPECT_EQ(roster.WithCards(school), school);
}

TEST(RosterHolderTest, CardsOfTheSchoolThatItStartsWithAreKept) {
  RosterHolder roster(SchoolOf(CutPerson("584193394409", Whole("04A3C6CAE26180"))));
  roster.Replace(SchoolOf(CutPerson()));
  EXPECT_EQ(HeldCard(roster), "04A3C6CAE26180");
}

TEST(RosterHolderTest, AZoneInStepWithItIsWhatTheRosterThatHoldsSays) {
  SchoolZone zone(*TimeZone::Load("Asia/Manila"));
  RosterHolder holder({{}, {}, {}, {{"timezone", "Asia/Tokyo"}}});
  holder.KeepInStep(zone);
  EXPECT_EQ(zone.Current().name(), "Asia/Tokyo");
  holder.Replace({{}, {}, {}, {{"timezone", "America/New_York"}}});
  EXPECT_EQ(zone.Current().name(), "America/New_York");
  holder.Replace(School{});
  EXPECT_EQ(zone.Current().name(), "Asia/Manila");
}

}  // namespace
}  // namespace tamtap
