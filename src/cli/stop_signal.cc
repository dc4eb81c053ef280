#include "cli/stop_signal.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdint>

#include "base/check.h"

namespace tamtap::cli {

StopSignal::StopSignal() : raised_(eventfd(0, EFD_CLOEXEC)) {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGINT);
  sigaddset(&set, SIGTERM);
  CHECK(pthread_sigmask(SIG_BLOCK, &set, nullptr) == 0);
  signals_ = Descriptor(signalfd(-1, &set, SFD_CLOEXEC));
  CHECK(signals_ && raised_);
}

void StopSignal::Wait() {
  pollfd descriptors[] = {{signals_.get(), POLLIN, 0}, {raised_.get(), POLLIN, 0}};
  while (poll(descriptors, 2, -1) < 0) CHECK(errno == EINTR);
}

bool StopSignal::WaitFor(std::chrono::milliseconds timeout) {
  pollfd descriptors[] = {{signals_.get(), POLLIN, 0}, {raised_.get(), POLLIN, 0}};
  const int ready = poll(descriptors, 2, static_cast<int>(timeout.count()));
  CHECK(ready >= 0 || errno == EINTR);
  return ready > 0;
}

void StopSignal::Raise() {
  const uint64_t one = 1;
  CHECK(write(raised_.get(), &one, sizeof(one)) == sizeof(one));
}

}  // namespace tamtap::cli
