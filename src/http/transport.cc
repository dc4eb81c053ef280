#include "http/transport.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>
#include <cerrno>
#include <cstring>
#include <optional>
#include <utility>
#include <vector>

#include "http/openssl.h"
#include "http/resolver.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

class AsioTransport final : public Transport {
 public:
  AsioTransport(Url url, std::string ca_file)
      : url_(std::move(url)), ca_file_(std::move(ca_file)), socket_(io_) {}

  Result<> Connect(Deadline deadline) override;
  bool connected() const override { return connected_; }
  Result<size_t> ReadSome(std::span<char> into, Deadline deadline) override;
  Result<> Write(std::string_view bytes, Deadline deadline) override;
  void Close() override;

 private:
  std::string Where() const { return url_.host + ":" + url_.port; }
  Result<> LoadAuthorities();
  Result<> ConnectTcp(Deadline deadline);
  Result<> HandshakeTls(Deadline deadline);
  // Starts an operation and runs it to its end or the deadline, whichever is first; then the socket
  // is closed, which ends the operation.
  template <typename Start>
  error_code Await(Deadline deadline, Start start);
  Error Failure(std::string_view what, const error_code& error);

  const Url url_;
  const std::string ca_file_;
  asio::io_context io_;
  std::optional<asio::ssl::context> authorities_;
  tcp::socket socket_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  bool connected_ = false;
};

template <typename Start>
error_code AsioTransport::Await(Deadline deadline, Start start) {
  std::optional<error_code> result;
  start([&result](const error_code& error) { result = error; });
  io_.restart();
  while (!result && io_.run_one_until(deadline) > 0) {
  }
  if (result) return *result;
  error_code gone;  // the operation's own outcome is what counts: out of time
  socket_.close(gone);
  io_.restart();
  io_.run();
  return asio::error::timed_out;
}

Error AsioTransport::Failure(std::string_view what, const error_code& error) {
  Close();
  const bool system = error.category() == boost::system::system_category();
  return Error{ErrorCode::kRetry, std::string(what) + " " + Where(), system ? error.value() : 0,
               system ? std::string() : error.message()};
}

void AsioTransport::Close() {
  connected_ = false;
  error_code gone;  // closing what the peer has closed already
  socket_.close(gone);
  io_.restart();
  io_.poll();
}

Result<> AsioTransport::LoadAuthorities() {
  if (authorities_) return {};
  TAMTAP_RETURN_IF_ERROR(LoadOpenSsl());
  try {
    asio::ssl::context context(asio::ssl::context::tls_client);
    context.set_options(asio::ssl::context::no_tlsv1 | asio::ssl::context::no_tlsv1_1);
    if (ca_file_.empty()) {
      context.set_default_verify_paths();
    } else {
      context.load_verify_file(ca_file_);
    }
    context.set_verify_mode(asio::ssl::verify_peer);
    context.set_verify_callback(asio::ssl::host_name_verification(url_.host));
    authorities_.emplace(std::move(context));
  } catch (const boost::system::system_error& error) {
    return Error{
        ErrorCode::kMisconfigured,
        "load the certificate authorities " + (ca_file_.empty() ? "of the system" : ca_file_), 0,
        error.code().message()};
  }
  return {};
}

Result<> AsioTransport::ConnectTcp(Deadline deadline) {
  const auto left = deadline - std::chrono::steady_clock::now();
  TAMTAP_TRY(const std::vector<SocketAddress> addresses, Resolve(url_.host, url_.port, left));
  error_code error = asio::error::host_not_found;
  for (size_t i = 0; i < addresses.size(); ++i) {
    // An address that does not answer leaves time for those after it.
    const auto now = std::chrono::steady_clock::now();
    const Deadline share = now + (deadline - now) / static_cast<int>(addresses.size() - i);
    tcp::endpoint endpoint;
    endpoint.resize(addresses[i].length);
    std::memcpy(endpoint.data(), &addresses[i].storage, addresses[i].length);
    error_code gone;  // of the attempt before
    socket_.close(gone);
    error = Await(share, [&](auto done) { socket_.async_connect(endpoint, done); });
    if (!error) {
      socket_.set_option(tcp::no_delay(true), gone);
      return {};
    }
  }
  return Failure("connect to", error);
}

Result<> AsioTransport::HandshakeTls(Deadline deadline) {
  tls_.emplace(socket_, *authorities_);
  error_code address_error;
  asio::ip::make_address(url_.host, address_error);
  // Server Name Indication is for names only (RFC 6066).
  if (address_error && SSL_set_tlsext_host_name(tls_->native_handle(), url_.host.c_str()) != 1) {
    return Error{ErrorCode::kMisconfigured, "name the host " + url_.host + " for TLS", 0, {}};
  }
  const error_code error = Await(
      deadline, [&](auto done) { tls_->async_handshake(asio::ssl::stream_base::client, done); });
  if (!error) return {};
  const long verified = SSL_get_verify_result(tls_->native_handle());
  Error failure = Failure("open TLS with", error);
  if (error == asio::error::timed_out) return failure;
  if (verified != X509_V_OK) {
    failure.code = ErrorCode::kMisconfigured;
    failure.hint =
        std::string("its certificate does not verify: ") + X509_verify_cert_error_string(verified);
  } else if (error.category() == asio::error::get_ssl_category() &&
             ERR_GET_REASON(static_cast<unsigned long>(error.value())) ==
                 SSL_R_CERTIFICATE_VERIFY_FAILED) {
    failure.code = ErrorCode::kMisconfigured;
    failure.hint = "its certificate is not for " + url_.host;
  }
  return failure;
}

Result<> AsioTransport::Connect(Deadline deadline) {
  Close();
  tls_.reset();
  if (url_.tls) TAMTAP_RETURN_IF_ERROR(LoadAuthorities());
  TAMTAP_RETURN_IF_ERROR(ConnectTcp(deadline));
  if (url_.tls) TAMTAP_RETURN_IF_ERROR(HandshakeTls(deadline));
  connected_ = true;
  return {};
}

Result<size_t> AsioTransport::ReadSome(std::span<char> into, Deadline deadline) {
  size_t got = 0;
  const error_code error = Await(deadline, [&](auto done) {
    const auto finish = [&got, done](const error_code& outcome, size_t bytes) {
      got = bytes;
      done(outcome);
    };
    const auto buffer = asio::buffer(into.data(), into.size());
    if (tls_) {
      tls_->async_read_some(buffer, finish);
    } else {
      socket_.async_read_some(buffer, finish);
    }
  });
  if (!error) return got;
  if (error == asio::error::eof) {
    Close();
    return size_t{0};
  }
  return Failure("read from", error);
}

Result<> AsioTransport::Write(std::string_view bytes, Deadline deadline) {
  const error_code error = Await(deadline, [&](auto done) {
    const auto finish = [done](const error_code& outcome, size_t) { done(outcome); };
    const auto buffer = asio::buffer(bytes.data(), bytes.size());
    if (tls_) {
      asio::async_write(*tls_, buffer, finish);
    } else {
      asio::async_write(socket_, buffer, finish);
    }
  });
  if (!error) return {};
  return Failure("write to", error);
}

}  // namespace

Result<std::unique_ptr<Transport>> MakeTransport(const Url& url, const std::string& ca_file) {
  try {
    return std::make_unique<AsioTransport>(url, ca_file);
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::kRetry, "reach " + url.host + ":" + url.port, error.code().value(), {}};
  }
}

}  // namespace tamtap::http
