#include "cli/master.h"

#include <fmt/core.h>

#include "base/log.h"
#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/command_audit.h"
#include "cli/compose.h"
#include "sync/school_exchange.h"

namespace tamtap::cli {

Result<TimeZone> SchoolsZone(const Settings& settings) {
  TAMTAP_TRY(Master master, Master::Open(settings));
  TAMTAP_TRY(const Master::Seen seen, master.See());
  return SchoolsZone(settings, seen.school);
}

Result<Master> Master::Open(const Settings& given) {
  Settings settings = given;
  TAMTAP_TRY(const MasterChoice choice, ChooseMaster(settings));
  settings.central = choice.central;
  settings.mongodb_name = choice.mongodb_name;
  Master master(settings, ForPeople(choice.central));
  if (!choice.is_server) {
    TAMTAP_TRY(master.store_, OpenSchoolStore(settings));
  } else {
    TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(settings.data));
  }
  if (choice.has_gate || choice.is_server) {
    const auto former = choice.is_server ? SchoolCopy::Former::kKeep : SchoolCopy::Former::kOffer;
    master.copy_ = std::make_unique<SchoolCopy>(PosixDisk(), MachineClock(settings),
                                                settings.RosterPath(), former);
  }
  return master;
}

Result<Master::Seen> Master::See() {
  if (!store_) return SeeAtGate();
  // What an earlier release kept in the copy alone belongs to the master.
  if (copy_ && !copy_->Outbox().empty()) {
    TAMTAP_TRY(const Changed handed, Change([](School&) { return Result<>(); }));
    for (const std::string& why : handed.refused) LogWarning("roster: {}", why);
  }
  TAMTAP_TRY(auto update, store_->PullSchool(""));
  Seen seen;
  if (update) Apply(*std::move(update), seen.school);
  return seen;
}

Result<Master::Changed> Master::Change(const std::function<Result<>(School&)>& change) {
  if (!store_) return ChangeAtGate(change);
  Changed changed;
  if (copy_) {
    const std::vector<SchoolChange> former = copy_->Outbox();
    if (!former.empty()) {
      TAMTAP_TRY(const auto outcomes, store_->ChangeSchool(former));
      TAMTAP_RETURN_IF_ERROR(copy_->HandedOver(former, outcomes));
    }
  }
  TAMTAP_TRY(auto update, store_->PullSchool(""));
  School before;
  if (update) Apply(*std::move(update), before);
  School after = before;
  TAMTAP_RETURN_IF_ERROR(change(after));
  const auto changes = ChangesBetween(before, after, {0, kAuthor}, SystemRandom());
  if (!changes.empty()) {
    TAMTAP_TRY(const auto outcomes, store_->ChangeSchool(changes));
    std::vector<SchoolChange> taken;
    for (size_t i = 0; i < outcomes.size(); ++i) {
      if (outcomes[i].empty()) {
        taken.push_back(changes[i]);
      } else {
        changed.refused.push_back(outcomes[i]);
      }
    }
    NoteChanges(settings_, taken);
  }
  changed.things = changes.size() - changed.refused.size();
  RefreshCopy();
  return changed;
}

void Master::RefreshCopy() {
  if (!copy_) return;
  const std::string known = copy_->Version();
  auto update = store_->PullSchool(known);
  Result<> taken;
  if (!update) {
    taken = update.error();
  } else if (*update) {
    taken = copy_->Take(**std::move(update), known, SystemClock().Now());
  }
  // A gate that runs pulls it by itself.
  if (!taken) LogWarning("{}; the gate here learns it at its next look", taken.error().Message());
}

Result<Master::Seen> Master::SeeAtGate() {
  Seen seen;
  TAMTAP_TRY(seen.note, TalkToServer(nullptr));
  seen.school = copy_->roster().Current()->school();
  return seen;
}

Result<Master::Changed> Master::ChangeAtGate(const std::function<Result<>(School&)>& change) {
  const School before = copy_->roster().Current()->school();
  School after = before;
  TAMTAP_RETURN_IF_ERROR(change(after));
  auto changes = ChangesBetween(before, after, copy_->SaidNow(kAuthor), SystemRandom());
  for (const SchoolChange& each : changes) {
    if (each.fact.kind != FactKind::kSetting) continue;
    return Error{ErrorCode::kRejected, fmt::format("set '{}'", each.fact.key), 0,
                 fmt::format("a gate does not change the settings of the school; do it on the "
                             "machine of {}",
                             name_)};
  }
  Changed changed;
  changed.things = changes.size();
  if (!changes.empty()) TAMTAP_RETURN_IF_ERROR(copy_->Say(std::move(changes)));
  TAMTAP_TRY(changed.note, TalkToServer(&changed.refused));
  changed.things -= std::min(changed.things, changed.refused.size());
  return changed;
}

Result<std::string> Master::TalkToServer(std::vector<std::string>* refused) {
  const auto kept = [this](const Error& why) {
    return fmt::format(
        "{} does not take it now ({}); it is kept in {} and handed over when the "
        "server answers",
        name_, why.Message(), settings_.RosterPath());
  };
  const auto store = OpenCentralStore(settings_);
  if (!store) return kept(store.error());
  const SyncOptions options;
  SchoolExchange exchange(**store, *copy_, MachineClock(settings_), options);
  auto exchanged = exchange.Exchange();
  while (exchanged && exchange.IsDue()) exchanged = exchange.Exchange();
  if (!exchanged) {
    return refused != nullptr
               ? kept(exchanged.error())
               : fmt::format("{} does not answer now ({}); this is the copy of the gate", name_,
                             exchanged.error().Message());
  }
  if (refused != nullptr) *refused = exchange.refusals();
  return std::string();
}

Result<ShownSchool> ShowSchool(const Settings& settings) {
  TAMTAP_TRY(Master master, Master::Open(settings));
  TAMTAP_TRY(auto seen, master.See());
  if (!seen.note.empty()) Complain(fmt::format("tamtap: {}", seen.note));
  return ShownSchool{std::move(seen.school), master.name()};
}

bool SayWhatWasRefused(const Master::Changed& changed) {
  for (const std::string& why : changed.refused) Complain(fmt::format("tamtap: {}", why));
  if (!changed.note.empty()) Complain(fmt::format("tamtap: {}", changed.note));
  return changed.refused.empty();
}

}  // namespace tamtap::cli
