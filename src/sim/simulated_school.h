// The school of every simulated life.
#pragma once

#include <cstddef>
#include <optional>

#include "base/disk.h"
#include "sim/simulated_master.h"
#include "tap/school.h"

namespace tamtap::sim {

// Classes all day and every day: the simulation is about taps that are taken. Departures are
// recorded so many minutes after the first tap; 0: not at all.
School MakeSchool(size_t people, int departures_after_minutes);

// A technician leaves a copy of the school on a gate's disk, which is new.
void InstallSchool(const SimulatedMaster& master, Disk& disk);
inline constexpr const char* kSchoolCopyPath = "/roster.json";

// With which they tap. The school spells most of these cards otherwise.
CardId CardOf(size_t person);
// Of those whom the school knows by the beginning of their card only: another card that begins so.
std::optional<CardId> CardLikeThatOf(size_t person);

}  // namespace tamtap::sim
