// How many files and sockets this process may have open.
#pragma once

#include <cstddef>

namespace tamtap {

// Raises the limit (RLIMIT_NOFILE) as far as this process may, and returns it.
size_t RaiseDescriptorLimit();

}  // namespace tamtap
