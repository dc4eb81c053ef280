// What staff say of a day, and what waits for their judgement.
#include "server/server_fixture.h"
#include "tap/person_cards.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

class StaffTest : public ServerFixture {
 protected:
  http::Response Mark(const http::Headers& who, const std::string& card, const std::string& status,
                      const std::string& day = "2026-11-23") {
    return Ask("POST", "/api/attendance/" + day + "/marks",
               json::serialize(json::object{{"nfc_id", card}, {"status", status}}), who);
  }
  json::array Attendance(const http::Headers& who, const std::string& target) {
    const json::object body = Body(Ask("GET", target, {}, who));
    EXPECT_EQ(body.at("count").to_number<size_t>(), body.at("records").as_array().size());
    return body.at("records").as_array();
  }
  http::Response Report(const http::Headers& gate, const json::array& taps) {
    return Ask("POST", "/api/hardware/status",
               json::serialize(json::object{
                   {"state", "IDLE"}, {"quarantined", taps.size()}, {"quarantined_taps", taps}}),
               gate);
  }
  static json::object RefusedTap(const std::string& tap, const std::string& section) {
    return {{"tap", tap},           {"nfc_id", kAna},      {"name", "Ana Reyes"},
            {"section", section},   {"day", "2026-11-23"}, {"time", "07:00:00"},
            {"reason", "too large"}};
  }
};

TEST_F(StaffTest, CardsThatOnlyStaffCanSettleAreListedForThoseWhoSeeTheSection) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const auto contested = [](const char* card, const char* section) {
    return json::object{{"card", card}, {"reason", "UNKNOWN_CARD"}, {"section", section}};
  };
  json::array cards = {contested("04A3C6CAE26181", "Narra"), contested("04A3C6CAE26182", "Molave")};
  cards.emplace_back("no object");
  ASSERT_EQ(Ask("POST", "/api/hardware/status",
                json::serialize(json::object{{"state", "IDLE"}, {"contested_cards", cards}}), gate)
                .status,
            200);
  const json::object all = Body(Ask("GET", "/api/cards/contested", {}, Head()));
  EXPECT_EQ(all.at("count"), 2);
  EXPECT_EQ(all.at("data").at(0).at("terminal"), "gate-1");
  EXPECT_EQ(all.at("data").at(0).at("other"), "");
  const json::object seen = Body(Ask("GET", "/api/cards/contested", {}, Adviser()));
  ASSERT_EQ(seen.at("count"), 1);
  EXPECT_EQ(seen.at("data").at(0).at("card"), "04A3C6CAE26181");
}

TEST_F(StaffTest, AMarkOfAnyoneWhomTheSchoolKnowsByAnySpelling) {
  std::vector<Person> people(2);
  SpellCard("2710951593", CardId(), people[0]);
  SpellCard("LRN-102938", CardId(), people[1]);
  for (Person& person : people) {
    person.person = PersonKeyOf(person.NfcId());
    person.first_name = person.name = "Cy";
    person.section = "Narra";
  }
  ASSERT_TRUE(PutPeople(*store_, people));
  const http::Headers head = Head();
  for (const char* spelled : {"2710951593", "LRN-102938"}) {
    const http::Response marked = Mark(head, spelled, "excused");
    ASSERT_EQ(marked.status, 200) << marked.body;
    EXPECT_EQ(Body(marked).at("record").at("nfc_id"), spelled);
    EXPECT_EQ(Body(marked).at("record").at("card"), "");
  }
  for (const char* path : {"/api/students/A195D6A9", "/api/students/A9D695A1",
                           "/api/students/LRN-102938", "/api/attendance/student/2710951593"}) {
    EXPECT_EQ(Ask("GET", path, {}, head).status, 200) << path;
  }
}

