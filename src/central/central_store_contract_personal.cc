// What every central store forgets, and what it tells of one person.
#include <gmock/gmock.h>

#include <boost/json.hpp>

#include "central/central_store_contract.h"
#include "tap/mark.h"

namespace tamtap::central {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr int64_t kMicrosecondsADay = 86'400'000'000;
constexpr int kSomeTurns = 1'000;

// The record of the example's morning, that many days later or earlier.
Record RecordOfDay(uint64_t sequence, const std::string& card, int days) {
  return ExampleRecord(sequence, card, kExampleMorningUs + days * kMicrosecondsADay);
}

RefusalRecord RefusedOn(uint64_t number, const std::string& day, const std::string& card,
                        const std::string& person = "") {
  RefusalRecord refusal;
  refusal.id = {"gate-1", "4f265b89ecf9692d", number};
  refusal.reason = person.empty() ? "UNKNOWN_CARD" : "CLASSES_ENDED";
  refusal.card = card;
  refusal.person = person;
  refusal.name = person.empty() ? "" : "Ana";
  refusal.date = day + " 06:44:08";
  refusal.time = "06:44:08";
  refusal.day = day;
  refusal.refused_at = day + "T06:44:08.000+08:00";
  refusal.refused_at_us = kExampleMorningUs;
  return refusal;
}

// Calls until nothing is left, as the server does. Returns how much it was.
template <typename Purge>
size_t RunDry(Purge purge) {
  size_t all = 0;
  for (int turn = 0; turn < kSomeTurns; ++turn) {
    const Result<size_t> removed = purge();
    EXPECT_TRUE(removed) << removed.error().Message();
    if (!removed || *removed == 0) return all;
    all += *removed;
  }
  ADD_FAILURE() << "it does not come to an end";
  return all;
}

WallTime At(int64_t microseconds) { return WallTime(std::chrono::microseconds(microseconds)); }

}  // namespace

TEST_P(CentralStoreContract, PurgingRemovesOlderDaysInPiecesAndNothingElse) {
  SchoolStore& school = harness_->Observer();
  std::vector<Record> old;
  std::vector<Record> kept;
  for (uint64_t i = 0; i < 12; ++i) {
    old.push_back(
        RecordOfDay(1 + i, i % 2 == 0 ? "176B3325" : "DEADBEEF", -2 - static_cast<int>(i / 2)));
    kept.push_back(
        RecordOfDay(101 + i, i % 2 == 0 ? "176B3325" : "DEADBEEF", static_cast<int>(i / 2)));
  }
  StoreAll(old);
  StoreAll(kept);
  const TapsOfDay voided{old[0].day, old[0].person, {old[0].tap.ToString()}};
  ASSERT_TRUE(school.VoidTaps({&voided, 1}, {"head", {}}));
  const Record on_the_edge = RecordOfDay(900, "00000001", -1);
  StoreAll({on_the_edge});
  size_t most_at_once = 0;
  const size_t removed = RunDry([&] {
    const auto piece = school.Personal().PurgeAttendance(on_the_edge.day, 2);
    if (piece) most_at_once = std::max(most_at_once, *piece);
    return piece;
  });
  EXPECT_EQ(removed, 12u) << "eleven persons' days, and a tap that was voided";
  EXPECT_LE(most_at_once, 2u);
  kept.push_back(on_the_edge);
  EXPECT_EQ(All(), Expected(kept));
  const auto left = school.Personal().RecordsOf({old[0].person, {}});
  ASSERT_TRUE(left) << left.error().Message();
  EXPECT_THAT(left->records, SizeIs(6)) << "none of those that were voided either";
  EXPECT_FALSE(school.Personal().PurgeAttendance("yesterday", 2));
}

