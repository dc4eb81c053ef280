// For tests: a handler with one behaviour a path.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http/server.h"

namespace tamtap::http {

class EchoSocket final : public WebSocketHandler {
 public:
  explicit EchoSocket(std::atomic<int>& closed) : closed_(closed) {}
  void OnOpen(std::shared_ptr<WebSocket> socket) override { socket_ = std::move(socket); }
  void OnMessage(std::string message, bool binary) override {
    if (message == "flood") {  // far more than the peer will ever read
      for (int i = 0; i < 10'000; ++i) socket_->SendBinary(std::string(10'000, 'x'));
      return;
    }
    if (message == "close") return socket_->Close();
    if (message == "known") return socket_->SetKnown(true);
    if (binary) {
      socket_->SendBinary(std::move(message));
    } else {
      socket_->SendText(std::move(message));
    }
  }
  void OnClose() override { ++closed_; }

 private:
  std::shared_ptr<WebSocket> socket_;
  std::atomic<int>& closed_;
};

// A million bytes that are in no memory; or the first half of them.
class EchoSource final : public BodySource {
 public:
  static constexpr uint64_t kBytes = 1'000'000;

  explicit EchoSource(bool broken) : broken_(broken) {}
  uint64_t size() const override { return kBytes; }
  bool Read(uint64_t offset, std::span<char> into) override {
    for (size_t i = 0; i < into.size(); ++i) into[i] = ByteAt(offset + i);
    return !broken_ || offset < kBytes / 2;
  }
  static char ByteAt(uint64_t offset) { return static_cast<char>('a' + offset % 23); }

 private:
  const bool broken_;
};

class EchoHandler final : public Handler {
 public:
  Admission OnHead(const Request& head) override {
    Admission admission;
    admission.known = !head.Header("X-Known").empty();
    if (head.Path() == "/refused") {
      admission.refusal = Response{.status = 401, .headers = {}, .body = "who are you?"};
    }
    if (!head.Header("X-Stranger").empty()) return admission;
    admission.max_body_bytes = max_body_bytes;
    return admission;
  }
  void OnRequest(Request request, std::shared_ptr<Responder> responder) override {
    ++requests;
    const std::string path = request.Path();
    if (path == "/hold") {  // answered by Release
      responder->OnGone([this] { ++gone; });
      MutexLock lock(mutex);
      held.push_back(std::move(responder));
      return;
    }
    if (path == "/drop") return;
    if (path == "/split") {  // a handler that is tricked into forging a header
      Response response;
      response.headers = {{"X-Bad", "a\r\nX-Forged: b"}, {"X-Good", "c"}};
      return responder->Send(std::move(response));
    }
    if (path == "/large") {
      Response response;
      response.body = std::string(5'000'000, 'L');
      return responder->Send(std::move(response));
    }
    if (path == "/pieces" || path == "/broken") {
      Response response;
      response.source = std::make_shared<EchoSource>(path == "/broken");
      return responder->Send(std::move(response));
    }
    Response response;
    response.headers = {{"Content-Type", "text/plain"}, {"X-Target", request.target}};
    response.body = request.method + " " + request.body;
    responder->Send(std::move(response));
  }
  std::shared_ptr<WebSocketHandler> OnUpgrade(const Request& request, Response& refusal) override {
    if (request.Path() != "/socket") {
      refusal.status = 403;
      refusal.body = "no";
      return nullptr;
    }
    return std::make_shared<EchoSocket>(sockets_closed);
  }
  void Release() {
    MutexLock lock(mutex);
    for (auto& responder : held)
      responder->Send(Response{.status = 200, .headers = {}, .body = "late"});
    held.clear();
  }
  size_t Held() {
    MutexLock lock(mutex);
    return held.size();
  }

  size_t max_body_bytes = SIZE_MAX;  // of those who don't say that they are strangers
  std::atomic<int> requests{0};
  std::atomic<int> gone{0};
  std::atomic<int> sockets_closed{0};
  Mutex mutex;
  std::vector<std::shared_ptr<Responder>> held GUARDED_BY(mutex);
};

// Waits up to ten seconds.
template <typename Condition>
bool Eventually(Condition condition) {
  for (int i = 0; i < 1000; ++i) {
    if (condition()) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
  return condition();
}

inline std::unique_ptr<Server> MustStart(ServerOptions options, Handler& handler) {
  auto server = StartServer(options, handler);
  if (!server) return nullptr;
  return std::move(*server);
}

}  // namespace tamtap::http
