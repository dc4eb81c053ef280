#include "base/check.h"

#include <poll.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>

namespace tamtap {

void CheckFailed(const char* condition, const char* file, int line) {
  // Nobody may be reading there; to die comes first.
  pollfd standard_error{STDERR_FILENO, POLLOUT, 0};
  if (poll(&standard_error, 1, 0) == 1) {
    std::fprintf(stderr, "tamtap: CHECK failed: %s at %s:%d\n", condition, file, line);
  }
  std::abort();
}

}  // namespace tamtap
