// Journal: an append-only log of taps that survives power cuts. One process writes a journal; any
// number may read it meanwhile (journal_reader.h).
//
// It is put together from two halves: the log keeps lines on a disk and knows nothing of their
// meaning (log.h), the ledger knows what they amount to and nothing of disks (ledger.h). What is
// here gives numbers to taps, hands every line to both, and remembers where taps are.
// docs/journal-format.md has the bytes, docs/durability.md what is promised.
//
// Threads: every method may be called from any thread. Nothing here ever waits for a network.
// Reading changes nothing: only lines do.
#pragma once

#include <functional>
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
#include "journal/ledger.h"
#include "journal/log.h"
#include "journal/mirror.h"
#include "journal/recovery.h"
#include "journal/segment_writer.h"
#include "tap/record.h"

namespace tamtap::journal {

struct JournalOptions {
  std::string directory;
  std::string terminal;           // IsTerminalName
  std::string first_indexed_day;  // duplicates are known from this day on, if the clock is right
  uint64_t segment_bytes = 4 << 20;
  RetentionOptions retention;
  std::string mirror;  // an existing directory on another medium (mirror.h); empty: none
  // Prepares and seals segments ahead of need on a thread of its own. Without it, call Maintain().
  bool maintenance_thread = true;
};

// Stands for the sequence number of a tap that was taken at another gate.
inline constexpr uint64_t kOtherGate = 0;

// A tap that the central store does not have yet, or that it is asked about once more.
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
  TapStamp stamp{};  // of the journal that it comes from; no boot: taken as if it were made now
};

// Counts are of taps.
struct JournalStatus {
  std::string journal;  // its id, which its files name
  std::string generation;
  uint64_t records = 0;
  uint64_t pending = 0;
  uint64_t confirmed = 0;
  uint64_t quarantined = 0;
  uint64_t lost = 0;           // their lines can't be read any more; `damage` says where they were
  uint64_t last_sequence = 0;  // the last number given away
  uint64_t segments = 0;
  uint64_t bytes = 0;
  uint64_t unknown_lines = 0;
  std::vector<Damage> damage;
  // Why the mirror lacks something; empty: it does not, or there is none.
  std::string mirror_problem;
};

class Journal final : private LogListener {
 public:
  // Takes the journal's lock, recovers, and starts a new generation. kMisconfigured: in use by
  // another process (which is named), or not writable; kFull: no room for a first segment.
  static Result<std::unique_ptr<Journal>> Open(JournalOptions options, Disk& disk, Clock& clock,
                                               Random& random);
  ~Journal() override;

  // ---- Taps

  // Gives the record its tap id and returns when it is durable: fdatasync returned 0. After an
  // error nobody may be told SUCCESS: kFull (space; succeeds again once some is freed), kRejected
  // (the record is too large), anything else a storage that fails.
  Result<> Append(Record& record) EXCLUDES(mutex_);
  // Adds taps that already have ids, durably, in one go.
  Result<> AppendImported(std::span<const ImportedTap> taps) EXCLUDES(mutex_);

  // The sequence number of that person's last tap on that day, if there is a durable one;
  // kOtherGate for one that was taken there.
  // Taps whose clock nobody vouched for are not among them: it may have shown a day that is yet to
  // come.
  std::optional<uint64_t> FindTap(std::string_view day, std::string_view person) EXCLUDES(mutex_);
  // The same of those taps alone, by the day that their clock showed.
  std::optional<uint64_t> FindUnsureTap(std::string_view day, std::string_view person)
      EXCLUDES(mutex_);
  // That person has tapped on that day, though no line of that day says so: a tap under a wrong
  // clock, or (kOtherGate) at another gate.
  void NoteDay(std::string_view day, std::string_view person, uint64_t sequence) EXCLUDES(mutex_);

  // ---- What is to be sent

  // The first `limit` pending taps from sequence number `from` on, ascending; empty if none can be
  // read. May return fewer than there are.
  Result<std::vector<PendingTap>> ReadPending(uint64_t from, size_t limit) EXCLUDES(mutex_);
  // The first `limit` quarantined taps, ascending.
  Result<std::vector<RefusedTap>> ReadQuarantined(size_t limit) EXCLUDES(mutex_);

  // ---- What becomes of taps
  // Outcomes cost no flush of their own, unless they say so, and may be lost in a crash: the tap is
  // then sent again, which does no harm. Numbers that an outcome does not fit are ignored.

  void Confirm(std::span<const uint64_t> sequences) EXCLUDES(mutex_);
  void Quarantine(uint64_t sequence, std::string_view reason) EXCLUDES(mutex_);
  // Makes quarantined taps pending again, durably; all of them if `sequences` is empty. Returns how
  // many.
  uint64_t Requeue(std::span<const uint64_t> sequences) EXCLUDES(mutex_);

