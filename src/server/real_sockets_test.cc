// The whole server at once: HTTP over real sockets, the live feed by long polling, SQLite, and the
// client that terminals use.
#include <thread>

#include "http/client.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class RealSocketsTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    api_ = std::make_unique<ApiServer>(ApiOptions{directory_ / "web", directory_ / "photos"},
                                       *store_, *identity_, *TimeZone::Load("Asia/Manila"),
                                       SystemClock(), SystemRandom());
    http::ServerOptions options;
    options.version = "1.0.0";
    auto http = http::StartServer(options, *api_);
    ASSERT_TRUE(http) << http.error().Message();
    http_ = *std::move(http);
    api_->Start();
    client_ = NewClient();
    const http::Response response = Send(*client_, "POST", "/api/auth/login",
                                         R"({"username":"head","password":"correct horse"})");
    ASSERT_EQ(response.status, 200);
    const std::string cookie(response.Header("Set-Cookie"));
    session_ = {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  }
  void TearDown() override {
    api_->Stop();
    http_->Stop();
  }

  std::unique_ptr<http::Client> NewClient() {
    http::ClientOptions options;
    options.timeout = milliseconds(20'000);
    return http::MakeClient(
        http::Url{
            .tls = false, .host = "127.0.0.1", .port = std::to_string(http_->port()), .path = ""},
        options);
  }
  static http::Response Send(http::Client& client, std::string method, std::string target,
                             std::string body = {}, http::Headers headers = {}) {
    http::Request request;
    request.method = std::move(method);
    request.target = std::move(target);
    request.body = std::move(body);
    request.headers = std::move(headers);
    auto response = client.Send(std::move(request));
    EXPECT_TRUE(response) << response.error().Message();
    return response ? *std::move(response) : http::Response{.status = 0};
  }

  // A page on the live feed, by long polling.
  class Page {
   public:
    Page(std::unique_ptr<http::Client> client, http::Headers headers)
        : client_(std::move(client)), headers_(std::move(headers)) {
      const std::string open = Send(*client_, "GET", target_, {}, headers_).body;
      EXPECT_THAT(open, StartsWith("0{"));
      target_ += "&sid=" + json::value_to<std::string>(json::parse(open.substr(1)).at("sid"));
      EXPECT_EQ(Send(*client_, "POST", target_, "40", headers_).body, "ok");
    }
    // The next packet but pings, or "closed".
    std::string Next() {
      while (packets_.empty()) {
        const http::Response response = Send(*client_, "GET", target_, {}, headers_);
        if (response.status != 200) return "closed";
        std::string_view body = response.body;
        while (!body.empty()) {
          const size_t end = std::min(body.find('\x1e'), body.size());
          packets_.emplace_back(body.substr(0, end));
          body.remove_prefix(std::min(end + 1, body.size()));
        }
      }
      const std::string packet = packets_.front();
      packets_.erase(packets_.begin());
      return packet;
    }
    std::string NextBut(std::string_view uninteresting) {
      std::string packet;
      do {
        packet = Next();
      } while (packet.starts_with(uninteresting));
      return packet;
    }

   private:
    const std::unique_ptr<http::Client> client_;
    const http::Headers headers_;
    std::string target_ = "/socket.io/?EIO=4&transport=polling";
    std::vector<std::string> packets_;
  };

  static Record TapOfToday(uint64_t sequence, const char* card) {
    return ExampleRecord(sequence, card, SystemClock().Now().time_since_epoch().count());
  }

  std::unique_ptr<http::Server> http_;
  std::unique_ptr<http::Client> client_;
  http::Headers session_;
};

TEST_F(RealSocketsTest, ATapOfATerminalReachesStoreAndPage) {
  Page page(NewClient(), session_);
  EXPECT_THAT(page.Next(), StartsWith("40{\"sid\""));
  const auto token = NewTerminalToken(*identity_, SystemRandom(), SystemClock(), "gate-1");
  const http::Response enrolled =
      Send(*client_, "POST", "/api/terminal/enroll", R"({"token":")" + token->token + "\"}");
  ASSERT_EQ(enrolled.status, 200) << enrolled.body;
  const auto terminal =
      central::OpenHttp(NewClient(), json::value_to<std::string>(Body(enrolled).at("secret")));
  ASSERT_TRUE(terminal->Ping());
  const Record record = TapOfToday(1, kAna);
  const auto outcomes = terminal->Store(std::vector<Record>{record});
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  EXPECT_EQ(outcomes->at(0).kind, OutcomeKind::kStored);
  const std::string heard = page.NextBut("42[\"system:status\"");
  EXPECT_THAT(heard, StartsWith("42[\"attendance:new\""));
  EXPECT_THAT(heard, HasSubstr(record.tap.ToString()));
  const auto arrivals = terminal->ArrivalsOf(record.day);
  ASSERT_TRUE(arrivals);
  EXPECT_EQ(arrivals->size(), 1u);
  const auto school = terminal->PullSchool("");
  ASSERT_TRUE(school);
  EXPECT_EQ((*school)->school.people.size(), 2u);
  const http::Response today = Send(*client_, "GET", "/api/attendance", {}, session_);
  EXPECT_EQ(Body(today).at("count"), 1);
  EXPECT_NE(today.Header("Date"), "");
  // Revoked: refused from the next call on.
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  const auto refused = terminal->Ping();
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kDenied);
}

TEST_F(RealSocketsTest, WhatAnotherProcessStoresReachesThePageByItself) {
  Page page(NewClient(), session_);
  EXPECT_THAT(page.Next(), StartsWith("40{\"sid\""));
  EXPECT_THAT(page.Next(), StartsWith("42[\"system:status\"")) << "at once";
  const auto other = central::OpenSqlite(directory_ / "central.db");
  ASSERT_TRUE(other);
  ASSERT_TRUE((*other)->Store(std::vector<Record>{TapOfToday(1, kAna)}));
  EXPECT_THAT(page.NextBut("42[\"system:status\""), StartsWith("42[\"attendance:new\""));
}

TEST_F(RealSocketsTest, SigningOutEndsTheLiveFeedWithinFiveSeconds) {
  Page page(NewClient(), session_);
  EXPECT_THAT(page.Next(), StartsWith("40{\"sid\""));
  const auto start = std::chrono::steady_clock::now();
  ASSERT_EQ(Send(*client_, "POST", "/api/auth/logout", {}, session_).status, 200);
  EXPECT_EQ(page.NextBut("42[\"system:status\""), "41");
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(RealSocketsTest, WithoutASessionALiveFeedIsRefusedAndSilent) {
  Page page(NewClient(), {});
  EXPECT_THAT(page.Next(), testing::AllOf(StartsWith("44"), HasSubstr("unauthorised")));
}

TEST_F(RealSocketsTest, ManyAskAtOnceAndTheServerStopsInTime) {
  std::vector<std::thread> threads;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      const auto client = NewClient();
      const char* targets[] = {"/api/attendance", "/api/stats/summary", "/api/students",
                               "/api/health"};
      for (int n = 0; n < 25; ++n) {
        const std::string target = targets[(i + n) % 4];
        answered += Send(*client, "GET", target, {}, session_).status == 200 ? 1 : 0;
      }
    });
  }
  for (int n = 0; n < 50; ++n) {
    api_->NoteStored(std::vector<Record>{TapOfToday(static_cast<uint64_t>(n + 1), kBen)});
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(answered, 200);
}

}  // namespace
}  // namespace tamtap
