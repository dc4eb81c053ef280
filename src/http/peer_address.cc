#include "http/peer_address.h"

#include <arpa/inet.h>
#include <fmt/core.h>

#include <algorithm>
#include <array>

namespace tamtap::http {

PeerAddress PeerAddressOf(std::string_view text) {
  const std::string address(text.substr(0, text.find('%')));  // without the zone
  std::array<unsigned char, 16> bytes{};
  if (inet_pton(AF_INET6, address.c_str(), bytes.data()) != 1) {
    return {address, address.starts_with("127.")};
  }
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (std::equal(kMapped.begin(), kMapped.end(), bytes.begin())) {
    return PeerAddressOf(fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]));
  }
  if (address == "::1") return {address, true};
  std::string network;
  for (size_t i = 0; i < 8; ++i) network += fmt::format("{:02x}", bytes[i]);
  return {network + "/64", false};
}

PeerAddress ClientOf(const Request& request) { return PeerAddressOf(request.remote_address); }

}  // namespace tamtap::http
