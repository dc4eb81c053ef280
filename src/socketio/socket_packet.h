// Socket.IO 5 packets as text: pure functions. Hostile input gives no packet, never more.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace tamtap::socketio {

enum class SocketPacketType {
  kConnect = 0,
  kDisconnect = 1,
  kEvent = 2,
  kAck = 3,
  kConnectError = 4,
  kBinaryEvent = 5,
  kBinaryAck = 6,
};

struct SocketPacket {
  SocketPacketType type = SocketPacketType::kConnect;
  std::string name_space = "/";
  std::optional<uint64_t> id;  // of the event that wants an ack, or is acknowledged
  boost::json::value data;     // null: none
  size_t attachments = 0;      // binary messages that follow
};

inline constexpr size_t kMaxAttachments = 10;  // as the reference implementation
inline constexpr size_t kMaxJsonDepth = 32;

// Nothing unless the payload has the shape that the protocol demands for its type. A CONNECT has no
// payload, or an object. An event has an array that begins with a name which is not reserved. An
// ack has an array. Each placeholder in it must stand for one of the attachments. A number that no
// double holds makes the packet none, too.
std::optional<SocketPacket> DecodeSocketPacket(std::string_view text);
std::string EncodeSocketPacket(const SocketPacket& packet);

// An event without the copy of its arguments that a SocketPacket would need.
std::string EncodeEvent(std::string_view name_space, std::string_view event,
                        const boost::json::array& arguments, size_t attachments);

}  // namespace tamtap::socketio
