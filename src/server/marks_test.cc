// Marks in full: with a reason, for days ahead, of a whole section, of who was here without a card,
// and taken back; and who has not tapped.
#include "server/server_fixture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

class MarksTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    head_ = Head();
    const std::vector<Person> more = {ExamplePerson("00000011", "Cara", "Diaz", "Narra"),
                                      ExamplePerson("00000012", "Dan", "Lim", "Narra")};
    ASSERT_TRUE(PutPeople(*store_, more));
  }
  http::Response Mark(json::object body, const std::string& day = "2026-11-23") {
    clock_.Advance(std::chrono::seconds(1));
    return Ask("POST", "/api/attendance/" + day + "/marks", json::serialize(body), head_);
  }
  json::array Day(const std::string& day = "2026-11-23") {
    return Body(Ask("GET", "/api/attendance/" + day, {}, head_)).at("records").as_array();
  }
  http::Response Undo(const char* card, const http::Headers& who) {
    clock_.Advance(std::chrono::seconds(1));
    return Ask("DELETE", std::string("/api/attendance/2026-11-23/marks/") + card, {}, who);
  }
  http::Response Notice(const std::string& what, json::object body) {
    clock_.Advance(std::chrono::seconds(1));
    return Ask("POST", "/api/notifications/" + what, json::serialize(body), head_);
  }

  http::Headers head_;
};

TEST_F(MarksTest, AMarkSaysWhyAndWho) {
  ASSERT_EQ(Mark({{"nfc_id", kAna}, {"status", "excused"}, {"reason", "Medical"}, {"note", "Flu"}})
                .status,
            200);
  const json::value record = Day().at(0);
  EXPECT_EQ(record.at("excuse_reason"), "Medical");
  EXPECT_EQ(record.at("excuse_note"), "Flu");
  EXPECT_EQ(record.at("marked_by"), "head");
  EXPECT_EQ(record.at("marked_by_name"), "head");
  EXPECT_THAT(std::string(record.at("marked_at").as_string()), HasSubstr("2026-11-23T07:00:01"));
}

