// What every line has in common: its frame, its checksum, and what is found in it without parsing.
// What a line of each type says is in line_types.cc.
#include "journal/line.h"

#include <array>
#include <charconv>
#include <cstring>
#include <utility>

#include "base/crc32.h"
#include "journal/line_writer.h"

namespace tamtap::journal {
namespace {

constexpr std::string_view kFrame = "{\"v\":";
constexpr std::string_view kFrameOfThisVersion = "{\"v\":1,\"type\":\"";
constexpr std::string_view kTapSequence = "{\"v\":1,\"type\":\"tap\",\"seq\":";
constexpr std::string_view kTapRecord = ",\"record\":";
constexpr std::string_view kRefusalNumber = "{\"v\":1,\"type\":\"refusal\",\"number\":";

// The most frequent ones first.
constexpr std::pair<std::string_view, LineType> kTypes[] = {
    {kTapType, LineType::kTap},         {kOutcomeType, LineType::kOutcome},
    {kRefusalType, LineType::kRefusal}, {kHandedType, LineType::kHanded},
    {kSegmentType, LineType::kSegment}, {kStartType, LineType::kStart},
    {kClockType, LineType::kClock},     {kStoreType, LineType::kStore},
    {kSealType, LineType::kSeal},       {kRetiredType, LineType::kRetired},
};

using ChecksumText = std::array<char, kChecksumDigits>;

ChecksumText Checksum(std::string_view bytes) {
  uint32_t value = Crc32(bytes);
  ChecksumText text{};
  for (size_t i = kChecksumDigits; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

// Where `part` begins in the text, npos if nowhere. The C library looks at many bytes at once;
// find() stops at every quote.
size_t PositionOf(std::string_view part, std::string_view text) {
  const void* const at = memmem(text.data(), text.size(), part.data(), part.size());
  return at == nullptr ? std::string_view::npos
                       : static_cast<size_t>(static_cast<const char*>(at) - text.data());
}

// Finds fields in one piece of JSON. Inside JSON strings every quote is escaped, so a key can only
// be found where it is one. Asked in the order in which they are written, all of them cost one way
// through.
class Fields {
 public:
  explicit Fields(std::string_view text) : text_(text) {}

  // The text between `"key":"` and the next quote; empty if there is none.
  std::string_view Quoted(std::string_view quoted_key) {
    const std::string_view rest = After(quoted_key);
    return rest.substr(0, rest.find('"'));
  }

  // The whole number after `"key":`; 0 if there is none.
  int64_t Number(std::string_view quoted_key) {
    const std::string_view rest = After(quoted_key);
    int64_t number = 0;
    const auto [end, failed] = std::from_chars(rest.data(), rest.data() + rest.size(), number);
    return failed == std::errc() ? number : 0;
  }

 private:
  std::string_view After(std::string_view quoted_key) {
    size_t at = PositionOf(quoted_key, text_.substr(next_));
    if (at == std::string_view::npos) {
      at = PositionOf(quoted_key, text_);
      if (at == std::string_view::npos) return {};
      next_ = 0;
    }
    next_ += at + quoted_key.size();
    return text_.substr(next_);
  }

  const std::string_view text_;
  size_t next_ = 0;  // after the key that was found last
};

// The number of a tap or a refusal, which stands right after `beginning`. 0: there is none, or
// none that this version writes.
uint64_t NumberAfter(std::string_view text, std::string_view beginning) {
  if (!text.starts_with(beginning)) return 0;
  uint64_t number = 0;
  const char* const digits = text.data() + beginning.size();
  const auto [end, failed] = std::from_chars(digits, text.data() + text.size(), number);
  return failed == std::errc() && number <= kMaxNumber ? number : 0;
}

bool IsVouched(std::optional<ClockState> clock) { return clock && *clock != ClockState::kUnsure; }

LineType TypeOf(std::string_view text) {
  if (!text.starts_with(kFrameOfThisVersion)) return LineType::kUnknown;
  const std::string_view rest = text.substr(kFrameOfThisVersion.size());
  const std::string_view name = rest.substr(0, rest.find('"'));
  for (const auto& [type_name, type] : kTypes) {
    if (name == type_name) return type;
  }
  return LineType::kUnknown;
}

}  // namespace

LineWriter::LineWriter(std::string_view type, std::string& out) : out_(out), start_(out.size()) {
  out_ += kFrameOfThisVersion;
  out_ += type;
  out_ += '"';
}

LineWriter::~LineWriter() {
  const ChecksumText checksum = Checksum(std::string_view(out_).substr(start_));
  out_ += kChecksumKey;
  out_.append(checksum.data(), checksum.size());
  out_ += "\"}\n";
}

std::string& LineWriter::Raw(std::string_view key) {
  out_ += ",\"";
  out_ += key;
  out_ += "\":";
  return out_;
}

std::optional<LineView> CheckLine(std::string_view text) {
  if (text.size() < kFrame.size() + kTrailerBytes || !text.starts_with(kFrame) ||
      !text.ends_with("\"}")) {
    return std::nullopt;
  }
  const std::string_view covered = text.substr(0, text.size() - kTrailerBytes);
  const std::string_view trailer = text.substr(covered.size());
  if (!trailer.starts_with(kChecksumKey)) return std::nullopt;
  const ChecksumText expected = Checksum(covered);
  if (trailer.substr(kChecksumKey.size(), kChecksumDigits) !=
      std::string_view(expected.data(), expected.size())) {
    return std::nullopt;
  }
  LineView line;
  line.type = TypeOf(text);
  line.text = text;
  if (line.type == LineType::kTap) {
    line.sequence = NumberAfter(text, kTapSequence);
    const size_t record = PositionOf(kTapRecord, text);
    if (line.sequence == 0 || record == std::string_view::npos) {
      line.type = LineType::kUnknown;
      return line;
    }
    line.record = covered.substr(record + kTapRecord.size());
    line.tap_id = Fields(line.record).Quoted("\"tap\":\"");
  }
  if (line.type == LineType::kRefusal) {
    line.refusal.number = NumberAfter(text, kRefusalNumber);
    if (line.refusal.number == 0) line.type = LineType::kUnknown;
  }
  return line;
}

TapSummary SummaryOf(const LineView& tap) {
  TapSummary summary;
  summary.sequence = tap.sequence;
  const size_t before = static_cast<size_t>(tap.record.data() - tap.text.data());
  summary.boot = Fields(tap.text.substr(0, before)).Quoted("\"boot\":\"");
  Fields fields(tap.record);
  summary.person = fields.Quoted("\"person\":\"");
  summary.day = fields.Quoted("\"day\":\"");
  summary.tapped_at_us = fields.Number("\"tapped_at_us\":");
  summary.vouched = IsVouched(ClockStateFrom(fields.Quoted("\"clock\":\"")));
  return summary;
}

bool IsUnflushed(LineType type) {
  return type == LineType::kOutcome || type == LineType::kRefusal || type == LineType::kHanded;
}

}  // namespace tamtap::journal
