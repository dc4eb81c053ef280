// World: carries out one plan, in one thread, in simulated time, on production's code; then heals
// every fault, lets the backlog drain and has the Checker judge. The same plan gives the same life.
#pragma once

#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "sim/checker.h"
#include "sim/gate.h"
#include "sim/network.h"
#include "sim/plan.h"
#include "sim/school_words.h"
#include "sim/station.h"

namespace tamtap::sim {

class SimulatedServer;

struct Verdicts {
  std::vector<std::string> failures;  // empty: all held
  Checker::Counts counts;
  uint64_t digest = 0;  // of all that happened: equal for equal lives
  std::vector<std::string> trace;
};

class World {
 public:
  // `scratch`: a directory for the store's file. `merges`: the central store knows taps by their
  // ids; the one before TamTap just inserted.
  World(const Plan& plan, GateFactory factory, const std::string& scratch, bool merges = true);
  ~World();
  Verdicts Live(bool with_trace);

 private:
  // operations.cc; each subject's operations are carried out in a function of its own.
  void CarryOut(const Operation& operation);
  void CarryOutPowerLoss(const Operation& operation);
  void CarryOutOnDisk(const Operation& operation);    // disk_operations.cc
  void CarryOutOnMirror(const Operation& operation);  // mirror_operations.cc
  void CarryOutAtStore(const Operation& operation);
  void CarryOutStoreChange(const Operation& operation);  // store_operations.cc
  void CarryOutOnSchool(const Operation& operation);     // school_operations.cc
  void Register(const Operation& operation);
  void SayAtGate(const Operation& operation, const std::function<void(School&)>& change);
  bool HasSchoolOfMaster(const Station& station) const;
  void CheckSchool();
  void CheckThatWhoTappedIsKnown();
  void Tap(size_t gate, uint64_t person);
  void TapLikeThem(Station& station, uint64_t person, WallTime read_at);
  void Pass(int64_t us);
  void StepOf(size_t gate);
  void Start(size_t gate);
  void Stop(size_t gate, bool power, bool losing_all);
  // A gate whose end came in the middle of a call.
  void BuryTheDead(size_t gate);
  void SetClock(size_t gate, uint64_t way);
  void Rot(size_t gate, uint64_t how, uint64_t seed);
  void WatchDisk(size_t gate);
  std::optional<DiskFault> OnDiskCall(Station& station, DiskCall call);
  // mirror_operations.cc
  std::shared_ptr<SimulatedDisk> NewStick();
  void Unplug(size_t gate);
  void Plug(size_t gate);
  void LoseCard(size_t gate);
  void PutForeignFiles(size_t gate, const Operation& operation);
  std::optional<DiskFault> OnStickCall(Station& station, DiskCall call);
  // What is on a gate's disks and not of its journal must still be somewhere in the end.
  void NoteForeignFiles(const Station& station);
  // A disk is no more, and with it whatever was nowhere else.
  void ForgetForeignFilesOf(SimulatedDisk& gone);
  // Staff take what was set aside, and what lies on sticks in drawers, back into the journals.
  void BringBackWhatWasSetAside();
  void CheckForeignFiles();
  void CheckRefusals(size_t gate);

  void Heal();
  void Drain();
  void Judge();  // judge.cc
  void SettleDoubts();
  // A promise is broken: what follows tells no more. The system before TamTap made none, and goes
  // on.
  bool Broken() const { return merges_ && !checker_.failures().empty(); }
  void Note(const std::string& what);

  const Plan& plan_;
  const GateFactory factory_;
  const bool merges_;
  const SchoolZone zone_;
  School school_;
  int64_t now_us_ = 0;
  Checker checker_;
  StoreFront front_;
  StoreFront other_;  // where a gate is moved to; in the end every tap must be in `front_`
  std::unique_ptr<SimulatedServer> server_;  // null: gates reach the store directly
  std::vector<std::unique_ptr<Station>> stations_;
  std::vector<std::shared_ptr<SimulatedDisk>> sticks_;  // all that there ever were
  std::map<std::string, std::string> foreign_files_;    // content and journal
  SchoolWords words_;
  uint64_t words_said_ = 0;
  uint64_t likenesses_ = 0;  // chances for a card that is like another's
  bool with_trace_ = false;
  Verdicts verdicts_;
};

}  // namespace tamtap::sim
