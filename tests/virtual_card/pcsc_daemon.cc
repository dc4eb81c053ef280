#include "pcsc_daemon.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstring>
#include <thread>

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr const char* kProgram = "/usr/sbin/pcscd";
constexpr const char* kSocket = "/run/pcscd/pcscd.comm";
constexpr const char* kDriver = "/etc/reader.conf.d/vpcd";

bool IsServing() {
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  std::strncpy(address.sun_path, kSocket, sizeof address.sun_path - 1);
  const bool serving =
      connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  close(fd);
  return serving;
}

// By binding, not by connecting: a connection would be a card.
bool ReaderListens(uint16_t port) {
  const int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  const int on = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  const bool taken = bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0;
  close(fd);
  return taken;
}

}  // namespace

PcscDaemon::PcscDaemon() = default;
PcscDaemon::~PcscDaemon() { Stop(); }

std::string PcscDaemon::Start() {
  if (access(kProgram, X_OK) != 0) return "pcscd is missing: apt-get install pcscd";
  if (access(kDriver, R_OK) != 0) {
    return "the virtual reader is missing: apt-get install vsmartcard-vpcd";
  }
  if (IsServing()) {
    return "a pcscd is running already: run this test by tests/virtual_card/alone, which keeps it "
           "apart from others";
  }
  if (geteuid() != 0) return "pcscd can be started by root only: run this test as root";

  process_ = fork();
  if (process_ < 0) return std::string("fork: ") + std::strerror(errno);
  if (process_ == 0) {
    prctl(PR_SET_PDEATHSIG, SIGKILL);  // a test that crashes leaves none behind
    const int nothing = open("/dev/null", O_RDWR);
    dup2(nothing, STDIN_FILENO);
    dup2(nothing, STDOUT_FILENO);
    execl(kProgram, kProgram, "--foreground", "--critical", nullptr);
    _exit(127);
  }
  const auto deadline = steady_clock::now() + std::chrono::seconds(15);
  while (!IsServing() || !ReaderListens(port())) {
    if (waitpid(process_, nullptr, WNOHANG) == process_) {
      process_ = -1;
      return "pcscd ended at once: run `pcscd --foreground --debug` to see why";
    }
    if (steady_clock::now() > deadline) return "pcscd did not open its virtual reader within 15 s";
    std::this_thread::sleep_for(milliseconds(10));
  }
  return "";
}

void PcscDaemon::Kill() { End(SIGKILL); }
void PcscDaemon::Stop() { End(SIGTERM); }

void PcscDaemon::End(int signal) {
  if (process_ <= 0) return;
  kill(process_, signal);
  // pcscd's drivers may hold up a polite end.
  const auto deadline = steady_clock::now() + std::chrono::seconds(5);
  while (waitpid(process_, nullptr, WNOHANG) == 0) {
    if (steady_clock::now() > deadline) {
      kill(process_, SIGKILL);
      waitpid(process_, nullptr, 0);
      break;
    }
    std::this_thread::sleep_for(milliseconds(5));
  }
  process_ = -1;
}

}  // namespace tamtap
