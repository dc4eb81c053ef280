// One cell of CSV. A spreadsheet runs a text as a formula if it begins like one, so what people
// wrote (names, reasons) is given to it behind a guard, a leading '. Reading takes the guard off
// again: what this program writes, it reads back the same. Pure functions; thread-safe.
#pragma once

#include <string>
#include <string_view>

namespace tamtap {

// What a file of CSV begins with, so that spreadsheets read it as UTF-8.
inline constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

// The cell as it stands between two commas: quoted if it must be, and with a leading ' before what
// a spreadsheet would run as a formula (= + - @ in all their forms, also full-width, and tab). A
// text that begins with ' before such a sign is given one more. Control characters become U+FFFD.
std::string CsvCell(std::string_view text);

// `cell` (without the quotes around it) without the guard that CsvCell set before it, if there is
// one. A ' before anything else is part of the text.
std::string_view WithoutGuard(std::string_view cell);

}  // namespace tamtap
