#include "server/common_passwords.h"

#include <algorithm>
#include <cstdint>

namespace tamtap {

bool IsCommonPassword(std::string_view password) {
  uint64_t hash = 0xCBF29CE484222325;  // 64-bit FNV-1a: nobody gains from another word's hash
  for (const char c : password) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    hash = (hash ^ static_cast<unsigned char>(lower)) * 0x100000001B3;
  }
  return std::binary_search(kCommonPasswordHashes, kCommonPasswordHashes + kCommonPasswordCount,
                            hash);
}

}  // namespace tamtap
