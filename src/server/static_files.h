// Files beneath a directory, by names that came from outside: opened so that no name, link or ".."
// can lead out of it (openat2, RESOLVE_BENEATH).
#pragma once

#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/mutex.h"
#include "base/result.h"
#include "http/message.h"

namespace tamtap {

// The content of a regular file of at most `max_bytes`. kRejected: there is none beneath `root`;
// kRetry: it can't be read just now, for want of descriptors or memory.
Result<std::string> ReadBeneath(const std::string& root, std::string_view name, size_t max_bytes);
// Whether the answer to a request that needs the file is 503 and not 404.
bool IsForNow(const Error& error);

// The content with its type and an ETag; 304 without it if the request has that one already.
http::Response FileResponse(std::string content, std::string_view type,
                            std::string_view cache_control, const http::Request& request);

// The files of the pages. What is being sent is in memory once, however many it is sent to, and for
// as long as it is. Thread-safe.
class Pages {
 public:
  explicit Pages(std::string root) : root_(std::move(root)) {}

  // A page's file, or index.html for what is a place within the page. 404 if there are no pages.
  http::Response Serve(const http::Request& request) EXCLUDES(mutex_);

 private:
  struct Page {
    std::shared_ptr<const std::string> content;
    std::string tag;
  };
  struct Sending {
    std::weak_ptr<const std::string> content;
    std::string tag;
  };
  // `immutable`: what has that name never changes.
  Result<Page> Read(const std::string& name, bool immutable) EXCLUDES(mutex_);

  const std::string root_;
  Mutex mutex_;
  // By name; as long as somebody is sent it.
  std::map<std::string, Sending> sending_ GUARDED_BY(mutex_);
};

// On every answer: what browsers are to hold to.
void AddSecurityHeaders(const http::Request& request, http::Response& response);

// By the file's ending.
std::string_view ContentTypeOf(std::string_view name);

}  // namespace tamtap