TEST_P(CentralStoreContract, APurgedDayDoesNotComeBackAndIsNotMissed) {
  SchoolStore& school = harness_->Observer();
  const Record old = RecordOfDay(1, "176B3325", -30);
  const Record fresh = RecordOfDay(2, "176B3325", 0);
  StoreAll({old, fresh});
  EXPECT_EQ(RunDry([&] { return school.Personal().PurgeAttendance("2026-11-01", 10); }), 1u);
  // A gate whose word of it was lost, and one that asks whether the store went back.
  const auto outcomes = store_->Store(std::vector<Record>{old, fresh});
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kRejected);
  EXPECT_THAT((*outcomes)[0].reason, HasSubstr("before 2026-11-01"));
  EXPECT_EQ((*outcomes)[1].kind, OutcomeKind::kAlreadyStored);
  const Record never_seen = RecordOfDay(3, "DEADBEEF", 0);
  const auto lacking = store_->Lacking(std::vector<Record>{old, fresh, never_seen});
  ASSERT_TRUE(lacking) << lacking.error().Message();
  EXPECT_THAT(*lacking, ElementsAre(2u));
  // The school keeps records for longer from now on: what went is gone all the same.
  EXPECT_EQ(RunDry([&] { return school.Personal().PurgeAttendance("2026-06-01", 10); }), 0u);
  EXPECT_EQ(StoreOne(old), OutcomeKind::kRejected);
  EXPECT_EQ(All(), Expected({fresh}));
}

TEST_P(CentralStoreContract, RefusalsOfOlderDaysGo) {
  SchoolStore& school = harness_->Observer();
  const std::vector<RefusalRecord> all{
      RefusedOn(1, "2026-09-01", "A0000001"), RefusedOn(2, "2026-09-02", "A0000001"),
      RefusedOn(3, "2026-11-22", "A0000001"), RefusedOn(4, "2026-11-23", "A0000001")};
  ASSERT_TRUE(store_->KeepRefusals(all));
  EXPECT_EQ(RunDry([&] { return school.Personal().PurgeRefusals("2026-11-22", 1); }), 2u);
  const auto found = school.FindRefusals({"2026-01-01", "2026-12-31", {}, {}, {}, 10});
  ASSERT_TRUE(found);
  EXPECT_EQ(*found, (std::vector<RefusalRecord>{all[3], all[2]}));
}

TEST_P(CentralStoreContract, APersonIsFoundByEveryCardAlsoAfterTheyLeft) {
  SchoolStore& school = harness_->Observer();
  Person ana = ExamplePerson("176B3325", "Ana");
  ana.card = *CardId::Parse("04A2B3C4D5E680");
  ana.replaced_cards = {*CardId::Parse("176B3325"), *CardId::Parse("00000007")};
  ana.tamtap_id = "041";
  ASSERT_TRUE(PutPeople(school, {ana, ExamplePerson("DEADBEEF", "Ben")}));
  for (const bool present : {true, false}) {
    for (const char* const named :
         {"176B3325", "04A2B3C4D5E680", "04a2b3c4d5e680", "00000007", "100582761834", "041"}) {
      const auto found = school.Personal().FindPeople(named);
      ASSERT_TRUE(found) << found.error().Message();
      ASSERT_THAT(*found, SizeIs(1)) << named;
      EXPECT_EQ(found->front().present, present) << named;
      EXPECT_EQ(found->front().person, ana) << named;
      EXPECT_THAT(found->front().words, HasSubstr("office"));
    }
    ASSERT_TRUE(RemovePerson(school, ana.person));
  }
  const auto nobody = school.Personal().FindPeople("CAFEBABE");
  ASSERT_TRUE(nobody);
  EXPECT_THAT(*nobody, IsEmpty());
}

