#include "http/server.h"

#include <malloc.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <boost/system/system_error.hpp>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/connection.h"
#include "http/openssl.h"
#include "http/resolver.h"
#include "http/server_core.h"

namespace tamtap::http {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

constexpr std::chrono::seconds kResolveTimeout{5};
constexpr std::chrono::seconds kFinishTimeout{1};  // for open requests when the server stops
constexpr std::chrono::milliseconds kAcceptPause{100};
constexpr std::chrono::seconds kTidyEvery{5};
constexpr std::chrono::seconds kTidyAfterwards{50};  // a page that polls is given up earlier
constexpr size_t kWorthTidying = 2 << 20;            // bytes that peers have given back

// The heap keeps pages of memory that nobody uses. This returns them to the system.
void GiveMemoryBack() { malloc_trim(0); }

class SocketServer final : public Server {
 public:
  SocketServer(const ServerOptions& options, Handler& handler)
      : core_(options, handler),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()),
        tidy_at_(acceptor_.get_executor()),
        spare_(io_) {}
  ~SocketServer() override { Stop(); }

  Result<> Start();
  uint16_t port() const override { return port_; }
  bool Answers(std::chrono::milliseconds patience) override;
  void Stop() override;

 private:
  Result<> LoadCertificate();
  Result<> Listen();
  void Accept();
  void OnAccepted(const boost::system::error_code& error, tcp::socket socket);
  void TurnOneAway();
  void RunIo();
  void ListenOn();
  void Tidy();
  bool Gone() const {
    const Peers::Use use = core_.peers->use();
    return use.strangers + use.known == 0;
  }

  asio::io_context io_;
  ServerCore core_;
  std::optional<asio::ssl::context> tls_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::steady_timer tidy_at_;
  bool tidying_ = false;
  size_t given_back_ = 0;  // by peers, since the heap gave back what it kept
  int rounds_ = 0;         // since then
  bool accepting_ = false;
  tcp::socket spare_;  // not connected; it keeps one descriptor in reserve
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  bool stopped_ = false;
};

Result<> SocketServer::Start() {
  TAMTAP_RETURN_IF_ERROR(LoadCertificate());
  TAMTAP_RETURN_IF_ERROR(Listen());
  Accept();
  for (int i = 0; i < core_.options.io_threads; ++i) {
    threads_.emplace_back([this] { RunIo(); });
  }
  return {};
}

void SocketServer::RunIo() {
  // The work guard keeps run() from returning while there are no sockets; Stop() ends it.
  const auto work = asio::make_work_guard(io_);
  while (true) {
    try {
      io_.run();
      return;
    } catch (const std::exception& error) {  // it came from one connection, which is gone by now
      LogFailure("a task of the server's sockets", error);
      ListenOn();
    }
  }
}

// Accepts connections again, in case that the failed task was the one that accepts.
void SocketServer::ListenOn() {
  while (true) {
    try {
      return asio::post(acceptor_.get_executor(), [this] {
        if (!accepting_ && acceptor_.is_open()) Accept();
      });
    } catch (
        const std::exception&) {  // there is no memory even for that; others will give some back
      std::this_thread::sleep_for(kAcceptPause);
    }
  }
}

// Returns unused memory to the system, while there are peers, and once more when the last of them
// is gone: soon after peers have released much, and from time to time in any case.
void SocketServer::Tidy() {
  const bool all_gone = Gone();
  tidying_ = true;
  tidy_at_.expires_after(all_gone ? kTidyAfterwards : kTidyEvery);
  tidy_at_.async_wait([this, all_gone](const boost::system::error_code& stopped) {
    tidying_ = false;
    if (stopped) return;
    given_back_ += core_.peers->TakeGivenBack();
    ++rounds_;
    if (given_back_ >= kWorthTidying || rounds_ * kTidyEvery >= kTidyAfterwards || all_gone) {
      given_back_ = 0;
      rounds_ = 0;
      core_.workers.Post(GiveMemoryBack);
    }
    if (!all_gone || !Gone()) Tidy();
  });
}

