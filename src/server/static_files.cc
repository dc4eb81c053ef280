#include "server/static_files.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>

#include "base/ascii.h"
#include "base/descriptor.h"
#include "base/sha256.h"
#include "base/text.h"
#include "server/router.h"

namespace tamtap {
namespace {

constexpr size_t kMaxPageBytes = 16 << 20;

// Nothing from elsewhere is loaded, nothing inline is run, nobody may frame the page. Its base is
// its own: below a path prefix the server says there where the site begins.
constexpr std::string_view kContentSecurityPolicy =
    "default-src 'self'; img-src 'self' data:; connect-src 'self'; object-src 'none'; "
    "base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

Error Unread(std::string_view name, int error_number) {
  const bool for_now = error_number == EMFILE || error_number == ENFILE || error_number == ENOMEM ||
                       error_number == EIO || error_number == EAGAIN;
  return Error{for_now ? ErrorCode::kRetry : ErrorCode::kRejected,
               "read " + std::string(name),
               error_number,
               {}};
}

std::string TagOf(std::string_view content) {
  return "\"" + Sha256Hex(content).substr(0, 32) + "\"";
}

// The build puts compressed forms beside the files that they make smaller, the best first here.
struct Coding {
  std::string_view name;    // as in Accept-Encoding
  std::string_view ending;  // of the compressed form's name
};
constexpr Coding kCodings[] = {{"br", ".br"}, {"gzip", ".gz"}};

// Whether Accept-Encoding names the coding, and not with a weight of zero. "*" is no name: who
// wants a coding says which.
bool Takes(std::string_view accept_encoding, std::string_view coding) {
  while (!accept_encoding.empty()) {
    const size_t comma = std::min(accept_encoding.find(','), accept_encoding.size());
    const std::string_view entry = accept_encoding.substr(0, comma);
    accept_encoding.remove_prefix(std::min(comma + 1, accept_encoding.size()));
    const size_t semicolon = std::min(entry.find(';'), entry.size());
    if (LowerAscii(TrimSpace(entry.substr(0, semicolon))) != coding) continue;
    const size_t weight = entry.find('=');
    return weight == std::string_view::npos ||
           entry.find_first_of("123456789", weight) != std::string_view::npos;
  }
  return false;
}

// 200 or, if the request has that content already, 304; without it.
http::Response Labelled(const std::string& tag, std::string_view type,
                        std::string_view cache_control, const http::Request& request) {
  http::Response response;
  response.headers = {{"Content-Type", std::string(type)},
                      {"Cache-Control", std::string(cache_control)},
                      {"ETag", tag}};
  if (request.Header("If-None-Match") == tag) response.status = 304;
  return response;
}

// The page's relative addresses begin at its base.
constexpr std::string_view kBase = "<base href=\"/\" />";

std::string WithBase(const std::string& page, const std::string& prefix) {
  std::string placed = page;
  if (const size_t base = placed.find(kBase); base != std::string::npos) {
    placed.replace(base, kBase.size(), "<base href=\"" + prefix + "/\" />");
  }
  return placed;
}

}  // namespace

bool IsForNow(const Error& error) { return error.code == ErrorCode::kRetry; }

Result<std::string> ReadBeneath(const std::string& root, std::string_view name, size_t max_bytes) {
  if (name.empty() || name.find('\0') != std::string_view::npos) return Unread("a file", EINVAL);
  const Descriptor directory(open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  if (directory.get() < 0) return Unread(root, errno);
  open_how how{};
  how.flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK;
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  const Descriptor file(static_cast<int>(
      syscall(SYS_openat2, directory.get(), std::string(name).c_str(), &how, sizeof(how))));
  if (file.get() < 0) return Unread(name, errno);
  struct stat status {};
  if (fstat(file.get(), &status) != 0 || !S_ISREG(status.st_mode) ||
      static_cast<size_t>(status.st_size) > max_bytes) {
    return Unread(name, EINVAL);
  }
  std::string content(static_cast<size_t>(status.st_size), '\0');
  size_t total = 0;
  while (total < content.size()) {
    const ssize_t got = read(file.get(), content.data() + total, content.size() - total);
    if (got <= 0) return Unread(name, got < 0 ? errno : EAGAIN);
    total += static_cast<size_t>(got);
  }
  return content;
}

std::string_view ContentTypeOf(std::string_view name) {
  static constexpr std::pair<std::string_view, std::string_view> kTypes[] = {
      {".html", "text/html; charset=utf-8"},
      {".js", "text/javascript; charset=utf-8"},
      {".css", "text/css; charset=utf-8"},
      {".json", "application/json"},
      {".svg", "image/svg+xml"},
      {".png", "image/png"},
      {".jpg", "image/jpeg"},
      {".jpeg", "image/jpeg"},
      {".ico", "image/x-icon"},
      {".woff2", "font/woff2"},
      {".webmanifest", "application/manifest+json"},
      {".txt", "text/plain; charset=utf-8"},
  };
  for (const auto& [ending, type] : kTypes) {
    if (name.ends_with(ending)) return type;
  }
  return "application/octet-stream";
}

http::Response FileResponse(std::string content, std::string_view type,
                            std::string_view cache_control, const http::Request& request) {
  http::Response response = Labelled(TagOf(content), type, cache_control, request);
  if (response.status == 200) response.body = std::move(content);
  return response;
}

Result<StaticFiles::Page> StaticFiles::Read(const std::string& name, bool immutable) {
  if (immutable) {
    MutexLock lock(mutex_);
    const auto found = sending_.find(name);
    auto content = found == sending_.end() ? nullptr : found->second.content.lock();
    if (content != nullptr) return Page{std::move(content), found->second.tag};
  }
  TAMTAP_TRY(std::string content, ReadBeneath(root_, name, kMaxPageBytes));
  MutexLock lock(mutex_);
  Sending& sending = sending_[name];
  Page page{sending.content.lock(), sending.tag};
  if (page.content == nullptr || *page.content != content) {
    page = {std::make_shared<const std::string>(std::move(content)), {}};
    page.tag = TagOf(*page.content);
    sending = {page.content, page.tag};
  }
  return page;
}

// Each form has an ETag of its own, and caches keep them apart. A page of another build that lies
// beside a compressed form of this one can't be: the build makes the directory anew.
http::Response StaticFiles::Send(Page page, const std::string& name, bool immutable, bool whole,
                                 const http::Request& request) {
  std::string_view coding;
  for (const Coding& each : kCodings) {
    if (whole || !Takes(request.Header("Accept-Encoding"), each.name)) continue;
    auto smaller = Read(name + std::string(each.ending), immutable);
    if (!smaller) continue;
    page = *std::move(smaller);
    coding = each.name;
    break;
  }
  http::Response response =
      Labelled(page.tag, ContentTypeOf(name),
               immutable ? "public, max-age=31536000, immutable" : "no-cache", request);
  response.headers.emplace_back("Vary", "Accept-Encoding");
  if (response.status != 200) return response;
  if (!coding.empty()) response.headers.emplace_back("Content-Encoding", coding);
  response.shared_body = std::move(page.content);
  return response;
}

http::Response StaticFiles::Serve(const http::Request& request) {
  if (request.method != "GET" && request.method != "HEAD") {
    http::Response response = JsonError(405, "pages are only read");
    response.headers.emplace_back("Allow", "GET, HEAD");
    return response;
  }
  std::string name = request.Path().substr(1);
  if (name.empty()) name = "index.html";
  // Vite puts a hash of the content into the names of assets.
  bool immutable = name.starts_with("assets/");
  auto page = Read(name, immutable);
  // A name without an ending is a place within the page.
  const bool place = name.substr(name.rfind('/') + 1).find('.') == std::string::npos;
  if (!page && !IsForNow(page.error()) && place) {
    name = "index.html";
    immutable = false;
    page = Read(name, immutable);
  }
  // What lies compressed beside it is of a site without a prefix.
  const bool placed = page && name == "index.html" && !request.prefix.empty();
  if (placed) {
    page->content = std::make_shared<const std::string>(WithBase(*page->content, request.prefix));
    page->tag = TagOf(*page->content);
  }
  http::Response response;
  if (page) {
    response = Send(*std::move(page), name, immutable, /*whole=*/placed, request);
  } else if (IsForNow(page.error())) {
    response.status = 503;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}, {"Retry-After", "5"}};
    response.body = "Too busy just now.\n";
  } else {
    response.status = 404;
    response.headers = {{"Content-Type", "text/plain; charset=utf-8"}};
    response.body = place ? "The pages are not installed; say where with --web.\n" : "Not found.\n";
  }
  response.headers.emplace_back("Content-Security-Policy", kContentSecurityPolicy);
  response.headers.emplace_back("Cross-Origin-Opener-Policy", "same-origin");
  return response;
}

void AddSecurityHeaders(const http::Request& request, http::Response& response) {
  // What is no page runs and shows nothing, should a browser ever take it for one.
  if (response.Header("Content-Security-Policy").empty()) {
    response.headers.emplace_back("Content-Security-Policy",
                                  "default-src 'none'; frame-ancestors 'none'");
  }
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  response.headers.emplace_back("Cross-Origin-Resource-Policy", "same-origin");
  // Not over plain HTTP, where anybody on the way could say it.
  if (request.secure) {
    response.headers.emplace_back("Strict-Transport-Security", "max-age=31536000");
  }
}

}  // namespace tamtap
