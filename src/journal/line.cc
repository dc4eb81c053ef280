#include "journal/line.h"

#include <fmt/format.h>
#include <zlib.h>

#include <array>
#include <boost/json.hpp>
#include <charconv>

namespace tamtap::journal {
namespace {

namespace json = boost::json;

constexpr std::string_view kFrame = "{\"v\":";
constexpr std::string_view kFrameOfThisVersion = "{\"v\":1,\"type\":\"";
constexpr std::string_view kSegmentType = "segment";
constexpr std::string_view kStartType = "start";
constexpr std::string_view kTapType = "tap";
constexpr std::string_view kOutcomeType = "outcome";
constexpr std::string_view kClockType = "clock";
constexpr std::string_view kSealType = "seal";
constexpr std::string_view kRetiredType = "retired";
constexpr std::string_view kTapSequence = "{\"v\":1,\"type\":\"tap\",\"seq\":";
constexpr std::string_view kTapRecord = ",\"record\":";

using ChecksumText = std::array<char, kChecksumDigits>;

ChecksumText Checksum(std::string_view bytes) {
  auto value = static_cast<uint32_t>(
      crc32_z(0, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
  ChecksumText text{};
  for (size_t i = kChecksumDigits; i-- > 0; value >>= 4) text[i] = "0123456789abcdef"[value & 15];
  return text;
}

// Opens a line in `out` and closes it with its checksum.
class LineWriter {
 public:
  LineWriter(std::string_view type, std::string& out) : out_(out), start_(out.size()) {
    out_ += kFrameOfThisVersion;
    out_ += type;
    out_ += '"';
  }
  ~LineWriter() {
    const ChecksumText checksum = Checksum(std::string_view(out_).substr(start_));
    out_ += kChecksumKey;
    out_.append(checksum.data(), checksum.size());
    out_ += "\"}\n";
  }
  LineWriter(const LineWriter&) = delete;
  LineWriter& operator=(const LineWriter&) = delete;

  void Text(std::string_view key, std::string_view value) {
    Key(key);
    AppendJsonString(value, out_);
  }
  template <typename Integer>
  void Number(std::string_view key, Integer value) {
    Key(key);
    std::array<char, 24> digits{};
    const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
    out_.append(digits.data(), end);
  }
  std::string& Raw(std::string_view key) {
    Key(key);
    return out_;
  }

 private:
  void Key(std::string_view key) {
    out_ += ",\"";
    out_ += key;
    out_ += "\":";
  }

  std::string& out_;
  const size_t start_;
};

std::string_view ToText(TapOutcome outcome) {
  switch (outcome) {
    case TapOutcome::kConfirmed:
      return "confirmed";
    case TapOutcome::kQuarantined:
      return "quarantined";
    case TapOutcome::kRequeued:
      return "requeued";
    case TapOutcome::kVoid:
      return "void";
  }
  return "confirmed";
}

// The text between `"key":"` and the next quote; empty if there is none. Inside JSON strings every
// quote is escaped, so the key can only be found where it is one.
std::string_view QuotedField(std::string_view text, std::string_view quoted_key) {
  const size_t at = text.find(quoted_key);
  if (at == std::string_view::npos) return {};
  const std::string_view rest = text.substr(at + quoted_key.size());
  return rest.substr(0, rest.find('"'));
}

LineType TypeOf(std::string_view text) {
  if (!text.starts_with(kFrameOfThisVersion)) return LineType::kUnknown;
  const std::string_view rest = text.substr(kFrameOfThisVersion.size());
  const std::string_view type = rest.substr(0, rest.find('"'));
  if (type == kTapType) return LineType::kTap;
  if (type == kOutcomeType) return LineType::kOutcome;
  if (type == kSegmentType) return LineType::kSegment;
  if (type == kStartType) return LineType::kStart;
  if (type == kClockType) return LineType::kClock;
  if (type == kSealType) return LineType::kSeal;
  if (type == kRetiredType) return LineType::kRetired;
  return LineType::kUnknown;
}

Error Unexpected(std::string_view text, const char* what) {
  return Error{ErrorCode::kCorrupt,
               fmt::format("journal line '{}...': {}", text.substr(0, 60), what), 0,
               "its checksum holds, so another program wrote it; it is left as it is"};
}

Result<json::object> ParseObject(std::string_view text) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed);
  if (failed || !value.is_object()) return Unexpected(text, "it is no JSON object");
  return std::move(value.get_object());
}

std::string TextAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return json::value_to<std::string>(*value);
}

uint64_t NumberAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return 0;
  boost::system::error_code failed;
  const auto number = value->to_number<uint64_t>(failed);
  return failed || number > kMaxNumber ? 0 : number;
}

int64_t SignedAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

