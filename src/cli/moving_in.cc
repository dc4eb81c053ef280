#include "cli/moving_in.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <numeric>

#include "central/removed_people.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/compose.h"
#include "cli/former_staff.h"
#include "cli/journal_commands.h"
#include "cli/master.h"
#include "cli/moving_in_trial.h"
#include "school/move_plan.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr size_t kStoredTogether = 500;
constexpr size_t kMostNamed = 20;  // of those who are new
// What stores say of a tap that they have with other words: somebody's section then, say. The one
// that came first stays.
constexpr std::string_view kThereOtherwise = "tap id with two contents";

struct Report {
  MovePlan plan;
  InboxAnswer journal;
  StoredCounts taps;
  StoredCounts marks;
  StaffTaken staff;
  std::vector<std::string> left_out;
  std::vector<std::string> refused;  // by the master
  std::string store;
};

// Whether the store has it now.
bool Note(const Record& record, const Outcome& outcome, StoredCounts& counts,
          std::vector<std::string>& left_out) {
  const bool rejected = outcome.kind == OutcomeKind::kRejected;
  if (rejected && outcome.reason != kThereOtherwise) {
    left_out.push_back(WhyLeftOut(record, outcome.reason));
    return false;
  }
  ++(rejected || outcome.kind == OutcomeKind::kAlreadyStored ? counts.there : counts.added);
  return true;
}

// `wanted` are places of records. What the store puts off, because it is slow, is brought again.
template <typename RecordAt>
Result<> StoreSome(SchoolStore& store, std::vector<size_t> wanted, RecordAt record_at,
                   StoredCounts& counts, std::vector<std::string>& left_out) {
  while (!wanted.empty()) {
    std::vector<Record> records;
    for (const size_t place : wanted) records.push_back(record_at(place));
    TAMTAP_TRY(const auto outcomes, store.Store(records));
    std::vector<size_t> again;
    std::string why;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (outcomes[i].kind == OutcomeKind::kRetry) {
        again.push_back(wanted[i]);
        why = outcomes[i].reason;
      } else {
        counts.has[wanted[i]] = Note(records[i], outcomes[i], counts, left_out);
      }
    }
    if (again.size() == wanted.size()) {
      return Error{ErrorCode::kRetry, "store the attendance", 0,
                   fmt::format("{}; import once more, what is there stays once", why)};
    }
    wanted = std::move(again);
  }
  return {};
}

template <typename RecordAt>
Result<StoredCounts> Store(SchoolStore& store, size_t count, RecordAt record_at,
                           std::string_view what, std::vector<std::string>& left_out) {
  StoredCounts counts;
  counts.has.resize(count);
  Progress progress(what, (count + kStoredTogether - 1) / kStoredTogether);
  for (size_t first = 0; first < count; first += kStoredTogether) {
    std::vector<size_t> wanted(std::min(kStoredTogether, count - first));
    std::iota(wanted.begin(), wanted.end(), first);
    TAMTAP_RETURN_IF_ERROR(StoreSome(store, std::move(wanted), record_at, counts, left_out));
    progress.Step();
  }
  return counts;
}

// At a gate of another server: that server keeps the settings and what staff said.
void LeaveToServer(const std::string& server, MovingIn& moving) {
  journal::LegacyImport& brings = moving.brings;
  const std::string why = fmt::format(
      "a gate does not bring that to its server; import it on the "
      "machine of {}, too",
      server);
  for (const Record& mark : brings.marks) {
    brings.errors.push_back(
        fmt::format("{} of {} on {}: {}", ToString(mark.status), mark.NfcId(), mark.day, why));
  }
  for (const auto& [key, value] : brings.school.settings) {
    brings.errors.push_back(fmt::format("setting {}: {}", key, why));
  }
  for (const journal::LegacyAccount& account : brings.accounts) {
    brings.errors.push_back(fmt::format("account {}: {}", account.username, why));
  }
  brings.marks.clear();
  brings.school.settings.clear();
  brings.accounts.clear();
}

// MongoDB's documents do not say who was removed: there nobody ever was.
Result<RemovedPeople> RemovedHere(const Settings& settings, const Master& master,
                                  const MovingIn& moving) {
  RemovedPeople removed;
  if (moving.bring_back || master.store() == nullptr) return removed;
  TAMTAP_TRY(const MasterChoice choice, ChooseMaster(settings));
  constexpr std::string_view kSqlite = "sqlite:";
  if (!choice.central.starts_with(kSqlite)) return removed;
  TAMTAP_TRY(const auto people, central::ReadRemovedPeople(choice.central.substr(kSqlite.size())));
  for (const auto& [person, at] : people) removed.emplace(person, moving.zone.ToLocal(at).day);
  return removed;
}

