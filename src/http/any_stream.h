// A TCP stream with or without TLS as one type, so that Beast is instantiated once. Internal to
// this room; one strand at a time.
#pragma once

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <utility>
#include <variant>

namespace tamtap::http {

class AnyStream {
 public:
  using Tcp = boost::asio::ip::tcp::socket;
  using Tls = boost::asio::ssl::stream<Tcp>;
  using executor_type = Tcp::executor_type;

  AnyStream(Tcp socket, boost::asio::ssl::context* tls) {
    if (tls != nullptr) {
      stream_.emplace<Tls>(std::move(socket), *tls);
    } else {
      stream_.emplace<Tcp>(std::move(socket));
    }
  }
  AnyStream(const AnyStream&) = delete;
  AnyStream& operator=(const AnyStream&) = delete;

  Tls* tls() { return std::get_if<Tls>(&stream_); }
  bool secure() const { return std::holds_alternative<Tls>(stream_); }
  Tcp& socket() { return secure() ? std::get<Tls>(stream_).next_layer() : std::get<Tcp>(stream_); }
  executor_type get_executor() { return socket().get_executor(); }

  template <typename Buffers, typename Token>
  auto async_read_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, size_t)>(
        [this](auto handler, const Buffers& into) {
          if (Tls* secure_stream = tls()) {
            secure_stream->async_read_some(into, std::move(handler));
          } else {
            std::get<Tcp>(stream_).async_read_some(into, std::move(handler));
          }
        },
        token, buffers);
  }

  template <typename Buffers, typename Token>
  auto async_write_some(const Buffers& buffers, Token&& token) {
    return boost::asio::async_initiate<Token, void(boost::system::error_code, size_t)>(
        [this](auto handler, const Buffers& from) {
          if (Tls* secure_stream = tls()) {
            secure_stream->async_write_some(from, std::move(handler));
          } else {
            std::get<Tcp>(stream_).async_write_some(from, std::move(handler));
          }
        },
        token, buffers);
  }

  void ShutDownSending() {
    boost::system::error_code gone;  // the peer may have closed already; nothing is left to do then
    socket().shutdown(Tcp::shutdown_send, gone);
  }
  void Close() {
    boost::system::error_code gone;  // the peer may have closed already
    socket().close(gone);
  }

 private:
  // monostate only until the constructor's body has run.
  std::variant<std::monostate, Tcp, Tls> stream_;
};

}  // namespace tamtap::http
