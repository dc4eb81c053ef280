#include "server/public_urls.h"

#include <algorithm>

#include "base/visible.h"

namespace tamtap {
namespace {

// What may stand in a prefix: it goes into pages, cookies and links as it is.
constexpr std::string_view kOfPrefix =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-_.~";

std::string HostOf(const http::Url& url) {
  return url.host.find(':') == std::string::npos ? url.host : "[" + url.host + "]";
}

bool IsUsualPort(const http::Url& url) { return url.port == (url.tls ? "443" : "80"); }

}  // namespace

std::string OriginOf(const http::Url& url) {
  return (url.tls ? "https://" : "http://") + HostOf(url) +
         (IsUsualPort(url) ? std::string() : ":" + url.port);
}

Result<PublicUrls> PublicUrls::Parse(const std::vector<std::string>& texts) {
  PublicUrls urls;
  for (const std::string& text : texts) {
    TAMTAP_TRY(http::Url url, http::Url::Parse(text));
    const bool dots = url.path.find("/.") != std::string::npos;
    if (url.path.find_first_not_of(kOfPrefix) != std::string::npos || dots ||
        url.path.find("//") != std::string::npos) {
      return Error{ErrorCode::kMisconfigured, "read the public URL " + WithoutSecrets(text), 0,
                   "its path may have letters, digits, - and _ only"};
    }
    // Names of hosts have no case, and browsers write them small.
    std::transform(url.host.begin(), url.host.end(), url.host.begin(), [](char c) {
      return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    urls.urls_.push_back(std::move(url));
  }
  if (!urls.urls_.empty()) urls.first_ = OriginOf(urls.urls_.front()) + urls.urls_.front().path;
  return urls;
}

std::vector<std::string> PublicUrls::Origins() const {
  std::vector<std::string> origins;
  for (const http::Url& url : urls_) {
    std::string origin = OriginOf(url);
    if (std::find(origins.begin(), origins.end(), origin) == origins.end()) {
      origins.push_back(std::move(origin));
    }
  }
  return origins;
}

std::string_view PublicUrls::PrefixIn(std::string_view target) const {
  std::string_view longest;
  for (const http::Url& url : urls_) {
    if (url.path.size() <= longest.size() || !target.starts_with(url.path)) continue;
    const char next = target.size() == url.path.size() ? '/' : target[url.path.size()];
    if (next == '/' || next == '?') longest = url.path;
  }
  return longest;
}

const http::Url* PublicUrls::Named(std::string_view host) const {
  const http::Url* named = nullptr;
  for (const http::Url& url : urls_) {
    const std::string name = HostOf(url);
    const bool same = http::SameName(host, name + ":" + url.port) ||
                      (IsUsualPort(url) && http::SameName(host, name));
    if (!same) continue;
    if (named != nullptr && named->path != url.path) return nullptr;
    if (named == nullptr || url.tls) named = &url;
  }
  return named;
}

std::string PublicUrls::FirstSecure() const {
  const auto found =
      std::find_if(urls_.begin(), urls_.end(), [](const http::Url& url) { return url.tls; });
  return found == urls_.end() ? std::string() : OriginOf(*found) + found->path;
}

}  // namespace tamtap
