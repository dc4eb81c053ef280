#include "base/service_manager.h"

#include <fmt/core.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <cstring>

#include "base/descriptor.h"
#include "base/visible.h"

namespace tamtap {
namespace {

std::string_view Variable(const char* name) {
  const char* const value = std::getenv(name);
  return value == nullptr ? std::string_view() : std::string_view(value);
}

std::optional<uint64_t> NumberIn(std::string_view text) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::string StatusLine(std::string_view status) { return "STATUS=" + VisibleLine(status) + "\n"; }

}  // namespace

ServiceManager ServiceManager::FromEnvironment() {
  ServiceManager manager;
  manager.socket_ = Variable("NOTIFY_SOCKET");
  const auto microseconds = NumberIn(Variable("WATCHDOG_USEC"));
  const std::string_view process = Variable("WATCHDOG_PID");
  const bool ours = process.empty() || NumberIn(process) == static_cast<uint64_t>(getpid());
  if (microseconds && *microseconds > 0 && ours) {
    const auto half = static_cast<int64_t>(std::min<uint64_t>(*microseconds, INT32_MAX) / 2'000);
    manager.watchdog_ = std::chrono::milliseconds(std::max<int64_t>(1, half));
  }
  return manager;
}

Result<> ServiceManager::Ready(std::string_view status) const {
  return Tell("READY=1\n" + StatusLine(status));
}

Result<> ServiceManager::Alive(std::string_view status) const {
  return Tell("WATCHDOG=1\n" + StatusLine(status));
}

Result<> ServiceManager::Stopping() const { return Tell("STOPPING=1\n"); }

Result<> ServiceManager::Tell(const std::string& lines) const {
  if (socket_.empty()) return {};
  const auto failed = [this](int reason) {
    return ErrnoError(reason, "tell the service manager at " + socket_);
  };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.size() >= sizeof(address.sun_path)) return failed(ENAMETOOLONG);
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (address.sun_path[0] == '@') address.sun_path[0] = '\0';  // of the abstract name space
  const Descriptor sender(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!sender) return failed(errno);
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  // A manager that does not read must not hold a gate up.
  const ssize_t sent = sendto(sender.get(), lines.data(), lines.size(), MSG_DONTWAIT | MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), length);
  if (sent < 0) return failed(errno);
  return {};
}

bool StandardErrorIsJournal() {
  const std::string_view stream = Variable("JOURNAL_STREAM");  // DEVICE:INODE
  const size_t colon = stream.find(':');
  if (colon == stream.npos) return false;
  struct stat error {};
  if (fstat(STDERR_FILENO, &error) != 0) return false;
  return NumberIn(stream.substr(0, colon)) == static_cast<uint64_t>(error.st_dev) &&
         NumberIn(stream.substr(colon + 1)) == static_cast<uint64_t>(error.st_ino);
}

}  // namespace tamtap
