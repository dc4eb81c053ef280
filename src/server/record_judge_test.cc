// What a gate can't know is not believed; and no record of an honest gate is refused.
#include "server/server_fixture.h"
#include "tap/imported_tap_id.h"
#include "tap/mark.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kHourUs = 3'600'000'000;
constexpr int64_t kDayUs = 24 * kHourUs;

class RecordJudgeTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    gate_ = EnrolledTerminal("gate-1");
  }

  json::object Send(const Record& record, const http::Headers& gate) {
    std::string line;
    AppendJson(record, line);
    const http::Response response = Ask("POST", "/api/terminal/records", line, gate);
    EXPECT_EQ(response.status, 200) << response.body;
    return Body(response).at("results").at(0).as_object();
  }
  json::object Send(const Record& record) { return Send(record, gate_); }
  std::string Outcome(const Record& record) {
    return json::value_to<std::string>(Send(record).at("outcome"));
  }
  // Why it is refused for good; empty if it is not.
  std::string Refusal(const Record& record) {
    const json::object result = Send(record);
    if (result.at("outcome") != "rejected") return {};
    return json::value_to<std::string>(result.at("reason"));
  }
  Record Next(int64_t tapped_at_us = kExampleMorningUs, const std::string& card = kAna) {
    return ExampleRecord(++sequence_, card, tapped_at_us);
  }
  static Record Imported(int64_t tapped_at_us, const std::string& card = kAna) {
    Record record = ExampleRecord(1, card, tapped_at_us);
    record.clock = ClockState::kUnsure;
    record.tap = ImportedTapId(record);
    return record;
  }
  std::vector<Attendance> All() {
    return *store_->FindAttendance({"0001-01-01", "9999-12-31", {}, {}});
  }

  http::Headers gate_;
  uint64_t sequence_ = 0;
};

TEST_F(RecordJudgeTest, ADayThatIsYetToComeIsNotBelievedTomorrowIs) {
  EXPECT_THAT(Refusal(Next(kExampleMorningUs + 2 * kDayUs)),
              AllOf(HasSubstr("2026-11-25"), HasSubstr("yet to come")));
  EXPECT_EQ(Outcome(Next(kExampleMorningUs + kDayUs)), "stored")
      << "a clock may be a little ahead, and it may be near midnight";
  EXPECT_EQ(All().size(), 1u);
}

TEST_F(RecordJudgeTest, WithAClockThatNobodyVouchesForTheServerJudgesNoDay) {
  clock_.SetSynchronised(false);
  clock_.SetWall(WallTime{});  // a server without a battery, just booted
  EXPECT_EQ(Outcome(Next()), "stored");
}

TEST_F(RecordJudgeTest, DaysOlderThanTheRetentionAreRefusedAndAYearOfBacklogWithinItIsNot) {
  ApiOptions options;
  options.keep_days = 365;
  api_ = MakeApi(options);
  clock_.Advance(hours(24 * 365));
  EXPECT_EQ(Outcome(Next()), "stored") << "a year offline";
  EXPECT_THAT(Refusal(Next(kExampleMorningUs - kDayUs)), HasSubstr("365 days"));
  EXPECT_THAT(Refusal(Imported(kExampleMorningUs - kDayUs)), HasSubstr("365 days"));
  api_ = MakeApi({});
  EXPECT_EQ(Outcome(Imported(kExampleMorningUs - 3000 * kDayUs)), "stored")
      << "kept for good, old files are welcome";
  EXPECT_THAT(Refusal(Next(kExampleMorningUs - 3000 * kDayUs)), HasSubstr("before"));
}

