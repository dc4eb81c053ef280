#include "http/connection.h"

#include <boost/asio/dispatch.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "http/websocket_session.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
using ErrorCodeOf = boost::system::error_code;
using std::chrono::milliseconds;

constexpr size_t kMaxReadAhead = 8 << 10;  // while a request is being answered
// Thrown away after an early refusal.
constexpr size_t kMaxLingering = 1 << 20;
constexpr size_t kMaxStrangersLingering = 64 << 10;
constexpr milliseconds kLongestAnswer{
    300'000};  // a handler that forgot is no reason to wait for ever

// One form for an IPv4 address, whether it came over an IPv4 or an IPv6 listener.
std::string AddressText(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).to_string();
  }
  return address.to_string();
}

}  // namespace

Connection::Connection(AnyStream::Tcp socket, asio::ssl::context* tls, ServerCore& core)
    : core_(core),
      entry_(core.registry),
      stream_(std::make_unique<AnyStream>(std::move(socket), tls)),
      strand_(stream_->get_executor()),
      timer_(strand_) {
  ErrorCodeOf error;  // a peer that is gone already shows at the first read
  const auto endpoint = stream_->socket().remote_endpoint(error);
  if (!error) {
    remote_address_ = AddressText(endpoint.address());
    peer_ = PeerAddressOf(remote_address_);
    peer_.local |= core_.options.trusted_proxies.Contain(remote_address_);
  }
  stream_->socket().set_option(asio::ip::tcp::no_delay(true), error);
  // A peer whose machine vanished while its request is being answered sends no FIN.
  stream_->socket().set_option(asio::socket_base::keep_alive(true), error);
}

bool Connection::TakeSeat() {
  const auto give_way = [weak = weak_from_this()] {
    const auto self = weak.lock();
    if (self != nullptr) self->Abort();
  };
  seat_ = core_.peers->Take(peer_, BaseBytes(), give_way);
  if (seat_ != nullptr && stream_->secure()) {
    handshake_ = core_.handshakes->Take(peer_, 0, give_way);
  }
  if (seat_ != nullptr && (handshake_ != nullptr || !stream_->secure())) return true;
  if (!stream_->secure()) TurnAway(stream_->socket(), core_);
  return false;
}

// Whose turn it is depends on who asks.
void Connection::OnWorker(std::function<void()> task) {
  if (seat_->known()) return core_.workers.Post(std::move(task));
  core_.workers.PostForStranger(peer_.key, std::move(task));
}

void Connection::Start() {
  AnyStream::Tls* tls = stream_->tls();
  if (tls == nullptr) return ReadRequest();
  SetDeadline(core_.options.header_timeout);
  tls->async_handshake(asio::ssl::stream_base::server,
                       Safely([](Connection& self, const ErrorCodeOf& error) {
                         self.handshake_.reset();
                         if (error || self.state_ == State::kClosed) return self.Close();
                         self.ReadRequest();
                       }));
}

bool Connection::MidRequest() const {
  return state_ == State::kReading && (!input_.empty() || (reader_ && reader_->begun()));
}

void Connection::BeginStop() {
  asio::post(strand_, Safely([](Connection& self) {
               self.stopping_ = true;
               const bool idle = self.state_ == State::kHandshake ||
                                 self.state_ == State::kLingering ||
                                 (self.state_ == State::kReading && !self.MidRequest());
               if (idle) self.Close();
             }));
}

void Connection::Abort() {
  asio::post(strand_, [self = shared_from_this()] { self->Close(); });
}

void Connection::ReadRequest() {
  if (stopping_) return Close();
  state_ = State::kReading;
  reader_.emplace(core_.options.max_header_bytes);
  seat_->WaitForPeer(true);
  SetDeadline(input_.empty() && exchange_ > 0 ? core_.options.idle_timeout
                                              : core_.options.header_timeout);
  ParseInput();
}

void Connection::ParseInput() {
  std::string_view input = input_;
  reader_->Read(input);
  input_.erase(0, input_.size() - input.size());
  switch (reader_->state()) {
    case RequestReader::State::kRefused:
      return Refuse(reader_->refusal());
    case RequestReader::State::kAdmission:
      return AskForAdmission();
    case RequestReader::State::kDone:
      return Dispatch();
    case RequestReader::State::kBody:
      if (!seat_->Hold(BaseBytes() + reader_->body_capacity())) return Refuse(503);
      break;
    case RequestReader::State::kHead:
      break;
  }
  if (read_closed_) return Close();
  StartRead();
}

