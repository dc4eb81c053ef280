#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <deque>

#include "base/gzip.h"
#include "base/test_directory.h"
#include "central/central_store_contract.h"
#include "central/stores.h"
#include "central/terminal_api_fixture.h"
#include "http/our_answer.h"

namespace tamtap::central {
namespace {

class HttpHarness final : public StoreHarness {
 public:
  std::unique_ptr<CentralStore> NewClient() override {
    return OpenHttp(std::make_unique<TerminalApi>(store_), "secret");
  }
  SchoolStore& Observer() override { return *store_; }
  // On its way as JSON, text that is no UTF-8 is mended, so it arrives and is fine.
  bool SeesBrokenText() const override { return false; }

 private:
  TestDirectory directory_;
  const std::shared_ptr<SchoolStore> store_ = *OpenSqlite(directory_ / "central.db");
};

INSTANTIATE_TEST_SUITE_P(Http, CentralStoreContract,
                         testing::Values([] { return std::make_unique<HttpHarness>(); }));

// Gives what it is told to give, and keeps what it was sent.
struct Script {
  std::deque<Result<http::Response>> answers;
  std::vector<http::Request> requests;
};

class ScriptedClient final : public http::Client {
 public:
  explicit ScriptedClient(Script& script) : script_(script) {}
  Result<http::Response> Send(http::Request request) override {
    script_.requests.push_back(std::move(request));
    if (script_.answers.empty()) return Error{ErrorCode::kRetry, "no more answers", 0, {}};
    auto answer = script_.answers.front();
    script_.answers.pop_front();
    return answer;
  }

 private:
  Script& script_;
};

class HttpStoreTest : public testing::Test {
 protected:
  void Give(int status, std::string body, http::Headers headers = {}) {
    script_.answers.push_back(http::OurAnswer(status, std::move(body), std::move(headers)));
  }
  void GiveStrangers(int status, std::string body, http::Headers headers = {}) {
    script_.answers.push_back(http::Response{status, std::move(headers), std::move(body)});
  }
  static std::string Stored(const std::vector<Record>& records) {
    std::string results;
    for (const Record& record : records) {
      if (!results.empty()) results += ',';
      results += fmt::format(R"({{"tap":"{}","outcome":"stored"}})", record.tap.ToString());
    }
    return fmt::format(R"({{"success":true,"results":[{}]}})", results);
  }
  ErrorCode StoreFails() {
    const auto outcomes = store_->Store(two_);
    EXPECT_FALSE(outcomes);
    return outcomes ? ErrorCode::kClosed : outcomes.error().code;
  }

