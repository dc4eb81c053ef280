// What the school of an existing installation brings to the school that is here, before it does.
// Whoever and whatever is here already stays as it is here: what the school has said since then
// holds, so that an import may be repeated at any time. Pure functions of values; thread-safe.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "school/import_plan.h"
#include "tap/school.h"

namespace tamtap {

// What an installation has of one kind: how much of it is new here, the same here, or another way
// here.
struct MoveCounts {
  size_t added = 0;
  size_t unchanged = 0;
  size_t kept = 0;
};

// Who was removed from the school here, by their `person`, and on which day.
using RemovedPeople = std::map<std::string, std::string>;

struct MovePlan {
  School added;  // of the settings, too, those that the school here does not have
  MoveCounts people;
  MoveCounts schedules;
  MoveCounts calendar;
  MoveCounts settings;
  std::vector<std::string> new_people;  // who they are, in words
  std::vector<std::string> left_out;    // who can't come, and why
  std::vector<std::string> notes;       // what is another way here, and what else is worth knowing
  // Whose person here each person there is, by CardIdentity there; those that are new as well.
  std::map<std::string, std::string> keys;
};

// Who was removed here stays out, and is named: they would come back with each import.
MovePlan PlanMove(const School& here, const School& there, const RemovedPeople& removed = {});

// Does what the plan says, which was made for this very school. Each person keeps their own
// tamtap_id and date of registration; one who has none of these gets the next free number, and
// `registered`.
void ApplyMove(const MovePlan& plan, std::string_view registered, School& here);

}  // namespace tamtap
