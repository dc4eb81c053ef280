// tamtap journal status | verify | list | export: what is in a journal.
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/csv_cell.h"
#include "base/visible.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/journal_commands.h"
#include "cli/journal_set_aside.h"
#include "journal/journal_reader.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;
using journal::Damage;
using journal::ForEachTap;
using journal::IsLoss;
using journal::JournalState;
using journal::TapVisit;

constexpr size_t kFlushBytes = 64 << 10;

// Collects output into large writes.
class Output {
 public:
  ~Output() { Print(buffer_); }
  std::string& buffer() {
    if (buffer_.size() > kFlushBytes) {
      Print(buffer_);
      buffer_.clear();
    }
    return buffer_;
  }

 private:
  std::string buffer_;
};

Result<JournalState> Read(const Settings& settings) {
  return journal::ReadWholeJournal(PosixDisk(), SystemClock(), settings.JournalDirectory());
}

json::array DamageJson(const JournalState& state, bool losses) {
  json::array list;
  for (const Damage& damage : state.damage) {
    if (IsLoss(damage.kind) != losses) continue;
    list.push_back({{"segment", damage.segment},
                    {"offset", damage.offset},
                    {"length", damage.length},
                    {"kind", ToString(damage.kind)}});
  }
  return list;
}

// Taps that did not leave the journal with their segment.
uint64_t InSegments(const JournalState& state) {
  return state.ledger.records() - state.retired.records;
}

uint64_t BytesOf(const JournalState& state) {
  uint64_t bytes = 0;
  for (const journal::SegmentInfo& segment : state.segments) bytes += segment.bytes;
  return bytes;
}

uint64_t RefusalsWaiting(const JournalState& state) {
  return state.ledger.refusals() - state.ledger.handed_refusals();
}

}  // namespace

int JournalStatus(const Settings& settings) {
  const auto state = Read(settings);
  if (!state) return Fail(state.error());
  const auto choice = ChooseCentral(settings, Role::kGate);
  const std::string central = choice ? ForPeople(choice->central) : choice.error().Message();
  const StoreIdentity store = state->ledger.store().value_or(StoreIdentity{});
  const uint64_t unchecked = state->ledger.unchecked().size();
  if (settings.json) {
    Print(json::serialize(json::object{{"generation", state->ledger.generation()},
                                       {"records", state->ledger.records()},
                                       {"pending", state->ledger.pending().size()},
                                       {"confirmed", state->ledger.confirmed()},
                                       {"quarantined", state->ledger.quarantined().size()},
                                       {"unchecked", unchecked},
                                       {"refusals", state->ledger.refusals()},
                                       {"refusals_waiting", RefusalsWaiting(*state)},
                                       {"central", central},
                                       {"store", {{"id", store.id}, {"epoch", store.epoch}}},
                                       {"segments", state->segments.size()},
                                       {"bytes", BytesOf(*state)},
                                       {"retired_records", state->retired.records},
                                       {"unknown_lines", state->unknown_lines},
                                       {"torn", DamageJson(*state, /*losses=*/false)},
                                       {"set_aside", SetAsideJson(settings.JournalDirectory())},
                                       {"corrupt", DamageJson(*state, /*losses=*/true)}}) +
          "\n");
    return kDone;
  }
  Print(
      fmt::format("generation   {}\nrecords      {}\npending      {}\nconfirmed    {}\n"
                  "quarantined  {}\nsegments     {} ({} bytes)\n",
                  state->ledger.generation(), state->ledger.records(),
                  state->ledger.pending().size(), state->ledger.confirmed(),
                  state->ledger.quarantined().size(), state->segments.size(), BytesOf(*state)));
  PrintLine("central      " + central);
  PrintLine(
      fmt::format("unchecked    {}: the store will be asked whether it still has them", unchecked));
  PrintLine(fmt::format("refusals     {}, {} of them not brought to the store yet",
                        state->ledger.refusals(), RefusalsWaiting(*state)));
  if (state->retired.segments > 0) {
    Print(fmt::format("retired      {} records in {} segments\n", state->retired.records,
                      state->retired.segments));
  }
  for (const auto& [sequence, reason] : state->ledger.quarantined()) {
    PrintLine(fmt::format("quarantined  tap {}: {}", sequence, reason));
  }
  for (const Damage& damage : state->damage) {
    PrintLine(fmt::format("damage       {}", Describe(damage)));
  }
  for (const JournalSetAside& aside : FindSetAside(settings.JournalDirectory())) {
    PrintLine("set aside    " + Describe(aside));
  }
  return kDone;
}

int JournalVerify(const Settings& settings) {
  const auto state = Read(settings);
  if (!state) return Fail(state.error());
  bool lost = false;
  for (const Damage& damage : state->damage) {
    lost |= IsLoss(damage.kind);
    if (!settings.json) PrintLine(Describe(damage));
  }
  if (settings.json) {
    Print(json::serialize(json::object{{"ok", !lost},
                                       {"records", state->ledger.records()},
                                       {"torn", DamageJson(*state, /*losses=*/false)},
                                       {"corrupt", DamageJson(*state, /*losses=*/true)}}) +
          "\n");
  } else if (!lost) {
    Print(fmt::format("{} records in {} segments: every line is whole\n", state->ledger.records(),
                      state->segments.size()));
  }
  return lost ? kProblem : kDone;
}