  // ---- Whether the store still has what it confirmed (law 7a)

  // The store that confirmations are of; nothing: none was named yet.
  std::optional<StoreIdentity> Store() EXCLUDES(mutex_);
  // Names it, durably. If it is another one than before, or the same one gone back (another epoch),
  // all confirmed taps that are still in the journal are unchecked, and quarantined ones pending.
  Result<> SetStore(const StoreIdentity& store) EXCLUDES(mutex_);
  // Confirmed taps that the store was not asked about since, and the last one that it was asked
  // about: a store that went back lacks one of these. As ReadPending.
  Result<std::vector<PendingTap>> ReadUnchecked(uint64_t from, size_t limit) EXCLUDES(mutex_);
  // The store was asked, and has them.
  void Checked(std::span<const uint64_t> sequences) EXCLUDES(mutex_);
  // The store does not have these confirmed taps: they are pending again, durably. Returns how
  // many.
  uint64_t MakePending(std::span<const uint64_t> sequences) EXCLUDES(mutex_);
  // Makes confirmed taps unchecked again, durably: those of segments that hold a tap of that day or
  // a later one. "" means all. Returns how many.
  Result<uint64_t> RecheckSince(std::string_view day) EXCLUDES(mutex_);

  // ---- Clocks (law 14)

  // What the wall clock of a boot should have shown, if that was ever found out.
  std::optional<ClockLine> ClockOf(std::string_view boot) EXCLUDES(mutex_);
  // Says so, durably. The first word on a boot stays: what is known is returned.
  Result<ClockLine> SetClock(const ClockLine& clock) EXCLUDES(mutex_);
  // The latest day of a tap whose clock was vouched for, "YYYY-MM-DD", or the first on which there
  // can be a tap at all: no right clock shows an earlier one.
  std::string LastDay() EXCLUDES(mutex_);
  // Whether that tap was taken since this boot of the machine, and whether any was before it:
  // across boots a clock that nobody vouches for may show the same day twice.
  bool IsOfThisBoot(uint64_t sequence) const { return sequence >= boot_first_sequence_; }
  bool HasTapsOfEarlierBoots() const { return boot_first_sequence_ > 1; }

  // ---- State and upkeep

  // How many taps are pending or unchecked, and the last number given away: cheaper than Status().
  struct Backlog {
    uint64_t pending = 0;
    uint64_t last_sequence = 0;
    uint64_t unchecked = 0;
  };
  Backlog GetBacklog() EXCLUDES(mutex_);
  JournalStatus Status() EXCLUDES(mutex_);
  const std::string& terminal() const { return options_.terminal; }

  // Called after each durable append, and whenever taps become pending again, from the thread that
  // made it so. Set it before the first append.
  void OnPending(std::function<void()> wake) { wake_ = std::move(wake); }

  // Prepares the next segment, writes what could not be written before, seals finished segments,
  // says what became of taps that can't be read, and lets old segments go (retention.h). Returns
  // the first failure; harmless, and tried again later.
  Result<> Maintain() EXCLUDES(mutex_);
  // Whether something waits for it that will not wait for the next rotation.
  bool MaintenanceDue() EXCLUDES(mutex_);

 private:
  // What the lines of one write say, for the ledger to hear once they are on the disk.
  struct NotedTap {
    uint64_t sequence = 0;
    size_t offset = 0;  // in the write
    std::string day;
    std::string person;
    bool vouched = false;
    bool confirmed = false;
  };
  struct Notes {
    std::vector<NotedTap> taps;
    size_t tap_count = 0;               // elements of `taps` in use; the rest keep their memory
    std::vector<Line> lines;            // applied when they are written
    std::vector<OutcomeLine> outcomes;  // applied already; owed to the disk until they are written
  };

  struct Storage {
    std::unique_ptr<DiskLock> lock;
    std::string journal;  // the id of what is there; empty: nothing
    TakenMirror taken;
    std::unique_ptr<MirroredDisk> mirror;  // null: none
  };
  static Result<Storage> TakeStorage(const JournalOptions& options, Disk& disk);

  Journal(JournalOptions options, Disk& disk, Clock& clock, Storage storage, JournalState state,
          std::string generation);
  Result<> Start();
  Result<> TakeUpSegments();

  // LogListener
  void BeforeWrite(std::string& lines) override EXCLUDES(mutex_);
  void AfterWrite(WriteTicket ticket, size_t bytes, const Result<Placement>& written) override
      EXCLUDES(mutex_);
  void ApplyWritten(const Notes& notes, size_t bytes, const Placement& placement) REQUIRES(mutex_);
  void TakeBack(Notes& notes) REQUIRES(mutex_);