TEST_P(CentralStoreContract, AllThatIsOfOnePersonIsTold) {
  SchoolStore& school = harness_->Observer();
  Person ana = ExamplePerson("176B3325", "Ana");
  const Person ben = ExamplePerson("DEADBEEF", "Ben");
  ASSERT_TRUE(PutPeople(school, {ana, ben}));
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const Record tap = RecordOfDay(1, "176B3325", 0);
  const Record later = ExampleRecord(2, "176B3325", kExampleMorningUs + 5);
  const Record mark =
      MakeMark(ana, "2026-11-24", Status::kExcused, "adviser", At(kExampleMorningUs), zone);
  const Record of_ben = RecordOfDay(3, "DEADBEEF", 0);
  StoreAll({tap, later, mark, of_ben});
  const TapsOfDay voided{later.day, later.person, {later.tap.ToString()}};
  ASSERT_TRUE(school.VoidTaps({&voided, 1}, {"head", At(7)}));
  ASSERT_TRUE(store_->KeepRefusals(std::vector<RefusalRecord>{
      RefusedOn(1, "2026-11-23", "176B3325", "176B3325"), RefusedOn(2, "2026-11-20", "00000007"),
      RefusedOn(3, "2026-11-23", "00000007", "DEADBEEF"), RefusedOn(4, "2026-11-23", "A0000001")}));
  const auto found = school.Personal().RecordsOf({"176B3325", {"00000007", "176B3325"}});
  ASSERT_TRUE(found) << found.error().Message();
  std::vector<std::string> told;
  for (const StoredRecord& each : found->records) {
    const auto record = RecordFromJson(boost::json::parse(each.record));
    ASSERT_TRUE(record) << record.error().Message();
    told.push_back(record->tap.ToString() + each.voided_by);
  }
  EXPECT_THAT(told, UnorderedElementsAre(tap.tap.ToString(), later.tap.ToString() + "head",
                                         mark.tap.ToString()));
  std::vector<uint64_t> refusals;
  for (const RefusalRecord& each : found->refusals) refusals.push_back(each.id.sequence);
  EXPECT_THAT(refusals, UnorderedElementsAre(1, 2))
      << "of a former card too, but not where it was somebody else's";
}

TEST_P(CentralStoreContract, WhoWasErasedIsGoneAndOthersAreNot) {
  SchoolStore& school = harness_->Observer();
  const Person ana = ExamplePerson("176B3325", "Ana");
  const Person ben = ExamplePerson("DEADBEEF", "Ben");
  ASSERT_TRUE(PutPeople(school, {ana, ben}));
  const Record tap = RecordOfDay(1, "176B3325", -1);
  const Record later = RecordOfDay(2, "176B3325", 0);
  const Record of_ben = RecordOfDay(3, "DEADBEEF", 0);
  StoreAll({tap, later, of_ben});
  const TapsOfDay voided{tap.day, tap.person, {tap.tap.ToString()}};
  ASSERT_TRUE(school.VoidTaps({&voided, 1}, {"head", {}}));
  const std::vector<RefusalRecord> refusals{RefusedOn(1, "2026-11-23", "176B3325", "176B3325"),
                                            RefusedOn(2, "2026-11-23", "DEADBEEF", "DEADBEEF")};
  ASSERT_TRUE(store_->KeepRefusals(refusals));
  const auto before = store_->PullSchool("");
  ASSERT_TRUE(before && *before);
  const WallTime now = At(kExampleMorningUs + 60'000'000);

  const auto erased = school.Personal().Erase(NamesOf(ana), "head", now);
  ASSERT_TRUE(erased) << erased.error().Message();
  EXPECT_EQ(erased->records, 2u);
  EXPECT_EQ(erased->refusals, 1u);
  const auto again = school.Personal().Erase(NamesOf(ana), "head", now);
  ASSERT_TRUE(again) << again.error().Message();
  EXPECT_EQ(again->records, 0u);

  EXPECT_EQ(All(), Expected({of_ben}));
  const auto left = school.Personal().RecordsOf(NamesOf(ana));
  ASSERT_TRUE(left);
  EXPECT_THAT(left->records, IsEmpty());
  EXPECT_THAT(left->refusals, IsEmpty());
  const auto kept = school.FindRefusals({"2026-01-01", "2026-12-31", {}, {}, {}, 10});
  ASSERT_TRUE(kept);
  EXPECT_EQ(*kept, (std::vector<RefusalRecord>{refusals[1]}));
  // What is left of them is the key.
  const auto known = school.Personal().FindPeople("176B3325");
  ASSERT_TRUE(known);
  for (const KnownPerson& each : *known) {
    EXPECT_FALSE(each.present);
    EXPECT_EQ(each.person.name, "");
    EXPECT_THAT(each.words, Not(HasSubstr("Ana")));
    EXPECT_THAT(each.words, Not(HasSubstr("Narra")));
  }
  // A gate's copy follows.
  School copy;
  Apply(**before, copy);
  const auto update = store_->PullSchool((*before)->version);
  ASSERT_TRUE(update && *update);
  Apply(**update, copy);
  ASSERT_EQ(copy.people.size(), 1u);
  EXPECT_EQ(copy.people[0].name, ben.name);
}

