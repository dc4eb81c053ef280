#include "chaos/backends.h"

#include <fmt/core.h>
#include <unistd.h>

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
  TAMTAP_TRY(server_, TestProcess::Start({TAMTAP_BINARY, "server", "--data", data_.path(),
                                          "--listen", fmt::format("127.0.0.1:{}", server_port_),
                                          "--log-level", "error"}));
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
    server_->Signal(number);
  }
}

}  // namespace tamtap::chaos
