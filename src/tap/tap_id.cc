#include "tap/tap_id.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/text.h"

namespace tamtap {
namespace {

bool IsLowerOrDigit(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

bool IsGeneration(std::string_view text) {
  return !text.empty() && text.size() <= 32 &&
         std::all_of(text.begin(), text.end(), IsLowerOrDigit);
}

}  // namespace

bool IsTerminalName(std::string_view name) {
  return !name.empty() && name.size() <= 32 && std::all_of(name.begin(), name.end(), [](char c) {
    return IsLowerOrDigit(c) || (c >= 'A' && c <= 'Z') || c == '_' || c == '-';
  });
}

Result<TapId> TapId::Parse(std::string_view text) {
  const size_t first = text.find('.');
  const size_t second = first == std::string_view::npos ? first : text.find('.', first + 1);
  TapId id;
  if (second != std::string_view::npos) {
    id.terminal = text.substr(0, first);
    id.generation = text.substr(first + 1, second - first - 1);
    const char* const begin = text.data() + second + 1;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(begin, end, id.sequence);
    const bool canonical = begin != end && *begin != '0';
    if (error == std::errc() && stop == end && canonical && IsTerminalName(id.terminal) &&
        IsGeneration(id.generation)) {
      return id;
    }
  }
  return Error{ErrorCode::kRejected, fmt::format("tap id '{}'", Shortened(text, 100)), 0,
               "it reads <terminal>.<generation>.<sequence>"};
}

std::string TapId::ToString() const {
  return fmt::format("{}.{}.{}", terminal, generation, sequence);
}

}  // namespace tamtap
