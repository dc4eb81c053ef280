#include "tap/card_spelling.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>

#include "base/sha256.h"
#include "base/text.h"

namespace tamtap {
namespace {

constexpr std::pair<CardFormat, std::string_view> kFormats[] = {
    {CardFormat::kAuto, "auto"},
    {CardFormat::kHex, "hex"},
    {CardFormat::kHexReversed, "hex-reversed"},
    {CardFormat::kDec, "dec"},
    {CardFormat::kDecReversed, "dec-reversed"},
    {CardFormat::kMfrc522, "mfrc522"}};

// A reader that knows 4-byte cards alone gives this byte, which no UID begins with, and the first
// three bytes of a longer UID (ISO/IEC 14443-3, the cascade tag).
constexpr std::string_view kCascadeTag = "88";
constexpr size_t kBeginningDigits = 6;
constexpr size_t kSevenByteDigits = 14;
constexpr uint64_t kFourBytes = uint64_t{1} << 32;
// 10 digits is what readers pad to. A shorter number than 7 is one card in four thousand, and far
// more often a place in somebody's list.
constexpr size_t kPaddedDigits = 10;
constexpr size_t kFewestDigits = 7;
constexpr size_t kMostDigits = 13;  // of a SimpleMFRC522 number
constexpr size_t kHashDigits = 8;

std::optional<uint64_t> NumberFrom(std::string_view text) {
  uint64_t number = 0;
  const bool digits =
      !text.empty() && text.size() <= kMostDigits &&
      std::all_of(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!digits) return std::nullopt;
  std::from_chars(text.data(), text.data() + text.size(), number);  // of digits alone, and few
  return number;
}

uint32_t Reversed(uint32_t bytes) { return __builtin_bswap32(bytes); }

// The UID whose bytes are those of `card` from the last to the first.
CardId Reversed(const CardId& card) {
  std::string hex;
  for (size_t i = card.text().size(); i >= 2; i -= 2) hex += card.text().substr(i - 2, 2);
  return *CardId::Parse(hex);
}

bool IsCut(std::string_view hex) { return hex.size() == 8 && hex.starts_with(kCascadeTag); }

// "0x04A2B3C4" and "0x04 0xA2 0xB3 0xC4" without what says that it is hexadecimal; nothing if it
// does not say so.
std::string WithoutHexMarks(std::string_view text) {
  std::string hex;
  const auto is_mark = [&](size_t at) {
    return text[at] == '0' && at + 1 < text.size() && (text[at + 1] == 'x' || text[at + 1] == 'X');
  };
  if (text.empty() || !is_mark(0)) return hex;
  for (size_t at = 0; at < text.size(); ++at) {
    if (is_mark(at)) {
      ++at;
    } else if (text[at] != ',') {
      hex += text[at];
    }
  }
  return hex;
}

class Readings {
 public:
  void Says(const CardId& card) {
    if (!TakeBeginning(card)) readings_.uid = card;
  }
  void MayMean(const CardId& card) {
    auto& possible = readings_.possible;
    if (TakeBeginning(card) || card == readings_.uid) return;
    if (std::find(possible.begin(), possible.end(), card) == possible.end()) {
      possible.push_back(card);
    }
  }
  void MayMean(uint32_t uid) { MayMean(*CardId::Parse(fmt::format("{:08X}", uid))); }
  CardReadings Take() { return std::move(readings_); }

 private:
  bool TakeBeginning(const CardId& card) {
    if (!IsCut(card.text())) return false;
    readings_.beginnings.push_back(card.text().substr(kCascadeTag.size()));
    return true;
  }

