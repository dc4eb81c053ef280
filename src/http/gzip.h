// gzip (RFC 1952), for bodies: what a slow link has to carry, and never more memory than allowed.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap::http {

std::string Gzip(std::string_view bytes);

// kFull: it would be more than `most` bytes; nothing near that much is held meanwhile than `most`.
// kCorrupt: it is no gzip, it is cut off, or something follows it.
Result<std::string> Gunzip(std::string_view bytes, size_t most);

}  // namespace tamtap::http
