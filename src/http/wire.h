// What a response looks like on the wire: its head as text (RFC 9110, 9112). Pure functions.
#pragma once

#include <cstdint>
#include <ctime>
#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tamtap::http {

std::string_view ReasonPhrase(int status);
std::string HttpDate(std::time_t time);  // "Mon, 23 Nov 2026 07:05:00 GMT"

// Whether a response with this status may carry content at all.
bool StatusHasBody(int status);

// Whether `text` may stand in a header: no control characters, which could forge another header.
bool SafeInHeader(std::string_view text);

struct Framing {
  std::optional<uint64_t> content_length;  // none: the status has no content
  bool keep_alive = true;
  bool http_1_0 = false;
};

// The status line and the headers, up to and with the empty line. Headers that frame the message
// are ours alone, so they are left out of `headers`, and so are those that SafeInHeader refuses.
std::string SerializeHead(int status, const Headers& headers, const Framing& framing);

}  // namespace tamtap::http
