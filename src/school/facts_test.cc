#include "school/facts.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <set>

#include "school/facts_in_memory.h"
#include "tap/card_spelling.h"
#include "tap/example_person.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Pair;

WallTime AtMicros(int64_t us) { return WallTime(std::chrono::microseconds(us)); }

class FactsTest : public testing::Test {
 protected:
  // What a person at `who` says at that time (0: now, at the master) to make `after` of what they
  // know.
  std::vector<SchoolChange> Say(const std::string& who, int64_t at_us, const School& before,
                                const School& after) {
    return ChangesBetween(before, after, {at_us, who}, random_);
  }
  std::vector<std::string> Take(const std::vector<SchoolChange>& changes, int64_t now_us) {
    const auto outcomes = ApplyChanges(changes, AtMicros(now_us), table_);
    EXPECT_TRUE(outcomes) << outcomes.error().Message();
    return outcomes ? *outcomes : std::vector<std::string>();
  }
  School Master() const { return SchoolOf(table_); }
  static School SchoolOf(const FactsInMemory& table) {
    School school;
    for (const auto& [key, fact] : table.facts()) {
      EXPECT_TRUE(AddFact(key, fact.Fields(), school));
    }
    Sort(school);
    return school;
  }

  FactsInMemory table_;
  SeededRandom random_{1};
  const Person ana_ = ExamplePerson("00000001", "Ana", "Reyes");
  const Person ben_ = ExamplePerson("00000002", "Ben", "Cruz");
};

TEST_F(FactsTest, WhatIsSaidHoldsAndEveryPersonGetsANumber) {
  EXPECT_THAT(Take(Say("office", 0, {}, {{ana_, ben_}, {}, {}}), 100), ElementsAre("", ""));
  const School school = Master();
  ASSERT_EQ(school.people.size(), 2u);
  EXPECT_EQ(school.people[0].tamtap_id, "001");
  EXPECT_EQ(school.people[1].tamtap_id, "002");
}

TEST_F(FactsTest, OfTwoWordsOnOneFieldTheLaterHoldsWhicheverComesFirst) {
  Person ana = ana_;
  ana.tamtap_id = "007";
  const School before{{ana}, {}, {}};
  School by_gate = before;
  by_gate.people[0].section = "Molave";
  by_gate.people[0].email = "ana@example.org";
  School by_office = before;
  by_office.people[0].section = "Yakal";
  Take(Say("office", 0, {}, before), 100);
  const auto earlier = Say("gate", 200, before, by_gate);
  Take(Say("office", 0, before, by_office), 300);
  EXPECT_THAT(Take(earlier, 400), ElementsAre(""));
  const Person now = Master().people.at(0);
  EXPECT_EQ(now.section, "Yakal") << "the office said so later";
  EXPECT_EQ(now.email, "ana@example.org") << "of which the office said nothing";
}

TEST_F(FactsTest, WhoWasTakenOutStaysOutWhateverWasSaidOfThemBefore) {
  const School before{{ana_}, {}, {}};
  School renamed = before;
  renamed.people[0].section = "Molave";
  Take(Say("office", 0, {}, before), 100);
  const auto earlier = Say("gate", 200, before, renamed);
  const auto again = Say("gate", 250, {}, before);
  Take(Say("office", 0, before, {}), 300);
  Take(earlier, 400);
  Take(again, 400);
  EXPECT_THAT(Master().people, IsEmpty());
}

TEST_F(FactsTest, WhoWasErasedIsNotDescribedAgainByAnOlderWord) {
  Fact erased;
  erased.words.emplace(kPresent, Word{"false", {50, "head"}});
  const FactKey key{FactKind::kPerson, ana_.person};
  ASSERT_TRUE(table_.Put(key, erased));
  EXPECT_THAT(Take(Say("gate-1", 40, {}, {{ana_}, {}, {}}), 100), ElementsAre(""));
  EXPECT_EQ(table_.facts().at(key), erased);
  EXPECT_THAT(Take(Say("office", 60, {}, {{ana_}, {}, {}}), 100), ElementsAre(""));
  EXPECT_EQ(Master().people.size(), 1u) << "who comes again is there again";
}

TEST_F(FactsTest, NothingIsToldOfWhoWasErasedByAWordThatDoesNotBringThemBack) {
  const School before{{ana_}, {}, {}};
  School renamed = before;
  renamed.people[0].first_name = "Anna";
  Fact erased;
  erased.words.emplace(kPresent, Word{"false", {50, "head"}});
  const FactKey key{FactKind::kPerson, ana_.person};
  ASSERT_TRUE(table_.Put(key, erased));
  // At a gate that was away, and did not know.
  EXPECT_THAT(Take(Say("gate-1", 60, before, renamed), 100), ElementsAre(""));
  EXPECT_EQ(table_.facts().at(key), erased);
}