TEST_F(RecordJudgeTest, WhatContradictsItselfIsNotBelieved) {
  const std::vector<std::function<void(Record&)>> lies = {
      [](Record& r) { r.day = "2026-11-22"; },
      [](Record& r) { r.time = "06:00:00"; },
      [](Record& r) { r.date = "2026-11-23 06:00:00"; },
      [](Record& r) { r.date = "23 November"; },
      [](Record& r) { r.tapped_at_us -= kDayUs; },
      [](Record& r) { r.tapped_at_us -= 1'000'000; },
      [](Record& r) { r.tapped_at = "2026-11-23T07:00:00.000+07:00"; },
      [](Record& r) { r.tapped_at = "2026-11-23T07:00:00"; },
      [](Record& r) { r.tapped_at = "yesterday"; },
      [](Record& r) { r.tapped_at_us = INT64_MAX; },
      [](Record& r) { r.tapped_at_us = INT64_MIN; }};
  for (size_t i = 0; i < lies.size(); ++i) {
    Record record = Next();
    lies[i](record);
    EXPECT_NE(Refusal(record), "") << i;
  }
  EXPECT_TRUE(All().empty());
  Record precise = Next(kExampleMorningUs + 123'456);
  EXPECT_EQ(Outcome(precise), "stored");
}

TEST_F(RecordJudgeTest, AnotherTimeZoneThanTheSchoolsIsRefusedInWordsAndOldRulesOfItAreNot) {
  const auto in_zone = [&](const char* name, int64_t at) {
    Record record = Next(at);
    const LocalTime local = TimeZone::Load(name)->ToLocal(WallTime(std::chrono::microseconds(at)));
    record.date = local.date;
    record.time = local.time;
    record.day = local.day;
    record.tapped_at = local.iso;
    return record;
  };
  EXPECT_THAT(Refusal(in_zone("Europe/London", kExampleMorningUs)),
              AllOf(HasSubstr("Asia/Manila"), HasSubstr("time zone")));
  // An hour: the law has changed, and this machine or that has not heard of it yet.
  EXPECT_EQ(Outcome(in_zone("Asia/Tokyo", kExampleMorningUs)), "stored");
}

TEST_F(RecordJudgeTest, WhatStaffAloneSayIsNotBelievedOfAGate) {
  Record excused = Next();
  excused.status = Status::kExcused;
  EXPECT_THAT(Refusal(excused), HasSubstr("staff"));
  Record marked = Next();
  marked.staff.marked_by = "cruz";
  EXPECT_THAT(Refusal(marked), HasSubstr("staff"));
  Record late = Next();
  late.status = Status::kAbsent;  // after the threshold
  EXPECT_EQ(Outcome(late), "stored");
}

TEST_F(RecordJudgeTest, ThePersonAndTheirCardAreOfTheSchoolOrOfItsPast) {
  EXPECT_THAT(Refusal(Next(kExampleMorningUs, "CAFEBABE")),
              AllOf(HasSubstr("CAFEBABE"), HasSubstr("register")));
  Record anas_day_bens_card = Next();
  anas_day_bens_card.card = *CardId::Parse(kBen);
  EXPECT_NE(Refusal(anas_day_bens_card), "");
  // A gate asks for the school, goes offline, and comes back when all has changed.
  ASSERT_EQ(Ask("GET", "/api/terminal/school", {}, gate_).status, 200);
  Person ana = ExamplePerson(kAna, "Ana", "Reyes", "Narra");
  ana.card = *CardId::Parse("04A2B3C4D5E680");
  ASSERT_TRUE(PutPeople(*store_, {ana}));
  ASSERT_TRUE(RemovePerson(*store_, kBen));
  clock_.Advance(hours(24));
  EXPECT_EQ(Outcome(Next()), "stored") << "with the card that was replaced";
  EXPECT_EQ(Outcome(Next(kExampleMorningUs, kBen)), "stored") << "who has left";
  Record new_card = Next();
  new_card.card = ana.card;
  EXPECT_EQ(Outcome(new_card), "merged");
  // Also by a server that was started anew since.
  api_ = MakeApi({});
  EXPECT_EQ(Outcome(Next(kExampleMorningUs + 1, kBen)), "merged");
}

TEST_F(RecordJudgeTest, WhoHasTheCardOfSomebodyWhoLeftIsMeantByAGateThatKnowsTheFirstKeyOnly) {
  EXPECT_EQ(Outcome(Next()), "stored");
  ASSERT_TRUE(RemovePerson(*store_, kAna));
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson(kAna, "Cora", "Santos", "Narra")}));
  Record coras = Next(kExampleMorningUs + kHourUs);
  coras.name = "Cora Santos";
  EXPECT_EQ(Outcome(coras), "stored") << "a day of her own";
  Record anas = Next(kExampleMorningUs + 2 * kHourUs);  // of a gate that has not heard of all that
  EXPECT_EQ(Outcome(anas), "merged");
  std::map<std::string, std::string> days;
  for (const Attendance& each : All()) days.emplace(each.arrival.person, each.arrival.name);
  EXPECT_THAT(days, testing::ElementsAre(testing::Pair(kAna, "Ana Reyes"),
                                         testing::Pair(NextPersonKey(kAna), "Cora Santos")));
}

