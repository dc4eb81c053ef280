#include "sync/contact.h"

#include <algorithm>
#include <string_view>

#include "base/log.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr int kMostDoublings = 16;

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

milliseconds Contact::Wait() {
  const MonotonicTime now = clock_.MonotonicNow();
  if (heard_.exchange(false) && looking_) wait_end_ = now;
  return std::chrono::ceil<milliseconds>(
      std::max(wait_end_ - now, MonotonicTime::duration::zero()));
}

void Contact::Failed(const Error& error) {
  state_ = State::kAway;
  denied_ = error.code == ErrorCode::kDenied || error.code == ErrorCode::kMisconfigured;
  // A store that is away is said once, and again when something else is wrong with it; not each
  // time that it is looked for.
  const std::string kind = WithoutLongNumbers(error.Message());
  if (said_.size() < kMostSaid && said_.insert(kind).second) {
    LogWarning("sync: {}; taps go on being recorded here", error.Message());
  }
  MutexLock lock(mutex_);
  connected_ = false;
  last_error_ = error.Message();
}

void Contact::LookLater() {
  WaitFor(Jittered(denied_ ? options_.longest_backoff : options_.probe));
  looking_ = !denied_ && store_.AskedToWait() == milliseconds(0);
}

void Contact::TryLater() {
  // A store that says when to come again knows better than any guess.
  const bool told = store_.AskedToWait() > milliseconds(0);
  WaitFor(denied_ ? Jittered(options_.longest_backoff) : told ? milliseconds(0) : Backoff());
}

void Contact::PutOff(milliseconds duration) {
  state_ = State::kPutOff;
  WaitFor(duration);
}

void Contact::PutOff() {
  CountFailure();
  PutOff(Backoff());
}

void Contact::Answered() {
  if (state_ == State::kAway) state_ = State::kAnswers;
  denied_ = false;
  looking_ = false;
  MutexLock lock(mutex_);
  connected_ = true;
  last_error_.clear();
}

void Contact::Worked() {
  if (said_.empty()) return;
  said_.clear();
  LogInfo("sync: the central store answers again");
}

bool Contact::connected() {
  MutexLock lock(mutex_);
  return connected_;
}

std::string Contact::last_error() {
  MutexLock lock(mutex_);
  return last_error_;
}

void Contact::WaitFor(milliseconds duration) {
  const milliseconds asked = std::min(store_.AskedToWait(), kLongestPatience);
  // Later than asked for, never sooner: all gates were told the same.
  if (asked > milliseconds(0)) {
    const auto spread = static_cast<uint64_t>(asked.count()) / 8 + 1;
    duration =
        std::max(duration, asked + milliseconds(static_cast<int64_t>(random_.Below(spread))));
  }
  looking_ = false;
  wait_end_ = clock_.MonotonicNow() + duration;
}

milliseconds Contact::Backoff() {
  const int doublings = std::min(std::max(failures_ - 1, 0), kMostDoublings);
  return Jittered(std::min(options_.first_backoff * (1 << doublings), options_.longest_backoff));
}

milliseconds Contact::Jittered(milliseconds duration) {
  const auto span = static_cast<uint64_t>(duration.count());
  return milliseconds(static_cast<int64_t>(span * 3 / 4 + random_.Below(span / 2 + 1)));
}

}  // namespace tamtap
