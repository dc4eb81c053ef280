#include <arpa/inet.h>

#include <algorithm>
#include <charconv>

#include "base/visible.h"
#include "http/client.h"

namespace tamtap::http {
namespace {

Error Malformed(std::string_view text, std::string why) {
  return Error{ErrorCode::kMisconfigured, "read the URL " + WithoutSecrets(text), 0,
               std::move(why)};
}

// With or without a zone: "fe80::1%eth0".
bool IsIpv6(const std::string& host) {
  in6_addr address{};
  return inet_pton(AF_INET6, host.substr(0, host.find('%')).c_str(), &address) == 1;
}

}  // namespace

Result<Url> Url::Parse(std::string_view text) {
  Url url;
  std::string_view rest = text;
  if (rest.starts_with("http://")) {
    rest.remove_prefix(7);
  } else if (rest.starts_with("https://")) {
    rest.remove_prefix(8);
    url.tls = true;
  } else {
    return Malformed(text, "it must begin with http:// or https://");
  }
  const bool strange = std::any_of(rest.begin(), rest.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || c == '\\';
  });
  if (strange) return Malformed(text, "it holds a space, a backslash or a control character");
  if (rest.find_first_of("?#") != std::string_view::npos) {
    return Malformed(text, "leave out the query and the fragment");
  }
  const size_t slash = rest.find('/');
  std::string_view authority = rest.substr(0, slash);
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  while (url.path.ends_with('/')) url.path.pop_back();
  if (authority.find('@') != std::string_view::npos) {
    return Malformed(text, "a user name or password in it is not supported");
  }

  std::string_view port;
  if (authority.starts_with('[')) {  // an IPv6 address
    const size_t close = authority.find(']');
    if (close == std::string_view::npos) return Malformed(text, "the ']' is missing");
    url.host = authority.substr(1, close - 1);
    if (!IsIpv6(url.host)) return Malformed(text, "an IPv6 address must stand between '[' and ']'");
    const std::string_view after = authority.substr(close + 1);
    if (!after.empty() && !after.starts_with(':')) return Malformed(text, "':' must follow ']'");
    if (!after.empty()) port = after.substr(1);
    if (!after.empty() && port.empty()) return Malformed(text, "the port is missing");
  } else {
    const size_t colon = authority.find(':');
    url.host = authority.substr(0, colon);
    if (url.host.find_first_of("[]") != std::string::npos) {
      return Malformed(text, "'[' and ']' stand around an IPv6 address only");
    }
    if (colon != std::string_view::npos) {
      port = authority.substr(colon + 1);
      if (port.empty()) return Malformed(text, "the port is missing");
    }
  }
  if (url.host.empty()) return Malformed(text, "the host is missing");
  if (port.empty()) {
    url.port = url.tls ? "443" : "80";
    return url;
  }
  unsigned number = 0;
  const auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (error != std::errc() || end != port.data() + port.size() || number < 1 || number > 65535) {
    return Malformed(text, "the port must be a number from 1 to 65535");
  }
  url.port = std::to_string(number);
  return url;
}

}  // namespace tamtap::http
