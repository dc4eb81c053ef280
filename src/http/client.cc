#include "http/client.h"

#include <algorithm>
#include <array>
#include <utility>

#include "http/response_reader.h"
#include "http/transport.h"
#include "http/wire.h"

namespace tamtap::http {
namespace {

class HttpClient final : public Client {
 public:
  HttpClient(Url url, ClientOptions options) : url_(std::move(url)), options_(std::move(options)) {}

  Result<Response> Send(Request request) override {
    return SendWithin(options_.timeout, std::move(request));
  }
  Result<Response> SendWithin(std::chrono::milliseconds timeout, Request request) override;

 private:
  Result<std::string> Serialize(const Request& request) const;
  // `answered` tells whether any byte of an answer came.
  Result<Response> Exchange(const std::string& head, const Request& request, Deadline deadline,
                            bool& answered);
  Result<Response> ReadResponse(bool head_request, Deadline deadline, bool& answered);
  Error Broken(std::string hint);

  const Url url_;
  const ClientOptions options_;
  std::unique_ptr<Transport> transport_;  // made at the first request
  std::array<char, 16 << 10> chunk_{};
};

Error HttpClient::Broken(std::string hint) {
  transport_->Close();
  return Error{ErrorCode::kRetry, "read the answer of " + url_.host + ":" + url_.port, 0,
               std::move(hint)};
}

Result<std::string> HttpClient::Serialize(const Request& request) const {
  const auto refuse = [](std::string what) {
    return Error{ErrorCode::kRejected, "write an HTTP request", 0, std::move(what)};
  };
  const std::string target = url_.path + request.target;
  const bool bad_target = !target.starts_with('/') || target.find(' ') != std::string::npos ||
                          target.find('\t') != std::string::npos || !SafeInHeader(target);
  if (bad_target) return refuse("the target must be a percent-encoded path");
  if (request.method.empty() ||
      request.method.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ") != std::string::npos) {
    return refuse("the method must be upper-case letters");
  }
  const bool ipv6 = url_.host.find(':') != std::string::npos;
  const bool usual_port = url_.port == (url_.tls ? "443" : "80");
  std::string head = request.method + " " + target + " HTTP/1.1\r\nHost: ";
  head += ipv6 ? "[" + url_.host + "]" : url_.host;
  if (!usual_port) head += ":" + url_.port;
  head += "\r\n";
  for (const auto& [name, value] : request.headers) {
    if (name.empty() || name.find_first_of(": \t") != std::string::npos || !SafeInHeader(name) ||
        !SafeInHeader(value)) {
      return refuse("the header '" + name + "' holds a character that headers must not");
    }
    head += name + ": " + value + "\r\n";
  }
  const bool may_have_body = request.method != "GET" && request.method != "HEAD";
  if (may_have_body || !request.body.empty()) {
    head += "Content-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  head += "Connection: keep-alive\r\n\r\n";
  return head;
}

Result<Response> HttpClient::SendWithin(std::chrono::milliseconds timeout, Request request) {
  const Deadline deadline = std::chrono::steady_clock::now() + std::min(timeout, options_.timeout);
  TAMTAP_TRY(const std::string head, Serialize(request));
  if (!transport_) {
    TAMTAP_TRY(transport_, MakeTransport(url_, options_.ca_file));
  }
  if (transport_->connected()) {
    bool answered = false;
    Result<Response> response = Exchange(head, request, deadline, answered);
    const bool in_time = std::chrono::steady_clock::now() < deadline;
    if (response || answered || !in_time) return response;
    // The server had closed the idle connection; a fresh one decides.
  }
  TAMTAP_RETURN_IF_ERROR(transport_->Connect(deadline));
  bool answered = false;
  return Exchange(head, request, deadline, answered);
}

Result<Response> HttpClient::Exchange(const std::string& head, const Request& request,
                                      Deadline deadline, bool& answered) {
  // One write while it is small: one packet, and one wake-up of the server.
  constexpr size_t kTogether = 64 << 10;
  if (request.body.size() <= kTogether) {
    TAMTAP_RETURN_IF_ERROR(transport_->Write(head + request.body, deadline));
  } else {
    TAMTAP_RETURN_IF_ERROR(transport_->Write(head, deadline));
    TAMTAP_RETURN_IF_ERROR(transport_->Write(request.body, deadline));
  }
  return ReadResponse(request.method == "HEAD", deadline, answered);
}

Result<Response> HttpClient::ReadResponse(bool head_request, Deadline deadline, bool& answered) {
  ResponseReader reader(head_request, options_.max_response_bytes);
  std::string unread;  // a piece of a head; then what a server sends that was not asked for
  while (true) {
    TAMTAP_TRY(const size_t got, transport_->ReadSome(chunk_, deadline));
    answered = answered || got > 0;
    ResponseReader::State state = ResponseReader::State::kMore;
    if (got == 0) {
      state = reader.End();
    } else {
      unread.append(chunk_.data(), got);
      std::string_view input = unread;
      state = reader.Read(input);
      unread.erase(0, unread.size() - input.size());
    }
    if (state == ResponseReader::State::kBroken) return Broken(reader.failure());
    if (state == ResponseReader::State::kDone) break;
  }
  if (!reader.keep_alive() || !unread.empty()) transport_->Close();
  return reader.Take();
}

}  // namespace

std::unique_ptr<Client> MakeClient(Url url, ClientOptions options) {
  return std::make_unique<HttpClient>(std::move(url), std::move(options));
}

}  // namespace tamtap::http