TEST_F(RecordJudgeTest,
       WhoHasHadTheCardOfSomebodyWhoLeftIsMeantAlsoUnderAnotherNameOrWithAnotherCard) {
  ASSERT_EQ(Ask("GET", "/api/terminal/school", {}, gate_).status, 200);
  ASSERT_TRUE(RemovePerson(*store_, kAna));
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson(kAna, "Cora", "Santos", "Narra")}));
  ASSERT_EQ(Ask("GET", "/api/terminal/school", {}, gate_).status, 200);
  const std::string coras = NextPersonKey(kAna);
  const auto tap = [&](const char* first, const char* last) {
    Record record = Next(kExampleMorningUs - static_cast<int64_t>(sequence_) * kDayUs);
    record.first_name = first;
    record.last_name = last;
    record.name = record.first_name + " " + last;
    return record;
  };
  const auto whose = [&](const Record& record) {
    EXPECT_THAT(Outcome(record), testing::AnyOf("stored", "merged"));
    std::string person;
    for (const Attendance& each : All()) {
      if (each.arrival.tap == record.tap) person = each.arrival.person;
    }
    return person;
  };
  Person cora = ExamplePerson(kAna, "Corazon", "Santos", "Narra");
  cora.person = coras;
  ASSERT_TRUE(PutPeople(*store_, {cora}));
  EXPECT_EQ(whose(tap("Cora", "Santos")), coras) << "whose name the office has corrected";
  EXPECT_EQ(whose(tap("Ana", "Reyes")), kAna);
  EXPECT_EQ(whose(tap("Ben", "Santos")), kAna) << "a brother, who had it before, for all we know";
  // She gives it up, and Ana comes back to it.
  cora.card = *CardId::Parse("04A2B3C4D5E680");
  ASSERT_TRUE(PutPeople(*store_, {cora, ExamplePerson(kAna, "Ana", "Reyes", "Narra")}));
  EXPECT_EQ(whose(tap("Corazon", "Santos")), coras);
  EXPECT_EQ(whose(tap("Ana", "Reyes")), kAna);
}

TEST_F(RecordJudgeTest, TheCardIsThePersonsWhateverTheSchoolSpells) {
  const auto registered = [](const char* spelled) {
    Person person = ExamplePerson(kAna, "Cy", "Santos", "Narra");
    SpellCard(spelled, CardId(), person);
    person.person = PersonKeyOf(spelled);
    return person;
  };
  const std::vector<Person> people = {registered("2710951593"), registered("584193394409")};
  ASSERT_TRUE(PutPeople(*store_, people));
  const auto tap = [&](const Person& who, const char* uid) {
    Record record = Next();
    record.person = who.person;
    record.nfc_id = who.NfcId();
    record.card = *uid == '\0' ? CardId() : *CardId::Parse(uid);
    return record;
  };
  EXPECT_EQ(Outcome(tap(people[0], "A195D6A9")), "stored");
  EXPECT_EQ(Outcome(tap(people[0], "A9D695A1")), "merged");
  EXPECT_EQ(Outcome(tap(people[0], "")), "merged") << "a reader that says the number alone";
  EXPECT_NE(Refusal(tap(people[0], "A195D6AA")), "");
  EXPECT_EQ(Outcome(tap(people[1], "04A3C6CAE26180")), "stored");
  EXPECT_EQ(Outcome(tap(people[1], "04A3C6CAE26181")), "merged")
      << "bound at two gates that were cut apart";
  EXPECT_NE(Refusal(tap(people[1], "04A3C7CAE26180")), "");
  Record another = tap(people[1], "");
  another.nfc_id = "2710951593";
  EXPECT_NE(Refusal(another), "");
}

TEST_F(RecordJudgeTest, WhoLeftBeforeThisServerCameIsKnownByTheDaysOnWhichTheyCame) {
  Record before = ExampleRecord(99, "CAFEBABE", kExampleMorningUs - kDayUs, "gate-of-old");
  ASSERT_TRUE(store_->Store({&before, 1}));
  EXPECT_EQ(Outcome(Next(kExampleMorningUs, "CAFEBABE")), "stored");
  // An import is not held against the school, so it makes nobody known.
  EXPECT_EQ(Outcome(Imported(kExampleMorningUs - kDayUs, "00C0FFEE")), "stored");
  EXPECT_NE(Refusal(Next(kExampleMorningUs, "00C0FFEE")), "");
}

TEST_F(RecordJudgeTest, SomebodyRegisteredAMomentAgoIsKnownAtOnce) {
  EXPECT_EQ(Outcome(Next()), "stored");
  const Person carla = ExamplePerson("CAFEBABE", "Carla", "Santos", "Narra");
  ASSERT_TRUE(PutPeople(*store_, {carla}));
  clock_.Advance(std::chrono::milliseconds(1));  // sooner than the server looks by itself
  EXPECT_EQ(Outcome(Next(kExampleMorningUs, "CAFEBABE")), "stored");
}

