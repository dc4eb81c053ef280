#include "socketio/engine_packet.h"

#include <algorithm>
#include <cstdint>

#include "base/base64.h"
#include "base/text.h"

namespace tamtap::socketio {
std::optional<Packet> DecodePacket(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6') return std::nullopt;
  if (!IsUtf8(text)) return std::nullopt;
  return Packet{static_cast<PacketType>(text[0]), std::string(text.substr(1)), false};
}

std::string EncodePacket(const Packet& packet) {
  std::string text(1, static_cast<char>(packet.type));
  text += packet.data;
  return text;
}

std::optional<std::vector<Packet>> DecodePayload(std::string_view payload) {
  const auto separators = std::count(payload.begin(), payload.end(), kPayloadSeparator);
  if (static_cast<size_t>(separators) >= kMaxPacketsInPayload) return std::nullopt;
  std::vector<Packet> packets;
  packets.reserve(static_cast<size_t>(separators) + 1);
  while (true) {
    const size_t end = payload.find(kPayloadSeparator);
    const std::string_view piece = payload.substr(0, end);
    if (piece.starts_with('b')) {
      std::optional<std::string> bytes = Base64Decode(piece.substr(1));
      if (!bytes) return std::nullopt;
      packets.push_back(Packet{PacketType::kMessage, std::move(*bytes), true});
    } else {
      std::optional<Packet> packet = DecodePacket(piece);
      if (!packet) return std::nullopt;
      packets.push_back(std::move(*packet));
    }
    if (end == std::string_view::npos) return packets;
    payload.remove_prefix(end + 1);
  }
}

void AppendToPayload(const Packet& packet, std::string& payload) {
  if (!payload.empty()) payload += kPayloadSeparator;
  if (packet.binary) {
    payload += 'b';
    payload += Base64Encode(packet.data);
  } else {
    payload += static_cast<char>(packet.type);
    payload += packet.data;
  }
}

}  // namespace tamtap::socketio
