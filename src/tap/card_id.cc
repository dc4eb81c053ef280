#include "tap/card_id.h"

#include <fmt/core.h>

#include <charconv>
#include <cstdint>

#include "base/text.h"

namespace tamtap {
namespace {

constexpr std::string_view kUpperDigits = "0123456789ABCDEF";
constexpr size_t kLongestSpelling = 64;

bool IsUidLength(size_t hex_digits) {
  return hex_digits == 8 || hex_digits == 14 || hex_digits == 20;
}

int HexValue(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

std::string_view TrimBlanks(std::string_view text) {
  const auto is_space = [](char c) { return c == ' ' || (c >= '\t' && c <= '\r'); };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

}  // namespace

Result<CardId> CardId::Parse(std::string_view text) {
  if (auto card = FromHex(text)) return *std::move(card);
  if (auto card = FromMfrc522(text)) return *std::move(card);
  return Error{ErrorCode::kRejected, fmt::format("card id '{}'", Shortened(TrimBlanks(text), 64)),
               0,
               "write the UID as 8, 14 or 20 hexadecimal digits, or as the decimal number the "
               "reader prints"};
}

std::optional<CardId> CardId::FromHex(std::string_view text) {
  text = TrimBlanks(text);
  if (text.size() > kLongestSpelling) return std::nullopt;
  std::string hex;
  for (const char c : text) {
    if (c == ':' || c == '-' || c == ' ') continue;
    const int value = HexValue(c);
    if (value < 0) return std::nullopt;
    hex += kUpperDigits[static_cast<size_t>(value)];
  }
  if (!IsUidLength(hex.size())) return std::nullopt;
  return CardId(std::move(hex));
}

std::optional<CardId> CardId::FromMfrc522(std::string_view text) {
  text = TrimBlanks(text);
  if (text.empty() || text.front() < '1') return std::nullopt;
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number >> 40 != 0) {
    return std::nullopt;
  }
  const auto check = static_cast<unsigned char>(number);
  const auto uid = static_cast<uint32_t>(number >> 8);
  const auto expected = static_cast<unsigned char>((uid >> 24) ^ (uid >> 16) ^ (uid >> 8) ^ uid);
  if (check != expected) return std::nullopt;
  return CardId(fmt::format("{:08X}", uid));
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
