// Journal: an append-only log of taps that survives power cuts. One process writes a journal, and
// any number of processes may read it at the same time (journal_reader.h).
//
// In short: Append() returns when the tap is on the disk, and only then may anybody be told
// SUCCESS. The sync sends what ReadPending() gives it, and says what became of each tap. A
// confirmed tap stays as a backup until it is old enough to leave. A store may forget what it has
// confirmed, because somebody puts an old backup of it back; so it is asked once more about each
// confirmed tap.
//
// A line is one JSON object. It is never changed: what becomes of a tap is said by later lines. A
// segment is a file of lines, and a finished one ends in its seal. The seal holds a checkpoint,
// which is all that was known by then, so that a start reads only what was written since the newest
// one. A generation is one run of the process that writes; a boot is one run of the machine.
//
// Two halves stand behind this interface. The log keeps lines on a disk and knows nothing of their
// meaning (log.h); the ledger knows what the lines amount to and nothing of disks (ledger.h).
// journal_impl.h puts them together. docs/glossary.md explains the words that are used here
// (pending, unchecked, quarantined ...), docs/journal-format.md describes the bytes, and
// docs/durability.md says what is promised.
//
// Taps are named by their sequence number, which is unique in this journal and rises by one.
//
// Threads: every method may be called from any thread. Nothing here ever waits for a network.
// The methods that read change nothing.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/disk.h"
#include "base/random.h"
#include "base/result.h"
#include "journal/ledger.h"
#include "journal/recovery.h"
#include "tap/record.h"

namespace tamtap::journal {

struct JournalOptions {
  std::string directory;
  std::string terminal;  // a name for which IsTerminalName() is true
  // "YYYY-MM-DD". Duplicates are found from this day on, if the clock is right.
  std::string first_indexed_day;
  uint64_t segment_bytes = 4 << 20;
  RetentionOptions retention;
  std::string mirror;  // an existing directory on another medium (mirror.h); empty: none
  // Whether the journal calls Maintain() by itself, on a thread of its own.
  bool maintenance_thread = true;
};

// A tap that is to be sent, or that the central store is to be asked about once more.
struct PendingTap {
  uint64_t sequence = 0;
  TapStamp stamp;
  Record record;
};

// A tap that the central store has refused for good.
struct QuarantinedTap {
  uint64_t sequence = 0;
  std::string reason;            // as the store gave it
  std::optional<Record> record;  // missing if its line can't be read any more
};

// A card that was turned away, of which no central store was told yet.
struct PendingRefusal {
  uint64_t number = 0;
  TapStamp stamp;
  RefusalRecord refusal;
};

struct ImportedTap {
  Record record;  // with the tap id that it has already
  bool confirmed = false;
  // When it was taken, as the journal that it comes from says. Without a boot in it, the tap is
  // stamped with the present boot and moment.
  TapStamp stamp{};
};

// The numbers count taps, where nothing else is said.
struct JournalStatus {
  std::string journal;  // its id, which each of its files contains
  std::string generation;
  uint64_t records = 0;
  uint64_t pending = 0;
  uint64_t confirmed = 0;
  uint64_t quarantined = 0;
  uint64_t lost = 0;           // their lines can't be read any more; `damage` says where they were
  uint64_t last_sequence = 0;  // the last number that was given to a tap
  uint64_t segments = 0;       // counts segments
  uint64_t bytes = 0;          // counts the bytes of all segments
  uint64_t unknown_lines = 0;  // counts lines that a later version wrote
  uint64_t refusals = 0;       // counts cards that were turned away
  uint64_t handed_refusals = 0;  // of these, how many the store has or will never get
  std::vector<Damage> damage;
  // Why the mirror is not complete; empty if it is complete, or if there is none.
  std::string mirror_problem;
};

class Journal {
 public:
  // Takes the journal's lock, for callers that must not change anything before they hold it. It
  // makes the directory and the lock's file if they are missing, and changes nothing else.
  // kMisconfigured: another process (which the error names) uses the journal, or the directory is
  // not writable.
  static Result<std::unique_ptr<DiskLock>> Lock(const std::string& directory, Disk& disk);
  // Takes the journal's lock (unless the caller passes it as `lock`), recovers what is there, and
  // starts a new generation. Errors are those of Lock(), and kFull if there is no room for a first
  // segment. `random` is used during the call only; `disk` and `clock` must outlive the journal.
  static Result<std::unique_ptr<Journal>> Open(JournalOptions options, Disk& disk, Clock& clock,
                                               Random& random,
                                               std::unique_ptr<DiskLock> lock = nullptr);
  virtual ~Journal() = default;

