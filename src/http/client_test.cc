#include "http/client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <functional>

#include "base/test_directory.h"
#include "http/echo_handler.h"
#include "http/raw_connection.h"

namespace tamtap::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

Url Local(uint16_t port) {
  return Url{.tls = false, .host = "127.0.0.1", .port = std::to_string(port), .path = ""};
}

// A server of a test's own: plays `script` to each connection, one after the other.
class ScriptedServer {
 public:
  explicit ScriptedServer(std::function<void(int)> script)
      : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    CHECK(bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
    CHECK(listen(listener_, 16) == 0);
    socklen_t length = sizeof(address);
    CHECK(getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, script = std::move(script)] {
      while (true) {
        const int connection = accept(listener_, nullptr, nullptr);
        if (connection < 0) return;
        ++accepted;
        script(connection);
        close(connection);
      }
    });
  }
  ~ScriptedServer() {
    shutdown(listener_, SHUT_RDWR);
    thread_.join();
    close(listener_);
  }
  ScriptedServer(const ScriptedServer&) = delete;
  ScriptedServer& operator=(const ScriptedServer&) = delete;
  uint16_t port() const { return port_; }

  std::atomic<int> accepted{0};

 private:
  int listener_;
  uint16_t port_ = 0;
  std::thread thread_;
};

void Say(int connection, std::string_view text) {
  CHECK(send(connection, text.data(), text.size(), MSG_NOSIGNAL) ==
        static_cast<ssize_t>(text.size()));
}
// Returns when the client's request (its head) is here, or the client closed.
void Hear(int connection) {
  std::string heard;
  char chunk[4096];
  while (heard.find("\r\n\r\n") == std::string::npos) {
    const ssize_t got = recv(connection, chunk, sizeof(chunk), 0);
    if (got <= 0) return;
    heard.append(chunk, static_cast<size_t>(got));
  }
}
void WaitForClose(int connection) {
  char chunk[4096];
  while (recv(connection, chunk, sizeof(chunk), 0) > 0) {
  }
}

class HttpClient : public testing::Test {
 protected:
  EchoHandler handler_;
};

TEST_F(HttpClient, SendsRequestsOverOneConnection) {
  const auto server = MustStart(ServerOptions{.max_connections = 1}, handler_);
  const auto client = MakeClient(Local(server->port()));
  for (int i = 0; i < 5; ++i) {
    Request request;
    request.method = "POST";
    request.target = "/a?b=" + std::to_string(i);
    request.body = std::string(static_cast<size_t>(i) * 100'000, 'x');
    const auto response = client->Send(request);
    ASSERT_TRUE(response) << response.error().Message();
    EXPECT_EQ(response->status, 200);
    EXPECT_EQ(response->Header("x-target"), request.target);
    EXPECT_EQ(response->body, "POST " + request.body);
  }
}

TEST_F(HttpClient, HeadAnswersHaveNoBody) {
  const auto server = MustStart({}, handler_);
  const auto client = MakeClient(Local(server->port()));
  Request request;
  request.method = "HEAD";
  for (int i = 0; i < 2; ++i) {
    const auto response = client->Send(request);
    ASSERT_TRUE(response) << response.error().Message();
    EXPECT_EQ(response->body, "");
  }
}

TEST_F(HttpClient, AServerThatNeverAnswersCostsNoMoreThanTheTimeout) {
  const ScriptedServer server([](int connection) { WaitForClose(connection); });
  const auto client = MakeClient(Local(server.port()), ClientOptions{.timeout = milliseconds(300)});
  const auto start = std::chrono::steady_clock::now();
  const auto response = client->Send(Request{});
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kRetry);
  EXPECT_GE(took, milliseconds(250));
  EXPECT_LT(took, std::chrono::seconds(5));
}