void Connection::Refuse(int status) {
  ++exchange_;
  keep_alive_ = false;
  head_request_ = false;
  state_ = State::kAnswering;
  Deliver(exchange_, TextResponse(status));
}

void Connection::AskForAdmission() {
  const Request& head = reader_->request();
  // A client must not send frames before it has our answer (RFC 6455, 4.1).
  if (reader_->upgrade() && !input_.empty()) return Refuse(400);
  ++exchange_;
  state_ = State::kAnswering;
  SetDeadline(kLongestAnswer);
  seat_->WaitForPeer(false);
  keep_alive_ = reader_->keep_alive() && !stopping_;
  http_1_0_ = reader_->http_1_0();
  head_request_ = head.method == "HEAD";
  body_unread_ = reader_->has_body();
  reader_->SetPeer(remote_address_, stream_->secure());
  auto responder =
      std::make_shared<ConnectionResponder>(core_.worker_handle, weak_from_this(), exchange_);
  OnWorker([self = shared_from_this(), responder = std::move(responder)] {
    self->AskHandler(responder);
  });
  if (!reader_->has_body() && !reader_->upgrade()) ReadAhead();
}

// The strand leaves reader_ alone meanwhile.
void Connection::AskHandler(const std::shared_ptr<ConnectionResponder>& responder) {
  core_.handler.OnArrival(reader_->request());
  Admission admission = core_.handler.OnHead(reader_->request());
  if (!seat_->SetKnown(admission.known)) return responder->Send(TextResponse(503));
  if (admission.refusal) return responder->Send(*std::move(admission.refusal));
  if (reader_->upgrade()) return AskForUpgrade(responder);
  if (!reader_->has_body()) return core_.handler.OnRequest(reader_->Take(), responder);
  asio::post(strand_, Safely([exchange = exchange_, most = admission.max_body_bytes](
                                 Connection& self) { self.Admitted(exchange, most); }));
  responder->LetGo();
}

void Connection::Admitted(uint64_t exchange, size_t max_body_bytes) {
  if (exchange != exchange_ || state_ != State::kAnswering) return;
  state_ = State::kReading;
  seat_->WaitForPeer(true);
  SetDeadline(core_.options.body_timeout);
  reader_->Admit(max_body_bytes);
  if (reader_->expects_invitation() && reader_->state() == RequestReader::State::kBody) {
    constexpr std::string_view kGoOn = "HTTP/1.1 100 Continue\r\n\r\n";
    inviting_ = true;
    asio::async_write(*stream_, asio::buffer(kGoOn),
                      Safely([](Connection& self, const ErrorCodeOf& error, size_t) {
                        self.inviting_ = false;
                        if (error) return self.Close();
                        if (std::exchange(self.write_waits_, false)) self.WriteOut();
                      }));
  }
  ParseInput();
}

void Connection::Dispatch() {
  state_ = State::kAnswering;
  body_unread_ = false;
  SetDeadline(kLongestAnswer);
  seat_->WaitForPeer(false);
  auto responder =
      std::make_shared<ConnectionResponder>(core_.worker_handle, weak_from_this(), exchange_);
  OnWorker([self = shared_from_this(), responder = std::move(responder)] {
    self->core_.handler.OnRequest(self->reader_->Take(), responder);
  });
  ReadAhead();
}

void Connection::AskForUpgrade(const std::shared_ptr<ConnectionResponder>& responder) {
  Response refusal = TextResponse(400);
  Request request = reader_->Take();
  std::shared_ptr<WebSocketHandler> handler = core_.handler.OnUpgrade(request, refusal);
  if (handler == nullptr) return responder->Send(std::move(refusal));
  responder->LetGo();
  asio::post(strand_, [self = shared_from_this(), handler = std::move(handler),
                       request = std::move(request)]() mutable {
    if (self->stopping_) self->Close();  // the session then ends at once, and says so
    self->state_ = State::kClosed;
    ++self->timer_generation_;
    self->timer_.cancel();
    StartWebSocket(std::move(self->stream_), std::move(self->seat_), self->peer_.key, request,
                   std::move(handler), self->core_);
  });
}

