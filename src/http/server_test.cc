#include "http/server.h"

#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <future>

#include "http/server_fixture.h"

namespace tamtap::http {
namespace {

using std::chrono::milliseconds;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: a\r\n\r\n";

using HttpServer = ServerFixture;

TEST_F(HttpServer, AnswersSeveralRequestsOnOneConnection) {
  Start();
  RawConnection connection(server_->port());
  for (int i = 0; i < 3; ++i) {
    connection.Forget();
    connection.Write("POST /x HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello");
    EXPECT_THAT(connection.ReadUntil("POST hello"), StartsWith("HTTP/1.1 200 OK\r\n"));
  }
  EXPECT_EQ(handler_.requests, 3);
}

// Holds whoever calls it until it is let go.
class HangingHandler final : public Handler {
 public:
  Admission OnHead(const Request&) override {
    entered.set_value();
    let_go.get_future().wait();
    return {};
  }
  void OnRequest(Request, std::shared_ptr<Responder>) override {}
  std::shared_ptr<WebSocketHandler> OnUpgrade(const Request&, Response&) override {
    return nullptr;
  }

  std::promise<void> entered;
  std::promise<void> let_go;
};

TEST(HttpServerLiveness, WorkersWhoAllHangAreFoundOut) {
  HangingHandler handler;
  ServerOptions options;
  options.worker_threads = 1;
  options.most_worker_threads = 1;
  const auto server = MustStart(options, handler);
  ASSERT_NE(server, nullptr);
  EXPECT_TRUE(server->Answers(milliseconds(10'000)));
  RawConnection connection(server->port());
  connection.Write(kGet);
  handler.entered.get_future().wait();
  EXPECT_FALSE(server->Answers(milliseconds(20)));
  handler.let_go.set_value();
  EXPECT_TRUE(server->Answers(milliseconds(10'000)));
}

TEST_F(HttpServer, PipelinedRequestsAreAnsweredInOrder) {
  Start();
  std::string bytes;
  for (int i = 0; i < 50; ++i) {
    bytes += "GET /" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  bytes += "GET /last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  const std::string answers = Ask(bytes);
  size_t from = 0;
  for (int i = 0; i < 50; ++i) {
    const size_t found = answers.find("X-Target: /" + std::to_string(i) + "\r\n", from);
    ASSERT_NE(found, std::string::npos) << i;
    from = found;
  }
  EXPECT_NE(answers.find("X-Target: /last", from), std::string::npos);
}

TEST_F(HttpServer, ARequestMayArriveByteByByte) {
  Start();
  RawConnection connection(server_->port());
  for (const char c : std::string_view("POST /p HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
                                       "chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n"
                                       "0\r\n\r\n")) {
    connection.Write(std::string_view(&c, 1));
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  EXPECT_THAT(connection.ReadUntil("POST abcde"), HasSubstr("POST abcde"));
}

TEST_F(HttpServer, HeadGetsTheLengthAndNoBody) {
  Start();
  const std::string answer = Ask("HEAD /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 5000000\r\n"));
  EXPECT_THAT(answer, EndsWith("\r\n\r\n"));
}

TEST_F(HttpServer, ContentThatIsInNoMemoryComesWholeAndInOrder) {
  Start();
  const std::string answer =
      Ask("GET /pieces HTTP/1.1\r\nHost: a\r\n\r\n"
          "HEAD /pieces HTTP/1.1\r\nHost: a\r\n\r\n"
          "GET /after HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  const size_t body = answer.find("\r\n\r\n") + 4;
  EXPECT_THAT(answer.substr(0, body), HasSubstr("Content-Length: 1000000\r\n"));
  ASSERT_GT(answer.size(), body + EchoSource::kBytes);
  size_t wrong = 0;
  for (uint64_t i = 0; i < EchoSource::kBytes; ++i) {
    wrong += answer[body + i] != EchoSource::ByteAt(i) ? 1 : 0;
  }
  EXPECT_EQ(wrong, 0u);
  const std::string rest = answer.substr(body + EchoSource::kBytes);
  EXPECT_THAT(rest, HasSubstr("Content-Length: 1000000\r\n"));
  EXPECT_THAT(rest, HasSubstr("GET "));
}

TEST_F(HttpServer, ContentThatCantBeReadOnEndsTheConnectionAndIsNotMadeUp) {
  Start();
  const std::string answer = Ask("GET /broken HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("Content-Length: 1000000\r\n"));
  EXPECT_LT(answer.size(), EchoSource::kBytes);
  EXPECT_GT(answer.size(), EchoSource::kBytes / 4);
}

TEST_F(HttpServer, MalformedRequestsGet400AndTheConnectionEnds) {
  Start();
  for (const char* bytes :
       {"nonsense\r\n\r\n", "GET / HTTP/1.1\r\n\r\n", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "GET / HTTP/1.1\r\nHost : a\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: a\r\nBad\x01Name: x\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: "
        "chunked\r\n\r\n0\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"}) {
    EXPECT_THAT(Ask(bytes), StartsWith("HTTP/1.1 400 ")) << bytes;
  }
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n"),
              StartsWith("HTTP/1.1 501 "));
  EXPECT_EQ(handler_.requests, 0);
}

TEST_F(HttpServer, EveryAnswerSaysWhichVersionOfOurServerItIsFrom) {
  handler_.max_body_bytes = 10;
  Start(ServerOptions{
      .max_header_bytes = 1024, .header_timeout = milliseconds(100), .version = "7.8.9"});
  const auto get = [](std::string_view target, std::string_view more = {}) {
    return fmt::format("GET {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}\r\n", target, more);
  };
  const std::string upgrade =
      "GET /{} HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
  const std::pair<std::string, int> asked[] = {
      {get("/"), 200},
      {get("/drop"), 500},
      {"nonsense\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHo", 408},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n01234567890", 413},
      {get("/", "X: " + std::string(2000, 'x') + "\r\n"), 431},
      {"GET / HTTP/3.0\r\nHost: a\r\n\r\n", 505},
      {fmt::format(fmt::runtime(upgrade), "elsewhere"), 403},
  };
  for (const auto& [bytes, status] : asked) {
    const std::string answer = Ask(bytes);
    EXPECT_THAT(answer, StartsWith(fmt::format("HTTP/1.1 {} ", status))) << bytes;
    EXPECT_THAT(answer, HasSubstr("\r\nTamTap-Version: 7.8.9\r\n")) << bytes;
  }
  RawConnection socket(server_->port());
  socket.Write(fmt::format(fmt::runtime(upgrade), "socket"));
  const std::string head = socket.ReadUntil("\r\n\r\n");
  EXPECT_THAT(head, StartsWith("HTTP/1.1 101 "));
  EXPECT_THAT(head, HasSubstr("\r\nTamTap-Version: 7.8.9\r\n"));
}

TEST_F(HttpServer, TooMuchHeaderIs431AndTooMuchBody413) {
  handler_.max_body_bytes = 1000;
  Start(ServerOptions{.max_header_bytes = 1024});
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(2000, 'x') + "\r\n\r\n"),
              StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(Ask("GET /" + std::string(5000, 'x')), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(
      Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1001\r\n\r\n" + std::string(1001, 'x')),
      StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3E9\r\n" +
                  std::string(1001, 'x')),
              StartsWith("HTTP/1.1 413 "));
  EXPECT_EQ(handler_.requests, 0);
  EXPECT_THAT(
      Ask("POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 1000\r\n\r\n" +
          std::string(1000, 'x')),
      StartsWith("HTTP/1.1 200 "));
}

TEST_F(HttpServer, AHeaderThatNeverEndsIsCutOff) {
  Start(ServerOptions{.header_timeout = milliseconds(300)});
  RawConnection connection(server_->port());
  connection.Write("GET / HTTP/1.1\r\n");
  const auto start = std::chrono::steady_clock::now();
  // One header line now and then: each is progress, and the whole is still too slow.
  std::thread trickle([&] {
    for (int i = 0; i < 40; ++i) {
      connection.Write("X: y\r\n");
      std::this_thread::sleep_for(milliseconds(50));
    }
  });
  EXPECT_THAT(connection.ReadAll(), StartsWith("HTTP/1.1 408 "));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  trickle.join();
}

TEST_F(HttpServer, SilentAndIdleConnectionsAreClosed) {
  Start(ServerOptions{.header_timeout = milliseconds(200),
                      .body_timeout = milliseconds(200),
                      .idle_timeout = milliseconds(200)});
  EXPECT_EQ(Ask(""), "");
  EXPECT_THAT(Ask(kGet), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc"),
              StartsWith("HTTP/1.1 408 "));
}

TEST_F(HttpServer, Http10ClosesUnlessAskedToStay) {
  Start();
  EXPECT_THAT(Ask("GET / HTTP/1.0\r\n\r\n"), HasSubstr("Connection: close\r\n"));
  RawConnection connection(server_->port());
  connection.Write("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil("GET "), HasSubstr("Connection: keep-alive\r\n"));
}

TEST_F(HttpServer, ExpectingClientsAreInvited) {
  Start();
  RawConnection connection(server_->port());
  connection.Write(
      "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 4\r\n\r\n");
  EXPECT_EQ(connection.ReadUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  connection.Write("body");
  EXPECT_THAT(connection.ReadUntil("POST body"), EndsWith("POST body"));
}

TEST_F(HttpServer, AHeaderInjectedByAHandlerIsLeftOut) {
  Start();
  const std::string answer = Ask("GET /split HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_THAT(answer, HasSubstr("X-Good: c\r\n"));
  EXPECT_THAT(answer, Not(HasSubstr("X-Forged")));
}

TEST_F(HttpServer, ADroppedResponderAnswers500) {
  Start();
  EXPECT_THAT(Ask("GET /drop HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 500 "));
}

TEST_F(HttpServer, AnAnswerMayComeLaterFromAnotherThread) {
  Start();
  RawConnection connection(server_->port());
  connection.Write("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  ASSERT_TRUE(Eventually([&] { return handler_.Held() == 1; }));
  handler_.Release();
  EXPECT_THAT(connection.ReadUntil("late"), EndsWith("late"));
  EXPECT_EQ(handler_.gone, 0);
}

TEST_F(HttpServer, AHandlerHearsOfAClientThatGoesAway) {
  Start();
  {
    RawConnection connection(server_->port());
    connection.Write("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
    ASSERT_TRUE(Eventually([&] { return handler_.Held() == 1; }));
  }
  EXPECT_TRUE(Eventually([&] { return handler_.gone == 1; }));
  handler_.Release();  // goes nowhere
}

TEST_F(HttpServer, AClientThatOnlyStoppedSendingGetsItsAnswer) {
  Start();
  RawConnection connection(server_->port());
  connection.Write("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  connection.CloseSending();
  EXPECT_GT(connection.ReadAll().size(), 5'000'000U);
}

TEST_F(HttpServer, TwoHundredClientsAtOnceAreServed) {
  Start(ServerOptions{.io_threads = 2});
  std::vector<std::unique_ptr<RawConnection>> connections;
  for (int i = 0; i < 200; ++i) {
    connections.push_back(std::make_unique<RawConnection>(server_->port()));
  }
  for (int round = 0; round < 3; ++round) {
    for (auto& connection : connections) connection->Write(kGet);
    for (auto& connection : connections) {
      ASSERT_THAT(connection->ReadUntil("GET "), StartsWith("HTTP/1.1 200 "));
      connection->Forget();
    }
  }
  EXPECT_EQ(handler_.requests, 600);
}

TEST_F(HttpServer, OverTheCapWhoIsKnownStaysAndANewcomerIsToldToComeBack) {
  Start(ServerOptions{.max_connections = 2});
  const std::string known = "GET / HTTP/1.1\r\nHost: a\r\nX-Known: yes\r\n\r\n";
  RawConnection first(server_->port());
  RawConnection second(server_->port());
  first.Write(known);
  second.Write(known);
  EXPECT_THAT(first.ReadUntil("GET "), StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(second.ReadUntil("GET "), StartsWith("HTTP/1.1 200 "));
  const std::string answer = RawConnection(server_->port()).ReadAll();
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 503 "));
  EXPECT_THAT(answer, HasSubstr("Retry-After: "));
  first.Close();
  EXPECT_TRUE(Eventually([&] {
    RawConnection third(server_->port());
    third.Write(known);
    return third.ReadUntil("GET ").starts_with("HTTP/1.1 200 ");
  }));
}

TEST_F(HttpServer, AClientThatNeverReadsIsDropped) {
  Start(ServerOptions{.body_timeout = milliseconds(300)});
  RawConnection connection(server_->port());
  connection.Write("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
  std::this_thread::sleep_for(milliseconds(1500));
  EXPECT_LT(connection.ReadAll().size(), 5'000'000U);
}

TEST_F(HttpServer, StopIsQuickWithIdleHeldAndHalfSentRequests) {
  Start();
  RawConnection idle(server_->port());
  idle.Write(kGet);
  idle.ReadUntil("GET ");
  RawConnection held(server_->port());
  held.Write("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n");
  RawConnection half(server_->port());
  half.Write("GET / HT");
  ASSERT_TRUE(Eventually([&] { return handler_.Held() == 1; }));
  const auto start = std::chrono::steady_clock::now();
  server_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  EXPECT_EQ(handler_.gone, 1);
  server_.reset();
  handler_.Release();  // the answer outlives the server, and goes nowhere
}

TEST_F(HttpServer, APortInUseIsMisconfigured) {
  Start();
  const auto second = StartServer(ServerOptions{.port = server_->port()}, handler_);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kMisconfigured);
  const auto foreign = StartServer(ServerOptions{.host = "192.0.2.1"}, handler_);
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, ErrorCode::kMisconfigured);
}

}  // namespace
}  // namespace tamtap::http
