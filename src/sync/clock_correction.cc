#include "sync/clock_correction.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/log.h"
#include "journal/legacy_import.h"

namespace tamtap {
namespace {

using journal::ClockLine;
using journal::PendingTap;

// A clock that moved by more than this since a tap was set by somebody.
constexpr int64_t kSetByUs = 60'000'000;
// A time told over a network, in whole seconds, agrees with a tap's up to here; so does the moment
// of the append with that of the card, a look at a face later.
constexpr int64_t kAgreesUs = 5'000'000;

int64_t BaseOf(WallTime wall, MonotonicTime at) {
  return (wall.time_since_epoch() - at.time_since_epoch()).count();
}

}  // namespace

bool ClockCorrection::WantsTime(const std::vector<PendingTap>& taps) {
  if (told_ || clock_.Synchronised()) return false;
  return std::any_of(taps.begin(), taps.end(), [&](const PendingTap& tap) {
    return tap.record.clock == ClockState::kUnsure && tap.stamp.boot == clock_.BootId() &&
           !journal_.ClockOf(tap.stamp.boot);
  });
}

Result<> ClockCorrection::Learn(const ToldTime& told) {
  told_ = told;
  if (clock_.Synchronised() || journal_.ClockOf(clock_.BootId())) return {};
  const auto right = ThisBootAsTold();
  if (!right) return {};
  TAMTAP_TRY(const ClockLine known, journal_.SetClock(*right));
  LogInfo("clock: the store's time is {} s from what this machine shows",
          (known.base_us - BaseOf(clock_.Now(), clock_.MonotonicNow())) / 1'000'000);
  return {};
}

Result<std::vector<PendingTap>> ClockCorrection::Correct(std::vector<PendingTap> taps) {
  std::vector<PendingTap> ready;
  ready.reserve(taps.size());
  for (PendingTap& tap : taps) {
    // What was imported was not taken in this boot, though it was written down in it.
    const bool taken_here = tap.record.tap.terminal != journal::kImportedTerminal;
    if (tap.record.clock == ClockState::kUnsure && taken_here) {
      ClockLine clock;
      TAMTAP_TRY(const Need need, Judge(tap, clock));
      if (need == Need::kWait) continue;
      if (need == Need::kCorrection) Apply(clock, tap);
    }
    ready.push_back(std::move(tap));
  }
  return ready;
}

Result<ClockCorrection::Need> ClockCorrection::Judge(const PendingTap& tap, ClockLine& clock) {
  if (const auto known = journal_.ClockOf(tap.stamp.boot)) {
    clock = *known;
    return Need::kCorrection;
  }
  if (tap.stamp.boot == clock_.BootId()) {
    if (const auto right = ThisBoot(tap)) {
      TAMTAP_TRY(clock, journal_.SetClock(*right));
      LogInfo("clock: taps of this boot are corrected by {} s",
              (clock.base_us + tap.stamp.mono_us - tap.record.tapped_at_us) / 1'000'000);
      return Need::kCorrection;
    }
    return CanBe(tap.record.day) ? Need::kNothing : Need::kWait;
  }
  if (CanBe(tap.record.day)) return Need::kNothing;
  TAMTAP_TRY(const ClockLine estimate, Estimate(tap));
  TAMTAP_TRY(clock, journal_.SetClock(estimate));
  LogWarning("clock: taps of a boot that never had a right clock are put behind {}",
             journal_.LastDay());
  return Need::kCorrection;
}

std::optional<ClockLine> ClockCorrection::ThisBootAsTold() {
  if (!told_ || !CanBe(zone_.ToLocal(told_->wall).day)) return std::nullopt;
  const int64_t shown = BaseOf(clock_.Now(), clock_.MonotonicNow());
  const int64_t base = BaseOf(told_->wall, told_->at);
  // Told to the second, over a network: a clock that agrees is the better one.
  return ClockLine{clock_.BootId(), std::abs(base - shown) <= kAgreesUs ? shown : base, true};
}

std::optional<ClockLine> ClockCorrection::ThisBoot(const PendingTap& tap) {
  const std::string boot = clock_.BootId();
  const int64_t shown = BaseOf(clock_.Now(), clock_.MonotonicNow());
  if (clock_.Synchronised()) return ClockLine{boot, shown, true};
  if (auto told = ThisBootAsTold()) return told;
  const bool was_set = std::abs(shown - (tap.record.tapped_at_us - tap.stamp.mono_us)) > kSetByUs;
  if (was_set && CanBe(zone_.ToLocal(clock_.Now()).day)) return ClockLine{boot, shown, true};
  return std::nullopt;
}

Result<ClockLine> ClockCorrection::Estimate(const PendingTap& tap) {
  // The end of that day, so that no tap under a right clock is beaten to an arrival.
  TAMTAP_TRY(const WallTime end, zone_.FromLocal(journal_.LastDay() + " 23:59:59"));
  return ClockLine{tap.stamp.boot, end.time_since_epoch().count() - tap.stamp.mono_us, false};
}

bool ClockCorrection::CanBe(std::string_view day) { return day >= journal_.LastDay(); }

void ClockCorrection::Apply(const ClockLine& clock, PendingTap& tap) {
  Record& record = tap.record;
  const WallTime instant{std::chrono::microseconds(clock.base_us + tap.stamp.mono_us)};
  const bool agrees =
      std::abs(instant.time_since_epoch().count() - record.tapped_at_us) <= kAgreesUs;
  if (clock.sure) record.clock = ClockState::kCorrected;
  if (agrees) return;
  const LocalTime local = zone_.ToLocal(instant);
  record.tapped_at_us = instant.time_since_epoch().count();
  record.tapped_at = local.iso;
  record.date = local.date;
  record.time = local.time;
  record.day = local.day;
  record.session = local.session;
  if (clock.sure) {
    // The card that was tapped is the person's, though both may have changed since: the tap counts.
    Person person;
    person.section = record.section;
    person.role = record.role;
    const Admission admission = roster_.Current()->Admit(person, local);
    if (admission.refusal != Refusal::kNoClassesToday) record.status = admission.status;
  }
  journal_.NoteDay(record.day, record.person, tap.sequence);
}

WallTime CorrectedClock::Now() {
  if (!clock_.Synchronised()) {
    const auto known = journal_.ClockOf(boot_);
    if (known && known->sure) {
      return WallTime(std::chrono::microseconds(known->base_us) +
                      clock_.MonotonicNow().time_since_epoch());
    }
  }
  return clock_.Now();
}

bool CorrectedClock::Synchronised() {
  if (clock_.Synchronised()) return true;
  const auto known = journal_.ClockOf(boot_);
  return known && known->sure;
}

}  // namespace tamtap
