#include "base/sha256.h"

#include <sodium.h>

#include <array>

#include "base/check.h"

namespace tamtap {

std::string Sha256Hex(std::string_view bytes) {
  CHECK(sodium_init() >= 0);
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(bytes.data()),
                     bytes.size());
  std::array<char, crypto_hash_sha256_BYTES * 2 + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return std::string(text.data());
}

}  // namespace tamtap
