// A gate that lied is revoked, and what it brought is taken out of the attendance.
#include "server/voiding.h"

#include "server/server_fixture.h"
#include "tap/imported_tap_id.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

constexpr int64_t kDayUs = 86'400'000'000;

class VoidingTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    gate_ = EnrolledTerminal("gate-1");
    other_ = EnrolledTerminal("gate-2");
  }

  json::object Send(const Record& record, const http::Headers& gate) {
    std::string line;
    AppendJson(record, line);
    return Body(Ask("POST", "/api/terminal/records", line, gate)).at("results").at(0).as_object();
  }
  std::string Outcome(const Record& record, const http::Headers& gate) {
    return json::value_to<std::string>(Send(record, gate).at("outcome"));
  }
  http::Response Void(const http::Headers& who, const std::string& since = "2026-11-23",
                      const std::string& terminal = "gate-1") {
    return Ask("POST", "/api/terminals/" + terminal + "/void",
               json::serialize(json::object{{"since", since}}), who);
  }
  bool Lacks(const Record& record, const http::Headers& gate) {
    const json::array taps = {
        {{"tap", record.tap.ToString()}, {"day", record.day}, {"person", record.person}}};
    const http::Response response =
        Ask("POST", "/api/terminal/lacking", json::serialize(json::object{{"taps", taps}}), gate);
    return !Body(response).at("lacking").as_array().empty();
  }
  std::vector<std::string> Taps() {
    std::vector<std::string> taps;
    const auto found = store_->FindAttendance({"2000-01-01", "9999-12-31", {}, {}});
    for (const Attendance& each : *found) {
      for (const TapReference& tap : each.taps) taps.push_back(tap.tap);
    }
    return taps;
  }

  http::Headers gate_;
  http::Headers other_;
};

TEST_F(VoidingTest, WhatARevokedGateBroughtSinceADayIsTakenOutAndStaysOut) {
  const Record before = ExampleRecord(1, kAna, kExampleMorningUs - kDayUs);
  const Record forged = ExampleRecord(2, kAna, kExampleMorningUs);
  const Record honest = ExampleRecord(1, kAna, kExampleMorningUs + 60'000'000, "gate-2");
  const Record bens = ExampleRecord(3, kBen, kExampleMorningUs);
  for (const Record& record : {before, forged, bens}) EXPECT_EQ(Outcome(record, gate_), "stored");
  EXPECT_EQ(Outcome(honest, other_), "merged");
  const http::Response preview =
      Ask("POST", "/api/terminals/gate-1/void", R"({"since":"2026-11-23","preview":true})", Head());
  ASSERT_EQ(preview.status, 200) << preview.body;
  EXPECT_EQ(Body(preview).at("taps"), 2);
  EXPECT_EQ(Body(preview).at("days"), 1);
  ASSERT_EQ(Taps().size(), 4u) << "a preview changes nothing";
  EXPECT_EQ(Outcome(bens, gate_), "already_stored") << "nor does it keep out what comes";
  EXPECT_EQ(Void(Head()).status, 400) << "revoke it first";
  EXPECT_EQ(Void(Head(), "2026-11-23", "gate-7").status, 400);
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  EXPECT_EQ(Void(Adviser()).status, 403);
  EXPECT_EQ(Void(gate_).status, 401);
  EXPECT_EQ(Void(Head(), "since ever").status, 400);
  EXPECT_EQ(Void(Head(), "2026-11-24").status, 400);
  ASSERT_EQ(Taps().size(), 4u) << "nothing yet";

  const http::Response voided = Void(Head());
  ASSERT_EQ(voided.status, 200) << voided.body;
  EXPECT_EQ(Body(voided).at("taps"), 2);
  EXPECT_EQ(Body(voided).at("days"), 1);
  EXPECT_EQ(Taps(), (std::vector<std::string>{before.tap.ToString(), honest.tap.ToString()}));
  const auto found = store_->FindAttendance({"2026-11-23", "2026-11-23", {}, {}});
  EXPECT_EQ(found->at(0).arrival, honest);

  // The gate is cleaned, enrolled anew, and has it all in its journal still.
  gate_ = EnrolledTerminal("gate-1");
  EXPECT_FALSE(Lacks(forged, gate_)) << "it would send it again";
  const json::object again = Send(forged, gate_);
  EXPECT_EQ(again.at("outcome"), "rejected");
  EXPECT_THAT(json::value_to<std::string>(again.at("reason")), HasSubstr("head voided"));
  EXPECT_EQ(Outcome(before, gate_), "already_stored");
  clock_.Advance(std::chrono::hours(48));
  EXPECT_EQ(Outcome(ExampleRecord(9, kAna, kExampleMorningUs + 2 * kDayUs), gate_), "stored")
      << "what comes after is believed again";
  EXPECT_EQ(Void(Head()).status, 400) << "enrolled again, it must be revoked first";

  const auto audit = Body(Ask("GET", "/api/audit?what=void", {}, Head())).at("data").as_array();
  ASSERT_FALSE(audit.empty());
  EXPECT_EQ(audit[0].at("who"), "head");
  EXPECT_EQ(audit[0].at("what"), "void records");
  EXPECT_EQ(audit[0].at("whom"), "gate-1");
  EXPECT_THAT(json::value_to<std::string>(audit[0].at("detail")),
              HasSubstr("since 2026-11-23: 2 taps on 1 days"));
}

