#include "sync/sync.h"

#include <algorithm>

#include "base/check.h"
#include "base/log.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr int kMostDoublings = 16;

// How many records go in one call is found by trying: on a link of 2 KB/s a call of 500 never ends
// within its time-out, and would be sent for ever. It begins small, grows while calls are quick and
// shrinks when one is slow or fails, so that what is tapped now never waits long behind a backlog.
constexpr size_t kFirstBatch = 32;
constexpr size_t kShrink = 4;
constexpr milliseconds kQuick{400};
constexpr milliseconds kSlow{1'000};

// A store may ask for patience, but not for a year of it.
constexpr milliseconds kLongestPatience{3'600'000};

constexpr size_t kMostSaid = 16;  // kinds of errors of one outage
constexpr size_t kLongNumber = 4;

// Long numbers (of bytes, ports, processes) differ from time to time; the trouble is the same.
std::string WithoutLongNumbers(std::string_view message) {
  std::string kept;
  for (size_t i = 0; i < message.size();) {
    const size_t end = std::min(message.find_first_not_of("0123456789", i), message.size());
    if (end - i < kLongNumber) kept += message.substr(i, end - i);
    if (end < message.size()) kept += message[end];
    i = end + 1;
  }
  return kept;
}

}  // namespace

Sync::Sync(journal::Journal& journal, CentralStore& store, RosterHolder& roster,
           SaveSchoolFunction save_school, Clock& clock, Random& random, SyncOptions options)
    : journal_(journal),
      store_(store),
      roster_(roster),
      save_school_(std::move(save_school)),
      clock_(clock),
      random_(random),
      options_(options),
      batch_(std::min(kFirstBatch, options.batch)) {}

milliseconds Sync::Step() {
  const MonotonicTime now = clock_.MonotonicNow();
  if (store_answers_.exchange(false) && probing_) not_before_ = now;
  if (now < not_before_) {
    const auto pause = std::chrono::ceil<milliseconds>(not_before_ - now);
    // What waits then is a tap that the store has put off; the store itself answers.
    const bool may_check = reachable_ && check_ != nullptr && check_->Met();
    return may_check ? std::min(pause, check_->Step()) : pause;
  }
  // A store that was away is looked for with something cheap, not with a whole batch.
  if (!reachable_) {
    if (!Probe()) {
      probing_ = !denied_ && store_.AskedToWait() == milliseconds(0);
      return std::chrono::ceil<milliseconds>(not_before_ - clock_.MonotonicNow());
    }
    Reached();
    next_school_ = {};
    next_arrivals_ = {};
    if (check_ != nullptr) check_->ExpectAnother();
  }
  if (!KnowsStore()) return std::chrono::ceil<milliseconds>(not_before_ - clock_.MonotonicNow());
  milliseconds pause = Push();
  if (pause == milliseconds(0)) return pause;
  // Taps first, then those that the store may have lost; the school's facts when all are away.
  if (reachable_ && check_ != nullptr) {
    pause = std::min(pause, check_->Step());
    {
      MutexLock lock(mutex_);
      status_.offered_again = check_->offered_again();
    }
    if (pause == milliseconds(0)) return pause;
  }
  const bool school_due =
      roster_changed_ || school_changed_ || clock_.MonotonicNow() >= next_school_;
  if (reachable_ && school_due) ExchangeSchool();
  if (reachable_ && shown_ != nullptr) PullArrivals();
  if (clock_.MonotonicNow() < not_before_) return Step();
  return pause;
}

milliseconds Sync::Push() {
  if (journal_.GetBacklog().pending == 0) {
    cursor_ = 1;
    backlog_end_ = 0;
    return options_.idle;
  }
  // While a backlog drains from its old end, what is tapped now goes ahead of it.
  if (backlog_end_ != 0) {
    auto fresh = journal_.ReadPending(backlog_end_ + 1, batch_);
    if (fresh && !fresh->empty()) {
      const uint64_t newest = fresh->back().sequence;
      if (!Send(*std::move(fresh))) return Step();
      backlog_end_ = newest;
    }
  }
  auto taps = journal_.ReadPending(cursor_, batch_);
  if (!taps) {
    LogError("sync: {}", taps.error().Message());
    return options_.probe;
  }
  if (taps->empty()) {
    // The end of a pass; what is still pending is what wants another try.
    cursor_ = 1;
    backlog_end_ = 0;
    if (!retry_later_) return journal_.GetBacklog().pending > 0 ? options_.probe : options_.idle;
    retry_later_ = false;
    ++failures_;
    not_before_ = clock_.MonotonicNow() + Backoff();
    return Step();
  }
  const journal::Journal::Backlog backlog = journal_.GetBacklog();
  if (backlog_end_ == 0 && backlog.pending > taps->size()) {
    // What is tapped from now on is fresh, and so is what was tapped just now.
    const uint64_t newest = std::min<uint64_t>(batch_, backlog.last_sequence);
    backlog_end_ = std::max(taps->back().sequence, backlog.last_sequence - newest);
  }
  const uint64_t last = taps->back().sequence;
  if (!Send(*std::move(taps))) return Step();
  cursor_ = last + 1;
  return milliseconds(0);
}

