// The Responder of one request of a connection. May outlive the connection and the server: while it
// can lock the connection, both are there. Internal to this room.
#pragma once

#include <atomic>
#include <cstdint>
#include <exception>
#include <functional>
#include <memory>
#include <string>
#include <utility>

#include "base/log.h"
#include "http/server_core.h"
#include "http/wire.h"

namespace tamtap::http {

// What a responder asks of its connection. Both may be called from any thread.
class Answerable {
 public:
  virtual ~Answerable() = default;
  virtual void PostAnswer(uint64_t exchange, Response response) = 0;
  virtual void PostWatchGone(uint64_t exchange, std::function<void()> gone) = 0;
};

inline Response TextResponse(int status) {
  Response response;
  response.status = status;
  response.headers.emplace_back("Content-Type", "text/plain; charset=UTF-8");
  if (status == 503) response.headers.emplace_back("Retry-After", "5");
  response.body = std::string(ReasonPhrase(status)) + "\n";
  return response;
}

class ConnectionResponder final : public Responder {
 public:
  ConnectionResponder(std::shared_ptr<WorkerHandle> workers, std::weak_ptr<Answerable> connection,
                      uint64_t exchange)
      : workers_(std::move(workers)), connection_(std::move(connection)), exchange_(exchange) {}
  ~ConnectionResponder() override {
    if (answered_.load()) return;
    try {
      Send(TextResponse(500));
    } catch (const std::exception& error) {  // the connection gives up by itself, after a while
      LogFailure("the answer to an HTTP request", error);
    }
  }

  void Send(Response response) override {
    if (answered_.exchange(true)) return;
    const auto connection = connection_.lock();
    if (connection == nullptr) return;
    connection->PostAnswer(exchange_, std::move(response));
  }
  void OnGone(std::function<void()> gone) override {
    const auto connection = connection_.lock();
    if (connection == nullptr) return workers_->PostToWorker(std::move(gone));
    connection->PostWatchGone(exchange_, std::move(gone));
  }
  // From now on another responder answers the request.
  void LetGo() { answered_ = true; }

 private:
  const std::shared_ptr<WorkerHandle> workers_;
  const std::weak_ptr<Answerable> connection_;
  const uint64_t exchange_;
  std::atomic<bool> answered_{false};
};

}  // namespace tamtap::http