// To hear of a client that goes away while it is being answered. What it sends meanwhile waits in
// input_, and when that is much, in TCP.
void Connection::ReadAhead() {
  if (input_.size() < kMaxReadAhead) StartRead();
}

void Connection::StartRead() {
  if (reading_ || read_closed_) return;
  reading_ = true;
  stream_->async_read_some(asio::buffer(chunk_),
                           Safely([](Connection& self, const ErrorCodeOf& error, size_t bytes) {
                             self.OnRead(error, bytes);
                           }));
}

void Connection::OnRead(const ErrorCodeOf& error, size_t bytes) {
  reading_ = false;
  if (state_ == State::kClosed) return;
  if (error) {
    const bool half_closed = error == asio::error::eof;
    read_closed_ = true;
    if (state_ == State::kAnswering) return PeerGone(half_closed);
    if (state_ == State::kWriting && half_closed) return;  // the answer may still be wanted
    return Close();
  }
  if (state_ == State::kLingering) {
    lingered_ += bytes;
    if (lingered_ > (seat_->known() ? kMaxLingering : kMaxStrangersLingering)) return Close();
    return StartRead();
  }
  const bool first_of_request = state_ == State::kReading && !MidRequest();
  input_.append(chunk_.data(), bytes);
  if (state_ == State::kReading) {
    if (first_of_request) SetDeadline(core_.options.header_timeout);
    ParseInput();
  } else if (state_ == State::kAnswering) {
    ReadAhead();
  }
}

void Connection::PeerGone(bool half_closed) {
  TellGone();
  if (!half_closed) return Close();
  // It may have closed only its sending side and still wait for the answer: keep the socket for it.
  SetDeadline(core_.options.body_timeout);
}

void Connection::TellGone() {
  if (gone_) core_.workers.Post(std::exchange(gone_, nullptr));
}

void Connection::PostWatchGone(uint64_t exchange, std::function<void()> gone) {
  asio::post(strand_, Safely([exchange, gone = std::move(gone)](Connection& self) mutable {
               self.WatchGone(exchange, std::move(gone));
             }));
}

void Connection::WatchGone(uint64_t exchange, std::function<void()> gone) {
  if (exchange != exchange_) return;
  if (state_ == State::kAnswering && !read_closed_) {
    gone_ = std::move(gone);
    seat_->WaitForPeer(true);  // it waits for news, and nobody works for it
  } else if (state_ == State::kAnswering || state_ == State::kClosed) {
    core_.workers.Post(std::move(gone));
  }
}

void Connection::SetDeadline(milliseconds timeout) {
  const uint64_t generation = ++timer_generation_;
  timer_.expires_after(timeout);
  timer_.async_wait(Safely([generation](Connection& self, const ErrorCodeOf& error) {
    if (!error && generation == self.timer_generation_) self.OnDeadline();
  }));
}

void Connection::OnDeadline() {
  if (MidRequest()) return Refuse(408);
  Close();
}

void Connection::PostAnswer(uint64_t exchange, Response response) {
  asio::post(strand_, Safely([exchange, response = std::move(response)](Connection& self) mutable {
               self.Deliver(exchange, std::move(response));
             }));
}

void Connection::Close() {
  if (state_ == State::kClosed) return;
  const bool answering = state_ == State::kAnswering;
  state_ = State::kClosed;
  ++timer_generation_;
  timer_.cancel();
  if (stream_) stream_->Close();
  try {
    if (answering) TellGone();
  } catch (const std::exception& error) {
    LogFailure("to say that a client is gone", error);
  }
}

void StartConnection(asio::ip::tcp::socket socket, asio::ssl::context* tls, ServerCore& core) {
  const asio::any_io_executor strand = socket.get_executor();
  auto connection = std::make_shared<Connection>(std::move(socket), tls, core);
  if (!connection->TakeSeat()) return;
  // At once, so that a server that stops now waits for it.
  connection->Register();
  asio::dispatch(strand, [connection] { connection->Start(); });
}

}  // namespace tamtap::http
