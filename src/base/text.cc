#include "base/text.h"

#include <fmt/core.h>
#include <utf8.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/check.h"

namespace tamtap {
namespace {

constexpr size_t kLongestSequence = 4;
constexpr std::string_view kUtf8Mark = "\xEF\xBB\xBF";
constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // U+FFFD
constexpr std::string_view kUtf16LittleMark = "\xFF\xFE";
constexpr std::string_view kUtf16BigMark = "\xFE\xFF";

// Windows-1252 is Latin-1 but for 0x80 to 0x9F. Where it defines nothing: the replacement
// character.
constexpr std::array<char16_t, 32> kWindows1252{
    0x20AC, 0xFFFD, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0xFFFD, 0x017D, 0xFFFD, 0xFFFD, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0xFFFD, 0x017E, 0x0178};
constexpr unsigned char kFirstOwn = 0x80;
static_assert(kWindows1252[0x96 - kFirstOwn] == 0x2013);  // en dash
static_assert(kWindows1252[0x9F - kFirstOwn] == 0x0178);  // Y with diaeresis

std::string FromWindows1252(std::string_view bytes) {
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 8);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    const bool own = byte >= kFirstOwn && byte < kFirstOwn + kWindows1252.size();
    utf8::append(own ? char32_t{kWindows1252[byte - kFirstOwn]} : char32_t{byte}, text);
  }
  return text;
}

bool SaysUtf16(std::string_view bytes) {
  return bytes.starts_with(kUtf16LittleMark) || bytes.starts_with(kUtf16BigMark);
}

// Nothing if it has half a unit or half a pair of surrogates.
std::optional<std::string> FromUtf16(std::string_view bytes) {
  const bool big = bytes.starts_with(kUtf16BigMark);
  bytes.remove_prefix(kUtf16BigMark.size());
  if (bytes.size() % 2 != 0) return std::nullopt;
  std::u16string units;
  units.reserve(bytes.size() / 2);
  for (size_t i = 0; i < bytes.size(); i += 2) {
    const auto first = static_cast<unsigned char>(bytes[i]);
    const auto second = static_cast<unsigned char>(bytes[i + 1]);
    units += static_cast<char16_t>(big ? first << 8 | second : second << 8 | first);
  }
  try {
    return utf8::utf16to8(units);
  } catch (const utf8::invalid_utf16&) {
    return std::nullopt;
  }
}

Error NoText(std::string_view what, std::string why, std::string hint) {
  return Error{ErrorCode::kRejected, fmt::format("read {}: {}", what, why), 0, std::move(hint)};
}

bool IsSpace(char32_t point) {
  return point == ' ' || (point >= '\t' && point <= '\r') || point == 0xA0 || point == 0x1680 ||
         (point >= 0x2000 && point <= 0x200B) || point == 0x2028 || point == 0x2029 ||
         point == 0x202F || point == 0x205F || point == 0x3000 || point == 0xFEFF;
}

}  // namespace

bool IsUtf8(std::string_view text) { return utf8::is_valid(text.begin(), text.end()); }

size_t Utf8Length(std::string_view text) {
  const size_t most = std::min(text.size(), kLongestSequence);
  // The shortest beginning that is valid holds exactly one code point.
  for (size_t length = 1; length <= most; ++length) {
    if (IsUtf8(text.substr(0, length))) return length;
  }
  return 0;
}

char32_t TakeCodePoint(std::string_view& text) {
  CHECK(!text.empty());
  const size_t length = Utf8Length(text);
  auto at = text.begin();
  const char32_t point = length == 0 ? kNoCodePoint : utf8::unchecked::next(at);
  text.remove_prefix(std::max<size_t>(length, 1));
  return point;
}

size_t CountCharacters(std::string_view text) {
  size_t count = 0;
  for (; !text.empty(); ++count) TakeCodePoint(text);
  return count;
}

std::string Shortened(std::string_view text, size_t most_bytes) {
  if (text.size() <= most_bytes && IsUtf8(text)) return std::string(text);
  std::string kept;
  while (!text.empty()) {
    const size_t length = Utf8Length(text);
    const std::string_view next = length == 0 ? kReplacement : text.substr(0, length);
    if (kept.size() + next.size() > most_bytes) break;
    kept += next;
    text.remove_prefix(std::max<size_t>(length, 1));
  }
  return kept;
}

std::string Nfc(std::string_view text) {
  const auto is_ascii = [](char c) { return static_cast<unsigned char>(c) < 0x80; };
  if (std::all_of(text.begin(), text.end(), is_ascii)) return std::string(text);
  utf8proc_uint8_t* made = nullptr;
  const utf8proc_ssize_t length =
      utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                   static_cast<utf8proc_ssize_t>(text.size()), &made,
                   static_cast<utf8proc_option_t>(UTF8PROC_STABLE | UTF8PROC_COMPOSE));
  const std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> composed(made, std::free);
  if (length < 0) return std::string(text);
  return {reinterpret_cast<const char*>(composed.get()), static_cast<size_t>(length)};
}

std::string_view TrimSpace(std::string_view text) {
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view after = rest;
    if (!IsSpace(TakeCodePoint(after))) break;
    rest = after;
  }
  size_t end = 0;  // behind the last character that is no space
  for (std::string_view left = rest; !left.empty();) {
    const bool space = IsSpace(TakeCodePoint(left));
    if (!space) end = rest.size() - left.size();
  }
  return rest.substr(0, end);
}

Result<DecodedText> DecodeSpreadsheet(std::string_view bytes) {
  constexpr std::string_view kWhat = "the file";
  constexpr const char* kHint = "save it from the spreadsheet as \"CSV UTF-8\"";
  DecodedText decoded;
  if (SaysUtf16(bytes)) {
    auto text = FromUtf16(bytes);
    if (!text) return NoText(kWhat, "it begins as UTF-16 and does not go on so", kHint);
    decoded = {*std::move(text), Encoding::kUtf16};
  } else if (bytes.find('\0') != std::string_view::npos) {
    return NoText(kWhat, "it is no text", kHint);
  } else if (IsUtf8(bytes)) {
    if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
    decoded = {std::string(bytes), Encoding::kUtf8};
  } else {
    decoded = {FromWindows1252(bytes), Encoding::kWindows1252};
  }
  decoded.text = Nfc(decoded.text);
  return decoded;
}

Result<std::string> DecodeUnicode(std::string_view bytes, std::string_view what) {
  if (SaysUtf16(bytes)) {
    auto text = FromUtf16(bytes);
    if (text) return *std::move(text);
    return NoText(what, "it begins as UTF-16 and does not go on so", "save it as UTF-8");
  }
  const size_t wrong = utf8::find_invalid(bytes);
  if (wrong != std::string_view::npos) {
    return NoText(what, fmt::format("the byte at offset {} is not UTF-8", wrong),
                  "save or type it as UTF-8");
  }
  if (bytes.starts_with(kUtf8Mark)) bytes.remove_prefix(kUtf8Mark.size());
  return std::string(bytes);
}

}  // namespace tamtap