bool Sync::KnowsStore() {
  if (check_ == nullptr) return true;
  const auto met = check_->Met() ? Result<>() : check_->Meet();
  if (met) {
    while (check_->GoesFirst()) check_->Step();
    return true;
  }
  ++failures_;
  Failed(met.error());
  WaitFor(denied_ ? Jittered(options_.longest_backoff) : Backoff());
  return false;
}

bool Sync::Probe() {
  const auto answered = store_.Ping();
  if (answered) return true;
  Failed(answered.error());
  WaitFor(Jittered(denied_ ? options_.longest_backoff : options_.probe));
  return false;
}

void Sync::LearnTime() {
  if (correction_ == nullptr) return;
  const auto told = store_.TimeTold();
  if (!told) return;
  // Without its word in the journal nothing is corrected, and wrong taps wait.
  if (const auto learnt = correction_->Learn(*told); !learnt) {
    LogError("sync: {}", learnt.error().Message());
  }
}

bool Sync::CorrectClocks(std::vector<journal::PendingTap>& taps) {
  if (correction_ == nullptr) return true;
  if (correction_->WantsTime(taps)) {
    // Its last answer may have told it; else a cheap one will.
    if (!store_.TimeTold() && !Probe()) return false;
    LearnTime();
  }
  const size_t all = taps.size();
  auto ready = correction_->Correct(std::move(taps));
  if (!ready) {
    LogError("sync: {}", ready.error().Message());
    WaitFor(options_.probe);
    return false;
  }
  taps = *std::move(ready);
  retry_later_ |= taps.size() < all;
  return true;
}

bool Sync::Send(std::vector<journal::PendingTap> taps) {
  if (!CorrectClocks(taps)) return false;
  if (taps.empty()) return true;
  std::vector<Record> records;
  records.reserve(taps.size());
  for (const journal::PendingTap& tap : taps) records.push_back(tap.record);
  const MonotonicTime begin = clock_.MonotonicNow();
  const auto outcomes = store_.Store(records);
  const auto took = clock_.MonotonicNow() - begin;
  if (!outcomes) {
    // The first failure is followed by a probe; a store that answers probes but not this, by a
    // longer and longer wait. While fewer at a time may be the cure, that is tried first.
    if (failures_ == 0 || taps.size() == 1) ++failures_;
    if (outcomes.error().code == ErrorCode::kRetry) AdaptBatch(false, took);
    Failed(outcomes.error());
    // A store that says when to come again knows better than any guess.
    const bool told = store_.AskedToWait() > milliseconds(0);
    WaitFor(denied_ ? Jittered(options_.longest_backoff) : told ? milliseconds(0) : Backoff());
    return false;
  }
  {
    MutexLock lock(mutex_);
    status_.round_trip = took;
  }
  if (taps.size() >= batch_ || took > kSlow) AdaptBatch(true, took);
  CHECK(outcomes->size() == taps.size());
  Confirmed confirmed;
  for (size_t i = 0; i < taps.size(); ++i) TakeOutcome(taps[i], (*outcomes)[i], confirmed);
  journal_.ConfirmFoundThere(confirmed.found_there);
  journal_.Confirm(confirmed.taken);
  if (!confirmed.found_there.empty() || !confirmed.taken.empty()) failures_ = 0;
  Reached();
  Worked();
  return true;
}

void Sync::TakeOutcome(const journal::PendingTap& tap, const Outcome& outcome,
                       Confirmed& confirmed) {
  {
    MutexLock lock(mutex_);
    ++status_.outcomes[static_cast<size_t>(outcome.kind)];
    if (outcome.kind == OutcomeKind::kRetry) status_.last_error = outcome.reason;
  }
  switch (outcome.kind) {
    case OutcomeKind::kStored:
    case OutcomeKind::kMerged:
      confirmed.taken.push_back(tap.sequence);
      return;
    case OutcomeKind::kAlreadyStored:
      confirmed.found_there.push_back(tap.sequence);
      return;
    case OutcomeKind::kRejected:
      LogError("sync: tap {} is refused for good: {}; it is kept, quarantined",
               tap.record.tap.ToString(), outcome.reason);
      journal_.Quarantine(tap.sequence, outcome.reason);
      return;
    case OutcomeKind::kRetry:
      retry_later_ = true;
      return;
  }
}

