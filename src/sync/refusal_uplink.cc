#include "sync/refusal_uplink.h"

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "tap/set_instant.h"

namespace tamtap {
namespace {

using journal::PendingRefusal;
using journal::PendingTap;

// A few kilobytes: taps that come meanwhile don't wait long behind them.
constexpr size_t kTogether = 100;
// How often a store of an earlier release is asked whether it takes refusals by now.
constexpr std::chrono::minutes kUntilWanted{60};

// When a card was turned away is corrected as the time of a tap is.
PendingTap AsTap(const PendingRefusal& refusal) {
  PendingTap tap;
  tap.sequence = refusal.number;
  tap.stamp = refusal.stamp;
  tap.record.tap = refusal.refusal.id;
  tap.record.day = refusal.refusal.day;
  tap.record.tapped_at_us = refusal.refusal.refused_at_us;
  tap.record.clock = refusal.refusal.clock;
  return tap;
}

void SetTime(const Record& record, RefusalRecord& refusal) {
  if (record.tapped_at.empty()) return;  // it was right as it is
  refusal.date = record.date;
  refusal.time = record.time;
  refusal.day = record.day;
  refusal.refused_at = record.tapped_at;
  refusal.refused_at_us = record.tapped_at_us;
  refusal.clock = record.clock;
}

// The first ones of which it is known when they were; the others wait for a right time.
Result<std::vector<PendingRefusal>> Corrected(std::vector<PendingRefusal> refusals,
                                              ClockCorrection* correction) {
  if (correction == nullptr) return refusals;
  std::vector<PendingTap> times;
  times.reserve(refusals.size());
  for (const PendingRefusal& each : refusals) times.push_back(AsTap(each));
  TAMTAP_TRY(const std::vector<PendingTap> known, correction->Correct(std::move(times)));
  size_t ready = 0;
  while (ready < known.size() && known[ready].sequence == refusals[ready].number) {
    SetTime(known[ready].record, refusals[ready].refusal);
    ++ready;
  }
  refusals.resize(ready);
  return refusals;
}

}  // namespace

std::chrono::milliseconds RefusalUplink::Wait() const {
  if (journal_.GetBacklog().refusals == 0) return std::chrono::milliseconds::max();
  const auto left = not_before_ - clock_.MonotonicNow();
  return std::chrono::ceil<std::chrono::milliseconds>(
      std::max(left, MonotonicTime::duration::zero()));
}

Result<bool> RefusalUplink::HandOver(ClockCorrection* correction) {
  if (journal_.GetBacklog().refusals == 0 || clock_.MonotonicNow() < not_before_) return false;
  auto more = HandOverSome(correction);
  if (!more || !*more) {
    not_before_ = std::max(not_before_, clock_.MonotonicNow() + options_.again);
  }
  return more;
}

Result<bool> RefusalUplink::HandOverSome(ClockCorrection* correction) {
  auto read = journal_.ReadRefusals(kTogether);
  if (!read) {
    LogWarning("sync: {}", read.error().Message());  // the journal's trouble, not the store's
    return false;
  }
  auto ready = Corrected(*std::move(read), correction);
  if (!ready) {
    LogWarning("sync: {}", ready.error().Message());
    return false;
  }
  if (ready->empty()) return false;
  std::vector<RefusalRecord> refusals;
  refusals.reserve(ready->size());
  for (PendingRefusal& each : *ready) refusals.push_back(std::move(each.refusal));
  const auto kept = store_.KeepRefusals(refusals);
  if (!kept && kept.error().code == ErrorCode::kRejected) {
    if (!std::exchange(said_unwanted_, true)) {
      LogWarning("sync: {}; they are kept here", kept.error().Message());
    }
    not_before_ = clock_.MonotonicNow() + kUntilWanted;
    return false;
  }
  if (!kept) return kept.error();
  journal_.HandedOver(ready->back().number);
  return journal_.GetBacklog().refusals > 0;
}

}  // namespace tamtap
