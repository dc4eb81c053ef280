// socketio_echo_server --port N [--host ADDRESS]: the conformance server that the public test
// suites of the protocols expect. Plain Engine.IO at /engine.io/, each message sent back; Socket.IO
// at /socket.io/. Namespaces / and /custom are open; /private wants {"token":"secret"}. Prints
// "listening on PORT" when ready; ends with SIGTERM or SIGINT. --port 0 takes any free one.
#include <pthread.h>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <thread>

#include "base/random.h"
#include "http/server.h"
#include "socketio/engine_io.h"
#include "socketio/socket_io.h"

namespace {

namespace json = boost::json;
using tamtap::http::Request;
using tamtap::http::Responder;
using tamtap::http::Response;
using tamtap::http::WebSocketHandler;
using tamtap::socketio::Acknowledge;
using tamtap::socketio::EngineHandler;
using tamtap::socketio::EngineSocket;
using tamtap::socketio::Message;
using tamtap::socketio::Socket;

constexpr std::chrono::milliseconds kPingInterval{300};
constexpr std::chrono::milliseconds kPingTimeout{200};
constexpr std::chrono::milliseconds kConnectTimeout{1'000};
// The suites wait for one message, then for the next: they miss one that arrives in the same
// segment as the answer to CONNECT.
constexpr std::chrono::milliseconds kAuthDelay{25};
constexpr size_t kMaxPayload = 1'000'000;

class EchoHandler final : public EngineHandler {
 public:
  explicit EchoHandler(std::shared_ptr<EngineSocket> socket) : socket_(std::move(socket)) {
    socket_->SetKnown(true);  // it echoes to anybody
  }
  void OnMessage(Message message) override {
    std::vector<Message> answer;
    answer.push_back(std::move(message));
    socket_->Send(std::move(answer));
  }
  void OnClose() override {}

 private:
  std::shared_ptr<EngineSocket> socket_;
};

class EngineEcho final : public tamtap::socketio::EngineListener {
 public:
  std::shared_ptr<EngineHandler> OnOpen(const std::shared_ptr<EngineSocket>& socket,
                                        const Request&) override {
    return std::make_shared<EchoHandler>(socket);
  }
};

class SocketEcho final : public tamtap::socketio::Listener {
 public:
  std::string Admit(std::string_view name_space, const Request&, const json::value& auth) override {
    if (name_space == "/" || name_space == "/custom") return {};
    if (name_space != "/private") return "Invalid namespace";
    const json::object* fields = auth.if_object();
    const json::value* token = fields == nullptr ? nullptr : fields->if_contains("token");
    return token != nullptr && *token == "secret" ? "" : "Not authorized";
  }
  void OnConnect(const std::shared_ptr<Socket>& socket, const Request&, const json::value& auth,
                 const std::string&) override {
    std::this_thread::sleep_for(kAuthDelay);
    json::array arguments;
    arguments.push_back(auth.is_null() ? json::value(json::object()) : auth);
    socket->Emit("auth", arguments);
  }
  void OnEvent(const std::shared_ptr<Socket>& socket, std::string_view event,
               const json::array& arguments, std::vector<std::string> attachments,
               Acknowledge acknowledge) override {
    if (event == "message") socket->Emit("message-back", arguments, std::move(attachments));
    if (event == "message-with-ack" && acknowledge) acknowledge(arguments, std::move(attachments));
    if (event == "leave") socket->Disconnect();
  }
  void OnDisconnect(const std::shared_ptr<Socket>&) override {}
};

class Router final : public tamtap::http::Handler {
 public:
  Router(tamtap::socketio::EngineServer& engine, tamtap::socketio::Server& sockets)
      : engine_(engine), sockets_(sockets) {}
  tamtap::http::Admission OnHead(const Request&) override {
    return {.refusal = {}, .known = true, .max_body_bytes = 2 * kMaxPayload};
  }
  void OnRequest(Request request, std::shared_ptr<Responder> responder) override {
    const std::string path = request.Path();
    if (path == "/engine.io/") return engine_.OnRequest(std::move(request), std::move(responder));
    if (path == "/socket.io/") return sockets_.OnRequest(std::move(request), std::move(responder));
    responder->Send(Response{.status = 404, .headers = {}, .body = "not found\n"});
  }
  std::shared_ptr<WebSocketHandler> OnUpgrade(const Request& request, Response& refusal) override {
    const std::string path = request.Path();
    if (path == "/engine.io/") return engine_.OnUpgrade(request, refusal);
    if (path == "/socket.io/") return sockets_.OnUpgrade(request, refusal);
    refusal.status = 404;
    return nullptr;
  }

 private:
  tamtap::socketio::EngineServer& engine_;
  tamtap::socketio::Server& sockets_;
};

int Usage() {
  std::fputs("usage: socketio_echo_server --port N [--host ADDRESS]\n", stderr);
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  // Blocked before any thread starts, so that only sigwait below hears of them.
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);

  tamtap::http::ServerOptions options;
  options.max_message_bytes = kMaxPayload;
  bool have_port = false;
  for (int i = 1; i < argc; i += 2) {
    const std::string_view flag = argv[i];
    if (i + 1 >= argc) return Usage();
    if (flag == "--port") {
      char* end = nullptr;
      const unsigned long port = std::strtoul(argv[i + 1], &end, 10);
      if (*end != '\0' || end == argv[i + 1] || port > 65535) return Usage();
      options.port = static_cast<uint16_t>(port);
      have_port = true;
    } else if (flag == "--host") {
      options.host = argv[i + 1];
    } else {
      return Usage();
    }
  }
  if (!have_port) return Usage();

  EngineEcho engine_echo;
  SocketEcho socket_echo;
  const auto engine = tamtap::socketio::MakeEngineServer(
      tamtap::socketio::EngineOptions{
          .ping_interval = kPingInterval, .ping_timeout = kPingTimeout, .max_payload = kMaxPayload},
      engine_echo, tamtap::SystemRandom());
  const auto sockets =
      tamtap::socketio::MakeServer(tamtap::socketio::Options{.ping_interval = kPingInterval,
                                                             .ping_timeout = kPingTimeout,
                                                             .connect_timeout = kConnectTimeout,
                                                             .max_payload = kMaxPayload},
                                   socket_echo, tamtap::SystemRandom());
  Router router(*engine, *sockets);
  auto server = tamtap::http::StartServer(options, router);
  if (!server) {
    std::fprintf(stderr, "%s\n", server.error().Message().c_str());
    return 1;
  }
  std::printf("listening on %d\n", (*server)->port());
  std::fflush(stdout);
  int signal = 0;
  sigwait(&signals, &signal);
  sockets->Stop();
  engine->Stop();
  (*server)->Stop();
  return 0;
}
