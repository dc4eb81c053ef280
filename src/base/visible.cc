#include "base/visible.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.h"

namespace tamtap {
namespace {

constexpr std::string_view kHidden = "***";

bool MustBeEscaped(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  const bool separator = c == 0x2028 || c == 0x2029;
  const bool reorders = (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069);
  return control || separator || reorders;
}

// How many characters at the start are shown as they are without a closer look: nearly all, nearly
// always.
size_t PlainLength(std::string_view text, bool keep_layout) {
  const auto plain = [keep_layout](char c) {
    return (c >= 0x20 && c < 0x7F) || (keep_layout && (c == '\n' || c == '\t'));
  };
  return static_cast<size_t>(std::find_if_not(text.begin(), text.end(), plain) - text.begin());
}

std::string Escaped(std::string_view text, bool keep_layout) {
  std::string out;
  out.reserve(text.size());
  while (true) {
    const size_t plain = PlainLength(text, keep_layout);
    out += text.substr(0, plain);
    text.remove_prefix(plain);
    if (text.empty()) return out;
    const std::string_view at = text;
    const char32_t c = TakeCodePoint(text);
    if (c == kNoCodePoint) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(at.front()));
    } else if (MustBeEscaped(c)) {
      out += fmt::format("\\u{:04x}", static_cast<uint32_t>(c));
    } else {
      out += at.substr(0, at.size() - text.size());
    }
  }
}

bool IsLetter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// How long the scheme at the start is, with the slashes behind it: of "mongodb://", and of
// "mongodb:/" too. 0: there is none.
size_t SchemeLength(std::string_view uri) {
  size_t end = 0;
  while (end < uri.size() && (IsLetter(uri[end]) || IsDigit(uri[end]) || uri[end] == '+')) ++end;
  if (end == 0) return 0;
  const bool colon = end < uri.size() && uri[end] == ':';
  if (colon) ++end;
  const size_t slashes = end;
  while (end < uri.size() && end < slashes + 2 && uri[end] == '/') ++end;
  return end - slashes >= (colon ? 1U : 2U) ? end : 0;
}

// "host:port,[::1]:port" as it is, up to the first ':' that no port follows.
std::string WithoutOddPorts(std::string_view authority) {
  bool in_brackets = false;
  for (size_t i = 0; i < authority.size(); ++i) {
    if (authority[i] == '[') in_brackets = true;
    if (authority[i] == ']') in_brackets = false;
    if (authority[i] != ':' || in_brackets) continue;
    size_t end = i + 1;
    while (end < authority.size() && IsDigit(authority[end])) ++end;
    const bool port = end < authority.size() ? authority[end] == ',' : true;
    if (!port || end - i > 6) return fmt::format("{}:{}", authority.substr(0, i), kHidden);
  }
  return std::string(authority);
}

}  // namespace

std::string Visible(std::string_view text) { return Escaped(text, /*keep_layout=*/true); }

std::string VisibleLine(std::string_view text) { return Escaped(text, /*keep_layout=*/false); }

std::string WithoutSecrets(std::string_view uri) {
  if (uri.starts_with("sqlite:")) return std::string(uri);  // a path
  const size_t scheme = SchemeLength(uri);
  const size_t at = uri.rfind('@');
  std::string shown(uri.substr(0, scheme));
  std::string_view rest = uri.substr(scheme);
  if (at != std::string_view::npos && at >= scheme) {
    shown += fmt::format("{}@", kHidden);
    rest = uri.substr(at + 1);
  } else if (scheme == 0) {
    return shown + std::string(rest);  // no URI: a word
  }
  rest = rest.substr(0, rest.find_first_of("?#"));
  const size_t slash = std::min(rest.find('/'), rest.size());
  return shown + WithoutOddPorts(rest.substr(0, slash)) + std::string(rest.substr(slash));
}

std::string WithoutSecretsInWords(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(" \t\r\n"), text.size());
    out += WithoutSecrets(text.substr(0, end));
    const size_t next = std::min(text.find_first_not_of(" \t\r\n", end), text.size());
    out += text.substr(end, next - end);
    text.remove_prefix(next);
  }
  return out;
}

}  // namespace tamtap
