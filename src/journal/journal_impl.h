// JournalImpl: the journal, put together from its log and its ledger. It gives numbers to taps,
// hands every line to both, and remembers in which segments taps are.
//
//   journal.cc       opens the journal and appends taps
//   outcomes.cc      writes what becomes of taps
//   reading_back.cc  reads the taps that are to be sent, or that the store is to be asked about
//   refusals.cc      keeps cards that were turned away, and reads them back
//   maintenance.cc   prepares, seals and retires segments
//
// The ledger hears of a tap when its line is on the disk, and of an outcome at once. An outcome
// whose line could not be written is owed to the disk: it goes along with the next write.
#pragma once

#include <deque>
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

// The lines that say that outcome of these taps. One line speaks of a whole run of numbers.
std::vector<OutcomeLine> OutcomesOf(const SequenceSet& taps, TapOutcome outcome);

class JournalImpl final : public Journal, private LogListener {
 public:
  struct Storage {
    std::unique_ptr<DiskLock> lock;
    std::string journal;  // the id of the journal that was found; empty if none was
    TakenMirror taken;
    std::unique_ptr<MirroredDisk> mirror;  // null: none
  };
  static Result<Storage> TakeStorage(const JournalOptions& options, Disk& disk,
                                     std::unique_ptr<DiskLock> lock);

  // `disk` is the storage's mirror, if there is one. Call Start() before anything else.
  JournalImpl(JournalOptions options, Disk& disk, Clock& clock, Storage storage, JournalState state,
              std::string generation);
  ~JournalImpl() override;
  Result<> Start();

