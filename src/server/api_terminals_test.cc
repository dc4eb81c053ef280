// What terminals ask of the API, and what it tells of them.
#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

class ApiTerminalsTest : public ServerFixture {};

TEST_F(ApiTerminalsTest, EachRecordHasItsOwnOutcomeInOrder) {
  const http::Headers terminal = EnrolledTerminal("gate-1");
  EnrolledTerminal("gate-9");
  std::string body;
  AppendJson(ExampleRecord(1), body);
  body += "\nno json\n";
  AppendJson(ExampleRecord(2, "DEADBEEF", kExampleMorningUs, "gate-9"), body);
  body += "\n";
  AppendJson(ExampleRecord(3, "DEADBEEF"), body);
  const http::Response response = Ask("POST", "/api/terminal/records", body, terminal);
  ASSERT_EQ(response.status, 200) << response.body;
  const json::array results = Body(response).at("results").as_array();
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].at("outcome"), "stored");
  EXPECT_EQ(results[1].at("outcome"), "rejected");
  EXPECT_EQ(results[2].at("outcome"), "retry") << "it may be the only copy";
  EXPECT_EQ(results[3].at("outcome"), "stored");
  const http::Response again = Ask("POST", "/api/terminal/records", body, terminal);
  EXPECT_EQ(Body(again).at("results").at(0).at("outcome"), "already_stored");
}

TEST_F(ApiTerminalsTest, ALargeSchoolIsToldInSlicesOfOneVersionHoweverItChangesMeanwhile) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  std::vector<Person> crowd;
  for (int i = 10; i < 15; ++i) {
    crowd.push_back(ExamplePerson("CAFE00" + std::to_string(i), "Cora", "Lim", "Narra"));
  }
  ASSERT_TRUE(PutPeople(*store_, crowd));
  SliceJoin slices;
  const auto ask = [&](const std::string& limit) {
    const SlicePlace place = slices.place();
    std::string target = "/api/terminal/school?changes=1&limit=" + limit;
    if (place.have > 0) {
      target += "&version=" + place.version + "&from=" + std::to_string(place.have);
    }
    const http::Response response = Ask("GET", target, {}, gate);
    EXPECT_EQ(response.status, 200) << response.body;
    auto slice = SchoolUpdateFromJson(json::parse(response.body), "here");
    EXPECT_LE(slice->school.people.size(), 3u);
    return slices.Add(*std::move(slice), People());
  };
  EXPECT_FALSE(*ask("3"));
  const std::string version = slices.place().version;
  clock_.Advance(std::chrono::seconds(5));
  ASSERT_TRUE(PutPeople(*store_, {ExamplePerson(kAna, "Anna", "Reyes", "Narra")}));
  EXPECT_FALSE(*ask("2")) << "a gate may ask for fewer";
  const auto last = ask("3");
  ASSERT_TRUE(last && *last);
  EXPECT_EQ((*last)->version, version);
  ASSERT_EQ((*last)->school.people.size(), 7u);
  EXPECT_EQ((*last)->school.people[0].first_name, "Ana") << "as it was at that version";
  // What came after it is little, and needs no slices.
  const http::Response response = Ask("GET", "/api/terminal/school?changes=1&limit=3", {},
                                      {gate[0], {"If-None-Match", "\"" + version + "\""}});
  ASSERT_EQ(response.status, 200);
  EXPECT_EQ(Body(response).at("students").as_array().size(), 1u);
  EXPECT_FALSE(Body(response).contains("next"));
}

TEST_F(ApiTerminalsTest, AServerThatStartedAnewGoesOnWithTheSlicesOfTheSameVersion) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const std::string target = "/api/terminal/school?changes=1&limit=1";
  const json::object first = Body(Ask("GET", target, {}, gate));
  EXPECT_EQ(first.at("next"), 1);
  const std::string version(first.at("version").as_string());
  api_ = MakeApi({directory_ / "web", directory_ / "photos"});
  const json::object second = Body(Ask("GET", target + "&from=1&version=" + version, {}, gate));
  EXPECT_EQ(second.at("from"), 1);
  EXPECT_EQ(second.at("students").as_array().size(), 1u);
  EXPECT_NE(second.at("students"), first.at("students"));
  // Of a version that is no more, there is only a beginning.
  const json::object other = Body(Ask("GET", target + "&from=1&version=9-gone", {}, gate));
  EXPECT_FALSE(other.contains("from") && other.at("from") != 0);
  EXPECT_EQ(other.at("students"), first.at("students"));
}

