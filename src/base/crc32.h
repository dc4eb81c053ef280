#pragma once

#include <cstdint>
#include <string_view>

namespace tamtap {

// CRC-32 as in IEEE 802.3 and gzip: finds damage, and proves nothing.
uint32_t Crc32(std::string_view bytes);

}  // namespace tamtap
