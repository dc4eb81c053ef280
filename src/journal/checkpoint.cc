#include "journal/checkpoint.h"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "journal/line_writer.h"
#include "tap/json_fields.h"

namespace tamtap::journal {
namespace {

namespace json = boost::json;

void AppendRanges(std::string_view key, const std::vector<SequenceRange>& ranges,
                  LineWriter& writer) {
  std::string& out = writer.Raw(key);
  out += '[';
  for (const SequenceRange& range : ranges) {
    if (out.back() != '[') out += ',';
    fmt::format_to(std::back_inserter(out), "[{},{}]", range.first, range.last);
  }
  out += ']';
}

// Checkpoints of the first release have not all the lists: what is missing is empty.
bool ReadRanges(const json::object& object, std::string_view key,
                std::vector<SequenceRange>& ranges) {
  const json::value* const list = object.if_contains(key);
  if (list == nullptr) return true;
  if (!list->is_array()) return false;
  for (const json::value& range : list->get_array()) {
    if (!range.is_array() || range.get_array().size() != 2) return false;
    boost::system::error_code failed;
    const auto first = range.get_array()[0].to_number<uint64_t>(failed);
    const auto last = failed ? 0 : range.get_array()[1].to_number<uint64_t>(failed);
    if (failed || first == 0 || first > last || last > kMaxNumber) return false;
    ranges.push_back({first, last});
  }
  return true;
}

void AppendQuarantined(const std::vector<QuarantinedNumber>& taps, LineWriter& writer) {
  std::string& out = writer.Raw("quarantined");
  out += '[';
  for (const QuarantinedNumber& tap : taps) {
    if (out.back() != '[') out += ',';
    fmt::format_to(std::back_inserter(out), "{{\"seq\":{},\"reason\":", tap.sequence);
    AppendJsonString(tap.reason, out);
    out += '}';
  }
  out += ']';
}

bool ReadQuarantined(const json::object& object, std::vector<QuarantinedNumber>& taps) {
  const json::value* const list = object.if_contains("quarantined");
  if (list == nullptr) return true;
  if (!list->is_array()) return false;
  for (const json::value& tap : list->get_array()) {
    if (!tap.is_object()) return false;
    const uint64_t sequence = NumberAt(tap.get_object(), "seq");
    if (sequence == 0) return false;
    taps.push_back({sequence, TextAt(tap.get_object(), "reason")});
  }
  return true;
}

void AppendClocks(const std::vector<ClockLine>& clocks, LineWriter& writer) {
  std::string& out = writer.Raw("clocks");
  out += '[';
  for (const ClockLine& clock : clocks) {
    if (out.back() != '[') out += ',';
    out += "{\"boot\":";
    AppendJsonString(clock.boot, out);
    fmt::format_to(std::back_inserter(out), ",\"base_us\":{},\"sure\":{}}}", clock.base_us,
                   clock.sure);
  }
  out += ']';
}

bool ReadClocks(const json::object& object, std::vector<ClockLine>& clocks) {
  const json::value* const list = object.if_contains("clocks");
  if (list == nullptr) return true;
  if (!list->is_array()) return false;
  for (const json::value& clock : list->get_array()) {
    if (!clock.is_object()) return false;
    clocks.push_back(ClockFrom(clock.get_object()));
  }
  return true;
}

void AppendCheckpoint(const Checkpoint& checkpoint, LineWriter& writer) {
  writer.Text("journal", checkpoint.journal);
  writer.Number("checkpoint", checkpoint.number);
  writer.Number("covers", checkpoint.covers);
  writer.Text("generation", checkpoint.generation);
  writer.Number("journal_last_seq", checkpoint.last_sequence);
  writer.Number("total_records", checkpoint.total_records);
  AppendRanges("pending", checkpoint.pending, writer);
  AppendQuarantined(checkpoint.quarantined, writer);
  AppendRanges("voided", checkpoint.voided, writer);
  AppendRanges("lost", checkpoint.lost, writer);
  AppendRanges("missing", checkpoint.missing, writer);
  AppendClocks(checkpoint.clocks, writer);
  writer.Text("boot", checkpoint.boot);
  writer.Number("boot_first_seq", checkpoint.boot_first_sequence);
  writer.Text("journal_vouched_day", checkpoint.last_vouched_day);
  if (checkpoint.store) {
    writer.Text("store", checkpoint.store->id);
    writer.Text("epoch", checkpoint.store->epoch);
  }
  AppendRanges("unchecked", checkpoint.unchecked, writer);
  AppendRanges("found_there", checkpoint.found_there, writer);
  writer.Number("last_confirmed", checkpoint.last_confirmed);
  writer.Number("last_checked", checkpoint.last_checked);
  if (checkpoint.refusals > 0) {
    writer.Number("refusals", checkpoint.refusals);
    writer.Number("handed_refusals", checkpoint.handed_refusals);
  }
}

Result<Checkpoint> CheckpointFrom(const json::object& object, std::string_view text) {
  Checkpoint checkpoint;
  checkpoint.journal = TextAt(object, "journal");
  checkpoint.number = NumberAt(object, "checkpoint");
  checkpoint.covers = NumberAt(object, "covers");
  checkpoint.generation = TextAt(object, "generation");
  checkpoint.last_sequence = NumberAt(object, "journal_last_seq");
  checkpoint.total_records = NumberAt(object, "total_records");
  checkpoint.boot = TextAt(object, "boot");
  checkpoint.boot_first_sequence = NumberAt(object, "boot_first_seq");
  checkpoint.last_vouched_day = TextAt(object, "journal_vouched_day");
  if (object.contains("store")) {
    checkpoint.store = StoreIdentity{TextAt(object, "store"), TextAt(object, "epoch")};
  }
  checkpoint.last_confirmed = NumberAt(object, "last_confirmed");
  checkpoint.last_checked = NumberAt(object, "last_checked");
  checkpoint.refusals = NumberAt(object, "refusals");
  checkpoint.handed_refusals = NumberAt(object, "handed_refusals");
  if (!ReadRanges(object, "pending", checkpoint.pending) ||
      !ReadRanges(object, "voided", checkpoint.voided) ||
      !ReadRanges(object, "lost", checkpoint.lost) ||
      !ReadRanges(object, "missing", checkpoint.missing) ||
      !ReadRanges(object, "unchecked", checkpoint.unchecked) ||
      !ReadRanges(object, "found_there", checkpoint.found_there)) {
    return Unexpected(text, "a checkpoint with a bad range");
  }
  if (!ReadQuarantined(object, checkpoint.quarantined) || !ReadClocks(object, checkpoint.clocks)) {
    return Unexpected(text, "a checkpoint with a malformed list");
  }
  if (checkpoint.number > 0 && checkpoint.covers == 0) {
    return Unexpected(text, "a checkpoint that covers nothing");
  }
  return checkpoint;
}

}  // namespace

void AppendSealLine(const SealLine& line, std::string& out) {
  LineWriter writer(kSealType, out);
  writer.Number("records", line.records);
  writer.Number("first_seq", line.first_sequence);
  writer.Number("last_seq", line.last_sequence);
  writer.Text("first_day", line.first_day);
  writer.Text("last_day", line.last_day);
  writer.Text("last_vouched_day", line.last_vouched_day.value_or(""));
  if (line.last_refusal > 0) {
    writer.Number("first_refusal", line.first_refusal);
    writer.Number("last_refusal", line.last_refusal);
  }
  AppendCheckpoint(line.checkpoint, writer);
}

void AppendRetiredLine(const RetiredLine& line, std::string& out) {
  LineWriter writer(kRetiredType, out);
  writer.Number("segments", line.segments);
  writer.Number("records", line.records);
  AppendCheckpoint(line.checkpoint, writer);
}

Result<SealLine> ParseSealLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  SealLine line;
  line.records = NumberAt(object, "records");
  line.first_sequence = NumberAt(object, "first_seq");
  line.last_sequence = NumberAt(object, "last_seq");
  line.first_day = TextAt(object, "first_day");
  line.last_day = TextAt(object, "last_day");
  if (object.contains("last_vouched_day")) {
    line.last_vouched_day = TextAt(object, "last_vouched_day");
  }
  line.first_refusal = NumberAt(object, "first_refusal");
  line.last_refusal = NumberAt(object, "last_refusal");
  if (line.records > 0 && (line.first_sequence == 0 || line.first_sequence > line.last_sequence)) {
    return Unexpected(text, "a seal of taps without their numbers");
  }
  if (!object.contains("pending") || !object.contains("quarantined")) {
    return Unexpected(text, "a seal without its lists");
  }
  TAMTAP_TRY(line.checkpoint, CheckpointFrom(object, text));
  return line;
}

Result<RetiredLine> ParseRetiredLine(std::string_view text) {
  TAMTAP_TRY(const json::object object, ParseObject(text));
  RetiredLine line;
  line.segments = NumberAt(object, "segments");
  TAMTAP_TRY(line.checkpoint, CheckpointFrom(object, text));
  line.records = NumberAt(object, "records");
  if (line.checkpoint.number == 0) {
    line.checkpoint.last_sequence = NumberAt(object, "last_seq");
    line.records = line.checkpoint.total_records;
  }
  if (line.segments == 0 || line.checkpoint.journal.empty()) {
    return Unexpected(text, "nothing has left");
  }
  return line;
}

}  // namespace tamtap::journal
