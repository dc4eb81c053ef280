#include "central/mongo_test_server.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <sstream>
#include <vector>

#include "central/stores.h"

namespace tamtap::central {
namespace {

constexpr int kStartTimeoutMs = 30'000;

std::string OnPath(const std::string& program) {
  const char* const path = std::getenv("PATH");
  std::istringstream directories(path == nullptr ? "" : path);
  for (std::string directory; std::getline(directories, directory, ':');) {
    std::string candidate = directory + "/" + program;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return {};
}

// Free when asked; mongod can't be told to take any.
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
  return bound ? ntohs(address.sin_port) : 0;
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
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  pointers.push_back(nullptr);

  int to_child[2];
  int from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
    return ErrnoError(errno, "make a pipe");
  }
  const pid_t child = fork();
  if (child < 0) return ErrnoError(errno, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(to_child[0], STDIN_FILENO);
    dup2(from_child[1], STDOUT_FILENO);
    execv(program.c_str(), pointers.data());
    _exit(127);
  }
  child_ = child;
  close(to_child[0]);
  close(from_child[1]);
  stdin_ = to_child[1];
  stdout_ = from_child[0];

  const auto deadline =
      std::chrono::steady_clock::now() + std::chrono::milliseconds(kStartTimeoutMs);
  if (mongod) {
    TAMTAP_TRY(const auto store, OpenMongo({uri_, "tamtap"}));
    Result<> answered;
    do {
      answered = store->Ping();
    } while (!answered && std::chrono::steady_clock::now() < deadline);
    return answered;
  }
  // "ready URI"
  std::string line;
  while (line.find('\n') == std::string::npos) {
    pollfd ready{stdout_, POLLIN, 0};
    char buffer[256];
    ssize_t count = 0;
    if (poll(&ready, 1, 1000) > 0) {
      count = read(stdout_, buffer, sizeof buffer);
      if (count <= 0) return Failed("start " + program, "it ended before it was ready");
    }
    line.append(buffer, static_cast<size_t>(count));
    if (std::chrono::steady_clock::now() > deadline) {
      return Failed("start " + program, "it was not ready in 30 s");
    }
  }
  if (!line.starts_with("ready ")) return Failed("start " + program, "it said: " + line);
  uri_ = line.substr(6, line.find('\n') - 6);
  return {};
}

MongoTestServer::~MongoTestServer() {
  if (stdin_ >= 0) close(stdin_);
  if (stdout_ >= 0) close(stdout_);
  if (child_ <= 0) return;
  kill(child_, SIGKILL);  // its data goes with the directory
  waitpid(child_, nullptr, 0);
}

void MongoTestServer::Signal(int number) const {
  if (child_ > 0) kill(child_, number);
}

std::string MongoTestServer::UriFor(const std::string& database) const {
  const size_t options = uri_.find('?');
  std::string base = uri_.substr(0, options);
  const size_t authority = base.find("://") + 3;
  base = base.substr(0, base.find('/', authority));
  return base + "/" + database + (options == std::string::npos ? "" : uri_.substr(options));
}

}  // namespace tamtap::central
