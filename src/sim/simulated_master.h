// The school at the simulated central store: production's rule for changes (school/facts.h) on
// facts in memory, with every state that it ever had.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "school/facts_in_memory.h"
#include "school/update.h"

namespace tamtap::sim {

class SimulatedMaster {
 public:
  // The name is a part of its versions: those of two masters differ.
  explicit SimulatedMaster(std::string name) : name_(std::move(name)) {}

  // Somebody brings all of this school to it.
  void Begin(const School& school, WallTime now);

  std::optional<SchoolUpdate> Pull(std::string_view known_version) const;
  std::vector<std::string> Change(std::span<const SchoolChange> changes, WallTime now);

  // What it holds is copied; and what was copied last is put back, as from a backup. The versions
  // that it had in between are not known then, and no other state gets their names.
  void Copy() { copied_ = {facts_, states_}; }
  void PutBack();

  const School& school() const { return states_.back().school; }
  std::string version() const { return states_.back().version; }
  const std::map<FactKey, Fact>& facts() const { return facts_.facts(); }

 private:
  struct State {
    std::string version;
    School school;
  };
  State StateOf(School school) {
    return {std::to_string(drawn_++) + "-" + name_, std::move(school)};
  }

  const std::string name_;
  uint64_t drawn_ = 0;  // how many versions were named
  FactsInMemory facts_;
  std::vector<State> states_ = {StateOf({})};  // from the oldest
  std::pair<FactsInMemory, std::vector<State>> copied_;
};

}  // namespace tamtap::sim
