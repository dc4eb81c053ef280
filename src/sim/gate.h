// Gate: what the world needs of the software that runs at one gate, so that the same plans can be
// lived through by TamTap and by what came before it.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"
#include "journal/journal_import.h"
#include "panel/panel.h"
#include "school/copy.h"
#include "sync/central_store.h"
#include "tap/school_time.h"

namespace tamtap::sim {

struct GateParts {
  std::string name;
  Disk& disk;
  Disk& school_disk;  // of the copy of the school, at kSchoolCopyPath
  Clock& clock;
  Random& random;
  CentralStore& store;
  const School& school;
  const SchoolZone& zone;
  std::function<void()> wake;  // there is something to send
  uint64_t segment_bytes = 0;
  uint64_t retention_days = 0;
  bool mirror = false;
  size_t batch = 500;
  std::function<bool()> store_opens;  // whether `store` can be opened now
};

// What a person was told, and the record behind it.
struct TapResult {
  Ack ack;
  bool success_shown = false;
  std::optional<Record> record;  // of an accepted tap
};

struct GateStatus {
  std::string journal;  // its id
  std::string mirror_problem;
  uint64_t records = 0;
  uint64_t pending = 0;
  uint64_t quarantined = 0;
  uint64_t unchecked = 0;  // confirmed, and the store will be asked about them
  uint64_t refusals = 0;   // that are to be handed over
  std::vector<journal::Damage> damage;
};

class Gate {
 public:
  virtual ~Gate() = default;  // the process ends; nothing more reaches the disk
  virtual TapResult Tap(const CardId& card, WallTime read_at) = 0;
  virtual std::chrono::milliseconds Step() = 0;
  virtual void Maintain() = 0;
  virtual void Requeue() = 0;
  // As `tamtap journal import` of a journal's directory does.
  virtual void TakeOver(const journal::JournalImport&) {}
  virtual GateStatus Status() = 0;
  // The copy of the school; null: it has none.
  virtual SchoolCopy* School() { return nullptr; }
  // What taps are taken by.
  virtual Clock& TapClock() = 0;
};

using GateFactory = std::function<Result<std::unique_ptr<Gate>>(const GateParts& parts)>;

// Production's tap cycle, journal and sync. Its files are in kJournalDirectory.
Result<std::unique_ptr<Gate>> OpenTamTap(const GateParts& parts);
// As the system before TamTap kept its taps: one file, rewritten whole, never flushed, read and
// written under separate locks.
Result<std::unique_ptr<Gate>> OpenPredecessor(const GateParts& parts);

inline constexpr std::string_view kJournalDirectory = "/journal";
inline constexpr std::string_view kMirrorDirectory = "/mirror";

}  // namespace tamtap::sim
