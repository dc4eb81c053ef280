// What answers where our server should: a TLS port spoken to in plain, a proxy, the sign-in page of
// a network, another service; also answers that look exactly like our server's, but do not say that
// they are.
#pragma once

#include <cstddef>

#include "http/message.h"

namespace tamtap::sim {

inline constexpr size_t kStrangers = 16;

// The answer of stranger number `which` (below kStrangers) to what was meant for our server.
http::Response StrangersAnswer(size_t which, const http::Request& request);

}  // namespace tamtap::sim
