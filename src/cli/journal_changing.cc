// tamtap journal import | requeue | resend: what changes a journal is done by who holds it.
#include <fmt/core.h>

#include <set>

#include "cli/command.h"
#include "cli/journal_commands.h"
#include "cli/master.h"
#include "journal/journal_import.h"
#include "journal/legacy_import.h"
#include "school/import_plan.h"
#include "terminal/inbox.h"

namespace tamtap::cli {
namespace {

constexpr std::chrono::milliseconds kAnswerPatience{30'000};

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
int TakeOverJournal(const Settings& settings, const std::string& directory) {
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

struct AddedPeople {
  size_t added = 0;
  std::vector<std::string> left_out;  // why
};

// Adds the people of an existing installation who are not here yet. Whoever has a card here stays
// as they are: what the school has said since then holds.
AddedPeople AddPeople(const std::vector<Person>& people, School& school) {
  std::set<std::string> known;
  for (const Person& person : school.people) known.insert(CardIdentity(person));
  RosterSheet sheet;
  for (const Person& person : people) {
    if (!known.contains(CardIdentity(person))) sheet.people.push_back({0, person, true});
  }
  ImportPlan plan = PlanImport(school, std::move(sheet), {SameName::kAnotherPerson});
  AddedPeople result{plan.added.size(), {}};
  for (LeftOut& each : plan.left_out) result.left_out.push_back(std::move(each.why));
  plan.left_out.clear();
  ApplyImport(plan, "", school);
  return result;
}

}  // namespace

int JournalImport(const Settings& settings, const JournalArguments& arguments) {
  if (PosixDisk().List(arguments.file)) return TakeOverJournal(settings, arguments.file);
  const auto text = ReadFile(PosixDisk(), arguments.file);
  if (!text) return Fail(text.error());
  // A flag is about the file, which may come from elsewhere.
  const auto zone = settings.timezone.empty() ? SchoolsZone(settings) : ZoneUntilSaid(settings);
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
  AddedPeople people;
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const auto changed = master->Change([&](School& school) -> Result<> {
    people = AddPeople(import->people, school);
    return {};
  });
  if (!changed) return Fail(changed.error());
  for (const std::string& why : changed->refused) Complain(fmt::format("tamtap: {}", why));
  if (!changed->note.empty()) Complain(fmt::format("tamtap: {}", changed->note));
  for (const std::string& error : people.left_out) {
    Complain(fmt::format("{}: {}", arguments.file, error));
    import->errors.push_back(error);
  }
  if (settings.json) {
    Print(fmt::format(
        "{{\"imported\":{},\"skipped\":{},\"repeated\":{},\"people\":{},\"errors\":{}}}\n",
        answer->done, answer->skipped, import->repeated, people.added, import->errors.size()));
  } else {
    Print(fmt::format("{} taps imported, {} were there already; {} people added\n", answer->done,
                      answer->skipped, people.added));
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

int JournalRequeue(const Settings& settings, const JournalArguments& arguments) {
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
int JournalResend(const Settings& settings, const JournalArguments& arguments) {
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

}  // namespace tamtap::cli
