#include "chaos/backends.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <netinet/in.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>

#include "base/check.h"
#include "base/disk.h"
#include "base/random.h"
#include "central/mongo_connection.h"
#include "central/stores.h"
#include "http/client.h"
#include "server/credentials.h"

namespace tamtap::chaos {
namespace {

using std::chrono::milliseconds;

int FreePort() {
  const int descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  const bool bound =
      bind(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &length) == 0;
  close(descriptor);
  CHECK(bound);
  return ntohs(address.sin_port);
}

http::Url UrlAt(int port) { return *http::Url::Parse(fmt::format("http://127.0.0.1:{}", port)); }

int PortIn(const std::string& uri) {
  const size_t host = uri.find("://") + 3;
  const size_t colon =
      uri.find(':', uri.find('@', host) == std::string::npos ? host : uri.find('@', host));
  return colon == std::string::npos ? 27017 : std::atoi(uri.c_str() + colon + 1);
}

}  // namespace

std::string_view ToString(Kind kind) { return kind == Kind::kMongo ? "mongodb" : "http"; }

Result<std::unique_ptr<Backends>> Backends::Start() {
  std::unique_ptr<Backends> backends(new Backends());
  TAMTAP_TRY(backends->mongo_, central::MongoTestServer::Start());
  backends->mongo_port_ = PortIn(backends->mongo_->UriFor("x"));
  TAMTAP_RETURN_IF_ERROR(backends->StartServer());
  return backends;
}

Result<> Backends::StartServer() {
  server_port_ = FreePort();
  const std::string listen = fmt::format("127.0.0.1:{}", server_port_);
  const std::string data = data_.path();
  const pid_t child = fork();
  if (child < 0) return ErrnoError(errno, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    dup2(nowhere, STDIN_FILENO);
    dup2(nowhere, STDOUT_FILENO);
    execl(TAMTAP_BINARY, TAMTAP_BINARY, "server", "--data", data.c_str(), "--listen",
          listen.c_str(), "--log-level", "error", nullptr);
    _exit(127);
  }
  server_ = child;
  const auto client = http::MakeClient(UrlAt(server_port_), {milliseconds(500)});
  const auto deadline = std::chrono::steady_clock::now() + milliseconds(20'000);
  while (std::chrono::steady_clock::now() < deadline) {
    http::Request request;
    request.method = "GET";
    request.target = "/api/health";
    const auto answer = client->Send(std::move(request));
    if (answer && answer->status == 200) return {};
    usleep(20'000);
  }
  return Error{ErrorCode::kMisconfigured, "start " TAMTAP_BINARY, 0, "it did not answer in 20 s"};
}

Backends::~Backends() {
  if (server_ <= 0) return;
  kill(server_, SIGKILL);
  waitpid(server_, nullptr, 0);
}

std::string Backends::SecretOf(const std::string& terminal) {
  MutexLock lock(mutex_);
  std::string& secret = secrets_[terminal];
  if (secret.empty()) {
    const auto identity = central::OpenSqliteIdentity(JoinPath(data_.path(), "server.db"));
    CHECK(identity);
    const auto token = NewTerminalToken(**identity, SystemRandom(), SystemClock(), terminal);
    CHECK(token);
    auto enrolled = Enroll(**identity, SystemRandom(), SystemClock(), token->token);
    CHECK(enrolled);
    secret = std::move(enrolled->secret);
  }
  return secret;
}

std::unique_ptr<CentralStore> Backends::OpenThrough(Kind kind, int port,
                                                    const std::string& terminal,
                                                    const std::string& database,
                                                    milliseconds timeout) {
  if (kind == Kind::kHttp) {
    http::ClientOptions options;
    options.timeout = timeout.count() == 0 ? milliseconds(10'000) : timeout;
    return central::OpenHttp(http::MakeClient(UrlAt(port), options), SecretOf(terminal));
  }
  std::string uri = mongo_->UriFor(database);
  const std::string from = fmt::format(":{}/", mongo_port_);
  const size_t at = uri.find(from);
  CHECK(at != std::string::npos);
  uri.replace(at, from.size(), fmt::format(":{}/", port));
  uri += uri.find('?') == std::string::npos ? "?" : "&";
  uri += "directConnection=true";
  if (timeout.count() == 0) {
    auto store = central::OpenMongo({uri, ""});
    CHECK(store);
    return *std::move(store);
  }
  uri += fmt::format("&socketTimeoutMS={0}&connectTimeoutMS={0}&serverSelectionTimeoutMS={0}",
                     timeout.count());
  auto store = central::OpenMongo({uri, ""});
  CHECK(store);
  return *std::move(store);
}

std::unique_ptr<SchoolStore> Backends::Observe(Kind kind, const std::string& database) {
  auto store = kind == Kind::kMongo ? central::OpenMongo({mongo_->UriFor(database), ""})
                                    : central::OpenSqlite(JoinPath(data_.path(), "central.db"));
  CHECK(store);
  return *std::move(store);
}

void Backends::Drop(Kind kind, const std::string& database) {
  if (kind != Kind::kMongo) return;
  const auto pool = central::MongoPool::Open({mongo_->UriFor(database), ""});
  CHECK(pool);
  central::MongoSession session((*pool)->get(), (*pool)->database());
  const auto dropped = session.WriteCommand({{"dropDatabase", 1}});
  CHECK(dropped);
}

void Backends::Signal(Kind kind, int number) const {
  if (kind == Kind::kMongo) {
    mongo_->Signal(number);
  } else {
    kill(server_, number);
  }
}

}  // namespace tamtap::chaos
