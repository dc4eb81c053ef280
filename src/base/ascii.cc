#include "base/ascii.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include "base/text.h"

namespace tamtap {
namespace {

// Latin letters that are none with a mark, and quotes that utf8proc does not know.
constexpr std::pair<char32_t, std::string_view> kAscii[] = {
    {0xB4, "'"},    {0xC6, "AE"},   {0xD0, "D"},   {0xD7, "x"},  {0xD8, "O"},  {0xDE, "TH"},
    {0xDF, "ss"},   {0xE6, "ae"},   {0xF0, "d"},   {0xF7, "/"},  {0xF8, "o"},  {0xFE, "th"},
    {0x110, "D"},   {0x111, "d"},   {0x126, "H"},  {0x127, "h"}, {0x131, "i"}, {0x138, "k"},
    {0x13F, "L"},   {0x140, "l"},   {0x141, "L"},  {0x142, "l"}, {0x149, "n"}, {0x14A, "N"},
    {0x14B, "n"},   {0x152, "OE"},  {0x153, "oe"}, {0x166, "T"}, {0x167, "t"}, {0x1E9E, "SS"},
    {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""}};

// Whether nothing of it is to be seen: controls above ASCII, direction marks, line separators.
bool IsInvisible(char32_t point) {
  const utf8proc_category_t category = utf8proc_category(static_cast<utf8proc_int32_t>(point));
  return category == UTF8PROC_CATEGORY_CC || category == UTF8PROC_CATEGORY_CF ||
         category == UTF8PROC_CATEGORY_ZL || category == UTF8PROC_CATEGORY_ZP;
}

// Nothing if it has no spelling in ASCII; empty for a mark and for what is invisible.
std::optional<std::string> AsciiOf(char32_t point) {
  if (point < 0x80) return std::string(1, static_cast<char>(point));
  if (point == kNoCodePoint) return std::nullopt;
  const auto* const known = std::find_if(std::begin(kAscii), std::end(kAscii),
                                         [point](const auto& each) { return each.first == point; });
  if (known != std::end(kAscii)) return std::string(known->second);
  if (IsInvisible(point)) return std::string();
  std::array<utf8proc_int32_t, 32> parts{};  // no character has more than 18
  const utf8proc_ssize_t count =
      utf8proc_decompose_char(static_cast<utf8proc_int32_t>(point), parts.data(), parts.size(),
                              static_cast<utf8proc_option_t>(UTF8PROC_DECOMPOSE | UTF8PROC_COMPAT |
                                                             UTF8PROC_STRIPMARK | UTF8PROC_LUMP),
                              nullptr);
  if (count < 0 || static_cast<size_t>(count) > parts.size()) return std::nullopt;
  std::string spelling;
  for (const utf8proc_int32_t part : std::span(parts).first(static_cast<size_t>(count))) {
    const auto letter = static_cast<char32_t>(part);
    const auto ascii = letter == point ? std::nullopt : AsciiOf(letter);  // "Ǿ" holds an "Ø"
    if (!ascii) return std::nullopt;
    spelling += *ascii;
  }
  return spelling;
}

}  // namespace

std::string LowerAscii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string ToAscii(std::string_view text, std::string_view other) {
  std::string ascii;
  while (!text.empty()) {
    const auto spelling = AsciiOf(TakeCodePoint(text));
    ascii += spelling ? std::string_view(*spelling) : other;
  }
  return ascii;
}

}  // namespace tamtap
