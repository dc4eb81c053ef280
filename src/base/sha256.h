#pragma once

#include <string>
#include <string_view>

namespace tamtap {

// FIPS 180-4, as 64 lower-case hexadecimal digits.
std::string Sha256Hex(std::string_view bytes);

}  // namespace tamtap