void AppendRanges(const std::vector<SequenceRange>& ranges, std::string& out) {
  out += '[';
  for (const SequenceRange& range : ranges) {
    if (out.back() != '[') out += ',';
    fmt::format_to(std::back_inserter(out), "[{},{}]", range.first, range.last);
  }
  out += ']';
}

bool ReadRanges(const json::value& list, std::vector<SequenceRange>& ranges) {
  if (!list.is_array()) return false;
  for (const json::value& range : list.get_array()) {
    if (!range.is_array() || range.get_array().size() != 2) return false;
    boost::system::error_code failed;
    const auto first = range.get_array()[0].to_number<uint64_t>(failed);
    const auto last = failed ? 0 : range.get_array()[1].to_number<uint64_t>(failed);
    if (failed || first == 0 || first > last || last > kMaxNumber) return false;
    ranges.push_back({first, last});
  }
  return true;
}

ClockLine ClockFrom(const json::object& object) {
  const json::value* const sure = object.if_contains("sure");
  return {TextAt(object, "boot"), SignedAt(object, "base_us"),
          sure != nullptr && sure->is_bool() && sure->get_bool()};
}

}  // namespace

void AppendSegmentLine(const SegmentLine& line, std::string& out) {
  LineWriter writer(kSegmentType, out);
  writer.Number("number", line.number);
  writer.Text("journal", line.journal);
}

void AppendStartLine(const StartLine& line, std::string& out) {
  LineWriter writer(kStartType, out);
  writer.Text("terminal", line.terminal);
  writer.Text("generation", line.generation);
  writer.Text("previous_generation", line.previous_generation);
  writer.Number("previous_last_seq", line.previous_last_sequence);
  writer.Text("boot", line.boot);
  writer.Number("at_us", line.at_us);
}

void AppendTapLine(uint64_t sequence, std::string_view boot, int64_t mono_us, const Record& record,
                   std::string& out) {
  LineWriter writer(kTapType, out);
  writer.Number("seq", sequence);
  writer.Text("boot", boot);
  writer.Number("mono_us", mono_us);
  AppendJson(record, writer.Raw("record"));
}

void AppendOutcomeLine(const OutcomeLine& line, std::string& out) {
  LineWriter writer(kOutcomeType, out);
  writer.Number("first", line.first);
  writer.Number("last", line.last);
  writer.Text("outcome", ToText(line.outcome));
  if (!line.reason.empty()) writer.Text("reason", line.reason);
}

void AppendClockLine(const ClockLine& line, std::string& out) {
  LineWriter writer(kClockType, out);
  writer.Text("boot", line.boot);
  writer.Number("base_us", line.base_us);
  writer.Raw("sure") += line.sure ? "true" : "false";
}

void AppendSealLine(const SealLine& line, std::string& out) {
  LineWriter writer(kSealType, out);
  writer.Text("journal", line.journal);
  writer.Number("records", line.records);
  writer.Number("first_seq", line.first_sequence);
  writer.Number("last_seq", line.last_sequence);
  writer.Number("journal_last_seq", line.journal_last_sequence);
  writer.Text("first_day", line.first_day);
  writer.Text("last_day", line.last_day);
  writer.Text("generation", line.generation);
  writer.Number("total_records", line.total_records);
  AppendRanges(line.pending, writer.Raw("pending"));
  std::string& quarantined = writer.Raw("quarantined");
  quarantined += '[';
  for (const QuarantinedTap& tap : line.quarantined) {
    if (quarantined.back() != '[') quarantined += ',';
    fmt::format_to(std::back_inserter(quarantined), "{{\"seq\":{},\"reason\":", tap.sequence);
    AppendJsonString(tap.reason, quarantined);
    quarantined += '}';
  }
  quarantined += ']';
  std::string& clocks = writer.Raw("clocks");
  clocks += '[';
  for (const ClockLine& clock : line.clocks) {
    if (clocks.back() != '[') clocks += ',';
    clocks += "{\"boot\":";
    AppendJsonString(clock.boot, clocks);
    fmt::format_to(std::back_inserter(clocks), ",\"base_us\":{},\"sure\":{}}}", clock.base_us,
                   clock.sure);
  }
  clocks += ']';
  AppendRanges(line.voided, writer.Raw("voided"));
}

void AppendRetiredLine(const RetiredLine& line, std::string& out) {
  LineWriter writer(kRetiredType, out);
  writer.Number("segments", line.segments);
  writer.Text("journal", line.journal);
  writer.Text("generation", line.generation);
  writer.Number("last_seq", line.last_sequence);
  writer.Number("total_records", line.total_records);
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
    const char* const digits = text.data() + kTapSequence.size();
    const auto [end, error] = std::from_chars(digits, text.data() + text.size(), line.sequence);
    const size_t record = text.find(kTapRecord);
    if (!text.starts_with(kTapSequence) || error != std::errc() || line.sequence == 0 ||
        line.sequence > kMaxNumber || record == std::string_view::npos) {
      line.type = LineType::kUnknown;
      return line;
    }
    line.record = covered.substr(record + kTapRecord.size());
    line.boot = QuotedField(covered.substr(0, record), "\"boot\":\"");
    line.tap_id = QuotedField(line.record, "\"tap\":\"");
    line.day = QuotedField(line.record, "\"day\":\"");
    line.person = QuotedField(line.record, "\"person\":\"");
  }
  return line;
}

