// Pictures as grey pixels. libjpeg and libpng directly: OpenCV's own decoder would load 120 shared
// libraries more, and 50 ms, into every start of the program.
#pragma once

#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

struct GreyPicture {
  int width = 0;
  int height = 0;
  std::vector<unsigned char> pixels;  // row by row, width * height
  bool damaged = false;  // some of its data made no sense: what is there of it may be grey
  int reduced = 1;       // how many times as wide the encoded picture is
};

inline constexpr int64_t kMostPixels = 40'000'000;

// JPEG or PNG. A JPEG may come out 1/2, 1/4 or 1/8 its size, as long as it stays `enough_width`
// wide (that costs next to nothing). kRejected: neither, cut off, damaged in its head, or of more
// than kMostPixels, which is told from its header, before memory is spent on it.
Result<GreyPicture> DecodeGrey(std::string_view encoded, int enough_width);

}  // namespace tamtap
