// CardId: a card's UID in upper-case hexadecimal, 4, 7 or 10 bytes (ISO/IEC 14443-3 single, double
// and triple size). A UID can be cloned: it names a card, it does not prove one.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"

namespace tamtap {

class CardId {
 public:
  CardId() = default;  // empty: no card

  // Accepts hexadecimal in any case (8, 14 or 20 digits; ':' ' ' '-' between bytes are fine), and
  // the decimal number SimpleMFRC522 prints: 4 UID bytes and their XOR check byte as one integer
  // (100582761834 is 176B3325). Eight digits are always read as hexadecimal. Surrounding white
  // space is ignored. Anything else is kRejected, with a hint.
  static Result<CardId> Parse(std::string_view text);
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
