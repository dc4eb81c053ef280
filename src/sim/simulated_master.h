// The school at the simulated central store: production's rule for changes (school/facts.h) on
// facts in memory, with every state that it ever had.
#pragma once

#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
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

  const School& school() const { return states_.back(); }
  std::string version() const { return VersionOf(states_.size() - 1); }
  const std::map<FactKey, Fact>& facts() const { return facts_.facts(); }

 private:
  std::string VersionOf(size_t state) const { return std::to_string(state) + "-" + name_; }

  const std::string name_;
  FactsInMemory facts_;
  std::vector<School> states_ = {School()};  // by the number in the version
};

}  // namespace tamtap::sim
