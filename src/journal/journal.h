// Journal: an append-only log of taps that survives power cuts. One process writes a journal; any
// number may read it meanwhile (journal_reader.h). docs/journal-format.md has the bytes,
// docs/durability.md what is promised.
//
// Threads: every method may be called from any thread. Appends of several threads share flushes.
// Nothing here ever waits for a network.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/mutex.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/mirror.h"
#include "journal/recovery.h"
#include "journal/segment_writer.h"
#include "tap/record.h"

namespace tamtap::journal {

struct JournalOptions {
  std::string directory;
  std::string terminal;           // IsTerminalName
  std::string first_indexed_day;  // duplicates are known from this day on
  uint64_t segment_bytes = 4 << 20;
  RetentionOptions retention;
  std::string mirror;  // an existing directory on another medium (mirror.h); empty: none
  // Prepares and seals segments ahead of need on a thread of its own. Without it, call Maintain().
  bool maintenance_thread = true;
};

// Stands for the sequence number of a tap that was taken at another gate.
inline constexpr uint64_t kOtherGate = 0;

// A tap that the central store does not have yet.
struct PendingTap {
  uint64_t sequence = 0;
  TapStamp stamp;
  Record record;
};

// A tap that the central store has refused for good.
struct RefusedTap {
  uint64_t sequence = 0;
  std::string reason;            // the store's
  std::optional<Record> record;  // nothing: its line can't be read any more
};

struct ImportedTap {
  Record record;  // with the tap id it has
  bool confirmed = false;
};

// Counts are of taps.
struct JournalStatus {
  std::string generation;
  uint64_t records = 0;
  uint64_t pending = 0;
  uint64_t confirmed = 0;
  uint64_t quarantined = 0;
  uint64_t last_sequence = 0;  // the last number given away
  uint64_t segments = 0;
  uint64_t bytes = 0;
  uint64_t unknown_lines = 0;
  std::vector<Damage> damage;
  std::string
      mirror_problem;  // why the mirror lacks something; empty: it does not, or there is none
};

class Journal {
 public:
  // Takes the journal's lock, recovers, and starts a new generation. kMisconfigured: in use by
  // another process (which is named), or not writable; kFull: no room for a first segment.
  static Result<std::unique_ptr<Journal>> Open(JournalOptions options, Disk& disk, Clock& clock,
                                               Random& random);
  ~Journal();

  // Gives the record its tap id and returns when it is durable: fdatasync returned 0. After an
  // error nobody may be told SUCCESS: kFull (space; succeeds again once some is freed), kRejected
  // (the record is too large), anything else a storage that fails.
  Result<> Append(Record& record) EXCLUDES(mutex_);
  // Adds taps that already have ids, durably, in one go.
  Result<> AppendImported(std::span<const ImportedTap> taps) EXCLUDES(mutex_);

  // The sequence number of that person's last tap on that day, if there is a durable one;
  // kOtherGate for one that was taken there.
  std::optional<uint64_t> FindTap(std::string_view day, std::string_view person) EXCLUDES(mutex_);

  // The first `limit` pending taps from sequence number `from` on, ascending; empty if none. May
  // return fewer than there are.
  Result<std::vector<PendingTap>> ReadPending(uint64_t from, size_t limit) EXCLUDES(mutex_);

  // The first `limit` quarantined taps, ascending.
  Result<std::vector<RefusedTap>> ReadQuarantined(size_t limit) EXCLUDES(mutex_);

  // Outcomes cost no flush of their own and may be lost in a crash: the tap is then sent again,
  // which does no harm. Numbers that are not pending are ignored.
  void Confirm(std::span<const uint64_t> sequences) EXCLUDES(mutex_);
  void Quarantine(uint64_t sequence, std::string_view reason) EXCLUDES(mutex_);
  // Makes quarantined taps pending again; all of them if `sequences` is empty. Returns how many.
  uint64_t Requeue(std::span<const uint64_t> sequences) EXCLUDES(mutex_);

  // What the wall clock of a boot should have shown, if that was ever found out (law 14).
  std::optional<ClockLine> ClockOf(std::string_view boot) EXCLUDES(mutex_);
  // Says so, durably. The first word on a boot stays: what is known is returned.
  Result<ClockLine> SetClock(const ClockLine& clock) EXCLUDES(mutex_);
  // That person has tapped on that day, though no line of that day says so: a tap under a wrong
  // clock, or (kOtherGate) at another gate.
  void NoteDay(std::string_view day, std::string_view person, uint64_t sequence) EXCLUDES(mutex_);
  // The latest day of any tap, "YYYY-MM-DD", or the first on which there can be one: no right clock
  // shows an earlier one.
  std::string LastDay() EXCLUDES(mutex_);

  // Whether that tap was taken since this boot of the machine, and whether any was before it:
  // across boots a clock that nobody vouches for may show the same day twice.
  bool IsOfThisBoot(uint64_t sequence) const { return sequence >= boot_first_sequence_; }
  bool HasTapsOfEarlierBoots() const { return boot_first_sequence_ > 1; }