TEST_P(CentralStoreContract, WhatAGateSendsAgainDoesNotBringBackWhoWasErased) {
  SchoolStore& school = harness_->Observer();
  const Person ana = ExamplePerson("176B3325", "Ana");
  ASSERT_TRUE(PutPeople(school, {ana}));
  const Record tap = RecordOfDay(1, "176B3325", 0);
  const Record unsent = RecordOfDay(2, "176B3325", -3);
  StoreAll({tap});
  const RefusalRecord refusal = RefusedOn(1, "2026-11-23", "176B3325", "176B3325");
  const int64_t erased_us = kExampleMorningUs + 60'000'000;
  ASSERT_TRUE(school.Personal().Erase(NamesOf(ana), "head", At(erased_us)));
  EXPECT_TRUE(*school.Personal().WasErased("176B3325"));
  EXPECT_FALSE(*school.Personal().WasErased("DEADBEEF"));

  EXPECT_EQ(StoreOne(tap), OutcomeKind::kAlreadyStored) << "the gate has nothing more to send";
  EXPECT_EQ(StoreOne(unsent), OutcomeKind::kAlreadyStored);
  const auto lacking = store_->Lacking(std::vector<Record>{tap, unsent});
  ASSERT_TRUE(lacking);
  EXPECT_THAT(*lacking, IsEmpty());
  ASSERT_TRUE(store_->KeepRefusals(std::vector<RefusalRecord>{refusal}));
  EXPECT_THAT(*school.FindRefusals({"2026-01-01", "2026-12-31", {}, {}, {}, 10}), IsEmpty());
  // What staff said at a gate that was away does not put the name together again.
  const SchoolChange edit{
      "an edit", {FactKind::kPerson, ana.person}, FieldsOf(ana), {erased_us - 1, "gate-2"}};
  const auto edited = store_->ChangeSchool({&edit, 1});
  ASSERT_TRUE(edited) << edited.error().Message();
  EXPECT_THAT(*edited, ElementsAre(""));
  EXPECT_THAT(*school.Personal().FindPeople(ana.name), IsEmpty());
  const auto known = school.Personal().FindPeople(ana.person);
  ASSERT_TRUE(known);
  for (const KnownPerson& each : *known) {
    EXPECT_FALSE(each.present);
    EXPECT_THAT(each.words, Not(HasSubstr("Ana")));
  }
  // What comes after that is nobody's; it is not lost, but refused, until somebody has the card.
  const Record after = ExampleRecord(4, "176B3325", erased_us + 1);
  const auto outcomes = store_->Store({&after, 1});
  ASSERT_TRUE(outcomes);
  EXPECT_EQ(outcomes->front().kind, OutcomeKind::kRejected);
  EXPECT_THAT(outcomes->front().reason, HasSubstr("erased"));
  EXPECT_THAT(All(), IsEmpty());

  ASSERT_TRUE(PutPeople(school, {ExamplePerson("176B3325", "Carla")}));
  EXPECT_FALSE(*school.Personal().WasErased("176B3325"));
  EXPECT_EQ(StoreOne(after), OutcomeKind::kStored);
  EXPECT_EQ(StoreOne(tap), OutcomeKind::kAlreadyStored) << "it was not Carla's";
  Record unsure = RecordOfDay(5, "176B3325", -4);
  unsure.clock = ClockState::kUnsure;
  EXPECT_EQ(StoreOne(unsure), OutcomeKind::kStored) << "nobody knows when that was";
  EXPECT_EQ(All(), Expected({after, unsure}));
}