TEST_F(MarksTest, OneIsExcusedFromADayAheadAndAbsentFromNone) {
  EXPECT_EQ(Mark({{"nfc_id", kAna}, {"status", "excused"}}, "2026-12-01").status, 200);
  EXPECT_EQ(Day("2026-12-01").at(0).at("status"), "excused");
  EXPECT_EQ(Mark({{"nfc_id", kAna}, {"status", "absent"}}, "2026-12-01").status, 400);
  EXPECT_EQ(Mark({{"nfc_id", kAna}, {"status", "present"}}, "2026-12-01").status, 400);
  EXPECT_EQ(Mark({{"nfc_id", kAna}, {"status", "excused"}}, "2028-01-01").status, 400);
  // Who comes all the same is recorded.
  const Record tap = ExampleRecord(1, kAna, kExampleMorningUs + int64_t{8} * 86'400'000'000);
  ASSERT_EQ(tap.day, "2026-12-01");
  ASSERT_TRUE(store_->Store({&tap, 1}));
  EXPECT_EQ(Day("2026-12-01").at(0).at("status"), "on_time");
}

TEST_F(MarksTest, WhoWasHereWithoutACardIsPresentByTheTimeThatStaffSay) {
  ASSERT_EQ(Mark({{"nfc_id", kAna}, {"status", "present"}, {"time", "7:05"}}).status, 200);
  ASSERT_EQ(Mark({{"nfc_id", kBen}, {"status", "present"}, {"time", "07:45"}}).status, 200);
  ASSERT_EQ(Mark({{"nfc_id", "00000011"}, {"status", "present"}}).status, 200);
  std::map<std::string, std::string> statuses;
  for (const json::value& each : Day()) {
    statuses[std::string(each.at("nfc_id").as_string())] = each.at("status").as_string();
    if (each.at("nfc_id") == kAna) {
      EXPECT_EQ(each.at("time"), "07:05:00");
      EXPECT_EQ(each.at("date"), "2026-11-23 07:05:00");
      EXPECT_EQ(each.at("session"), "AM");
    }
  }
  EXPECT_EQ(statuses[kAna], "on_time");
  EXPECT_EQ(statuses[kBen], "late");
  EXPECT_EQ(statuses["00000011"], "on_time");
  EXPECT_EQ(Body(Ask("GET", "/api/stats/summary", {}, head_)).at("stats").at("present"), 3);
  EXPECT_EQ(Mark({{"nfc_id", kAna}, {"status", "absent"}, {"time", "07:05"}}).status, 400);
  EXPECT_EQ(Mark({{"nfc_id", kAna}, {"status", "present"}, {"time", "soon"}}).status, 400);
}

TEST_F(MarksTest, AWholeSectionIsMarkedButForThoseOfWhomSomethingIsKnown) {
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  ASSERT_EQ(Mark({{"nfc_id", "00000011"}, {"status", "excused"}}).status, 200);
  const json::object done = Body(Mark({{"section", "Narra"}, {"status", "absent"}}));
  EXPECT_EQ(done.at("marked"), 1);
  EXPECT_EQ(done.at("skipped").as_array().size(), 2u);
  EXPECT_EQ(Day().size(), 3u);
  EXPECT_EQ(Body(Mark({{"section", "Narra"}, {"status", "absent"}})).at("marked"), 0);
  const json::object some =
      Body(Mark({{"nfc_ids", {kBen, "12345678"}}, {"status", "excused"}, {"reason", "Weather"}}));
  EXPECT_EQ(some.at("marked"), 1);
  EXPECT_EQ(some.at("skipped").at(0).at("nfc_id"), "12345678");
  EXPECT_EQ(Mark({{"section", "Narra"}, {"status", "absent"}}, "2026-11-22").status, 409)
      << "a Sunday";
  const http::Response foreign = Ask("POST", "/api/attendance/2026-11-23/marks",
                                     R"({"section":"Molave","status":"absent"})", Adviser());
  EXPECT_EQ(foreign.status, 404);
}

TEST_F(MarksTest, WhoeverNamesNeitherASectionNorCardsMarksNobody) {
  for (const json::value& section : {json::value(""), json::value(nullptr), json::value(7),
                                     json::value(json::object()), json::value(json::array())}) {
    EXPECT_EQ(Mark({{"section", section}, {"status", "absent"}}).status, 400) << section;
    EXPECT_EQ(Mark({{"nfc_id", kAna}, {"section", section}, {"status", "absent"}}).status, 400);
  }
  EXPECT_EQ(Mark({{"nfc_ids", "176B3325"}, {"status", "absent"}}).status, 400);
  EXPECT_TRUE(Day().empty());
}

TEST_F(MarksTest, WhatStaffSaidLastIsTakenBack) {
  const http::Headers adviser = Adviser();
  ASSERT_EQ(Mark({{"nfc_id", kAna}, {"status", "absent"}}).status, 200);
  clock_.Advance(std::chrono::seconds(1));
  ASSERT_EQ(Ask("POST", "/api/attendance/2026-11-23/marks",
                std::string(R"({"nfc_id":")") + kAna + R"(","status":"excused"})", adviser)
                .status,
            200);
  EXPECT_EQ(Day().at(0).at("status"), "excused");
  EXPECT_EQ(Body(Undo(kAna, head_)).at("record").at("status"), "absent");
  EXPECT_TRUE(Body(Undo(kAna, adviser)).at("record").is_null());
  EXPECT_TRUE(Day().empty());
  EXPECT_EQ(Undo(kAna, head_).status, 404);
  // A tap stays, and so does what is known of it.
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  EXPECT_EQ(Undo(kAna, head_).status, 404);
  ASSERT_EQ(Mark({{"nfc_id", kAna}, {"status", "absent"}}).status, 200);
  EXPECT_EQ(Body(Undo(kAna, head_)).at("record").at("status"), "on_time");
  // It can be said again.
  ASSERT_EQ(Mark({{"nfc_id", kBen}, {"status", "absent"}}).status, 200);
  ASSERT_EQ(Undo(kBen, head_).status, 200);
  ASSERT_EQ(Mark({{"nfc_id", kBen}, {"status", "absent"}}).status, 200);
  EXPECT_EQ(Day().size(), 2u);
  EXPECT_EQ(Undo(kBen, adviser).status, 404) << "another's section";
}

TEST_F(MarksTest, MarksAreInTheAuditTrail) {
  ASSERT_EQ(Mark({{"nfc_id", kAna}, {"status", "absent"}}).status, 200);
  ASSERT_EQ(Undo(kAna, head_).status, 200);
  const json::array trail = Body(Ask("GET", "/api/audit", {}, head_)).at("data").as_array();
  ASSERT_GE(trail.size(), 2u);
  EXPECT_EQ(trail[0].at("what"), "undo a mark");
  EXPECT_EQ(trail[1].at("what"), "mark absent");
  EXPECT_EQ(trail[1].at("whom"), kAna);
  EXPECT_EQ(Body(Ask("GET", "/api/audit?who=adviser", {}, head_)).at("count"), 0);
}

TEST_F(MarksTest, WhoHasNotTappedIsListedBySection) {
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  const json::object pending = Body(Ask("GET", "/api/notifications/pending", {}, head_));
  EXPECT_EQ(pending.at("count"), 3);
  EXPECT_EQ(pending.at("sections"), 2);
  EXPECT_EQ(pending.at("data").at(0).at("section"), "Molave");
  EXPECT_EQ(pending.at("data").at(1).at("students").as_array().size(), 2u);
  EXPECT_EQ(Body(Ask("GET", "/api/notifications/count?section=Narra", {}, head_)).at("count"), 2);
  EXPECT_EQ(Body(Ask("GET", "/api/notifications/count", {}, Adviser())).at("count"), 2);
  EXPECT_EQ(Body(Ask("GET", "/api/notifications/count?date=2026-11-22", {}, head_)).at("count"), 0)
      << "nobody is missing on a Sunday";
}

TEST_F(MarksTest, ExistingPagesMarkByTheirOwnWords) {
  EXPECT_EQ(Notice("mark-absent", {{"nfc_id", kBen}}).status, 200);
  const http::Response again = Notice("mark-absent", {{"nfc_id", kBen}});
  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(Body(again).at("current_status"), "absent");
  const http::Response unreasoned = Notice("mark-excused", {{"nfc_id", kAna}, {"reason", "x"}});
  EXPECT_EQ(unreasoned.status, 400);
  EXPECT_EQ(Body(unreasoned).at("valid_reasons").as_array().size(), 6u);
  EXPECT_EQ(Body(unreasoned).at("success"), false);
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  const json::object excused =
      Body(Notice("mark-excused", {{"nfc_id", kAna}, {"reason", "Medical"}}));
  EXPECT_EQ(excused.at("data").at("status"), "on_time") << "a tap wins";
  EXPECT_EQ(Body(Notice("bulk-absent", {{"section", "Narra"}})).at("marked"), 2);
  EXPECT_EQ(Body(Notice("bulk-absent", {})).at("marked"), 0);
  EXPECT_EQ(Notice("mark-absent", {}).status, 400);
  EXPECT_EQ(Notice("mark-absent", {{"nfc_id", "12345678"}}).status, 404);
}

}  // namespace
}  // namespace tamtap
