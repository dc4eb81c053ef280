#include "http/message.h"

#include <algorithm>

namespace tamtap::http {
namespace {

char Lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c; }

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  const char lower = Lower(c);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

// The piece of `text` before `separator`, which is taken off together with it.
std::string_view TakeUntil(std::string_view& text, char separator) {
  const size_t end = text.find(separator);
  const std::string_view piece = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return piece;
}

// The target's path and query. Proxies send the absolute form ("http://host/path").
std::string_view OriginForm(std::string_view target) {
  if (target.starts_with('/')) return target;
  const size_t scheme = target.find("://");
  if (scheme == std::string_view::npos) return target;
  const size_t path = target.find_first_of("/?", scheme + 3);
  return path == std::string_view::npos ? std::string_view("/") : target.substr(path);
}

}  // namespace

bool SameName(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return Lower(x) == Lower(y); });
}

std::string_view FindHeader(const Headers& headers, std::string_view name) {
  for (const auto& [key, value] : headers) {
    if (SameName(key, name)) return value;
  }
  return {};
}

std::string PercentDecode(std::string_view text, bool plus_is_space) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size()) {
      const int high = HexDigit(text[i + 1]);
      const int low = HexDigit(text[i + 2]);
      if (high >= 0 && low >= 0) {
        out += static_cast<char>(high * 16 + low);
        i += 2;
        continue;
      }
    }
    out += plus_is_space && text[i] == '+' ? ' ' : text[i];
  }
  return out;
}

std::string_view Request::Header(std::string_view name) const { return FindHeader(headers, name); }

std::string_view Response::Header(std::string_view name) const { return FindHeader(headers, name); }

std::string Request::Path() const {
  std::string_view rest = OriginForm(target);
  rest = rest.substr(0, rest.find('#'));
  return PercentDecode(rest.substr(0, rest.find('?')), false);
}

std::string Request::Query(std::string_view name) const {
  std::string_view rest = OriginForm(target);
  rest = rest.substr(0, rest.find('#'));
  const size_t question = rest.find('?');
  if (question == std::string_view::npos) return {};
  rest.remove_prefix(question + 1);
  while (!rest.empty()) {
    std::string_view pair = TakeUntil(rest, '&');
    const std::string_view key = TakeUntil(pair, '=');
    if (PercentDecode(key, true) == name) return PercentDecode(pair, true);
  }
  return {};
}

std::string Request::Cookie(std::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (!SameName(key, "cookie")) continue;
    std::string_view rest = value;
    while (!rest.empty()) {
      std::string_view pair = TakeUntil(rest, ';');
      const std::string_view cookie = Trim(TakeUntil(pair, '='));
      if (cookie == name) return std::string(Trim(pair));
    }
  }
  return {};
}

}  // namespace tamtap::http
