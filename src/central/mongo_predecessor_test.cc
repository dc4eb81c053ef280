// Our gates beside an existing TamTap server, which reads and writes the same database by what it
// knows: documents by `nfc_id` and by a `date` that begins with the day.
#include "central/mongo_predecessor.h"

#include "central/central_store_contract.h"
#include "central/mongo_fixture.h"
#include "tap/example_record.h"
#include "tap/mark.h"

namespace tamtap::central {
namespace {

constexpr const char* kDay = "2026-11-23";

class MongoPredecessorTest : public MongoStoreTest {
 protected:
  static Record Tap(uint64_t sequence, const char* card = "176B3325") {
    return ExampleRecord(sequence, card);
  }
  void TheirMark(const char* status, json::object more = {}) {
    json::object mark{{"nfc_id", Tap(1).NfcId()}, {"tamtap_id", "TT-001"}, {"name", "Ana Reyes"},
                      {"section", "Narra"},       {"date", kDay},          {"time", nullptr},
                      {"session", "AM"},          {"status", status},      {"photo", nullptr}};
    for (auto& [key, value] : more) mark.insert_or_assign(key, value);
    database_->Insert("attendance", mark);
  }
  std::vector<json::object> OfToday() { return database_->Find("attendance"); }
  Attendance TheOnlyOne() {
    const auto found = store_->FindAttendance({kDay, kDay, {}, {}});
    EXPECT_TRUE(found) << found.error().Message();
    EXPECT_EQ(found->size(), 1u);
    return found->empty() ? Attendance{} : found->front();
  }
};

TEST_F(MongoPredecessorTest, AMarkOfTheirsGivesWayToATapAndIsKept) {
  TheirMark("absent", {{"excuse_reason", "Medical"}, {"marked_by", "cruz"}});
  EXPECT_EQ(TheOnlyOne().arrival.status, Status::kAbsent);
  const Record tap = Tap(1);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  ASSERT_TRUE(store_->PullSchool(""));  // as every gate does every minute
  const auto documents = OfToday();
  ASSERT_EQ(documents.size(), 1u) << "it counts documents";
  EXPECT_EQ(documents[0].at("status"), "on_time");
  EXPECT_EQ(documents[0].at("taps").as_array().size(), 2u);
  const auto kept = database_->Find("tamtap_taken_in");
  ASSERT_EQ(kept.size(), 1u);
  EXPECT_EQ(kept[0].at("excuse_reason"), "Medical");
  EXPECT_EQ(TheOnlyOne().arrival, tap);
}

TEST_F(MongoPredecessorTest, AMarkThatIsKnownGivesWayAtOnce) {
  TheirMark("excused");
  ASSERT_TRUE(store_->ArrivalsOf(kDay));
  EXPECT_EQ(OfToday().size(), 1u);
  const Record tap = Tap(1);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  EXPECT_EQ(OfToday().size(), 1u);
  EXPECT_EQ(OfToday()[0].at("status"), "on_time");
}

TEST_F(MongoPredecessorTest, ATapOfTheirGateBeforeOursIsTheArrivalOfTheOneDocument) {
  const Record tap = Tap(1);
  TheirMark("late", {{"date", "2026-11-23 00:00:05"}, {"time", "00:00:05"}, {"photo", "x.jpg"}});
  ASSERT_TRUE(store_->Store({&tap, 1}));
  for (int round = 0; round < 2; ++round) {
    const auto arrivals = store_->ArrivalsOf(kDay);
    ASSERT_TRUE(arrivals) << arrivals.error().Message();
    ASSERT_EQ(arrivals->size(), 1u);
    const auto documents = OfToday();
    ASSERT_EQ(documents.size(), 1u);
    EXPECT_EQ(documents[0].at("date"), "2026-11-23 00:00:05");
    EXPECT_EQ(documents[0].at("status"), "late");
    EXPECT_EQ(documents[0].at("photo"), "x.jpg");
    EXPECT_EQ(documents[0].at("taps").as_array().size(), 2u);
    EXPECT_EQ(documents[0].at("terminal"), "import");
  }
}

TEST_F(MongoPredecessorTest, OnceMoreIsOnceAndOthersDocumentsStay) {
  const Record tap = Tap(1);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  TheirMark("absent", {{"nfc_id", "04A2B3C4"}, {"name", "Ben Cruz"}});
  TheirMark("absent", {{"date", "2026-11-24"}});
  // Two gates find the same mark, and one of them dies in the middle.
  TheirMark("absent");
  const auto record = RecordOfPredecessor(
      database_->Find("attendance", {{"nfc_id", tap.NfcId()}, {"date", kDay}}).at(0), tap.person,
      *TimeZone::Load("Asia/Manila"));
  ASSERT_TRUE(record) << record.error().Message();
  ASSERT_TRUE(store_->Store({&*record, 1}));
  ASSERT_TRUE(store_->ArrivalsOf(kDay));
  ASSERT_TRUE(Open(uri_)->ArrivalsOf(kDay));
  const auto of_ana =
      database_->Find("attendance", {{"nfc_id", tap.NfcId()}, {"date", {{"$lt", "2026-11-24"}}}});
  ASSERT_EQ(of_ana.size(), 1u);
  EXPECT_EQ(of_ana[0].at("taps").as_array().size(), 2u);
  EXPECT_EQ(OfToday().size(), 3u);
}

TEST_F(MongoPredecessorTest, APersonWithAnotherCardIsTheSamePersonToBoth) {
  Record tap = Tap(1);
  tap.person = "04A2B3C4";  // the card that they were first registered with
  ASSERT_TRUE(store_->Store({&tap, 1}));
  TheirMark("absent");
  EXPECT_EQ(TheOnlyOne().arrival, tap);
  ASSERT_TRUE(store_->ArrivalsOf(kDay));
  ASSERT_EQ(OfToday().size(), 1u);
  EXPECT_EQ(OfToday()[0].at("_id"), "2026-11-23/04A2B3C4");
}

TEST_F(MongoPredecessorTest, ATapWinsOverAMarkThatIsWrittenOverIt) {
  const Record tap = Tap(1);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  ASSERT_TRUE(database_->session().UpdateOne(
      "attendance", {{"nfc_id", tap.NfcId()}},
      {{"$set", {{"status", "excused"}, {"excuse_reason", "Medical"}, {"marked_by", "cruz"}}}},
      false));
  EXPECT_EQ(TheOnlyOne().arrival.status, Status::kOnTime);
  const auto arrivals = store_->ArrivalsOf(kDay);
  ASSERT_TRUE(arrivals);
  EXPECT_EQ(arrivals->at(0).status, Status::kOnTime);
  EXPECT_EQ(OfToday()[0].at("status"), "excused") << "its own pages say what its staff said";
}

TEST_F(MongoPredecessorTest, MarksOfOursLookLikeTheirs) {
  const Record tap = Tap(1);
  const Person ana = ExamplePerson("176B3325", "Ana");
  const auto made = TimeZone::Load("Asia/Manila")->FromLocal("2026-11-23 10:11:12");
  const Record mark =
      MakeMark(ana, kDay, Status::kAbsent, "head", *made, *TimeZone::Load("Asia/Manila"));
  ASSERT_TRUE(store_->Store({&mark, 1}));
  auto documents = OfToday();
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].at("date"), kDay);
  EXPECT_TRUE(documents[0].at("time").is_null());
  EXPECT_EQ(TheOnlyOne().arrival, mark) << "and to us they are what they were";
  // What their staff say of that document later holds, until somebody taps.
  ASSERT_TRUE(database_->session().UpdateOne("attendance", {{"nfc_id", ana.NfcId()}},
                                             {{"$set", {{"status", "excused"}}}}, false));
  EXPECT_EQ(TheOnlyOne().arrival.status, Status::kExcused);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  documents = OfToday();
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].at("date").as_string(), tap.date);
  EXPECT_EQ(documents[0].at("time").as_string(), tap.time);
  EXPECT_EQ(TheOnlyOne().arrival, tap);
}

