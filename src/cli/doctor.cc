// tamtap doctor: what is wrong on this machine, and how to mend it.
#include <fmt/core.h>
#include <sys/stat.h>

#include <algorithm>
#include <boost/json.hpp>
#include <set>
#include <vector>

#include "base/battery_clock.h"
#include "base/disk.h"
#include "base/disk_room.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/credentials_file.h"
#include "cli/device_report.h"
#include "cli/journal_set_aside.h"
#include "cli/master.h"
#include "journal/journal_reader.h"
#include "journal/reconcile.h"
#include "server/credentials.h"

namespace tamtap::cli {
namespace {

constexpr int kFlushes = 64;
constexpr int64_t kSlowFlushUs = 20'000;

// The median of small writes, each flushed, as an append does them.
Result<int64_t> FlushMicroseconds(const std::string& directory) {
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(directory));
  const std::string path = JoinPath(directory, "doctor." + SystemRandom().Hex(4));
  std::vector<int64_t> times;
  {
    TAMTAP_TRY(const auto file, PosixDisk().Open(path, OpenMode::kCreateReadWrite));
    TAMTAP_RETURN_IF_ERROR(file->WriteAt(0, std::string(64 << 10, '\n')));
    TAMTAP_RETURN_IF_ERROR(file->DataSync());
    for (uint64_t i = 0; i < kFlushes; ++i) {
      const MonotonicTime before = SystemClock().MonotonicNow();
      TAMTAP_RETURN_IF_ERROR(file->WriteAt(i * 600, std::string(600, 'x')));
      TAMTAP_RETURN_IF_ERROR(file->DataSync());
      times.push_back((SystemClock().MonotonicNow() - before).count());
    }
  }
  TAMTAP_RETURN_IF_ERROR(PosixDisk().Remove(path));
  std::nth_element(times.begin(), times.begin() + kFlushes / 2, times.end());
  return times[kFlushes / 2];
}

Finding ExamineStore(Settings settings) {
  constexpr const char* kWhat = "central store";
  const auto choice = ChooseCentral(settings, Role::kGate);
  if (!choice) return {kWhat, false, choice.error().Message()};
  settings.central = choice->central;
  settings.mongodb_name = choice->mongodb_name;
  const std::string name = ForPeople(choice->central);
  const auto store = OpenCentralStore(settings);
  const Result<> answers = store ? (*store)->Ping() : Result<>(store.error());
  if (!answers) return {kWhat, false, fmt::format("{}: {}", name, answers.error().Message())};
  if (choice->before.empty()) return {kWhat, true, name + ": it answers"};
  return {kWhat, true,
          fmt::format("{}: it answers; this installation belongs to {} and would move", name,
                      ForPeople(choice->before))};
}

// Why taps that were recorded under a former name of this gate may not go to its server; empty:
// they may, or nobody can be asked.
Result<std::string> AskAboutNames(const std::string& server, const std::string& secret,
                                  const std::string& names) {
  TAMTAP_TRY(const auto client, MakeServerClient(server));
  http::Request request;
  request.method = "GET";
  request.target = "/api/terminal/hello?former=" + names;
  request.headers = {{"Authorization", "Bearer " + secret}};
  TAMTAP_TRY(const http::Response response, client->Send(std::move(request)));
  boost::system::error_code failed;
  const boost::json::value value = boost::json::parse(response.body, failed);
  const boost::json::object* const body = failed ? nullptr : value.if_object();
  const boost::json::value* const former = body ? body->if_contains("former") : nullptr;
  std::string reasons;
  if (response.status != 200 || former == nullptr || !former->is_object()) return reasons;
  for (const auto& [name, reason] : former->get_object()) {
    if (!reason.is_string() || reason.get_string().empty()) continue;
    reasons += "; " + boost::json::value_to<std::string>(reason);
  }
  return reasons;
}

Finding ExamineBacklog(const Settings& settings) {
  constexpr const char* kWhat = "backlog";
  const auto there = PosixDisk().Exists(settings.JournalDirectory());
  if (there && !*there) return {kWhat, true, "no tap was taken here yet"};
  const auto state =
      journal::ReadWholeJournal(PosixDisk(), SystemClock(), settings.JournalDirectory());
  if (!state) return {kWhat, false, state.error().Message()};
  const auto credentials = LoadCredentials(settings.CredentialsPath());
  const std::string name = credentials && *credentials ? (*credentials)->terminal : std::string();
  uint64_t pending = 0;
  uint64_t quarantined = 0;
  std::set<std::string> names;  // under which pending taps were recorded
  const auto visited =
      journal::ForEachTap(PosixDisk(), settings.JournalDirectory(), *state,
                          [&](const journal::TapVisit& visit) -> Result<> {
                            quarantined += visit.state == journal::TapState::kQuarantined ? 1 : 0;
                            if (visit.state != journal::TapState::kPending) return {};
                            ++pending;
                            names.insert(visit.line.record.tap.terminal);
                            return {};
                          });
  if (!visited) return {kWhat, false, visited.error().Message()};
  std::string said = fmt::format("{} taps wait to be sent, {} were refused", pending, quarantined);
  names.erase(name);
  names.erase(std::string(kImportTerminal));
  const auto choice = ChooseCentral(settings, Role::kGate);
  const bool can_ask = choice && choice->central.starts_with("http") && !name.empty();
  if (names.empty() || !can_ask) return {kWhat, quarantined == 0, said};
  std::string list;
  for (const std::string& each : names) list += (list.empty() ? "" : ",") + each;
  const auto reasons = AskAboutNames(choice->central, (*credentials)->secret, list);
  if (!reasons) return {kWhat, false, said + "; " + reasons.error().Message()};
  return {kWhat, quarantined == 0 && reasons->empty(), said + *reasons};
}

// Whether both are there and on one medium: then one fault takes both.
bool AreOnOneMedium(const std::string& a, const std::string& b) {
  struct stat of_a {};
  struct stat of_b {};
  return stat(a.c_str(), &of_a) == 0 && stat(b.c_str(), &of_b) == 0 && of_a.st_dev == of_b.st_dev;
}

void AddMirror(const Settings& settings, std::vector<Finding>& findings) {
  const std::string journal = settings.JournalDirectory();
  const std::string mirror = settings.journal_mirror.empty()
                                 ? journal::RememberedMirror(PosixDisk(), journal)
                                 : settings.journal_mirror;
  if (!mirror.empty()) {
    const auto there = PosixDisk().Exists(mirror);
    if (!there || !*there) {
      findings.push_back({"mirror", false, fmt::format("{} is not there; plug it in", mirror)});
    } else if (AreOnOneMedium(journal, mirror)) {
      findings.push_back({"mirror", false,
                          fmt::format("{} is on the journal's own medium; it protects from little "
                                      "there (is its stick plugged in?)",
                                      mirror)});
    } else {
      findings.push_back({"mirror", true, fmt::format("{} is there", mirror)});
    }
  }
  for (const JournalSetAside& aside : FindSetAside(journal)) {
    findings.push_back({"set aside", false, Describe(aside)});
  }
}

std::vector<Finding> Examine(const Settings& settings) {
  std::vector<Finding> findings;
  const auto flush = FlushMicroseconds(settings.data);
  if (!flush) {
    findings.push_back({"disk", false, flush.error().Message()});
  } else {
    findings.push_back({"disk", *flush < kSlowFlushUs,
                        fmt::format("a flush takes {} us{}", *flush,
                                    *flush < kSlowFlushUs ? "" : "; a better card would help")});
  }
  if (PosixDisk().Exists(settings.data).value_or(false)) {
    const auto free = PosixDisk().FreeBytes(settings.data);
    const std::string problem =
        free ? DescribeRoom(*free, kServerPhotoReserve) : free.error().Message();
    findings.push_back({"space", problem.empty(),
                        problem.empty() ? fmt::format("{} MiB are free", *free >> 20) : problem});
  }
  AddMirror(settings, findings);
  Clock& clock = MachineClock(settings);
  const BatteryClock battery = FindBatteryClock(SystemClock().Now());
  findings.push_back(
      {"clock", clock.Synchronised(),
       clock.SetByNetwork() ? "it is synchronised"
       : clock.Synchronised()
           ? (battery == BatteryClock::kNone ? "believed, as --clock rtc says" : Describe(battery))
           : fmt::format("nobody set it right since the start, and {}; taps are "
                         "marked unsure until NTP or the server says the time",
                         Describe(battery))});
  const auto zone = SchoolsZone(settings);
  findings.push_back(
      {"time zone", zone.has_value(),
       zone ? fmt::format("{}: it is {}", zone->name(), zone->ToLocal(SystemClock().Now()).iso)
            : zone.error().Message()});
  AddDevices(settings, findings);
  findings.push_back(ExamineStore(settings));
  findings.push_back(ExamineBacklog(settings));
  return findings;
}

int Doctor(const Settings& settings) {
  bool fine = true;
  boost::json::array list;
  for (const Finding& finding : Examine(settings)) {
    fine &= finding.fine;
    if (settings.json) {
      list.push_back({{"what", finding.what}, {"ok", finding.fine}, {"said", finding.said}});
    } else {
      PrintLine(
          fmt::format("{}  {:<14} {}", finding.fine ? "ok " : "!! ", finding.what, finding.said));
    }
  }
  if (settings.json) Print(boost::json::serialize(list) + "\n");
  return fine ? kDone : kProblem;
}

}  // namespace

void AddDoctor(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const command =
      app.add_subcommand("doctor", "Say what is wrong here, and how to mend it");
  AddCommonFlags(*command, settings);
  AddStoreFlags(*command, settings);
  AddTerminalFlags(*command, settings);
  AddButtonFlags(*command, settings);
  command->callback([&] { action = [&] { return Doctor(settings); }; });
}

}  // namespace tamtap::cli