TEST_F(RecordJudgeTest, NobodyIsRefusedByWhatWasKnownBeforeTheyCame) {
  EXPECT_EQ(Outcome(Next()), "stored");
  const Person carla = ExamplePerson("CAFEBABE", "Carla", "Santos", "Narra");
  ASSERT_TRUE(PutPeople(*store_, {carla}));
  clock_.Advance(std::chrono::milliseconds(1));
  store_->fail_pulling = Error{ErrorCode::kRetry, "pull the school", 0, ""};
  EXPECT_EQ(Outcome(Next(kExampleMorningUs, "CAFEBABE")), "retry");
  store_->fail_pulling.reset();
  clock_.Advance(std::chrono::seconds(5));  // a store that fails is not asked by everybody
  EXPECT_EQ(Outcome(Next(kExampleMorningUs, "CAFEBABE")), "stored");
  EXPECT_NE(Refusal(Next(kExampleMorningUs, "00C0FFEE")), "") << "whom nobody has registered";
}

TEST_F(RecordJudgeTest, AStoreThatKnowsNobodyHasNothingToSayAboutWhoMayTap) {
  ASSERT_TRUE(RemovePerson(*store_, kAna));
  ASSERT_TRUE(RemovePerson(*store_, kBen));
  EXPECT_EQ(Outcome(Next(kExampleMorningUs, "CAFEBABE")), "stored");
}

TEST_F(RecordJudgeTest, WhatCanNotBeLookedUpIsTriedAgainAndNeverRefused) {
  ASSERT_EQ(Outcome(Next()), "stored");
  store_->fail_finding = Error{ErrorCode::kRetry, "find attendance", 0, ""};
  std::string line;
  AppendJson(Next(kExampleMorningUs, "CAFEBABE"), line);
  const http::Response response = Ask("POST", "/api/terminal/records", line, gate_);
  EXPECT_EQ(response.status, 503) << response.body;
}

TEST_F(RecordJudgeTest, AnImportedTapHasTheIdOfItsCardAndMoment) {
  Record imported = Imported(kExampleMorningUs - 3 * kDayUs, "CAFEBABE");
  imported.status = Status::kExcused;  // the old file says so
  EXPECT_EQ(Outcome(imported), "stored") << "people of the old file may have left long ago";
  Record former = Imported(kExampleMorningUs - 4 * kDayUs);
  former.tap = FormerImportedTapId(former);
  EXPECT_EQ(Outcome(former), "stored");
  Record forged = Imported(kExampleMorningUs - 5 * kDayUs);
  forged.tap = Imported(kExampleMorningUs).tap;
  EXPECT_THAT(Refusal(forged), HasSubstr("id"));
  EXPECT_THAT(Refusal(Imported(kExampleMorningUs + 9 * kDayUs)), HasSubstr("yet to come"));
}

TEST_F(RecordJudgeTest, OneLieCostsItsNeighboursNothing) {
  std::string lines;
  AppendJson(Next(kExampleMorningUs + 9 * kDayUs), lines);
  lines += '\n';
  AppendJson(Next(), lines);
  lines += "\nno JSON\n";
  AppendJson(Next(kExampleMorningUs, kBen), lines);
  const auto results =
      Body(Ask("POST", "/api/terminal/records", lines, gate_)).at("results").as_array();
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].at("outcome"), "rejected");
  EXPECT_EQ(results[1].at("outcome"), "stored");
  EXPECT_EQ(results[2].at("outcome"), "rejected");
  EXPECT_EQ(results[3].at("outcome"), "stored");
}

TEST_F(RecordJudgeTest, AnAdminVouchesForSingleTapsAndThatIsAudited) {
  const Record record = Next(kExampleMorningUs + 9 * kDayUs);
  ASSERT_NE(Refusal(record), "");
  ASSERT_EQ(Ask("POST", "/api/hardware/status",
                R"({"state":"IDLE","quarantined":1,"quarantined_taps":[]})", gate_)
                .status,
            200);
  const std::string path = "/api/terminals/gate-1/requeue";
  const std::string body = json::serialize(
      json::object{{"taps", json::array{json::string(record.tap.ToString())}}, {"vouch", true}});
  EXPECT_EQ(Ask("POST", path, body, Adviser()).status, 403);
  EXPECT_EQ(Ask("POST", path, R"({"vouch":true})", Head()).status, 400) << "for which?";
  ASSERT_EQ(Ask("POST", path, body, Head()).status, 200);
  EXPECT_EQ(Outcome(record), "stored");
  EXPECT_NE(Refusal(Next(kExampleMorningUs + 9 * kDayUs)), "")
      << "for this tap, not for all of its kind";
  const auto audit = Body(Ask("GET", "/api/audit?what=vouch", {}, Head())).at("data").as_array();
  ASSERT_EQ(audit.size(), 1u);
  EXPECT_EQ(audit[0].at("who"), "head");
  EXPECT_EQ(audit[0].at("what"), "vouch for taps");
  EXPECT_EQ(audit[0].at("whom"), "gate-1");
}