Result<SegmentLine> ParseSegmentLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  return SegmentLine{NumberAt(object, "number"), TextAt(object, "journal")};
}

Result<StartLine> ParseStartLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  StartLine line;
  line.terminal = TextAt(object, "terminal");
  line.generation = TextAt(object, "generation");
  line.previous_generation = TextAt(object, "previous_generation");
  line.previous_last_sequence = NumberAt(object, "previous_last_seq");
  line.boot = TextAt(object, "boot");
  line.at_us = SignedAt(object, "at_us");
  if (line.generation.empty()) return Unexpected(text, "it names no generation");
  return line;
}

Result<OutcomeLine> ParseOutcomeLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  OutcomeLine line;
  line.first = NumberAt(object, "first");
  line.last = NumberAt(object, "last");
  line.reason = TextAt(object, "reason");
  const std::string outcome = TextAt(object, "outcome");
  bool known = false;
  for (const TapOutcome each : {TapOutcome::kConfirmed, TapOutcome::kQuarantined,
                                TapOutcome::kRequeued, TapOutcome::kVoid}) {
    if (ToText(each) != outcome) continue;
    line.outcome = each;
    known = true;
  }
  // A reason is one tap's.
  if (line.outcome == TapOutcome::kQuarantined) known &= line.first == line.last;
  if (!known || line.first == 0 || line.first > line.last) {
    return Unexpected(text, "it says no outcome");
  }
  return line;
}

Result<ClockLine> ParseClockLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  ClockLine line = ClockFrom(object);
  if (line.boot.empty() || line.base_us == 0) return Unexpected(text, "it says no time");
  return line;
}

Result<SealLine> ParseSealLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  SealLine line;
  line.journal = TextAt(object, "journal");
  line.records = NumberAt(object, "records");
  line.first_sequence = NumberAt(object, "first_seq");
  line.last_sequence = NumberAt(object, "last_seq");
  line.journal_last_sequence = NumberAt(object, "journal_last_seq");
  line.first_day = TextAt(object, "first_day");
  line.last_day = TextAt(object, "last_day");
  line.generation = TextAt(object, "generation");
  line.total_records = NumberAt(object, "total_records");
  if (line.records > 0 && (line.first_sequence == 0 || line.first_sequence > line.last_sequence)) {
    return Unexpected(text, "a seal of taps without their numbers");
  }
  const json::value* const pending = object.if_contains("pending");
  const json::value* const quarantined = object.if_contains("quarantined");
  if (pending == nullptr || quarantined == nullptr || !quarantined->is_array()) {
    return Unexpected(text, "a seal without its lists");
  }
  const json::value* const voided = object.if_contains("voided");  // none in the first release's
  if (!ReadRanges(*pending, line.pending) ||
      (voided != nullptr && !ReadRanges(*voided, line.voided))) {
    return Unexpected(text, "a seal with a bad range");
  }
  for (const json::value& tap : quarantined->get_array()) {
    if (!tap.is_object()) return Unexpected(text, "a seal with a malformed quarantine");
    line.quarantined.push_back(
        {NumberAt(tap.get_object(), "seq"), TextAt(tap.get_object(), "reason")});
  }
  // Seals of the first release have none.
  const json::value* const clocks = object.if_contains("clocks");
  if (clocks != nullptr && clocks->is_array()) {
    for (const json::value& clock : clocks->get_array()) {
      if (!clock.is_object()) return Unexpected(text, "a seal with a malformed clock");
      line.clocks.push_back(ClockFrom(clock.get_object()));
    }
  }
  return line;
}

Result<RetiredLine> ParseRetiredLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  RetiredLine line;
  line.segments = NumberAt(object, "segments");
  line.journal = TextAt(object, "journal");
  line.generation = TextAt(object, "generation");
  line.last_sequence = NumberAt(object, "last_seq");
  line.total_records = NumberAt(object, "total_records");
  if (line.segments == 0 || line.journal.empty()) return Unexpected(text, "nothing has left");
  return line;
}

Result<TapLine> ParseTapLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  TapLine line;
  line.sequence = NumberAt(object, "seq");
  line.stamp.boot = TextAt(object, "boot");
  line.stamp.mono_us = SignedAt(object, "mono_us");
  const json::value* const record = object.if_contains("record");
  if (record == nullptr || line.sequence == 0) return Unexpected(text, "a tap without its record");
  TAMTAP_TRY(line.record, RecordFromJson(*record));
  return line;
}

}  // namespace tamtap::journal
