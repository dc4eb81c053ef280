#include "http/our_server.h"

#include <fmt/core.h>

namespace tamtap::http {
namespace {

constexpr size_t kMostShown = 100;  // bytes of a stranger's address, in a message

// Only what can be shown in one line of a log: a stranger chose these bytes.
std::string Shown(std::string_view text) {
  std::string shown;
  for (const char c : text.substr(0, kMostShown)) {
    const bool plain =
        static_cast<unsigned char>(c) >= 0x20 && static_cast<unsigned char>(c) < 0x7F;
    shown += plain ? c : '?';
  }
  return shown;
}

Error StrangersAnswer(const Response& response) {
  Error error{
      ErrorCode::kRetry,
      fmt::format("hear from the server: what answered, HTTP status {}, is no TamTap server",
                  response.status),
      0,
      {}};
  const std::string_view location = response.Header("Location");
  if (response.status >= 300 && response.status < 400 && !location.empty()) {
    error.hint = fmt::format(
        "it sends on to {}: a sign-in page of the network, or the server has another address now",
        Shown(location));
  } else {
    error.hint =
        "check the server's address, whether it is http or https, and proxies and sign-in pages on "
        "the way; a TamTap server that is older than this program must be updated first";
  }
  return error;
}

}  // namespace

bool IsOurServers(const Response& response) { return !response.Header(kVersionHeader).empty(); }

Result<Response> OnlyOurs(Result<Response> response) {
  if (response && !IsOurServers(*response)) return StrangersAnswer(*response);
  return response;
}

Result<Response> OurServer::Ask(Request request) {
  return OnlyOurs(client_->Send(std::move(request)));
}

Result<Response> OurServer::AskWithin(std::chrono::milliseconds timeout, Request request) {
  return OnlyOurs(client_->SendWithin(timeout, std::move(request)));
}

}  // namespace tamtap::http