void Sync::ExchangeSchool() {
  next_school_ = clock_.MonotonicNow() + options_.school_interval;
  school_changed_ = false;
  const std::shared_ptr<const Roster> mine = roster_.Current();
  // People registered here while the store was away must not be lost to its answer.
  if (roster_changed_.exchange(false) && !mine->school().people.empty()) {
    const auto added = store_.AddPeople(mine->school().people);
    // kRejected: this kind of store is told about people elsewhere.
    if (!added && added.error().code != ErrorCode::kRejected) {
      roster_changed_ = true;
      return Failed(added.error());
    }
  }
  auto pulled = store_.PullSchool(school_version_);
  if (!pulled) return Failed(pulled.error());
  Worked();
  if (!*pulled) return;
  SchoolVersion& next = **pulled;
  // A store that knows nobody yet has nothing to say about who may tap here.
  if (next.school.people.empty()) next.school.people = mine->school().people;
  if (next.school.schedules.empty()) next.school.schedules = mine->school().schedules;
  if (next.school.calendar.empty()) next.school.calendar = mine->school().calendar;
  if (next.school == mine->school()) {
    school_version_ = next.version;
    return;
  }
  if (const auto saved = save_school_(mine->school(), next.school); !saved) {
    return LogWarning("sync: {}", saved.error().Message());  // and pulled again at the next round
  }
  school_version_ = next.version;
  LogInfo("sync: the roster changed: {} people, {} schedules", next.school.people.size(),
          next.school.schedules.size());
  roster_.Replace(std::move(next.school));
}

void Sync::PullArrivals() {
  LearnTime();
  const WallTime now = shown_->Now();
  const bool right = shown_->Synchronised();
  const std::string day = zone_->ToLocal(now).day;
  const bool known = day == arrivals_day_ && right == arrivals_right_;
  if (known && clock_.MonotonicNow() < next_arrivals_) return;
  const auto arrivals = store_.ArrivalsOf(day);
  if (!arrivals) return Failed(arrivals.error());
  next_arrivals_ = clock_.MonotonicNow() + options_.arrivals_interval;
  arrivals_day_ = day;
  arrivals_right_ = right;
  // A clock that nobody vouches for may show a day that is over; what came since it booted is of
  // this one.
  const int64_t since_us =
      right ? INT64_MIN
            : (now - shown_->MonotonicNow().time_since_epoch()).time_since_epoch().count();
  for (const Record& record : *arrivals) {
    // Under an unsure clock that day is a guess: it turns nobody away who taps on it.
    if (IsTapOfAGate(record) && record.clock == ClockState::kUnsure) continue;
    // What staff said of a day, here or in an existing database, turns nobody away.
    const bool past_tap = record.tap.terminal.empty() &&
                          (record.status == Status::kOnTime || record.status == Status::kLate);
    const bool tap = !record.tap.terminal.empty() && !IsMark(record);
    if ((tap || past_tap) && record.tapped_at_us >= since_us) {
      journal_.NoteDay(day, record.person, journal::kOtherGate);
    }
  }
}

void Sync::Failed(const Error& error) {
  denied_ = error.code == ErrorCode::kDenied || error.code == ErrorCode::kMisconfigured;
  // A store that is away is said once, and again when something else is wrong with it; not each
  // time that it is looked for.
  const std::string kind = WithoutLongNumbers(error.Message());
  if (said_.size() < kMostSaid && said_.insert(kind).second) {
    LogWarning("sync: {}; taps go on being recorded here", error.Message());
  }
  MutexLock lock(mutex_);
  reachable_ = false;
  status_.connected = false;
  status_.last_error = error.Message();
}

void Sync::Worked() {
  if (said_.empty()) return;
  said_.clear();
  LogInfo("sync: the central store answers again");
}

void Sync::WaitFor(milliseconds duration) {
  const milliseconds asked = std::min(store_.AskedToWait(), kLongestPatience);
  // Later than asked for, never sooner: all terminals were told the same.
  if (asked > milliseconds(0)) {
    const auto spread = static_cast<uint64_t>(asked.count()) / 8 + 1;
    duration =
        std::max(duration, asked + milliseconds(static_cast<int64_t>(random_.Below(spread))));
  }
  probing_ = false;
  not_before_ = clock_.MonotonicNow() + duration;
}

void Sync::AdaptBatch(bool sent, std::chrono::microseconds took) {
  if (sent && took <= kQuick) {
    batch_ = std::min(batch_ * 2, options_.batch);
  } else if (!sent) {
    batch_ = std::max<size_t>(batch_ / kShrink, 1);
  } else if (took > kSlow) {
    batch_ = std::max<size_t>(batch_ / 2, 1);
  }
}

void Sync::Reached() {
  reachable_ = true;
  probing_ = false;
  denied_ = false;
  MutexLock lock(mutex_);
  status_.connected = true;
  if (!retry_later_) status_.last_error.clear();
}

milliseconds Sync::Jittered(milliseconds duration) {
  const auto span = static_cast<uint64_t>(duration.count());
  return milliseconds(static_cast<int64_t>(span * 3 / 4 + random_.Below(span / 2 + 1)));
}

milliseconds Sync::Backoff() {
  const int doublings = std::min(std::max(failures_ - 1, 0), kMostDoublings);
  return Jittered(std::min(options_.first_backoff * (1 << doublings), options_.longest_backoff));
}

SyncStatus Sync::Status() {
  MutexLock lock(mutex_);
  return status_;
}

}  // namespace tamtap
