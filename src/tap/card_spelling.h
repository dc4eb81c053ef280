// How schools and readers write a card id, and which cards each spelling may mean.
//
//   04A2B3C4D5E680    the UID in hexadecimal: exactly this card
//   100582761834      as SimpleMFRC522 prints it, the 4 UID bytes and their XOR check byte as one
//                     integer: exactly the card 176B3325
//   0563537489        the 4 UID bytes as one number, as keyboard-wedge and Arduino readers print
//                     it: 2196E651 or 51E69621, since some readers begin with the last byte
//   584193394409      a SimpleMFRC522 number whose first byte is 88: of a 7-byte card that reader
//                     gave three bytes. It may be any card that begins with 04A3C6
//   LRN-102938        none of these: no reader can give it
//
// Pure functions; thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tap/card_id.h"

namespace tamtap {

// What a reader's text is. kAuto is all that a spelling may mean; each other one is one reading.
enum class CardFormat { kAuto, kHex, kHexReversed, kDec, kDecReversed, kMfrc522 };
std::string_view ToString(CardFormat format);  // "auto" "hex" "hex-reversed" "dec" ...
std::optional<CardFormat> CardFormatFrom(std::string_view text);

struct CardReadings {
  CardId uid;                           // what it says; empty: it does not say one card
  std::vector<CardId> possible;         // what it may mean besides
  std::vector<std::string> beginnings;  // "04A3C6": of 7-byte cards, any of which it may mean

  bool none() const { return uid.empty() && possible.empty() && beginnings.empty(); }
  bool MayBe(const CardId& card) const;
  // Whether it is a 7-byte card that begins as one of `beginnings`.
  bool BeginsLike(const CardId& card) const;
};

// Eight digits are hexadecimal first, and a number besides; "0x" before them or before each byte
// says that they are hexadecimal. Blanks around it, and ':' ' ' '-' between bytes, mean nothing.
CardReadings ReadingsOf(std::string_view spelled, CardFormat format = CardFormat::kAuto);

// "04A3C6" of a 7-byte card; empty for all others.
std::string BeginningOf(const CardId& card);
// 8804A3C6 of "04A3C6": what stands for any such card, since no UID begins with that byte.
CardId CutCardOf(std::string_view beginning);

// What kinds of readers print for that card, the UID in hexadecimal first.
struct CardSpelling {
  std::string_view reader;  // "SimpleMFRC522"
  std::string text;         // "100582761834"
};
std::vector<CardSpelling> SpellingsOf(const CardId& card);

inline constexpr size_t kMostPersonBytes = 32;
// How a person is named for good who is first registered with that card: by the UID if the spelling
// says one, else by the spelling as it is. What is too long for a key, or could not be shown or
// stand in an `_id`, is replaced, and a hash keeps the key its own.
std::string PersonKeyOf(std::string_view spelled);
// The key after that one: of whoever is first registered with the first card of somebody else,
// whose key stays theirs. 176B3325, 176B3325~2, 176B3325~3 ...
std::string NextPersonKey(std::string_view key);
// Whether it could be one: printable UTF-8 without '/', of 1 to kMostPersonBytes.
bool IsPersonKey(std::string_view text);

}  // namespace tamtap