  // Adds the line in scratch_ to the log, as a tap with the next number.
  WriteTicket AddTap(const Record& record, bool confirmed) REQUIRES(mutex_);
  // Adds a line that holds once it is written.
  template <typename SomeLine>
  WriteTicket AddLine(SomeLine line) REQUIRES(mutex_);
  // Adds outcomes, which hold from now on.
  WriteTicket AddOutcomes(std::vector<OutcomeLine> outcomes, bool flush) REQUIRES(mutex_);
  // Writes outcomes; where that fails, they hold all the same, and are written with the next line
  // that can be.
  Result<> Say(std::vector<OutcomeLine> outcomes, bool flush) EXCLUDES(mutex_);
  void SayAnyhow(std::vector<OutcomeLine> outcomes) EXCLUDES(mutex_);

  // reading_back.cc
  enum class Wanted { kPending, kUnchecked };
  struct Stretch {  // of a segment, from shortly before a tap on
    uint64_t segment = 0;
    uint64_t offset = 0;
    uint64_t end = 0;
    SequenceSet taps;  // that are wanted from it
  };
  const SegmentInfo* SegmentOf(uint64_t sequence) const REQUIRES(mutex_);
  static Stretch StretchFrom(const SegmentInfo& segment, uint64_t sequence);
  std::optional<uint64_t> NextWanted(Wanted which, uint64_t from) const REQUIRES(mutex_);
  std::optional<Stretch> NextStretch(Wanted which, uint64_t from) REQUIRES(mutex_);
  std::vector<Stretch> OlderStretches(const Stretch& stretch) EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadWanted(Wanted which, uint64_t from, size_t limit)
      EXCLUDES(mutex_);
  // Takes what it finds, or can't understand, out of `stretch.taps`.
  Result<std::vector<PendingTap>> ReadStretch(Stretch& stretch, size_t limit) EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadTaps(File& file, Stretch& stretch, size_t limit)
      EXCLUDES(mutex_);
  void NoteUnreadable(const SequenceSet& taps) EXCLUDES(mutex_);

  // maintenance.cc
  SegmentInfo& SegmentAt(uint64_t number) REQUIRES(mutex_);  // must be there
  void AddSegment(uint64_t number) REQUIRES(mutex_);
  void AskForMaintenance() REQUIRES(mutex_);
  Checkpoint NextCheckpoint() REQUIRES(mutex_);
  Result<> WriteOwed() EXCLUDES(mutex_);
  Result<> SealOne(uint64_t number) EXCLUDES(mutex_);
  // `all_copies`: the mirror, if there is one, was complete when they were looked for.
  void SettleUnreadable(bool all_copies) EXCLUDES(mutex_);
  Result<> Retire() EXCLUDES(mutex_);
  bool MayLeave(const SegmentInfo& segment) const REQUIRES(mutex_);
  std::vector<SegmentInfo> Retirable(std::string_view first_kept_day) REQUIRES(mutex_);
  Result<> RemoveSegments(std::span<const uint64_t> numbers) EXCLUDES(mutex_);
  void MaintainUntil(std::stop_token stop) EXCLUDES(mutex_);

  const JournalOptions options_;
  const Storage storage_;
  Disk& disk_;  // or the mirror around it
  Clock& clock_;
  const std::string generation_;
  const std::string boot_;
  const uint64_t boot_first_sequence_;  // this boot's taps have this number, and those after it
  std::function<void()> wake_;
  SegmentWriter writer_;  // used by the log alone, but for Prepare()
  Log log_;

  Mutex mutex_;
  CondVar maintain_;
  JournalState state_ GUARDED_BY(mutex_);
  uint64_t last_given_ GUARDED_BY(mutex_);              // the last number given to a tap
  Notes notes_[2] GUARDED_BY(mutex_);                   // by ticket, even and odd
  std::string scratch_ GUARDED_BY(mutex_);              // a line that is being put together
  std::vector<OutcomeLine> owed_ GUARDED_BY(mutex_);    // could not be written yet
  std::vector<OutcomeLine> paying_ GUARDED_BY(mutex_);  // those of the write under way
  SequenceSet unreadable_ GUARDED_BY(mutex_);           // taps whose lines were not found
  std::map<uint64_t, std::string> unparsable_ GUARDED_BY(mutex_);  // found, but not understood
  bool maintenance_due_ GUARDED_BY(mutex_) = true;
  std::jthread maintenance_;  // last: stops before the rest goes
};

}  // namespace tamtap::journal
