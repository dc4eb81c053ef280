// JournalImpl: the journal, put together from its log and its ledger. It gives numbers to taps,
// hands every line to both, and remembers where taps are.
//
//   journal.cc       opening, appending
//   outcomes.cc      what becomes of taps
//   reading_back.cc  taps that are to be sent, or asked about
//   maintenance.cc   what is done ahead of need and afterwards
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "base/mutex.h"
#include "journal/journal.h"
#include "journal/log.h"
#include "journal/mirror.h"
#include "journal/recovery.h"
#include "journal/segment_writer.h"

namespace tamtap::journal {

// Outcomes of these taps, neighbours in one.
std::vector<OutcomeLine> OutcomesOf(const SequenceSet& taps, TapOutcome outcome);

class JournalImpl final : public Journal, private LogListener {
 public:
  struct Storage {
    std::unique_ptr<DiskLock> lock;
    std::string journal;  // the id of what is there; empty: nothing
    TakenMirror taken;
    std::unique_ptr<MirroredDisk> mirror;  // null: none
  };
  static Result<Storage> TakeStorage(const JournalOptions& options, Disk& disk,
                                     std::unique_ptr<DiskLock> lock);

  // `disk`: the storage's mirror, if there is one. Start() before anything else.
  JournalImpl(JournalOptions options, Disk& disk, Clock& clock, Storage storage, JournalState state,
              std::string generation);
  ~JournalImpl() override;
  Result<> Start();

  Result<> Append(Record& record) override EXCLUDES(mutex_);
  Result<> AppendImported(std::span<const ImportedTap> taps) override EXCLUDES(mutex_);
  std::optional<uint64_t> FindTap(std::string_view day, std::string_view person) override
      EXCLUDES(mutex_);
  std::optional<uint64_t> FindUnsureTap(std::string_view day, std::string_view person) override
      EXCLUDES(mutex_);
  void NoteDay(std::string_view day, std::string_view person, uint64_t sequence) override
      EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadPending(uint64_t from, size_t limit) override
      EXCLUDES(mutex_);
  Result<std::vector<RefusedTap>> ReadQuarantined(size_t limit) override EXCLUDES(mutex_);
  void Confirm(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  void ConfirmFoundThere(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  void Quarantine(uint64_t sequence, std::string_view reason) override EXCLUDES(mutex_);
  uint64_t Requeue(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  std::optional<StoreIdentity> Store() override EXCLUDES(mutex_);
  Result<> SetStore(const StoreIdentity& store) override EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadUnchecked(uint64_t from, size_t limit) override
      EXCLUDES(mutex_);
  void Checked(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  uint64_t MakePending(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  Result<uint64_t> RecheckSince(std::string_view day) override EXCLUDES(mutex_);
  std::optional<ClockLine> ClockOf(std::string_view boot) override EXCLUDES(mutex_);
  Result<ClockLine> SetClock(const ClockLine& clock) override EXCLUDES(mutex_);
  std::string LastDay() override EXCLUDES(mutex_);
  bool IsOfThisBoot(uint64_t sequence) const override { return sequence >= boot_first_sequence_; }
  bool HasTapsOfEarlierBoots() const override { return boot_first_sequence_ > 1; }
  Backlog GetBacklog() override EXCLUDES(mutex_);
  JournalStatus Status() override EXCLUDES(mutex_);
  const std::string& terminal() const override { return options_.terminal; }
  void OnPending(std::function<void()> wake) override { wake_ = std::move(wake); }
  Result<> Maintain() override EXCLUDES(mutex_);

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

  Result<> TakeUpSegments();

  // LogListener
  bool BeforeWrite(std::string& lines) override EXCLUDES(mutex_);
  void AfterWrite(WriteTicket ticket, size_t bytes, const Result<Placement>& written) override
      EXCLUDES(mutex_);
  void ApplyWritten(const Notes& notes, size_t bytes, const Placement& placement) REQUIRES(mutex_);
  void TakeBack(Notes& notes) REQUIRES(mutex_);

  // Adds the line in scratch_ to the log, as a tap with the next number.
  WriteTicket AddTap(const Record& record, bool confirmed) REQUIRES(mutex_);
  // Adds a line that holds once it is written.
  WriteTicket AddLine(Line line) REQUIRES(mutex_);
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