  // ---- Taps

  // Gives the record its tap id, and returns when the disk has confirmed that the tap is durable
  // (law 1). After an error the record has no id, and nobody may be told SUCCESS. kFull: there is
  // no space; it succeeds again once some is freed. kRejected: the record is too large for a line.
  // Any other error: the storage fails.
  virtual Result<> Append(Record& record) = 0;
  // Adds taps that already have ids. They are durable on return; after an error, some may be.
  virtual Result<> AppendImported(std::span<const ImportedTap> taps) = 0;

  // Returns that person's durable taps on that day ("YYYY-MM-DD"), or nothing if there is none.
  // Taps under a clock that nobody vouched for are left out, because that clock may have shown a
  // day that is yet to come.
  virtual std::optional<KnownTaps> FindTaps(std::string_view day, std::string_view person) = 0;
  // The same for the taps that FindTaps() leaves out, by the day that their clock showed.
  virtual std::optional<KnownTaps> FindUnsureTaps(std::string_view day,
                                                  std::string_view person) = 0;
  // Makes FindTaps() know a tap that no line of that day tells of: one that was taken under a wrong
  // clock, or (kOtherGate) one at another gate. It is forgotten at the next start.
  virtual void NoteTapped(std::string_view day, std::string_view person, const KnownTap& tap) = 0;

  // ---- What is to be sent

  // Returns the first pending taps from sequence number `from` on, ascending, at most `limit`. It
  // may return fewer, but it returns none only if none can be read.
  virtual Result<std::vector<PendingTap>> ReadPending(uint64_t from, size_t limit) = 0;
  // The first `limit` quarantined taps, ascending.
  virtual Result<std::vector<QuarantinedTap>> ReadQuarantined(size_t limit) = 0;

  // ---- What becomes of taps
  // An outcome costs no flush of its own, except where a comment says "durably". A crash may lose
  // it; the tap is then sent again, which does no harm. Numbers that an outcome does not fit (such
  // as a confirmation of a tap that is void) are ignored.

  // The store has taken these taps now, after all those that it took before.
  virtual void Confirm(std::span<const uint64_t> sequences) = 0;
  // The store had these taps already. They are confirmed too, but nobody knows since when the store
  // has had them: an older copy of the store may lack them even if it has later ones.
  virtual void ConfirmFoundThere(std::span<const uint64_t> sequences) = 0;
  // The store has refused this tap for good, with that reason.
  virtual void Quarantine(uint64_t sequence, std::string_view reason) = 0;
  // Makes quarantined taps pending again, durably; all of them if `sequences` is empty. Returns how
  // many it made pending.
  virtual uint64_t Requeue(std::span<const uint64_t> sequences) = 0;

  // ---- Whether the store still has what it confirmed (law 7a)

