#include "base/descriptor_limit.h"

#include <sys/resource.h>

#include <algorithm>

namespace tamtap {

size_t RaiseDescriptorLimit() {
  constexpr rlim_t kEnough = 1 << 20;  // more than any kernel's default lets a process have
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return 256;
  if (limit.rlim_cur < limit.rlim_max) {
    const rlimit raised{.rlim_cur = std::min(limit.rlim_max, kEnough), .rlim_max = limit.rlim_max};
    if (raised.rlim_cur > limit.rlim_cur && setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  return static_cast<size_t>(std::min(limit.rlim_cur, kEnough));
}

}  // namespace tamtap