int JournalList(const Settings& settings, const JournalArguments& arguments) {
  const CardReadings cards = ReadingsOf(arguments.card);
  const auto is_wanted = [&](const Record& record) {
    return arguments.card.empty() || record.NfcId() == arguments.card || cards.MayBe(record.card);
  };
  const auto state = Read(settings);
  if (!state) return Fail(state.error());
  Output output;
  const auto visited = ForEachTap(
      PosixDisk(), settings.JournalDirectory(), *state, [&](const TapVisit& visit) -> Result<> {
        const Record& record = visit.line.record;
        if (!arguments.day.empty() && record.day != arguments.day) return {};
        if (!is_wanted(record)) return {};
        if (!arguments.state.empty() && ToString(visit.state) != arguments.state) return {};
        if (settings.json) {
          json::object object = ToJson(record);
          object.emplace("state", ToString(visit.state));
          output.buffer() += json::serialize(object) + "\n";
        } else {
          output.buffer() += VisibleLine(
              fmt::format("{}  {:<20}  {:<30}  {:<8}  {:<11}  {}{}{}", record.date, record.NfcId(),
                          record.name, ToString(record.status), ToString(visit.state),
                          record.tap.ToString(), visit.reason.empty() ? "" : "  ", visit.reason));
          output.buffer() += '\n';
        }
        return {};
      });
  return visited ? kDone : Fail(visited.error());
}

namespace {

void AppendCsvLine(const TapVisit& visit, std::string& out) {
  const Record& record = visit.line.record;
  const std::string cells[] = {record.tap.ToString(),
                               record.NfcId(),
                               record.tamtap_id,
                               record.name,
                               record.section,
                               record.date,
                               std::string(ToString(record.session)),
                               std::string(ToString(record.status)),
                               record.tapped_at,
                               std::string(ToString(record.clock)),
                               record.photo,
                               std::string(ToString(visit.state)),
                               std::string(visit.reason)};
  for (const std::string& cell : cells) {
    if (&cell != cells) out += ',';
    out += CsvCell(cell);
  }
  out += '\n';
}

// One list of the JSON export, streamed.
Result<> ExportList(const Settings& settings, const JournalState& state, journal::TapState which,
                    Progress& progress, Output& output) {
  bool first = true;
  return ForEachTap(PosixDisk(), settings.JournalDirectory(), state,
                    [&](const TapVisit& visit) -> Result<> {
                      progress.Step();
                      if (visit.state != which) return {};
                      if (!std::exchange(first, false)) output.buffer() += ",\n";
                      if (visit.reason.empty()) {
                        AppendJson(visit.line.record, output.buffer());
                      } else {
                        json::object object = ToJson(visit.line.record);
                        object.emplace("reason", visit.reason);
                        output.buffer() += json::serialize(object);
                      }
                      return {};
                    });
}

}  // namespace

int JournalExport(const Settings& settings, const JournalArguments& arguments) {
  const auto state = Read(settings);
  if (!state) return Fail(state.error());
  Output output;
  if (arguments.format == "json") {
    const std::pair<const char*, journal::TapState> lists[] = {
        {"{\"attendance\":[", journal::TapState::kConfirmed},
        {"],\n\"pending_attendance\":[", journal::TapState::kPending},
        {"],\n\"quarantined\":[", journal::TapState::kQuarantined}};
    Progress progress("exporting", std::size(lists) * InSegments(*state));
    for (const auto& [opening, which] : lists) {
      output.buffer() += opening;
      const auto listed = ExportList(settings, *state, which, progress, output);
      if (!listed) {
        return Fail(listed.error());
      }
    }
    output.buffer() += "]}\n";
    return kDone;
  }
  const bool csv = arguments.format == "csv";
  if (csv) {
    output.buffer() +=
        "tap,nfc_id,tamtap_id,name,section,date,session,status,tapped_at,clock,photo,state,"
        "reason\n";
  }
  Progress progress("exporting", InSegments(*state));
  const auto visited = ForEachTap(PosixDisk(), settings.JournalDirectory(), *state,
                                  [&](const TapVisit& visit) -> Result<> {
                                    progress.Step();
                                    if (csv) {
                                      AppendCsvLine(visit, output.buffer());
                                      return {};
                                    }
                                    json::object object = ToJson(visit.line.record);
                                    object.emplace("state", ToString(visit.state));
                                    if (!visit.reason.empty())
                                      object.emplace("reason", visit.reason);
                                    output.buffer() += json::serialize(object) + "\n";
                                    return {};
                                  });
  return visited ? kDone : Fail(visited.error());
}

}  // namespace tamtap::cli
