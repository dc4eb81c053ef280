// The school of every simulated life.
#pragma once

#include <cstddef>

#include "tap/school.h"

namespace tamtap::sim {

// Classes all day and every day: the simulation is about taps that are taken.
School MakeSchool(size_t people);

}  // namespace tamtap::sim