Result<Master::Changed> ChangeSchool(const Settings& settings, Master& master,
                                     const MovingIn& moving, MovePlan& plan) {
  const std::string now = moving.zone.ToLocal(SystemClock().Now()).date;
  TAMTAP_TRY(const RemovedPeople removed, RemovedHere(settings, master, moving));
  return master.Change([&](School& school) -> Result<> {
    plan = PlanMove(school, moving.brings.school, removed);
    ApplyMove(plan, now, school);
    return {};
  });
}

// The central store first: what it has then is confirmed, whatever the file says of it.
Result<> BringAttendance(const Settings& settings, Master& master, MovingIn& moving,
                         Report& report) {
  journal::AdoptPeople(report.plan.keys, moving.zone, moving.brings);
  std::vector<journal::ImportedTap>& taps = moving.brings.taps;
  if (SchoolStore* const store = master.store()) {
    const std::vector<Record>& marks = moving.brings.marks;
    const auto tap_at = [&](size_t place) -> const Record& { return taps[place].record; };
    const auto mark_at = [&](size_t place) -> const Record& { return marks[place]; };
    TAMTAP_TRY(report.taps, Store(*store, taps.size(), tap_at, "taps", report.left_out));
    TAMTAP_TRY(report.marks,
               Store(*store, marks.size(), mark_at, "marks of staff", report.left_out));
    for (size_t i = 0; i < taps.size(); ++i) taps[i].confirmed = report.taps.has[i];
  }
  if (!moving.into_journal) return {};
  InboxRequest request;
  request.taps = std::move(taps);
  TAMTAP_TRY(report.journal, AskJournal(settings, std::move(request)));
  if (!report.journal.error.empty()) report.left_out.push_back(report.journal.error);
  return {};
}

// Where nobody has an account, no file for accounts is made.
Result<> BringStaff(const Settings& settings, const MovingIn& moving, Report& report) {
  if (moving.brings.accounts.empty()) return {};
  TAMTAP_TRY(const auto identity, OpenIdentityStore(settings));
  TAMTAP_TRY(report.staff, TakeInStaff(*identity, moving.brings.accounts));
  report.left_out.insert(report.left_out.end(), report.staff.left_out.begin(),
                         report.staff.left_out.end());
  return {};
}

// All of that, and nothing of it done.
Result<> Try(const Settings& settings, Master& master, MovingIn& moving, Report& report) {
  TAMTAP_TRY(const Master::Seen seen, master.See());
  if (!seen.note.empty()) Complain(fmt::format("tamtap: {}", seen.note));
  TAMTAP_TRY(const RemovedPeople removed, RemovedHere(settings, master, moving));
  report.plan = PlanMove(seen.school, moving.brings.school, removed);
  journal::AdoptPeople(report.plan.keys, moving.zone, moving.brings);
  if (SchoolStore* const store = master.store()) {
    std::vector<Record> taps;
    for (const journal::ImportedTap& tap : moving.brings.taps) taps.push_back(tap.record);
    TAMTAP_RETURN_IF_ERROR(TryStore(*store, taps, report.taps, report.left_out));
    TAMTAP_RETURN_IF_ERROR(TryStore(*store, moving.brings.marks, report.marks, report.left_out));
  }
  if (moving.into_journal) {
    TAMTAP_TRY(report.journal, TryJournal(settings, moving.brings.taps));
  }
  if (moving.brings.accounts.empty()) return {};
  TAMTAP_TRY(report.staff, TryStaff(settings, moving.brings.accounts));
  report.left_out.insert(report.left_out.end(), report.staff.left_out.begin(),
                         report.staff.left_out.end());
  return {};
}

json::object ToJson(const MoveCounts& counts) {
  return {{"new", counts.added}, {"unchanged", counts.unchanged}, {"kept", counts.kept}};
}

json::object ToJson(const StoredCounts& counts) {
  return {{"new", counts.added}, {"unchanged", counts.there}};
}

json::object ToJson(const StaffTaken& staff) {
  return {{"new", staff.added},
          {"changed", staff.changed},
          {"unchanged", staff.there},
          {"removed", staff.removed}};
}

void PrintJson(const MovingIn& moving, const Report& report) {
  const bool journal = moving.into_journal;
  json::object school{{"people", ToJson(report.plan.people)},
                      {"schedules", ToJson(report.plan.schedules)},
                      {"calendar", ToJson(report.plan.calendar)},
                      {"settings", ToJson(report.plan.settings)}};
  const json::object object{{"imported", journal ? report.journal.done : report.taps.added},
                            {"skipped", journal ? report.journal.skipped : report.taps.there},
                            {"repeated", moving.brings.repeated},
                            {"people", report.plan.people.added},
                            {"errors", report.left_out.size()},
                            {"dry_run", moving.dry_run},
                            {"store", report.store},
                            {"school", std::move(school)},
                            {"taps", ToJson(report.taps)},
                            {"marks", ToJson(report.marks)},
                            {"accounts", ToJson(report.staff)},
                            {"left_out", json::value_from(report.left_out)},
                            {"new_people", json::value_from(report.plan.new_people)},
                            {"notes", json::value_from(report.plan.notes)}};
  Print(json::serialize(object) + "\n");
}

