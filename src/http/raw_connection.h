// For tests: a plain TCP connection to a local port, on which a test writes exactly the bytes it
// wants.
#pragma once

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include <chrono>
#include <string>
#include <string_view>

#include "base/check.h"
#include "base/descriptor.h"

namespace tamtap::http {

class RawConnection {
 public:
  // `host`: an IPv4 address in the machine's own order of bytes.
  explicit RawConnection(uint16_t port, in_addr_t host = INADDR_LOOPBACK)
      : descriptor_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    CHECK(descriptor_);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(host);
    CHECK(connect(descriptor_.get(), reinterpret_cast<sockaddr*>(&address), sizeof(address)) == 0);
  }

  void Write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = send(descriptor_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server closed: what follows in the test shows it
      bytes.remove_prefix(static_cast<size_t>(sent));
    }
  }
  void CloseSending() { shutdown(descriptor_.get(), SHUT_WR); }
  void Close() { descriptor_.Reset(); }

  // All received so far, once it holds `text`, or the server closed, or after ten seconds.
  std::string ReadUntil(std::string_view text) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (received_.find(text) == std::string::npos && ReadSome(deadline)) {
    }
    return received_;
  }
  // All of it, up to the server's close.
  std::string ReadAll() {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (ReadSome(deadline)) {
    }
    return received_;
  }
  std::string ReadBytes(size_t count) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(10);
    while (received_.size() < count && ReadSome(deadline)) {
    }
    std::string bytes = received_.substr(0, count);
    received_.erase(0, bytes.size());
    return bytes;
  }
  bool closed() const { return closed_; }
  void Forget() { received_.clear(); }

 private:
  bool ReadSome(std::chrono::steady_clock::time_point deadline) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        deadline - std::chrono::steady_clock::now());
    pollfd waited{descriptor_.get(), POLLIN, 0};
    if (left.count() <= 0 || poll(&waited, 1, static_cast<int>(left.count())) <= 0) return false;
    char chunk[16384];
    const ssize_t got = recv(descriptor_.get(), chunk, sizeof(chunk), 0);
    closed_ = got <= 0;
    if (got > 0) received_.append(chunk, static_cast<size_t>(got));
    return got > 0;
  }

  Descriptor descriptor_;
  std::string received_;
  bool closed_ = false;
};

}  // namespace tamtap::http
