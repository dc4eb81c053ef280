#include "terminal/visit.h"

#include <optional>

namespace tamtap {
namespace {

using journal::KnownTap;
using journal::KnownTaps;

// The first tap of that person on that day that counts.
std::optional<KnownTap> FirstTap(journal::Journal& journal, const std::string& day,
                                 const std::string& person, bool vouched) {
  const std::optional<KnownTaps> known = journal.FindTaps(day, person);
  if (vouched) return known ? std::optional(known->first) : std::nullopt;
  for (const auto& taps : {known, journal.FindUnsureTaps(day, person)}) {
    if (!taps) continue;
    for (const KnownTap& tap : {taps->first, taps->last}) {
      const bool at_other_gate = tap.sequence == journal::kOtherGate;
      if (at_other_gate || journal.IsOfThisBoot(tap.sequence)) return tap;
    }
  }
  return std::nullopt;
}

}  // namespace

Visit VisitOf(journal::Journal& journal, const Roster& roster, const Person& person,
              const Admission& admission, const TapTime& time) {
  const DepartureRule& rule = roster.settings().departures;
  const int64_t now_us = time.at.time_since_epoch().count();
  if (rule.on && roster.MayLeaveDayBefore(person.section, time.local)) {
    std::string before = AddDays(time.local.day, -1);
    const auto first = FirstTap(journal, before, person.person, time.vouched);
    if (first && rule.IsDeparture(first->at_us, now_us)) {
      return {Visit::Kind::kDeparture, std::move(before)};
    }
  }
  const auto first = FirstTap(journal, admission.day, person.person, time.vouched);
  if (!first) return {Visit::Kind::kArrival, admission.day};
  const bool leaves = rule.IsDeparture(first->at_us, now_us);
  return {leaves ? Visit::Kind::kDeparture : Visit::Kind::kDuplicate, admission.day};
}

}  // namespace tamtap
