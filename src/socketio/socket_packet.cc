#include "socketio/socket_packet.h"

#include <algorithm>
#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <charconv>
#include <cmath>

namespace tamtap::socketio {
namespace {

namespace json = boost::json;

constexpr size_t kMaxIdDigits = 15;  // what a JavaScript number holds exactly
constexpr std::array<std::string_view, 6> kReservedEvents = {
    "connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"};

// Takes up to `max_digits` digits off the front; none when there is no digit, or too many.
std::optional<uint64_t> TakeNumber(std::string_view& text, size_t max_digits) {
  const size_t found = text.find_first_not_of("0123456789");
  const size_t digits = found == std::string_view::npos ? text.size() : found;
  if (digits == 0 || digits > max_digits) return std::nullopt;
  uint64_t value = 0;
  std::from_chars(text.data(), text.data() + digits, value);
  text.remove_prefix(digits);
  return value;
}

bool StartsWithDigit(std::string_view text) {
  return !text.empty() && text[0] >= '0' && text[0] <= '9';
}

bool IsBinary(SocketPacketType type) {
  return type == SocketPacketType::kBinaryEvent || type == SocketPacketType::kBinaryAck;
}

// Every placeholder names an attachment. The parser has bounded the depth.
bool PlaceholdersFit(const json::value& value, size_t attachments) {
  const auto fits = [&](const json::value& child) { return PlaceholdersFit(child, attachments); };
  if (const json::array* array = value.if_array()) {
    return std::all_of(array->begin(), array->end(), fits);
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return true;
  const json::value* mark = object->if_contains("_placeholder");
  if (mark != nullptr && mark->is_bool() && mark->get_bool()) {
    const json::value* number = object->if_contains("num");
    return number != nullptr && number->is_int64() && number->get_int64() >= 0 &&
           static_cast<uint64_t>(number->get_int64()) < attachments;
  }
  return std::all_of(object->begin(), object->end(),
                     [&](const auto& member) { return fits(member.value()); });
}

// A number past all doubles is read as infinite, and could not be written again as JSON. The parser
// has bounded the depth.
bool NumbersAreFinite(const json::value& value) {
  if (const double* const number = value.if_double()) return std::isfinite(*number);
  if (const json::array* const array = value.if_array()) {
    return std::all_of(array->begin(), array->end(), NumbersAreFinite);
  }
  const json::object* const object = value.if_object();
  if (object == nullptr) return true;
  return std::all_of(object->begin(), object->end(),
                     [](const auto& member) { return NumbersAreFinite(member.value()); });
}

bool ValidEvent(const json::value& data) {
  const json::array* array = data.if_array();
  if (array == nullptr || array->empty() || !array->front().is_string()) return false;
  const std::string_view name(array->front().get_string());
  return std::find(kReservedEvents.begin(), kReservedEvents.end(), name) == kReservedEvents.end();
}

bool ValidData(const SocketPacket& packet, bool present) {
  switch (packet.type) {
    case SocketPacketType::kConnect:
      return !present || packet.data.is_object();
    case SocketPacketType::kDisconnect:
      return !present;
    case SocketPacketType::kConnectError:
      return packet.data.is_object() || packet.data.is_string();
    case SocketPacketType::kEvent:
      return ValidEvent(packet.data);
    case SocketPacketType::kBinaryEvent:
      return ValidEvent(packet.data) && PlaceholdersFit(packet.data, packet.attachments);
    case SocketPacketType::kAck:
      return packet.id && packet.data.is_array();
    case SocketPacketType::kBinaryAck:
      return packet.id && packet.data.is_array() &&
             PlaceholdersFit(packet.data, packet.attachments);
  }
  return false;
}

std::string EncodeHead(SocketPacketType type, std::string_view name_space, size_t attachments) {
  std::string text(1, static_cast<char>('0' + static_cast<int>(type)));
  if (IsBinary(type)) text += std::to_string(attachments) + "-";
  if (name_space != "/") {
    text += name_space;
    text += ',';
  }
  return text;
}

}  // namespace

std::optional<SocketPacket> DecodeSocketPacket(std::string_view text) {
  if (text.empty() || text[0] < '0' || text[0] > '6') return std::nullopt;
  SocketPacket packet;
  packet.type = static_cast<SocketPacketType>(text[0] - '0');
  text.remove_prefix(1);
  if (IsBinary(packet.type)) {
    const std::optional<uint64_t> count = TakeNumber(text, 4);
    if (!count || *count > kMaxAttachments || !text.starts_with('-')) return std::nullopt;
    packet.attachments = *count;
    text.remove_prefix(1);
  }
  if (text.starts_with('/')) {
    const size_t comma = text.find(',');
    packet.name_space = text.substr(0, comma);
    text.remove_prefix(comma == std::string_view::npos ? text.size() : comma + 1);
    // Clients may append a query to the name; it is no part of it.
    packet.name_space.resize(std::min(packet.name_space.find('?'), packet.name_space.size()));
  }
  if (StartsWithDigit(text)) {
    packet.id = TakeNumber(text, kMaxIdDigits);
    if (!packet.id) return std::nullopt;
  }
  const bool present = !text.empty();
  if (present) {
    json::parse_options options;
    options.max_depth = kMaxJsonDepth;
    boost::system::error_code error;
    packet.data = json::parse(json::string_view(text.data(), text.size()), error, {}, options);
    if (error || !NumbersAreFinite(packet.data)) return std::nullopt;
  }
  if (!ValidData(packet, present)) return std::nullopt;
  return packet;
}

std::string EncodeSocketPacket(const SocketPacket& packet) {
  std::string text = EncodeHead(packet.type, packet.name_space, packet.attachments);
  if (packet.id) text += std::to_string(*packet.id);
  if (!packet.data.is_null()) text += json::serialize(packet.data);
  return text;
}

std::string EncodeEvent(std::string_view name_space, std::string_view event,
                        const json::array& arguments, size_t attachments) {
  std::string text =
      EncodeHead(attachments == 0 ? SocketPacketType::kEvent : SocketPacketType::kBinaryEvent,
                 name_space, attachments);
  text += '[';
  text += json::serialize(json::string_view(event.data(), event.size()));
  for (const json::value& argument : arguments) {
    text += ',';
    text += json::serialize(argument);
  }
  text += ']';
  return text;
}

}  // namespace tamtap::socketio
