// A byte stream to one server, plain or TLS, where every call has a deadline. Internal to this
// room. One thread at a time. Asio and OpenSSL stay in transport.cc.
#pragma once

#include <chrono>
#include <memory>
#include <span>
#include <string_view>

#include "base/result.h"
#include "http/client.h"

namespace tamtap::http {

using Deadline = std::chrono::steady_clock::time_point;

class Transport {
 public:
  virtual ~Transport() = default;
  // Resolves the name, connects, and does the TLS handshake, in which chain and host name are
  // verified.
  virtual Result<> Connect(Deadline deadline) = 0;
  virtual bool connected() const = 0;
  // Reads at least one byte; 0 when the server closed. Any failure closes the connection.
  virtual Result<size_t> ReadSome(std::span<char> into, Deadline deadline) = 0;
  virtual Result<> Write(std::string_view bytes, Deadline deadline) = 0;
  virtual void Close() = 0;
};

// kRetry: no descriptor is left.
Result<std::unique_ptr<Transport>> MakeTransport(const Url& url, const std::string& ca_file);

}  // namespace tamtap::http
