// Photos as they are kept: decoded to pixels and encoded anew, whoever sent them. What comes out is
// a plain JPEG of bounded size that holds nothing but the picture: no EXIF (and the place in it),
// XMP, ICC profile or comment, and nothing behind its end. What goes in may be anything: a hostile
// file costs itself, a bounded amount of memory and time, and never the process.
//
// Pure functions; thread-safe.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

inline constexpr int64_t kMostPhotoPixels = 25'000'000;  // told from its header, before decoding
inline constexpr uint64_t kMostPhotoMemory = 48 << 20;   // bytes; for a JPEG that comes in passes
inline constexpr int kMostPhotoScans = 64;               // those passes
inline constexpr int kLongestPhotoSide = 1'920;          // pixels, of what comes out

// Of a JPEG and nothing else: for what gates send. kRejected: it is none, damaged, cut off, of more
// than the limits above, or of four colours; kRetry: too little memory now.
Result<std::string> CleanJpeg(std::string_view encoded);

// Of a JPEG or a PNG: for what this machine's camera took.
Result<std::string> CleanPicture(std::string_view encoded);

}  // namespace tamtap
