// An HTTP/1.1 and WebSocket server (RFC 9112, RFC 6455): sockets, limits and time-outs. What the
// requests mean is the Handler's. Boost.Beast stays behind this header.
//
// Threads: `io_threads` own the sockets; the Handler is called on `worker_threads` (workers.h), so
// it may block on a database. Calls for different connections run at the same time.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"
#include "http/networks.h"

namespace tamtap::http {

// Answers one request, at any later time, from any thread, once. Dropped without an answer, the
// client gets 500. If the client is gone the answer goes nowhere.
class Responder {
 public:
  virtual ~Responder() = default;
  virtual void Send(Response response) = 0;
  // Called once, on a worker, if the client goes away before Send; used by long polling.
  virtual void OnGone(std::function<void()> gone) = 0;
};

// A text message as the bytes of its frame, made once for all sockets that it goes to.
class TextFrame {
 public:
  explicit TextFrame(std::string_view text);
  const std::string& bytes() const { return bytes_; }
  std::string_view text() const { return std::string_view(bytes_).substr(head_); }

 private:
  std::string bytes_;
  size_t head_;
};
using SharedFrame = std::shared_ptr<const TextFrame>;

// One accepted WebSocket. Thread-safe. Callbacks run on workers, one at a time per socket, in
// order.
class WebSocket {
 public:
  virtual ~WebSocket() = default;
  virtual void SendText(std::string message) = 0;
  virtual void SendBinary(std::string message) = 0;
  // Sends them in order, on this thread if the connection takes them: as a rule no other thread
  // wakes up for it.
  virtual void SendFrames(std::span<const SharedFrame> frames) = 0;
  virtual void Close() = 0;
  // Says that the peer's caller is known from now on, or is no longer. At the beginning it is as
  // the admission of its upgrade said.
  virtual void SetKnown(bool known) = 0;
  // Bytes handed to Send that the peer has not taken yet. A socket over
  // ServerOptions::max_websocket_queue_bytes is closed by the server.
  virtual size_t QueuedBytes() const = 0;
};

class WebSocketHandler {
 public:
  virtual ~WebSocketHandler() = default;
  virtual void OnOpen(std::shared_ptr<WebSocket> socket) = 0;
  virtual void OnMessage(std::string message, bool binary) = 0;
  // The last call, always made: without OnOpen too, when the upgrade could not be answered.
  virtual void OnClose() = 0;
};

// What is decided by a request's head alone.
struct Admission {
  // Sent at once; nothing more of the request is read.
  std::optional<Response> refusal{};
  // The caller is a gate, or somebody signed in: from now on the connection counts as theirs, until
  // a request without such a caller comes on it.
  bool known = false;
  size_t max_body_bytes = 4 << 10;  // what a stranger may send
};

class Handler {
 public:
  virtual ~Handler() = default;
  // Called first for every request and upgrade, when its head is there and nothing of its body. It
  // may change the head; the calls that follow get what it made of it.
  virtual void OnArrival(Request& /*head*/) {}
  // Called next.
  virtual Admission OnHead(const Request& head) = 0;
  // Called for a request that OnHead() admitted, with its body.
  virtual void OnRequest(Request request, std::shared_ptr<Responder> responder) = 0;
  // A WebSocket upgrade was asked for. Returns its handler, or a null pointer after filling
  // `refusal`, which is then sent instead of the upgrade.
  virtual std::shared_ptr<WebSocketHandler> OnUpgrade(const Request& request,
                                                      Response& refusal) = 0;
};

struct ServerOptions {
  std::string host = "127.0.0.1";
  uint16_t port = 0;  // 0: any free one
  int io_threads = 1;
  int worker_threads = 4;
  int most_worker_threads = 32;  // as gates and staff who wait at the same time ask for them
  // Of these, strangers have at most three quarters (peers.h).
  size_t max_connections = 4096;
  size_t stranger_bytes = 32 << 20;  // that all strangers may fill together
  size_t known_bytes = 96 << 20;     // and all others
  size_t max_handshakes = 64;        // of TLS, at the same time
  size_t max_header_bytes = 8 << 10;
  size_t max_stranger_message_bytes = 4 << 10;  // of a WebSocket, until WebSocket::SetKnown
  size_t max_message_bytes = 1'000'000;
  size_t max_websocket_queue_bytes = 4 << 20;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{60'000};
  std::chrono::milliseconds idle_timeout{75'000};  // between requests of a kept-alive connection
  std::string certificate_file{};                  // PEM chain; with private_key_file: TLS
  std::string private_key_file{};
  // How often to look whether these files have changed. New connections then get the new
  // certificate; those that are open stay as they are. What can't be used is said, and the old one
  // stays.
  std::chrono::milliseconds certificate_check{10'000};
  // Proxies pass on what many ask: an address of theirs has more than one peer's share (peers.h).
  Networks trusted_proxies{};
  // Of the program that serves; every answer carries it, those of this room and of a WebSocket's
  // handshake included: by it a terminal knows our server's answer from a stranger's
  // (our_server.h). Empty: no answer does.
  std::string version{};
};

class Server {
 public:
  virtual ~Server() = default;  // stops
  virtual uint16_t port() const = 0;
  // Whether a task gets through the thread of the sockets and then through a worker's within
  // `patience`: not so if they all hang. Not while Stop() runs.
  virtual bool Answers(std::chrono::milliseconds patience) = 0;
  // Turns new connections away, closes those that nobody asks anything on, and tells WebSockets to
  // go elsewhere; requests under way are answered. Returns when there are none any more, but after
  // `patience` in any case.
  virtual void Drain(std::chrono::milliseconds patience) = 0;
  // Closes the listener and every connection; returns when no callback runs any more. Bounded:
  // open requests get a second to finish.
  virtual void Stop() = 0;
};

// `handler` must outlive the server. kMisconfigured when the address is in use or not ours.
Result<std::unique_ptr<Server>> StartServer(const ServerOptions& options, Handler& handler);

}  // namespace tamtap::http