TEST_F(StaffTest, AMarkIsTheDayOfWhoeverDoesNotTap) {
  const http::Headers head = Head();
  const http::Response marked = Mark(head, kAna, "excused");
  ASSERT_EQ(marked.status, 200) << marked.body;
  EXPECT_EQ(Body(marked).at("outcome"), "stored");
  const json::array records = Attendance(head, "/api/attendance");
  ASSERT_EQ(records.size(), 1u);
  EXPECT_EQ(records[0].at("status"), "excused");
  EXPECT_EQ(records[0].at("terminal"), "staff");
}

TEST_F(StaffTest, OfTwoMarksTheNewestHolds) {
  const http::Headers head = Head();
  ASSERT_EQ(Mark(head, kAna, "absent").status, 200);
  clock_.SleepFor(std::chrono::seconds(1));
  ASSERT_EQ(Mark(head, kAna, "excused").status, 200);
  EXPECT_EQ(Attendance(head, "/api/attendance")[0].at("status"), "excused");
}

TEST_F(StaffTest, HoweverOftenOnePersonMarksADayItIsOneMarkOfTheirs) {
  const http::Headers head = Head();
  const http::Headers adviser = Adviser();
  const auto taps = [&] {
    return Attendance(head, "/api/attendance")[0].at("taps").as_array().size();
  };
  for (int i = 0; i < 20; ++i) {
    clock_.Advance(std::chrono::seconds(1));
    ASSERT_EQ(Mark(head, kAna, i % 2 == 0 ? "excused" : "absent").status, 200);
    EXPECT_EQ(taps(), 1u);
  }
  EXPECT_EQ(Attendance(head, "/api/attendance")[0].at("status"), "absent");
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_EQ(Mark(adviser, kAna, "excused").status, 200);
  EXPECT_EQ(taps(), 2u) << "what others say stays";
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_EQ(Mark(head, kAna, "excused").status, 200);
  EXPECT_EQ(taps(), 3u);
  EXPECT_EQ(Attendance(head, "/api/attendance")[0].at("status"), "on_time");
}

TEST_F(StaffTest, ATapWinsOverAMarkWhicheverComesFirst) {
  const http::Headers head = Head();
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_EQ(Mark(head, kAna, "absent").status, 200);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  const Record bens = BensRecord(2);
  ASSERT_TRUE(store_->Store({&bens, 1}));
  ASSERT_EQ(Body(Mark(head, kBen, "absent")).at("outcome"), "merged");
  for (const json::value& each : Attendance(head, "/api/attendance")) {
    EXPECT_EQ(each.at("status"), "on_time");
    EXPECT_EQ(each.at("taps").as_array().size(), 2u);
  }
}

TEST_F(StaffTest, AnAdviserMarksTheirOwnSectionOnly) {
  const http::Headers adviser = Adviser();
  EXPECT_EQ(Mark(adviser, kAna, "excused").status, 200);
  EXPECT_EQ(Mark(adviser, kBen, "excused").status, 404);
  EXPECT_EQ(Mark({}, kAna, "excused").status, 401);
  EXPECT_EQ(Mark(EnrolledTerminal("gate-1"), kAna, "excused").status, 403);
}

TEST_F(StaffTest, WhatIsNoMarkIsRefusedInWords) {
  const http::Headers head = Head();
  EXPECT_EQ(Mark(head, kAna, "here").status, 400);
  EXPECT_EQ(Mark(head, kAna, "").status, 400);
  EXPECT_EQ(Mark(head, "no card", "absent").status, 404);
  EXPECT_EQ(Mark(head, "00112233", "absent").status, 404);
  EXPECT_EQ(Mark(head, kAna, "absent", "2026-11-24").status, 400);
  EXPECT_EQ(Mark(head, kAna, "absent", "yesterday").status, 400);
  EXPECT_EQ(Mark(head, kAna, "absent", "2025-10-18").status, 400) << "401 days ago";
  EXPECT_EQ(Mark(head, kAna, "absent", "0001-01-01").status, 400);
  EXPECT_TRUE(Attendance(head, "/api/attendance").empty());
}

