#include "socketio/engine_packet.h"

#include <algorithm>
#include <array>
#include <cstdint>

#include "base/text.h"

namespace tamtap::socketio {
namespace {

constexpr std::string_view kBase64 =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

constexpr std::array<int8_t, 256> kBase64Values = [] {
  std::array<int8_t, 256> values{};
  values.fill(-1);
  for (size_t i = 0; i < kBase64.size(); ++i) {
    values[static_cast<unsigned char>(kBase64[i])] = static_cast<int8_t>(i);
  }
  return values;
}();

}  // namespace

std::string Base64Encode(std::string_view bytes) {
  std::string out;
  out.reserve((bytes.size() + 2) / 3 * 4);
  for (size_t i = 0; i < bytes.size(); i += 3) {
    const auto byte = [&](size_t k) -> uint32_t {
      return i + k < bytes.size() ? static_cast<unsigned char>(bytes[i + k]) : 0;
    };
    const uint32_t group = byte(0) << 16 | byte(1) << 8 | byte(2);
    out += kBase64[group >> 18];
    out += kBase64[group >> 12 & 63];
    out += i + 1 < bytes.size() ? kBase64[group >> 6 & 63] : '=';
    out += i + 2 < bytes.size() ? kBase64[group & 63] : '=';
  }
  return out;
}

std::optional<std::string> Base64Decode(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  size_t padding = 0;
  while (padding < 2 && text.ends_with('=')) {
    text.remove_suffix(1);
    ++padding;
  }
  std::string out;
  out.reserve(text.size() / 4 * 3 + 2);
  uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    const int8_t value = kBase64Values[static_cast<unsigned char>(c)];
    if (value < 0) return std::nullopt;
    bits = bits << 6 | static_cast<uint32_t>(value);
    count += 6;
    if (count >= 8) {
      count -= 8;
      out += static_cast<char>(bits >> count & 0xFF);
    }
  }
  if ((bits & ((1U << count) - 1)) != 0) return std::nullopt;  // bits that nothing would encode
  return out;
}

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
