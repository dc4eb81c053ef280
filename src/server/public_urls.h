// PublicUrls: the addresses by which people reach the server, as the operator says:
// "https://school.example/tamtap". A path in one of them is a prefix: the proxy in front of the
// server may leave it in what it passes on, or take it off. Immutable, so thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "http/client.h"

namespace tamtap {

class PublicUrls {
 public:
  PublicUrls() = default;
  // kMisconfigured, naming it: one of them is no address of a site.
  static Result<PublicUrls> Parse(const std::vector<std::string>& texts);

  bool empty() const { return urls_.empty(); }
  // The first one, as text without a trailing slash: for links that are printed. Empty: there is
  // none.
  const std::string& first() const { return first_; }
  // "https://school.example": what a browser calls the pages' origin, each once.
  std::vector<std::string> Origins() const;
  // The prefix with which the path of this target begins, as "/tamtap"; empty: it begins with none.
  std::string_view PrefixIn(std::string_view target) const;
  // The address whose host and port `host` names, as a Host header does; null if there is none, or
  // if there are several of different prefixes. Of two that differ in TLS alone the one with it.
  const http::Url* Named(std::string_view host) const;
  // The first one with TLS, for those who came without; empty: there is none.
  std::string FirstSecure() const;

 private:
  std::vector<http::Url> urls_;
  std::string first_;
};

// "https://school.example:8443", with brackets around an IPv6 address, and without the port that
// the scheme implies.
std::string OriginOf(const http::Url& url);

}  // namespace tamtap
