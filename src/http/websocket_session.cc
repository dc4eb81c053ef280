#include "http/websocket_session.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/websocket/stream.hpp>
#include <exception>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/log.h"
#include "http/framed_stream.h"
#include "http/guarded.h"
#include "http/our_server.h"
#include "http/outbox.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace websocket = beast::websocket;
using ErrorCodeOf = boost::system::error_code;
using UpgradeRequest = beast::http::request<beast::http::empty_body>;

constexpr size_t kLongestHead = 10;     // of a frame
constexpr size_t kFirstRead = 1 << 10;  // of a message: most are a pong, and most wait for one
constexpr size_t kReadAtOnce = 16 << 10;
constexpr size_t kSessionBytes = 24 << 10;  // besides messages
constexpr size_t kTlsBytes = 96 << 10;
constexpr std::chrono::seconds kCloseTimeout{3};

enum class Opcode : unsigned char { kText = 1, kBinary = 2 };

// One whole frame from a server, which masks nothing (RFC 6455, section 5.2).
std::string FrameOf(Opcode opcode, std::string_view payload) {
  constexpr unsigned char kFinal = 0x80;
  std::string bytes;
  bytes.reserve(payload.size() + kLongestHead);
  bytes.push_back(static_cast<char>(kFinal | static_cast<unsigned char>(opcode)));
  const auto add = [&](int count) {
    for (int shift = 8 * (count - 1); shift >= 0; shift -= 8) {
      bytes.push_back(static_cast<char>(payload.size() >> shift & 0xFF));
    }
  };
  if (payload.size() < 126) {
    add(1);
  } else if (payload.size() <= 0xFFFF) {
    bytes.push_back(126);
    add(2);
  } else {
    bytes.push_back(127);
    add(8);
  }
  bytes.append(payload);
  return bytes;
}

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
        outbox_(stream_->secure() ? -1 : stream_->socket().native_handle()),
        framed_(*stream_, outbox_, [this] { WaitToWrite(); }),
        ws_(framed_) {}

  void Start();
  void BeginStop() override;
  void Abort() override;

  // On any thread.
  void Send(std::span<const Outbox::Bytes> pieces);
  void CloseAfterQueue(websocket::close_code code);
  void Drop();

  const asio::any_io_executor& strand() const { return strand_; }
  size_t QueuedBytes() const { return outbox_.WaitingBytes(); }
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
  // The connection takes no more for now: goes on as soon as it does.
  void WaitToWrite();
  void WriteThroughTls();
  void AfterWriting(Outbox::Sent sent);
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
  Outbox outbox_;
  FramedStream framed_;
  websocket::stream<FramedStream&, false> ws_;  // false: no permessage-deflate
  beast::flat_buffer input_;
  websocket::close_code close_code_ = websocket::close_code::normal;
  bool accepted_ = false;
  bool closing_ = false;  // nothing more is queued; the close comes after what is
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
      : session_(session), seat_(session->seat()), max_queue_(max_queue) {}

  void SendText(std::string message) override { Send(FrameOf(Opcode::kText, message)); }
  void SendBinary(std::string message) override { Send(FrameOf(Opcode::kBinary, message)); }
  void SendFrames(std::span<const SharedFrame> frames) override {
    std::array<Outbox::Bytes, kFramesAtOnce> some;
    while (!frames.empty()) {
      const size_t count = std::min(frames.size(), some.size());
      for (size_t i = 0; i < count; ++i) {
        some[i] = Outbox::Bytes(frames[i], &frames[i]->bytes());  // no copy: it keeps the frame
      }
      Send(std::span(some).first(count));
      frames = frames.subspan(count);
    }
  }
  void Close() override {
    Post([](WebSocketSession& session) { session.CloseAfterQueue(websocket::close_code::normal); });
  }
  void SetKnown(bool known) override {
    if (seat_->SetKnown(known)) return;
    Post([](WebSocketSession& session) { session.CloseAfterQueue(websocket::try_again_later); });
  }
  size_t QueuedBytes() const override {
    const auto session = session_.lock();
    return session == nullptr ? 0 : session->QueuedBytes();
  }

 private:
  static constexpr size_t kFramesAtOnce = 32;

  template <typename Function>
  void Post(Function function) {
    if (const auto session = session_.lock()) {
      asio::post(session->strand(), session->Safely(std::move(function)));
    }
  }
  void Send(std::string frame) {
    const Outbox::Bytes bytes = std::make_shared<const std::string>(std::move(frame));
    Send(std::span(&bytes, 1));
  }
  void Send(std::span<const Outbox::Bytes> pieces) {
    const auto session = session_.lock();
    if (session == nullptr || dropped_.load()) return;
    size_t cost = session->QueuedBytes();
    for (const Outbox::Bytes& each : pieces) cost += each->size() + Outbox::kOverhead;
    if (cost <= max_queue_) return session->Send(pieces);
    if (!dropped_.exchange(true)) Post([](WebSocketSession& slow) { slow.Drop(); });
  }

  const std::weak_ptr<WebSocketSession> session_;
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
                     outbox_.WaitingBytes());
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
                     if (self.closing_) self.StartClose();
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
      input_, input_.size() == 0 ? kFirstRead : kReadAtOnce,
      Safely([](WebSocketSession& self, const ErrorCodeOf& error, size_t) {
        if (error) return self.Finish();
        if (!self.Hold()) return self.CloseAfterQueue(websocket::close_code::try_again_later);
        if (!self.ws_.is_message_done()) return self.ReadSome();
        std::string message = beast::buffers_to_string(self.input_.data());
        const bool binary = self.ws_.got_binary();
        self.input_.clear();
        if (self.input_.capacity() > kFirstRead) self.input_.shrink_to_fit();
        self.seat_->WaitForPeer(false);
        // The next message is read when this one has been dealt with: a fast sender waits in TCP.
        self.Call(
            [message = std::move(message), binary](WebSocketHandler& handler) mutable {
              handler.OnMessage(std::move(message), binary);
            },
            [session = &self] { session->Read(); });
      }));
}