  // Returns the store that gave the confirmations, or nothing if none was named yet.
  virtual std::optional<StoreIdentity> Store() = 0;
  // Names that store, durably. If it is not the one that was named before, or has another epoch,
  // all confirmed taps that are still in the journal become unchecked, and quarantined taps
  // pending.
  virtual Result<> SetStore(const StoreIdentity& store) = 0;
  // Returns taps that the store must be asked about, as ReadPending() does: the unchecked taps, and
  // the witnesses among the others (ledger.h). A store that went back to an older copy lacks at
  // least one of these.
  virtual Result<std::vector<PendingTap>> ReadUnchecked(uint64_t from, size_t limit) = 0;
  // Whether it passes over a tap that could tell whether the store went back, because that tap's
  // line can't be read. Maintain() puts others in its place.
  virtual bool LacksAWitness() = 0;
  // The store was asked about these taps, and has them.
  virtual void Checked(std::span<const uint64_t> sequences) = 0;
  // The store was asked about these confirmed taps, and lacks them. They become pending again,
  // durably. Returns how many did.
  virtual uint64_t MakePending(std::span<const uint64_t> sequences) = 0;
  // Makes confirmed taps unchecked again, durably: all those of each segment that holds a tap of
  // `day` or of a later day; "" means all taps. Returns how many became unchecked.
  virtual Result<uint64_t> RecheckSince(std::string_view day) = 0;

  // ---- Clocks (law 14)

  // Returns what the wall clock of a boot should have shown, if that was ever found out.
  virtual std::optional<ClockLine> ClockOf(std::string_view boot) = 0;
  // Writes that down, durably. What was written first of a boot stays: if the journal knows that
  // boot's time already, it changes nothing. Returns what holds now.
  virtual Result<ClockLine> SetClock(const ClockLine& clock) = 0;
  // Returns the latest day ("YYYY-MM-DD") of a tap whose clock was vouched for; before the first
  // such tap, the first day on which there can be a tap at all. No right clock shows an earlier
  // day.
  virtual std::string LastVouchedDay() = 0;
  // Whether that tap was taken in this boot of the machine, and whether any tap was taken before
  // this boot. In two boots, a clock that nobody vouches for may show the same day for two days.
  virtual bool IsOfThisBoot(uint64_t sequence) const = 0;
  virtual bool HasTapsOfEarlierBoots() const = 0;

  // ---- Cards that were turned away

  // Writes a refusal along with the next write, and returns the id that it gave it. It waits for
  // nothing and costs no flush, so a power cut may take the newest refusals. The id is empty if the
  // refusal is not kept: too many still wait to be written, or its texts are too long for a line.
  virtual TapId NoteRefusal(RefusalRecord refusal) = 0;
  // Returns the first refusals that were not handed over, in their order, at most `limit`; none if
  // none is left that can be read.
  virtual Result<std::vector<PendingRefusal>> ReadRefusals(size_t limit) = 0;
  // The store has the refusals up to that number. A crash may lose this; then it is brought them
  // once more.
  virtual void HandedOver(uint64_t refusal) = 0;

  // ---- State and upkeep

  // From now on, confirmed taps stay in the journal for so many days, and in its archive for so
  // many (retention.h); 0: for good. What is old enough leaves at the next Maintain(), which is due
  // then.
  virtual void KeepFor(uint32_t days, uint32_t archive_days) = 0;

  // The numbers of the status that are asked for often: this is cheaper than Status().
  struct Backlog {
    uint64_t pending = 0;
    uint64_t last_sequence = 0;
    uint64_t unchecked = 0;
    uint64_t refusals = 0;  // that were written, and not handed over
  };
  virtual Backlog GetBacklog() = 0;
  virtual JournalStatus Status() = 0;
  virtual const std::string& terminal() const = 0;

  // `wake` is called after each durable append, when refusals were written, and whenever taps
  // become pending again, on the thread that did it. Set it before the first append.
  virtual void OnPending(std::function<void()> wake) = 0;

  // Prepares the next segment, writes outcomes that could not be written before, completes the
  // mirror, seals finished segments, writes that taps which can't be read are lost, and retires old
  // segments (retention.h). Returns the first failure; it does no harm, and the next call tries
  // again.
  virtual Result<> Maintain() = 0;
};

}  // namespace tamtap::journal
