// The end of a life: what the checker is shown.
#include <fmt/core.h>

#include "journal/journal_reader.h"
#include "sim/server.h"
#include "sim/world.h"

namespace tamtap::sim {

// What the server did not believe, staff look at and vouch for: a gate's clock was wrong, though
// somebody vouched for it. Nothing else may be doubted here, where no gate lies about its taps.
void World::SettleDoubts() {
  if (!server_) return;
  server_->VouchForAll();
  if (!server_->AnythingDoubted()) return;
  for (const auto& station : stations_) {
    if (station->gate) station->gate->Requeue();
  }
  Drain();
}

void World::Judge() {
  SettleDoubts();
  if (plan_.mends_refusals) {
    for (size_t i = 0; i < stations_.size() && merges_; ++i) {
      if (stations_[i]->gate) checker_.CheckStatus(i, stations_[i]->gate->Status(), true);
    }
    front_.refused.clear();
    for (const auto& station : stations_) {
      if (station->gate) station->gate->Requeue();
    }
    Drain();
  }
  if (!merges_) return checker_.NoteRefused(front_.refused);
  CheckSchool();
  BringBackWhatWasSetAside();
  CheckForeignFiles();
  for (size_t i = 0; i < stations_.size(); ++i) {
    Station& station = *stations_[i];
    if (!station.gate) {
      checker_.Fail(fmt::format("I6: gate-{} does not start", i + 1));
      continue;
    }
    station.gate->Maintain();
    checker_.CheckStatus(i, station.gate->Status(), !front_.refused.empty());
    station.gate.reset();
    journal::RecoverOptions verify;
    verify.directory = kJournalDirectory;
    verify.read_everything = true;
    const auto state = journal::Recover(*station.disk, verify);
    if (state) {
      checker_.CheckDisk(i, *station.disk, state->damage);
      CheckRefusals(i);
    } else {
      checker_.Fail("I4: the journal can't be read: " + state.error().Message());
    }
  }
  if (server_ && !front_.replaced_after_it_went_back()) checker_.CheckDoubted(server_->Doubted());
  if (front_.refusals_at_odds()) checker_.Fail("I2: one refusal came with two contents");
  auto everything = front_.central().Everything();
  if (!everything) return checker_.Fail("the store can't be read: " + everything.error().Message());
  checker_.CheckStore(
      *std::move(everything),
      [this](const Record& record) {
        const auto outcomes = front_.central().Store({&record, 1});
        return outcomes ? outcomes->front() : Outcome{OutcomeKind::kRetry, {}};
      },
      front_.refused);
}

// What the journal still holds of cards that were turned away has come to the store.
void World::CheckRefusals(size_t gate) {
  const auto refusals =
      journal::ReadLastRefusals(*stations_[gate]->disk, std::string(kJournalDirectory), SIZE_MAX);
  if (!refusals) return checker_.Fail("I4: " + refusals.error().Message());
  for (const journal::RefusalLine& each : *refusals) {
    const std::string id = each.refusal.id.ToString();
    // A day that is yet to come is not believed of a gate, whether somebody vouched for its clock
    // or nobody did.
    if (checker_.EverLied(gate)) continue;
    if (each.refusal.day > AddDays(zone_.ToLocal(front_.Wall()).day, 1)) continue;
    // Unlike taps, refusals are not offered to the store that a gate is moved to.
    if (other_.refusals().contains(id)) continue;
    if (!front_.refusals().contains(id)) checker_.Fail("I6: refusal " + id + " was not brought");
  }
}

}  // namespace tamtap::sim
