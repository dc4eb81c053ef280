#include "http/websocket_session.h"

#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <deque>
#include <exception>
#include <functional>
#include <string>

#include "base/log.h"
#include "http/guarded.h"
#include "http/our_server.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCodeOf = boost::system::error_code;
using UpgradeRequest = beast::http::request<beast::http::empty_body>;

constexpr size_t kMessageOverhead = 64;  // counted for each queued message, empty ones too
constexpr size_t kReadAtOnce = 16 << 10;
constexpr size_t kSessionBytes = 24 << 10;  // besides messages
constexpr size_t kTlsBytes = 96 << 10;
constexpr std::chrono::seconds kCloseTimeout{3};

struct Outgoing {
  std::string data;
  bool binary = false;
  size_t Cost() const { return data.size() + kMessageOverhead; }
};

class WebSocketSession final : public Stoppable,
                               public std::enable_shared_from_this<WebSocketSession> {
 public:
  WebSocketSession(std::unique_ptr<AnyStream> stream, std::shared_ptr<Peers::Seat> seat,
                   std::string address, UpgradeRequest request,
                   std::shared_ptr<WebSocketHandler> handler, ServerCore& core)
      : core_(core),
        entry_(core.registry),
        seat_(std::move(seat)),
        address_(std::move(address)),
        stream_(std::move(stream)),
        strand_(stream_->get_executor()),
        close_timer_(strand_),
        request_(std::move(request)),
        handler_(std::move(handler)),
        ws_(*stream_) {}

  void Start();
  void BeginStop() override;
  void Abort() override;

  void Enqueue(Outgoing message);
  void CloseAfterQueue(websocket::close_code code);
  void Drop();

  const asio::any_io_executor& strand() const { return strand_; }
  const std::shared_ptr<std::atomic<size_t>>& queued() const { return queued_; }
  const std::shared_ptr<Peers::Seat>& seat() const { return seat_; }

  template <typename Function>
  auto Safely(Function function) {
    return Guarded(shared_from_this(), "a WebSocket", &WebSocketSession::Drop, std::move(function));
  }

 private:
  void OnWorker(std::function<void()> task);
  size_t MaxMessageBytes() const;
  // Whether there is room for what is queued and what has come of a message.
  bool Hold();
  void Read();
  void ReadSome();
  void WriteNext();
  void StartClose();
  // Runs a callback of the handler on a worker, then `next` on the strand.
  void Call(std::function<void(WebSocketHandler&)> call, std::function<void()> next);
  void Finish();

  ServerCore& core_;
  Registry::Entry entry_;  // before all that needs the server, so that it goes after them
  const std::shared_ptr<Peers::Seat> seat_;
  const std::string address_;
  std::unique_ptr<AnyStream> stream_;
  asio::any_io_executor strand_;
  asio::steady_timer close_timer_;
  UpgradeRequest request_;
  std::shared_ptr<WebSocketHandler> handler_;
  websocket::stream<AnyStream&, false> ws_;  // false: no permessage-deflate
  beast::flat_buffer input_;
  std::deque<Outgoing> output_;
  std::shared_ptr<std::atomic<size_t>> queued_ = std::make_shared<std::atomic<size_t>>(0);
  websocket::close_code close_code_ = websocket::close_code::normal;
  bool accepted_ = false;
  bool writing_ = false;
  bool closing_ = false;  // nothing more is queued; close when the queue is out
  bool close_sent_ = false;
  bool in_callback_ = false;
  bool finished_ = false;  // OnClose is due, or made
  bool close_called_ = false;
};

// What the handler holds. May outlive the session and the server: while it can lock the session,
// both are there.
class WebSocketFace final : public WebSocket {
 public:
  WebSocketFace(const std::shared_ptr<WebSocketSession>& session, size_t max_queue)
      : session_(session),
        queued_(session->queued()),
        seat_(session->seat()),
        max_queue_(max_queue) {}

  void SendText(std::string message) override { Send(Outgoing{std::move(message), false}); }
  void SendBinary(std::string message) override { Send(Outgoing{std::move(message), true}); }
  void Close() override {
    Post([](WebSocketSession& session) { session.CloseAfterQueue(websocket::close_code::normal); });
  }
  void SetKnown(bool known) override {
    if (seat_->SetKnown(known)) return;
    Post([](WebSocketSession& session) { session.CloseAfterQueue(websocket::try_again_later); });
  }
  size_t QueuedBytes() const override { return queued_->load(); }