  const std::vector<Record> two_ = {ExampleRecord(1), ExampleRecord(2)};
  Script script_;
  std::unique_ptr<CentralStore> store_ =
      OpenHttp(std::make_unique<ScriptedClient>(script_), "s3cret");
};

TEST_F(HttpStoreTest, RecordsGoAsLinesWithTheTerminalsSecret) {
  Give(200, Stored(two_));
  const auto outcomes = store_->Store(two_);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ(outcomes->size(), 2u);
  ASSERT_EQ(script_.requests.size(), 1u);
  const http::Request& request = script_.requests[0];
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/api/terminal/records");
  EXPECT_EQ(request.Header("authorization"), "Bearer s3cret");
  std::string lines;
  for (const Record& record : two_) {
    AppendJson(record, lines);
    lines += '\n';
  }
  EXPECT_EQ(request.body, lines);
}

TEST_F(HttpStoreTest, NothingButAPlainAnswerConfirms) {
  const std::string good = Stored(two_);
  const std::vector<std::string> answers = {
      "",
      "<html>captive portal</html>",
      "null",
      "[]",
      "{}",
      good.substr(0, good.size() - 1),
      R"({"results":[]})",
      R"({"success":false,"results":[]})",
      R"({"success":"true","results":[]})",
      R"({"success":true})",
      R"({"success":true,"results":{}})",
      R"({"success":true,"results":[]})",
      R"({"success":true,"results":[1,2]})",
      Stored({two_[0]}),                    // one too few
      Stored({two_[0], two_[1], two_[1]}),  // one too many
      Stored({two_[1], two_[0]}),           // in another order
      Stored({two_[0], ExampleRecord(3)}),  // another tap
      R"({"success":true,"results":[{"tap":"gate-1.00112233445566ff.1","outcome":"stored"},)"
      R"({"tap":"gate-1.00112233445566ff.2","outcome":"fine"}]})",
      R"({"success":true,"results":[{"tap":"gate-1.00112233445566ff.1","outcome":"stored"},)"
      R"({"tap":"gate-1.00112233445566ff.2"}]})",
      std::string(5000, '['),
  };
  for (const std::string& answer : answers) {
    Give(200, answer);
    EXPECT_EQ(StoreFails(), ErrorCode::kRetry) << answer;
  }
}

TEST_F(HttpStoreTest, EveryOutcomeComesThrough) {
  Give(200, R"({"success":true,"results":[{"tap":"gate-1.00112233445566ff.1","outcome":"rejected",)"
            R"("reason":"no such day"},{"tap":"gate-1.00112233445566ff.2","outcome":"retry"}]})");
  const auto outcomes = store_->Store(two_);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ((*outcomes)[0], (Outcome{OutcomeKind::kRejected, "no such day"}));
  EXPECT_EQ((*outcomes)[1], (Outcome{OutcomeKind::kRetry, ""}));
}

TEST_F(HttpStoreTest, ALongReasonIsCutBetweenCharacters) {
  std::string reason = "a";
  while (reason.size() < 600) reason += "\u00F1";
  const std::string first = R"({"tap":"gate-1.00112233445566ff.1","outcome":"retry","reason":")";
  const std::string second = R"({"tap":"gate-1.00112233445566ff.2","outcome":"retry"})";
  Give(200, R"({"success":true,"results":[)" + first + reason + R"("},)" + second + "]}");
  EXPECT_EQ(store_->Store(two_)->front().reason, reason.substr(0, 511));
}

TEST_F(HttpStoreTest, WhoIsNotLetInPausesAndIsToldWhatToDo) {
  for (const int status : {401, 403}) {
    Give(status, R"({"success":false})");
    const auto outcomes = store_->Store(two_);
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().code, ErrorCode::kDenied);
    EXPECT_NE(outcomes.error().Message().find("enroll"), std::string::npos);
  }
  const auto stranger = OpenHttp(std::make_unique<ScriptedClient>(script_), "");
  const size_t before = script_.requests.size();
  EXPECT_EQ(stranger->Ping().error().code, ErrorCode::kDenied);
  EXPECT_EQ(stranger->Store(two_).error().code, ErrorCode::kDenied);
  EXPECT_EQ(stranger->PullSchool("").error().code, ErrorCode::kDenied);
  EXPECT_EQ(script_.requests.size(), before) << "nothing is sent without a secret";
}

TEST_F(HttpStoreTest, AServerInTroubleIsAnotherTry) {
  for (const int status : {404, 408, 429, 500, 502, 503, 504}) {
    Give(status, "oops", {{"Retry-After", "17"}});
    const auto outcomes = store_->Store(two_);
    ASSERT_FALSE(outcomes);
    EXPECT_EQ(outcomes.error().code, ErrorCode::kRetry) << status;
    if (status == 429 || status == 503) {
      EXPECT_EQ(outcomes.error().hint, "Retry-After: 17");
    }
  }
  Give(301, "", {{"Location", "http://elsewhere/"}});
  EXPECT_EQ(StoreFails(), ErrorCode::kMisconfigured);
  script_.answers.push_back(Error{ErrorCode::kRetry, "connect", 0, {}});
  EXPECT_EQ(StoreFails(), ErrorCode::kRetry);
}

