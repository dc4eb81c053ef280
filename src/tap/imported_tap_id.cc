#include "tap/imported_tap_id.h"

#include <fmt/core.h>

#include "base/fnv.h"
#include "base/sha256.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

constexpr size_t kGenerationDigits = 32;  // as many as a tap id allows

}  // namespace

TapId ImportedTapId(const Record& record) {
  const std::string content = record.card.text() + "|" + record.date;
  return {std::string(kImportTerminal), Sha256Hex(content).substr(0, kGenerationDigits), 1};
}

TapId FormerImportedTapId(const Record& record) {
  const std::string content = record.card.text() + "|" + record.date;
  return {std::string(kImportTerminal), fmt::format("{:016x}", Fnv1a(content)), 1};
}

}  // namespace tamtap
