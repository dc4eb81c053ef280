// Engine.IO 4 packets as text: pure functions. Hostile input gives no packet, never more.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tamtap::socketio {

enum class PacketType : char {
  kOpen = '0',
  kClose = '1',
  kPing = '2',
  kPong = '3',
  kMessage = '4',
  kUpgrade = '5',
  kNoop = '6',
};

struct Packet {
  PacketType type = PacketType::kNoop;
  std::string data;     // text is valid UTF-8
  bool binary = false;  // messages only

  friend bool operator==(const Packet&, const Packet&) = default;
};

inline const Packet kNoopPacket{PacketType::kNoop, {}, false};
inline const Packet kClosePacket{PacketType::kClose, {}, false};

// How many bytes a packet that waits counts for. An empty one costs something, too.
inline constexpr size_t kPacketOverhead = 64;
inline size_t Cost(const Packet& packet) { return packet.data.size() + kPacketOverhead; }

inline constexpr char kPayloadSeparator = '\x1e';
inline constexpr size_t kMaxPacketsInPayload = 16'384;

// A packet as one text frame of a WebSocket. A binary frame is a message as it is, and needs none.
std::optional<Packet> DecodePacket(std::string_view text);
std::string EncodePacket(const Packet& packet);  // not for binary ones

// The body of a polling request or response: packets with separators, binary ones in base64.
std::optional<std::vector<Packet>> DecodePayload(std::string_view payload);
void AppendToPayload(const Packet& packet, std::string& payload);

}  // namespace tamtap::socketio
