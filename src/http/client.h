// A blocking HTTP/1.1 client for one server, keeping its connection alive between calls.
//
// One thread at a time. Every call returns within its time-out, whatever the peer does: name
// resolution, connect, TLS handshake, a byte a minute. TLS verifies chain and host name, always.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <utility>

#include "base/result.h"
#include "http/message.h"

namespace tamtap::http {

struct Url {
  bool tls = false;
  std::string host;
  std::string port;  // "80" or "443" when the URL names none
  std::string path;  // without a trailing slash; "" for the root

  // Reads "http://host:port/base" or "https://...". kMisconfigured: it is no such address.
  static Result<Url> Parse(std::string_view text);
};

struct ClientOptions {
  std::chrono::milliseconds timeout{2000};  // a whole call, connect included
  size_t max_response_bytes = 8 << 20;
  std::string ca_file{};  // PEM; empty: the system's
};

class Client {
 public:
  virtual ~Client() = default;
  // `request.target` is appended to the URL's path. Host, Content-Length and Connection are set
  // here. A connection that the server closed meanwhile is opened anew, once, if nothing of the
  // answer had come. Any HTTP status is a Response; no answer is kRetry; a certificate that does
  // not verify is kMisconfigured.
  virtual Result<Response> Send(Request request) = 0;
  // The same, with another time-out than the client's own.
  virtual Result<Response> SendWithin(std::chrono::milliseconds /*timeout*/, Request request) {
    return Send(std::move(request));
  }
};

std::unique_ptr<Client> MakeClient(Url url, ClientOptions options = {});

}  // namespace tamtap::http
