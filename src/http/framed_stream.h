// FramedStream: between Beast's WebSocket and its connection. Beast writes what is the protocol's
// (the handshake, pongs, closes), each in one call; all else goes into the Outbox beside it as
// finished frames. So both share one order, and neither lands in the middle of the other. Internal
// to this room; one strand at a time.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/bind_handler.hpp>
#include <boost/beast/core/role.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "http/any_stream.h"
#include "http/outbox.h"

namespace tamtap::http {

class FramedStream {
 public:
  using executor_type = AnyStream::executor_type;

  // `on_waits` is called when the strand is to call Outbox::Flush().
  FramedStream(AnyStream& stream, Outbox& outbox, std::function<void()> on_waits)
      : stream_(stream), outbox_(outbox), on_waits_(std::move(on_waits)) {}
  FramedStream(const FramedStream&) = delete;
  FramedStream& operator=(const FramedStream&) = delete;

  executor_type get_executor() { return stream_.get_executor(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return stream_.async_read_some(buffers, std::forward<Token>(token));
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    // Without its `this->`, Clang says that `this` is not used: the call is in a template.
    return boost::asio::async_initiate<Token, void(boost::system::error_code, size_t)>(
        [this](auto handler, const Buffers& from) { this->Write(std::move(handler), from); }, token,
        buffers);
  }

  void ShutDownSending() { stream_.ShutDownSending(); }
  void Close() {
    outbox_.Close();
    stream_.Close();
  }

 private:
  template <typename Handler, typename Buffers>
  void Write(Handler handler, const Buffers& buffers) {
    auto bytes = std::make_shared<std::string>();
    bytes->resize(boost::asio::buffer_size(buffers));
    boost::asio::buffer_copy(boost::asio::buffer(*bytes), buffers);
    const size_t size = bytes->size();
    const auto waiting = std::make_shared<Handler>(std::move(handler));
    const auto sent = outbox_.SendLast(
        std::move(bytes), [waiting, size, executor = get_executor()](bool written) {
          const boost::system::error_code error =
              written ? boost::system::error_code() : boost::asio::error::operation_aborted;
          boost::asio::post(executor, boost::beast::bind_front_handler(std::move(*waiting), error,
                                                                       written ? size : 0));
        });
    if (sent == Outbox::Sent::kWaits) on_waits_();
  }

  AnyStream& stream_;
  Outbox& outbox_;
  const std::function<void()> on_waits_;
};

// Found by Beast's WebSocket stream when the closing handshake is over.
template <typename Handler>
void async_teardown(boost::beast::role_type, FramedStream& stream, Handler&& handler) {
  stream.ShutDownSending();
  boost::asio::post(stream.get_executor(), [handler = std::forward<Handler>(handler)]() mutable {
    handler(boost::system::error_code());
  });
}

inline void teardown(boost::beast::role_type, FramedStream& stream,
                     boost::system::error_code& error) {
  stream.ShutDownSending();
  error = {};
}

// As above, when a closing handshake takes too long.
inline void beast_close_socket(FramedStream& stream) { stream.Close(); }

}  // namespace tamtap::http
