#include "tap/imported_tap_id.h"

#include <fmt/core.h>

#include "base/sha256.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

constexpr size_t kGenerationDigits = 32;  // as many as a tap id allows

// FNV-1a, 64 bits (Fowler, Noll, Vo).
uint64_t FormerHash(std::string_view text) {
  uint64_t hash = 14695981039346656037u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211u;
  }
  return hash;
}

}  // namespace

TapId ImportedTapId(const Record& record) {
  const std::string content = record.nfc_id.text() + "|" + record.date;
  return {std::string(kImportTerminal), Sha256Hex(content).substr(0, kGenerationDigits), 1};
}

TapId FormerImportedTapId(const Record& record) {
  const std::string content = record.nfc_id.text() + "|" + record.date;
  return {std::string(kImportTerminal), fmt::format("{:016x}", FormerHash(content)), 1};
}

}  // namespace tamtap