TEST_F(VoidingTest, ItsImportsAndItsFormerNamesGoWithItAndOthersDoNot) {
  Record imported = ExampleRecord(1, kAna, kExampleMorningUs);
  imported.clock = ClockState::kUnsure;
  imported.tap = ImportedTapId(imported);
  Record others = ExampleRecord(1, kBen, kExampleMorningUs);
  others.clock = ClockState::kUnsure;
  others.tap = ImportedTapId(others);
  const Record former = ExampleRecord(5, kBen, kExampleMorningUs + 1, "gate-of-old");
  const Record neighbours = ExampleRecord(5, kBen, kExampleMorningUs + 2, "gate-2");
  EXPECT_EQ(Outcome(imported, gate_), "stored");
  EXPECT_EQ(Outcome(others, other_), "stored");
  EXPECT_EQ(Outcome(former, gate_), "merged");
  EXPECT_EQ(Outcome(neighbours, other_), "merged");
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  ASSERT_EQ(Void(Head()).status, 200);
  EXPECT_EQ(Taps(), (std::vector<std::string>{others.tap.ToString(), neighbours.tap.ToString()}));
  EXPECT_EQ(Outcome(former, other_), "rejected") << "another gate does not bring it back";
  EXPECT_EQ(Outcome(imported, other_), "rejected");
}

TEST_F(VoidingTest, AnErrorHalfwayLeavesTheRestToTheNextTime) {
  for (uint64_t i = 1; i <= 3; ++i) {
    Outcome(ExampleRecord(i, kAna, kExampleMorningUs - static_cast<int64_t>(i) * kDayUs), gate_);
  }
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  const VoidRequest request{"gate-1", "2026-11-01", "2026-11-23", "head", clock_.Now()};
  store_->fail = Error{ErrorCode::kRetry, "open the store", 0, ""};
  const auto failed = VoidRecords(*store_, *identity_, request);
  ASSERT_FALSE(failed);
  EXPECT_THAT(identity_->Trust().Audit({.most = 1})->at(0).detail, HasSubstr("not finished"));
  store_->fail.reset();
  const auto voided = VoidRecords(*store_, *identity_, request);
  ASSERT_TRUE(voided) << voided.error().Message();
  EXPECT_EQ(voided->taps, 3u);
  EXPECT_EQ(voided->days, 3u);
  EXPECT_TRUE(Taps().empty());
}

}  // namespace
}  // namespace tamtap
