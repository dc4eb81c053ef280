#include "sync/store_check.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kFirstRetry{1'000};
constexpr int kMostDoublings = 6;
constexpr milliseconds kGoesFirstFor{5'000};  // GoesFirst()
// After a longer pause another store may be there, or an older copy, and nobody saw the change.
constexpr milliseconds kSameContact{5'000};

}  // namespace

StoreCheck::StoreCheck(Confirmations& confirmations, CentralStore& store, Clock& clock,
                       StoreCheckOptions options)
    : confirmations_(confirmations),
      store_(store),
      clock_(clock),
      options_(options),
      batch_(options.batch) {
  CHECK(options.batch > 0 && options.batch <= kMostLookups);
}

Result<> StoreCheck::Meet() {
  const bool new_contact = !met_;
  TAMTAP_TRY(const StoreIdentity identity, store_.Identity());
  met_ = true;
  if (new_contact && !doubts_everything_) {
    next_ = clock_.MonotonicNow();
    first_until_ = next_ + kGoesFirstFor;
  }
  knows_identity_ = !identity.id.empty();
  store_id_ = identity.id;
  if (!knows_identity_) return {};
  const auto before = confirmations_.Store();
  if (before == identity) return {};
  met_ = false;  // until the journal has it
  if (before && before->id == identity.id) before_it_is_noted_(identity.id);
  TAMTAP_RETURN_IF_ERROR(confirmations_.SetStore(identity));
  if (before && before->id == identity.id) {
    went_back_ = true;
    LogWarning("sync: the central store was restored from a copy; what it lacks is sent again");
  } else if (before) {
    LogWarning("sync: this is another central store than before; what it lacks is sent to it");
  }
  met_ = true;
  // Everything is to be asked about already, whatever is found lacking.
  doubts_everything_ = true;
  in_pass_ = false;
  next_ = clock_.MonotonicNow();
  return {};
}

void StoreCheck::ExpectAnother() {
  met_ = false;
  if (doubts_everything_) {
    was_away_ |= in_pass_;
  } else {
    in_pass_ = false;  // what was found in it was found in what may be another store
  }
}

bool StoreCheck::GoesFirst() const {
  return met_ && knows_identity_ && !doubts_everything_ && first_until_ &&
         clock_.MonotonicNow() <= *first_until_;
}

milliseconds StoreCheck::Step() {
  const MonotonicTime now = clock_.MonotonicNow();
  if (!met_ || !knows_identity_) return options_.interval;
  if (now < next_) return std::chrono::ceil<milliseconds>(next_ - now);
  auto found = CheckBatch();
  if (!found) {
    // What is wrong with the store or the link, the sync finds out by itself.
    LogDebug("sync: a check of the central store: {}", found.error().Message());
    batch_.Failed();
    was_away_ |= in_pass_;
    first_until_.reset();
    const int doublings = std::min(failures_++, kMostDoublings);
    found = Found{std::min(options_.interval, kFirstRetry * (1 << doublings)), false};
  }
  if (!in_pass_ || found->pending) first_until_.reset();
  next_ = clock_.MonotonicNow() + (GoesFirst() ? milliseconds(0) : found->pause);
  return found->pending ? milliseconds(0) : found->pause;
}

Result<StoreCheck::Found> StoreCheck::CheckBatch() {
  const bool paused = clock_.MonotonicNow() - asked_at_ > kSameContact;
  if (!in_pass_ || paused) {
    was_away_ |= in_pass_;
    TAMTAP_RETURN_IF_ERROR(TellStore());
    // The server may have been given another store between two calls.
    TAMTAP_RETURN_IF_ERROR(Meet());
    if (!knows_identity_) return Found{options_.interval, false};
  }
  if (!in_pass_) {
    in_pass_ = true;
    was_away_ = false;
    cursor_ = 1;
    held_ = journal::SequenceSet();
  }
  TAMTAP_TRY(const auto taps, confirmations_.ReadUnchecked(cursor_, batch_.now()));
  if (taps.empty()) return EndPass();
  const MonotonicTime begin = clock_.MonotonicNow();
  TAMTAP_TRY(const Verdicts verdicts, Ask(taps));
  asked_at_ = clock_.MonotonicNow();
  failures_ = 0;
  batch_.Answered(taps.size(), asked_at_ - begin);
  for (const uint64_t sequence : verdicts.held) held_.Insert(sequence);
  if (verdicts.lacking.empty()) {
    cursor_ = taps.back().sequence + 1;
    return Found{options_.pause, false};
  }
  milliseconds pause = options_.pause;
  if (doubts_everything_) {
    cursor_ = taps.back().sequence + 1;
  } else {
    TAMTAP_TRY(pause, DoubtEverything(Doubt::kHasLostTaps));
    if (const auto told = TellStore(); !told) LogDebug("sync: {}", told.error().Message());
  }
  // After that: a crash between the two leaves too much to ask about, never too little.
  const uint64_t offered = confirmations_.MakePending(verdicts.lacking);
  offered_again_ += offered;
  LogWarning("sync: the central store lacks {} taps that were confirmed; they are sent again",
             offered);
  return Found{pause, true};
}

Result<StoreCheck::Verdicts> StoreCheck::Ask(const std::vector<journal::PendingTap>& taps) {
  std::vector<Record> records;
  std::vector<size_t> tap_of;  // by index of the record
  for (size_t i = 0; i < taps.size(); ++i) {
    records.push_back(taps[i].record);
    tap_of.push_back(i);
    // A tap whose clock was corrected before it was sent is there under the right day. Whether it
    // was corrected by then, an older journal does not say: it is there under one of these.
    for (std::string& day : confirmations_.DaysAsSent(taps[i])) {
      if (day == taps[i].record.day) continue;
      records.push_back(taps[i].record);
      records.back().day = std::move(day);
      tap_of.push_back(i);
    }
  }
  std::vector<bool> held(taps.size(), false);
  for (size_t begin = 0; begin < records.size(); begin += kMostLookups) {
    const auto some =
        std::span(records).subspan(begin, std::min(kMostLookups, records.size() - begin));
    TAMTAP_TRY(const std::vector<size_t> lacking, store_.Lacking(some));
    std::vector<bool> there(some.size(), true);
    for (const size_t index : lacking) there.at(index) = false;
    for (size_t i = 0; i < some.size(); ++i) {
      if (there[i]) held[tap_of[begin + i]] = true;
    }
  }
  Verdicts verdicts;
  for (size_t i = 0; i < taps.size(); ++i) {
    (held[i] ? verdicts.held : verdicts.lacking).push_back(taps[i].sequence);
  }
  return verdicts;
}

Result<> StoreCheck::TellStore() {
  if (!must_tell_) return {};
  if (const auto known = confirmations_.Store()) {
    TAMTAP_TRY(const StoreIdentity now, store_.WentBack(*known));
    TAMTAP_RETURN_IF_ERROR(confirmations_.SetStore(now));
  }
  must_tell_ = false;
  return {};
}

Result<milliseconds> StoreCheck::DoubtEverything(Doubt why) {
  TAMTAP_TRY(const uint64_t doubtful, confirmations_.RecheckSince(""));
  const bool lost = why == Doubt::kHasLostTaps;
  LogWarning("sync: {}; all {} taps that are confirmed here are checked",
             lost ? "the central store has lost taps"
                  : "nothing proves that the central store holds what it confirmed",
             doubtful);
  doubts_everything_ = true;
  went_back_ = lost;
  must_tell_ = lost;
  in_pass_ = false;
  const milliseconds wait = wait_;
  doubted_at_ = clock_.MonotonicNow();
  wait_ = std::clamp(2 * wait_, options_.first_wait, options_.longest_wait);
  return wait;
}

Result<StoreCheck::Found> StoreCheck::EndPass() {
  const bool proves_nothing = !doubts_everything_ && confirmations_.LacksAWitness();
  if (was_away_ || proves_nothing) {
    // What was found to be there before the store was away need not be there now.
    in_pass_ = false;
    if (!doubts_everything_ && !proves_nothing) return Found{options_.interval, false};
    TAMTAP_TRY(const milliseconds wait, DoubtEverything(Doubt::kNothingProved));
    return Found{wait, false};
  }
  std::vector<uint64_t> some;
  for (const auto& range : held_.RangesUpTo(UINT64_MAX)) {
    for (uint64_t sequence = range.first; sequence <= range.last; ++sequence) {
      some.push_back(sequence);
      if (some.size() < kMostLookups) continue;
      confirmations_.Checked(some);
      some.clear();
    }
  }
  confirmations_.Checked(some);
  held_ = journal::SequenceSet();
  in_pass_ = false;
  doubts_everything_ = false;
  // Nothing has been missing for long: what was lost was lost once.
  if (clock_.MonotonicNow() - doubted_at_ > 2 * wait_) wait_ = milliseconds(0);
  return Found{options_.interval, false};
}

}  // namespace tamtap
