// Any bytes as a WebSocket frame or a polling body of Engine.IO: what is read can be written, and
// is read the same again.
#include <cstdint>

#include "base/base64.h"
#include "base/check.h"
#include "base/text.h"
#include "socketio/engine_packet.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tamtap::socketio;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  if (const auto packet = DecodePacket(text)) {
    CHECK(EncodePacket(*packet) == text);
    CHECK(tamtap::IsUtf8(packet->data));
  }
  if (const auto packets = DecodePayload(text)) {
    CHECK(!packets->empty() && packets->size() <= kMaxPacketsInPayload);
    std::string payload;
    for (const Packet& packet : *packets) {
      CHECK(packet.binary || tamtap::IsUtf8(packet.data));
      AppendToPayload(packet, payload);
    }
    CHECK(payload == text);  // there is one way to write it
  }
  if (const auto bytes = tamtap::Base64Decode(text)) CHECK(tamtap::Base64Encode(*bytes) == text);
  CHECK(tamtap::Base64Decode(tamtap::Base64Encode(text)) == text);
  return 0;
}
