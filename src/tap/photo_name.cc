#include "tap/photo_name.h"

#include <fmt/core.h>

#include <algorithm>
#include <cctype>

#include "base/ascii.h"
#include "base/text.h"
#include "tap/school_time.h"
#include "tap/tap_id.h"

namespace tamtap {
namespace {

constexpr std::string_view kEnding = ".jpg";
constexpr size_t kLongestFile = 240;
constexpr size_t kLongestPart = 30;
constexpr int kPartsOfOwner = 3;         // id, first name, last name
constexpr int kPartsBeforeTerminal = 5;  // id, first name, last name, time, AM or PM

// '_' is what separates parts.
std::string PlainAscii(std::string_view text) {
  std::string plain;
  for (const char c : ToAscii(text, {})) {
    const bool keep =
        (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-';
    if (keep && plain.size() < kLongestPart) plain += c;
  }
  return plain.empty() ? "x" : plain;
}

// As the existing system writes a part of a name.
std::string PastPart(std::string_view text) {
  std::string plain;
  for (const char c : ToAscii(Nfc(TrimSpace(text)), {})) {
    if (plain.size() == kLongestPart) break;
    plain += c == ' ' ? '_' : c;
  }
  return plain;
}

}  // namespace

bool IsPhotoFile(std::string_view file) {
  if (file.size() > kLongestFile || !file.ends_with(kEnding)) return false;
  file.remove_suffix(kEnding.size());
  return !file.empty() && std::all_of(file.begin(), file.end(), [](unsigned char c) {
    return c < 0x80 && (std::isalnum(c) != 0 || c == '_' || c == '-');
  });
}

std::string PhotoName(const Record& record, std::string_view terminal) {
  std::string time;
  for (const char c : record.time) {
    if (c != ':') time += c;
  }
  return fmt::format("{}_{}_{}_{}_{}_{}_{}.jpg", record.day, PlainAscii(record.tamtap_id),
                     PlainAscii(record.first_name), PlainAscii(record.last_name), PlainAscii(time),
                     ToString(record.session), terminal);
}

std::string PastPhotoName(const Record& record) {
  std::string time = record.time;
  std::erase(time, ':');
  return fmt::format("{}_{}_{}_{}_{}{}", record.tamtap_id, PastPart(record.first_name),
                     PastPart(record.last_name), time, ToString(record.session), kEnding);
}

std::optional<PhotoOrigin> OriginOfPhoto(std::string_view file) {
  if (!IsPhotoFile(file)) return std::nullopt;
  file.remove_suffix(kEnding.size());
  const size_t end = std::min(file.find('_'), file.size());
  PhotoOrigin origin{std::string(file.substr(0, end)), {}};
  if (!IsDay(origin.day)) return std::nullopt;
  for (int part = 0; part < kPartsBeforeTerminal; ++part) {
    const size_t separator = file.find('_');
    if (separator == std::string_view::npos) return std::nullopt;
    file.remove_prefix(separator + 1);
    if (file.empty() || file.front() == '_') return std::nullopt;
  }
  const size_t separator = file.find('_');
  if (separator == std::string_view::npos) return std::nullopt;
  origin.terminal = file.substr(separator + 1);
  if (!IsTerminalName(origin.terminal)) return std::nullopt;
  return origin;
}

std::string OwnerOfPhoto(std::string_view file) {
  if (!OriginOfPhoto(file)) return {};
  file.remove_prefix(file.find('_') + 1);
  size_t end = 0;
  for (int part = 0; part < kPartsOfOwner; ++part) end = file.find('_', end) + 1;
  return std::string(file.substr(0, end - 1));
}

std::string PhotoOwner(const Person& person) {
  if (person.tamtap_id.empty()) return {};
  return fmt::format("{}_{}_{}", PlainAscii(person.tamtap_id), PlainAscii(person.first_name),
                     PlainAscii(person.last_name));
}

std::string WithOrigin(std::string_view file, std::string_view day, std::string_view terminal) {
  if (file.ends_with(kEnding)) file.remove_suffix(kEnding.size());
  return fmt::format("{}_{}_{}{}", day, file, terminal, kEnding);
}

}  // namespace tamtap
