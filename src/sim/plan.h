// Plan: what happens in one simulated life, drawn from a seed. A plan is a list of operations, each
// with its own random number, so that taking some out leaves the others as they were: that is what
// makes a failing plan shrink.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/random.h"

namespace tamtap::sim {

enum class Act {
  kTap,            // a: person, b: milliseconds before it
  kTapDuringCall,  // a: person; taps while the next call to the store is under way
  kPass,           // a: milliseconds
  kMaintain,
  kPowerCut,      // a: 0 loses all that was not flushed, else any of it may survive; b: clock after
  kPowerCutAt,    // the same at the a-th disk call from now
  kKill,          // the process ends, the machine goes on
  kKillAt,        // at the a-th disk call from now
  kFailCalls,     // a: which kind of disk call, b: how often, 0: until it is mended
  kMendDisk,      //
  kFillDisk,      // a: bytes left
  kFreeDisk,      //
  kRot,           // a: 0 one bit, 1 up to eight bytes, 2 a sector
  kBackUp,        // remembers the disk as it is
  kRestore,       // puts that disk back
  kSetClock,      // b: which way
  kNetwork,       // a: how the network is from now on
  kLoseReplies,   // a: the next so many replies are lost after the store applied them
  kStoreDown,     // a: milliseconds
  kStoreCrash,    // a: 0 before, 1 after the commit of the next call
  kStoreBusy,     // a: milliseconds that it asks to be left alone
  kStoreDenies,   // a: milliseconds
  kRefusePerson,  // a: person whose records are refused for good
  kRetryPerson,   // a: person whose records are put off, b: how often
  kRequeue,
  kLoseWakes,  // a: so many wakes are lost
  // Of central stores that change (plan_stores.cc).
  kCopyStore,     // remembers the store as it is
  kRestoreStore,  // puts that copy back; a: milliseconds that it takes
  kReplaceStore,  // another, empty store is at its place; a: milliseconds that it takes
  kMoveGate,      // the gate is given another central store; b: odd: and started again
  kMoveBack,      // the gate is given its own central store again; b: the same
  // Of gates that start without one (starts_without_store.cc).
  kStartWithoutStore,  // the process ends; for a milliseconds no gate can open its store
  // Of mirrors (plan_mirror.cc).
  kUnplug,        // pulls the stick out; a: odd: its empty mount point stays
  kPlug,          // puts the gate's stick back in
  kNewStick,      // puts in an empty one
  kSwapStick,     // changes sticks with the next gate
  kForeignStick,  // puts in one with a journal of no gate here
  kKeepStick,     // remembers the stick as it is
  kStaleStick,    // puts that one in
  kLoseCard,      // the card dies, and an empty one is in
  kForeignFiles,  // puts files of another journal beside ours; a: even: on the stick, else the card
  kStickFails,  // a: 0 every call, 1 writing ones (it is read-only now), else flushes; b: how often
  kFillStick,   // a: bytes left
  kMendStick,
  kNight,  // a: minutes pass in which nothing runs: machines sleep
  // Of the school (school_operations.cc).
  kOfficeSays,  // a: of whom, b: what
  kGateSays,    // the same
  kRegister,    // somebody new is registered at the gate, and taps there at once
};
inline constexpr int kActs = static_cast<int>(Act::kRegister) + 1;

enum class NetworkState {
  kGood,
  kSlow,
  kLossy,
  kHalfOpen,
  kCut,
  kStranger,  // what answers is not our server
};
inline constexpr uint64_t kNetworkStates = 6;

struct Operation {
  Act act = Act::kPass;
  size_t gate = 0;
  uint64_t a = 0;
  uint64_t b = 0;
  uint64_t random = 0;  // seeds whatever is drawn while it is carried out
};
std::string ToString(const Operation& operation);

enum class StoreKind { kMemory, kSqlite };

struct Plan {
  uint64_t seed = 0;
  size_t gates = 1;
  size_t people = 8;
  uint64_t segment_bytes = 8 << 10;
  uint64_t retention_days = 0;
  bool mirror = false;
  StoreKind store = StoreKind::kMemory;
  bool through_server = false;  // gates talk to a server in front of it, as terminals do by HTTP
  size_t batch = 500;
  bool ends_with_power_cut = false;
  bool store_tells_time = false;  // as a MongoDB store does; a server always does
  bool mends_refusals = false;    // refused records are accepted in the end, and requeued
  // People who tap so many minutes after their first tap of a day leave; 0: they tap once a day.
  int departures_after_minutes = 0;
  std::vector<Operation> operations;
};
std::string ToString(const Plan& plan);

Plan MakePlan(uint64_t seed, size_t steps);

// What a subject adds to a plan.
void AddStoreChanges(Plan& plan);
void AddMirrors(Plan& plan);

// Puts `count` more operations anywhere into a plan. A subject that came later than the plan's own
// operations adds what it does in this way, from a sequence of its own (`SeededRandom(seed ^ salt)`
// with a salt of the subject), in a file of its own: so the lives that seeds stood for keep all
// that happened in them, and plan.cc does not grow. `draw` says what happens; the gate and the
// operation's own random number are drawn here.
void Sprinkle(Plan& plan, Random& random, size_t count,
              const std::function<Operation(Random&)>& draw);

// What is said of the school at the office and at gates: sprinkled by MakePlan.
void AddSchoolChanges(Plan& plan);
void AddRegistrations(Plan& plan);

// Gates that start while their store can't be opened: sprinkled by MakePlan.
void AddStartsWithoutStore(Plan& plan);

}  // namespace tamtap::sim
