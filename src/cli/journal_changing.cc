// tamtap journal requeue | resend, and how an import reaches the journal: what changes a journal is
// done by who holds it.
#include <fmt/core.h>

#include "cli/command.h"
#include "cli/journal_commands.h"
#include "terminal/inbox.h"

namespace tamtap::cli {
namespace {

constexpr std::chrono::milliseconds kAnswerPatience{30'000};

}  // namespace

Result<InboxAnswer> AskJournal(const Settings& settings, InboxRequest request) {
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
  const auto answer = AskJournal(settings, request);
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
  const auto answer = AskJournal(settings, request);
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
