// VirtualCard: a contactless card for Debian's vsmartcard-vpcd, a PC/SC driver whose "reader" is a
// TCP port. pcscd and everything above it are the real ones; only the radio is missing.
//
// Protocol of vpcd: the card connects; each message is a 2-byte big-endian length and its bytes.
// One byte is control (0 power off, 1 power on, 2 reset: no answer; 4: answer with the ATR), more
// are a command APDU. Closing the connection takes the card away.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace tamtap {

class VirtualCard {
 public:
  static constexpr uint16_t kDefaultPort = 35963;

  // Lays a card with this UID (any length; none: the card answers no UID, as chip cards do) on the
  // reader that listens on 127.0.0.1:`port`, and keeps trying until the reader is there.
  VirtualCard(std::vector<unsigned char> uid, uint16_t port = kDefaultPort);
  // Takes it away.
  ~VirtualCard();
  VirtualCard(const VirtualCard&) = delete;
  VirtualCard& operator=(const VirtualCard&) = delete;

  // Whether the reader has spoken with the card, and whether it was given its UID.
  bool seen() const { return seen_; }
  bool read() const { return uid_read_; }
  // Waits until seen; false if that took longer than `timeout`.
  bool WaitUntilSeen(std::chrono::milliseconds timeout) const;

 private:
  void Serve(const std::stop_token& stop);
  // Until the reader hangs up.
  void Answer(int connection);

  const std::vector<unsigned char> uid_;
  const uint16_t port_;
  std::atomic<int> connection_{-1};
  std::atomic<bool> seen_{false};
  std::atomic<bool> uid_read_{false};
  std::jthread thread_;
};

// "04A2B3C4D5E680" -> bytes; empty if it is no hexadecimal.
std::vector<unsigned char> BytesFromHex(std::string_view hex);

}  // namespace tamtap
