// base64 (RFC 4648), by libsodium. Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace tamtap {

enum class Base64 { kPadded, kUnpadded };

std::string Base64Encode(std::string_view bytes);  // padded

// Nothing unless `text` is just what encoding would give: no blanks, and no bits left over.
std::optional<std::string> Base64Decode(std::string_view text, Base64 form = Base64::kPadded);

}  // namespace tamtap
