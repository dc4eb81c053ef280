#include "base/check.h"

#include <cstdio>
#include <cstdlib>

namespace tamtap {

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "tamtap: CHECK failed: %s at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace tamtap