  Result<> Append(Record& record) override EXCLUDES(mutex_);
  Result<> AppendImported(std::span<const ImportedTap> taps) override EXCLUDES(mutex_);
  std::optional<KnownTaps> FindTaps(std::string_view day, std::string_view person) override
      EXCLUDES(mutex_);
  std::optional<KnownTaps> FindUnsureTaps(std::string_view day, std::string_view person) override
      EXCLUDES(mutex_);
  void NoteTapped(std::string_view day, std::string_view person, const KnownTap& tap) override
      EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadPending(uint64_t from, size_t limit) override
      EXCLUDES(mutex_);
  Result<std::vector<QuarantinedTap>> ReadQuarantined(size_t limit) override EXCLUDES(mutex_);
  void Confirm(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  void ConfirmFoundThere(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  void Quarantine(uint64_t sequence, std::string_view reason) override EXCLUDES(mutex_);
  uint64_t Requeue(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  std::optional<StoreIdentity> Store() override EXCLUDES(mutex_);
  Result<> SetStore(const StoreIdentity& store) override EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadUnchecked(uint64_t from, size_t limit) override
      EXCLUDES(mutex_);
  bool LacksAWitness() override EXCLUDES(mutex_);
  void Checked(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  uint64_t MakePending(std::span<const uint64_t> sequences) override EXCLUDES(mutex_);
  Result<uint64_t> RecheckSince(std::string_view day) override EXCLUDES(mutex_);
  std::optional<ClockLine> ClockOf(std::string_view boot) override EXCLUDES(mutex_);
  Result<ClockLine> SetClock(const ClockLine& clock) override EXCLUDES(mutex_);
  std::string LastVouchedDay() override EXCLUDES(mutex_);
  bool IsOfThisBoot(uint64_t sequence) const override { return sequence >= boot_first_sequence_; }
  bool HasTapsOfEarlierBoots() const override { return boot_first_sequence_ > 1; }
  TapId NoteRefusal(RefusalRecord refusal) override EXCLUDES(mutex_);
  Result<std::vector<PendingRefusal>> ReadRefusals(size_t limit) override EXCLUDES(mutex_);
  void HandedOver(uint64_t refusal) override EXCLUDES(mutex_);
  Backlog GetBacklog() override EXCLUDES(mutex_);
  JournalStatus Status() override EXCLUDES(mutex_);
  const std::string& terminal() const override { return options_.terminal; }
  void OnPending(std::function<void()> wake) override { wake_ = std::move(wake); }
  void KeepFor(uint32_t days, uint32_t archive_days) override EXCLUDES(mutex_);
  Result<> Maintain() override EXCLUDES(mutex_);

 private:
  // What the lines of one write say. The ledger is told of it once they are on the disk.
  struct NotedTap {
    uint64_t sequence = 0;
    size_t offset = 0;  // in the write
    std::string day;
    std::string person;
    int64_t tapped_at_us = 0;
    bool vouched = false;
    bool confirmed = false;
  };
  struct Notes {
    std::vector<NotedTap> taps;
    size_t tap_count = 0;               // elements of `taps` in use; the rest keep their memory
    std::vector<Line> lines;            // the ledger applies them when they are written
    std::vector<OutcomeLine> outcomes;  // the ledger has applied them; owed if the write fails
  };

  // Finds the segment that is written to next, and flushes the others once more.
  Result<> TakeUpSegments();

  // LogListener
  bool BeforeWrite(std::string& lines) override EXCLUDES(mutex_);
  void AfterWrite(WriteTicket ticket, size_t bytes, const Result<Placement>& written) override
      EXCLUDES(mutex_);
  // After a write that succeeded: the ledger applies what its lines say.
  void ApplyWritten(const Notes& notes, size_t bytes, const Placement& placement) REQUIRES(mutex_);
  // After a write that failed: its taps become void, and its outcomes are owed to the disk.
  void TakeBack(Notes& notes) REQUIRES(mutex_);

  // Adds the line in scratch_ to the log, as a tap with the next number.
  WriteTicket AddTap(const Record& record, bool confirmed) REQUIRES(mutex_);
  // Adds the line in scratch_, which says `line`. The ledger applies it once it is written.
  WriteTicket AddLine(Line line) REQUIRES(mutex_);
  // Adds outcomes. The ledger applies them at once.
  WriteTicket AddOutcomes(std::vector<OutcomeLine> outcomes, bool flush) REQUIRES(mutex_);
  // Adds and writes outcomes. If the write fails they hold all the same, and are owed to the disk.
  Result<> WriteOutcomes(std::vector<OutcomeLine> outcomes, bool flush) EXCLUDES(mutex_);
  // The same without a flush, for callers that have nothing to do about a failure.
  void WriteOrOwe(std::vector<OutcomeLine> outcomes) EXCLUDES(mutex_);

  // reading_back.cc
  enum class Wanted { kPending, kUnchecked };
  // A part of a segment that begins shortly before a tap that is wanted.
  struct Stretch {
    uint64_t segment = 0;
    uint64_t offset = 0;  // bytes, as is `end`
    uint64_t end = 0;
    SequenceSet taps;  // the taps that are wanted from it
  };
  const SegmentInfo* SegmentOf(uint64_t sequence) const REQUIRES(mutex_);
  static Stretch StretchFrom(const SegmentInfo& segment, uint64_t sequence);
  // The ledger's pending or unchecked taps. The witnesses, which the store is asked about too, are
  // not among them.
  const SequenceSet& ListedAs(Wanted which) const REQUIRES(mutex_);
  std::optional<uint64_t> NextWanted(Wanted which, uint64_t from) const REQUIRES(mutex_);
  // Notes that no segment has the line of that tap.
  void NoteHeldNowhere(Wanted which, uint64_t sequence) REQUIRES(mutex_);
  // The wanted taps of `range` that are to be looked for in that segment.
  SequenceSet WantedFrom(const SegmentInfo& segment, Wanted which, SequenceRange range) const
      REQUIRES(mutex_);
  std::optional<Stretch> NextStretch(Wanted which, uint64_t from) REQUIRES(mutex_);
  std::vector<Stretch> OlderStretches(const Stretch& stretch) EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadWanted(Wanted which, uint64_t from, size_t limit)
      EXCLUDES(mutex_);
  // Reads a stretch, and removes from `stretch.taps` what it found or can't understand.
  Result<std::vector<PendingTap>> ReadStretch(Stretch& stretch, size_t limit) EXCLUDES(mutex_);
  Result<std::vector<PendingTap>> ReadTaps(File& file, Stretch& stretch, size_t limit)
      EXCLUDES(mutex_);
  void NoteUnreadable(const SequenceSet& taps) EXCLUDES(mutex_);

  // refusals.cc
  // What of refusals goes with a write, and what becomes of it.
  void AppendRefusals(std::string& lines) REQUIRES(mutex_);
  void RefusalsWritten(SegmentInfo& segment) REQUIRES(mutex_);
  void TakeBackRefusals() REQUIRES(mutex_);
  bool RefusalsWait() const REQUIRES(mutex_);
  // A segment that may hold refusals after that number.
  struct RefusalPlace {
    uint64_t after = 0;
    uint64_t segment = 0;
    uint64_t end = 0;  // of its lines, bytes
  };
  std::vector<RefusalPlace> PlacesOfRefusals(uint64_t after) REQUIRES(mutex_);
  // Reads the refusals from there on into `found`, up to `limit`.
  Result<> ReadRefusalsFrom(RefusalPlace place, size_t limit, std::vector<PendingRefusal>& found)
      EXCLUDES(mutex_);

  // maintenance.cc
  SegmentInfo& SegmentAt(uint64_t number) REQUIRES(mutex_);  // must be there
  void AddSegment(uint64_t number) REQUIRES(mutex_);
  void AskForMaintenance() REQUIRES(mutex_);
  Checkpoint NextCheckpoint() REQUIRES(mutex_);
  Result<> WriteOwed() EXCLUDES(mutex_);
  Result<> SealOne(uint64_t number) EXCLUDES(mutex_);
  // Writes that the taps which were not found are lost. `all_copies` says that the mirror, if there
  // is one, was complete when they were looked for; without that, nothing is written yet.
  void SettleUnreadable(bool all_copies) EXCLUDES(mutex_);
  Result<> Retire() EXCLUDES(mutex_);
  // Removes from the archive, and from the mirror's, what is older than the school keeps it.
  Result<> LeaveArchive() EXCLUDES(mutex_);
  // Whether the clock may decide what is old.
  bool ClockDecides() const REQUIRES(mutex_);
  bool MayLeave(const SegmentInfo& segment) const REQUIRES(mutex_);
  std::vector<SegmentInfo> Retirable(std::string_view first_kept_day) REQUIRES(mutex_);
  Result<> RemoveSegments(std::span<const uint64_t> numbers) EXCLUDES(mutex_);
  void MaintainUntil(std::stop_token stop) EXCLUDES(mutex_);
  Result<> MaintainWithoutThrowing() noexcept EXCLUDES(mutex_);

  const JournalOptions options_;
  const Storage storage_;
  Disk& disk_;  // the mirror around the disk, if there is one
  Clock& clock_;
  const std::string generation_;
  const std::string boot_;
  const uint64_t boot_first_sequence_;  // the taps of this boot have this number or a higher one
  std::function<void()> wake_;
  SegmentWriter writer_;  // only the log uses it, except for Prepare()
  Log log_;

  Mutex mutex_;
  CondVar maintain_;
  JournalState state_ GUARDED_BY(mutex_);
  RetentionOptions retention_ GUARDED_BY(mutex_);
  uint64_t last_given_ GUARDED_BY(mutex_);              // the last number given to a tap
  Notes notes_[2] GUARDED_BY(mutex_);                   // by ticket, even and odd
  std::string scratch_ GUARDED_BY(mutex_);              // a line that is being put together
  std::vector<OutcomeLine> owed_ GUARDED_BY(mutex_);    // outcomes that could not be written yet
  std::vector<OutcomeLine> paying_ GUARDED_BY(mutex_);  // owed ones that the present write writes
  SequenceSet unreadable_ GUARDED_BY(mutex_);           // taps whose lines were not found
  // Taps whose lines were found and can't be understood, each with the reason.
  std::map<uint64_t, std::string> unparsable_ GUARDED_BY(mutex_);
  // Refusals that are to be written, and those that the present write writes.
  std::deque<PendingRefusal> noted_refusals_ GUARDED_BY(mutex_);
  std::vector<PendingRefusal> refusals_going_ GUARDED_BY(mutex_);
  uint64_t last_refusal_ GUARDED_BY(mutex_);       // the last number given to a refusal
  uint64_t handed_to_say_ GUARDED_BY(mutex_) = 0;  // HandedLine::refusals; 0: it is written
  uint64_t handed_going_ GUARDED_BY(mutex_) = 0;   // what the present write says of it
  bool maintenance_due_ GUARDED_BY(mutex_) = true;
  std::jthread maintenance_;  // the last member, so that it stops before the others are destroyed
};

}  // namespace tamtap::journal
