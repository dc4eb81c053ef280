#include "chaos/chaos_proxy.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "base/check.h"

namespace tamtap::chaos {
namespace {

namespace json = boost::json;

}  // namespace

Result<std::unique_ptr<ChaosProxy>> ChaosProxy::Start() {
  int to_child[2];
  int from_child[2];
  if (pipe2(to_child, O_CLOEXEC) != 0 || pipe2(from_child, O_CLOEXEC) != 0) {
    return ErrnoError(errno, "make a pipe");
  }
  std::unique_ptr<ChaosProxy> proxy(new ChaosProxy());
  const pid_t child = fork();
  if (child < 0) return ErrnoError(errno, "fork");
  if (child == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(to_child[0], STDIN_FILENO);
    dup2(from_child[1], STDOUT_FILENO);
    execl(TAMTAP_PYTHON, TAMTAP_PYTHON, "-B", TAMTAP_CHAOS_PROXY, nullptr);
    _exit(127);
  }
  proxy->child_ = child;
  close(to_child[0]);
  close(from_child[1]);
  proxy->to_child_ = to_child[1];
  proxy->from_child_ = from_child[0];
  return proxy;
}

ChaosProxy::~ChaosProxy() {
  close(to_child_);
  close(from_child_);
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

json::object ChaosProxy::Ask(const json::object& command) {
  const std::string line = json::serialize(command) + "\n";
  MutexLock lock(mutex_);
  for (size_t sent = 0; sent < line.size();) {
    const ssize_t count = write(to_child_, line.data() + sent, line.size() - sent);
    CHECK(count > 0);  // the proxy died: its complaint is on standard error
    sent += static_cast<size_t>(count);
  }
  size_t end = std::string::npos;
  while ((end = input_.find('\n')) == std::string::npos) {
    char buffer[4096];
    const ssize_t count = read(from_child_, buffer, sizeof buffer);
    CHECK(count > 0);
    input_.append(buffer, static_cast<size_t>(count));
  }
  const json::value answer = json::parse(std::string_view(input_).substr(0, end));
  input_.erase(0, end + 1);
  return answer.as_object();
}

int ChaosProxy::Listen(int port) {
  const json::object answer = Ask({{"do", "listen"}, {"to", json::array{"127.0.0.1", port}}});
  return static_cast<int>(answer.at("port").as_int64());
}

void ChaosProxy::Plan(int port, uint64_t seed, json::array phases) {
  Ask({{"do", "plan"}, {"port", port}, {"seed", seed}, {"phases", std::move(phases)}});
}

json::object ChaosProxy::Stats(int port) { return Ask({{"do", "stats"}, {"port", port}}); }

int64_t ChaosProxy::Stat(int port, std::string_view name) {
  const json::object stats = Stats(port);
  const json::value& value = stats.at(name);
  return value.is_int64() ? value.get_int64() : 0;
}

void ChaosProxy::Close(int port) { Ask({{"do", "close"}, {"port", port}}); }

}  // namespace tamtap::chaos
