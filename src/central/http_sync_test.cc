// A server's answers, and what the sync makes of them: from the status line to the journal.
#include <gmock/gmock.h>

#include <ctime>
#include <optional>
#include <set>

#include "central/stores.h"
#include "http/our_answer.h"
#include "journal/test_journal.h"
#include "sync/sync.h"

namespace tamtap::central {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Answers every request the same way, until told otherwise; confirms taps when it is well.
class FakeServer final : public http::Client {
 public:
  struct State {
    std::optional<http::Response> trouble;  // none: well
    int requests = 0;
    std::set<std::string> taps;
  };
  explicit FakeServer(State& state) : state_(state) {}

  Result<http::Response> Send(http::Request request) override {
    ++state_.requests;
    if (state_.trouble) return *state_.trouble;
    if (request.Path() == "/api/terminal/school") {
      return http::OurAnswer(200, R"({"success":true,"version":"v","students":[]})");
    }
    std::string results;
    for (size_t at = request.body.find("\"tap\":\""); at != std::string::npos;
         at = request.body.find("\"tap\":\"", at + 1)) {
      const std::string tap = request.body.substr(at + 7, request.body.find('"', at + 7) - at - 7);
      state_.taps.insert(tap);
      results +=
          fmt::format(R"({}{{"tap":"{}","outcome":"stored"}})", results.empty() ? "" : ",", tap);
    }
    return http::OurAnswer(200, fmt::format(R"({{"success":true,"results":[{}]}})", results));
  }

 private:
  State& state_;
};

class HttpSyncTest : public journal::JournalTest {
 protected:
  milliseconds Settle() {
    for (int i = 0; i < 1000; ++i) {
      const milliseconds pause = sync_.Step();
      if (pause > milliseconds(0)) return pause;
    }
    ADD_FAILURE() << "it never settles";
    return milliseconds(0);
  }
  uint64_t Pending() { return journal_->Status().pending; }
  // Whatever it was: when the server is well and the pause over, every tap goes.
  void ExpectRecovery(milliseconds pause) {
    server_.trouble.reset();
    for (int i = 0; i < 3 && Pending() > 0; ++i) {
      clock_.Advance(pause);
      pause = Settle();
    }
    EXPECT_EQ(Pending(), 0u);
    EXPECT_EQ(journal_->Status().quarantined, 0u);
    EXPECT_EQ(server_.taps.size(), 5u);
    EXPECT_EQ(sync_.Status().last_error, "");
  }

  std::unique_ptr<journal::Journal> journal_ = Open();
  FakeServer::State server_;
  std::unique_ptr<CentralStore> store_ = OpenHttp(std::make_unique<FakeServer>(server_), "secret");
  SchoolCopy school_{disk_, clock_, "/roster.json", SchoolCopy::Former::kKeep};
  Sync sync_{*journal_, *store_, school_, clock_, random_};
};

TEST_F(HttpSyncTest, RetryAfterIsObeyed) {
  for (const int status : {429, 503}) {
    Append(*journal_, 1, status == 429 ? 5 : 0);
    server_.requests = 0;
    server_.trouble = http::OurAnswer(status, "busy", {{"Retry-After", "30"}});
    if (status == 503) Append(*journal_, 6, 6);
    const milliseconds pause = Settle();
    EXPECT_GE(pause, milliseconds(30'000)) << status;
    EXPECT_LE(pause, milliseconds(35'000)) << status;
    EXPECT_EQ(server_.requests, 1) << status;
    EXPECT_THAT(sync_.Status().last_error, HasSubstr("Retry-After: 30"));
    clock_.Advance(milliseconds(29'000));
    Settle();
    EXPECT_EQ(server_.requests, 1) << status;
    if (status == 503) return;
    ExpectRecovery(milliseconds(7'000));
  }
}

TEST_F(HttpSyncTest, ADateToRetryAfterIsObeyedAndNonsenseIsNot) {
  Append(*journal_, 1, 5);
  const std::time_t later = std::time(nullptr) + 3000;
  char date[64];
  std::tm parts{};
  std::strftime(date, sizeof date, "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&later, &parts));
  server_.trouble = http::OurAnswer(503, "", {{"Retry-After", date}});
  const milliseconds pause = Settle();
  EXPECT_GE(pause, milliseconds(2'900'000));
  EXPECT_LE(pause, milliseconds(3'500'000));
  for (const char* const nonsense : {"soon", "", "-5", "1e9", "Mon, 32 Foo", "12 apples"}) {
    server_.trouble = http::OurAnswer(503, "", {{"Retry-After", nonsense}});
    clock_.Advance(std::chrono::hours(2));
    EXPECT_LE(Settle(), milliseconds(75'000)) << nonsense;
  }
  ExpectRecovery(milliseconds(75'000));
}

TEST_F(HttpSyncTest, ATerminalThatIsNotLetInPausesAndSaysWhatToDo) {
  for (const int status : {401, 403}) {
    Append(*journal_, 1, status == 401 ? 5 : 0);
    server_.requests = 0;
    server_.trouble = http::OurAnswer(status, R"({"success":false})");
    if (status == 403) Append(*journal_, 6, 6);
    EXPECT_GE(Settle(), milliseconds(30'000));
    EXPECT_EQ(server_.requests, 1);
    EXPECT_GT(Pending(), 0u);
    EXPECT_EQ(journal_->Status().quarantined, 0u) << "a key that is refused is no tap's fault";
    EXPECT_FALSE(sync_.Status().connected);
    EXPECT_THAT(sync_.Status().last_error, HasSubstr("tamtap enroll"));
    if (status == 401) ExpectRecovery(milliseconds(80'000));
  }
}

TEST_F(HttpSyncTest, AStrangerNeitherPausesTheSyncNorCostsATap) {
  Append(*journal_, 1, 5);
  for (const int status : {200, 302, 400, 401, 403, 413, 429, 502, 503}) {
    server_.trouble =
        http::Response{status, {{"Retry-After", "86400"}}, R"({"success":true,"results":[]})"};
    EXPECT_LE(Settle(), milliseconds(2'000)) << status << ": it is looked for again soon";
    clock_.Advance(std::chrono::seconds(2));
    EXPECT_EQ(Pending(), 5u) << status;
    EXPECT_THAT(sync_.Status().last_error, HasSubstr("no TamTap server")) << status;
  }
  ExpectRecovery(milliseconds(2'000));
}

TEST_F(HttpSyncTest, NoMalformedAnswerConfirmsATap) {
  Append(*journal_, 1, 5);
  milliseconds pause{0};
  for (const char* const body :
       {"", "<html>sign in to this Wi-Fi</html>", "{}", "[]", "null", R"({"success":true})",
        R"({"success":true,"results":[]})", R"({"success":true,"results":[{},{},{},{},{}]})",
        R"({"success":true,"results":[{"tap":"x","outcome":"stored"}]})"}) {
    server_.trouble = http::OurAnswer(200, body);
    pause = Settle();
    clock_.Advance(std::chrono::minutes(2));
    EXPECT_EQ(Pending(), 5u) << body;
    EXPECT_FALSE(sync_.Status().connected) << body;
  }
  ExpectRecovery(std::chrono::minutes(2));
}

}  // namespace
}  // namespace tamtap::central
