#include "server/common_passwords.h"

#include <algorithm>
#include <cstdint>

#include "base/fnv.h"

namespace tamtap {

bool IsCommonPassword(std::string_view password) {
  uint64_t hash = kFnvOfNothing;  // it proves nothing, and nobody gains from another word's hash
  for (const char c : password) {
    const char lower = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    hash = Fnv1a({&lower, 1}, hash);
  }
  return std::binary_search(kCommonPasswordHashes, kCommonPasswordHashes + kCommonPasswordCount,
                            hash);
}

}  // namespace tamtap