 private:
  template <typename Function>
  void Post(Function function) {
    if (const auto session = session_.lock()) {
      asio::post(session->strand(), session->Safely(std::move(function)));
    }
  }
  void Send(Outgoing message) {
    if (dropped_.load()) return;
    const size_t cost = message.Cost();
    if (queued_->fetch_add(cost) + cost > max_queue_) {
      queued_->fetch_sub(cost);
      if (!dropped_.exchange(true)) Post([](WebSocketSession& session) { session.Drop(); });
      return;
    }
    Post([message = std::move(message)](WebSocketSession& session) mutable {
      session.Enqueue(std::move(message));
    });
  }

  const std::weak_ptr<WebSocketSession> session_;
  const std::shared_ptr<std::atomic<size_t>> queued_;
  const std::shared_ptr<Peers::Seat> seat_;
  const size_t max_queue_;
  std::atomic<bool> dropped_{false};
};

// Whose turn it is depends on who asks.
void WebSocketSession::OnWorker(std::function<void()> task) {
  if (seat_->known()) return core_.workers.Post(std::move(task));
  core_.workers.PostForStranger(address_, std::move(task));
}

size_t WebSocketSession::MaxMessageBytes() const {
  return seat_->known() ? core_.options.max_message_bytes
                        : core_.options.max_stranger_message_bytes;
}

bool WebSocketSession::Hold() {
  return seat_->Hold(kSessionBytes + (stream_->secure() ? kTlsBytes : 0) + input_.capacity() +
                     queued_->load());
}

void WebSocketSession::Start() {
  entry_.Add(this, weak_from_this());
  websocket::stream_base::timeout timeouts{};
  timeouts.handshake_timeout = core_.options.header_timeout;  // the closing handshake's, too
  timeouts.idle_timeout = core_.options.idle_timeout;
  timeouts.keep_alive_pings = true;
  ws_.set_option(timeouts);
  ws_.auto_fragment(false);
  if (!core_.options.version.empty()) {
    ws_.set_option(websocket::stream_base::decorator(
        [version = core_.options.version](websocket::response_type& response) {
          response.set(kVersionHeader, version);
        }));
  }
  ws_.async_accept(request_, Safely([](WebSocketSession& self, const ErrorCodeOf& error) {
                     self.request_ = {};
                     if (error) return self.Finish();
                     self.accepted_ = true;
                     auto face = std::make_shared<WebSocketFace>(
                         self.shared_from_this(), self.core_.options.max_websocket_queue_bytes);
                     self.Call([face](WebSocketHandler& handler) { handler.OnOpen(face); },
                               [session = &self] { session->Read(); });
                     if (self.closing_ && !self.writing_) self.StartClose();
                   }));
}

void WebSocketSession::BeginStop() {
  asio::post(strand_, Safely([](WebSocketSession& self) {
               self.CloseAfterQueue(websocket::close_code::going_away);
             }));
}

void WebSocketSession::Abort() {
  asio::post(strand_, Safely([](WebSocketSession& self) { self.Drop(); }));
}

void WebSocketSession::Call(std::function<void(WebSocketHandler&)> call,
                            std::function<void()> next) {
  in_callback_ = true;
  OnWorker([self = shared_from_this(), call = std::move(call), next = std::move(next)]() mutable {
    bool failed = false;
    try {
      call(*self->handler_);
    } catch (const std::exception& error) {
      failed = true;
      LogFailure("the handler of a WebSocket", error);
    }
    asio::post(self->strand_,
               self->Safely([failed, next = std::move(next)](WebSocketSession& session) {
                 session.in_callback_ = false;
                 if (failed) session.CloseAfterQueue(websocket::close_code::internal_error);
                 if (session.finished_) return session.Finish();
                 next();
               }));
  });
}

void WebSocketSession::Read() {
  seat_->WaitForPeer(true);
  // What it may be is known anew for each.
  ws_.read_message_max(MaxMessageBytes());
  ReadSome();
}

