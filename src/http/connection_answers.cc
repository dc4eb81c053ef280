// What goes out of a connection: answers, piece by piece.
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>

#include "http/connection.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;

constexpr size_t kWriteChunk = 256 << 10;  // each gets body_timeout: a slow reader may be slow,
                                           // one that stands still is dropped
constexpr std::chrono::milliseconds kLinger{2'000};

}  // namespace

void Connection::Deliver(uint64_t exchange, Response response) {
  if (exchange != exchange_ || state_ != State::kAnswering) return;
  state_ = State::kWriting;
  gone_ = nullptr;
  if (stopping_ || read_closed_ || body_unread_) keep_alive_ = false;
  Write(Outgoing(std::move(response), Form()));
}

void Connection::Write(Outgoing outgoing) {
  outgoing_ = std::move(outgoing);
  seat_->WaitForPeer(true);
  if (!seat_->Hold(BaseBytes() + outgoing_.bytes())) {
    keep_alive_ = false;
    outgoing_ = Outgoing(TextResponse(503), Form());
  }
  WriteOut();
}

void Connection::WriteOut() {
  SetDeadline(core_.options.body_timeout);
  if (inviting_) {  // one write at a time: this one goes on when "100 Continue" is out
    write_waits_ = true;
    return;
  }
  const Outgoing::Buffers piece = outgoing_.Next(kWriteChunk);
  if (asio::buffer_size(piece) == 0 && !outgoing_.empty()) return Close();
  asio::async_write(
      *stream_, piece,
      Safely([](Connection& self, const boost::system::error_code& error, size_t sent) {
        if (self.state_ == State::kClosed) return;
        if (error) return self.Close();
        self.outgoing_.Sent(sent);
        if (!self.outgoing_.empty()) return self.WriteOut();
        self.FinishExchange();
      }));
}

void Connection::FinishExchange() {
  outgoing_ = {};
  const bool fits = seat_->Hold(BaseBytes());  // less than before, unless it gave way meanwhile
  if (keep_alive_ && fits && !read_closed_ && !stopping_) return ReadRequest();
  if (read_closed_ || !fits) return Close();
  // Closing with unread input would reset the connection and could cost the client the answer.
  state_ = State::kLingering;
  stream_->ShutDownSending();
  SetDeadline(kLinger);
  input_ = {};
  StartRead();
}

void TurnAway(AnyStream::Tcp& socket, const ServerCore& core) {
  Outgoing busy(TextResponse(503), {.keep_alive = false, .version = core.options.version});
  boost::system::error_code gone;
  socket.non_blocking(true, gone);
  socket.write_some(busy.Next(kWriteChunk), gone);
  socket.shutdown(AnyStream::Tcp::shutdown_send, gone);
}

}  // namespace tamtap::http