TEST_F(ApiTerminalsTest, MetricsTellOfTerminalsAndForgetRevokedOnes) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  EnrolledTerminal("gate-2");
  ASSERT_EQ(Ask("POST", "/api/hardware/status",
                R"({"state":"IDLE","pending":7,"quarantined":1,"stored":42})", gate)
                .status,
            200);
  std::string body;
  AppendJson(ExampleRecord(1), body);
  ASSERT_EQ(Ask("POST", "/api/terminal/records", body, gate).status, 200);
  const http::Headers head = Head();
  std::string text = Ask("GET", "/metrics", {}, head).body;
  EXPECT_THAT(text, HasSubstr("tamtap_terminal_pending{terminal=\"gate-1\"} 7"));
  EXPECT_THAT(text, HasSubstr("tamtap_terminal_quarantined{terminal=\"gate-1\"} 1"));
  EXPECT_THAT(text,
              HasSubstr("tamtap_terminal_outcomes{outcome=\"stored\",terminal=\"gate-1\"} 42"));
  EXPECT_THAT(text, HasSubstr("tamtap_terminal_up{terminal=\"gate-1\"} 1"));
  EXPECT_THAT(text, HasSubstr("tamtap_ingest_outcomes_total{outcome=\"stored\"} 1"));
  EXPECT_THAT(text, HasSubstr("terminal=\"gate-2\""));
  ASSERT_TRUE(identity_->RevokeTerminal("gate-2"));
  text = Ask("GET", "/metrics", {}, head).body;
  EXPECT_THAT(text, Not(HasSubstr("terminal=\"gate-2\"")));
}

TEST_F(ApiTerminalsTest, WhatATerminalSaysOfItselfIsTyped) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers head = Head();
  const std::string hostile = R"({"pending":"<b>","quarantined":-1,"name":"head","online":"yes",)"
                              R"("last_error":["x"],"deep":{"a":{"b":1}},"clock":"unsure",)"
                              R"("readers_away":["pn532",7,["x"]]})";
  ASSERT_EQ(Ask("POST", "/api/hardware/status", hostile, gate).status, 200);
  const json::object state =
      Body(Ask("GET", "/api/terminals", {}, head)).at("data").at(0).as_object();
  EXPECT_EQ(state.at("name"), "gate-1");
  EXPECT_EQ(state.at("online"), true);
  EXPECT_EQ(state.at("pending"), 0);
  EXPECT_EQ(state.at("quarantined"), 0);
  EXPECT_EQ(state.at("last_error"), "");
  EXPECT_EQ(state.at("clock"), "unsure");
  EXPECT_FALSE(state.contains("deep"));
  EXPECT_EQ(state.at("readers_away"), (json::array{"pn532"}));
  for (const char* body : {"", "[]", "7", "{", "{}"}) {
    EXPECT_EQ(Ask("POST", "/api/hardware/status", body, gate).status, 400) << body;
  }
  EXPECT_EQ(Ask("POST", "/api/hardware/status", std::string(40'000, ' '), gate).status, 413);
  clock_.Advance(std::chrono::seconds(16));
  EXPECT_EQ(Body(Ask("GET", "/api/terminals", {}, head)).at("data").at(0).at("online"), false);
}

TEST_F(ApiTerminalsTest, ARevokedTerminalIsRefusedAtOnce) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, gate).status, 200);
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  for (const Route& route : api_->router().routes()) {
    if (route.access == Access::kPublic) continue;
    EXPECT_EQ(Ask(route.method, route.pattern, {}, gate).status, 401) << route.pattern;
  }
}

// `Date` tells whole seconds: what was said at a gate in the second after the school was changed
// here would count as said before.
TEST_F(ApiTerminalsTest, TerminalsAreToldTheTimeToTheMicrosecond) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  clock_.Advance(std::chrono::microseconds(510'001));
  EXPECT_EQ(Ask("GET", "/api/terminal/school", {}, gate).Header("TamTap-Time"),
            std::to_string(clock_.Now().time_since_epoch().count()));
}

TEST_F(ApiTerminalsTest, ATerminalFetchesTheSchoolOnlyWhenItHasChanged) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Response first = Ask("GET", "/api/terminal/school", {}, gate);
  ASSERT_EQ(first.status, 200);
  EXPECT_EQ(Body(first).at("students").as_array().size(), 2u);
  http::Headers knowing = gate;
  knowing.emplace_back("If-None-Match", first.Header("ETag"));
  EXPECT_EQ(Ask("GET", "/api/terminal/school", {}, knowing).status, 304);
  ASSERT_TRUE(
      PutPeople(*store_, std::vector<Person>{ExamplePerson("A0000001", "Cora", "Lim", "Narra")}));
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Ask("GET", "/api/terminal/school", {}, knowing).status, 200);
  // With the store away, what is known goes on being served.
  store_->fail = Error{ErrorCode::kRetry, "connect", 0, ""};
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(Ask("GET", "/api/terminal/school", {}, gate).status, 200);
}

TEST_F(ApiTerminalsTest, TooManyOrTooStrangeRecordsHarmNobody) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  std::string body;
  for (int i = 0; i < 5001; ++i) body += "x\n";
  EXPECT_EQ(Ask("POST", "/api/terminal/records", body, gate).status, 413);
  std::string good;
  AppendJson(ExampleRecord(1), good);
  body = std::string(100'000, '[') + "\n" + good + "\n{\"tap\":\"\xff\"}\n" + good + "\r\n\n \n";
  const json::array results =
      Body(Ask("POST", "/api/terminal/records", body, gate)).at("results").as_array();
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].at("outcome"), "rejected");
  EXPECT_EQ(results[1].at("outcome"), "stored");
  EXPECT_EQ(results[2].at("outcome"), "rejected");
  EXPECT_EQ(results[3].at("outcome"), "already_stored");
  EXPECT_EQ(Body(Ask("POST", "/api/terminal/records", "", gate)).at("results").as_array().size(),
            0u);
}

}  // namespace
}  // namespace tamtap
