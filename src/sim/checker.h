// Checker: knows every tap that anybody was told of, and holds against it what reached the central
// store. It works out attendance by itself, from the plain rule, not from production's code.
//
//   I1  every acknowledged tap is in the central store, its content unchanged, or the journal
//       reports damage where it was
//   I2  nothing is there twice, and nothing that nobody tapped
//   I3  tap ids and sequence numbers are never given away twice
//   I4  damage and refusals are reported
//   I5  taps are accepted whenever the disk works, whatever the network does; nobody is told that
//       they have tapped already on a day on which they have not
//   I6  the backlog drains by itself
//   I7  what is not a journal's own is still somewhere in the end, whole, on its card or its stick
//   T   a tap under a clock that was vouched for, or corrected, is under its true day, unless
//       somebody vouched for a wrong time in that boot; every other one is flagged unsure
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/gate.h"
#include "sim/simulated_disk.h"
#include "sim/tap_times.h"

namespace tamtap::sim {

struct Attempt {
  enum class Told {
    kAccepted,
    kRefused,  // by a storage that failed: it may be there all the same
    kNothing,  // the power went first: the same
  };
  size_t gate = 0;
  Told told = Told::kNothing;
  TakenTap taken;
  Record record;  // as it was taken; once the store has it, as it has it
  uint64_t process = 0;
  uint64_t boot = 0;
  bool void_is_durable = false;  // said never to have been acknowledged, durably
  bool may_be_lost = false;      // its medium was replaced, or its line rotted
  bool rotted = false;
  bool refused = false;      // by the store, for good: it is kept in quarantine
  bool ever_stored = false;  // also by a store that went back since: other gates heard of it
  uint64_t applied = 0;      // times that the store took it, and has it
  uint64_t applied_in_copy = 0;
};

// A tap's own words for a report.
std::string Name(const Record& record);

// checker.cc hears what happens while the gates live, checker_verdict.cc judges in the end.
class Checker {
 public:
  Checker(size_t gates, TimeZone zone, const School& school);

  // `storage_was_fine`: no disk call failed meanwhile, and there was room.
  void OnTap(size_t gate, const TakenTap& expected, const TapResult& result, bool dead,
             bool storage_was_fine);
  void OnStart(size_t gate, const std::string& first_indexed_day);
  // The machine starts again: it may have been off for any time.
  void OnReboot(size_t gate) { ++gates_[gate].boot; }
  // Somebody vouches there for a time that is wrong.
  void OnLie(size_t gate) { gates_[gate].boots_with_a_lie.insert(gates_[gate].boot); }
  void OnApplied(const Record& record, const Outcome& outcome);
  // Power went while something was not flushed. What is left of it may look like damage to a
  // journal that can't know what was flushed: a report too many is then no failure.
  void OnTear(size_t gate) { gates_[gate].tore = true; }
  void OnStatus(size_t gate, const GateStatus& status);
  // Before the bytes change.
  void OnRot(size_t gate, const std::string& path, uint64_t offset, std::string_view mask,
             const std::string& content);
  size_t attempts() const { return attempts_.size(); }
  // What was tapped at that gate since is lost unless the store has it.
  void OnRestore(size_t gate, size_t attempts_at_backup);
  // The card is gone. `is_somewhere`: whether another medium has the line of that tap. What is
  // nowhere any more is excused; the rest has to arrive.
  // `is_mirrored`: the gate has said that its mirror lacks nothing; then it must have all of them.
  void OnCardLost(size_t gate, const std::function<bool(const std::string& tap)>& is_somewhere,
                  bool is_mirrored);
  // A stick with other content than the journal left there, or the journal of another gate: numbers
  // may repeat, and damage be told of that was none.
  void OnStrangeMirror(size_t gate) { gates_[gate].tampered = true; }
  // It comes from a copy that does not know whether it was ever acknowledged.
  void OnImported(const Record& record);
  // By a clock that jumped days ahead, and says that it is right, segments of today are old: they
  // leave the journal, confirmed, and with them what the duplicate check knows after a start.
  void OnClockJumpWithRetention(size_t gate) { gates_[gate].forgets_days = true; }

