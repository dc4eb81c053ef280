#include "base/test_process.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace tamtap {

int FreePort() {
  const Descriptor descriptor(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  const bool bound =
      bind(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0 &&
      getsockname(descriptor.get(), reinterpret_cast<sockaddr*>(&address), &length) == 0;
  return bound ? ntohs(address.sin_port) : 0;
}

Result<std::unique_ptr<TestProcess>> TestProcess::Start(std::vector<std::string> command) {
  std::vector<char*> arguments;
  for (std::string& argument : command) arguments.push_back(argument.data());
  arguments.push_back(nullptr);
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError(errno, "make a pipe");
  std::unique_ptr<TestProcess> process(new TestProcess());
  const Descriptor input(ends[0]);
  process->to_child_ = Descriptor(ends[1]);
  if (pipe2(ends.data(), O_CLOEXEC) != 0) return ErrnoError(errno, "make a pipe");
  process->from_child_ = Descriptor(ends[0]);
  const Descriptor output(ends[1]);
  process->child_ = fork();
  if (process->child_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    dup2(input.get(), STDIN_FILENO);
    dup2(output.get(), STDOUT_FILENO);
    execv(arguments[0], arguments.data());
    _exit(127);
  }
  if (process->child_ < 0) return ErrnoError(errno, "start " + command[0]);
  return process;
}

TestProcess::~TestProcess() {
  to_child_.Reset();
  from_child_.Reset();
  if (child_ <= 0) return;
  kill(child_, SIGKILL);
  waitpid(child_, nullptr, 0);
}

Result<> TestProcess::Write(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = write(to_child_.get(), bytes.data(), bytes.size());
    if (count <= 0) return ErrnoError(errno, "write to the program");
    bytes.remove_prefix(static_cast<size_t>(count));
  }
  return {};
}

Result<std::string> TestProcess::ReadLine(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  size_t end = std::string::npos;
  while ((end = read_.find('\n')) == std::string::npos) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    if (left.count() <= 0) {
      return Error{ErrorCode::kRetry, "read a line of the program", 0, "it says nothing"};
    }
    pollfd ready{from_child_.get(), POLLIN, 0};
    if (poll(&ready, 1, static_cast<int>(left.count())) <= 0) continue;
    std::array<char, 4096> buffer{};
    const ssize_t count = read(from_child_.get(), buffer.data(), buffer.size());
    if (count <= 0) {
      return Error{ErrorCode::kClosed, "read a line of the program", 0, "it ended"};
    }
    read_.append(buffer.data(), static_cast<size_t>(count));
  }
  std::string line = read_.substr(0, end);
  read_.erase(0, end + 1);
  return line;
}

void TestProcess::Signal(int number) const {
  if (child_ <= 0) return;
  kill(child_, number);
  // Its threads stop one after the other: it is stopped when the last one is.
  if (number == SIGSTOP) waitpid(child_, nullptr, WUNTRACED);
}

}  // namespace tamtap
