// Host names to addresses within a bounded time. getaddrinfo cannot be interrupted, so it runs on a
// thread of its own, which a caller whose time is over leaves behind; there are never more than a
// few of those, and further calls then fail at once.
#pragma once

#include <sys/socket.h>

#include <chrono>
#include <string>
#include <vector>

#include "base/result.h"

namespace tamtap::http {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;
};

// `port` is a number. Thread-safe. kRetry when the name does not resolve, or not in time.
Result<std::vector<SocketAddress>> Resolve(const std::string& host, const std::string& port,
                                           std::chrono::nanoseconds timeout);

}  // namespace tamtap::http