Result<> SocketServer::LoadCertificate() {
  const ServerOptions& options = core_.options;
  if (options.certificate_file.empty() && options.private_key_file.empty()) return {};
  if (options.certificate_file.empty() || options.private_key_file.empty()) {
    return Error{ErrorCode::kMisconfigured, "set up TLS", 0,
                 "name both the certificate file and the private key file"};
  }
  TAMTAP_RETURN_IF_ERROR(LoadOpenSsl());
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
  if (!error) spare_.open(endpoint.protocol(), error);
  if (!error) port_ = acceptor_.local_endpoint(error).port();
  if (error) {
    return Error{ErrorCode::kMisconfigured, "listen on " + where, error.value(),
                 "choose another address or port, or stop the program that uses it"};
  }
  return {};
}

void SocketServer::Accept() {
  acceptor_.async_accept(asio::make_strand(io_),
                         [this](const boost::system::error_code& error, tcp::socket socket) {
                           accepting_ = false;
                           if (error == asio::error::operation_aborted || !acceptor_.is_open())
                             return;
                           try {
                             OnAccepted(error, std::move(socket));
                           } catch (const std::exception& failure) {
                             LogFailure("to serve a new connection", failure);
                           }
                           if (!accepting_) Accept();
                         });
  accepting_ = true;
}

void SocketServer::OnAccepted(const boost::system::error_code& error, tcp::socket socket) {
  if (!error) {
    if (!tidying_) Tidy();
    return StartConnection(std::move(socket), tls_ ? &*tls_ : nullptr, core_);
  }
  // It can go on only after other connections are closed. If descriptors are missing, the client
  // that waits now is told so; one descriptor is kept for that.
  if (error == asio::error::no_descriptors) TurnOneAway();
  LogWarning("accepting a connection failed: {}", error.message());
  pause_.expires_after(kAcceptPause);
  pause_.async_wait([this](const boost::system::error_code& stopped) {
    accepting_ = false;
    if (!stopped) Accept();
  });
  accepting_ = true;  // it will be
}

void SocketServer::TurnOneAway() {
  boost::system::error_code gone;
  spare_.close(gone);
  {
    tcp::socket socket(io_);
    acceptor_.non_blocking(true, gone);
    acceptor_.accept(socket, gone);
    if (!gone && !tls_) TurnAway(socket, core_);
  }
  spare_.open(tcp::v4(), gone);
}

bool SocketServer::Answers(std::chrono::milliseconds patience) {
  // Shared, because the task may still be waiting for its turn when nobody waits for it any more.
  try {
    const auto done = std::make_shared<std::promise<void>>();
    std::future<void> answer = done->get_future();
    asio::post(acceptor_.get_executor(),
               [this, done] { core_.workers.Post([done] { done->set_value(); }); });
    return answer.wait_for(patience) == std::future_status::ready;
  } catch (const std::exception& error) {
    LogFailure("to ask the server's sockets", error);
    return false;
  }
}

void SocketServer::Stop() {
  if (std::exchange(stopped_, true)) return;
  asio::post(acceptor_.get_executor(), [this] {
    boost::system::error_code gone;  // an acceptor that never opened has nothing to close
    acceptor_.close(gone);
    pause_.cancel();
    tidy_at_.cancel();
    // This runs on the acceptor's strand, so that a connection that is just being accepted is among
    // them.
    for (const auto& each : core_.registry.All()) each->BeginStop();
  });
  if (threads_.empty()) return;
  if (!core_.registry.WaitEmpty(kFinishTimeout)) {
    do {
      for (const auto& each : core_.registry.All()) each->Abort();
    } while (!core_.registry.WaitEmpty(kFinishTimeout));
  }
  core_.workers.Join();
  core_.worker_handle->Close();
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
