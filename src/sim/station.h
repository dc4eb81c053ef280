// Station: one gate with its machine: the disk, what it does wrong, the clock, the way to the
// store, and the process that runs there, or none.
#pragma once

#include <deque>
#include <map>
#include <memory>
#include <set>

#include "sim/gate.h"
#include "sim/gate_clock.h"
#include "sim/mounted_disk.h"
#include "sim/network.h"
#include "sim/simulated_disk.h"

namespace tamtap::sim {

inline constexpr uint64_t kForever = UINT64_MAX;

// What the disk of a gate does wrong, and when the gate dies.
struct DiskFaults {
  std::map<DiskCall, uint64_t> failing;  // how often; UINT64_MAX: until mended
  int errno_value = 5;                   // EIO
  uint64_t dies_at_call = 0;             // counted down; 0: not at all
  bool power = false;                    // or else the process alone
  uint64_t losing_all = 0;
  uint64_t fired = 0;
  bool dead = false;
  bool full = false;
};

// What the stick of a gate does wrong.
struct StickFaults {
  enum class Kind { kEverything, kWrites, kFlushes };
  Kind kind = Kind::kEverything;
  uint64_t left = 0;  // calls that still fail
};

struct Station {
  Station(const std::string& machine, const int64_t& now_us, int64_t wall_us, StoreFront& front,
          uint64_t seed);
  // A card as the machine came with, empty: half of all machines write blocks past the page cache.
  std::unique_ptr<SimulatedDisk> NewCard() const;

  const bool writes_blocks;
  std::unique_ptr<SimulatedDisk> disk = NewCard();
  // Where the gate's copy of the school lies. It loses power with the gate, and never fails: what a
  // tap's disk can do to it is in copy_file_test.cc.
  SimulatedDisk school_disk;
  DiskFaults faults;
  std::string journal;                   // its id, since the last start
  std::shared_ptr<SimulatedDisk> stick;  // that is this gate's mirror, plugged in or not; or none
  std::shared_ptr<SimulatedDisk> yesterdays_stick;
  StickFaults stick_faults;
  bool is_mirrored = false;  // upkeep went well since anything happened to the stick
  MountedDisk mounted{disk};
  GateClock clock;
  SeededRandom random;
  SeededRandom fates;
  SeededRandom school_fates;  // of what the disk keeps
  Link link;
  std::unique_ptr<CentralStore> store;  // of the process; null: the link itself
  std::unique_ptr<Gate> gate;           // null: it is down
  int64_t next_step_us = 0;
  int64_t last_write_back_us = 0;
  uint64_t lose_wakes = 0;
  std::deque<uint64_t> taps_during_call;
  // Whose own taps were accepted here, as far as this gate's disk is sure to tell still.
  std::set<uint64_t> cards_seen;
  std::unique_ptr<SimulatedDisk> backup;
  size_t attempts_at_backup = 0;
  uint64_t clock_after = 0;
};

}  // namespace tamtap::sim
