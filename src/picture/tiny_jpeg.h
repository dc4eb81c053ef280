// For tests: a JPEG of 8 x 8 pixels.
#pragma once

#include <string>
#include <string_view>

namespace tamtap {

inline std::string TinyJpeg() {
  constexpr std::string_view kHex =
      "ffd8ffe000104a46494600010100000100010000ffdb004300080606070605080707070909080a0c"
      "140d0c0b0b0c1912130f141d1a1f1e1d1a1c1c20242e2720222c231c1c2837292c30313434341f27"
      "393d38323c2e333432ffc0000b080008000801011100ffc400140001000000000000000000000000"
      "00000006ffc4001810000203000000000000000000000000000005062233ffda0008010100003f00"
      "270e4f9d4fffd9";
  std::string jpeg;
  for (size_t i = 0; i < kHex.size(); i += 2) {
    jpeg += static_cast<char>(std::stoi(std::string(kHex.substr(i, 2)), nullptr, 16));
  }
  return jpeg;
}

}  // namespace tamtap
