#include "sync/photo_uplink.h"

#include <gmock/gmock.h>

#include <boost/json.hpp>
#include <deque>

#include "base/sha256.h"
#include "http/our_answer.h"
#include "sim/fake_clock.h"
#include "sim/simulated_disk.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

// Takes pieces as our server does, unless it is told to answer otherwise.
struct FakeServer {
  std::map<std::string, std::string> photos;  // by path, as far as they have come
  std::deque<http::Response> odd;             // answers to give instead
  size_t most = SIZE_MAX;                     // bytes that it takes of a piece
  bool away = false;
  std::vector<http::Request> requests;
};

class FakeClient final : public http::Client {
 public:
  FakeClient(FakeServer& server, sim::FakeClock& clock) : server_(server), clock_(clock) {}
  Result<http::Response> Send(http::Request request) override {
    server_.requests.push_back(request);
    clock_.SleepFor(milliseconds(10));
    if (server_.away) return Error{ErrorCode::kRetry, "connect", ECONNREFUSED, ""};
    if (!server_.odd.empty()) {
      http::Response odd = server_.odd.front();
      server_.odd.pop_front();
      return odd;
    }
    std::string& photo = server_.photos[request.Path()];
    if (request.method == "PUT" && std::stoull(request.Query("offset")) == photo.size()) {
      photo += request.body.substr(0, server_.most);
    }
    const bool complete = std::to_string(photo.size()) == request.Query("length");
    EXPECT_TRUE(!complete || Sha256Hex(photo) == request.Query("sha256"));
    return http::OurAnswer(
        200, boost::json::serialize(boost::json::object{
                 {"success", true}, {"received", photo.size()}, {"complete", complete}}));
  }

 private:
  FakeServer& server_;
  sim::FakeClock& clock_;
};

class PhotoUplinkTest : public ::testing::Test {
 protected:
  void AddPhoto(const std::string& path, std::string content) {
    ASSERT_TRUE(disk_.CreateDirectories("/photos/" + path.substr(0, 10)));
    ASSERT_TRUE(WriteFileAtomically(disk_, "/photos/" + path, content));
  }
  bool IsHere(const std::string& path) { return *disk_.Exists("/photos/" + path); }
  // Until there is nothing to do at once; the pause.
  milliseconds Settle() {
    for (int i = 0; i < 10'000; ++i) {
      const milliseconds pause = uplink_.Step();
      if (pause > milliseconds(0)) return pause;
    }
    ADD_FAILURE() << "it never settles";
    return milliseconds(0);
  }
  std::string Sent(const std::string& path) {
    return server_.photos["/api/terminal/photos/" + path];
  }