  CardReadings readings_;
};

bool IsNumberOfFourBytes(std::string_view text, std::optional<uint64_t> number) {
  if (!number || *number >= kFourBytes) return false;
  return text.size() == kPaddedDigits || (text.size() >= kFewestDigits && text[0] != '0');
}

CardReadings AnyReadingOf(std::string_view text) {
  Readings readings;
  if (const auto card = CardId::Parse(text)) readings.Says(*card);
  const auto number = NumberFrom(text);
  if (IsNumberOfFourBytes(text, number)) {
    readings.MayMean(static_cast<uint32_t>(*number));
    readings.MayMean(Reversed(static_cast<uint32_t>(*number)));
  }
  return readings.Take();
}

bool IsSafeInKey(char32_t c) {
  const bool control = c < 0x20 || (c >= 0x7F && c < 0xA0);
  return c != kNoCodePoint && !control && c != '/' && c != 0x2028 && c != 0x2029;
}

}  // namespace

std::string_view ToString(CardFormat format) {
  for (const auto& [each, text] : kFormats) {
    if (each == format) return text;
  }
  return "auto";
}

std::optional<CardFormat> CardFormatFrom(std::string_view text) {
  for (const auto& [format, each] : kFormats) {
    if (each == text) return format;
  }
  return std::nullopt;
}

bool CardReadings::MayBe(const CardId& card) const {
  return !card.empty() && (card == uid || BeginsLike(card) ||
                           std::find(possible.begin(), possible.end(), card) != possible.end());
}

bool CardReadings::BeginsLike(const CardId& card) const {
  const std::string beginning = BeginningOf(card);
  return !beginning.empty() &&
         std::find(beginnings.begin(), beginnings.end(), beginning) != beginnings.end();
}

CardReadings ReadingsOf(std::string_view spelled, CardFormat format) {
  std::string_view text = TrimSpace(spelled);
  const std::string hex = WithoutHexMarks(text);
  if (!hex.empty()) {
    text = hex;
    if (format == CardFormat::kAuto) format = CardFormat::kHex;
  }
  if (format == CardFormat::kAuto) return AnyReadingOf(text);
  Readings readings;
  const bool decimal = format == CardFormat::kDec || format == CardFormat::kDecReversed;
  if (decimal) {
    const auto number = NumberFrom(text);
    if (!number || *number >= kFourBytes) return {};
    const auto bytes = static_cast<uint32_t>(*number);
    const uint32_t uid = format == CardFormat::kDec ? bytes : Reversed(bytes);
    readings.Says(*CardId::Parse(fmt::format("{:08X}", uid)));
  } else if (format == CardFormat::kMfrc522) {
    if (const auto card = CardId::FromMfrc522(text)) readings.Says(*card);
  } else if (const auto card = CardId::FromHex(text)) {
    readings.Says(format == CardFormat::kHex ? *card : Reversed(*card));
  }
  return readings.Take();
}

std::string BeginningOf(const CardId& card) {
  if (card.text().size() != kSevenByteDigits) return {};
  return card.text().substr(0, kBeginningDigits);
}

CardId CutCardOf(std::string_view beginning) {
  return *CardId::Parse(fmt::format("{}{}", kCascadeTag, beginning));
}

std::vector<CardSpelling> SpellingsOf(const CardId& card) {
  const std::string& hex = card.text();
  std::vector<CardSpelling> spellings = {{"UID in hexadecimal", hex}};
  // The four bytes of the first cascade level, which readers that know no more take for a UID.
  const std::string level = hex.size() == 8 ? hex : std::string(kCascadeTag) + hex.substr(0, 6);
  const auto bytes = static_cast<uint32_t>(std::stoul(level, nullptr, 16));
  const uint32_t check = (bytes >> 24 ^ bytes >> 16 ^ bytes >> 8 ^ bytes) & 0xFF;
  spellings.push_back({"SimpleMFRC522", fmt::format("{}", uint64_t{bytes} << 8 | check)});
  if (hex.size() != 8) return spellings;
  spellings.push_back({"a number, first byte first", fmt::format("{:010}", bytes)});
  spellings.push_back({"a number, last byte first", fmt::format("{:010}", Reversed(bytes))});
  return spellings;
}

std::string PersonKeyOf(std::string_view spelled) {
  const std::string_view text = TrimSpace(spelled);
  const std::string hex = WithoutHexMarks(text);
  if (const auto card = CardId::Parse(hex.empty() ? text : hex)) return card->text();
  std::string safe;
  for (std::string_view rest = text; !rest.empty();) {
    const std::string_view at = rest;
    if (IsSafeInKey(TakeCodePoint(rest))) {
      safe += at.substr(0, at.size() - rest.size());
    } else {
      safe += '_';
    }
  }
  if (safe == text && IsPersonKey(safe)) return safe;
  return Shortened(safe, kMostPersonBytes - kHashDigits - 1) + "~" +
         Sha256Hex(text).substr(0, kHashDigits);
}

std::string NextPersonKey(std::string_view key) {
  const size_t mark = key.rfind('~');
  const std::string_view digits = mark == key.npos ? std::string_view() : key.substr(mark + 1);
  int number = 1;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  const bool is_later = failed == std::errc() && end == digits.data() + digits.size() &&
                        digits.size() < kHashDigits && number > 1;
  return PersonKeyOf(is_later ? fmt::format("{}~{}", key.substr(0, mark), number + 1)
                              : fmt::format("{}~2", key));
}

bool IsPersonKey(std::string_view text) {
  if (text.empty() || text.size() > kMostPersonBytes) return false;
  while (!text.empty()) {
    if (!IsSafeInKey(TakeCodePoint(text))) return false;
  }
  return true;
}

}  // namespace tamtap
