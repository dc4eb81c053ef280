#include "notify/notifier.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <vector>

#include "http/our_answer.h"
#include "tap/example_record.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

// What reached the server, and whether it answers.
struct Network {
  Mutex mutex;
  CondVar changed;
  std::vector<http::Request> requests GUARDED_BY(mutex);
  bool away GUARDED_BY(mutex) = false;
  bool stuck GUARDED_BY(mutex) = false;
  bool stranger GUARDED_BY(mutex) = false;

  size_t WaitFor(std::string_view target, size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    MutexLock lock(mutex);
    for (;;) {
      size_t found = 0;
      for (const auto& request : requests) found += request.target == target;
      if (found >= count || std::chrono::steady_clock::now() > deadline) return found;
      changed.WaitFor(mutex, milliseconds(100));
    }
  }
  // Whether a body with that text arrived in time.
  bool WaitForBody(std::string_view text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    MutexLock lock(mutex);
    while (requests.empty() || requests.back().body.find(text) == std::string::npos) {
      if (std::chrono::steady_clock::now() > deadline) return false;
      changed.WaitFor(mutex, milliseconds(100));
    }
    return true;
  }
  void SetStuck(bool value) {
    MutexLock lock(mutex);
    stuck = value;
    changed.NotifyAll();
  }
};

class FakeClient final : public http::Client {
 public:
  explicit FakeClient(Network& network) : network_(network) {}
  Result<http::Response> Send(http::Request request) override {
    MutexLock lock(network_.mutex);
    while (network_.stuck) network_.changed.Wait(network_.mutex);
    if (network_.away) return Error{ErrorCode::kRetry, "connect", 111, ""};
    http::Response response = http::OurAnswer(200, "the answer to " + request.body);
    if (network_.stranger) response.headers.clear();
    network_.requests.push_back(std::move(request));
    network_.changed.NotifyAll();
    return response;
  }

 private:
  Network& network_;
};

TEST(NotifierTest, TapsAndRefusalsArriveInTheirOrderWithTheTerminalsSecret) {
  Network network;
  Notifier notifier(std::make_unique<FakeClient>(network), {.secret = "s3cret", .status = nullptr});
  notifier.Accepted(ExampleRecord(1), false);
  notifier.Refused("DEADBEEF", "", "UNKNOWN_CARD");
  ASSERT_EQ(network.WaitFor("/api/hardware/fail", 1), 1u);
  MutexLock lock(network.mutex);
  EXPECT_EQ(network.requests[0].target, "/api/hardware/attendance");
  EXPECT_EQ(network.requests[0].Header("authorization"), "Bearer s3cret");
  EXPECT_EQ(network.requests[1].body,
            R"({"nfc_id":"DEADBEEF","name":null,"reason":"UNKNOWN_CARD"})");
}

TEST(NotifierTest, AStuckServerHoldsUpNobodyAndTheOldestEventsMakeRoom) {
  Network network;
  network.SetStuck(true);
  Notifier notifier(std::make_unique<FakeClient>(network),
                    {.secret = {}, .queue_capacity = 10, .status = nullptr});
  for (uint64_t n = 1; n <= 100; ++n) notifier.Accepted(ExampleRecord(n), false);
  network.SetStuck(false);
  EXPECT_TRUE(network.WaitForBody(ExampleRecord(100).tap.ToString()));
  MutexLock lock(network.mutex);
  EXPECT_GE(network.requests.size(), 10u);
  EXPECT_LE(network.requests.size(), 11u);  // one may have been on its way
}

