#include "cli/listening.h"

#include <fmt/core.h>

#include <charconv>
#include <cstdlib>

namespace tamtap::cli {
namespace {

constexpr uint16_t kRedirectPort = 80;

Result<uint16_t> PortFrom(std::string_view text) {
  uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) {
    return Error{ErrorCode::kMisconfigured, fmt::format("port '{}'", text), 0,
                 "use a number up to 65535; 0 takes any free one"};
  }
  return port;
}

Result<> ReadAddress(std::string_view listen, http::ServerOptions& options) {
  const size_t colon = listen.rfind(':');
  const bool has_port = colon != std::string_view::npos && listen.find(']', colon) == listen.npos;
  // An IPv6 address without brackets: its last part is no port.
  const bool bare = has_port && !listen.starts_with('[') && listen.find(':') != colon;
  if (bare) {
    return Error{ErrorCode::kMisconfigured, fmt::format("listen on {}", listen), 0,
                 "write an IPv6 address as [::1]:3000"};
  }
  if (has_port) {
    TAMTAP_TRY(options.port, PortFrom(listen.substr(colon + 1)));
    listen = listen.substr(0, colon);
  }
  if (listen.starts_with('[') && listen.ends_with(']'))
    listen = listen.substr(1, listen.size() - 2);
  if (!listen.empty()) options.host = listen;
  return {};
}

}  // namespace

Result<> ReadListen(const Settings& settings, http::ServerOptions& options) {
  if (const char* const host = std::getenv("API_SERVER_HOST")) options.host = host;
  if (const char* const port = std::getenv("API_SERVER_PORT")) {
    TAMTAP_TRY(options.port, PortFrom(port));
  }
  return ReadAddress(settings.listen, options);
}

Result<> ReadRedirectListen(const Settings& settings, http::ServerOptions& options) {
  options.host = "0.0.0.0";
  options.port = kRedirectPort;
  return ReadAddress(settings.redirect_listen, options);
}

Result<DoorOptions> ReadDoor(const Settings& settings) {
  DoorOptions door;
  TAMTAP_TRY(door.public_urls, PublicUrls::Parse(settings.public_urls));
  if (!settings.trusted_proxies.empty()) {
    TAMTAP_TRY(door.trusted_proxies, http::Networks::Parse(settings.trusted_proxies));
  }
  door.access_log = settings.access_log;
  return door;
}

bool HasProxy(const Settings& settings) {
  return !settings.public_urls.empty() || !settings.trusted_proxies.empty();
}

std::string LocalUrl(const http::ServerOptions& options, uint16_t port) {
  std::string host = options.host;
  if (host == "0.0.0.0" || host == "::") host = "127.0.0.1";
  if (host.find(':') != std::string::npos) host = "[" + host + "]";
  return fmt::format("{}://{}:{}", options.certificate_file.empty() ? "http" : "https", host, port);
}

}  // namespace tamtap::cli