void WebSocketSession::Send(std::span<const Outbox::Bytes> pieces) {
  if (outbox_.Send(pieces) != Outbox::Sent::kWaits) return;
  asio::post(strand_, Safely([](WebSocketSession& self) { self.WaitToWrite(); }));
}

void WebSocketSession::WaitToWrite() {
  if (finished_) return;
  if (!Hold()) return Drop();
  if (stream_->secure()) return WriteThroughTls();
  stream_->socket().async_wait(AnyStream::Tcp::wait_write,
                               Safely([](WebSocketSession& self, const ErrorCodeOf& error) {
                                 if (error) return self.Drop();
                                 self.AfterWriting(self.outbox_.Flush());
                               }));
}

// TLS belongs to the strand, which alone may encrypt.
void WebSocketSession::WriteThroughTls() {
  std::vector<Outbox::Bytes> pieces = outbox_.Waiting();
  std::vector<asio::const_buffer> buffers;
  for (const Outbox::Bytes& each : pieces) buffers.push_back(asio::buffer(*each));
  asio::async_write(
      *stream_, buffers,
      Safely([kept = std::move(pieces)](WebSocketSession& self, const ErrorCodeOf& error, size_t) {
        if (error) return self.Drop();
        self.AfterWriting(self.outbox_.Written(kept.size()));
      }));
}

void WebSocketSession::AfterWriting(Outbox::Sent sent) {
  if (sent == Outbox::Sent::kClosed || !Hold()) return Drop();
  if (sent == Outbox::Sent::kWaits) WaitToWrite();
}

void WebSocketSession::CloseAfterQueue(websocket::close_code code) {
  if (finished_ || closing_) return;
  closing_ = true;
  close_code_ = code;
  outbox_.Seal();
  // A peer that does not take the rest, or does not answer the close, is not waited for long.
  close_timer_.expires_after(kCloseTimeout);
  close_timer_.async_wait(Safely([](WebSocketSession& self, const ErrorCodeOf& error) {
    if (!error) self.Drop();
  }));
  if (accepted_) StartClose();
}

void WebSocketSession::StartClose() {
  if (close_sent_ || finished_) return;
  close_sent_ = true;
  ws_.async_close(websocket::close_reason(close_code_),
                  Safely([](WebSocketSession& self, const ErrorCodeOf&) { self.Drop(); }));
}

void WebSocketSession::Drop() {
  framed_.Close();  // a pending read or write then fails
  Finish();
}

void WebSocketSession::Finish() {
  if (!finished_) {
    finished_ = true;
    close_timer_.cancel();
    framed_.Close();
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

TextFrame::TextFrame(std::string_view text)
    : bytes_(FrameOf(Opcode::kText, text)), head_(bytes_.size() - text.size()) {}

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
