// Any bytes as the address of a server, and as the target and headers of a request,
// those of a proxy among them.
#include <cstdint>

#include "base/check.h"
#include "http/client.h"
#include "http/forwarded.h"
#include "http/wire.h"

namespace tamtap::http {
namespace {

void TryAddress(std::string_view text) {
  const auto url = Url::Parse(text);
  if (!url) {
    CHECK(url.error().code == ErrorCode::kMisconfigured && !url.error().Message().empty());
    return;
  }
  CHECK(!url->host.empty() && !url->port.empty() && url->port.size() <= 5);
  CHECK(url->path.empty() || (url->path.starts_with('/') && !url->path.ends_with('/')));
  // Written out in full it is the same address.
  const bool ipv6 = url->host.find(':') != std::string::npos;
  const std::string host = ipv6 ? "[" + url->host + "]" : url->host;
  const auto again =
      Url::Parse((url->tls ? "https://" : "http://") + host + ":" + url->port + url->path);
  CHECK(again && again->tls == url->tls && again->host == url->host && again->port == url->port);
  CHECK(again->path == url->path);
}

void TryRequest(std::string_view text) {
  Request request;
  request.target = text;
  const std::string path = request.Path();
  CHECK(path.size() <= text.size() + 1);
  CHECK(request.Query("day").size() <= text.size());
  CHECK(PercentDecode(text, true).size() <= text.size());
  request.headers = {{"Cookie", std::string(text)}};
  CHECK(request.Cookie("session").size() <= text.size());
}

// What a proxy says of whom it asks for, whoever wrote it.
void TryForwarded(std::string_view text) {
  static const Networks proxies = *Networks::Parse({"127.0.0.0/8", "10.0.0.0/8"});
  static const Networks any = *Networks::Parse({"::/0"});
  for (const char* name : {"X-Forwarded-For", "Forwarded", "X-Forwarded-Host"}) {
    Request request;
    request.remote_address = "127.0.0.1";
    request.headers = {{"Host", "inside"}, {name, std::string(text)}};
    CHECK(Believe(request, proxies));
    CHECK(any.Contain(request.remote_address) && SafeInHeader(request.Header("Host")));
    Request stranger;
    stranger.remote_address = "192.0.2.7";
    stranger.headers = {{"Host", "inside"}, {name, std::string(text)}};
    CHECK(!Believe(stranger, proxies) && stranger.remote_address == "192.0.2.7");
    CHECK(stranger.Header("Host") == "inside");
  }
  const auto networks = Networks::Parse({std::string(text)});
  CHECK(networks || !networks.error().Message().empty());
}

void TryHead(std::string_view text) {
  const std::string head = SerializeHead(
      200, {{"X-A", std::string(text)}, {std::string(text), "b"}}, Framing{.content_length = 0});
  // One empty line, at the end: nothing forges another header or a body.
  CHECK(head.find("\r\n\r\n") == head.size() - 4);
}

}  // namespace
}  // namespace tamtap::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  tamtap::http::TryAddress(text);
  tamtap::http::TryAddress("http://" + std::string(text));
  tamtap::http::TryRequest(text);
  tamtap::http::TryForwarded(text);
  tamtap::http::TryHead(text);
  return 0;
}
