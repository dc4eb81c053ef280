#include "panel/sign_text.h"

#include <array>
#include <cstdint>

#include "base/text.h"

namespace tamtap {
namespace {

// What U+00C0 to U+017F (Latin-1 Supplement and Latin Extended-A) are without their marks, upper
// case, separated by spaces.
constexpr std::string_view kLatin =
    "A A A A A A AE C E E E E I I I I D N O O O O O x O U U U U Y TH SS "  // 00C0
    "A A A A A A AE C E E E E I I I I D N O O O O O / O U U U U Y TH Y "   // 00E0
    "A A A A A A C C C C C C C C D D D D E E E E E E E E E E G G G G "     // 0100
    "G G G G H H H H I I I I I I I I I I IJ IJ J J K K K L L L L L L L "   // 0120
    "L L L N N N N N N N N N O O O O O O OE OE R R R R R R S S S S S S "   // 0140
    "S S T T T T T T U U U U U U U U U U U U W W Y Y Y Z Z Z Z Z Z S ";    // 0160
constexpr uint32_t kFirstLatin = 0xC0;
constexpr uint32_t kEndLatin = 0x180;

constexpr std::array<std::string_view, kEndLatin - kFirstLatin> SplitLatin() {
  std::array<std::string_view, kEndLatin - kFirstLatin> letters{};
  std::string_view rest = kLatin;
  for (std::string_view& letter : letters) {
    const size_t end = rest.find(' ');
    letter = rest.substr(0, end);
    rest.remove_prefix(end + 1);
  }
  return letters;
}
constexpr auto kLatinLetters = SplitLatin();
static_assert(kLatinLetters[0xD1 - kFirstLatin] == "N");
static_assert(kLatinLetters[0xDF - kFirstLatin] == "SS");
static_assert(kLatinLetters[0xF1 - kFirstLatin] == "N");
static_assert(kLatinLetters[0x132 - kFirstLatin] == "IJ");
static_assert(kLatinLetters[0x152 - kFirstLatin] == "OE");
static_assert(kLatinLetters[0x178 - kFirstLatin] == "Y");
static_assert(kLatinLetters[0x17F - kFirstLatin] == "S");

bool IsControl(char32_t point) {
  return point < 0x20 || (point >= 0x7F && point < 0xA0) ||  // C0, DEL, C1
         point == 0x2028 || point == 0x2029 ||               // line and paragraph separators
         (point >= 0x200B && point <= 0x200F) ||             // zero width, direction marks
         (point >= 0x202A && point <= 0x202E) || (point >= 0x2066 && point <= 0x2069) ||
         point == 0xFEFF;
}

bool IsSpace(char32_t point) {
  return point == ' ' || (point >= '\t' && point <= '\r') || point == 0xA0 ||
         (point >= 0x2000 && point <= 0x200A);
}

std::string_view AsciiOf(char32_t point) {
  if (point >= kFirstLatin && point < kEndLatin) return kLatinLetters[point - kFirstLatin];
  switch (point) {
    case 0xAA:
      return "A";
    case 0xBA:
      return "O";
    case 0x2018:
    case 0x2019:
    case 0x2BC:
    case 0xB4:
      return "'";
    case 0x201C:
    case 0x201D:
      return "\"";
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x2014:
      return "-";
    default:
      return "?";
  }
}

}  // namespace

std::string SignText(std::string_view name) {
  std::string text;
  while (!name.empty()) {
    const char32_t point = TakeCodePoint(name);
    if (IsSpace(point)) {
      if (!text.empty() && text.back() != ' ') text += ' ';
    } else if (point >= 'a' && point <= 'z') {
      text += static_cast<char>(point - 'a' + 'A');
    } else if (point > 0x20 && point < 0x7F) {
      text += static_cast<char>(point);
    } else if (point >= 0x300 && point <= 0x36F) {
      continue;  // a mark of its own, on the letter before
    } else if (!IsControl(point)) {
      text += AsciiOf(point);
    }
  }
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

std::string CutToSign(std::string text) {
  if (text.size() > kSignColumns) text.resize(kSignColumns);
  while (text.ends_with(' ')) text.pop_back();
  return text;
}

}  // namespace tamtap
