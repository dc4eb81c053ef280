// Any bytes as a line of the journal: as they are, and with the checksum that makes them whole, so
// that the parsers behind the checksum are reached too.
#include <fmt/core.h>

#include "base/check.h"
#include "base/crc32.h"
#include "journal/checkpoint.h"
#include "journal/line.h"

namespace tamtap::journal {
namespace {

void ParseEverything(std::string_view text) {
  const auto line = CheckLine(text);
  if (!line) return;
  CHECK(line->text == text);
  switch (line->type) {
    case LineType::kTap: {
      CHECK(line->sequence > 0);
      const auto tap = ParseTapLine(text);
      if (!tap) break;
      // What is understood can be written and is understood again, the same.
      std::string again;
      AppendTapLine(tap->sequence, tap->stamp.boot, tap->stamp.mono_us, tap->record, again);
      again.pop_back();
      const auto checked = CheckLine(again);
      CHECK(checked && checked->type == LineType::kTap && checked->sequence == tap->sequence);
      const auto parsed = ParseTapLine(again);
      CHECK(parsed && parsed->record.tap == tap->record.tap);
      CHECK(parsed->record.day == tap->record.day && parsed->record.person == tap->record.person);
      break;
    }
    case LineType::kSegment:
      if (const auto parsed = ParseSegmentLine(text); !parsed)
        CHECK(!parsed.error().Message().empty());
      break;
    case LineType::kStart:
      if (const auto parsed = ParseStartLine(text)) CHECK(!parsed->generation.empty());
      break;
    case LineType::kOutcome:
      if (const auto parsed = ParseOutcomeLine(text)) {
        CHECK(0 < parsed->first && parsed->first <= parsed->last);
      }
      break;
    case LineType::kClock:
      if (const auto parsed = ParseClockLine(text)) CHECK(!parsed->boot.empty());
      break;
    case LineType::kStore:
      if (const auto parsed = ParseStoreLine(text)) CHECK(!parsed->store.id.empty());
      break;
    case LineType::kRefusal: {
      CHECK(line->refusal.number > 0);
      const auto parsed = ParseRefusalLine(text);
      if (!parsed) break;
      std::string again;
      AppendRefusalLine(parsed->number, parsed->stamp, parsed->refusal, again);
      again.pop_back();
      const auto twice = ParseRefusalLine(again);
      CHECK(twice && twice->number == parsed->number && twice->refusal == parsed->refusal);
      break;
    }
    case LineType::kHanded:
      if (const auto parsed = ParseHandedLine(text)) CHECK(parsed->refusals > 0);
      break;
    case LineType::kSeal:
      if (const auto parsed = ParseSealLine(text)) {
        for (const SequenceRange& range : parsed->checkpoint.pending) {
          CHECK(0 < range.first && range.first <= range.last);
        }
      }
      break;
    case LineType::kRetired:
      if (const auto parsed = ParseRetiredLine(text)) CHECK(parsed->segments > 0);
      break;
    case LineType::kUnknown:
      break;
  }
}

}  // namespace
}  // namespace tamtap::journal

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tamtap::journal;
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  ParseEverything(text);
  ParseEverything(fmt::format("{}{}{:08x}\"}}", text, kChecksumKey, tamtap::Crc32(text)));
  return 0;
}
