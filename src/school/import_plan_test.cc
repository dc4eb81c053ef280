#include "school/import_plan.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "school/import_report.h"
#include "tap/card_spelling.h"

namespace tamtap {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr const char* kDay = "2026-11-23 07:00:00";

RosterSheet SheetOf(std::string_view csv) {
  auto table = ReadTable(csv);
  EXPECT_TRUE(table);
  auto sheet = ReadRosterSheet(*std::move(table));
  EXPECT_TRUE(sheet) << sheet.error().Message();
  return sheet ? *std::move(sheet) : RosterSheet{};
}

ImportPlan PlanOf(const School& school, std::string_view csv, const ImportOptions& options = {}) {
  return PlanImport(school, SheetOf(csv), options);
}

void Import(School& school, std::string_view csv, const ImportOptions& options = {}) {
  const ImportPlan plan = PlanOf(school, csv, options);
  ASSERT_TRUE(plan.possible());
  ApplyImport(plan, kDay, school);
}

// "tamtap_id card name section" of each.
std::vector<std::string> PeopleOf(const School& school) {
  std::vector<std::string> people;
  for (const Person& each : school.people) {
    people.push_back(
        fmt::format("{} {} {} {}", each.tamtap_id, each.NfcId(), each.name, each.section));
  }
  return people;
}

std::vector<std::string> WhysOf(const ImportPlan& plan) {
  std::vector<std::string> whys;
  for (const LeftOut& each : plan.left_out)
    whys.push_back(fmt::format("{}: {}", each.line, each.why));
  return whys;
}

class ImportPlanTest : public ::testing::Test {
 protected:
  ImportPlanTest() {
    Import(school_,
           "nfc_id,first_name,last_name,grade,section,email,role\n"
           "04A2B3C4,Ana,Cruz,7,Narra,ana@example.org\n"
           "04A2B3C5,Ben,Pe\u00F1a,7,Narra\n"
           "04A2B3C6,Cara,Lim,8,Molave\n"
           "04A2B3C7,Maria,Santos,,,,teacher\n");
  }
  School school_;
};

TEST_F(ImportPlanTest, EverybodyIsNewInAnEmptySchool) {
  EXPECT_THAT(PeopleOf(school_),
              ElementsAre("001 04A2B3C4 Ana Cruz Narra", "002 04A2B3C5 Ben Pe\u00F1a Narra",
                          "003 04A2B3C6 Cara Lim Molave", "004 04A2B3C7 Maria Santos "));
  EXPECT_EQ(school_.people[0].registered, kDay);
  EXPECT_EQ(school_.people[3].role, Role::kTeacher);
}

TEST_F(ImportPlanTest, TheSameFileAgainChangesNothing) {
  const School before = school_;
  const ImportPlan plan = PlanOf(school_, RosterCsv(school_.people, CsvFor::kPrograms));
  EXPECT_EQ(plan.unchanged.size(), 4u);
  EXPECT_THAT(plan.added, IsEmpty());
  EXPECT_THAT(plan.changed, IsEmpty());
  EXPECT_THAT(plan.missing, IsEmpty());
  ApplyImport(plan, "2027-01-01", school_);
  EXPECT_EQ(school_, before);
}

TEST_F(ImportPlanTest, AChangeIsNamedFieldByFieldAndAnEmptyCellSaysNothing) {
  const ImportPlan plan =
      PlanOf(school_,
             "nfc_id,first_name,last_name,grade,section,email\n04A2B3C4,Ana,Cruz-Reyes,,Molave,\n");
  ASSERT_EQ(plan.changed.size(), 1u);
  const ChangedPerson& ana = plan.changed[0];
  ASSERT_EQ(ana.changes.size(), 2u);
  EXPECT_EQ(ana.changes[0].field, "last_name");
  EXPECT_EQ(ana.changes[0].from, "Cruz");
  EXPECT_EQ(ana.changes[0].to, "Cruz-Reyes");
  EXPECT_EQ(ana.changes[1].field, "section");
  EXPECT_EQ(ana.after.name, "Ana Cruz-Reyes");
  EXPECT_EQ(ana.after.grade, "7");
  EXPECT_EQ(ana.after.email, "ana@example.org");
  EXPECT_EQ(ana.after.tamtap_id, "001");
  ApplyImport(plan, kDay, school_);
  EXPECT_THAT(PeopleOf(school_), Contains("001 04A2B3C4 Ana Cruz-Reyes Molave"));
}

TEST_F(ImportPlanTest, ARoleIsKeptUnlessTheSheetSaysOne) {
  Import(school_, "04A2B3C7,Maria,Santos-Lim,,Narra\n");
  EXPECT_EQ(school_.people[3].role, Role::kTeacher);
  Import(school_, "04A2B3C7,Maria,Santos-Lim,,Narra,,student\n");
  EXPECT_EQ(school_.people[3].role, Role::kStudent);
}

TEST_F(ImportPlanTest, NamesThatChangedPlacesAreCorrected) {
  const ImportPlan plan = PlanOf(school_, "04A2B3C4,Cruz,Ana,7,Narra\n");
  ASSERT_EQ(plan.changed.size(), 1u);
  EXPECT_EQ(plan.changed[0].after.name, "Cruz Ana");
}

TEST_F(ImportPlanTest, ThatSomebodyWithOneNameInCommonMayBeSomebodyElseIsSaid) {
  for (const char* const other : {"Dan,Cruz", "Ana,Lim"}) {
    const ImportPlan plan = PlanOf(school_, fmt::format("04A2B3C4,{},7,Narra\n", other));
    EXPECT_TRUE(plan.possible());
    EXPECT_THAT(plan.notes, ElementsAre(AllOf(HasSubstr("Ana Cruz is called"),
                                              HasSubstr("has to leave before"))))
        << other;
  }
  for (const char* const same : {"Anna,Cruz", "Ana Maria,Cruz", "Ana,Cruz-Lim", "Cruz,Ana"}) {
    EXPECT_THAT(PlanOf(school_, fmt::format("04A2B3C4,{},7,Narra\n", same)).notes, IsEmpty())
        << same;
  }
}

TEST_F(ImportPlanTest, ACardOfSomebodyElseIsRefusedWithBothNames) {
  const ImportPlan plan = PlanOf(school_, "04A2B3C4,Dan,Yu,7,Narra\n04A2B3D0,Eve,Go,7,Narra\n");
  EXPECT_FALSE(plan.possible());
  EXPECT_THAT(WhysOf(plan),
              ElementsAre(AllOf(HasSubstr("1: card 04A2B3C4 belongs to Ana Cruz of Narra"),
                                HasSubstr("gives it to Dan Yu of Narra"))));
  EXPECT_THAT(
      PlanOf(school_, "04A2B3C5,Ana,Cruz,7,Narra\n04A2B3C4,Ben,Pe\u00F1a,7,Narra\n").left_out,
      ::testing::SizeIs(2));  // cards that changed hands
}

TEST_F(ImportPlanTest, SomebodyWithANewCardIsOfferedAsThat) {
  const std::string file = "04A2B3C5,Ben,Pe\u00F1a,7,Narra\n04FFFF01, ANA ,cruz,7,narra\n";
  const ImportPlan asked = PlanOf(school_, file);
  EXPECT_FALSE(asked.possible());
  EXPECT_THAT(asked.added, IsEmpty());
  ASSERT_EQ(asked.replacements.size(), 1u);
  EXPECT_EQ(asked.replacements[0].line, 2u);
  EXPECT_EQ(asked.replacements[0].before.NfcId(), "04A2B3C4");
  EXPECT_EQ(asked.replacements[0].after.NfcId(), "04FFFF01");
  EXPECT_EQ(asked.replacements[0].changes[0].field, "nfc_id");
  EXPECT_THAT(asked.missing, ::testing::SizeIs(1));  // Cara: Ana is in the file

  const std::string same = "04FFFF01,Ana,Cruz,7,Narra\n";
  School replaced = school_;
  Import(replaced, same, {SameName::kReplaceCard});
  ASSERT_EQ(replaced.people.size(), 4u);
  EXPECT_EQ(replaced.people[0].NfcId(), "04FFFF01");
  EXPECT_THAT(replaced.people[0].replaced_cards, ElementsAre(*CardId::Parse("04A2B3C4")));
  EXPECT_EQ(replaced.people[0].person, "04A2B3C4");  // stays theirs, and so does their history
  EXPECT_EQ(replaced.people[0].tamtap_id, "001");

  School second = school_;
  Import(second, same, {SameName::kAnotherPerson});
  EXPECT_THAT(PeopleOf(second), Contains("005 04FFFF01 Ana Cruz Narra"));
}

TEST_F(ImportPlanTest, SomebodyOfThatNameElsewhereIsSomebodyElse) {
  for (const char* file : {"04FFFF01,Ana,Cruz,8,Molave\n", "04FFFF01,Ana,Cruz,7,Narra,,teacher\n",
                           "04FFFF01,Ana,Cruz-Lim,7,Narra\n"}) {
    const ImportPlan plan = PlanOf(school_, file);
    EXPECT_EQ(plan.added.size(), 1u) << file;
    EXPECT_TRUE(plan.possible()) << file;
  }
}

TEST_F(ImportPlanTest, TwoOfOneNameInAFileAreAQuestion) {
  EXPECT_THAT(
      WhysOf(PlanOf(school_, "04FFFF01,Dan,Yu,7,Narra\n04FFFF02,Dan,Yu,7,Narra\n")),
      ElementsAre(HasSubstr("2: Dan Yu of Narra stands in line 1 already, with another card")));
  EXPECT_THAT(WhysOf(PlanOf(school_, "04A2B3C4,Ana,Cruz,7,Narra\n04FFFF02,Ana,Cruz,7,Narra\n")),
              ElementsAre(HasSubstr("2: Ana Cruz of Narra stands in line 1 with card 04A2B3C4")));
  School twins = school_;
  Import(twins, "04FFFF01,Dan,Yu,7,Narra\n04FFFF02,Dan,Yu,7,Narra\n", {SameName::kAnotherPerson});
  EXPECT_EQ(twins.people.size(), 6u);
  EXPECT_THAT(WhysOf(PlanOf(twins, "04FFFF03,Dan,Yu,7,Narra\n")),
              ElementsAre(HasSubstr("there are 2 people called Dan Yu of Narra")));
}

TEST_F(ImportPlanTest, ACardIsThatOfOnePersonAlsoIfNoSheetSaysIt) {
  RosterSheet sheet;
  sheet.people = {{0, school_.people[0], true}, {0, school_.people[0], true}};
  EXPECT_THAT(WhysOf(PlanImport({}, sheet, {SameName::kAnotherPerson})),
              ElementsAre(HasSubstr("card 04A2B3C4 of Ana Cruz of Narra stands there twice")));
}

TEST_F(ImportPlanTest, TheFirstCardOfSomebodyIsNobodyElses) {
  Import(school_, "04FFFF01,Ana,Cruz,7,Narra\n", {SameName::kReplaceCard});
  EXPECT_THAT(
      WhysOf(PlanOf(school_, "04A2B3C4,Dan,Yu,7,Narra\n")),
      ElementsAre(HasSubstr("card 04A2B3C4 was that of Ana Cruz of Narra, who has 04FFFF01 now")));
  EXPECT_THAT(WhysOf(PlanOf(school_, "04A2B3C4,Ana,Cruz,7,Narra\n")), ::testing::SizeIs(1));
}

TEST_F(ImportPlanTest, ACardThatWasReplacedIsNobodyElses) {
  Import(school_, "04FFFF01,Ana,Cruz,7,Narra\n", {SameName::kReplaceCard});
  Import(school_, "04FFFF02,Ana,Cruz,7,Narra\n", {SameName::kReplaceCard});
  EXPECT_THAT(
      WhysOf(PlanOf(school_, "04FFFF01,Ana,Cruz,7,Narra\n")),
      ElementsAre(HasSubstr("card 04FFFF01 was that of Ana Cruz of Narra, who has 04FFFF02 now")));
  const std::string number = SpellingsOf(*CardId::Parse("04FFFF01"))[1].text;
  EXPECT_THAT(WhysOf(PlanOf(school_, number + ",Dan,Sy,7,Narra\n")),
              ElementsAre(HasSubstr("was that of Ana Cruz of Narra")))
      << "also as a number";
}

TEST_F(ImportPlanTest, AnotherSpellingOfACardIsNoChange) {
  const ImportPlan plan = PlanOf(school_, "04 A2 B3 C4,Ana,Cruz,7,Narra\n");
  EXPECT_EQ(plan.unchanged.size(), 1u);
  EXPECT_EQ(plan.unchanged[0].person.NfcId(), "04A2B3C4");
}

TEST_F(ImportPlanTest, OneCardInTwoSpellingsOfTwoPeopleIsSaid) {
  // 04A2B3C4 as a number, in either order of its bytes.
  for (const char* const number : {"77771716", "3300106756"}) {
    const std::string csv =
        fmt::format("nfc_id,first_name,last_name,section\n{},Dan,Sy,Narra\n", number);
    const ImportPlan plan = PlanOf(school_, csv);
    EXPECT_TRUE(plan.possible()) << "they may be two cards";
    EXPECT_THAT(plan.notes, ElementsAre(AllOf(HasSubstr("line 2"), HasSubstr("Dan Sy of Narra"),
                                              HasSubstr("04A2B3C4 of Ana Cruz of Narra"))))
        << number;
  }
  EXPECT_THAT(PlanOf(school_, "nfc_id,first_name,last_name,section\n77771717,Dan,Sy,Narra\n").notes,
              ElementsAre(HasSubstr("04A2B3C5 of Ben Pe\u00F1a")));
  EXPECT_THAT(PlanOf(school_, "nfc_id,first_name,last_name,section\n77771999,Dan,Sy,Narra\n").notes,
              IsEmpty());
}

TEST_F(ImportPlanTest, WhoIsNotInTheFileIsNamedAndRemovedOnRequest) {
  const std::string file = "04A2B3C4,Ana,Cruz,7,Narra\n";
  const ImportPlan plan = PlanOf(school_, file);
  ASSERT_EQ(plan.missing.size(), 2u);  // a list of students says nothing of teachers
  EXPECT_EQ(plan.missing[0].person.name, "Ben Pe\u00F1a");
  EXPECT_TRUE(plan.missing[0].section_in_sheet);
  EXPECT_EQ(plan.missing[1].person.name, "Cara Lim");
  EXPECT_FALSE(plan.missing[1].section_in_sheet);
  Import(school_, file);
  EXPECT_EQ(school_.people.size(), 4u);
  Import(school_, file, {SameName::kAsk, true});
  EXPECT_THAT(PeopleOf(school_),
              ElementsAre("001 04A2B3C4 Ana Cruz Narra", "003 04A2B3C6 Cara Lim Molave",
                          "004 04A2B3C7 Maria Santos "));
}

TEST_F(ImportPlanTest, TheIdOfWhoIsRemovedIsNotGivenAgain) {
  Import(school_, "04FFFF01,Dan,Yu,7,Narra\n04A2B3C4,Ana,Cruz,7,Narra\n");
  Import(school_, "04A2B3C4,Ana,Cruz,7,Narra\n04FFFF02,Eve,Go,7,Narra\n", {SameName::kAsk, true});
  EXPECT_THAT(PeopleOf(school_), Contains("006 04FFFF02 Eve Go Narra"));
}

TEST(ImportPlanIdsTest, IdsAreNumbersAndGoOnPastNineHundredNinetyNine) {
  School school;
  Person last;
  last.card = *CardId::Parse("DEADBEEF");
  last.person = "DEADBEEF";
  last.tamtap_id = "1000";
  school.people = {last};
  Import(school, "176B3325,Ana,Reyes,7,Narra\nDEADBEEF,New,Name,7,Narra\n");
  EXPECT_THAT(PeopleOf(school),
              ElementsAre("1000 DEADBEEF New Name Narra", "1001 176B3325 Ana Reyes Narra"));
}

TEST_F(ImportPlanTest, BadLinesKeepAllOfItOut) {
  const ImportPlan plan = PlanOf(school_, "04FFFF01,Dan,Yu,7,Narra\nnonsense,Eve,Go,7,Narra\n");
  EXPECT_EQ(plan.added.size(), 1u);
  EXPECT_FALSE(plan.possible());
  EXPECT_THAT(WhysOf(plan), ElementsAre(HasSubstr("2: 'nonsense' is no card")));
}

TEST_F(ImportPlanTest, WhatNoReaderCanReadIsKeptAndListed) {
  const ImportPlan plan =
      PlanOf(school_,
             "nfc_id,first_name,last_name,grade,section\n0563537489,Dina,Lim,7,Narra\n"
             "LRN-102938,Eli,Ong,7,Narra\n");
  EXPECT_TRUE(plan.possible());
  EXPECT_EQ(plan.added.size(), 2u);
  ASSERT_EQ(plan.unreadable.size(), 1u);
  EXPECT_EQ(plan.unreadable[0].line, 3u);
  EXPECT_THAT(ReportLines(plan, Tense::kWouldBe),
              Contains("line 3: Eli Ong is kept, but no reader can read the card 'LRN-102938'"));
  EXPECT_EQ(ToJson(plan).at("unreadable").at(0).at("nfc_id"), "LRN-102938");
}

TEST_F(ImportPlanTest, TheReportSaysItAll) {
  const std::string file =
      "nfc_id,first_name,last_name,grade,section\n04A2B3C5,Ben,Pe\u00F1a,8,Narra\n"
      "04FFFF01,Ana,Cruz,7,Narra\n04FFFF02,Dan,Yu,7,Narra\n04A2B3C7,Rosa,Uy,7,Narra\n";
  const ImportPlan plan = PlanOf(school_, file);
  EXPECT_THAT(ReportLines(plan, Tense::kWouldBe),
              ElementsAre("line 4: Dan Yu of Narra (04FFFF02) is new",
                          "line 2: Ben Pe\u00F1a of Narra (04A2B3C5): grade from '7' to '8'",
                          "line 3: Ana Cruz of Narra (04A2B3C4) has a new card, or is it somebody "
                          "else: nfc_id from '04A2B3C4' to '04FFFF01'",
                          HasSubstr("line 5: card 04A2B3C7 belongs to Maria Santos"),
                          "not in the file: section Molave (1 people)",
                          "3 people: 1 new, 1 changed, 0 unchanged, 1 with a new card"));
  EXPECT_THAT(LinesInTheWay(plan),
              ElementsAre(HasSubstr("line 3: Ana Cruz of Narra"), HasSubstr("line 5:")));
  const boost::json::object json = ToJson(plan);
  EXPECT_EQ(json.at("people"), 3);
  EXPECT_EQ(json.at("new").at(0).at("nfc_id"), "04FFFF02");
  EXPECT_EQ(json.at("new").at(0).at("line"), 4);
  EXPECT_EQ(json.at("changed").at(0).at("changes").at(0).at("to"), "8");
  EXPECT_EQ(json.at("replacements").at(0).at("changes").at(0).at("from"), "04A2B3C4");
  EXPECT_EQ(json.at("left_out").at(0).at("line"), 5);
  EXPECT_EQ(json.at("missing").at(0).at("name"), "Cara Lim");
  EXPECT_EQ(json.at("missing").at(0).at("section_in_sheet"), false);
  EXPECT_TRUE(json.at("unchanged").as_array().empty());
  EXPECT_TRUE(json.at("removed").as_array().empty());
}

}  // namespace
}  // namespace tamtap