  static constexpr const char* kAna = "2026-11-23/T1_Ana_070000_AM.jpg";
  const std::string photo_ = std::string(100'000, 'a') + "z";
  sim::SimulatedDisk disk_;
  sim::FakeClock clock_{WallTime(std::chrono::seconds(1'795'388'400))};
  FakeServer server_;
  bool taps_wait_ = false;
  PhotoUplink uplink_{disk_,     clock_,
                      "/photos", std::make_unique<FakeClient>(server_, clock_),
                      "s3cret",  [this] { return taps_wait_; }};
};

TEST_F(PhotoUplinkTest, APhotoGoesInPiecesAndLeavesOnceItIsThere) {
  AddPhoto(kAna, photo_);
  Settle();
  EXPECT_EQ(Sent(kAna), photo_);
  EXPECT_FALSE(IsHere(kAna));
  EXPECT_GT(server_.requests.size(), 3u);
  EXPECT_EQ(server_.requests[0].Header("Authorization"), "Bearer s3cret");
}

TEST_F(PhotoUplinkTest, NoPieceGoesWhileATapWaits) {
  AddPhoto(kAna, photo_);
  EXPECT_EQ(uplink_.Step(), milliseconds(0));
  taps_wait_ = true;
  const size_t before = server_.requests.size();
  EXPECT_GT(uplink_.Step(), milliseconds(0));
  EXPECT_EQ(server_.requests.size(), before);
  taps_wait_ = false;
  Settle();
  EXPECT_EQ(Sent(kAna), photo_);
}

TEST_F(PhotoUplinkTest, ItGoesOnWhereItWasCutOff) {
  AddPhoto(kAna, photo_);
  for (int i = 0; i < 3; ++i) ASSERT_EQ(uplink_.Step(), milliseconds(0));
  const size_t sent = Sent(kAna).size();
  ASSERT_GT(sent, 0u);
  server_.away = true;
  milliseconds pause = Settle();
  for (int i = 0; i < 10; ++i) {
    const milliseconds longer = Settle();
    EXPECT_GE(longer, pause);
    pause = longer;
  }
  EXPECT_EQ(pause, milliseconds(60'000));
  EXPECT_TRUE(IsHere(kAna));
  server_.away = false;
  const size_t asked = server_.requests.size();
  Settle();
  EXPECT_EQ(server_.requests[asked].method, "GET");
  EXPECT_EQ(server_.requests[asked + 1].Query("offset"), std::to_string(sent));
  EXPECT_EQ(Sent(kAna), photo_);
}

TEST_F(PhotoUplinkTest, NewestDayFirstAndNothingThatIsNoPhoto) {
  AddPhoto("2026-11-20/old.jpg", "old");
  AddPhoto("2026-11-23/new.jpg", "new");
  AddPhoto("2026-11-23/half.jpg.new", "half");
  AddPhoto("not-a-day!/x.jpg", "x");
  Settle();
  EXPECT_EQ(server_.requests.front().Path(), "/api/terminal/photos/2026-11-23/new.jpg");
  EXPECT_EQ(server_.photos.size(), 2u);
  EXPECT_TRUE(IsHere("2026-11-23/half.jpg.new"));
  EXPECT_TRUE(IsHere("not-a-day!/x.jpg"));
}

TEST_F(PhotoUplinkTest, WhatTheServerRefusesStaysAndHoldsUpNothing) {
  AddPhoto("2026-11-23/bad.jpg", "bad");
  AddPhoto("2026-11-23/good.jpg", "good");
  server_.odd = {http::OurAnswer(400, R"({"success":false,"error":"another has its name"})")};
  Settle();
  EXPECT_TRUE(IsHere("2026-11-23/bad.jpg"));
  EXPECT_FALSE(IsHere("2026-11-23/good.jpg"));
  const size_t asked = server_.requests.size();
  Settle();
  EXPECT_EQ(server_.requests.size(), asked);
}

TEST_F(PhotoUplinkTest, NoAnswerThatMakesNoSenseLosesAPhoto) {
  for (const char* body :
       {"", "<html>portal</html>", "[]", R"({"success":true})", R"({"received":7,"complete":true})",
        R"({"received":100001,"complete":false})", R"({"received":100002,"complete":true})",
        R"({"received":-1,"complete":false})", R"({"received":"100001","complete":true})",
        R"({"received":100001})"}) {
    AddPhoto(kAna, photo_);
    server_.odd = {http::OurAnswer(200, body)};
    EXPECT_GT(Settle(), milliseconds(0)) << body;
    EXPECT_TRUE(IsHere(kAna)) << body;
  }
  for (const int status : {401, 403, 429, 500, 503, 507}) {
    server_.odd = {http::OurAnswer(status)};
    EXPECT_GT(Settle(), milliseconds(0)) << status;
    EXPECT_TRUE(IsHere(kAna)) << status;
  }
  Settle();
  EXPECT_FALSE(IsHere(kAna));
}

TEST_F(PhotoUplinkTest, WhatAStrangerAnswersRemovesNoPhotoAndRefusesNone) {
  AddPhoto(kAna, photo_);
  for (const int status : {200, 302, 400, 401, 404, 413, 502}) {
    for (const char* const body : {"", R"({"success":true,"received":100001,"complete":true})"}) {
      server_.odd = {http::Response{status, {}, body}};
      EXPECT_GT(Settle(), milliseconds(0)) << status;
      EXPECT_TRUE(IsHere(kAna)) << status;
    }
  }
  Settle();
  EXPECT_FALSE(IsHere(kAna)) << "and goes as soon as our server answers";
}

TEST_F(PhotoUplinkTest, AServerThatTakesLessThanAPieceIsBelieved) {
  server_.most = 700;
  AddPhoto(kAna, photo_);
  Settle();
  EXPECT_EQ(Sent(kAna), photo_);
}

}  // namespace
}  // namespace tamtap
