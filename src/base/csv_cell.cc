#include "base/csv_cell.h"

#include <algorithm>
#include <iterator>

#include "base/text.h"

namespace tamtap {
namespace {

constexpr std::string_view kNoLetter = "\xEF\xBF\xBD";  // U+FFFD
constexpr char kGuard = '\'';

// = + - @ in all forms that spreadsheets take for them: full width, small, raised, lowered, and the
// minus sign.
constexpr char32_t kFormulaSigns[] = {'=',    '+',    '-',    '@',    0xFF1D, 0xFF0B, 0xFF0D,
                                      0xFF20, 0xFE66, 0xFE62, 0xFE63, 0xFE6B, 0x207C, 0x207A,
                                      0x207B, 0x208C, 0x208A, 0x208B, 0x2212};

// What spreadsheets pass over before they look for one: white space, and what is not seen.
bool IsPassedOver(char32_t c) {
  return c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || (c >= 0x2000 && c <= 0x200F) ||
         (c >= 0x2028 && c <= 0x202F) || (c >= 0x205F && c <= 0x206F) || c == 0x3000 || c == 0xFEFF;
}

bool StartsFormula(std::string_view text) {
  if (text.starts_with('\t') || text.starts_with('\r')) return true;
  while (!text.empty()) {
    const char32_t c = TakeCodePoint(text);
    if (!IsPassedOver(c)) {
      return std::find(std::begin(kFormulaSigns), std::end(kFormulaSigns), c) !=
             std::end(kFormulaSigns);
    }
  }
  return false;
}

// Whether a formula begins here, or behind any number of guards.
bool NeedsGuard(std::string_view text) {
  while (text.starts_with(kGuard)) text.remove_prefix(1);
  return StartsFormula(text);
}

}  // namespace

std::string CsvCell(std::string_view text) {
  std::string cell;
  if (NeedsGuard(text)) cell += kGuard;
  while (!text.empty()) {
    const std::string_view at = text;
    const char32_t c = TakeCodePoint(text);
    const bool control =
        (c < 0x20 && c != '\t' && c != '\n' && c != '\r') || (c >= 0x7F && c < 0xA0);
    cell += control ? kNoLetter : at.substr(0, at.size() - text.size());
  }
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string quoted = "\"";
  for (const char c : cell) {
    if (c == '"') quoted += '"';
    quoted += c;
  }
  return quoted + '"';
}

std::string_view WithoutGuard(std::string_view cell) {
  if (cell.starts_with(kGuard) && NeedsGuard(cell)) cell.remove_prefix(1);
  return cell;
}

}  // namespace tamtap
