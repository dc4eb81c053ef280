#include "http/server.h"

#include <malloc.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/strand.hpp>
#include <cstring>
#include <exception>
#include <future>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "base/log.h"
#include "http/certificate.h"
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
constexpr std::chrono::seconds kTidyEvery{5};
constexpr std::chrono::seconds kTidyAfterwards{50};  // a page that polls is given up earlier
constexpr size_t kWorthTidying = 2 << 20;            // bytes that peers have given back

// The heap keeps pages of memory that nobody uses. This returns them to the system.
void GiveMemoryBack() { malloc_trim(0); }

class SocketServer final : public Server {
 public:
  SocketServer(const ServerOptions& options, Handler& handler)
      : core_(options, handler),
        certificate_(options.certificate_file, options.private_key_file),
        acceptor_(asio::make_strand(io_)),
        pause_(acceptor_.get_executor()),
        tidy_at_(acceptor_.get_executor()),
        certificate_at_(acceptor_.get_executor()),
        spare_(io_) {}
  ~SocketServer() override { Stop(); }

  Result<> Start();
  uint16_t port() const override { return port_; }
  bool Answers(std::chrono::milliseconds patience) override;
  void Drain(std::chrono::milliseconds patience) override;
  void Stop() override;

 private:
  void BeginStop();
  Result<> Listen();
  void WatchCertificate();
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
  Certificate certificate_;
  tcp::acceptor acceptor_;
  asio::steady_timer pause_;
  asio::steady_timer tidy_at_;
  asio::steady_timer certificate_at_;
  bool tidying_ = false;
  size_t given_back_ = 0;  // by peers, since the heap gave back what it kept
  int rounds_ = 0;         // since then
  bool accepting_ = false;
  tcp::socket spare_;  // not connected; it keeps one descriptor in reserve
  uint16_t port_ = 0;
  std::vector<std::thread> threads_;
  bool draining_ = false;
  bool stopped_ = false;
  std::promise<void> closed_;  // the listener, and those that were idle
};

Result<> SocketServer::Start() {
  TAMTAP_RETURN_IF_ERROR(certificate_.Load());
  TAMTAP_RETURN_IF_ERROR(Listen());
  Accept();
  WatchCertificate();
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

// The files may lie on a disk that is slow, so a worker reads them.
void SocketServer::WatchCertificate() {
  if (certificate_.context() == nullptr) return;
  certificate_at_.expires_after(core_.options.certificate_check);
  certificate_at_.async_wait([this](const boost::system::error_code& stopped) {
    if (stopped) return;
    core_.workers.Post([this] {
      certificate_.LookAgain();
      asio::post(acceptor_.get_executor(), [this] {
        if (acceptor_.is_open()) WatchCertificate();
      });
    });
  });
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
  // "[::]" stands for all addresses of both kinds, whatever the system's default.
  if (!error && endpoint.protocol() == tcp::v6()) {
    acceptor_.set_option(asio::ip::v6_only(false), error);
  }
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
    const auto tls = certificate_.context();  // the connection keeps what it needs of it
    return StartConnection(std::move(socket), tls.get(), core_);
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
    if (!gone && certificate_.context() == nullptr) TurnAway(socket, core_);
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

// On the acceptor's strand, so that a connection that is just being accepted is among those that
// are told.
void SocketServer::BeginStop() {
  asio::post(acceptor_.get_executor(), [this] {
    boost::system::error_code gone;  // an acceptor that never opened has nothing to close
    acceptor_.close(gone);
    pause_.cancel();
    tidy_at_.cancel();
    certificate_at_.cancel();
    for (const auto& each : core_.registry.All()) each->BeginStop();
    closed_.set_value();
  });
}

void SocketServer::Drain(std::chrono::milliseconds patience) {
  if (stopped_ || threads_.empty() || std::exchange(draining_, true)) return;
  const auto deadline = std::chrono::steady_clock::now() + patience;
  BeginStop();
  // Before that, a connection may be on its way into the registry.
  if (closed_.get_future().wait_until(deadline) != std::future_status::ready) return;
  core_.registry.WaitEmpty(deadline - std::chrono::steady_clock::now());
}

void SocketServer::Stop() {
  if (std::exchange(stopped_, true)) return;
  if (!draining_) BeginStop();
  if (threads_.empty()) return;
  // After a drain they have had their time.
  const auto patience = draining_ ? std::chrono::nanoseconds(0) : kFinishTimeout;
  if (!core_.registry.WaitEmpty(patience)) {
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
