// Any bytes as a packet of Socket.IO: what is read can be written, and is read the same again.
#include <cstdint>

#include "base/check.h"
#include "base/text.h"
#include "socketio/engine_packet.h"
#include "socketio/socket_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tamtap::socketio;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Only text frames get here, and those are valid UTF-8.
  if (!tamtap::IsUtf8(text)) return 0;
  const auto packet = DecodeSocketPacket(text);
  if (!packet) return 0;
  CHECK(packet->attachments <= kMaxAttachments);
  const std::string written = EncodeSocketPacket(*packet);
  CHECK(tamtap::IsUtf8(written));
  const auto again = DecodeSocketPacket(written);
  CHECK(again && again->type == packet->type && again->name_space == packet->name_space);
  CHECK(again->id == packet->id && again->attachments == packet->attachments);
  // The last digit of a number with many may differ.
  CHECK(again->data.kind() == packet->data.kind());
  return 0;
}
