#include "tap/imported_tap_id.h"

#include <fmt/core.h>

#include "base/fnv.h"
#include "base/sha256.h"
#include "tap/card_spelling.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

constexpr size_t kGenerationDigits = 32;  // as many as a tap id allows

std::string ContentOf(const Record& record) {
  return (record.card.empty() ? PersonKeyOf(record.nfc_id) : record.card.text()) + "|" +
         record.date;
}

}  // namespace

TapId ImportedTapId(const Record& record) {
  return {std::string(kImportTerminal), Sha256Hex(ContentOf(record)).substr(0, kGenerationDigits),
          1};
}

TapId FormerImportedTapId(const Record& record) {
  return {std::string(kImportTerminal), fmt::format("{:016x}", Fnv1a(ContentOf(record))), 1};
}

}  // namespace tamtap
