// What a peer's address counts as, where peers have shares (peers.h).
#pragma once

#include <string>
#include <string_view>

#include "http/message.h"

namespace tamtap::http {

struct PeerAddress {
  std::string key;  // an IPv6 network of 64 bits stands for all of its addresses: one may own them
  bool local = false;  // of this machine: behind a proxy on it, everybody has it
};

// What an IP address, given as text, counts as. An IPv4 address has one form, whether it came over
// IPv4 or IPv6.
PeerAddress PeerAddressOf(std::string_view text);

// The address that a request comes from, as far as proxies are believed (forwarded.h).
PeerAddress ClientOf(const Request& request);

}  // namespace tamtap::http
