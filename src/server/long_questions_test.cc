// Nobody who comes with taps waits for who asks about a year.
#include <fmt/core.h>
#include <gmock/gmock.h>

#include <condition_variable>
#include <latch>
#include <mutex>
#include <thread>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

using std::chrono::seconds;

// Where an answer comes to.
class Answers {
 public:
  std::shared_ptr<http::Responder> For(std::string name) {
    return std::make_shared<OneAnswer>(*this, std::move(name));
  }
  // Waits until `count` answers of that name have come, or it takes too long.
  bool Come(const std::string& name, size_t count = 1) {
    std::unique_lock lock(mutex_);
    return came_.wait_for(lock, seconds(60), [&] { return statuses_[name].size() >= count; });
  }
  std::vector<int> Of(const std::string& name) {
    const std::unique_lock lock(mutex_);
    return statuses_[name];
  }

 private:
  class OneAnswer final : public http::Responder {
   public:
    OneAnswer(Answers& answers, std::string name) : answers_(answers), name_(std::move(name)) {}
    void Send(http::Response response) override { answers_.Note(name_, response.status); }
    void OnGone(std::function<void()>) override {}

   private:
    Answers& answers_;
    const std::string name_;
  };

  void Note(const std::string& name, int status) {
    const std::unique_lock lock(mutex_);
    statuses_[name].push_back(status);
    came_.notify_all();
  }

  std::mutex mutex_;
  std::condition_variable came_;
  std::map<std::string, std::vector<int>> statuses_;
};

class LongQuestionsTest : public ServerFixture {
 protected:
  http::Request Request(const std::string& method, const std::string& target,
                        const http::Headers& who, std::string body = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.headers = who;
    request.headers.emplace_back("Host", "gate.local:3000");
    request.remote_address = remote_address_;
    request.body = std::move(body);
    return request;
  }
  // As the server's workers do: as many as they are, one request after the other.
  void OnWorkers(const std::vector<std::pair<std::string, http::Request>>& requests) {
    const auto next = std::make_shared<std::atomic<size_t>>(0);
    for (int worker = 0; worker < http::ServerOptions{}.worker_threads; ++worker) {
      workers_.emplace_back([this, requests, next] {
        for (size_t i = (*next)++; i < requests.size(); i = (*next)++) {
          api_->OnRequest(requests[i].second, answers_.For(requests[i].first));
        }
      });
    }
  }

  Answers answers_;
  std::vector<std::jthread> workers_;
};

TEST_F(LongQuestionsTest, TapsAreTakenWhileTwelveQuestionsAboutAYearAreStuck) {
  const http::Headers head = Head();
  const http::Headers gate = EnrolledTerminal("gate-1");
  std::string tap;
  AppendJson(ExampleRecord(1), tap);
  std::vector<std::pair<std::string, http::Request>> requests;
  const char* const period = "from=2025-10-20&to=2026-11-23";
  for (int i = 0; i < 3; ++i) {
    for (const char* const route : {"/api/attendance/range/query", "/api/reports/attendance",
                                    "/api/export/csv", "/api/attendance/unsure"}) {
      requests.emplace_back("question", Request("GET", fmt::format("{}?{}", route, period), head));
    }
  }
  requests.emplace_back("tap", Request("POST", "/api/terminal/records", gate, tap));
  requests.emplace_back("health", Request("GET", "/api/health", {}));
  std::latch answer{1};
  store_->hold_finding = &answer;
  OnWorkers(requests);
  EXPECT_TRUE(answers_.Come("tap")) << "the tap waits for the questions";
  EXPECT_TRUE(answers_.Come("health"));
  EXPECT_TRUE(answers_.Of("question").empty()) << "they are stuck";
  store_->hold_finding = nullptr;
  answer.count_down();
  ASSERT_TRUE(answers_.Come("question", 12));
  EXPECT_THAT(answers_.Of("question"), ::testing::Each(200));
  EXPECT_THAT(answers_.Of("tap"), ::testing::ElementsAre(200));
  EXPECT_EQ(store_->FindAttendance({"2026-11-23", "2026-11-23", {}, {}})->size(), 1u);
}

TEST_F(LongQuestionsTest, OnePersonsQuestionsLeaveRoomForAnothersAndStrangersTakeNone) {
  const http::Headers head = Head();
  const http::Headers adviser = Adviser();
  std::vector<std::pair<std::string, http::Request>> requests;
  const std::string target = "/api/attendance/range/query?from=2025-10-20&to=2026-11-23";
  for (int i = 0; i < 100; ++i) {
    requests.emplace_back("stranger", Request("GET", target, {}));
    requests.emplace_back("forger", Request("GET", target, {{"Cookie", "tamtap_session=00"}}));
    requests.emplace_back("head", Request("GET", target, head));
  }
  requests.emplace_back("adviser", Request("GET", target, adviser));
  std::latch answer{1};
  store_->hold_finding = &answer;
  OnWorkers(requests);
  workers_.clear();  // all have been taken in, or turned away
  EXPECT_THAT(answers_.Of("stranger"), ::testing::Each(401));
  EXPECT_THAT(answers_.Of("forger"), ::testing::Each(401));
  EXPECT_THAT(answers_.Of("head"), ::testing::Each(503));
  EXPECT_TRUE(answers_.Of("adviser").empty()) << "theirs is in the line";
  store_->hold_finding = nullptr;
  answer.count_down();
  ASSERT_TRUE(answers_.Come("adviser"));
  EXPECT_THAT(answers_.Of("adviser"), ::testing::ElementsAre(200));
  ASSERT_TRUE(answers_.Come("head", 100));
}

}  // namespace
}  // namespace tamtap
