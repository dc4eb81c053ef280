// Networks of IP addresses, as people write them: "192.0.2.7", "10.0.0.0/8", "fd00::/8". An IPv4
// address is the same one whether it came over IPv4 or IPv6. Immutable, so thread-safe.
#pragma once

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap::http {

class Networks {
 public:
  Networks() = default;  // contains no address
  // kMisconfigured, naming it: one of them is no address and no network. "none" adds nothing.
  static Result<Networks> Parse(const std::vector<std::string>& texts);
  static Networks Loopback();  // 127.0.0.0/8 and ::1

  // `address` is an IP address as text, with or without a zone; any other text is contained in
  // none.
  bool Contain(std::string_view address) const;

 private:
  using Bytes = std::array<unsigned char, 16>;
  struct Network {
    Bytes first{};
    size_t bits = 0;  // that its addresses have in common, of 128
  };
  static bool Read(std::string_view address, Bytes& bytes);

  std::vector<Network> networks_;
};

}  // namespace tamtap::http
