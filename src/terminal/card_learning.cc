#include "terminal/card_learning.h"

#include "base/log.h"

namespace tamtap {
namespace {

constexpr size_t kReadTogether = 500;
constexpr size_t kMostRead = 20'000;  // so that no start takes long

using ReadTaps = Result<std::vector<journal::PendingTap>> (journal::Journal::*)(uint64_t, size_t);

void Collect(journal::Journal& journal, ReadTaps read, RosterHolder::Cards& cards) {
  uint64_t from = 1;
  for (size_t seen = 0; seen < kMostRead;) {
    const auto taps = (journal.*read)(from, kReadTogether);
    if (!taps) return LogWarning("roster: {}", taps.error().Message());
    if (taps->empty()) return;
    for (const journal::PendingTap& tap : *taps) {
      if (!BeginningOf(tap.record.card).empty()) cards.emplace(tap.record.person, tap.record.card);
    }
    seen += taps->size();
    from = taps->back().sequence + 1;
  }
}

// What the central store refused was a tap all the same.
void CollectRefused(journal::Journal& journal, RosterHolder::Cards& cards) {
  const auto taps = journal.ReadQuarantined(kMostRead);
  if (!taps) return LogWarning("roster: {}", taps.error().Message());
  for (const journal::QuarantinedTap& tap : *taps) {
    if (tap.record && !BeginningOf(tap.record->card).empty()) {
      cards.emplace(tap.record->person, tap.record->card);
    }
  }
}

}  // namespace

void LearnCards(journal::Journal& journal, RosterHolder& roster) {
  if (!roster.Current()->cards().WaitsForCards()) return;
  RosterHolder::Cards cards;
  Collect(journal, &journal::Journal::ReadUnchecked, cards);
  Collect(journal, &journal::Journal::ReadPending, cards);
  CollectRefused(journal, cards);
  if (roster.Bind(cards))
    LogInfo("roster: cards of {} taps in the journal are known", cards.size());
}

}  // namespace tamtap