TEST_F(HttpStoreTest, ATooLargeBatchIsHalvedUntilItFits) {
  std::vector<Record> records;
  for (uint64_t i = 1; i <= 5; ++i) records.push_back(ExampleRecord(i));
  const std::span<const Record> all(records);
  const auto some = [&](size_t from, size_t count) {
    const auto part = all.subspan(from, count);
    return Stored({part.begin(), part.end()});
  };
  Give(413, "");
  Give(200, some(0, 2));
  Give(413, "");
  Give(413, R"({"success":false,"error":"too large"})");  // the third, alone
  Give(200, some(3, 2));
  const auto outcomes = store_->Store(records);
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  ASSERT_EQ(outcomes->size(), 5u);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ((*outcomes)[i].kind, i == 2 ? OutcomeKind::kRejected : OutcomeKind::kStored) << i;
  }
  EXPECT_EQ((*outcomes)[2].reason, "too large");
}

TEST_F(HttpStoreTest, NoOtherStatusOfOurServerRefusesATapForGood) {
  Give(400, "");  // of both, then of each
  Give(400, R"({"success":false,"error":"no sense"})");
  Give(200, Stored({two_[1]}));
  const auto outcomes = store_->Store(two_);
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kRetry) << "and it holds up nobody behind it";
  EXPECT_NE((*outcomes)[0].reason.find("no sense"), std::string::npos);
  EXPECT_EQ((*outcomes)[1].kind, OutcomeKind::kStored);
  for (const int status : {401, 403, 404, 405, 408, 415, 429, 431, 500, 501, 503, 507}) {
    Give(status, R"({"success":false,"results":[]})");
    EXPECT_FALSE(store_->Store({&two_[0], 1})) << status;
  }
}

TEST_F(HttpStoreTest, AStrangersAnswerIsAnotherTryWhateverItSays) {
  const std::string all_stored = Stored(two_);
  for (const int status : {200, 204, 301, 302, 304, 400, 401, 403, 404, 413, 415, 429, 502, 503}) {
    for (const std::string& body :
         {std::string(), std::string("<html>sign in</html>"), all_stored}) {
      const http::Headers headers = {{"Retry-After", "86400"},
                                     {"Date", "Tue, 19 Jan 2038 03:14:07 GMT"},
                                     {"Location", "http://192.168.1.1/"},
                                     {"Accept-Encoding", "gzip"}};
      const size_t before = script_.requests.size();
      for (int i = 0; i < 4; ++i) GiveStrangers(status, body, headers);
      EXPECT_EQ(StoreFails(), ErrorCode::kRetry) << status;
      EXPECT_EQ(store_->Ping().error().code, ErrorCode::kRetry) << status;
      EXPECT_FALSE(store_->PullSchool("v")) << status;
      EXPECT_FALSE(store_->ArrivalsOf("2026-11-23")) << status;
      EXPECT_EQ(script_.requests.size(), before + 4) << "nothing is halved or sent again";
      EXPECT_EQ(store_->AskedToWait(), std::chrono::milliseconds(0)) << status;
      EXPECT_FALSE(store_->TimeTold()) << status;
    }
  }
}

