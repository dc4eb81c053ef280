#include "sync/school_exchange.h"

#include <algorithm>
#include <utility>

#include "base/log.h"

namespace tamtap {

std::chrono::milliseconds SchoolExchange::Wait() const {
  const auto left = changed_ ? MonotonicTime::duration::zero() : next_ - clock_.MonotonicNow();
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::max(left, MonotonicTime::duration::zero()));
}

std::set<std::string> SchoolExchange::PeopleToTellOf() const {
  std::set<std::string> people;
  if (said_refused_) return people;
  for (const SchoolChange& change : copy_.Outbox()) {
    if (change.fact.kind == FactKind::kPerson) people.insert(change.fact.key);
  }
  return people;
}

Result<> SchoolExchange::Exchange() {
  changed_ = false;
  auto exchanged = PullAndHandOver();
  next_ = clock_.MonotonicNow() + (exchanged ? options_.school_interval : options_.again);
  return exchanged;
}

Result<> SchoolExchange::PullAndHandOver() {
  // First the master's own word: one that knows nothing of the school yet is told all that this
  // gate knows, and not only what was said here. It would look emptied to all its gates else.
  TAMTAP_TRY(const bool pulled, Pull());
  if (!pulled) return {};
  TAMTAP_TRY(const bool handed, HandOver());
  if (handed) TAMTAP_RETURN_IF_ERROR(Pull());
  return {};
}

// One call at a time: taps go before the rest.
Result<bool> SchoolExchange::HandOver() {
  const std::vector<SchoolChange> outbox = copy_.Outbox();
  if (outbox.empty()) return false;
  const std::span<const SchoolChange> slice =
      std::span(outbox).first(std::min(kMostChanges, outbox.size()));
  const auto outcomes = store_.ChangeSchool(slice);
  if (!outcomes && outcomes.error().code == ErrorCode::kRejected) {
    // A server of an earlier release. What was said here goes on holding here.
    if (!said_refused_) LogWarning("sync: {}; it is kept here", outcomes.error().Message());
    said_refused_ = true;
    return false;
  }
  if (!outcomes) return outcomes.error();
  if (const auto saved = copy_.HandedOver(slice, *outcomes); !saved) {
    LogWarning("sync: {}", saved.error().Message());  // and handed over again, which does no harm
    return false;
  }
  for (const std::string& outcome : *outcomes) {
    if (!outcome.empty()) refusals_.push_back(outcome);
  }
  if (slice.size() < outbox.size()) changed_ = true;
  return true;
}

Result<bool> SchoolExchange::Pull() {
  const std::string known = copy_.Version();
  if (known != std::exchange(known_, known)) slices_.Clear();
  TAMTAP_TRY(auto slice, store_.PullSlice(known, slices_.place()));
  const std::optional<ToldTime> told = store_.TimeTold();
  const WallTime now = told ? told->wall + (clock_.MonotonicNow() - told->at) : clock_.Now();
  if (!slice) {
    slices_.Clear();
    if (const auto saved = copy_.StillNewest(now); !saved) {
      LogWarning("sync: {}", saved.error().Message());
    }
    return true;
  }
  const std::shared_ptr<const Roster> before = copy_.roster().Current();
  auto update = slices_.Add(*std::move(slice), before->school().people);
  if (!update) {
    LogWarning("sync: {}", update.error().Message());  // no fault of the store's: taps go on
    return true;
  }
  if (!*update) {
    if (!slices_.empty()) changed_ = true;  // else the answer made no sense
    return false;
  }
  if (const auto saved = copy_.Take(**std::move(update), known, now); !saved) {
    LogWarning("sync: {}", saved.error().Message());  // and pulled again at the next round
    // At once if another process was first; a disk that fails would fail again.
    if (copy_.Version() != known) changed_ = true;
    return true;
  }
  const std::shared_ptr<const Roster> now_known = copy_.roster().Current();
  if (now_known != before) {
    LogInfo("sync: the school changed: {} people, {} schedules", now_known->school().people.size(),
            now_known->school().schedules.size());
  }
  return true;
}

}  // namespace tamtap
