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
// Whether the error is a passing one, so that the request should be answered with 503 and not 404.
bool IsForNow(const Error& error);

// The content with its type and an ETag; 304 without it if the request has that one already.
http::Response FileResponse(std::string content, std::string_view type,
                            std::string_view cache_control, const http::Request& request);

// StaticFiles: the files of the web pages, as they were built. A file is in memory only while it is
// being sent, and only once, whatever the number of those it is sent to. Thread-safe.
class StaticFiles {
 public:
  explicit StaticFiles(std::string root) : root_(std::move(root)) {}

  // Answers with the file, or with index.html if the path is a place within a page. 404 if the
  // pages are not installed. If the build has put a compressed form beside the file (NAME.br,
  // NAME.gz) and the request takes that coding, the compressed form is sent.
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
  // `whole`: no compressed form stands for it.
  http::Response Send(Page page, const std::string& name, bool immutable, bool whole,
                      const http::Request& request) EXCLUDES(mutex_);
  // `immutable` says that the content of that name never changes.
  Result<Page> Read(const std::string& name, bool immutable) EXCLUDES(mutex_);

  const std::string root_;
  Mutex mutex_;
  // The files that are being sent, by name.
  std::map<std::string, Sending> sending_ GUARDED_BY(mutex_);
};

// Adds the headers that every answer has, and that tell browsers what a page may do.
void AddSecurityHeaders(const http::Request& request, http::Response& response);

// The MIME type, by the file's ending.
std::string_view ContentTypeOf(std::string_view name);

}  // namespace tamtap
