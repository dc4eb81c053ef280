#include "sync/sync.h"

#include <algorithm>
#include <set>
#include <utility>

#include "base/check.h"
#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

}  // namespace

Sync::Sync(journal::Journal& journal, CentralStore& store, SchoolCopy& school, Clock& clock,
           Random& random, SyncOptions options)
    : journal_(journal),
      store_(store),
      roster_(school.roster()),
      clock_(clock),
      options_(options),
      contact_(store, clock, random, options_),
      school_(store, school, clock, options_),
      refusals_(journal, store, clock, options_),
      batch_(options.batch) {}

milliseconds Sync::Step() {
  while (true) {
    if (const auto pause = Act()) return *pause;
  }
}

std::optional<milliseconds> Sync::Act() {
  const milliseconds wait = contact_.Wait();
  switch (contact_.state()) {
    case Contact::State::kAway:
      if (wait > milliseconds(0)) return wait;
      LookForStore();
      return std::nullopt;
    case Contact::State::kPutOff: {
      if (wait <= milliseconds(0)) {
        contact_.TryAgain();
        return std::nullopt;
      }
      // What waits is a tap that the store has put off; the store itself answers. One that asks
      // for patience is spared what can wait.
      if (store_.AskedToWait() > milliseconds(0)) return std::min(wait, CheckStore());
      const auto pause = DoTheRest();
      return pause ? std::optional(std::min(wait, *pause)) : std::nullopt;
    }
    case Contact::State::kAnswers:
      return KnowsStore() ? Work() : std::nullopt;
  }
  return std::nullopt;
}

// A store that is away is looked for with a cheap call, and not with a whole batch.
void Sync::LookForStore() {
  if (!Probe()) return contact_.LookLater();
  school_.MakeDue();
  if (other_gates_) other_gates_->MakeDue();
  if (check_ != nullptr) check_->ExpectAnother();
}

bool Sync::KnowsStore() {
  if (check_ == nullptr) return true;
  if (!check_->Met()) {
    if (const auto met = check_->Meet(); !met) {
      contact_.CountFailure();
      contact_.Failed(met.error());
      contact_.TryLater();
      return false;
    }
  }
  while (check_->GoesFirst()) check_->Step();
  TellSchoolOfStore();
  return check_->Met();  // the check may have found another store
}

void Sync::TellSchoolOfStore() { school_.Met(check_->store(), check_->TakeWentBack()); }

// A master that went back may have forgotten people whose taps wait here.
bool Sync::KnowsPeople() {
  if (!school_.MustPull()) return true;
  const auto exchanged = school_.Exchange();
  if (exchanged) return !school_.MustPull();
  LookWhy(exchanged.error());
  if (contact_.state() != Contact::State::kAway) school_.PullLater();
  return false;
}

std::optional<milliseconds> Sync::Work() {
  if (!KnowsPeople()) {
    return contact_.state() == Contact::State::kAway ? std::nullopt
                                                     : std::optional(milliseconds(0));
  }
  const milliseconds pause = Push();
  if (contact_.state() == Contact::State::kAway) return std::nullopt;
  if (pause == milliseconds(0)) return pause;
  const auto rest = DoTheRest();
  return rest ? std::optional(std::min(pause, *rest)) : std::nullopt;
}

// First the check for taps that the store may have lost, then who has tapped elsewhere, then the
// school's facts, which may be many, and last who was turned away.
std::optional<milliseconds> Sync::DoTheRest() {
  const milliseconds pause = CheckStore();
  if (pause == milliseconds(0)) return pause;
  if (other_gates_) {
    LearnTime();
    if (const auto pulled = other_gates_->PullIfDue(); !pulled) return LookWhy(pulled.error());
  }
  if (school_.IsDue()) {
    if (const auto exchanged = school_.Exchange(); !exchanged) return LookWhy(exchanged.error());
    contact_.Worked();
    SayOfTheRest({});
    // The store knows now whose taps those are that waited for it.
    if (std::exchange(words_awaited_, false)) {
      contact_.TryAgain();
      return std::nullopt;
    }
  }
  const auto more = refusals_.HandOver(correction_);
  if (!more) return LookWhy(more.error());
  if (*more) return milliseconds(0);
  return std::min({pause, school_.Wait(), refusals_.Wait()});
}

// A store that answers, and fails at this alone, goes on being sent taps.
std::optional<milliseconds> Sync::LookWhy(const Error& error) {
  if (Probe()) {
    SayOfTheRest(error.Message());
  } else {
    contact_.LookLater();
  }
  return std::nullopt;
}

void Sync::SayOfTheRest(std::string trouble) {
  MutexLock lock(mutex_);
  if (trouble == status_of_the_rest_) return;
  if (!trouble.empty()) LogWarning("sync: {}; taps are sent meanwhile", trouble);
  status_of_the_rest_ = std::move(trouble);
}

milliseconds Sync::CheckStore() {
  if (check_ == nullptr) return milliseconds::max();
  const milliseconds pause = check_->Step();
  TellSchoolOfStore();
  MutexLock lock(mutex_);
  status_.offered_again = check_->offered_again();
  return pause;
}

