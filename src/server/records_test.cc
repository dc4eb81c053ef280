// How records may come: as they are, or compressed.
#include <gmock/gmock.h>

#include "base/gzip.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

class RecordsTest : public ServerFixture {
 protected:
  http::Response Send(std::string body, const std::string& encoding) {
    http::Headers headers = gate_;
    headers.emplace_back("Content-Encoding", encoding);
    return Ask("POST", "/api/terminal/records", std::move(body), std::move(headers));
  }
  static std::string Lines(uint64_t count) {
    std::string lines;
    for (uint64_t i = 1; i <= count; ++i) {
      AppendJson(ExampleRecord(i), lines);
      lines += '\n';
    }
    return lines;
  }
  void SetUp() override {
    ServerFixture::SetUp();
    gate_ = EnrolledTerminal("gate-1");
  }
  http::Headers gate_;
};

TEST_F(RecordsTest, CompressedRecordsAreStoredAndTheServerSaysThatItReadsThem) {
  const http::Response plain = Ask("POST", "/api/terminal/records", Lines(1), gate_);
  EXPECT_EQ(plain.Header("Accept-Encoding"), "gzip");
  const http::Response response = Send(Gzip(Lines(40)).value(), "gzip");
  ASSERT_EQ(response.status, 200) << response.body;
  const auto body = Body(response);
  const boost::json::array& results = body.at("results").as_array();
  ASSERT_EQ(results.size(), 40u);
  EXPECT_EQ(results[0].at("outcome"), "already_stored");
  EXPECT_EQ(results[39].at("outcome"), "merged");
}

TEST_F(RecordsTest, ABombIsTooLargeAndBrokenOrUnknownCompressionStoresNothing) {
  EXPECT_EQ(Send(Gzip(std::string(100 << 20, ' ')).value(), "gzip").status, 413);
  const std::string whole = Gzip(Lines(40)).value();
  EXPECT_EQ(Send(whole.substr(0, whole.size() - 1), "gzip").status, 400);
  EXPECT_EQ(Send(Lines(1), "gzip").status, 400);
  EXPECT_EQ(Send(whole, "br").status, 415);
  EXPECT_TRUE(store_->FindAttendance({"2026-11-23", "2026-11-23", {}, {}})->empty());
}

TEST_F(RecordsTest, ATerminalIsToldWhichStoreThisIsAndWhichTapsItLacks) {
  Ask("POST", "/api/terminal/records", Lines(2), gate_);
  const StoreIdentity identity = *store_->Identity();
  const auto hello = Body(Ask("GET", "/api/terminal/hello?store=1", {}, gate_));
  EXPECT_EQ(hello.at("store").at("id").as_string(), identity.id);
  EXPECT_EQ(hello.at("store").at("epoch").as_string(), identity.epoch);
  EXPECT_FALSE(Body(Ask("GET", "/api/terminal/hello", {}, gate_)).contains("store"));

  boost::json::array taps;
  for (uint64_t i = 1; i <= 3; ++i) {
    const Record record = ExampleRecord(i);
    taps.push_back(
        {{"tap", record.tap.ToString()}, {"day", record.day}, {"person", record.person}});
  }
  const std::string question = boost::json::serialize(boost::json::object{{"taps", taps}});
  const http::Response response = Ask("POST", "/api/terminal/lacking", question, gate_);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(Body(response).at("asked"), 3);
  EXPECT_EQ(Body(response).at("lacking"),
            boost::json::array{boost::json::string(ExampleRecord(3).tap.ToString())});
}

