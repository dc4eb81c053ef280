// Names as a 16x2 display can show them.
#pragma once

#include <string>
#include <string_view>

namespace tamtap {

inline constexpr size_t kSignColumns = 16;

// Upper-case ASCII of `name`: Latin letters lose their marks ("Peña" is "PENA", "Weiß" is "WEISS"),
// control characters go, white space is one space, and what has no ASCII letter is '?'.
std::string SignText(std::string_view name);

// At most kSignColumns characters of it, without a space at the end.
std::string CutToSign(std::string text);

}  // namespace tamtap
