// For tests: whether a JPEG holds a picture and nothing else.
#pragma once

#include <string_view>

namespace tamtap {

// Whether `bytes` are one JPEG of baseline or progressive coding whose only segments are what a
// decoder needs and the bare JFIF header, and nothing follows its end.
inline bool IsPlainJpeg(std::string_view bytes) {
  const auto byte = [&](size_t at) {
    return at < bytes.size() ? static_cast<unsigned char>(bytes[at]) : 0U;
  };
  if (byte(0) != 0xFF || byte(1) != 0xD8) return false;
  size_t at = 2;
  while (true) {
    if (byte(at) != 0xFF) return false;
    const unsigned marker = byte(at + 1);
    if (marker == 0xD9) return at + 2 == bytes.size();
    const size_t length = byte(at + 2) * 256 + byte(at + 3);
    const bool jfif = marker == 0xE0 && length == 16 && bytes.substr(at + 4, 4) == "JFIF";
    const bool needed = marker == 0xC0 || marker == 0xC2 || marker == 0xC4 || marker == 0xDA ||
                        marker == 0xDB || marker == 0xDD;
    if (length < 2 || (!jfif && !needed)) return false;
    at += 2 + length;
    if (marker != 0xDA) continue;
    // The scan: up to a marker that is neither a stuffed byte nor a restart.
    while (at + 1 < bytes.size() && (byte(at) != 0xFF || byte(at + 1) == 0 ||
                                     (byte(at + 1) >= 0xD0 && byte(at + 1) <= 0xD7))) {
      ++at;
    }
  }
}

}  // namespace tamtap