TEST(NotifierTest, TheStatusIsSentAtStartAndOnChange) {
  Network network;
  Notifier notifier(std::make_unique<FakeClient>(network),
                    {.secret = {}, .status = [] { return std::string("{\"pending\":3}"); }});
  EXPECT_EQ(network.WaitFor("/api/hardware/status", 1), 1u);
  notifier.StatusChanged();
  EXPECT_EQ(network.WaitFor("/api/hardware/status", 2), 2u);
  EXPECT_TRUE(notifier.StopWithin(milliseconds(5'000)));
}

TEST(NotifierTest, TheAnswerToAStatusIsHandedOn) {
  Network network;
  Mutex mutex;
  std::vector<std::string> answers;
  Notifier notifier(std::make_unique<FakeClient>(network),
                    {.secret = {},
                     .status = [] { return std::string("{}"); },
                     .answered =
                         [&](const std::string& body) {
                           MutexLock lock(mutex);
                           answers.push_back(body);
                           return answers.size() < 3;
                         }});
  notifier.Accepted(ExampleRecord(1), false);  // its answer is nobody's
  ASSERT_EQ(network.WaitFor("/api/hardware/attendance", 1), 1u);
  ASSERT_GE(network.WaitFor("/api/hardware/status", 3), 3u);  // as soon as they are asked for
  ASSERT_TRUE(notifier.StopWithin(std::chrono::seconds(10)));
  MutexLock lock(mutex);
  ASSERT_FALSE(answers.empty());
  EXPECT_EQ(answers[0], "the answer to {}");
}

TEST(NotifierTest, NobodyHearsWhatAStrangerAnswersToAStatus) {
  Network network;
  {
    MutexLock lock(network.mutex);
    network.stranger = true;
  }
  std::atomic<int> answers{0};
  Notifier notifier(std::make_unique<FakeClient>(network),
                    {.secret = {},
                     .status_interval = milliseconds(1),
                     .status = [] { return std::string("{}"); },
                     .answered =
                         [&](const std::string&) {
                           ++answers;
                           return false;
                         }});
  ASSERT_GE(network.WaitFor("/api/hardware/status", 3), 3u);
  ASSERT_TRUE(notifier.StopWithin(std::chrono::seconds(10)));
  EXPECT_EQ(answers, 0);
}

// As the servers of earlier TamTap installations answer: in JSON, without a word of ours.
class EarlierServer final : public http::Client {
 public:
  explicit EarlierServer(Network& network) : network_(network) {}
  Result<http::Response> Send(http::Request request) override {
    MutexLock lock(network_.mutex);
    network_.requests.push_back(std::move(request));
    network_.changed.NotifyAll();
    return http::Response{
        200, {{"Content-Type", "application/json; charset=utf-8"}}, R"({"success":true})"};
  }

 private:
  Network& network_;
};

TEST(NotifierTest, AnEarlierServerHearsOfNoDepartureAndOfNobodyWithoutAName) {
  Network network;
  Notifier notifier(std::make_unique<EarlierServer>(network),
                    {.secret = {}, .status = [] { return std::string("{}"); }});
  ASSERT_GE(network.WaitFor("/api/hardware/status", 1), 1u);
  notifier.Accepted(ExampleRecord(1), false);
  notifier.Accepted(ExampleRecord(2), /*departure=*/true);
  notifier.Refused("DEADBEEF", "", "UNKNOWN_CARD");
  ASSERT_EQ(network.WaitFor("/api/hardware/fail", 1), 1u);
  MutexLock lock(network.mutex);
  EXPECT_EQ(std::count_if(
                network.requests.begin(), network.requests.end(),
                [](const auto& request) { return request.target == "/api/hardware/attendance"; }),
            1);
  EXPECT_EQ(network.requests.back().body,
            R"({"nfc_id":"DEADBEEF","name":"Unknown card","reason":"UNKNOWN_CARD"})");
}

TEST(NotifierTest, OurServerHearsOfDepartures) {
  Network network;
  Notifier notifier(std::make_unique<FakeClient>(network),
                    {.secret = {}, .status = [] { return std::string("{}"); }});
  ASSERT_GE(network.WaitFor("/api/hardware/status", 1), 1u);
  notifier.Accepted(ExampleRecord(1), false);
  notifier.Accepted(ExampleRecord(2), /*departure=*/true);
  EXPECT_EQ(network.WaitFor("/api/hardware/attendance", 2), 2u);
}

}  // namespace
}  // namespace tamtap