TEST_F(HttpStoreTest, TheTimeIsToldToTheMicrosecondWhereThatAgreesWithTheDate) {
  constexpr int64_t kSecond = 1'795'388'400;
  const auto told = [this](const std::string& time) {
    Give(200, Stored(two_), {{"Date", "Sun, 22 Nov 2026 23:00:00 GMT"}, {"TamTap-Time", time}});
    EXPECT_TRUE(store_->Store(two_));
    return store_->TimeTold()->wall.time_since_epoch().count();
  };
  EXPECT_EQ(told("1795388400987654"), kSecond * 1'000'000 + 987'654);
  EXPECT_EQ(told("1795388399999999"), kSecond * 1'000'000 - 1) << "read just before the date";
  for (const char* other : {"", "soon", "1795388400987654 and more", "1795388402000000",
                            "-9223372036854775808", "99999999999999999999"}) {
    EXPECT_EQ(told(other), kSecond * 1'000'000) << other;
  }
}

TEST_F(HttpStoreTest, AClockThatIsVouchedForIsBelievedWhateverAProxyWritesAsTheDate) {
  constexpr int64_t kProxys = 1'577'836'800;
  const auto told = [this](const std::string& time) {
    Give(200, Stored(two_),
         {{"Date", "Wed, 01 Jan 2020 00:00:00 GMT"},
          {"TamTap-Time", time},
          {"TamTap-Clock", "vouched"}});
    EXPECT_TRUE(store_->Store(two_));
    return store_->TimeTold()->wall.time_since_epoch().count();
  };
  EXPECT_EQ(told("1795388400987654"), 1'795'388'400'987'654);
  for (const char* no_time : {"", "-5", "99999999999999999999", "253402300800000000", "1e15"}) {
    EXPECT_EQ(told(no_time), kProxys * 1'000'000) << no_time;
  }
}

TEST_F(HttpStoreTest, WhatBecameOfTheFirstHalfIsKeptWhenTheSecondFails) {
  Give(400, "");
  Give(200, Stored({two_[0]}));
  script_.answers.push_back(Error{ErrorCode::kRetry, "connect", 0, {}});
  const auto outcomes = store_->Store(two_);
  ASSERT_TRUE(outcomes);
  EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kStored);
  EXPECT_EQ((*outcomes)[1].kind, OutcomeKind::kRetry);
  EXPECT_FALSE((*outcomes)[1].reason.empty());
}

TEST_F(HttpStoreTest, RecordsAreCompressedOnceTheServerSaysItReadsThat) {
  const http::Headers reads_gzip = {{"Accept-Encoding", "gzip"}};
  std::vector<Record> records;
  std::string lines;
  for (uint64_t i = 1; i <= 50; ++i) {
    records.push_back(ExampleRecord(i));
    AppendJson(records.back(), lines);
    lines += '\n';
  }
  Give(200, Stored(records), reads_gzip);
  Give(200, Stored(records), reads_gzip);
  Give(200, Stored({records[0]}), reads_gzip);
  ASSERT_TRUE(store_->Store(records));
  ASSERT_TRUE(store_->Store(records));
  ASSERT_TRUE(store_->Store({&records[0], 1}));
  EXPECT_EQ(script_.requests[0].body, lines) << "nobody has asked for anything else yet";
  EXPECT_EQ(script_.requests[1].Header("Content-Encoding"), "gzip");
  EXPECT_LT(script_.requests[1].body.size(), lines.size() / 5);
  EXPECT_EQ(Gunzip(script_.requests[1].body, 1 << 20).value(), lines);
  EXPECT_EQ(script_.requests[2].Header("Content-Encoding"), "") << "one record is small enough";
}

TEST_F(HttpStoreTest, WhatCannotBeReadCompressedGoesPlainAndCostsNoRecord) {
  std::vector<Record> records;
  for (uint64_t i = 1; i <= 50; ++i) records.push_back(ExampleRecord(i));
  for (const int status : {400, 415}) {
    Give(200, Stored(records), {{"Accept-Encoding", "gzip"}});
    Give(status, "");
    Give(200, Stored(records));
    Give(200, Stored(records));
    for (int i = 0; i < 3; ++i) {
      const auto outcomes = store_->Store(records);
      ASSERT_TRUE(outcomes);
      EXPECT_EQ((*outcomes)[49].kind, OutcomeKind::kStored);
    }
    EXPECT_EQ(script_.requests.back().Header("Content-Encoding"), "");
  }
  EXPECT_EQ(script_.requests.size(), 8u);
}

TEST_F(HttpStoreTest, HalfASchoolIsNoSchool) {
  for (const char* const body :
       {R"({"success":true,"students":[]})", R"({"success":true,"version":"v"})",
        R"({"success":true,"version":"v","students":{}})",
        R"({"success":true,"version":"v","students":[{"nfc_id":""}]})"}) {
    Give(200, body);
    const auto pulled = store_->PullSchool("");
    ASSERT_FALSE(pulled) << body;
    EXPECT_EQ(pulled.error().code, ErrorCode::kRetry);
  }
  // Unasked for, "not modified" says nothing.
  Give(304, "");
  EXPECT_FALSE(store_->PullSchool(""));
}

TEST_F(HttpStoreTest, OneUnreadableRowOfTheSchoolCostsItselfAlone) {
  Give(200, R"({"success":true,"version":"v","students":[{"nfc_id":""},{"nfc_id":"176B3325",)"
            R"("first_name":"Ana","section":"Narra"}],"calendar":[{"type":"party"},)"
            R"({"type":"suspension","date":"2026-11-23"}]})");
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  ASSERT_TRUE(*pulled);
  ASSERT_EQ((*pulled)->school.people.size(), 1u);
  EXPECT_EQ((*pulled)->school.people[0].first_name, "Ana");
  EXPECT_EQ((*pulled)->school.calendar.size(), 1u);
}

TEST_F(HttpStoreTest, ALargeSchoolIsAskedForInSlices) {
  Give(200, R"({"success":true,"version":"1 a","students":[{"nfc_id":"CAFE0001"}],"next":2})");
  Give(200, R"({"success":true,"version":"1 a","students":[{"nfc_id":"CAFE0003"}],"from":2})");
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  EXPECT_EQ((*pulled)->school.people.size(), 2u);
  EXPECT_EQ(script_.requests.back().Query("version"), "1 a");
  EXPECT_EQ(script_.requests.back().Query("from"), "2");
}

TEST_F(HttpStoreTest, ASchoolThatChangesAmidItsSlicesIsFetchedAnew) {
  Give(200, R"({"success":true,"version":"v1","students":[{"nfc_id":"CAFE0001"}],"next":1})");
  Give(200, R"({"success":true,"version":"v2","students":[{"nfc_id":"CAFE0002"}],"next":1})");
  Give(200, R"({"success":true,"version":"v2","students":[{"nfc_id":"CAFE0003"}],"from":1})");
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  EXPECT_EQ((*pulled)->version, "v2");
  ASSERT_EQ((*pulled)->school.people.size(), 2u);
  EXPECT_EQ((*pulled)->school.people[0].person, "CAFE0002");
}

TEST_F(HttpStoreTest, OneUnreadableArrivalCostsItselfAlone) {
  Give(200, R"({"success":true,"records":[{"nfc_id":7},{"tap":"..0","nfc_id":"176B3325",)"
            R"("date":"2026-11-23 07:00:00","status":"on_time"}]})");
  const auto arrivals = store_->ArrivalsOf("2026-11-23");
  ASSERT_TRUE(arrivals) << arrivals.error().Message();
  EXPECT_EQ(arrivals->size(), 1u);
}

TEST_F(HttpStoreTest, ArrivalsOfAnExistingDatabaseNeedNoTapId) {
  Give(
      200,
      R"({"success":true,"records":[{"tap":"..0","nfc_id":"176B3325","date":"2026-11-23 07:00:00",)"
      R"("status":"on_time"}]})");
  const auto arrivals = store_->ArrivalsOf("2026-11-23");
  ASSERT_TRUE(arrivals) << arrivals.error().Message();
  ASSERT_EQ(arrivals->size(), 1u);
  EXPECT_EQ((*arrivals)[0].person, "176B3325");
  EXPECT_EQ((*arrivals)[0].day, "2026-11-23");
}

}  // namespace
}  // namespace tamtap::central