TEST_F(MongoPredecessorTest, WhatNobodyChangedKeepsItsKind) {
  database_->Insert("students", {{"nfc_id", "100582761834"},
                                 {"first_name", "Ana"},
                                 {"last_name", "Reyes"},
                                 {"grade", 7},
                                 {"email", nullptr},
                                 {"section", "Narra"}});
  database_->Insert("schedules", {{"section", "Narra"},
                                  {"grade", 7},
                                  {"adviser_id", 12},
                                  {"weekly_schedule",
                                   {{"monday", {{"start", "07:30"}, {"end", "16:00"}}},
                                    {"saturday", {{"start", nullptr}, {"end", nullptr}}}}}});
  database_->Insert("settings", {{"key", "gracePeriod"}, {"value", 20}});
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) {
    now.people[0].section = "Molave";
    now.schedules[0].week[1] = ClassHours{480, 960};
    now.settings["gracePeriod"] = "25";
    now.calendar.push_back({CalendarKind::kSuspension, "2026-11-30", "2026-11-30", "", "Holiday"});
  }));
  const auto student = database_->Find("students").at(0);
  EXPECT_EQ(student.at("section"), "Molave");
  EXPECT_EQ(student.at("grade"), 7);
  EXPECT_TRUE(student.at("email").is_null());
  const auto schedule = database_->Find("schedules").at(0);
  EXPECT_EQ(schedule.at("grade"), 7);
  EXPECT_EQ(schedule.at("adviser_id"), 12);
  const json::value& week = schedule.at("weekly_schedule");
  EXPECT_EQ(week.at("tuesday").at("start"), "08:00");
  EXPECT_TRUE(week.at("wednesday").at("start").is_null());
  EXPECT_TRUE(week.at("saturday").at("end").is_null());
  EXPECT_EQ(database_->Find("settings").at(0).at("value"), 25);
  EXPECT_TRUE(database_->Find("calendar").at(0).at("section").is_null());
}

