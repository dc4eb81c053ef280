#include "sim/simulated_master.h"

#include <tuple>

#include "base/check.h"
#include "base/random.h"

namespace tamtap::sim {

void SimulatedMaster::Begin(const School& school, WallTime now) {
  SeededRandom ids(1);
  Change(ChangesBetween({}, school, {0, "office"}, ids), now);
}

std::optional<SchoolUpdate> SimulatedMaster::Pull(std::string_view known_version) const {
  const std::string newest = version();
  if (known_version == newest) return std::nullopt;
  for (size_t n = 0; n < states_.size(); ++n) {
    // Half of the old versions are no longer known.
    if (known_version != states_[n].version || n % 2 == 1) continue;
    return Difference(states_[n].school, school(), newest);
  }
  return SchoolUpdate{newest, true, states_.size() > 1, school(), {}};
}

std::vector<std::string> SimulatedMaster::Change(std::span<const SchoolChange> changes,
                                                 WallTime now) {
  facts_.BeginNoting();
  const auto outcomes = ApplyChanges(changes, now, facts_);
  CHECK(outcomes.has_value());
  if (!facts_.put().empty()) {
    School next = school();
    for (const auto& [key, fact] : facts_.put()) {
      const auto put = PutFact(key, fact.Fields(), next);
      CHECK(put.has_value());
    }
    Sort(next);
    states_.push_back(StateOf(std::move(next)));
  }
  return *outcomes;
}

void SimulatedMaster::PutBack() { std::tie(facts_, states_) = copied_; }

}  // namespace tamtap::sim