std::string CountsText(const char* what, const MoveCounts& counts) {
  return fmt::format("{}: {} new, {} unchanged, {} stay as they are here", what, counts.added,
                     counts.unchanged, counts.kept);
}

void PrintSchool(const MovePlan& plan) {
  for (const std::string& note : plan.notes) PrintLine(note);
  const std::vector<std::string>& fresh = plan.new_people;
  for (size_t i = 0; i < std::min(kMostNamed, fresh.size()); ++i) PrintLine("new: " + fresh[i]);
  if (fresh.size() > kMostNamed) {
    PrintLine(fmt::format("new: and {} more", fresh.size() - kMostNamed));
  }
  PrintLine(CountsText("people", plan.people));
  const std::pair<const char*, const MoveCounts*> kOthers[] = {
      {"schedules", &plan.schedules}, {"calendar", &plan.calendar}, {"settings", &plan.settings}};
  for (const auto& [what, counts] : kOthers) {
    const bool any = counts->added + counts->unchanged + counts->kept > 0;
    if (any) PrintLine(CountsText(what, *counts));
  }
}

void PrintAttendance(const MovingIn& moving, const Report& report, bool gate_of_server) {
  const char* const come = moving.dry_run ? "would be imported" : "imported";
  if (gate_of_server) {
    PrintLine(fmt::format("{} taps {}, {} were there already; the gate brings them to {}",
                          report.journal.done, come, report.journal.skipped, report.store));
  } else {
    PrintLine(fmt::format("{} taps {}, {} were there already", report.taps.added, come,
                          report.taps.there));
    PrintLine(fmt::format("{} marks of staff {}, {} were there already", report.marks.added, come,
                          report.marks.there));
  }
  const StaffTaken& staff = report.staff;
  if (!moving.brings.accounts.empty()) {
    PrintLine(fmt::format(
        "accounts: {} new, {} with another password than before, {} unchanged, {} removed here",
        staff.added, staff.changed, staff.there, staff.removed));
  }
  if (moving.brings.repeated > 0) {
    PrintLine(fmt::format("{} entries are there more than once", moving.brings.repeated));
  }
}

int Say(const Settings& settings, const MovingIn& moving, Report& report, bool gate_of_server) {
  std::vector<std::string>& left_out = report.left_out;
  std::vector<std::string>& notes = report.plan.notes;
  notes.insert(notes.end(), moving.brings.notes.begin(), moving.brings.notes.end());
  left_out.insert(left_out.begin(), report.plan.left_out.begin(), report.plan.left_out.end());
  left_out.insert(left_out.begin(), moving.brings.errors.begin(), moving.brings.errors.end());
  left_out.insert(left_out.end(), report.refused.begin(), report.refused.end());
  for (const std::string& each : left_out) {
    Complain(fmt::format("{}: left out: {}", moving.from, each));
  }
  if (settings.json) {
    PrintJson(moving, report);
  } else {
    PrintSchool(report.plan);
    PrintAttendance(moving, report, gate_of_server);
    if (!left_out.empty()) {
      PrintLine(fmt::format("{} entries were left out; they are named above", left_out.size()));
    }
    PrintLine(moving.dry_run ? fmt::format("nothing was changed in {}", report.store)
                             : fmt::format("in {}", report.store));
  }
  return left_out.empty() ? kDone : kProblem;
}

}  // namespace

int MoveIn(const Settings& settings, MovingIn moving) {
  auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  const bool gate_of_server = master->store() == nullptr;
  Report report;
  report.store = master->name();
  if (gate_of_server) LeaveToServer(report.store, moving);
  if (moving.dry_run) {
    const auto tried = Try(settings, *master, moving, report);
    if (!tried) return Fail(tried.error());
    return Say(settings, moving, report, gate_of_server);
  }
  const auto changed = ChangeSchool(settings, *master, moving, report.plan);
  if (!changed) return Fail(changed.error());
  if (!changed->note.empty()) Complain(fmt::format("tamtap: {}", changed->note));
  report.refused = changed->refused;
  auto brought = BringAttendance(settings, *master, moving, report);
  if (brought) brought = BringStaff(settings, moving, report);
  if (!brought) return Fail(brought.error());
  return Say(settings, moving, report, gate_of_server);
}

}  // namespace tamtap::cli