TEST_F(HttpClient, AByteNowAndThenDoesNotStretchTheTimeout) {
  const ScriptedServer server([](int connection) {
    Hear(connection);
    for (int i = 0; i < 60; ++i) {
      if (send(connection, "H", 1, MSG_NOSIGNAL) != 1) return;
      std::this_thread::sleep_for(milliseconds(50));
      char byte = 0;
      if (recv(connection, &byte, 1, MSG_DONTWAIT) == 0) return;
    }
  });
  const auto client = MakeClient(Local(server.port()), ClientOptions{.timeout = milliseconds(300)});
  const auto start = std::chrono::steady_clock::now();
  EXPECT_FALSE(client->Send(Request{}));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

TEST_F(HttpClient, AStaleConnectionIsReopenedOnce) {
  const ScriptedServer server([](int connection) {  // promises keep-alive, and closes
    Hear(connection);
    Say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
  });
  const auto client = MakeClient(Local(server.port()));
  for (int i = 0; i < 3; ++i) {
    const auto response = client->Send(Request{});
    ASSERT_TRUE(response) << response.error().Message();
    EXPECT_EQ(response->body, "ok");
    std::this_thread::sleep_for(milliseconds(20));
  }
  EXPECT_EQ(server.accepted, 3);
}

TEST_F(HttpClient, AHalfAnswerIsNotAskedForAgain) {
  std::atomic<int> rounds{0};
  const ScriptedServer server([&rounds](int connection) {
    Hear(connection);
    Say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    ++rounds;
    Hear(connection);
    Say(connection, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\no");
    ++rounds;
  });
  const auto client = MakeClient(Local(server.port()));
  ASSERT_TRUE(client->Send(Request{}));
  const auto second = client->Send(Request{});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, ErrorCode::kRetry);
  EXPECT_EQ(rounds, 2);
  EXPECT_EQ(server.accepted, 1);
}

TEST_F(HttpClient, AnythingThatIsNotHttpIsRetry) {
  for (const char* answer :
       {"", "\r\n", "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        "HTTP/1.1 999999 X\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\n\r\n"}) {
    const ScriptedServer server([answer](int connection) {
      Hear(connection);
      Say(connection, answer);
    });
    const auto response = MakeClient(Local(server.port()))->Send(Request{});
    ASSERT_FALSE(response) << answer;
    EXPECT_EQ(response.error().code, ErrorCode::kRetry) << answer;
  }
}

TEST_F(HttpClient, AnswersInAllFramingsAreRead) {
  for (const char* answer :
       {"HTTP/1.1 200 OK\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"}) {
    const ScriptedServer server([answer](int connection) {
      Hear(connection);
      Say(connection, answer);
    });
    const auto response = MakeClient(Local(server.port()))->Send(Request{});
    ASSERT_TRUE(response) << response.error().Message();
    EXPECT_EQ(response->body, "hello");
  }
}

TEST_F(HttpClient, AnEndlessAnswerIsCutOff) {
  const ScriptedServer server([](int connection) {
    Hear(connection);
    std::string chunk = "HTTP/1.1 200 OK\r\n\r\n" + std::string(1 << 16, 'x');
    while (send(connection, chunk.data(), chunk.size(), MSG_NOSIGNAL) > 0) {
    }
  });
  const auto client =
      MakeClient(Local(server.port()), ClientOptions{.max_response_bytes = 1 << 20});
  const auto response = client->Send(Request{});
  ASSERT_FALSE(response);
  EXPECT_THAT(response.error().Message(), HasSubstr("too large"));
}

TEST_F(HttpClient, RequestsThatCouldForgeAnotherAreRefused) {
  const auto client = MakeClient(Local(1));
  Request bad_header;
  bad_header.headers = {{"X", "a\r\nY: b"}};
  Request bad_target;
  bad_target.target = "/a HTTP/1.1\r\nX: y";
  Request bad_method;
  bad_method.method = "GET /";
  for (const Request& request : {bad_header, bad_target, bad_method}) {
    const auto response = client->Send(request);
    ASSERT_FALSE(response);
    EXPECT_EQ(response.error().code, ErrorCode::kRejected);
  }
}

TEST_F(HttpClient, ARefusedConnectionAndAnUnknownNameAreRetry) {
  uint16_t free_port = 0;
  {
    const auto server = MustStart({}, handler_);
    free_port = server->port();
  }
  auto response = MakeClient(Local(free_port))->Send(Request{});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kRetry);
  Url nowhere{.tls = false, .host = "no-such-host.invalid", .port = "80", .path = ""};
  const auto start = std::chrono::steady_clock::now();
  response = MakeClient(nowhere, ClientOptions{.timeout = milliseconds(500)})->Send(Request{});
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kRetry);
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(5));
}