// Piece by piece, so that a message is held against the budgets while it grows.
void WebSocketSession::ReadSome() {
  // Beast reads up to the peer's close by itself. A read begun beside that may wait for ever, and
  // keep this session with it.
  if (closing_) return;
  ws_.async_read_some(
      input_, kReadAtOnce, Safely([](WebSocketSession& self, const ErrorCodeOf& error, size_t) {
        if (error) return self.Finish();
        if (!self.Hold()) return self.CloseAfterQueue(websocket::close_code::try_again_later);
        if (!self.ws_.is_message_done()) return self.ReadSome();
        std::string message = beast::buffers_to_string(self.input_.data());
        const bool binary = self.ws_.got_binary();
        self.input_.clear();
        if (self.input_.capacity() > kReadAtOnce) self.input_.shrink_to_fit();
        self.seat_->WaitForPeer(false);
        // The next message is read when this one has been dealt with: a fast sender waits in TCP.
        self.Call(
            [message = std::move(message), binary](WebSocketHandler& handler) mutable {
              handler.OnMessage(std::move(message), binary);
            },
            [session = &self] { session->Read(); });
      }));
}

void WebSocketSession::Enqueue(Outgoing message) {
  if (finished_ || closing_) {
    queued_->fetch_sub(message.Cost());
    return;
  }
  output_.push_back(std::move(message));
  if (!Hold()) return Drop();
  if (!writing_) WriteNext();
}

void WebSocketSession::WriteNext() {
  writing_ = true;
  ws_.binary(output_.front().binary);
  ws_.async_write(asio::buffer(output_.front().data),
                  Safely([](WebSocketSession& self, const ErrorCodeOf& error, size_t) {
                    self.writing_ = false;
                    self.queued_->fetch_sub(self.output_.front().Cost());
                    self.output_.pop_front();
                    if (error || !self.Hold()) return self.Drop();
                    if (!self.output_.empty()) return self.WriteNext();
                    if (self.closing_) self.StartClose();
                  }));
}

void WebSocketSession::CloseAfterQueue(websocket::close_code code) {
  if (finished_ || closing_) return;
  closing_ = true;
  close_code_ = code;
  // A peer that does not take the rest, or does not answer the close, is not waited for long.
  close_timer_.expires_after(kCloseTimeout);
  close_timer_.async_wait(Safely([](WebSocketSession& self, const ErrorCodeOf& error) {
    if (!error) self.Drop();
  }));
  if (accepted_ && !writing_) StartClose();
}

void WebSocketSession::StartClose() {
  if (close_sent_ || finished_) return;
  close_sent_ = true;
  ws_.async_close(websocket::close_reason(close_code_),
                  Safely([](WebSocketSession& self, const ErrorCodeOf&) { self.Drop(); }));
}

void WebSocketSession::Drop() {
  stream_->Close();  // a pending read or write then fails
  Finish();
}

void WebSocketSession::Finish() {
  if (!finished_) {
    finished_ = true;
    close_timer_.cancel();
    stream_->Close();
  }
  if (in_callback_ || close_called_) return;  // OnClose comes after the running callback
  close_called_ = true;
  try {
    core_.workers.Post([self = shared_from_this()] {
      try {
        self->handler_->OnClose();
      } catch (const std::exception& error) {
        LogFailure("the handler of a closed WebSocket", error);
      }
    });
  } catch (const std::exception& error) {  // the handler hears of it by its own time-outs
    LogFailure("to say that a WebSocket is closed", error);
  }
}

}  // namespace

void StartWebSocket(std::unique_ptr<AnyStream> stream, std::shared_ptr<Peers::Seat> seat,
                    std::string address, const Request& request,
                    std::shared_ptr<WebSocketHandler> handler, ServerCore& core) {
  UpgradeRequest upgrade(beast::http::verb::get, request.target, 11);
  upgrade.method_string(request.method);
  for (const auto& [name, value] : request.headers) upgrade.insert(name, value);
  std::make_shared<WebSocketSession>(std::move(stream), std::move(seat), std::move(address),
                                     std::move(upgrade), std::move(handler), core)
      ->Start();
}

}  // namespace tamtap::http
