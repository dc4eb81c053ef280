#include "http/server.h"

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/connection.h"
#include "http/resolver.h"
#include "http/server_core.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds kResolveTimeout{5};
constexpr std::chrono::seconds kFinishTimeout{1};  // for open requests when the server stops
constexpr std::chrono::milliseconds kAcceptPause{100};

class SocketServer final : public Server {
 public:
  SocketServer(const ServerOptions& options, Handler& handler)
      : core_(options, handler),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()) {}
  ~SocketServer() override { Stop(); }

  Result<> Start();
  uint16_t port() const override { return port_; }
  void Stop() override;

 private:
  Result<> LoadCertificate();
  Result<> Listen();
  void Accept();

  asio::io_context io_;
  ServerCore core_;
  std::optional<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

Result<> SocketServer::Start() {
  TAMTAP_RETURN_IF_ERROR(LoadCertificate());
  TAMTAP_RETURN_IF_ERROR(Listen());
  Accept();
  for (int i = 0; i < core_.options.io_threads; ++i) {
    threads_.emplace_back([this] {
      // Kept running without sockets too: it ends when Stop says so.
      const auto work = asio::make_work_guard(io_);
      io_.run();
    });
  }
  return {};
}

Result<> SocketServer::LoadCertificate() {
  const ServerOptions& options = core_.options;
  if (options.certificate_file.empty() && options.private_key_file.empty()) return {};
  if (options.certificate_file.empty() || options.private_key_file.empty()) {
    return Error{ErrorCode::kMisconfigured, "set up TLS", 0,
                 "name both the certificate file and the private key file"};
  }
  try {
    tls_.emplace(asio::ssl::context::tls_server);
    tls_->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_sslv2 |
                      asio::ssl::context::no_sslv3 | asio::ssl::context::no_tlsv1 |
                      asio::ssl::context::no_tlsv1_1);
    tls_->use_certificate_chain_file(options.certificate_file);
    tls_->use_private_key_file(options.private_key_file, asio::ssl::context::pem);
  } catch (const boost::system::system_error& error) {
    return Error{ErrorCode::kMisconfigured,
                 "load the certificate " + options.certificate_file + " and its key " +
                     options.private_key_file,
                 0, error.code().message()};
  }
  return {};
}

Result<> SocketServer::Listen() {
  const ServerOptions& options = core_.options;
  const std::string where = options.host + ":" + std::to_string(options.port);
  TAMTAP_TRY(const std::vector<SocketAddress> addresses,
             Resolve(options.host, std::to_string(options.port), kResolveTimeout));
  tcp::endpoint endpoint;
  endpoint.resize(addresses.front().length);
  std::memcpy(endpoint.data(), &addresses.front().storage, addresses.front().length);
  boost::system::error_code error;
  acceptor_.open(endpoint.protocol(), error);
  if (!error) acceptor_.set_option(tcp::acceptor::reuse_address(true), error);
  if (!error) acceptor_.bind(endpoint, error);
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) {
    return Error{ErrorCode::kMisconfigured, "listen on " + where, error.value(),
                 "choose another address or port, or stop the program that uses it"};
  }
  return {};
}

void SocketServer::Accept() {
  acceptor_.async_accept(
      asio::make_strand(io_), [this](const boost::system::error_code& error, tcp::socket socket) {
        if (error == asio::error::operation_aborted || !acceptor_.is_open()) return;
        if (error) {  // out of descriptors, most likely: others must close before it can go on
          LogWarning("accepting a connection failed: {}", error.message());
          pause_.expires_after(kAcceptPause);
          pause_.async_wait([this](const boost::system::error_code& stopped) {
            if (!stopped) Accept();
          });
          return;
        }
        // Over the cap the new one goes, not an old one: those have timeouts of their own.
        if (core_.registry.size() < core_.options.max_connections) {
          StartConnection(std::move(socket), tls_ ? &*tls_ : nullptr, core_);
        }
        Accept();
      });
}

void SocketServer::Stop() {
  if (std::exchange(stopped_, true)) return;
  asio::post(acceptor_.get_executor(), [this] {
    boost::system::error_code gone;  // an acceptor that never opened has nothing to close
    acceptor_.close(gone);
    pause_.cancel();
    // From here, so that a connection being accepted just now is among them.
    for (const auto& live : core_.registry.All()) live->BeginStop();
  });
  if (threads_.empty()) return;
  if (!core_.registry.WaitEmpty(kFinishTimeout)) {
    do {
      for (const auto& live : core_.registry.All()) live->Abort();
    } while (!core_.registry.WaitEmpty(kFinishTimeout));
  }
  core_.workers.join();
  core_.gate->Close();
  io_.stop();
  for (std::thread& thread : threads_) thread.join();
}

}  // namespace

Result<std::unique_ptr<Server>> StartServer(const ServerOptions& options, Handler& handler) {
  auto server = std::make_unique<SocketServer>(options, handler);
  TAMTAP_RETURN_IF_ERROR(server->Start());
  return server;
}

}  // namespace tamtap::http
