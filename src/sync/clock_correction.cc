#include "sync/clock_correction.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "tap/mark.h"
#include "tap/set_instant.h"

namespace tamtap {
namespace {

using journal::ClockLine;
using journal::PendingTap;
using std::chrono::microseconds;

// A clock that moved by more than this since a tap was set by somebody.
constexpr int64_t kSetByUs = 60'000'000;
// A time told over a network, in whole seconds, agrees with a tap's up to here; so does the moment
// of the append with that of the card, a look at a face later.
constexpr int64_t kAgreesUs = 5'000'000;
// A battery-backed clock drifts by seconds a day; one that is further off than that was set wrong.
constexpr int64_t kBatteryAgreesUs = 300'000'000;
// So long taps of earlier boots wait for somebody to say what time it is.
constexpr std::chrono::hours kPatience{1};
// A day that was vouched for is wrong if the store tells one that is more than a year earlier.
constexpr int kMostDaysBack = 366;
// The word of a boot whose taps are sent as they were taken. No boot began in that microsecond.
constexpr int64_t kAsTaken = 1;
// Behind the name of such a boot: those of its taps that came after its clock was moved to a time
// that can't be. They are judged like a boot of their own.
constexpr const char* kMoved = "/moved";

int64_t BaseOf(WallTime wall, MonotonicTime at) {
  return (wall.time_since_epoch() - at.time_since_epoch()).count();
}

// A day that no clock shows that anybody has ever set.
bool IsAbsurd(std::string_view day) {
  return day < journal::kFirstPossibleDay ||
         !CorrectedClock::IsNoLeap(day, journal::kFirstPossibleDay);
}

// What was imported is stamped with the boot that it was imported in, which knows nothing of it.
bool IsUnsure(const PendingTap& tap) {
  return tap.record.clock == ClockState::kUnsure && IsTapOfAGate(tap.record);
}

}  // namespace

int64_t EstimatedInstant(int64_t base_us, int64_t mono_us, int64_t end_us) {
  const int64_t half = std::max<int64_t>((end_us - base_us) / 2, 1);
  if (mono_us <= half) return base_us + mono_us;
  // The rest of all time goes into the second half, and less room to each hour of it.
  const auto over = static_cast<long double>(mono_us - half);
  const auto room = static_cast<long double>(half);
  return base_us + half + static_cast<int64_t>(room * (over / (over + room)));
}

ClockCorrection::ClockCorrection(journal::Journal& journal, RosterHolder& roster,
                                 const SchoolZone& zone, Clock& clock, CorrectedClock& corrected)
    : journal_(journal),
      roster_(roster),
      zone_(zone),
      clock_(clock),
      corrected_(corrected),
      last_day_before_(journal.LastVouchedDay()),
      began_(clock.MonotonicNow()) {}

bool ClockCorrection::WantsTime(const std::vector<PendingTap>& taps) {
  if (corrected_.Synchronised()) return false;
  return std::any_of(taps.begin(), taps.end(), [&](const PendingTap& tap) {
    return IsUnsure(tap) && !journal_.ClockOf(BootOf(tap));
  });
}

Result<> ClockCorrection::Learn(const ToldTime& told) {
  told_ = told;
  if (journal_.ClockOf(clock_.BootId()) || corrected_.SetByNetwork()) return {};
  const auto right = ThisBootAsTold();
  if (!right) return {};
  const int64_t off_us = right->base_us - ShownBase();
  if (corrected_.Synchronised() && (!told.sure || std::abs(off_us) <= kBatteryAgreesUs)) return {};
  TAMTAP_TRY(const ClockLine known, Say(*right));
  LogInfo("clock: the store's time is {} s from what this machine shows",
          (known.base_us - ShownBase()) / 1'000'000);
  return {};
}

Result<std::vector<PendingTap>> ClockCorrection::Correct(std::vector<PendingTap> taps) {
  Lengths lengths;
  for (const PendingTap& tap : taps) {
    if (!IsUnsure(tap)) continue;
    int64_t& length = lengths[tap.stamp.boot];
    length = std::max(length, tap.stamp.mono_us);
  }
  std::vector<PendingTap> ready;
  ready.reserve(taps.size());
  for (PendingTap& tap : taps) {
    if (IsUnsure(tap)) {
      TAMTAP_TRY(const std::optional<ClockLine> word, WordOn(tap, lengths));
      if (!word) continue;
      Apply(*word, tap);
    }
    ready.push_back(std::move(tap));
  }
  return ready;
}

Result<std::optional<ClockLine>> ClockCorrection::WordOn(const PendingTap& tap,
                                                         const Lengths& lengths) {
  const std::string boot = BootOf(tap);
  if (auto known = journal_.ClockOf(boot)) return known;
  std::optional<ClockLine> word;
  if (tap.stamp.boot == clock_.BootId()) {
    word = ThisBoot(tap);
  } else {
    TAMTAP_TRY(word, EarlierBoot(tap, lengths));
  }
  if (!word) return word;
  word->boot = boot;
  TAMTAP_TRY(const ClockLine known, Say(*word));
  if (known.sure) {
    LogInfo("clock: taps of this boot are corrected by {} s",
            (known.base_us + tap.stamp.mono_us - tap.record.tapped_at_us) / 1'000'000);
  } else {
    LogWarning("clock: nobody knows when the taps of {} boot were; they are marked unsure",
               tap.stamp.boot == clock_.BootId() ? "this" : "an earlier");
  }
  return std::optional(known);
}

std::string ClockCorrection::BootOf(const PendingTap& tap) {
  const auto known = journal_.ClockOf(tap.stamp.boot);
  const bool as_taken = known && known->base_us == kAsTaken;
  return as_taken && IsAbsurd(tap.record.day) ? tap.stamp.boot + kMoved : tap.stamp.boot;
}

std::optional<ClockLine> ClockCorrection::ThisBoot(const PendingTap& tap) {
  const std::string boot = clock_.BootId();
  if (corrected_.Synchronised()) return ClockLine{boot, ShownBase(), true};
  if (auto told = ThisBootAsTold()) return told;
  if (CanBe(tap.record.day)) return ClockLine{boot, kAsTaken, false};
  // Nobody leaves a clock in 1970 or 2038 who looks at it.
  const int64_t then = tap.record.tapped_at_us - tap.stamp.mono_us;
  const bool was_set = IsAbsurd(tap.record.day) && std::abs(ShownBase() - then) > kSetByUs;
  if (was_set && CanBe(zone_.ToLocal(clock_.Now()).day)) return ClockLine{boot, ShownBase(), true};
  return std::nullopt;
}

Result<std::optional<ClockLine>> ClockCorrection::EarlierBoot(const PendingTap& tap,
                                                              const Lengths& lengths) {
  const std::string& boot = tap.stamp.boot;
  const Record& record = tap.record;
  const std::string floor = Floor(last_day_before_);
  if (const auto now = KnownNow()) {
    const bool between =
        record.day >= floor && record.tapped_at_us <= now->time_since_epoch().count();
    if (between) return std::optional(ClockLine{boot, kAsTaken, false});
    TAMTAP_TRY(const ClockLine estimate,
               Estimate(boot, zone_.ToLocal(*now).day, *now - microseconds(lengths.at(boot))));
    return std::optional(estimate);
  }
  if (clock_.MonotonicNow() - began_ < kPatience) return std::optional<ClockLine>();
  if (CanBe(record.day)) return std::optional(ClockLine{boot, kAsTaken, false});
  TAMTAP_TRY(const ClockLine estimate, Estimate(boot, floor, std::nullopt));
  return std::optional(estimate);
}

Result<ClockLine> ClockCorrection::Estimate(const std::string& boot, std::string_view day,
                                            std::optional<WallTime> latest_begin) {
  TAMTAP_TRY(const WallTime begin, zone_.FromLocal(fmt::format("{} 00:00:00", day)));
  // An hour is left for the taps, and no tap of the day's classes comes after them.
  TAMTAP_TRY(const WallTime evening, zone_.FromLocal(fmt::format("{} 23:00:00", day)));
  const WallTime base = std::clamp(latest_begin.value_or(evening), begin, evening);
  return ClockLine{boot, base.time_since_epoch().count(), false};
}

std::optional<ClockLine> ClockCorrection::ThisBootAsTold() {
  if (!told_ || !CanBeTold(*told_)) return std::nullopt;
  const int64_t base = BaseOf(told_->wall, told_->at);
  // Told to the second, over a network: a clock that agrees is the better one.
  const int64_t shown = ShownBase();
  return ClockLine{clock_.BootId(), std::abs(base - shown) <= kAgreesUs ? shown : base, true};
}

std::optional<WallTime> ClockCorrection::KnownNow() {
  if (!corrected_.Synchronised()) return std::nullopt;
  return corrected_.Now();
}

std::string ClockCorrection::Floor(std::string_view last_vouched_day) {
  const auto now = KnownNow();
  if (!now) return std::string(last_vouched_day);
  return std::min(std::string(last_vouched_day), zone_.ToLocal(*now).day);
}

bool ClockCorrection::CanBe(std::string_view day) {
  const std::string last_day = journal_.LastVouchedDay();
  return day >= Floor(last_day) && CorrectedClock::IsNoLeap(day, last_day);
}

bool ClockCorrection::CanBeTold(const ToldTime& told) {
  const std::string day = zone_.ToLocal(told.wall).day;
  const std::string last_day = journal_.LastVouchedDay();
  if (day < journal::kFirstPossibleDay || !CorrectedClock::IsNoLeap(day, last_day)) return false;
  return day >= last_day || told.sure || AddDays(day, kMostDaysBack) < last_day;
}

int64_t ClockCorrection::ShownBase() { return BaseOf(clock_.Now(), clock_.MonotonicNow()); }

Result<ClockLine> ClockCorrection::Say(const ClockLine& word) {
  const ClockLine& first = unsaid_.try_emplace(word.boot, word).first->second;
  TAMTAP_TRY(ClockLine known, journal_.SetClock(first));
  unsaid_.erase(word.boot);
  return known;
}

void ClockCorrection::Apply(const ClockLine& word, PendingTap& tap) {
  Record& record = tap.record;
  if (word.base_us == kAsTaken) return;
  if (!word.sure) {
    const WallTime base{microseconds(word.base_us)};
    const std::string tomorrow = AddDays(zone_.ToLocal(base).day, 1);
    const auto end = zone_.FromLocal(tomorrow + " 00:00:00");
    if (!end) return;  // every day of a journal's word has a next one
    const WallTime instant(microseconds(
        EstimatedInstant(word.base_us, tap.stamp.mono_us, end->time_since_epoch().count())));
    return SetInstant(instant, zone_.ToLocal(instant), record);
  }
  record.clock = ClockState::kCorrected;
  const int64_t instant_us = word.base_us + tap.stamp.mono_us;
  if (std::abs(instant_us - record.tapped_at_us) > kAgreesUs) {
    const WallTime instant{microseconds(instant_us)};
    const LocalTime local = zone_.ToLocal(instant);
    SetInstant(instant, local, record);
    // The card that was tapped is the person's, though both may have changed since: the tap counts.
    Person person;
    person.section = record.section;
    person.role = record.role;
    const Admission admission = roster_.Current()->Admit(person, local);
    if (admission.refusal != Refusal::kNoClassesToday) record.status = admission.status;
    record.day = admission.day;
  }
  journal_.NoteTapped(record.day, record.person, {tap.sequence, record.tapped_at_us});
}

}  // namespace tamtap
