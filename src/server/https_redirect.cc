#include "server/https_redirect.h"

#include <algorithm>
#include <string_view>

#include "server/router.h"

namespace tamtap {
namespace {

constexpr uint16_t kUsualPort = 443;

// Without its port; empty if it is no name that may stand in a URL.
std::string NameIn(std::string_view host) {
  const size_t port = host.find_last_of(":]");
  if (port != std::string_view::npos && host[port] == ':') host = host.substr(0, port);
  const bool fine = std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' ||
           c == '-' || c == '_' || c == ':' || c == '[' || c == ']';
  });
  return fine ? std::string(host) : std::string();
}

}  // namespace

std::string HttpsRedirect::PlaceOf(const http::Request& head) const {
  const std::string_view target = head.target;
  if (!target.starts_with('/') || target.starts_with("//")) return {};
  if (!to_.empty()) {
    const size_t path = to_.find('/', std::string_view("https://").size());
    const std::string_view prefix =
        path == std::string::npos ? std::string_view() : std::string_view(to_).substr(path);
    const bool has_it = target.starts_with(prefix) &&
                        (target.size() == prefix.size() || target[prefix.size()] == '/');
    return to_.substr(0, path) + (has_it ? std::string() : std::string(prefix)) +
           std::string(target);
  }
  const std::string name = NameIn(head.Header("Host"));
  if (name.empty()) return {};
  const std::string port = port_ == kUsualPort ? std::string() : ":" + std::to_string(port_);
  return "https://" + name + port + std::string(target);
}

http::Admission HttpsRedirect::OnHead(const http::Request& head) {
  http::Admission admission;
  const std::string place = PlaceOf(head);
  const bool reads = head.method == "GET" || head.method == "HEAD";
  if (reads && !place.empty()) {
    admission.refusal = JsonError(308, "come by https");
    admission.refusal->headers.emplace_back("Location", place);
  } else {
    admission.refusal = JsonError(
        403, "nothing is taken here, because others can read along; use https in the address");
  }
  return admission;
}

// OnHead has answered already.
void HttpsRedirect::OnRequest(http::Request, std::shared_ptr<http::Responder> responder) {
  responder->Send(JsonError(403, "come by https"));
}

std::shared_ptr<http::WebSocketHandler> HttpsRedirect::OnUpgrade(const http::Request&,
                                                                 http::Response& refusal) {
  refusal = JsonError(403, "come by https");
  return nullptr;
}

}  // namespace tamtap