TEST_F(FactsTest, WhoGetsTheCardOfSomebodyWhoLeftGetsNothingElseOfTheirs) {
  Person ana = ana_;
  ana.lrn = "123456789012";
  Take(Say("office", 0, {}, {{ana, ben_}, {}, {}}), 100);
  const School with_both = Master();
  School without_ana = with_both;
  without_ana.people.erase(without_ana.people.begin());
  Take(Say("office", 0, with_both, without_ana), 200);
  School with_cora = without_ana;
  with_cora.people.push_back(ExamplePerson(ana_.person, "Cora", "Santos"));
  EXPECT_THAT(Take(Say("office", 0, without_ana, with_cora), 300), ElementsAre(""));
  const Person cora = Master().people.at(0);
  EXPECT_EQ(cora.name, "Cora Santos");
  EXPECT_EQ(cora.card, ana_.card);
  EXPECT_EQ(cora.person, "00000001~2") << "what is kept of Ana is under her own key";
  EXPECT_EQ(cora.tamtap_id, "003");
  EXPECT_EQ(cora.lrn, "");
  // A gate that registered her, too, knows her by the first key until it hears from the master.
  School renamed = with_cora;
  renamed.people[1].grade = "8";
  const std::vector<SchoolChange> at_gate = Say("gate-1", 400, without_ana, with_cora);
  EXPECT_THAT(Take(at_gate, 400), ElementsAre(""));
  EXPECT_THAT(Take(Say("gate-1", 450, with_cora, renamed), 500), ElementsAre(""));
  EXPECT_EQ(Master().people.at(0).grade, "8");
  // Ana comes back, with a card of her own, to what is hers.
  ana.card = *CardId::Parse("00000009");
  School with_ana = Master();
  with_ana.people.push_back(ana);
  EXPECT_THAT(Take(Say("office", 0, Master(), with_ana), 600), ElementsAre(""));
  EXPECT_EQ(Master().people.size(), 3u);
  // And whoever has the card after Cora has the next key.
  const School with_all = Master();
  School without_cora = with_all;
  erase_if(without_cora.people, [](const Person& each) { return each.name == "Cora Santos"; });
  Take(Say("office", 0, with_all, without_cora), 700);
  School with_dan = without_cora;
  Person dan = ExamplePerson(ana_.person, "Dan", "Lim");
  dan.person = NextPersonKey(ana_.person);  // the first that nobody has who is there
  with_dan.people.push_back(dan);
  EXPECT_THAT(Take(Say("office", 0, without_cora, with_dan), 800), ElementsAre(""));
  const School master = Master();
  std::set<std::string> keys;
  for (const Person& each : master.people) keys.insert(each.person);
  EXPECT_THAT(keys, ElementsAre("00000001", "00000001~3", "00000002"));
}

TEST_F(FactsTest, WhatIsSaidOfSomebodyWhoLeftIsNotSaidOfWhoHasTheirCardNext) {
  Take(Say("office", 0, {}, {{ana_}, {}, {}}), 100);
  const School with_ana = Master();
  Take(Say("office", 0, with_ana, {}), 200);
  Take(Say("office", 0, {}, {{ExamplePerson(ana_.person, "Cora", "Santos")}, {}, {}}), 300);
  const School with_cora = Master();
  ASSERT_EQ(with_cora.people.at(0).person, "00000001~2");
  // At a gate that has heard of none of that.
  School corrected = with_ana;
  corrected.people[0].name = "Anna Reyes";
  corrected.people[0].section = "Molave";
  EXPECT_THAT(Take(Say("gate-1", 400, with_ana, corrected), 500), ElementsAre(""));
  EXPECT_EQ(Master(), with_cora);
  EXPECT_THAT(Take(Say("gate-1", 450, corrected, {}), 500), ElementsAre(""));
  EXPECT_EQ(Master(), with_cora);
}