  // The store is as it was when it was copied, or empty if it never was.
  void OnStoreCopied();
  void OnStoreRestored();
  void OnStoreReplaced();  // by an empty one

  // Taps, by their ids, that the server does not believe: somebody vouched for a wrong clock of
  // their gate's.
  void CheckDoubted(const std::set<std::string>& taps);
  // In the end, with everything healed and drained.
  void CheckStatus(size_t gate, const GateStatus& status, bool refusals_remain);
  // `damage`: what a reading of everything finds.
  void CheckDisk(size_t gate, SimulatedDisk& disk, const std::vector<journal::Damage>& damage);
  void CheckStore(std::vector<Attendance> everything,
                  const std::function<Outcome(const Record&)>& store_again,
                  const std::set<std::string>& refused);

  // Records of this terminal are no gate's of this life: they may come from a foreign mirror.
  static constexpr std::string_view kForeignTerminal = "foreign";

  void Fail(std::string what) { failures_.push_back(std::move(what)); }
  const std::vector<std::string>& failures() const { return failures_; }

  struct Counts {
    uint64_t acknowledged = 0;
    uint64_t lost = 0;
    uint64_t twice = 0;
    uint64_t excused = 0;
    uint64_t waiting =
        0;  // in the end, at the gates: among the lost, if nothing sends them any more
  };
  Counts Count() const;
  // Whether somebody vouched for a wrong clock of that gate.
  bool EverLied(size_t gate) const { return !gates_[gate].boots_with_a_lie.empty(); }
  // Taps of these persons are not lost: the store refused them for good.
  void NoteRefused(const std::set<std::string>& persons);

 private:
  struct Rot {
    std::string path;
    uint64_t segment;
    uint64_t offset;
    std::string line;  // as it was
    std::string rotten;
    bool kept_aside = false;
  };
  struct GateFacts {
    uint64_t process = 0;
    uint64_t boot = 0;
    std::string first_indexed_day;
    bool tampered = false;  // rot, or an old disk put back: numbers may repeat
    uint64_t last_sequence = 0;
    std::set<std::string> days;  // that were tapped on; the journal knows the newest few
    std::set<uint64_t> boots_with_a_lie;
    std::set<std::pair<std::string, std::string>> duplicates;  // (day, person) told SUCCESS again
    // All that was reported; a torn tail may be a last line that rotted: nobody can tell.
    std::vector<journal::Damage> damage;
    bool reports_loss = false;
    bool forgets_days = false;
    bool tore = false;
    std::vector<Rot> rots;
    uint64_t quarantined = 0;
  };

  void CheckAccepted(size_t index);
  // Whether that record may be a departure by the plain rule: some tap of the same person and day
  // lies far enough before it.
  bool MayBeDeparture(const Record& record) const;
  // A person who leaves in the night leaves the classes of the day before.
  bool IsNightDeparture(const Record& taken, const Record& expected) const;
  // A person was told that they have tapped already; they must have.
  void CheckDuplicate(size_t gate, const TakenTap& expected);
  bool IsKnownDuplicate(const Attempt& earlier, const Attempt& accepted) const;
  bool Lied(const Attempt& attempt) const {
    return gates_[attempt.gate].boots_with_a_lie.contains(attempt.boot);
  }
  // Whose tap that record is: by its id where it was given away, else by what it says.
  // Where the words on its boots may be gone, an unsure tap may come otherwise than before.
  bool IsAlarmAfterDamage(const Record& record, const Outcome& outcome) const;
  Attempt* FindAttempt(size_t gate, const Record& record);
  // Whether anybody was told of one of the missing numbers.
  bool Acknowledged(size_t gate, const journal::Damage& missing) const;
  bool Reported(const Attempt& attempt) const;

  std::vector<GateFacts> gates_;
  const TimeZone zone_;
  int64_t departs_after_us_ = 0;  // 0: nobody does
  std::vector<Attempt> attempts_;
  std::map<std::string, size_t> by_tap_;  // of accepted and of applied taps
  std::vector<std::string> failures_;
};

}  // namespace tamtap::sim
