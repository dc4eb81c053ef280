// Engine.IO protocol 4: messages both ways between a browser and the server over long polling or
// WebSocket, with upgrade from the one to the other, heartbeats, and bounds on everything.
//
// Source: github.com/socketio/engine.io-protocol (v4).
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "http/server.h"

namespace tamtap::socketio {

struct Message {
  std::string data;  // valid UTF-8 unless binary
  bool binary = false;
};

http::SharedFrame MessageFrame(std::string_view text);

// One client. Thread-safe; no call blocks or calls back into its handler. A client whose queue
// grows past EngineOptions::max_queue_bytes is dropped. After the close all calls do nothing.
class EngineSocket {
 public:
  virtual ~EngineSocket() = default;
  virtual const std::string& id() const = 0;
  // Sends them in order, with nothing of another call between them.
  virtual void Send(std::vector<Message> messages) = 0;
  // The same of text messages that go to many clients: each is a whole packet, made once by
  // MessageFrame().
  virtual void SendFrames(std::span<const http::SharedFrame> messages) = 0;
  virtual void Close() = 0;  // after what was sent
  // Says that it is known who the client is, or that it is known no longer. A client begins as a
  // stranger, and may send no more
  // than EngineOptions::max_stranger_payload bytes until it is known.
  virtual void SetKnown(bool known) = 0;
  // Runs `task` in turn with the handler's calls.
  virtual void Run(std::function<void()> task) = 0;
  // Closes the client after `delay`, unless told otherwise before: kNoClose takes it back.
  static constexpr std::chrono::milliseconds kNoClose{-1};
  virtual void CloseAfter(std::chrono::milliseconds delay) = 0;
};

// Hears of one client. Calls come one at a time, in order, on the HTTP server's workers or on the
// engine's timer thread.
class EngineHandler {
 public:
  virtual ~EngineHandler() = default;
  virtual void OnMessage(Message message) = 0;
  virtual void OnClose() = 0;  // once, the last call
};

class EngineListener {
 public:
  virtual ~EngineListener() = default;
  // Never null. `handshake` is the request that opened the connection, with those of its headers
  // that tell who it comes from.
  virtual std::shared_ptr<EngineHandler> OnOpen(const std::shared_ptr<EngineSocket>& socket,
                                                const http::Request& handshake) = 0;
};

struct EngineOptions {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  size_t max_payload = 1'000'000;         // of one POST or one frame
  size_t max_stranger_payload = 4 << 10;  // and of all that waits to be handled
  size_t max_queue_bytes = 1 << 20;       // a client, towards it
  size_t max_clients = 2048;              // a quarter of them strangers; further handshakes get 503
  size_t stranger_bytes = 8 << 20;        // that all strangers may fill together
  size_t known_bytes = 48 << 20;          // and all others
};

// Plugs into an http::Handler. Outlives the http::Server that feeds it.
class EngineServer {
 public:
  virtual ~EngineServer() = default;  // stops
  virtual void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) = 0;
  virtual std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                            http::Response& refusal) = 0;
  // Whether a request belongs to a client that is known.
  virtual bool Knows(const http::Request& head) const = 0;
  virtual size_t ClientCount() const = 0;
  virtual void Stop() = 0;  // closes everyone; further handshakes get 503
};

// `listener`, `random` (thread-safe) and `clock` outlive the server.
std::unique_ptr<EngineServer> MakeEngineServer(EngineOptions options, EngineListener& listener,
                                               Random& random, Clock& clock = SystemClock());

}  // namespace tamtap::socketio