class HttpTls : public HttpClient {
 protected:
  // A certificate that is its own authority, for `name`.
  void MakeCertificate(const std::string& name) {
    const std::string command =
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "
        "/CN=tamtap-test -addext subjectAltName=" +
        name + " -keyout " + key_ + " -out " + certificate_ + " 2>/dev/null";
    ASSERT_EQ(std::system(command.c_str()), 0);
    options_.certificate_file = certificate_;
    options_.private_key_file = key_;
  }
  Result<Response> Ask(const std::string& host, const std::string& ca_file) {
    const Url url{.tls = true, .host = host, .port = std::to_string(server_->port()), .path = ""};
    return MakeClient(url, ClientOptions{.timeout = milliseconds(5000), .ca_file = ca_file})
        ->Send(Request{});
  }

  const TestDirectory directory_;
  const std::string key_ = directory_ / "key.pem";
  const std::string certificate_ = directory_ / "certificate.pem";
  ServerOptions options_;
  std::unique_ptr<Server> server_;
};

TEST_F(HttpTls, IsSpokenWhenChainAndNameVerify) {
  MakeCertificate("DNS:localhost");
  server_ = MustStart(options_, handler_);
  ASSERT_NE(server_, nullptr);
  const Url url{
      .tls = true, .host = "localhost", .port = std::to_string(server_->port()), .path = ""};
  const auto client =
      MakeClient(url, ClientOptions{.timeout = milliseconds(5000), .ca_file = certificate_});
  for (int i = 0; i < 3; ++i) {
    Request request;
    request.method = "POST";
    request.body = std::string(300'000, 'y');
    const auto response = client->Send(request);
    ASSERT_TRUE(response) << response.error().Message();
    EXPECT_EQ(response->body, "POST " + request.body);
  }
}

TEST_F(HttpTls, AnUnknownAuthorityOrAnotherNameIsMisconfigured) {
  MakeCertificate("DNS:example.test");
  server_ = MustStart(options_, handler_);
  ASSERT_NE(server_, nullptr);
  const auto unknown = Ask("localhost", "");
  ASSERT_FALSE(unknown);
  EXPECT_EQ(unknown.error().code, ErrorCode::kMisconfigured) << unknown.error().Message();
  const auto other = Ask("localhost", certificate_);
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, ErrorCode::kMisconfigured) << other.error().Message();
  EXPECT_EQ(handler_.requests, 0);
  const auto missing = Ask("localhost", directory_ / "none.pem");
  ASSERT_FALSE(missing);
  EXPECT_EQ(missing.error().code, ErrorCode::kMisconfigured);
}

TEST_F(HttpTls, PlainTextToATlsPortAndTheReverseAreOnlyErrors) {
  MakeCertificate("DNS:localhost");
  server_ = MustStart(options_, handler_);
  ASSERT_NE(server_, nullptr);
  RawConnection plain(server_->port());
  plain.Write("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  plain.ReadAll();
  EXPECT_TRUE(plain.closed());
  EXPECT_EQ(handler_.requests, 0);
  server_ = MustStart(ServerOptions{}, handler_);
  const auto response = Ask("localhost", certificate_);
  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().code, ErrorCode::kRetry);
}

TEST_F(HttpTls, HandshakesThatNobodyFinishesKeepNobodyOut) {
  MakeCertificate("DNS:localhost");
  options_.max_handshakes = 4;
  server_ = MustStart(options_, handler_);
  ASSERT_NE(server_, nullptr);
  std::vector<std::unique_ptr<RawConnection>> silent;
  for (int i = 0; i < 50; ++i) {
    silent.push_back(std::make_unique<RawConnection>(server_->port()));
    silent.back()->Write("\x16\x03\x01");
  }
  const auto response = Ask("localhost", certificate_);
  EXPECT_TRUE(response) << response.error().Message();
  silent.front()->ReadAll();
  EXPECT_TRUE(silent.front()->closed());
}

TEST_F(HttpTls, ACertificateWithoutItsKeyIsMisconfigured) {
  ServerOptions options;
  options.certificate_file = directory_ / "missing.pem";
  options.private_key_file = directory_ / "missing.pem";
  const auto server = StartServer(options, handler_);
  ASSERT_FALSE(server);
  EXPECT_EQ(server.error().code, ErrorCode::kMisconfigured);
}

}  // namespace
}  // namespace tamtap::http