milliseconds Sync::Push() {
  if (journal_.GetBacklog().pending == 0) {
    pass_ = {};
    return options_.idle;
  }
  if (pass_.fresh_from != 0) {
    auto fresh = journal_.ReadPending(pass_.fresh_from + 1, batch_.now());
    if (fresh && !fresh->empty()) {
      const uint64_t newest = fresh->back().sequence;
      if (!Send(*std::move(fresh))) return contact_.Wait();
      pass_.fresh_from = newest;
    }
  }
  auto taps = journal_.ReadPending(pass_.cursor, batch_.now());
  if (!taps) {
    LogError("sync: {}", taps.error().Message());
    return options_.probe;
  }
  if (taps->empty()) return EndPass();
  const journal::Journal::Backlog backlog = journal_.GetBacklog();
  if (pass_.fresh_from == 0 && backlog.pending > taps->size()) {
    // What is tapped from now on is fresh, and so is what was tapped just now.
    const uint64_t newest = std::min<uint64_t>(batch_.now(), backlog.last_sequence);
    pass_.fresh_from = std::max(taps->back().sequence, backlog.last_sequence - newest);
  }
  const uint64_t last = taps->back().sequence;
  if (!Send(*std::move(taps))) return contact_.Wait();
  pass_.cursor = last + 1;
  return milliseconds(0);
}

// Whatever is still pending after a pass was put off, and is tried again.
milliseconds Sync::EndPass() {
  const bool put_off = pass_.put_off;
  pass_ = {};
  if (!put_off) return journal_.GetBacklog().pending > 0 ? options_.probe : options_.idle;
  contact_.PutOff();
  return contact_.Wait();
}

bool Sync::Probe() {
  const auto answered = store_.Ping();
  if (!answered) {
    contact_.Failed(answered.error());
    return false;
  }
  contact_.Answered();
  return true;
}

void Sync::LearnTime() {
  if (correction_ == nullptr) return;
  const auto told = store_.TimeTold();
  if (!told) return;
  // If the journal can't write the right time down, nothing is corrected, and wrong taps wait.
  if (const auto learnt = correction_->Learn(*told); !learnt) {
    LogError("sync: {}", learnt.error().Message());
  }
}

void Sync::HoldBack(std::vector<journal::PendingTap>& taps) {
  const std::set<std::string> people = school_.PeopleToTellOf();
  if (people.empty()) return;
  const auto waits = [&](const journal::PendingTap& tap) {
    return people.contains(tap.record.person);
  };
  if (std::erase_if(taps, waits) == 0) return;
  words_awaited_ = true;
  pass_.put_off = true;
}

bool Sync::CorrectClocks(std::vector<journal::PendingTap>& taps) {
  if (correction_ == nullptr) return true;
  if (correction_->WantsTime(taps)) {
    // The store's last answer may have told the time; otherwise the answer to a probe will.
    if (!store_.TimeTold() && !Probe()) {
      contact_.LookLater();
      return false;
    }
    LearnTime();
  }
  const size_t all = taps.size();
  auto ready = correction_->Correct(std::move(taps));
  if (!ready) {
    LogError("sync: {}", ready.error().Message());
    contact_.PutOff(options_.probe);
    return false;
  }
  taps = *std::move(ready);
  pass_.put_off |= taps.size() < all;
  return true;
}

bool Sync::Send(std::vector<journal::PendingTap> taps) {
  if (!CorrectClocks(taps)) return false;
  school_.SayWhoTapped(taps);
  HoldBack(taps);
  if (taps.empty()) return true;
  std::vector<Record> records;
  records.reserve(taps.size());
  for (const journal::PendingTap& tap : taps) records.push_back(tap.record);
  const MonotonicTime begin = clock_.MonotonicNow();
  const auto outcomes = store_.Store(records);
  const auto took = clock_.MonotonicNow() - begin;
  if (!outcomes) {
    // After the first failure the store is probed. If it answers probes and still fails here, the
    // waits get longer. As long as a smaller batch may help, that is tried first.
    if (contact_.failures() == 0 || taps.size() == 1) contact_.CountFailure();
    if (outcomes.error().code == ErrorCode::kRetry) batch_.Failed();
    contact_.Failed(outcomes.error());
    contact_.TryLater();
    return false;
  }
  {
    MutexLock lock(mutex_);
    status_.round_trip = took;
  }
  batch_.Answered(taps.size(), took);
  CHECK(outcomes->size() == taps.size());
  Confirmed confirmed;
  for (size_t i = 0; i < taps.size(); ++i) TakeOutcome(taps[i], (*outcomes)[i], confirmed);
  journal_.ConfirmFoundThere(confirmed.found_there);
  journal_.Confirm(confirmed.taken);
  if (!confirmed.found_there.empty() || !confirmed.taken.empty()) contact_.TookSome();
  contact_.Answered();
  contact_.Worked();
  MutexLock lock(mutex_);
  if (!pass_.put_off) status_.last_error.clear();
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
      if (IsAskedAgain(tap)) return;
      LogError("sync: tap {} is refused for good: {}; it is kept, quarantined",
               tap.record.tap.ToString(), outcome.reason);
      journal_.Quarantine(tap.sequence, outcome.reason);
      return;
    case OutcomeKind::kRetry:
      pass_.put_off = true;
      return;
  }
}

// A server that was restored from an older copy refuses people whom it has forgotten, and nobody
// may have noticed yet that it went back. So no refusal is for good before the store was checked,
// and its school pulled.
bool Sync::IsAskedAgain(const journal::PendingTap& tap) {
  if (check_ == nullptr || refused_once_.erase(tap.sequence) > 0) return false;
  refused_once_.insert(tap.sequence);
  pass_.put_off = true;
  check_->ExpectAnother();
  school_.PullFirst();
  return true;
}

SyncStatus Sync::Status() {
  SyncStatus status;
  {
    MutexLock lock(mutex_);
    status = status_;
    if (status.last_error.empty()) status.last_error = status_of_the_rest_;
  }
  status.connected = contact_.connected();
  if (std::string error = contact_.last_error(); !error.empty()) {
    status.last_error = std::move(error);
  }
  return status;
}

}  // namespace tamtap
