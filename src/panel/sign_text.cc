#include "panel/sign_text.h"

#include "base/ascii.h"

namespace tamtap {
std::string SignText(std::string_view name) {
  std::string text;
  for (const char c : ToAscii(name, "?")) {
    if (c == ' ' || (c >= '\t' && c <= '\r')) {
      if (!text.empty() && text.back() != ' ') text += ' ';
    } else if (c >= 'a' && c <= 'z') {
      text += static_cast<char>(c - 'a' + 'A');
    } else if (c > ' ' && c < 0x7F) {
      text += c;
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
