#include "virtual_card.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Bytes = std::vector<unsigned char>;

// PC/SC part 3, 3.1.3.2.3: a storage card, ISO/IEC 14443 A part 3, MIFARE Classic 1K.
const Bytes kAtr{0x3B, 0x8F, 0x80, 0x01, 0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00,
                 0x03, 0x06, 0x03, 0x00, 0x01, 0x00, 0x00, 0x00, 0x00, 0x6A};
const Bytes kGetUid{0xFF, 0xCA, 0x00, 0x00, 0x00};
constexpr unsigned char kAskForAtr = 4;

bool ReadExactly(int fd, unsigned char* to, size_t count) {
  while (count > 0) {
    const int on = 1;  // the kernel forgets it; without it each exchange waits 40 ms for an ACK
    setsockopt(fd, IPPROTO_TCP, TCP_QUICKACK, &on, sizeof on);
    const ssize_t got = recv(fd, to, count, 0);
    if (got <= 0) return false;
    to += got;
    count -= static_cast<size_t>(got);
  }
  return true;
}

std::optional<Bytes> ReadMessage(int fd) {
  std::array<unsigned char, 2> length{};
  if (!ReadExactly(fd, length.data(), length.size())) return std::nullopt;
  Bytes message(static_cast<size_t>(length[0]) << 8 | length[1]);
  if (!ReadExactly(fd, message.data(), message.size())) return std::nullopt;
  return message;
}

bool WriteMessage(int fd, const Bytes& content) {
  Bytes message{static_cast<unsigned char>(content.size() >> 8),
                static_cast<unsigned char>(content.size() & 0xFF)};
  message.insert(message.end(), content.begin(), content.end());
  return send(fd, message.data(), message.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(message.size());
}

}  // namespace

VirtualCard::VirtualCard(Bytes uid, uint16_t port)
    : uid_(std::move(uid)),
      port_(port),
      thread_([this](const std::stop_token& stop) { Serve(stop); }) {}

VirtualCard::~VirtualCard() {
  thread_.request_stop();
  const int connection = connection_.load();
  if (connection >= 0) shutdown(connection, SHUT_RDWR);  // ends a waiting recv; closed by Serve
  thread_.join();
}

bool VirtualCard::WaitUntilSeen(milliseconds timeout) const {
  const auto deadline = steady_clock::now() + timeout;
  while (!seen_ && steady_clock::now() < deadline) std::this_thread::sleep_for(milliseconds(5));
  return seen_;
}

void VirtualCard::Serve(const std::stop_token& stop) {
  sockaddr_in reader{};
  reader.sin_family = AF_INET;
  reader.sin_port = htons(port_);
  reader.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  while (!stop.stop_requested()) {
    const int connection = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (connection >= 0 &&
        connect(connection, reinterpret_cast<const sockaddr*>(&reader), sizeof reader) == 0) {
      connection_ = connection;
      // A stop before the line above found nothing to shut down.
      if (!stop.stop_requested()) Answer(connection);
      connection_ = -1;
    }
    if (connection >= 0) close(connection);
    if (!stop.stop_requested()) std::this_thread::sleep_for(milliseconds(20));
  }
}

void VirtualCard::Answer(int connection) {
  while (const std::optional<Bytes> message = ReadMessage(connection)) {
    seen_ = true;
    if (message->size() == 1) {
      if (message->front() == kAskForAtr && !WriteMessage(connection, kAtr)) return;
      continue;
    }
    Bytes answer{0x6A, 0x81};  // function not supported
    const bool asked_for_uid = *message == kGetUid;
    if (asked_for_uid && !uid_.empty()) {
      answer = uid_;
      answer.insert(answer.end(), {0x90, 0x00});
    }
    if (!WriteMessage(connection, answer)) return;
    if (asked_for_uid) uid_read_ = true;
  }
}

Bytes BytesFromHex(std::string_view hex) {
  Bytes bytes;
  if (hex.size() % 2 != 0) return {};
  for (; !hex.empty(); hex.remove_prefix(2)) {
    unsigned char byte = 0;
    const auto [end, error] = std::from_chars(hex.data(), hex.data() + 2, byte, 16);
    if (error != std::errc() || end != hex.data() + 2) return {};
    bytes.push_back(byte);
  }
  return bytes;
}

}  // namespace tamtap
