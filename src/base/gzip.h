// gzip (RFC 1952): bodies for slow links, and segments that leave the journal. Never more memory
// than allowed. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

// kRetry: there is too little memory.
Result<std::string> Gzip(std::string_view bytes);

// kFull: it would be more than `most` bytes; it is refused before anything near twice that is held.
// kCorrupt: it is no gzip, it is cut off, or something follows it. kRetry: too little memory.
Result<std::string> Gunzip(std::string_view bytes, size_t most);

// How what was compressed begins: `most` bytes of it, or fewer if `bytes`, which may be cut off
// anywhere, hold no more. Empty if it is no gzip.
std::string GunzipBeginning(std::string_view bytes, size_t most);

}  // namespace tamtap