TEST_F(StaffTest, AStoreThatIsAwaySaysSoAndNothingIsMarked) {
  const http::Headers head = Head();
  store_->fail = Error{ErrorCode::kRetry, "open the store", 0, ""};
  EXPECT_EQ(Mark(head, kAna, "absent").status, 503);
  store_->fail.reset();
  EXPECT_TRUE(Attendance(head, "/api/attendance").empty());
}

TEST_F(StaffTest, TapsWhoseTimeStayedUnsureAreListed) {
  Record unsure = ExampleRecord(1, kAna);
  unsure.clock = ClockState::kUnsure;
  Record corrected = BensRecord(2);
  corrected.clock = ClockState::kCorrected;
  const std::vector<Record> records = {unsure, corrected};
  ASSERT_TRUE(store_->Store(records));
  const json::array listed = Attendance(Head(), "/api/attendance/unsure");
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].at("nfc_id"), kAna);
  EXPECT_EQ(Attendance(Adviser(), "/api/attendance/unsure").size(), 1u);
  EXPECT_TRUE(Attendance(Head(), "/api/attendance/unsure?from=2026-10-01&to=2026-11-22").empty());
  EXPECT_EQ(Ask("GET", "/api/attendance/unsure?from=2020-01-01", {}, Head()).status, 400);
}

TEST_F(StaffTest, AnUnsureTimeThatStaffAcceptLeavesTheListAndNothingElseChanges) {
  Record unsure = ExampleRecord(1, kAna);
  unsure.clock = ClockState::kUnsure;
  Record bens = BensRecord(2);
  bens.clock = ClockState::kUnsure;
  ASSERT_TRUE(store_->Store(std::vector<Record>{unsure, bens}));
  const http::Headers head = Head();
  const json::value before = Attendance(head, "/api/attendance").at(0).at("tapped_at");
  const auto accept = [&](const http::Headers& who, const std::string& tap,
                          const std::string& day = "2026-11-23") {
    return Ask("POST", "/api/attendance/" + day + "/accepted", "{\"tap\":\"" + tap + "\"}", who)
        .status;
  };
  EXPECT_EQ(accept({}, unsure.tap.ToString()), 401);
  EXPECT_EQ(accept(Adviser(), bens.tap.ToString()), 404) << "another's section";
  EXPECT_EQ(accept(head, "gate-1.00.9"), 404);
  EXPECT_EQ(accept(head, ""), 404);
  EXPECT_EQ(accept(head, unsure.tap.ToString(), "2026-11-22"), 404);
  EXPECT_EQ(Attendance(head, "/api/attendance/unsure").size(), 2u);
  EXPECT_EQ(accept(Adviser(), unsure.tap.ToString()), 200);
  EXPECT_EQ(accept(head, unsure.tap.ToString()), 200) << "twice is once";
  const json::array left = Attendance(head, "/api/attendance/unsure");
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].at("tap").as_string(), bens.tap.ToString());
  const json::array all = Attendance(head, "/api/attendance");
  ASSERT_EQ(all.size(), 2u);
  EXPECT_EQ(all[0].at("tapped_at"), before);
  // A mark that was made before the tap came accepts nothing.
  ASSERT_EQ(Mark(head, kBen, "absent").status, 200);
  EXPECT_EQ(Attendance(head, "/api/attendance/unsure").size(), 1u);
}

TEST_F(StaffTest, WhatWasImportedIsNotAskedAbout) {
  Record old = ExampleRecord(1, kAna, kExampleMorningUs, "import");
  old.clock = ClockState::kUnsure;
  ASSERT_TRUE(store_->Store({&old, 1}));
  EXPECT_TRUE(Attendance(Head(), "/api/attendance/unsure").empty());
}