TEST_F(FactsTest, ACardThatCameBackFromWhoHadItSecondMakesAThird) {
  Take(Say("office", 0, {}, {{ana_}, {}, {}}), 100);
  Take(Say("office", 0, Master(), {}), 200);
  Take(Say("office", 0, {}, {{ExamplePerson(ana_.person, "Cora", "Santos")}, {}, {}}), 300);
  School after = Master();
  after.people[0].card = *CardId::Parse("00000009");
  Take(Say("office", 0, Master(), after), 400);
  after.people.push_back(ExamplePerson(ana_.person, "Dan", "Lim"));
  EXPECT_THAT(Take(Say("office", 0, Master(), after), 500), ElementsAre(""));
  std::map<std::string, std::string> names;
  for (const Person& each : Master().people) names.emplace(each.person, each.name);
  EXPECT_THAT(names, ElementsAre(Pair("00000001~2", "Cora Santos"), Pair("00000001~3", "Dan Lim")));
}

TEST_F(FactsTest, ACardThatWasLearntSinceIsStillTheOneThatTheSpellingMayMean) {
  constexpr const char* kSpelled = "0563537489";  // 2196E651 or 51E69621
  const auto spelled = [](const char* first, const char* last) {
    Person person = ExamplePerson("00000001", first, last);
    person.person = person.nfc_id = kSpelled;
    person.card = CardId();
    return School{{person}, {}, {}};
  };
  Take(Say("office", 0, {}, spelled("Ana", "Reyes")), 100);
  Take(Say("office", 0, Master(), {}), 200);
  Take(Say("office", 0, {}, spelled("Cora", "Santos")), 300);
  School learnt = Master();
  learnt.people.at(0).card = *CardId::Parse("51E69621");
  Take(Say("gate-1", 0, Master(), learnt), 400);
  const auto outcomes = Take(Say("gate-2", 450, {}, spelled("Dan", "Lim")), 500);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_THAT(outcomes[0], HasSubstr("Cora Santos"));
  EXPECT_EQ(Master(), learnt);
}

TEST_F(FactsTest, WhoIsRegisteredWithACardBeforeItsOwnerLeavesIsSomebodyElseAllTheSame) {
  Take(Say("office", 0, {}, {{ana_}, {}, {}}), 100);
  const School before = Master();
  Take(Say("office", 0, before, {}), 300);
  const Fact gone = table_.facts().at({FactKind::kPerson, ana_.person});
  // At a gate whose clock was behind, or that had not heard of her at all.
  const School with_cora{{ExamplePerson(ana_.person, "Cora", "Santos")}, {}, {}};
  EXPECT_THAT(Take(Say("gate-1", 200, {}, with_cora), 400), ElementsAre(""));
  EXPECT_EQ(table_.facts().at({FactKind::kPerson, ana_.person}), gone);
  ASSERT_EQ(Master().people.size(), 1u);
  EXPECT_EQ(Master().people[0].name, "Cora Santos");
  EXPECT_EQ(Master().people[0].person, "00000001~2");
}

TEST_F(FactsTest, TwoPeopleOfOneCardWhoAreRegisteredApartAreRefusedWithBothNames) {
  Take(Say("gate-1", 50, {}, {{ana_}, {}, {}}), 100);
  const School before = Master();
  const auto outcomes =
      Take(Say("gate-2", 60, {}, {{ExamplePerson(ana_.person, "Cora", "Santos")}, {}, {}}), 200);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_THAT(outcomes[0], HasSubstr("Ana Reyes"));
  EXPECT_THAT(outcomes[0], HasSubstr("Cora Santos"));
  EXPECT_EQ(Master(), before);
  EXPECT_THAT(
      Take(Say("gate-2", 65, {}, {{ExamplePerson(ana_.person, "Ben", "Reyes")}, {}, {}}), 200)[0],
      HasSubstr("Ben Reyes"))
      << "a brother";
  // The same person at both gates is one, though one of them knows the name better.
  EXPECT_THAT(
      Take(Say("gate-3", 70, {}, {{ExamplePerson(ana_.person, "Anna", "Reyes")}, {}, {}}), 300),
      ElementsAre(""));
  EXPECT_EQ(Master().people.at(0).name, "Anna Reyes");
}

TEST_F(FactsTest, WhoComesBackGetsTheirNumberBackIfItIsFree) {
  Take(Say("office", 0, {}, {{ana_, ben_}, {}, {}}), 100);
  const School with_both = Master();
  School without_ana = with_both;
  without_ana.people.erase(without_ana.people.begin());
  Take(Say("office", 0, with_both, without_ana), 200);
  Person ana = ana_;
  ana.tamtap_id = "003";  // what an importer would give her
  School back = without_ana;
  back.people.push_back(ana);
  Take(Say("office", 0, without_ana, back), 300);
  EXPECT_EQ(Master().people.at(0).tamtap_id, "001");
}