TEST_F(RecordJudgeTest, PagesAreNotToldOfWhatIsNotBelieved) {
  std::string line;
  AppendJson(Next(kExampleMorningUs + 9 * kDayUs), line);
  const http::Response told = Ask("POST", "/api/hardware/attendance", line, gate_);
  EXPECT_EQ(told.status, 400);
  EXPECT_THAT(told.body, HasSubstr("yet to come"));
}

TEST_F(RecordJudgeTest, AGateReadsTheArrivalsOfTodayAndYesterdayWithoutEmails) {
  const Record today = Next();
  const Record yesterday = Next(kExampleMorningUs - kDayUs);
  const Record before = Next(kExampleMorningUs - 2 * kDayUs);
  const std::vector<Record> records = {today, yesterday, before};
  ASSERT_TRUE(store_->Store(records));
  const auto arrivals = [&](const std::string& day) {
    const http::Response response = Ask("GET", "/api/terminal/arrivals?day=" + day, {}, gate_);
    EXPECT_EQ(response.status, 200);
    EXPECT_THAT(response.body, ::testing::Not(HasSubstr("example.org")));
    return Body(response).at("records").as_array();
  };
  ASSERT_EQ(arrivals("2026-11-23").size(), 1u);
  EXPECT_TRUE(RecordFromJson(arrivals("2026-11-23")[0])) << "a gate reads it as it did before";
  EXPECT_EQ(arrivals("2026-11-22").size(), 1u);
  EXPECT_TRUE(arrivals("2026-11-21").empty());
  EXPECT_TRUE(arrivals("1970-01-01").empty()) << "an unsure clock is no fault of the gate's";
}

TEST_F(RecordJudgeTest, ATapOfTheNightIsOfTheDayBeforeWhereClassesRunOverMidnight) {
  const auto at_night = [&](int64_t after_midnight_us) {
    Record record = Next(kExampleMorningUs - 7 * kHourUs + after_midnight_us);
    record.day = AddDays(record.date.substr(0, 10), -1);
    return record;
  };
  EXPECT_THAT(Refusal(at_night(kHourUs)), HasSubstr("contradict"));
  Schedule nights;
  nights.section = "Molave";
  nights.week[6] = ClassHours{22 * 60, 26 * 60};  // Sunday, until 02:00
  ASSERT_TRUE(PutSchedule(*store_, nights));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Outcome(at_night(kHourUs)), "stored");
  EXPECT_NE(Outcome(at_night(8 * kHourUs)), "rejected") << "who left at eight";
  EXPECT_THAT(Refusal(at_night(9 * kHourUs)), HasSubstr("contradict"));
  Record two_days = at_night(kHourUs);
  two_days.day = AddDays(two_days.day, -1);
  EXPECT_THAT(Refusal(two_days), HasSubstr("contradict"));
}

TEST_F(RecordJudgeTest, WhatWasDatedByAFormerTimeZoneOfTheSchoolIsBelieved) {
  const auto in_london = [&] {
    Record record = Next();
    const WallTime at{std::chrono::microseconds(record.tapped_at_us)};
    const LocalTime local = TimeZone::Load("Europe/London")->ToLocal(at);
    record.date = local.date;
    record.time = local.time;
    record.day = local.day;
    record.tapped_at = local.iso;
    return record;
  };
  EXPECT_THAT(Refusal(in_london()), HasSubstr("time zone"));
  PutSetting("timezone.former", "Europe/London");
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Outcome(in_london()), "stored");
}

TEST_F(RecordJudgeTest, TheSchoolMaySayHowFarBackRecordsAreTaken) {
  PutSetting("retention.records_days", "30");
  clock_.Advance(hours(24 * 60));
  EXPECT_THAT(Refusal(Next()), HasSubstr("30 days"));
}

}  // namespace
}  // namespace tamtap
