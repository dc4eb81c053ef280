// Socket.IO protocol 5 over Engine.IO protocol 4: live events to browsers, by WebSocket and by long
// polling, with upgrade. What connects and what is said is the Listener's.
//
// Sources: github.com/socketio/engine.io-protocol (v4), github.com/socketio/socket.io-protocol
// (v5).
#pragma once

#include <boost/json/fwd.hpp>
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

// Acknowledges one event of the client, once.
using Acknowledge =
    std::function<void(const boost::json::array& arguments, std::vector<std::string> attachments)>;

// An event without attachments in the namespace "/", encoded once for all sockets that hear of it.
using SharedEvent = http::SharedFrame;
SharedEvent EncodeOnce(std::string_view event, const boost::json::array& arguments);

// One client connected to one namespace. Thread-safe. Sends never block: a client that does not
// read is dropped when its bounded queue is full.
class Socket {
 public:
  virtual ~Socket() = default;
  virtual const std::string& id() const = 0;
  virtual const std::string& name_space() const = 0;  // "/" or "/custom"
  // Binary attachments stand in `arguments` as {"_placeholder":true,"num":n}.
  virtual void Emit(std::string_view event, const boost::json::array& arguments,
                    std::vector<std::string> attachments = {}) = 0;
  // The same of events that go to many sockets of "/", in order.
  virtual void EmitShared(std::span<const SharedEvent> events) = 0;
  virtual void Disconnect() = 0;
  // Closes its connection, as a cut network would: a client comes back by itself.
  virtual void HangUp() = 0;
};

// How a client that was away catches up (connection state recovery, Socket.IO 4.6). A client that
// was given a `pid` keeps it, and with it the last argument of the last event that it heard, if
// that is a text: the place up to which it has heard everything. Both come back in its next
// CONNECT.
struct Recovery {
  std::string pid;    // for the client to keep; the same as before: it misses nothing. Empty: none
  std::string place;  // from which on this client is to hear everything
};

// Called on the HTTP server's workers or this server's timer thread; calls for one client come one
// at a time, in order. None is made from inside a call of Socket.
class Listener {
 public:
  virtual ~Listener() = default;
  // A client asks to join a namespace. `handshake` is the request that opened the connection (with
  // cookies, Origin and the like), `auth` the CONNECT packet's payload (null if none). An empty
  // string lets it in; anything else is the message of the CONNECT_ERROR it gets.
  virtual std::string Admit(std::string_view name_space, const http::Request& handshake,
                            const boost::json::value& auth) = 0;
  // The client was let in. `auth` and `handshake` are those that Admit() was asked about.
  // Called next.
  virtual Recovery Recover(std::string_view /*name_space*/, const http::Request& /*handshake*/,
                           const boost::json::value& /*auth*/) {
    return {};
  }
  // `place` is as Recover() said: what was emitted since is this call's to emit.
  virtual void OnConnect(const std::shared_ptr<Socket>& socket, const http::Request& handshake,
                         const boost::json::value& auth, const std::string& place) = 0;
  // `acknowledge` is empty when the client wants none.
  virtual void OnEvent(const std::shared_ptr<Socket>& socket, std::string_view event,
                       const boost::json::array& arguments, std::vector<std::string> attachments,
                       Acknowledge acknowledge) = 0;
  virtual void OnDisconnect(const std::shared_ptr<Socket>& socket) = 0;  // once for each OnConnect
};

struct Options {
  std::chrono::milliseconds ping_interval{25'000};
  std::chrono::milliseconds ping_timeout{20'000};
  std::chrono::milliseconds connect_timeout{45'000};  // from the handshake to a namespace joined
  size_t max_payload = 1'000'000;
  size_t max_queue_bytes = 1 << 20;  // a client
  size_t max_clients = 2048;         // further handshakes get 503
};

// Until a client is let into a namespace it may send a CONNECT, of 4 KB at most, and nothing else;
// strangers have a quarter of the clients, and an address a quarter of that (http/peers.h).
//
// Plugs into an http::Handler, which passes on the requests and upgrades under the path it chose
// ("/socket.io/"). Outlives the http::Server that feeds it.
class Server {
 public:
  virtual ~Server() = default;  // stops
  virtual void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) = 0;
  virtual std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                            http::Response& refusal) = 0;
  // Whether a request belongs to a client that was let in.
  virtual bool Knows(const http::Request& head) const = 0;
  virtual size_t ClientCount() const = 0;
  // Disconnects everyone, in a way that makes clients come back; further handshakes are refused.
  virtual void Stop() = 0;
};

// `listener`, `random` (thread-safe) and `clock` outlive the server.
std::unique_ptr<Server> MakeServer(Options options, Listener& listener, Random& random,
                                   Clock& clock = SystemClock());

}  // namespace tamtap::socketio
