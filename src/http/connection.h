// One HTTP connection: requests in, one at a time (connection.cc), answers out in the same order
// (connection_answers.cc). Internal to this room. Members are touched on its strand, unless they
// say otherwise.
#pragma once

#include <array>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <exception>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/log.h"
#include "http/any_stream.h"
#include "http/connection_responder.h"
#include "http/guarded.h"
#include "http/outgoing.h"
#include "http/request_reader.h"
#include "http/server_core.h"

namespace tamtap::http {

class Connection final : public Stoppable,
                         public Answerable,
                         public std::enable_shared_from_this<Connection> {
 public:
  Connection(AnyStream::Tcp socket, boost::asio::ssl::context* tls, ServerCore& core);

  bool TakeSeat();  // false: there is no room, and it was told so
  void Register() { entry_.Add(this, weak_from_this()); }
  void Start();
  void BeginStop() override;
  void Abort() override;
  void PostAnswer(uint64_t exchange, Response response) override;
  void PostWatchGone(uint64_t exchange, std::function<void()> gone) override;

 private:
  static constexpr size_t kReadChunk = 4 << 10;
  // What a connection takes besides bodies; TLS has buffers of its own, of 17 KB each.
  static constexpr size_t kConnectionBytes = 24 << 10;
  static constexpr size_t kTlsBytes = 96 << 10;

  enum class State { kHandshake, kReading, kAnswering, kWriting, kLingering, kClosed };

  template <typename Function>
  auto Safely(Function function) {
    return Guarded(shared_from_this(), "an HTTP connection", &Connection::Close,
                   std::move(function));
  }
  void OnWorker(std::function<void()> task);

  void ReadRequest();
  void ParseInput();
  void AskForAdmission();
  void AskHandler(const std::shared_ptr<ConnectionResponder>& responder);     // on a worker
  void AskForUpgrade(const std::shared_ptr<ConnectionResponder>& responder);  // on a worker
  void Admitted(uint64_t exchange, size_t max_body_bytes);
  void Refuse(int status);
  void Dispatch();
  void ReadAhead();
  void StartRead();
  void OnRead(const boost::system::error_code& error, size_t bytes);
  void PeerGone(bool half_closed);
  void WatchGone(uint64_t exchange, std::function<void()> gone);
  void TellGone();
  void SetDeadline(std::chrono::milliseconds timeout);
  void OnDeadline();
  bool MidRequest() const;
  void Deliver(uint64_t exchange, Response response);
  void Write(Outgoing outgoing);
  void WriteOut();
  void FinishExchange();
  void Close();
  size_t BaseBytes() const { return kConnectionBytes + (stream_->secure() ? kTlsBytes : 0); }
  AnswerForm Form() const {
    return {.without_body = head_request_,
            .keep_alive = keep_alive_,
            .http_1_0 = http_1_0_,
            .version = core_.options.version};
  }

  ServerCore& core_;
  Registry::Entry entry_;  // before all that needs the server, so that it goes after them
  std::unique_ptr<AnyStream> stream_;
  boost::asio::any_io_executor strand_;
  boost::asio::steady_timer timer_;
  uint64_t timer_generation_ = 0;
  std::string remote_address_;
  PeerAddress peer_;
  std::shared_ptr<Peers::Seat> seat_;
  std::unique_ptr<Peers::Seat> handshake_;

  State state_ = State::kHandshake;
  std::optional<RequestReader> reader_;
  bool reading_ = false;
  bool inviting_ = false;  // "100 Continue" is being written
  bool write_waits_ = false;
  bool read_closed_ = false;  // the peer sends no more
  bool stopping_ = false;
  std::array<char, kReadChunk> chunk_{};
  std::string input_;  // read and not yet parsed
  size_t lingered_ = 0;

  uint64_t exchange_ = 0;
  bool head_request_ = false;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
  bool body_unread_ = false;
  std::function<void()> gone_;
  Outgoing outgoing_;
};

// Reads from `socket`, whose executor is a strand of its own, until either side closes. `tls` may
// be null; it and `core` outlive the connection. A peer for whom there is no room is told to come
// back, and closed.
void StartConnection(boost::asio::ip::tcp::socket socket, boost::asio::ssl::context* tls,
                     ServerCore& core);

// Tells a peer to come back, as well as that can be done without waiting for it.
void TurnAway(boost::asio::ip::tcp::socket& socket, const ServerCore& core);

}  // namespace tamtap::http
