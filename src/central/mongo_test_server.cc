#include "central/mongo_test_server.h"

#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

#include "central/stores.h"

namespace tamtap::central {
namespace {

constexpr std::chrono::seconds kStartTimeout{30};

std::string OnPath(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    std::string candidate = directory + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

Error Failed(std::string what, std::string hint) {
  return Error{ErrorCode::kMisconfigured, std::move(what), 0, std::move(hint)};
}

}  // namespace

Result<std::unique_ptr<MongoTestServer>> MongoTestServer::Start() {
  std::unique_ptr<MongoTestServer> server(new MongoTestServer());
  if (const char* const uri = std::getenv("TAMTAP_TEST_MONGODB_URI");
      uri != nullptr && *uri != '\0') {
    server->uri_ = uri;
    return server;
  }
  const std::string mongod = OnPath("mongod");
  const std::string built = TAMTAP_TEST_MONGODB_SERVER;
  if (!mongod.empty()) {
    TAMTAP_RETURN_IF_ERROR(server->Run(mongod, /*mongod=*/true));
  } else if (std::filesystem::exists(built)) {
    TAMTAP_RETURN_IF_ERROR(server->Run(built, /*mongod=*/false));
  } else {
    return Failed("start a MongoDB-compatible server",
                  "there is none: run scripts/test-mongodb, install mongod, or set "
                  "TAMTAP_TEST_MONGODB_URI");
  }
  return server;
}

Result<MongoTestServer*> MongoTestServer::Shared() {
  static const auto started = Start();
  if (!started) return started.error();
  return started->get();
}

Result<> MongoTestServer::Run(const std::string& program, bool mongod) {
  std::vector<std::string> arguments = {program};
  if (mongod) {
    const int port = FreePort();
    uri_ = "mongodb://127.0.0.1:" + std::to_string(port) + "/";
    for (const std::string& argument :
         {std::string("--dbpath"), data_.path(), std::string("--port"), std::to_string(port),
          std::string("--bind_ip"), std::string("127.0.0.1"), std::string("--quiet")}) {
      arguments.push_back(argument);
    }
  } else {
    for (const std::string& argument :
         {std::string("--exit-with-stdin"), std::string("--data"), data_.path()}) {
      arguments.push_back(argument);
    }
  }
  TAMTAP_TRY(process_, TestProcess::Start(std::move(arguments)));
  if (mongod) {
    TAMTAP_TRY(const auto store, OpenMongo({uri_, "tamtap"}));
    const auto deadline = std::chrono::steady_clock::now() + kStartTimeout;
    Result<> answered;
    do {
      answered = store->Ping();
    } while (!answered && std::chrono::steady_clock::now() < deadline);
    return answered;
  }
  TAMTAP_TRY(const std::string line, process_->ReadLine(kStartTimeout));
  if (!line.starts_with("ready ")) return Failed("start " + program, "it said: " + line);
  uri_ = line.substr(6);
  return {};
}

void MongoTestServer::Signal(int number) const {
  if (process_) process_->Signal(number);
}

std::string MongoTestServer::UriFor(const std::string& database, const std::string& options) const {
  const size_t mark = uri_.find('?');
  std::string base = uri_.substr(0, mark);
  const size_t authority = base.find("://") + 3;
  base = base.substr(0, base.find('/', authority));
  const std::string kept = mark == std::string::npos ? "" : uri_.substr(mark + 1);
  const std::string all = options + (options.empty() || kept.empty() ? "" : "&") + kept;
  return base + "/" + database + (all.empty() ? "" : "?" + all);
}

}  // namespace tamtap::central
