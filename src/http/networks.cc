#include "http/networks.h"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

namespace tamtap::http {
namespace {

constexpr size_t kMappedBits = 96;  // an IPv4 address is ::ffff:0:0/96 here

Error NotANetwork(const std::string& text) {
  return Error{ErrorCode::kMisconfigured, "read the network '" + text + "'", 0,
               "write an address or a network, as 192.0.2.7, 10.0.0.0/8 or fd00::/8"};
}

}  // namespace

bool Networks::Read(std::string_view address, Bytes& bytes) {
  const std::string text(address.substr(0, address.find('%')));
  if (inet_pton(AF_INET6, text.c_str(), bytes.data()) == 1) return true;
  bytes = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  return inet_pton(AF_INET, text.c_str(), bytes.data() + kMappedBits / 8) == 1;
}

Result<Networks> Networks::Parse(const std::vector<std::string>& texts) {
  Networks networks;
  for (const std::string& text : texts) {
    if (text == "none") continue;
    const size_t slash = text.find('/');
    const std::string_view address = std::string_view(text).substr(0, slash);
    Network network;
    if (!Read(address, network.first)) return NotANetwork(text);
    const size_t before = address.find(':') == std::string_view::npos ? kMappedBits : 0;
    const size_t most = 128 - before;
    size_t bits = most;
    if (slash != std::string::npos) {
      const std::string_view number = std::string_view(text).substr(slash + 1);
      const auto [end, failed] =
          std::from_chars(number.data(), number.data() + number.size(), bits);
      if (failed != std::errc() || end != number.data() + number.size() || bits > most) {
        return NotANetwork(text);
      }
    }
    network.bits = before + bits;
    networks.networks_.push_back(network);
  }
  return networks;
}

Networks Networks::Loopback() { return *Parse({"127.0.0.0/8", "::1"}); }

bool Networks::Contain(std::string_view address) const {
  Bytes bytes{};
  if (networks_.empty() || !Read(address, bytes)) return false;
  return std::any_of(networks_.begin(), networks_.end(), [&](const Network& network) {
    const size_t whole = network.bits / 8;
    if (!std::equal(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(whole),
                    network.first.begin())) {
      return false;
    }
    const size_t rest = network.bits % 8;
    return rest == 0 || ((bytes[whole] ^ network.first[whole]) >> (8 - rest)) == 0;
  });
}

}  // namespace tamtap::http
