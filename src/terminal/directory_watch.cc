#include "terminal/directory_watch.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <cstring>

#include "base/log.h"

namespace tamtap {

DirectoryWatch::DirectoryWatch(const std::vector<std::string>& directories)
    : inotify_(inotify_init1(IN_CLOEXEC | IN_NONBLOCK)),
      interrupt_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  for (const std::string& directory : directories) {
    if (inotify_add_watch(inotify_.get(), directory.c_str(), IN_MOVED_TO | IN_CLOSE_WRITE) < 0) {
      LogWarning("watch {}: {}; changes there are seen a little later", directory,
                 std::strerror(errno));
    }
  }
}

void DirectoryWatch::Wait(std::chrono::milliseconds timeout) {
  pollfd descriptors[] = {{inotify_.get(), POLLIN, 0}, {interrupt_.get(), POLLIN, 0}};
  if (poll(descriptors, 2, static_cast<int>(timeout.count())) <= 0) return;
  char events[4096];
  while (inotify_ && read(inotify_.get(), events, sizeof(events)) > 0) {
  }
}

void DirectoryWatch::Interrupt() {
  const uint64_t one = 1;
  // It can only fail when the counter is full, and then Wait returns anyway.
  [[maybe_unused]] const ssize_t written = write(interrupt_.get(), &one, sizeof(one));
}

}  // namespace tamtap