TEST_F(FactsTest, TwoGatesMayDrawOneNumberAndTheMasterGivesOneOfThemTheNext) {
  Person ana = ana_;
  Person ben = ben_;
  ana.tamtap_id = ben.tamtap_id = "001";
  Take(Say("gate-1", 100, {}, {{ana}, {}, {}}), 1'000);
  Take(Say("gate-2", 90, {}, {{ben}, {}, {}}), 1'000);
  const School school = Master();
  EXPECT_EQ(school.people.at(0).tamtap_id, "001");
  EXPECT_EQ(school.people.at(1).tamtap_id, "002");
}

TEST_F(FactsTest, ACardOfSomebodyElseIsRefusedWithBothNames) {
  Take(Say("office", 0, {}, {{ana_}, {}, {}}), 100);
  Person thief = ben_;
  thief.card = ana_.card;
  const auto outcomes = Take(Say("gate", 200, {}, {{thief}, {}, {}}), 300);
  ASSERT_EQ(outcomes.size(), 1u);
  EXPECT_THAT(outcomes[0], HasSubstr("Ana Reyes"));
  EXPECT_THAT(outcomes[0], HasSubstr("Ben Cruz"));
  EXPECT_EQ(Master().people.size(), 1u);
}

TEST_F(FactsTest, TwoPeopleExchangeTheirCardsInOneCall) {
  Take(Say("office", 0, {}, {{ana_, ben_}, {}, {}}), 100);
  const School before = Master();
  School after = before;
  std::swap(after.people[0].card, after.people[1].card);
  EXPECT_THAT(Take(Say("office", 0, before, after), 200), ElementsAre("", ""));
  EXPECT_EQ(Master(), after);
}

TEST_F(FactsTest, IfHalfOfAnExchangeIsRefusedTheOtherHalfIsToo) {
  Take(Say("office", 0, {}, {{ana_, ben_}, {}, {}}), 100);
  const School before = Master();
  School after = before;
  std::swap(after.people[0].card, after.people[1].card);
  auto changes = Say("office", 0, before, after);
  changes[0].fields["role"] = "\"student\"";
  changes[0].fields["card"] = "7";  // it describes nobody
  const auto outcomes = Take(changes, 200);
  EXPECT_THAT(outcomes[0], ::testing::Not(IsEmpty()));
  EXPECT_THAT(outcomes[1], HasSubstr("belongs to Ana Reyes"));
  EXPECT_EQ(Master(), before);
}

TEST_F(FactsTest, IfTheSecondOfAChainOfCardsIsRefusedTheFirstIsToo) {
  const Person cora = ExamplePerson("00000003", "Cora", "Santos");
  Take(Say("office", 0, {}, {{ana_, ben_, cora}, {}, {}}), 100);
  const School before = Master();
  School after = before;
  after.people[0].card = before.people[1].card;
  after.people[1].card = before.people[2].card;  // which stays hers
  const auto outcomes = Take(Say("office", 0, before, after), 200);
  ASSERT_EQ(outcomes.size(), 2u);
  EXPECT_THAT(outcomes[0], HasSubstr("belongs to Ben Cruz"));
  EXPECT_THAT(outcomes[1], HasSubstr("belongs to Cora Santos"));
  EXPECT_EQ(Master(), before);
}

TEST_F(FactsTest, AChangeIsTakenOnceHoweverOftenItComes) {
  School ana{{ana_}, {}, {}};
  const auto said = Say("gate", 100'000, {}, ana);  // its clock is ahead
  Take(said, 100);
  const School before = Master();
  School moved = before;
  moved.people[0].section = "Molave";
  Take(Say("office", 0, before, moved), 200);
  EXPECT_THAT(Take(said, 300), ElementsAre(""));
  EXPECT_EQ(Master().people.at(0).section, "Molave");
}

TEST_F(FactsTest, AClockThatIsAheadDoesNotMakeAWordTheLastOneForGood) {
  Take(Say("office", 0, {}, {{ana_}, {}, {}}), 100);
  const School before = Master();
  School by_gate = before;
  by_gate.people[0].section = "Molave";
  School by_office = before;
  by_office.people[0].section = "Yakal";
  Take(Say("gate", 999'999'999, before, by_gate), 200);
  EXPECT_EQ(Master().people.at(0).section, "Molave");
  School by_another_gate = before;
  by_another_gate.people[0].section = "Ipil";
  Take(Say("gate-2", 250, by_gate, by_another_gate), 300);
  EXPECT_EQ(Master().people.at(0).section, "Ipil");
  Take(Say("office", 0, by_another_gate, by_office), 400);
  EXPECT_EQ(Master().people.at(0).section, "Yakal");
}

TEST_F(FactsTest, AWordIsLaterThanWhatItsGateHeardFromAServerWhoseClockIsAhead) {
  Take(Say("office", 0, {}, {{ana_}, {}, {}}), 9'000);
  const School before = Master();
  School after = before;
  after.people[0].section = "Molave";
  Take(Say("gate", 9'500, before, after), 1'000);  // at another server
  EXPECT_EQ(Master(), after);
}

TEST_F(FactsTest, TwoWordsOfAClockThatIsAheadKeepTheirOrder) {
  const School before{{ana_}, {}, {}};
  School first = before;
  first.people[0].section = "Molave";
  School second = before;
  second.people[0].section = "Yakal";
  Take(Say("office", 0, {}, before), 100);
  auto changes = Say("gate", 9'000, before, first);
  const auto later = Say("gate", 9'001, first, second);
  changes.insert(changes.end(), later.begin(), later.end());
  Take(changes, 200);
  EXPECT_EQ(Master().people.at(0).section, "Yakal");
}

TEST_F(FactsTest, SchedulesCalendarAndSettingsAreFactsToo) {
  School school;
  Schedule narra;
  narra.section = "Narra";
  narra.week[0] = ClassHours{420, 1020};
  school.schedules = {narra};
  school.calendar = {{CalendarKind::kSuspension, "2026-11-30", "2026-12-01", "", "Typhoon"}};
  school.settings = {{"departures", "true"}};
  EXPECT_THAT(Take(Say("office", 0, {}, school), 100), ElementsAre("", "", ""));
  EXPECT_EQ(Master(), school);
  School emptied = school;
  emptied.schedules[0].week[0].reset();
  emptied.schedules[0].week[4] = ClassHours{480, 720};
  emptied.calendar.clear();
  emptied.settings.clear();
  Take(Say("office", 0, school, emptied), 200);
  EXPECT_EQ(Master(), emptied);
}

TEST_F(FactsTest, WhatDescribesNoSuchThingIsRefusedAlone) {
  auto changes = Say("gate", 50, {}, {{ana_, ben_}, {}, {}});
  changes[0].fields["card"] = R"({"nfc_id":"04A2B3C4","card":"no card"})";
  const auto outcomes = Take(changes, 100);
  EXPECT_THAT(outcomes[0], ::testing::Not(IsEmpty()));
  EXPECT_THAT(outcomes[1], IsEmpty());
  EXPECT_EQ(Master().people.size(), 1u);
}

// The same words in any order, any number of times, in calls of any size, amount to the same.
TEST_F(FactsTest, TheOrderInWhichWordsArriveMakesNoDifference) {
  for (uint64_t seed = 1; seed <= 300; ++seed) {
    SeededRandom random(seed);
    School school{{ana_, ben_}, {}, {}};
    school.people[0].tamtap_id = "001";
    school.people[1].tamtap_id = "002";
    std::vector<SchoolChange> said = Say("office", 1, {}, school);
    const size_t base = said.size();
    for (int64_t at = 2; at < 12; ++at) {
      School next = school;
      switch (random.Below(4)) {
        case 0:
          next.people[random.Below(2)].section = std::to_string(random.Below(3));
          break;
        case 1:
          next.people[random.Below(2)].email = std::to_string(random.Below(3));
          break;
        case 2:
          next.settings["texts.idle"] = std::to_string(random.Below(3));
          break;
        default:
          next.settings.clear();
      }
      const auto more = Say("gate-" + std::to_string(random.Below(2)), at, school, next);
      said.insert(said.end(), more.begin(), more.end());
      // The next speaker may not have heard of it.
      if (random.Below(2) == 0) school = next;
    }
    std::vector<School> ends;
    for (int order = 0; order < 4; ++order) {
      FactsInMemory table;
      for (size_t i = said.size(); i > base + 1; --i) {
        std::swap(said[i - 1], said[base + random.Below(i - base)]);
      }
      for (size_t i = 0; i < said.size();) {
        const size_t count = std::min<size_t>(1 + random.Below(4), said.size() - i);
        for (int times = 0; times < 1 + order % 2; ++times) {
          ASSERT_TRUE(ApplyChanges(std::span(said).subspan(i, count), AtMicros(1'000), table));
        }
        i += count;
      }
      ends.push_back(SchoolOf(table));
    }
    for (const School& end : ends) ASSERT_EQ(end, ends[0]) << "seed " << seed;
  }
}

}  // namespace
}  // namespace tamtap
