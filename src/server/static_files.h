// Files beneath a directory, by names that came from outside: opened so that no name, link or ".."
// can lead out of it (openat2, RESOLVE_BENEATH).
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "http/message.h"

namespace tamtap {

// The content of a regular file of at most `max_bytes`; nothing if there is none beneath `root`.
std::optional<std::string> ReadBeneath(const std::string& root, std::string_view name,
                                       size_t max_bytes);

// The content with its type and an ETag; 304 without it if the request has that one already.
http::Response FileResponse(std::string content, std::string_view type,
                            std::string_view cache_control, const http::Request& request);

// A page's file, or index.html for what is a place within the page. 404 if there are no pages.
http::Response ServePage(const std::string& root, const http::Request& request);

// By the file's ending.
std::string_view ContentTypeOf(std::string_view name);

}  // namespace tamtap