  // How many taps are pending, and the last number given away: cheaper than Status().
  struct Backlog {
    uint64_t pending = 0;
    uint64_t last_sequence = 0;
  };
  Backlog GetBacklog() EXCLUDES(mutex_);
  JournalStatus Status() EXCLUDES(mutex_);
  const std::string& terminal() const { return options_.terminal; }

  // Called after each durable append and each requeue, from the thread that made it. Set it before
  // the first append.
  void OnPending(std::function<void()> wake) { wake_ = std::move(wake); }

  // Prepares the next segment, seals finished ones, and lets old ones go (retention.h). Returns the
  // first failure; harmless, and tried again later.
  Result<> Maintain() EXCLUDES(mutex_);

 private:
  // Lines that will be written and flushed together.
  struct BatchedTap {
    uint64_t sequence = 0;
    size_t offset = 0;  // in `bytes`
    std::string day;
    std::string person;
    bool confirmed = false;
  };
  struct Batch {
    std::string bytes;
    std::vector<OutcomeLine> outcomes;
    std::vector<BatchedTap> taps;
    size_t tap_count = 0;  // elements of `taps` in use; the rest keep their memory
    bool sync = false;
    size_t waiters = 0;
  };
  struct Failure {
    Error error;
    size_t waiters = 0;
  };

  struct Storage {
    std::unique_ptr<DiskLock> lock;
    std::unique_ptr<DiskLock> mirror_lock;
    std::unique_ptr<MirroredDisk> mirror;  // null: none
  };
  static Result<Storage> TakeStorage(const JournalOptions& options, Disk& disk);

  Journal(JournalOptions options, Disk& disk, Clock& clock, Storage storage, JournalState state,
          std::string generation);
  Result<> Start();
  void AddTap(const Record& record, bool confirmed) REQUIRES(mutex_);
  // Waits until the batch being filled is on disk, leading the write if nobody else does.
  Result<> Commit() REQUIRES(mutex_);
  void Lead() REQUIRES(mutex_);
  void Apply(const Batch& batch, const Placement& placement) REQUIRES(mutex_);
  // The newest segment that can hold that tap: a line that was written twice is whole in the last
  // one. Null: none.
  const SegmentInfo* SegmentOf(uint64_t sequence) const REQUIRES(mutex_);
  // A segment from shortly before a tap on.
  struct Stretch {
    uint64_t segment = 0;
    uint64_t offset = 0;
    uint64_t end = 0;
  };
  static Stretch StretchFrom(const SegmentInfo& segment, uint64_t sequence);
  // Those of the wanted taps that are there, ascending; takes them out of `wanted`.
  Result<std::vector<PendingTap>> ReadFrom(const Stretch& stretch, size_t limit,
                                           SequenceSet& wanted) EXCLUDES(mutex_);
  // The same from one file's bytes `offset`..`end`.
  // `offset`..`end`; takes them out of `wanted`.
  Result<std::vector<PendingTap>> ReadTaps(const std::string& path, uint64_t offset, uint64_t end,
                                           size_t limit, SequenceSet& wanted) EXCLUDES(mutex_);
  void RecordOutcome(const OutcomeLine& outcome) REQUIRES(mutex_);
  SegmentInfo& SegmentAt(uint64_t number) REQUIRES(mutex_);  // must be there
  void AddSegment(uint64_t number) REQUIRES(mutex_);
  // Writes the outcomes that could not be written when they came.
  Result<> SayUnsaid() EXCLUDES(mutex_);
  Result<> SealOne(uint64_t number) EXCLUDES(mutex_);
  Result<> Retire() EXCLUDES(mutex_);
  // The first segments, as far as all of them may go.
  std::vector<SegmentInfo> Retirable(std::string_view first_kept_day) REQUIRES(mutex_);
  Result<> RemoveSegments(std::span<const uint64_t> numbers);
  SealLine SealFor(const SegmentInfo& segment) REQUIRES(mutex_);
  void MaintainUntil(std::stop_token stop) EXCLUDES(mutex_);

  const JournalOptions options_;
  const Storage storage_;
  Disk& disk_;  // or the mirror around it
  Clock& clock_;
  const std::string generation_;
  const std::string boot_;
  const uint64_t boot_first_sequence_;  // this boot's taps have this number, and those after it
  std::function<void()> wake_;
  SegmentWriter writer_;  // used by the leader alone, but for Prepare()

  Mutex mutex_;
  CondVar committed_;
  CondVar maintain_;
  JournalState state_ GUARDED_BY(mutex_);
  Batch batches_[2] GUARDED_BY(mutex_);
  Batch* filling_ GUARDED_BY(mutex_) = &batches_[0];
  uint64_t filling_ticket_ GUARDED_BY(mutex_) = 1;
  uint64_t done_ticket_ GUARDED_BY(mutex_) = 0;
  bool leading_ GUARDED_BY(mutex_) = false;
  std::map<uint64_t, Failure> failures_ GUARDED_BY(mutex_);  // by ticket
  std::vector<OutcomeLine> unsaid_ GUARDED_BY(mutex_);       // could not be written yet
  bool maintenance_due_ GUARDED_BY(mutex_) = true;
  std::jthread maintenance_;  // last: stops before the rest goes
};

}  // namespace tamtap::journal
