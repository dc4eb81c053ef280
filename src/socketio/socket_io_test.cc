#include "socketio/socket_io.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <thread>

#include "base/mutex.h"
#include "socketio/fake_http.h"

namespace tamtap::socketio {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::StartsWith;

class RecordingListener final : public Listener {
 public:
  std::string Admit(std::string_view name_space, const http::Request& handshake,
                    const json::value& auth) override {
    cookie = handshake.Cookie("session");
    Add("admit " + std::string(name_space) + " " + json::serialize(auth));
    return name_space == "/closed" ? "Not authorized" : "";
  }
  void OnConnect(const std::shared_ptr<Socket>& socket, const http::Request&, const json::value&,
                 const std::string& place) override {
    Add("connect " + socket->name_space() + (place.empty() ? "" : " from " + place));
    sockets.push_back(socket);
  }
  Recovery Recover(std::string_view name_space, const http::Request&,
                   const json::value& auth) override {
    if (name_space != "/kept") return {};
    const json::object* const object = auth.if_object();
    const bool back = object != nullptr && object->contains("pid");
    return {back ? json::value_to<std::string>(object->at("pid")) : "p1",
            back ? json::value_to<std::string>(object->at("offset")) : "7"};
  }
  void OnEvent(const std::shared_ptr<Socket>& socket, std::string_view event,
               const json::array& arguments, std::vector<std::string> attachments,
               Acknowledge acknowledge) override {
    Add("event " + socket->name_space() + " " + std::string(event) + " " +
        json::serialize(arguments) + " " + std::to_string(attachments.size()));
    if (acknowledge) {
      acknowledge(arguments, attachments);
      acknowledge(arguments, attachments);  // the second goes nowhere
    }
    if (event == "leave") socket->Disconnect();
  }
  void OnDisconnect(const std::shared_ptr<Socket>& socket) override {
    Add("disconnect " + socket->name_space());
  }

  std::vector<std::string> Log() {
    MutexLock lock(mutex_);
    return log_;
  }
  size_t Count(const std::string& line) {
    const std::vector<std::string> log = Log();
    return static_cast<size_t>(std::count(log.begin(), log.end(), line));
  }

  std::vector<std::shared_ptr<Socket>> sockets;
  std::string cookie;

 private:
  void Add(std::string line) {
    MutexLock lock(mutex_);
    log_.push_back(std::move(line));
  }

  Mutex mutex_;
  std::vector<std::string> log_ GUARDED_BY(mutex_);
};

template <typename Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(milliseconds(10));
  }
  return condition();
}

