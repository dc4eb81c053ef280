// What a line of each type says, to JSON and back. What every line has in common is in line.cc.
#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>

#include "journal/line.h"
#include "journal/line_writer.h"
#include "tap/json_fields.h"

namespace tamtap::journal {
namespace {

namespace json = boost::json;

std::string_view ToText(TapOutcome outcome) {
  switch (outcome) {
    case TapOutcome::kConfirmed:
      return "confirmed";
    case TapOutcome::kFoundThere:
      return "found-there";
    case TapOutcome::kQuarantined:
      return "quarantined";
    case TapOutcome::kRequeued:
      return "requeued";
    case TapOutcome::kVoid:
      return "void";
    case TapOutcome::kLost:
      return "lost";
    case TapOutcome::kLacking:
      return "lacking";
    case TapOutcome::kUnchecked:
      return "unchecked";
    case TapOutcome::kChecked:
      return "checked";
  }
  return "confirmed";
}

constexpr TapOutcome kOutcomes[] = {
    TapOutcome::kConfirmed, TapOutcome::kFoundThere, TapOutcome::kQuarantined,
    TapOutcome::kRequeued,  TapOutcome::kVoid,       TapOutcome::kLost,
    TapOutcome::kLacking,   TapOutcome::kUnchecked,  TapOutcome::kChecked};

// Of a tap or a refusal.
TapStamp StampOf(const json::object& object) {
  return {TextAt(object, "boot"), SignedAt(object, "mono_us")};
}

}  // namespace

Error Unexpected(std::string_view text, const char* what) {
  return Error{ErrorCode::kCorrupt,
               fmt::format("journal line '{}...': {}", text.substr(0, 60), what), 0,
               "its checksum holds, so another program wrote it; it is left as it is"};
}

Result<json::object> ParseObject(std::string_view text, json::storage_ptr memory) {
  boost::system::error_code failed;
  json::value value = json::parse(text, failed, std::move(memory));
  if (failed || !value.is_object()) return Unexpected(text, "it is no JSON object");
  return std::move(value.get_object());
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

ClockLine ClockFrom(const json::object& object) {
  const json::value* const sure = object.if_contains("sure");
  return {TextAt(object, "boot"), SignedAt(object, "base_us"),
          sure != nullptr && sure->is_bool() && sure->get_bool()};
}

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

void AppendStoreLine(const StoreLine& line, std::string& out) {
  LineWriter writer(kStoreType, out);
  writer.Text("store", line.store.id);
  writer.Text("epoch", line.store.epoch);
}

void AppendRefusalLine(uint64_t number, const TapStamp& stamp, const RefusalRecord& refusal,
                       std::string& out) {
  LineWriter writer(kRefusalType, out);
  writer.Number("number", number);
  writer.Text("boot", stamp.boot);
  writer.Number("mono_us", stamp.mono_us);
  writer.Raw("refusal") += json::serialize(ToJson(refusal));
}

void AppendHandedLine(const HandedLine& line, std::string& out) {
  LineWriter writer(kHandedType, out);
  writer.Number("refusals", line.refusals);
}

Result<std::optional<Line>> ParseLine(const LineView& line) {
  switch (line.type) {
    case LineType::kTap:
      return std::optional<Line>(SummaryOf(line));
    case LineType::kStart: {
      TAMTAP_TRY(StartLine start, ParseStartLine(line.text));
      return std::optional<Line>(std::move(start));
    }
    case LineType::kOutcome: {
      TAMTAP_TRY(OutcomeLine outcome, ParseOutcomeLine(line.text));
      return std::optional<Line>(std::move(outcome));
    }
    case LineType::kClock: {
      TAMTAP_TRY(ClockLine clock, ParseClockLine(line.text));
      return std::optional<Line>(std::move(clock));
    }
    case LineType::kStore: {
      TAMTAP_TRY(StoreLine store, ParseStoreLine(line.text));
      return std::optional<Line>(std::move(store));
    }
    case LineType::kRefusal:
      return std::optional<Line>(line.refusal);
    case LineType::kHanded: {
      TAMTAP_TRY(const HandedLine handed, ParseHandedLine(line.text));
      return std::optional<Line>(handed);
    }
    case LineType::kSegment:
    case LineType::kSeal:
    case LineType::kRetired:
    case LineType::kUnknown:
      return std::optional<Line>();
  }
  return std::optional<Line>();
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
  for (const TapOutcome each : kOutcomes) {
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

Result<StoreLine> ParseStoreLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  StoreLine line{{TextAt(object, "store"), TextAt(object, "epoch")}};
  if (line.store.id.empty()) return Unexpected(text, "it names no store");
  return line;
}

Result<TapLine> ParseTapLine(std::string_view text) {
  // An export parses millions: from a piece of the stack, what is parsed takes half the time.
  std::array<unsigned char, 8192> piece;
  json::monotonic_resource memory(piece.data(), piece.size());
  TAMTAP_TRY(const json::object object, ParseObject(text, &memory));
  TapLine line;
  line.sequence = NumberAt(object, "seq");
  line.stamp = StampOf(object);
  const json::value* const record = object.if_contains("record");
  if (record == nullptr || line.sequence == 0) return Unexpected(text, "a tap without its record");
  TAMTAP_TRY(line.record, RecordFromJson(*record));
  return line;
}

Result<HandedLine> ParseHandedLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  const HandedLine line{NumberAt(object, "refusals")};
  if (line.refusals == 0) return Unexpected(text, "it names no refusal");
  return line;
}

Result<RefusalLine> ParseRefusalLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  RefusalLine line;
  line.number = NumberAt(object, "number");
  line.stamp = StampOf(object);
  const json::value* const refusal = object.if_contains("refusal");
  if (refusal == nullptr || line.number == 0) return Unexpected(text, "it holds no refusal");
  TAMTAP_TRY(line.refusal, RefusalRecordFromJson(*refusal));
  return line;
}

}  // namespace tamtap::journal
