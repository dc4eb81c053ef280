// Text. Inside this program every text is UTF-8. Whatever comes from outside (files, flags,
// standard input, JSON, HTTP, what a store gives back) is checked or converted with these functions
// where it comes in, so that nothing can be stored that can't be read back. Pure functions;
// thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

bool IsUtf8(std::string_view text);

// How many bytes the well-formed UTF-8 sequence at the start of `text` has: 1 to 4. 0 if there is
// none, also for an empty text. Does not allocate.
size_t Utf8Length(std::string_view text);

inline constexpr char32_t kNoCodePoint = 0xFFFFFFFF;
// Takes one code point off the front of `text`, which must not be empty. Where it is not UTF-8 this
// takes one byte and returns kNoCodePoint.
char32_t TakeCodePoint(std::string_view& text);

// How many characters (code points) `text` has; a byte that is not UTF-8 counts as one.
size_t CountCharacters(std::string_view text);

// The longest beginning of `text` of at most so many bytes that does not end within a character. It
// is UTF-8: bytes of `text` that are none are U+FFFD in it.
std::string Shortened(std::string_view text, size_t most_bytes);

// The composed form (Unicode NFC) of `text`: one letter has many spellings in bytes ("ñ" is one
// code point or two), and what is compared must have one. What is not UTF-8 comes back as it is.
std::string Nfc(std::string_view text);

// `text` without white space at its ends: ASCII's, and what spreadsheets leave (no-break spaces,
// thin spaces, a byte-order mark).
std::string_view TrimSpace(std::string_view text);

enum class Encoding { kUtf8, kUtf16, kWindows1252 };

struct DecodedText {
  std::string text;  // UTF-8 in its composed form, without a byte-order mark
  Encoding encoding = Encoding::kUtf8;
};

// The text of a file that a spreadsheet saved: UTF-8 with or without a byte-order mark, UTF-16 with
// one, and anything else is taken for Windows-1252, which every byte sequence is; a byte that
// Windows-1252 does not define becomes U+FFFD. Say it to the user when it was not UTF-8. kRejected:
// it holds zero bytes, as no text does, or says that it is UTF-16 and is not.
Result<DecodedText> DecodeSpreadsheet(std::string_view bytes);

// The text of a file whose format allows Unicode only (JSON, TOML), or of what a person typed:
// UTF-8 with or without a byte-order mark, or UTF-16 with one. kRejected, naming `what` and the
// offset of the first byte that is wrong, for all else. The text is not composed.
Result<std::string> DecodeUnicode(std::string_view bytes, std::string_view what);

}  // namespace tamtap