class SocketIo : public testing::Test {
 protected:
  void Start(Options options = {}) { server_ = MakeServer(options, listener_, SystemRandom()); }
  // A client by WebSocket, whose handshake is done.
  void Open() {
    if (server_ == nullptr) Start();
    http::Request request;
    request.target = "/socket.io/?EIO=4&transport=websocket";
    request.headers = {{"Cookie", "session=abc"}};
    http::Response refusal;
    handler_ = server_->OnUpgrade(request, refusal);
    ASSERT_NE(handler_, nullptr);
    web_socket_ = std::make_shared<FakeWebSocket>();
    handler_->OnOpen(web_socket_);
    ASSERT_EQ(web_socket_->sent.size(), 1U);
    web_socket_->sent.clear();
  }
  void Join() {
    Open();
    Say("40");
    ASSERT_EQ(web_socket_->sent.size(), 1U);
    EXPECT_THAT(web_socket_->sent[0], StartsWith(R"(40{"sid":")"));
    web_socket_->sent.clear();
  }
  void Say(const std::string& text) { handler_->OnMessage(text, false); }
  http::Response Ask(const std::string& method, const std::string& query) {
    http::Request request;
    request.method = method;
    request.target = "/socket.io/?" + query;
    const auto responder = std::make_shared<FakeResponder>();
    server_->OnRequest(request, responder);
    return responder->answer.value_or(http::Response{.status = 0});
  }

  RecordingListener listener_;
  std::unique_ptr<Server> server_;
  std::shared_ptr<http::WebSocketHandler> handler_;
  std::shared_ptr<FakeWebSocket> web_socket_;
};

TEST_F(SocketIo, ClientsJoinNamespacesThatAdmitThem) {
  Open();
  Say(R"(40/news,{"token":"t"})");
  ASSERT_EQ(web_socket_->sent.size(), 1U);
  EXPECT_THAT(web_socket_->sent[0], StartsWith(R"(40/news,{"sid":")"));
  Say("40/closed,");
  EXPECT_EQ(web_socket_->sent[1], R"(44/closed,{"message":"Not authorized"})");
  EXPECT_THAT(listener_.Log(),
              ElementsAre(R"(admit /news {"token":"t"})", "connect /news", "admit /closed null"));
  EXPECT_EQ(listener_.cookie, "abc");
  EXPECT_EQ(server_->ClientCount(), 1U);
  handler_->OnClose();
  EXPECT_EQ(listener_.Count("disconnect /news"), 1U);
  EXPECT_EQ(server_->ClientCount(), 0U);
}

TEST_F(SocketIo, EventsGoBothWaysWithBinaryAndOneAck) {
  Join();
  Say(R"(4212["a",1])");
  EXPECT_THAT(web_socket_->sent, ElementsAre("4312[1]"));
  web_socket_->sent.clear();
  Say(R"(451-7["b",{"_placeholder":true,"num":0}])");
  EXPECT_THAT(web_socket_->sent, IsEmpty());
  handler_->OnMessage("\x01", true);
  EXPECT_THAT(web_socket_->sent,
              ElementsAre(R"(461-7[{"_placeholder":true,"num":0}])", "binary:\x01"));
  web_socket_->sent.clear();
  listener_.sockets[0]->Emit("hi", json::array{1, "x"});
  EXPECT_THAT(web_socket_->sent, ElementsAre(R"(42["hi",1,"x"])"));
  EXPECT_EQ(listener_.Count(R"(event / a [1] 0)"), 1U);
  EXPECT_EQ(listener_.Count(R"(event / b [{"_placeholder":true,"num":0}] 1)"), 1U);
}

TEST_F(SocketIo, ViolationsEndTheConnection) {
  for (const std::vector<std::string>& packets : std::vector<std::vector<std::string>>{
           {"4abc"},
           {"42{}"},
           {"42abc[\"x\"]"},
           {"40"},
           {"42/other,[\"x\"]"},
           {"44{\"message\":\"\"}"},
           {"451-[\"x\",{\"_placeholder\":true,\"num\":0}]", "42[\"y\"]"},
           {"451-[\"x\",{\"_placeholder\":true,\"num\":3}]"}}) {
    Join();
    for (const std::string& packet : packets) Say(packet);
    EXPECT_TRUE(web_socket_->closed) << packets[0];
    Say("42[\"after\"]");
    EXPECT_EQ(listener_.Count("event / after [] 0"), 0U);
    handler_->OnClose();
  }
  Join();
  handler_->OnMessage("\x01", true);  // binary that was not announced
  EXPECT_TRUE(web_socket_->closed);
  Open();
  Say("42[\"before connect\"]");
  EXPECT_TRUE(web_socket_->closed);
  EXPECT_TRUE(Eventually([&] { return listener_.Count("disconnect /") == 9; }));
}

TEST_F(SocketIo, NothingButASmallConnectIsTakenBeforeAClientIsLetIn) {
  const std::string large(5'000, 'x');
  for (const std::string& bytes : {std::string("41"), std::string(R"(42["a"])"),
                                   std::string(R"(451-["a",{"_placeholder":true,"num":0}])"),
                                   R"(40{"token":")" + large + R"("})"}) {
    Open();
    Say(bytes);
    EXPECT_TRUE(Eventually([&] { return web_socket_->closed; })) << bytes.substr(0, 40);
  }
  Open();
  handler_->OnMessage("binary", true);
  EXPECT_TRUE(Eventually([&] { return web_socket_->closed; }));
  EXPECT_THAT(listener_.Log(), IsEmpty());
  Join();
  Say(R"(42["a",")" + large + R"("])");
  EXPECT_EQ(listener_.Log().size(), 3U);
}

TEST_F(SocketIo, StrangersHoldAQuarterOfTheClientsAndAnAddressAQuarterOfThat) {
  Start(Options{.max_clients = 64});
  const auto open = [&](const std::string& address) {
    http::Request request;
    request.target = "/socket.io/?EIO=4&transport=polling";
    request.remote_address = address;
    const auto responder = std::make_shared<FakeResponder>();
    server_->OnRequest(request, responder);
    return responder->answer->status;
  };
  Join();  // one who is known
  for (int i = 0; i < 4; ++i) EXPECT_EQ(open("10.0.0.1"), 200);
  EXPECT_EQ(open("10.0.0.1"), 503);
  for (int i = 2; i < 40; ++i) EXPECT_EQ(open("10.0.0." + std::to_string(i)), 200) << i;
  EXPECT_TRUE(Eventually([&] { return server_->ClientCount() <= 17; }));
  EXPECT_FALSE(web_socket_->closed);
}

TEST_F(SocketIo, EitherSideMayLeaveANamespace) {
  Join();
  Say("40/a,");
  web_socket_->sent.clear();
  Say("41/a,");
  EXPECT_EQ(listener_.Count("disconnect /a"), 1U);
  Say("42[\"leave\"]");
  EXPECT_THAT(web_socket_->sent, ElementsAre("41"));
  EXPECT_TRUE(Eventually([&] { return listener_.Count("disconnect /") == 1; }));
  Say("42[\"on its way\"]");  // sent before the client heard of it
  EXPECT_FALSE(web_socket_->closed);
  listener_.sockets[0]->Emit("late", {});
  EXPECT_THAT(web_socket_->sent, ElementsAre("41"));
  Say("40");
  EXPECT_EQ(listener_.Count("connect /"), 2U);
}

TEST_F(SocketIo, ADisconnectFromOutsideIsHeardOnce) {
  Join();
  listener_.sockets[0]->Disconnect();
  listener_.sockets[0]->Disconnect();
  EXPECT_THAT(web_socket_->sent, ElementsAre("41"));
  EXPECT_TRUE(Eventually([&] { return listener_.Count("disconnect /") == 1; }));
  handler_->OnClose();
  EXPECT_EQ(listener_.Count("disconnect /"), 1U);
}

TEST_F(SocketIo, AClientThatJoinsNothingIsClosed) {
  Start(Options{.connect_timeout = milliseconds(50)});
  Open();
  EXPECT_TRUE(Eventually([&] { return server_->ClientCount() == 0; }));
}

TEST_F(SocketIo, NamespacesAndAttachmentsAreBounded) {
  Start(Options{.max_payload = 100});
  Open();
  for (int i = 0; i < 20; ++i) Say("40/n" + std::to_string(i) + ",");
  EXPECT_EQ(web_socket_->sent.back(), R"(44/n19,{"message":"Too many namespaces"})");
  EXPECT_EQ(listener_.sockets.size(), 16U);
  Say(R"(452-/n0,["x",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
  handler_->OnMessage(std::string(60, 'x'), true);
  EXPECT_FALSE(web_socket_->closed);
  handler_->OnMessage(std::string(60, 'x'), true);
  EXPECT_TRUE(web_socket_->closed);
}

TEST_F(SocketIo, ABroadcastToAClientThatNeverReadsDropsItWithoutCallingBack) {
  Start(Options{.max_queue_bytes = 10'000});
  Join();
  web_socket_->reads = false;
  for (int i = 0; i < 1000; ++i)
    listener_.sockets[0]->Emit("tap", json::array{std::string(100, 'x')});
  EXPECT_TRUE(web_socket_->closed);
  EXPECT_LT(web_socket_->queued, 10'000U);
  EXPECT_TRUE(Eventually([&] { return listener_.Count("disconnect /") == 1; }));
}

TEST_F(SocketIo, AClientThatComesBackIsToldThatItGoesOn) {
  Open();
  Say("40/kept,");
  EXPECT_THAT(web_socket_->sent.at(0), testing::EndsWith(R"(","pid":"p1"})"));
  Say("41/kept,");
  Say(R"(40/kept,{"pid":"p1","offset":"12"})");
  EXPECT_THAT(web_socket_->sent.at(1), testing::EndsWith(R"(","pid":"p1"})"));
  EXPECT_EQ(listener_.Count("connect /kept from 7"), 1U);
  EXPECT_EQ(listener_.Count("connect /kept from 12"), 1U);
}

TEST_F(SocketIo, AnEventThatIsEncodedOnceReachesEveryKindOfClient) {
  Join();
  const http::Response opened = Ask("GET", "EIO=4&transport=polling");
  const std::string id = opened.body.substr(opened.body.find("sid\":\"") + 6, 32);
  http::Request post;
  post.method = "POST";
  post.target = "/socket.io/?EIO=4&transport=polling&sid=" + id;
  post.body = "40";
  server_->OnRequest(post, std::make_shared<FakeResponder>());
  ASSERT_EQ(listener_.sockets.size(), 2U);
  Ask("GET", "EIO=4&transport=polling&sid=" + id);
  const std::vector<SharedEvent> events = {EncodeOnce("a", json::array{1}),
                                           EncodeOnce("b", json::array{"ñ", "place"})};
  for (const auto& socket : listener_.sockets) socket->EmitShared(events);
  EXPECT_THAT(web_socket_->sent, ElementsAre(R"(42["a",1])", R"(42["b","ñ","place"])"));
  EXPECT_EQ(Ask("GET", "EIO=4&transport=polling&sid=" + id).body,
            "42[\"a\",1]\x1e"
            R"(42["b","ñ","place"])");
}

TEST_F(SocketIo, ErrorsHaveTheReferencesBodies) {
  Start(Options{.max_clients = 1});
  const auto body = [&](const std::string& method, const std::string& query) {
    const http::Response response = Ask(method, query);
    return std::to_string(response.status) + " " + response.body;
  };
  EXPECT_EQ(body("GET", "EIO=4"), R"(400 {"code":0,"message":"Transport unknown"})");
  EXPECT_EQ(body("GET", "EIO=4&transport=polling&sid=x"),
            R"(400 {"code":1,"message":"Session ID unknown"})");
  EXPECT_EQ(body("POST", "EIO=4&transport=polling"),
            R"(400 {"code":2,"message":"Bad handshake method"})");
  EXPECT_EQ(body("GET", "EIO=4&transport=websocket"), R"(400 {"code":3,"message":"Bad request"})");
  EXPECT_EQ(body("GET", "EIO=3&transport=polling"),
            R"(400 {"code":5,"message":"Unsupported protocol version"})");
  EXPECT_THAT(body("GET", "EIO=4&transport=polling"), StartsWith("200 0{"));
  EXPECT_THAT(body("GET", "EIO=4&transport=polling"), StartsWith("503 "));
}

TEST_F(SocketIo, StopEndsEveryClientAndRefusesNewOnes) {
  Join();
  server_->Stop();
  EXPECT_TRUE(web_socket_->closed);
  EXPECT_EQ(listener_.Count("disconnect /"), 1U);
  EXPECT_EQ(Ask("GET", "EIO=4&transport=polling").status, 503);
  listener_.sockets[0]->Emit("late", {});
  server_.reset();
  listener_.sockets[0]->Emit("later", {});
  handler_->OnClose();
}

}  // namespace
}  // namespace tamtap::socketio
