// Text in ASCII, for what knows nothing else: 16x2 displays, names of files. Pure functions;
// thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace tamtap {

// `text` with ASCII's letters in lower case; all others stay as they are.
std::string LowerAscii(std::string_view text);

// `text` in ASCII: letters lose their marks and keep their case ("Peña" is "Pena", "Weiß" is
// "Weiss"), dashes, quotes and spaces become the plain ones, and invisible characters go. `other`
// stands for each character that has no such spelling, and for each byte that is not UTF-8. ASCII
// comes back as it is, control characters included.
std::string ToAscii(std::string_view text, std::string_view other);

}  // namespace tamtap