TEST_P(CentralStoreContract, TapsOfWhoWasRegisteredWithAnotherCardOfWhoIsErasedAreTheirs) {
  SchoolStore& school = harness_->Observer();
  Person ana = ExamplePerson("176B3325", "Ana");
  ana.card = *CardId::Parse("CAFEBABE");  // the one that she had when she left
  ana.replaced_cards = {*CardId::Parse("DEADBEEF"), *CardId::Parse("176B3325"),
                        *CardId::Parse("00000009")};
  ASSERT_TRUE(PutPeople(school, {ana}));
  ASSERT_TRUE(RemovePerson(school, ana.person));
  ASSERT_TRUE(
      PutPeople(school, {ExamplePerson("CAFEBABE", "Ben"), ExamplePerson("DEADBEEF", "Cora")}));
  ASSERT_TRUE(RemovePerson(school, "DEADBEEF"));
  const WallTime now = SystemClock().Now();
  ASSERT_TRUE(school.Personal().Erase(NamesOf(ana), "head", now + std::chrono::seconds(1)));
  // What waited in a gate meanwhile.
  const Person dan = ExamplePerson("00000009", "Dan");
  const SchoolChange dans{"a change",
                          {FactKind::kPerson, dan.person},
                          FieldsOf(dan),
                          {now.time_since_epoch().count(), "gate-2"}};
  ASSERT_TRUE(store_->ChangeSchool({&dans, 1}));
  const Record of_dan = RecordOfDay(4, "00000009", 0);
  const Record bens = RecordOfDay(1, "CAFEBABE", 0);
  const Record coras = RecordOfDay(2, "DEADBEEF", 0);
  EXPECT_EQ(StoreOne(bens), OutcomeKind::kStored);
  EXPECT_EQ(StoreOne(coras), OutcomeKind::kStored) << "who has left, too";
  EXPECT_EQ(StoreOne(of_dan), OutcomeKind::kStored) << "of whom a gate alone knew then";
  EXPECT_EQ(StoreOne(RecordOfDay(3, "176B3325", 0)), OutcomeKind::kAlreadyStored);
  EXPECT_EQ(All(), Expected({bens, coras, of_dan}));
}

TEST_P(CentralStoreContract, WhoWasErasedStaysSoWhenWhoeverHadTheirCardNextIsErased) {
  SchoolStore& school = harness_->Observer();
  const WallTime now = SystemClock().Now();
  const Person ben = ExamplePerson("CAFEBABE", "Ben");
  ASSERT_TRUE(PutPeople(school, {ben}));
  ASSERT_TRUE(school.Personal().Erase(NamesOf(ben), "head", now + std::chrono::seconds(1)));
  Person ana = ExamplePerson("176B3325", "Ana");
  ana.replaced_cards = {*CardId::Parse("CAFEBABE")};
  ASSERT_TRUE(PutPeople(school, {ana}));
  ASSERT_TRUE(school.Personal().Erase(NamesOf(ana), "head", now + std::chrono::seconds(9)));
  // What waited in a gate since before the first of them.
  EXPECT_EQ(StoreOne(RecordOfDay(1, "CAFEBABE", 0)), OutcomeKind::kAlreadyStored);
  EXPECT_EQ(StoreOne(RecordOfDay(2, "176B3325", 0)), OutcomeKind::kAlreadyStored);
  EXPECT_THAT(All(), IsEmpty());
}

}  // namespace tamtap::central
