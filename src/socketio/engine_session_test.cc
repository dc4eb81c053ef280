// The state machine of one client, on a clock that the test moves and with nothing behind it.
#include "socketio/engine_session.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "socketio/fake_host.h"
#include "socketio/fake_http.h"

namespace tamtap::socketio {
namespace {

using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct Heard {
  std::vector<std::string> messages;
  int closed = 0;
  std::shared_ptr<EngineSocket> socket;
  std::function<void(const Message&)> react;
};

class RecordingHandler final : public EngineHandler {
 public:
  explicit RecordingHandler(Heard& heard) : heard_(heard) {}
  void OnMessage(Message message) override {
    EXPECT_EQ(heard_.closed, 0);
    if (heard_.react) heard_.react(message);
    heard_.messages.push_back((message.binary ? "binary:" : "") + message.data);
  }
  void OnClose() override { ++heard_.closed; }

 private:
  Heard& heard_;
};

class RecordingListener final : public EngineListener {
 public:
  std::shared_ptr<EngineHandler> OnOpen(const std::shared_ptr<EngineSocket>& socket,
                                        const http::Request&) override {
    heard.socket = socket;
    return std::make_shared<RecordingHandler>(heard);
  }
  Heard heard;
};

class Session : public testing::Test {
 protected:
  ~Session() override { listener_.heard.socket.reset(); }

  std::shared_ptr<EngineSession> NewSession() {
    std::shared_ptr<http::Peers::Seat> seat = peers_->Take({"a"}, EngineSession::kBytes, [] {});
    EXPECT_TRUE(seat->SetKnown(known_));
    return std::make_shared<EngineSession>("SID", options_, std::move(seat), host_);
  }
  void OpenPolling() {
    session_ = NewSession();
    const auto responder = std::make_shared<FakeResponder>();
    session_->Open(listener_, {}, responder);
    ASSERT_TRUE(responder->answer);
    EXPECT_EQ(responder->answer->body,
              R"(0{"sid":"SID","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,)"
              R"("maxPayload":1000})");
  }
  void OpenWebSocket() {
    session_ = NewSession();
    session_->Open(listener_, {}, nullptr);
    link_ = session_->Attach();
    session_->LinkOpened(link_, web_socket_);
    ASSERT_EQ(web_socket_->sent.size(), 1U);
    EXPECT_THAT(web_socket_->sent[0], HasSubstr(R"("upgrades":[])"));
    web_socket_->sent.clear();
  }
  std::shared_ptr<FakeResponder> Poll() {
    auto responder = std::make_shared<FakeResponder>();
    session_->Poll(responder);
    return responder;
  }
  std::string Post(const std::string& body) {
    const auto responder = std::make_shared<FakeResponder>();
    session_->Post(body, responder);
    return responder->answer
               ? std::to_string(responder->answer->status) + " " + responder->answer->body
               : "none";
  }
  // Moves the clock in small steps, ticking when the session asked for it.
  void Advance(milliseconds duration) {
    for (milliseconds passed{0}; passed < duration; passed += milliseconds(1)) {
      host_.clock.Advance(milliseconds(1));
      if (host_.due <= host_.clock.MonotonicNow()) {
        host_.due = EngineSession::kNever;
        session_->Tick();
      }
    }
  }
  void SendText(const std::string& text) { session_->Send({Message{text, false}}); }

