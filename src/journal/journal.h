// Journal: an append-only log of taps that survives power cuts. One process writes a journal; any
// number may read it meanwhile (journal_reader.h).
//
// Behind this interface are two halves: the log keeps lines on a disk and knows nothing of their
// meaning (log.h), the ledger knows what they amount to and nothing of disks (ledger.h).
// journal_impl.h puts them together. docs/journal-format.md has the bytes, docs/durability.md what
// is promised.
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

class Journal {
 public:
  // The journal's lock, for whoever must change nothing before it is held; all that is changed is
  // that the directory and the lock's file are made if they are missing. kMisconfigured: in use by
  // another process (which is named), or not writable.
  static Result<std::unique_ptr<DiskLock>> Lock(const std::string& directory, Disk& disk);
  // Takes the journal's lock, unless `lock` is it, recovers, and starts a new generation. Errors
  // are those of Lock(), and kFull: no room for a first segment.
  static Result<std::unique_ptr<Journal>> Open(JournalOptions options, Disk& disk, Clock& clock,
                                               Random& random,
                                               std::unique_ptr<DiskLock> lock = nullptr);
  virtual ~Journal() = default;

  // ---- Taps

  // Gives the record its tap id and returns when it is durable: fdatasync returned 0. After an
  // error nobody may be told SUCCESS: kFull (space; succeeds again once some is freed), kRejected
  // (the record is too large), anything else a storage that fails.
  virtual Result<> Append(Record& record) = 0;
  // Adds taps that already have ids, durably, in one go.
  virtual Result<> AppendImported(std::span<const ImportedTap> taps) = 0;

  // The sequence number of that person's last tap on that day, if there is a durable one;
  // kOtherGate for one that was taken there.
  // Taps whose clock nobody vouched for are not among them: it may have shown a day that is yet to
  // come.
  virtual std::optional<uint64_t> FindTap(std::string_view day, std::string_view person) = 0;
  // The same of those taps alone, by the day that their clock showed.
  virtual std::optional<uint64_t> FindUnsureTap(std::string_view day, std::string_view person) = 0;
  // That person has tapped on that day, though no line of that day says so: a tap under a wrong
  // clock, or (kOtherGate) at another gate.
  virtual void NoteDay(std::string_view day, std::string_view person, uint64_t sequence) = 0;

  // ---- What is to be sent

  // The first `limit` pending taps from sequence number `from` on, ascending; empty if none can be
  // read. May return fewer than there are.
  virtual Result<std::vector<PendingTap>> ReadPending(uint64_t from, size_t limit) = 0;
  // The first `limit` quarantined taps, ascending.
  virtual Result<std::vector<RefusedTap>> ReadQuarantined(size_t limit) = 0;

  // ---- What becomes of taps
  // Outcomes cost no flush of their own, unless they say so, and may be lost in a crash: the tap is
  // then sent again, which does no harm. Numbers that an outcome does not fit are ignored.

  // The store has taken these, after all that it has taken before.
  virtual void Confirm(std::span<const uint64_t> sequences) = 0;
  // The store had these already. They are confirmed as well, but a copy of the store that has what
  // was confirmed last may lack them.
  virtual void ConfirmFoundThere(std::span<const uint64_t> sequences) = 0;
  virtual void Quarantine(uint64_t sequence, std::string_view reason) = 0;
  // Makes quarantined taps pending again, durably; all of them if `sequences` is empty. Returns how
  // many.
  virtual uint64_t Requeue(std::span<const uint64_t> sequences) = 0;

  // ---- Whether the store still has what it confirmed (law 7a)

  // The store that confirmations are of; nothing: none was named yet.
  virtual std::optional<StoreIdentity> Store() = 0;
  // Names it, durably. If it is another one than before, or the same one gone back (another epoch),
  // all confirmed taps that are still in the journal are unchecked, and quarantined ones pending.
  virtual Result<> SetStore(const StoreIdentity& store) = 0;
  // Confirmed taps that the store was not asked about since, and the witnesses among those that it
  // was (ledger.h): a store that went back lacks one of these. As ReadPending.
  virtual Result<std::vector<PendingTap>> ReadUnchecked(uint64_t from, size_t limit) = 0;
  // The store was asked, and has them.
  virtual void Checked(std::span<const uint64_t> sequences) = 0;
  // The store does not have these confirmed taps: they are pending again, durably. Returns how
  // many.
  virtual uint64_t MakePending(std::span<const uint64_t> sequences) = 0;
  // Makes confirmed taps unchecked again, durably: those of segments that hold a tap of that day or
  // a later one. "" means all. Returns how many.
  virtual Result<uint64_t> RecheckSince(std::string_view day) = 0;

  // ---- Clocks (law 14)

  // What the wall clock of a boot should have shown, if that was ever found out.
  virtual std::optional<ClockLine> ClockOf(std::string_view boot) = 0;
  // Says so, durably. The first word on a boot stays: what is known is returned.
  virtual Result<ClockLine> SetClock(const ClockLine& clock) = 0;
  // The latest day of a tap whose clock was vouched for, "YYYY-MM-DD", or the first on which there
  // can be a tap at all: no right clock shows an earlier one.
  virtual std::string LastDay() = 0;
  // Whether that tap was taken since this boot of the machine, and whether any was before it:
  // across boots a clock that nobody vouches for may show the same day twice.
  virtual bool IsOfThisBoot(uint64_t sequence) const = 0;
  virtual bool HasTapsOfEarlierBoots() const = 0;

  // ---- State and upkeep

  // How many taps are pending or unchecked, and the last number given away: cheaper than Status().
  struct Backlog {
    uint64_t pending = 0;
    uint64_t last_sequence = 0;
    uint64_t unchecked = 0;
  };
  virtual Backlog GetBacklog() = 0;
  virtual JournalStatus Status() = 0;
  virtual const std::string& terminal() const = 0;

  // Called after each durable append, and whenever taps become pending again, from the thread that
  // made it so. Set it before the first append.
  virtual void OnPending(std::function<void()> wake) = 0;

  // Prepares the next segment, writes what could not be written before, seals finished segments,
  // says what became of taps that can't be read, and lets old segments go (retention.h). Returns
  // the first failure; harmless, and tried again later.
  virtual Result<> Maintain() = 0;
};

}  // namespace tamtap::journal
