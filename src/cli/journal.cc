// tamtap journal status | verify | list | export | import | requeue | resend
#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/visible.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/journal_set_aside.h"
#include "journal/journal_import.h"
#include "journal/journal_reader.h"
#include "journal/legacy_import.h"
#include "roster/csv_import.h"
#include "roster/roster_file.h"
#include "terminal/inbox.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;
using journal::Damage;
using journal::DamageKind;
using journal::ForEachTap;
using journal::IsLoss;
using journal::JournalState;
using journal::TapVisit;

constexpr std::chrono::milliseconds kAnswerPatience{30'000};
constexpr size_t kFlushBytes = 64 << 10;

struct Arguments {
  std::string file;
  std::string format = "json";
  std::string day;
  std::string card;
  std::string state;
  std::vector<std::string> taps;
  std::string since;
  bool all = false;
};

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

int Status(const Settings& settings) {
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

int Verify(const Settings& settings) {
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

int List(const Settings& settings, const Arguments& arguments) {
  std::string card;
  if (!arguments.card.empty()) {
    const auto parsed = CardId::Parse(arguments.card);
    if (!parsed) return Fail(parsed.error());
    card = parsed->text();
  }
  const auto state = Read(settings);
  if (!state) return Fail(state.error());
  Output output;
  const auto visited = ForEachTap(
      PosixDisk(), settings.JournalDirectory(), *state, [&](const TapVisit& visit) -> Result<> {
        const Record& record = visit.line.record;
        if (!arguments.day.empty() && record.day != arguments.day) return {};
        if (!card.empty() && record.nfc_id.text() != card) return {};
        if (!arguments.state.empty() && ToString(visit.state) != arguments.state) return {};
        if (settings.json) {
          json::object object = ToJson(record);
          object.emplace("state", ToString(visit.state));
          output.buffer() += json::serialize(object) + "\n";
        } else {
          output.buffer() += VisibleLine(fmt::format(
              "{}  {:<20}  {:<30}  {:<8}  {:<11}  {}{}{}", record.date, record.nfc_id.text(),
              record.name, ToString(record.status), ToString(visit.state), record.tap.ToString(),
              visit.reason.empty() ? "" : "  ", visit.reason));
          output.buffer() += '\n';
        }
        return {};
      });
  return visited ? kDone : Fail(visited.error());
}

void AppendCsvLine(const TapVisit& visit, std::string& out) {
  const Record& record = visit.line.record;
  const std::string cells[] = {record.tap.ToString(),
                               record.nfc_id.text(),
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

int Export(const Settings& settings, const Arguments& arguments) {
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

// Does the request here, if nobody holds the journal; else leaves it to who does.
Result<InboxAnswer> Ask(const Settings& settings, InboxRequest request) {
  const std::string inbox = JoinPath(settings.data, "inbox");
  journal::JournalOptions options;
  options.directory = settings.JournalDirectory();
  options.terminal = settings.terminal_id.empty() ? "import" : settings.terminal_id;
  options.maintenance_thread = false;
  auto opened = journal::Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
  if (opened) {
    // What waits there came first.
    TAMTAP_RETURN_IF_ERROR(
        EmptyInbox(PosixDisk(), SystemClock(), inbox, **opened, settings.JournalDirectory()));
    return CarryOut(request, **opened, PosixDisk(), SystemClock(), settings.JournalDirectory());
  }
  if (opened.error().errno_value != EWOULDBLOCK) return opened.error();
  const bool import = request.kind == InboxRequest::Kind::kImport;
  TAMTAP_TRY(const uint64_t waiting, LeaveOutWaiting(PosixDisk(), inbox, request));
  if (import && request.taps.empty()) return InboxAnswer{0, waiting, {}};
  TAMTAP_TRY(const std::string name, LeaveRequest(PosixDisk(), SystemRandom(), inbox, request));
  TAMTAP_TRY(InboxAnswer answer,
             AwaitAnswer(PosixDisk(), SystemClock(), inbox, name, kAnswerPatience));
  answer.skipped += waiting;
  return answer;
}

// Taps of a journal that was set aside, or of a card that is read here.
int ImportJournal(const Settings& settings, const std::string& directory) {
  auto import = journal::ReadJournalToImport(PosixDisk(), SystemClock(), directory);
  if (!import) return Fail(import.error());
  InboxRequest request;
  request.kind = InboxRequest::Kind::kTakeOver;
  request.journal = *std::move(import);
  const auto answer = Ask(settings, request);
  if (!answer) return Fail(answer.error());
  Print(settings.json
            ? fmt::format("{{\"imported\":{},\"skipped\":{}}}\n", answer->done, answer->skipped)
            : fmt::format("{} taps imported, {} were there already\n", answer->done,
                          answer->skipped));
  return answer->error.empty() ? kDone : kProblem;
}

int Import(const Settings& settings, const Arguments& arguments) {
  if (PosixDisk().List(arguments.file)) return ImportJournal(settings, arguments.file);
  const auto text = ReadFile(PosixDisk(), arguments.file);
  if (!text) return Fail(text.error());
  const auto zone = TimeZone::Load(settings.timezone);
  if (!zone) return Fail(zone.error());
  auto import = journal::ReadLegacyFile(*text, *zone);
  if (!import) return Fail(import.error());
  for (const std::string& error : import->errors) {
    Complain(fmt::format("{}: {}", arguments.file, error));
  }
  InboxRequest request;
  request.taps = std::move(import->taps);
  const auto answer = Ask(settings, request);
  if (!answer) return Fail(answer.error());
  size_t people_added = 0;
  const auto updated = UpdateSchool(PosixDisk(), SystemClock(), settings.RosterPath(),
                                    [&](School& school) -> Result<> {
                                      CsvImport people;
                                      people.people = import->people;
                                      people_added = AddToSchool(std::move(people), "", school);
                                      return {};
                                    });
  if (!updated) return Fail(updated.error());
  if (settings.json) {
    Print(fmt::format(
        "{{\"imported\":{},\"skipped\":{},\"repeated\":{},\"people\":{},\"errors\":{}}}\n",
        answer->done, answer->skipped, import->repeated, people_added, import->errors.size()));
  } else {
    Print(fmt::format("{} taps imported, {} were there already; {} people added\n", answer->done,
                      answer->skipped, people_added));
    if (import->repeated > 0) {
      Print(fmt::format("{} entries stand in the file more than once\n", import->repeated));
    }
    if (!import->errors.empty()) {
      Print(fmt::format("{} entries could not be read; they are named above\n",
                        import->errors.size()));
    }
  }
  return import->errors.empty() && answer->error.empty() ? kDone : kProblem;
}

int Requeue(const Settings& settings, const Arguments& arguments) {
  if (arguments.all == !arguments.taps.empty()) {
    Complain("tamtap: say which taps, or --all");
    return kUsage;
  }
  InboxRequest request;
  request.kind = InboxRequest::Kind::kRequeue;
  for (const std::string& tap : arguments.taps) {
    if (const auto parsed = TapId::Parse(tap); !parsed) return Fail(parsed.error());
    request.tap_ids.push_back(tap);
  }
  const auto answer = Ask(settings, request);
  if (!answer) return Fail(answer.error());
  Print(settings.json ? fmt::format("{{\"requeued\":{}}}\n", answer->done)
                      : fmt::format("{} taps are pending again\n", answer->done));
  if (answer->error.empty()) return kDone;
  Complain(fmt::format("tamtap: {}", answer->error));
  return kProblem;
}

// The store is asked about these taps by their ids, and what it lacks is sent once more.
int Resend(const Settings& settings, const Arguments& arguments) {
  if (!IsDay(arguments.since)) {
    Complain("tamtap: --since takes a day, YYYY-MM-DD");
    return kUsage;
  }
  InboxRequest request;
  request.kind = InboxRequest::Kind::kResend;
  request.since = arguments.since;
  const auto answer = Ask(settings, request);
  if (!answer) return Fail(answer.error());
  if (!answer->error.empty()) {
    Complain(fmt::format("tamtap: {}", answer->error));
    return kProblem;
  }
  Print(settings.json ? fmt::format("{{\"offered\":{}}}\n", answer->done)
                      : fmt::format("{} confirmed taps since {} are offered again: the store is "
                                    "asked about each, and sent what it lacks\n",
                                    answer->done, arguments.since));
  return kDone;
}

void AddJournalFlag(CLI::App& command, Settings& settings) {
  command.add_option("--journal", settings.journal,
                     "The journal's directory (default: DATA/journal)");
}

}  // namespace

void AddJournal(CLI::App& app, Settings& settings, Action& action) {
  static Arguments arguments;
  CLI::App* const journal = app.add_subcommand("journal", "Look into this terminal's journal");
  journal->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*run)(const Settings&)) {
    CLI::App* const command = journal->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddJournalFlag(*command, settings);
    command->callback(
        [&action, &settings, run] { action = [&settings, run] { return run(settings); }; });
    return command;
  };
  const auto add_with = [&](const char* name, const char* what,
                            int (*run)(const Settings&, const Arguments&)) {
    CLI::App* const command = journal->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddJournalFlag(*command, settings);
    command->callback([&action, &settings, run] {
      action = [&settings, run] { return run(settings, arguments); };
    });
    return command;
  };
  add("status", "How many taps are pending, confirmed and quarantined", Status);
  add("verify", "Read every line; exit 1 if anything was lost, and say where", Verify);

  CLI::App* const list = add_with("list", "Print the taps", List);
  list->add_option("--day", arguments.day, "Only of that day, YYYY-MM-DD");
  list->add_option("--card", arguments.card, "Only of that card");
  list->add_option("--state", arguments.state, "Only pending, confirmed or quarantined")
      ->check(CLI::IsMember({"pending", "confirmed", "quarantined"}));

  CLI::App* const exporting = add_with("export", "Print every tap", Export);
  exporting->add_option("--format", arguments.format, "json, jsonl or csv")
      ->check(CLI::IsMember({"json", "jsonl", "csv"}))
      ->capture_default_str();

  CLI::App* const import = add_with(
      "import",
      "Take over an existing tamtap_users.json, or the taps of another journal; twice is once",
      Import);
  import
      ->add_option("FILE", arguments.file,
                   "The predecessor's JSON file, or the directory of a journal that was set aside")
      ->required();
  import->add_option("--timezone", settings.timezone, "The time zone of the file's dates")
      ->capture_default_str();

  CLI::App* const requeue = add_with("requeue", "Make quarantined taps pending again", Requeue);
  requeue->add_option("TAP", arguments.taps, "Tap ids");
  requeue->add_flag("--all", arguments.all, "All that are quarantined");

  CLI::App* const resend = add_with(
      "resend", "Offer confirmed taps to the central store again; it gets what it lacks", Resend);
  resend->add_option("--since", arguments.since, "From that day on, YYYY-MM-DD")->required();
}

}  // namespace tamtap::cli