  EngineOptions options_{.ping_interval = milliseconds(300),
                         .ping_timeout = milliseconds(200),
                         .max_payload = 1000,
                         .max_stranger_payload = 100,
                         .max_queue_bytes = 2000};
  bool known_ = true;
  std::shared_ptr<http::Peers> peers_ = http::Peers::Make({});
  FakeHost host_;
  RecordingListener listener_;
  std::shared_ptr<EngineSession> session_;
  std::shared_ptr<FakeWebSocket> web_socket_ = std::make_shared<FakeWebSocket>();
  EngineSession::Link link_ = 0;
};

constexpr char kUnknown[] = R"(400 {"code":1,"message":"Session ID unknown"})";
constexpr char kBadRequest[] = R"(400 {"code":3,"message":"Bad request"})";

TEST_F(Session, APollWaitsForAMessage) {
  OpenPolling();
  const auto poll = Poll();
  EXPECT_FALSE(poll->answer);
  session_->Send({Message{"one", false}, Message{"\x01", true}});
  ASSERT_TRUE(poll->answer);
  EXPECT_EQ(poll->answer->body,
            "4one\x1e"
            "bAQ==");
  SendText("two");
  SendText("three");
  EXPECT_EQ(Poll()->answer->body,
            "4two\x1e"
            "4three");
}

TEST_F(Session, APostDeliversItsPacketsInOrder) {
  OpenPolling();
  EXPECT_EQ(Post("4a\x1e"
                 "bAQ==\x1e"
                 "4b"),
            "200 ok");
  EXPECT_THAT(listener_.heard.messages, ElementsAre("a", "binary:\x01", "b"));
}

TEST_F(Session, AnInvalidOrTooLargePostEndsTheSession) {
  for (const std::string& body : {std::string("abc"), std::string(), "4" + std::string(1000, 'x'),
                                  std::string("4ok\x1e"
                                              "9")}) {
    OpenPolling();
    listener_.heard.closed = 0;
    const std::string answer = Post(body);
    EXPECT_EQ(answer.substr(0, 3), body.size() > 1000 ? "413" : "400");
    EXPECT_EQ(listener_.heard.closed, 1);
    EXPECT_EQ(Post("4a"), kUnknown);
    EXPECT_EQ(Poll()->answer->status, 400);
  }
  EXPECT_THAT(listener_.heard.messages, IsEmpty());
}

TEST_F(Session, ASecondPollEndsTheSession) {
  OpenPolling();
  const auto first = Poll();
  const auto second = Poll();
  EXPECT_EQ(first->answer->body, "1");
  EXPECT_EQ(second->answer->status, 400);
  EXPECT_EQ(Poll()->answer->status, 400);
  EXPECT_EQ(listener_.heard.closed, 1);
}

TEST_F(Session, ASecondPostInsideTheFirstEndsTheSession) {
  OpenPolling();
  listener_.heard.react = [this](const Message& message) {
    if (message.data != "a") return;
    EXPECT_EQ(Post("4b"), kBadRequest);
  };
  EXPECT_EQ(Post("4a"), "200 ok");
  EXPECT_EQ(listener_.heard.closed, 1);
}

TEST_F(Session, AVanishedPollEndsTheSession) {
  OpenPolling();
  const auto old = Poll();
  SendText("x");
  old->gone();  // that one was answered: no matter
  EXPECT_EQ(listener_.heard.closed, 0);
  Poll()->gone();
  EXPECT_EQ(listener_.heard.closed, 1);
}

TEST_F(Session, HeartbeatsKeepItAliveAndSilenceEndsIt) {
  OpenPolling();
  for (int i = 0; i < 5; ++i) {
    const auto poll = Poll();
    Advance(milliseconds(299));
    EXPECT_FALSE(poll->answer);
    Advance(milliseconds(1));
    ASSERT_TRUE(poll->answer);
    EXPECT_EQ(poll->answer->body, "2");
    Advance(milliseconds(199));
    EXPECT_EQ(Post("3"), "200 ok");
  }
  const auto poll = Poll();
  Advance(milliseconds(300));
  EXPECT_EQ(poll->answer->body, "2");
  Advance(milliseconds(199));
  EXPECT_EQ(listener_.heard.closed, 0);
  Advance(milliseconds(1));
  EXPECT_EQ(listener_.heard.closed, 1);
  EXPECT_EQ(Post("3"), kUnknown);
  Advance(milliseconds(10));
  EXPECT_TRUE(host_.forgotten);
}

TEST_F(Session, ATickThatComesLateLeavesTimeForThePong) {
  OpenWebSocket();
  host_.clock.Advance(std::chrono::seconds(30));  // the machine slept
  session_->Tick();
  EXPECT_THAT(web_socket_->sent, ElementsAre("2"));
  session_->LinkMessage(link_, "3", false);
  Advance(milliseconds(250));
  EXPECT_EQ(listener_.heard.closed, 0);
}

TEST_F(Session, TheClientMayClose) {
  OpenPolling();
  const auto poll = Poll();
  EXPECT_EQ(Post("4last\x1e"
                 "1\x1e"
                 "4never"),
            "200 ok");
  EXPECT_EQ(poll->answer->body, "6");
  EXPECT_THAT(listener_.heard.messages, ElementsAre("last"));
  EXPECT_EQ(listener_.heard.closed, 1);
  EXPECT_EQ(Poll()->answer->status, 400);
}

TEST_F(Session, APollThatCrossesTheClientsCloseIsAnsweredOnce) {
  OpenPolling();
  EXPECT_EQ(Post("1"), "200 ok");
  EXPECT_EQ(Poll()->answer->body, "6");
  EXPECT_EQ(Poll()->answer->status, 400);
}

TEST_F(Session, TheServersCloseComesAfterWhatWasSent) {
  OpenPolling();
  SendText("bye");
  session_->Close();
  EXPECT_EQ(listener_.heard.closed, 0) << "never from inside a call";
  SendText("too late");
  session_->Tick();
  EXPECT_EQ(listener_.heard.closed, 1);
  EXPECT_FALSE(host_.forgotten);
  // Apart: a stock client that hears of both at once takes the message when it is disconnected,
  // keeps it for its next connection, and would hear of it twice.
  EXPECT_EQ(Poll()->answer->body, "4bye");
  EXPECT_FALSE(host_.forgotten);
  EXPECT_EQ(Poll()->answer->body, "1");
  Advance(milliseconds(10));
  EXPECT_TRUE(host_.forgotten);
}

TEST_F(Session, WebSocketFramesArePackets) {
  OpenWebSocket();
  session_->LinkMessage(link_, "4hi", false);
  session_->LinkMessage(link_, "\x01\x02", true);
  EXPECT_THAT(listener_.heard.messages, ElementsAre("hi", "binary:\x01\x02"));
  session_->Send({Message{"out", false}, Message{"\x03", true}});
  EXPECT_THAT(web_socket_->sent, ElementsAre("4out", "binary:\x03"));
  session_->LinkMessage(link_, "abc", false);
  EXPECT_TRUE(web_socket_->closed);
  EXPECT_EQ(listener_.heard.closed, 1);
  EXPECT_EQ(session_->Attach(), 0U);
}

TEST_F(Session, AnUpgradeLosesNothing) {
  OpenPolling();
  const auto poll = Poll();
  link_ = session_->Attach();
  EXPECT_EQ(session_->Attach(), 0U) << "one at a time";
  session_->LinkOpened(link_, web_socket_);
  session_->LinkMessage(link_, "2probe", false);
  EXPECT_THAT(web_socket_->sent, ElementsAre("3probe"));
  EXPECT_EQ(poll->answer->body, "6");
  SendText("between");
  EXPECT_EQ(Post("4posted"), "200 ok");
  session_->LinkMessage(link_, "5", false);
  SendText("after");
  EXPECT_THAT(web_socket_->sent, ElementsAre("3probe", "4between", "4after"));
  EXPECT_EQ(Post("4x"), kBadRequest);
  EXPECT_EQ(Poll()->answer->status, 400);
  EXPECT_EQ(listener_.heard.closed, 0);
  session_->LinkClosed(link_);
  EXPECT_EQ(listener_.heard.closed, 1);
}

TEST_F(Session, APollDuringTheUpgradeIsHeldAndThenReleased) {
  OpenPolling();
  link_ = session_->Attach();
  session_->LinkOpened(link_, web_socket_);
  session_->LinkMessage(link_, "2probe", false);
  const auto poll = Poll();
  EXPECT_FALSE(poll->answer);
  Advance(milliseconds(250));
  ASSERT_TRUE(poll->answer);
  EXPECT_EQ(poll->answer->body, "6");
  const auto overtaken = Poll();
  session_->LinkMessage(link_, "5", false);
  EXPECT_EQ(overtaken->answer->status, 400);
}

TEST_F(Session, AFailedUpgradeLeavesPollingAsItWas) {
  options_.ping_interval = std::chrono::minutes(1);
  session_ = NewSession();
  session_->Open(listener_, {}, std::make_shared<FakeResponder>());
  link_ = session_->Attach();
  session_->LinkOpened(link_, web_socket_);
  session_->LinkMessage(link_, "5", false);  // without a probe
  EXPECT_TRUE(web_socket_->closed);
  const auto silent = std::make_shared<FakeWebSocket>();
  session_->LinkOpened(session_->Attach(), silent);
  Advance(std::chrono::seconds(11));
  EXPECT_TRUE(silent->closed);
  EXPECT_EQ(Post("4still here"), "200 ok");
  EXPECT_EQ(listener_.heard.closed, 0);
}

TEST_F(Session, AClientThatNeverFetchesOrReadsIsDropped) {
  OpenPolling();
  for (int i = 0; i < 1000 && host_.closed == 0; ++i) SendText(std::string(100, 'x'));
  EXPECT_EQ(host_.closed, 1);
  EXPECT_EQ(listener_.heard.closed, 0) << "never from inside a call";
  session_->Tick();
  EXPECT_EQ(listener_.heard.closed, 1);

  OpenWebSocket();
  web_socket_->reads = false;
  for (int i = 0; i < 1000 && host_.closed == 1; ++i) SendText(std::string(100, 'x'));
  EXPECT_EQ(host_.closed, 2);
  EXPECT_TRUE(web_socket_->closed);
  EXPECT_LT(web_socket_->queued, 2000U);
  session_->Tick();
  EXPECT_EQ(listener_.heard.closed, 2);
}

TEST_F(Session, AStrangerMaySayLittleUntilItIsKnownWhoItIs) {
  known_ = false;
  OpenPolling();
  EXPECT_EQ(Post("4" + std::string(99, 'x')), "200 ok");
  listener_.heard.socket->SetKnown(true);
  EXPECT_EQ(Post("4" + std::string(900, 'x')), "200 ok");
  listener_.heard.socket->SetKnown(false);
  EXPECT_THAT(Post("4" + std::string(100, 'x')), testing::StartsWith("413 "));
  EXPECT_EQ(listener_.heard.closed, 1);
  listener_.heard.socket.reset();
  listener_.heard.closed = 0;
  OpenWebSocket();
  EXPECT_FALSE(web_socket_->known);
  listener_.heard.socket->SetKnown(true);
  EXPECT_TRUE(web_socket_->known);
}

TEST_F(Session, WhatAStrangerSaysDoesNotPileUp) {
  known_ = false;
  OpenWebSocket();
  // While one message is being handled, others come on the same thread here, on another in life.
  listener_.heard.react = [&](const Message& message) {
    if (message.data != "first") return;
    for (int i = 0; i < 3; ++i) session_->LinkMessage(link_, "4" + std::string(60, 'x'), false);
  };
  session_->LinkMessage(link_, "4first", false);
  EXPECT_EQ(listener_.heard.closed, 1);
  EXPECT_TRUE(web_socket_->closed);
}

TEST_F(Session, WhoMustGiveWayToAnotherIsToldSo) {
  known_ = false;
  OpenPolling();
  const auto poll = Poll();
  session_->GiveWay();
  session_->Tick();
  ASSERT_TRUE(poll->answer);
  EXPECT_EQ(poll->answer->body, "1");
  EXPECT_EQ(listener_.heard.closed, 1);
}

TEST_F(Session, CloseAfterCanBeTakenBack) {
  OpenWebSocket();
  session_->CloseAfter(milliseconds(100));
  session_->CloseAfter(EngineSocket::kNoClose);
  Advance(milliseconds(150));
  EXPECT_EQ(listener_.heard.closed, 0);
  session_->CloseAfter(milliseconds(100));
  Advance(milliseconds(101));
  EXPECT_EQ(listener_.heard.closed, 1);
}

}  // namespace
}  // namespace tamtap::socketio