TEST_F(StaffTest, RefusedTapsAreListedForWhoMaySeeThem) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  ASSERT_EQ(Report(gate, {RefusedTap("gate-1.00.1", "Narra"), RefusedTap("gate-1.00.2", "Molave")})
                .status,
            200);
  const json::object listed = Body(Ask("GET", "/api/quarantine", {}, Head()));
  ASSERT_EQ(listed.at("count"), 2);
  const json::object first = listed.at("data").at(0).as_object();
  EXPECT_EQ(first.at("terminal"), "gate-1");
  EXPECT_EQ(first.at("reason"), "too large");
  EXPECT_EQ(first.at("requeued"), false);
  EXPECT_EQ(Body(Ask("GET", "/api/quarantine", {}, Adviser())).at("count"), 1);
  // The list of terminals goes to everyone, so it names nobody.
  EXPECT_THAT(Ask("GET", "/api/terminals", {}, Adviser()).body, Not(HasSubstr("Ana")));
}

TEST_F(StaffTest, AGateIsToldOnceWhatToTryAgain) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers head = Head();
  const json::array taps = {RefusedTap("gate-1.00.1", "Narra"), RefusedTap("gate-1.00.2", "Narra")};
  ASSERT_FALSE(Body(Report(gate, taps)).contains("requeue"));
  const http::Response asked =
      Ask("POST", "/api/terminals/gate-1/requeue", R"({"taps":["gate-1.00.2"]})", head);
  ASSERT_EQ(asked.status, 200) << asked.body;
  const auto requeued = [&](size_t index) {
    return Body(Ask("GET", "/api/quarantine", {}, head)).at("data").at(index).at("requeued");
  };
  EXPECT_EQ(requeued(0), false);
  EXPECT_EQ(requeued(1), true);
  EXPECT_EQ(Body(Report(gate, taps)).at("requeue"), json::array{"gate-1.00.2"});
  EXPECT_EQ(requeued(1), true);  // told, but not done yet
  EXPECT_FALSE(Body(Report(gate, taps)).contains("requeue"));
  EXPECT_EQ(requeued(1), false);  // tried, and refused again
  EXPECT_EQ(Body(Ask("POST", "/api/terminals/gate-1/requeue", "{}", head)).at("count"), 2);
  EXPECT_EQ(Body(Report(gate, taps)).at("requeue"), "all");
}

TEST_F(StaffTest, AGateHearsThatTheSchoolsFactsChanged) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const json::value before = Body(Report(gate, {})).at("school");
  EXPECT_EQ(Body(Report(gate, {})).at("school"), before);
  const Person person = ExamplePerson("00112233", "Cara", "Diaz", "Narra");
  ASSERT_TRUE(PutPeople(*store_, {person}));
  clock_.SleepFor(std::chrono::seconds(2));
  EXPECT_NE(Body(Report(gate, {})).at("school"), before);
}

TEST_F(StaffTest, OnlyAdministratorsHaveTapsTriedAgain) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const char* const target = "/api/terminals/gate-1/requeue";
  EXPECT_EQ(Ask("POST", target, "{}", Adviser()).status, 403);
  EXPECT_EQ(Ask("POST", target, "{}", gate).status, 403);
  EXPECT_EQ(Ask("POST", target, "{}").status, 401);
  EXPECT_EQ(Ask("POST", "/api/terminals/gate-9/requeue", "{}", Head()).status, 404);
  for (const char* body : {R"({"taps":[]})", R"({"taps":"all"})", R"({"taps":[1]})"}) {
    EXPECT_EQ(Ask("POST", target, body, Head()).status, 400) << body;
  }
}

TEST_F(StaffTest, WhatAGateSaysOfRefusedTapsIsBounded) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  json::array many;
  for (int i = 0; i < 60; ++i) many.push_back(RefusedTap("gate-1.00.1", "Narra"));
  ASSERT_EQ(Report(gate, many).status, 200);
  EXPECT_EQ(Body(Ask("GET", "/api/quarantine", {}, Head())).at("count"), 20);
  ASSERT_EQ(
      Report(gate, {"text", 7, json::object{{"tap", 5}, {"reason", std::string(600, 'x')}}}).status,
      200);
  const json::object listed = Body(Ask("GET", "/api/quarantine", {}, Head()));
  ASSERT_EQ(listed.at("count"), 1);
  EXPECT_EQ(listed.at("data").at(0).at("reason"), "");
}

}  // namespace
}  // namespace tamtap
