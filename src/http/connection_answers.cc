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

void Connection::Deliver(uint64_t exchange, Response response, std::optional<std::string> path) {
  if (exchange != exchange_ || state_ != State::kAnswering) return;
  state_ = State::kWriting;
  gone_ = nullptr;
  if (stopping_ || read_closed_ || body_unread_) keep_alive_ = false;
  if (path) return OpenFile(std::move(response), std::move(*path));
  Write(Outgoing(std::move(response), Form()));
}

void Connection::OpenFile(Response response, std::string path) {
  SetDeadline(core_.options.body_timeout);
  // On a worker: an SD card can take its time, and the strand's thread serves everyone.
  OnWorker([self = shared_from_this(), response = std::move(response),
            path = std::move(path)]() mutable {
    auto file = FileBody::Open(path);
    if (file) file->Choose(self->range_, response);
    asio::post(self->strand_, self->Safely([response = std::move(response), file = std::move(file)](
                                               Connection& connection) mutable {
      if (connection.state_ != State::kWriting) return;
      const AnswerForm form = connection.Form();
      if (file) return connection.Write({std::move(response), *std::move(file), form});
      const bool later = file.error().code == ErrorCode::kRetry;
      connection.Write({TextResponse(later ? 503 : 404), form});
    }));
  });
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
  asio::async_write(
      *stream_, outgoing_.Next(kWriteChunk),
      Safely([](Connection& self, const boost::system::error_code& error, size_t sent) {
        if (self.state_ == State::kClosed) return;
        if (error) return self.Close();
        self.outgoing_.Sent(sent);
        if (!self.outgoing_.empty()) return self.WriteOut();
        if (self.outgoing_.has_more_of_file()) return self.ReadFileChunk();
        self.FinishExchange();
      }));
}

// The strand leaves outgoing_ alone meanwhile.
void Connection::ReadFileChunk() {
  OnWorker([self = shared_from_this()] {
    const bool read = self->outgoing_.ReadFile(kWriteChunk);
    asio::post(self->strand_, self->Safely([read](Connection& connection) {
      if (connection.state_ != State::kWriting) return;
      if (!read) return connection.Close();  // only that tells the client
      connection.WriteOut();
    }));
  });
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
  const Outgoing busy(TextResponse(503), {.keep_alive = false, .version = core.options.version});
  boost::system::error_code gone;
  socket.non_blocking(true, gone);
  socket.write_some(busy.Next(kWriteChunk), gone);
  socket.shutdown(AnyStream::Tcp::shutdown_send, gone);
}

}  // namespace tamtap::http
