// CardId: a card's UID in upper-case hexadecimal, 4, 7 or 10 bytes (ISO/IEC 14443-3 single, double
// and triple size). A UID can be cloned: it names a card, it does not prove one.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

class CardId {
 public:
  CardId() = default;  // empty: no card

  // A spelling that says exactly one card: FromHex or else FromMfrc522. What others may mean:
  // card_spelling.h. Surrounding white space is ignored. kRejected, with a hint, for anything else.
  static Result<CardId> Parse(std::string_view text);
  // Hexadecimal in any case: 8, 14 or 20 digits; ':' ' ' '-' between bytes are fine.
  static std::optional<CardId> FromHex(std::string_view text);
  // The decimal number that SimpleMFRC522 prints: 4 UID bytes and their XOR check byte as one
  // integer (100582761834 is 176B3325). It never begins with a 0.
  static std::optional<CardId> FromMfrc522(std::string_view text);
  // From the 4, 7 or 10 bytes that a reader gives.
  static Result<CardId> FromUid(std::span<const unsigned char> uid);

  const std::string& text() const { return text_; }
  bool empty() const { return text_.empty(); }
  friend bool operator==(const CardId&, const CardId&) = default;
  friend auto operator<=>(const CardId&, const CardId&) = default;

 private:
  explicit CardId(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace tamtap
