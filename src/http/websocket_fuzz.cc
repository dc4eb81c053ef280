// Any bytes as what a client sends on an open WebSocket: no message is larger than it may be, the
// handler hears of the end once and of nothing afterwards, and what was taken is given back.
#include <sys/socket.h>
#include <unistd.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/websocket_session.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;

constexpr size_t kMaxMessage = 2'000;
constexpr size_t kMaxStrangersMessage = 200;

class Nobody final : public Handler {
 public:
  Admission OnHead(const Request&) override { return {}; }
  void OnRequest(Request, std::shared_ptr<Responder>) override {}
  std::shared_ptr<WebSocketHandler> OnUpgrade(const Request&, Response&) override {
    return nullptr;
  }
};

class Listener final : public WebSocketHandler {
 public:
  ~Listener() override { CHECK(closed_); }
  void OnOpen(std::shared_ptr<WebSocket> socket) override { socket_ = std::move(socket); }
  void OnMessage(std::string message, bool binary) override {
    CHECK(!closed_ && message.size() <= (known_ ? kMaxMessage : kMaxStrangersMessage));
    if (message == "k") socket_->SetKnown(known_ = true);
    if (message == "s") socket_->SetKnown(known_ = false);
    if (message == "c") socket_->Close();
    if (binary) socket_->SendBinary(std::move(message));
  }
  void OnClose() override {
    CHECK(!closed_);
    closed_ = true;
  }

 private:
  std::shared_ptr<WebSocket> socket_;
  bool known_ = false;
  bool closed_ = false;
};

void Try(std::string_view bytes) {
  int ends[2];
  CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
  const int wanted = 256 << 10;  // all of the input fits, and all answers do
  for (const int end : ends) setsockopt(end, SOL_SOCKET, SO_SNDBUF, &wanted, sizeof(wanted));
  CHECK(write(ends[1], bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size()));
  shutdown(ends[1], SHUT_WR);
  {
    asio::io_context io;
    Nobody nobody;
    ServerOptions options;
    options.worker_threads = 1;
    options.most_worker_threads = 1;
    options.max_message_bytes = kMaxMessage;
    options.max_stranger_message_bytes = kMaxStrangersMessage;
    ServerCore core(options, nobody);
    AnyStream::Tcp socket(asio::make_strand(io));
    socket.assign(asio::ip::tcp::v4(), ends[0]);
    const auto strand = socket.get_executor();
    Request request;
    request.headers = {{"Host", "a"},
                       {"Connection", "Upgrade"},
                       {"Upgrade", "websocket"},
                       {"Sec-WebSocket-Version", "13"},
                       {"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="}};
    std::shared_ptr<Peers::Seat> seat = core.peers->Take({"a", false}, 1'000, [] {});
    asio::post(strand,
               [&core, &request, stream = std::make_unique<AnyStream>(std::move(socket), nullptr),
                seat = std::move(seat)]() mutable {
                 StartWebSocket(std::move(stream), std::move(seat), "a", request,
                                std::make_shared<Listener>(), core);
               });
    const auto work = asio::make_work_guard(io);
    do {
      io.run_one_for(std::chrono::milliseconds(20));
      io.poll();
    } while (!core.registry.WaitEmpty(std::chrono::nanoseconds(1)));
    core.workers.Join();
    CHECK(core.peers->use().strangers + core.peers->use().known == 0);
    CHECK(core.peers->use().stranger_bytes + core.peers->use().known_bytes == 0);
  }
  close(ends[1]);
}

}  // namespace
}  // namespace tamtap::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size > (16 << 10)) return 0;
  tamtap::http::Try({reinterpret_cast<const char*>(data), size});
  return 0;
}
