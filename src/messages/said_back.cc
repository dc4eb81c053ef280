#include "messages/said_back.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/text.h"

namespace tamtap {
namespace {

constexpr std::string_view kInItsPlace = "***";
constexpr size_t kFewestBytes = 4;     // of what is looked for: less stands in any text
constexpr size_t kLikeASecret = 16;    // characters in a row without a break
constexpr size_t kNationalDigits = 9;  // of a number, however its country is written

void AddHidden(std::string_view text, std::vector<std::string>& hidden) {
  text = TrimSpace(text);
  if (text.size() >= kFewestBytes) hidden.push_back(LowerAscii(text));
}

// Long words, as keys and tokens are, in an address or a body.
void AddLongWords(std::string_view text, std::vector<std::string>& hidden) {
  constexpr std::string_view kBreaks = " \t\"'/?&=:,;{}[]()<>";
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(kBreaks), text.size());
    if (end >= kLikeASecret) AddHidden(text.substr(0, end), hidden);
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

// The values of "?key=value&key=value", but those that are filled in.
void AddQuery(std::string_view url, std::vector<std::string>& hidden) {
  AddLongWords(url, hidden);
  size_t at = url.find('?');
  while (at != url.npos) {
    const size_t next = url.find('&', at + 1);
    const std::string_view pair = url.substr(at + 1, next - at - 1);
    const size_t value = pair.find('=');
    if (value != pair.npos && pair.find('{') == pair.npos)
      AddHidden(pair.substr(value + 1), hidden);
    at = next;
  }
}

}  // namespace

std::vector<std::string> HiddenOf(const WordsOptions& options, std::string_view address,
                                  const std::vector<std::string>& names) {
  std::vector<std::string> hidden;
  for (const std::string& name : names) AddHidden(name, hidden);
  AddHidden(address, hidden);
  const size_t at = address.find('@');
  if (at != address.npos) {
    AddHidden(address.substr(0, at), hidden);
  } else if (address.size() > kNationalDigits && address.find(':') == address.npos) {
    AddHidden(address.substr(address.size() - kNationalDigits), hidden);
  }
  AddHidden(options.mail.password, hidden);
  for (const std::string& header : options.gateway.headers) {
    const std::string value(TrimSpace(std::string_view(header).substr(header.find(':') + 1)));
    AddHidden(value, hidden);
    AddHidden(value.substr(value.rfind(' ') + 1), hidden);  // "Bearer ..."
  }
  AddQuery(options.gateway.url, hidden);
  AddQuery(options.staff.webhook, hidden);
  AddLongWords(options.gateway.body, hidden);
  std::sort(hidden.begin(), hidden.end(), [](const std::string& a, const std::string& b) {
    return a.size() != b.size() ? a.size() > b.size() : a < b;  // a whole before its part
  });
  return hidden;
}

std::string WithoutThese(std::string_view text, std::span<const std::string> hidden) {
  std::string shown(text);
  for (const std::string& each : hidden) {
    size_t from = 0;
    for (std::string lower = LowerAscii(shown);; lower = LowerAscii(shown)) {
      const size_t at = lower.find(each, from);
      if (at == lower.npos) break;
      shown.replace(at, each.size(), kInItsPlace);
      from = at + kInItsPlace.size();
    }
    // An answer is cut where it is too long for a line.
    std::string_view whole = shown;
    while (whole.ends_with('.') || whole.ends_with("\u2026")) {
      whole.remove_suffix(whole.ends_with('.') ? 1 : 3);
    }
    const std::string end = LowerAscii(whole);
    for (size_t length = std::min(each.size() - 1, end.size()); length >= kFewestBytes; --length) {
      if (!end.ends_with(std::string_view(each).substr(0, length))) continue;
      shown.replace(end.size() - length, length, kInItsPlace);
      break;
    }
  }
  return shown;
}

}  // namespace tamtap
