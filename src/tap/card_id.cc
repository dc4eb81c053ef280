#include "tap/card_id.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>
#include <cstdint>

#include "base/text.h"

namespace tamtap {
namespace {

constexpr std::string_view kUpperDigits = "0123456789ABCDEF";

bool IsUidLength(size_t hex_digits) {
  return hex_digits == 8 || hex_digits == 14 || hex_digits == 20;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

// The UID in SimpleMFRC522's decimal form, or an empty string when the check byte does not fit.
std::string FromDecimal(std::string_view digits) {
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error != std::errc() || end != digits.data() + digits.size() || number >> 40 != 0) return {};
  const auto check = static_cast<unsigned char>(number);
  const auto uid = static_cast<uint32_t>(number >> 8);
  const auto expected = static_cast<unsigned char>((uid >> 24) ^ (uid >> 16) ^ (uid >> 8) ^ uid);
  if (check != expected) return {};
  return fmt::format("{:08X}", uid);
}

}  // namespace

Result<CardId> CardId::Parse(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);

  std::string hex;
  bool only_hex = true;
  for (const char c : text.substr(0, 64)) {
    if (c == ':' || c == '-' || c == ' ') continue;
    const int value = HexValue(c);
    if (value < 0) {
      only_hex = false;
      break;
    }
    hex += kUpperDigits[static_cast<size_t>(value)];
  }
  if (only_hex && text.size() <= 64 && IsUidLength(hex.size())) return CardId(std::move(hex));

  const bool only_digits =
      !text.empty() && text.size() <= 13 &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (only_digits) {
    if (std::string uid = FromDecimal(text); !uid.empty()) return CardId(std::move(uid));
  }
  return Error{ErrorCode::kRejected, fmt::format("card id '{}'", Shortened(text, 64)), 0,
               "write the UID as 8, 14 or 20 hexadecimal digits, or as the decimal number the "
               "reader prints"};
}

Result<CardId> CardId::FromUid(std::span<const unsigned char> uid) {
  std::string hex;
  for (const unsigned char byte : uid) {
    hex += kUpperDigits[byte >> 4];
    hex += kUpperDigits[byte & 15];
  }
  if (!IsUidLength(hex.size())) {
    return Error{ErrorCode::kRejected, fmt::format("a card's UID of {} bytes", uid.size()), 0,
                 "cards have 4, 7 or 10 bytes"};
  }
  return CardId(std::move(hex));
}

}  // namespace tamtap