TEST_F(RecordsTest, AQuestionThatIsNotOneIsRefusedAndAStoreThatIsAwaySaysSo) {
  const auto ask = [&](const std::string& body) {
    return Ask("POST", "/api/terminal/lacking", body, gate_).status;
  };
  EXPECT_EQ(ask(""), 400);
  EXPECT_EQ(ask(R"({"taps":[1]})"), 400);
  EXPECT_EQ(ask(R"({"taps":[{"tap":"gate-1.00.1"}]})"), 400);
  EXPECT_EQ(ask(R"({"taps":[{"tap":"gate-1.00.1","day":"today","person":"A"}]})"), 400);
  std::string many = R"({"taps":[)";
  for (size_t i = 0; i <= kMostLookups; ++i) {
    many += R"({"tap":"gate-1.00.1","day":"2026-11-23","person":"A"},)";
  }
  many.back() = ']';
  EXPECT_EQ(ask(many + "}"), 413);
  EXPECT_EQ(ask(std::string(600 << 10, ' ')), 413);
  EXPECT_EQ(Ask("POST", "/api/terminal/lacking", R"({"taps":[]})", Head()).status, 403);
  store_->fail = Error{ErrorCode::kRetry, "reach the store", 0, ""};
  EXPECT_EQ(ask(R"({"taps":[]})"), 503);
  EXPECT_EQ(Ask("GET", "/api/terminal/hello?store=1", {}, gate_).status, 503);
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, gate_).status, 200);
}

TEST_F(RecordsTest, WhatTheStoreDidNotTakeIsNotCalledStored) {
  std::string lines;
  AppendJson(ExampleRecord(1), lines);
  store_->fail_storing = Error{ErrorCode::kRetry, "store records", 0, "the disk is gone"};
  const http::Response failed = Ask("POST", "/api/terminal/records", lines, gate_);
  EXPECT_EQ(failed.status, 503) << failed.body;
  store_->fail_storing.reset();
  const http::Response response = Ask("POST", "/api/terminal/records", lines, gate_);
  ASSERT_EQ(response.status, 200) << response.body;
  EXPECT_EQ(Body(response).at("results").at(0).at("outcome"), "stored");
}

TEST_F(RecordsTest, AGateThatGotAnotherNameBringsItsBacklogUnlessTheNameIsStillAnothers) {
  const auto results = [&](const std::string& terminal) {
    std::string lines;
    AppendJson(ExampleRecord(1, "176B3325", kExampleMorningUs, terminal), lines);
    lines += '\n';
    AppendJson(ExampleRecord(2, "DEADBEEF", kExampleMorningUs, "gate-1"), lines);
    const http::Response response = Ask("POST", "/api/terminal/records", lines, gate_);
    EXPECT_EQ(response.status, 200);
    return Body(response).at("results").as_array();
  };
  EXPECT_EQ(results("name-before").at(0).at("outcome"), "stored");
  const http::Headers other = EnrolledTerminal("gate-2");
  const auto refused = results("gate-2");
  EXPECT_EQ(refused.at(0).at("outcome"), "retry");
  EXPECT_THAT(std::string(refused.at(0).at("reason").as_string()),
              ::testing::HasSubstr("tamtap terminals revoke gate-2"));
  EXPECT_EQ(refused.at(1).at("outcome"), "already_stored");
  const auto hello = Body(Ask("GET", "/api/terminal/hello?former=gate-2,elsewhere,", {}, gate_));
  EXPECT_EQ(hello.at("former").at("gate-2"), refused.at(0).at("reason"));
  EXPECT_EQ(hello.at("former").at("elsewhere"), "");
  ASSERT_TRUE(identity_->RevokeTerminal("gate-2"));
  EXPECT_EQ(results("gate-2").at(0).at("outcome"), "merged");
  // What staff say of a day is nobody's tap, whatever is said about names.
  EXPECT_EQ(results("staff").at(0).at("outcome"), "rejected");
}

TEST_F(RecordsTest, EnrollingUnderANewNameEndsTheOldOneIfItsSecretIsKnown) {
  const auto token = NewTerminalToken(*identity_, random_, clock_, "gate-9");
  const std::string secret = std::string(gate_[0].second).substr(std::string("Bearer ").size());
  const http::Response enrolled =
      Ask("POST", "/api/terminal/enroll",
          boost::json::serialize(boost::json::object{
              {"token", token->token}, {"former_secret_sha256", HashSecret(secret)}}));
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, gate_).status, 401);
  gate_ = {{"Authorization", "Bearer " + std::string(Body(enrolled).at("secret").as_string())}};
  const auto results = Body(Ask("POST", "/api/terminal/records", Lines(1), gate_));
  EXPECT_EQ(results.at("results").at(0).at("outcome"), "stored");
}

}  // namespace
}  // namespace tamtap
