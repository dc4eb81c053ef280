// FNV-1a, 64 bits (Fowler, Noll and Vo): tells texts apart cheaply. Anybody can make two texts of
// one hash, so it proves nothing.
#pragma once

#include <cstdint>
#include <string_view>

namespace tamtap {

inline constexpr uint64_t kFnvOfNothing = 0xCBF29CE484222325;

// Of a text in pieces: each goes on from the hash of those before it.
constexpr uint64_t Fnv1a(std::string_view text, uint64_t before = kFnvOfNothing) {
  uint64_t hash = before;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  return hash;
}

static_assert(Fnv1a("") == kFnvOfNothing);
static_assert(Fnv1a("foobar") == 0x85944171F73967E8);  // the authors' own test
static_assert(Fnv1a("bar", Fnv1a("foo")) == Fnv1a("foobar"));

}  // namespace tamtap