TEST_F(MongoPredecessorTest, TapsOfThoseWhomItRegistersWithACardOfWhoWasErasedAreTheirs) {
  Person ana = ExamplePerson("176B3325", "Ana");
  ana.replaced_cards = {*CardId::Parse("CAFEBABE")};
  ASSERT_TRUE(PutPeople(*store_, {ana}));
  database_->Insert("students", {{"nfc_id", "CAFEBABE"}, {"name", "Ben Cruz"}});
  const WallTime now = SystemClock().Now() - std::chrono::seconds(1);
  ASSERT_TRUE(store_->Personal().Erase(NamesOf(ana), "head", now));
  const Record waited = Tap(1, "CAFEBABE");
  const Record later = ExampleRecord(2, "CAFEBABE", SystemClock().Now().time_since_epoch().count());
  const auto of_ben = store_->Store(std::vector<Record>{waited, later});
  ASSERT_TRUE(of_ben) << of_ben.error().Message();
  EXPECT_EQ((*of_ben)[0].kind, OutcomeKind::kStored);
  EXPECT_EQ((*of_ben)[1].kind, OutcomeKind::kStored) << (*of_ben)[1].reason;
  // With the very card of whoever was erased: nothing of before, and all from now on.
  database_->Insert("students", {{"nfc_id", "176B3325"}, {"name", "Carla Uy"}});
  const Record anas = Tap(3);
  const Record carlas = ExampleRecord(4, "176B3325", later.tapped_at_us);
  const auto of_card = store_->Store(std::vector<Record>{anas, carlas});
  ASSERT_TRUE(of_card) << of_card.error().Message();
  EXPECT_EQ((*of_card)[0].kind, OutcomeKind::kAlreadyStored);
  EXPECT_EQ((*of_card)[1].kind, OutcomeKind::kStored) << (*of_card)[1].reason;
}

TEST_F(MongoPredecessorTest, OfACardThatSeveralHadADocumentIsWhoseNameItSays) {
  Person ana = ExamplePerson("176B3325", "Ana");
  ana.replaced_cards = {*CardId::Parse("CAFEBABE")};
  const Person ben = ExamplePerson("CAFEBABE", "Ben");
  ASSERT_TRUE(PutPeople(*store_, {ana, ben}));
  const auto mark = [&](const char* card, const Person& of, const char* day) {
    TheirMark("excused", {{"nfc_id", card},
                          {"name", of.name},
                          {"first_name", of.first_name},
                          {"last_name", of.last_name},
                          {"date", day}});
  };
  mark("176B3325", ana, "2026-11-03");
  mark("CAFEBABE", ana, "2026-11-04");
  mark("CAFEBABE", ben, "2026-11-23");
  mark("CAFEBABE", ben, "2026-11-24");
  mark("CAFEBABE", ExamplePerson("CAFEBABE", "Cy"), "2026-11-02");  // who had it once, and left
  const Record tap = Tap(1, "CAFEBABE");
  ASSERT_TRUE(store_->Store({&tap, 1}));
  ASSERT_TRUE(store_->ArrivalsOf(kDay));  // and takes the mark of that day in
  ASSERT_EQ(database_->Find("tamtap_taken_in").size(), 1u);
  const auto told = store_->Personal().RecordsOf(NamesOf(ana));
  ASSERT_TRUE(told) << told.error().Message();
  EXPECT_EQ(told->records.size(), 2u);
  for (const StoredRecord& each : told->records)
    EXPECT_EQ(each.record.find("Ben"), each.record.npos);
  const auto erased = store_->Personal().Erase(NamesOf(ana), "head", SystemClock().Now());
  ASSERT_TRUE(erased) << erased.error().Message();
  EXPECT_EQ(erased->records, 2u);
  ASSERT_TRUE(store_->Personal().Erase(NamesOf(ana), "head", SystemClock().Now()));
  EXPECT_EQ(OfToday().size(), 3u) << "Ben's and Cy's";
  EXPECT_EQ(database_->Find("tamtap_taken_in").size(), 1u);
}

}  // namespace
}  // namespace tamtap::central
