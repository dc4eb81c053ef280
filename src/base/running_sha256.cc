#include "base/running_sha256.h"

#include <sodium.h>

#include <array>

#include "base/check.h"

namespace tamtap {

struct RunningSha256::State {
  crypto_hash_sha256_state hash;
};

RunningSha256::RunningSha256() : state_(std::make_unique<State>()) {
  CHECK(sodium_init() >= 0);
  crypto_hash_sha256_init(&state_->hash);
}
RunningSha256::~RunningSha256() = default;
RunningSha256::RunningSha256(RunningSha256&&) noexcept = default;
RunningSha256& RunningSha256::operator=(RunningSha256&&) noexcept = default;

void RunningSha256::Add(std::string_view bytes) {
  crypto_hash_sha256_update(&state_->hash, reinterpret_cast<const unsigned char*>(bytes.data()),
                            bytes.size());
}

std::string RunningSha256::Hex() {
  std::array<unsigned char, crypto_hash_sha256_BYTES> hash{};
  crypto_hash_sha256_final(&state_->hash, hash.data());
  std::array<char, crypto_hash_sha256_BYTES * 2 + 1> text{};
  sodium_bin2hex(text.data(), text.size(), hash.data(), hash.size());
  return std::string(text.data());
}

}  // namespace tamtap
