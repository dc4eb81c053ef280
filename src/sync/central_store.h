// CentralStore: where all terminals' records meet, as the sync sees it. Adapters: src/central/
// (SQLite, MongoDB, our server over HTTP). One contract suite runs against every one of them:
// src/central/central_store_contract.h.
//
// One thread at a time. Every call is bounded by a time-out of a few seconds.
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "tap/record.h"
#include "tap/school.h"
#include "tap/store_identity.h"

namespace tamtap {

enum class OutcomeKind {
  kStored,         // the first tap of that person that day
  kMerged,         // added to an attendance that was there
  kAlreadyStored,  // this very tap was there
  kRejected,       // refused for good; `reason` says why
  kRetry,          // not this time; `reason` says why
};

inline constexpr size_t kOutcomeKinds = 5;

// How many taps may be asked for in one call of Lacking.
inline constexpr size_t kMostLookups = 1'000;

std::string_view ToString(
    OutcomeKind kind);  // "stored" "merged" "already_stored" "rejected" "retry"
std::optional<OutcomeKind> OutcomeKindFrom(std::string_view text);

// What became of one record.
struct Outcome {
  OutcomeKind kind = OutcomeKind::kRetry;
  std::string reason;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// The school's facts and a word for this state of them.
struct SchoolVersion {
  School school;
  std::string version;  // opaque; equal versions mean equal schools
};

// A time that a store told, and when. `sure`: somebody vouches for the store's own clock, and it
// says so.
struct ToldTime {
  WallTime wall;
  MonotonicTime at;
  bool sure = false;
};

// Every method is pure virtual, so that no store and no decorator can forget one: a decorator
// derives from ForwardingStore (sync/forwarding_store.h).
class CentralStore {
 public:
  virtual ~CentralStore() = default;

  // Merges each record into the attendance of its person and day, by law 11, durably (law 12).
  // Returns one outcome a record, in order; the fate of one never touches another's. An Error means
  // that nothing is known of any of them: kRetry (unreachable, time-out, overloaded), kDenied.
  // At-least-once: the same record may come any number of times, in any order, from any thread of
  // any process, and the result is the same. One record goes as one round of single-document
  // operations; many may share round trips, unordered.
  //
  // Same tap id, different content: an alarm. The outcome is kRejected with the reason
  // "tap id with two contents", and what is stored stays.
  virtual Result<std::vector<Outcome>> Store(std::span<const Record> records) = 0;

  // The school's facts, or nothing if `known_version` is still the newest.
  virtual Result<std::optional<SchoolVersion>> PullSchool(std::string_view known_version) = 0;

  // Adds people registered here, by `person`; those already there (by person or by card) stay as
  // they are. Stores that take no people from terminals answer kRejected.
  virtual Result<> AddPeople(std::span<const Person> people) = 0;

  // Who has tapped anywhere on that day: one record (the arrival) a person.
  virtual Result<std::vector<Record>> ArrivalsOf(std::string_view day) = 0;

  // Which store this is, cheaply. Both parts are empty if the store can't say: a server that is
  // older than this program. Then nothing can be said about what its confirmations are worth later.
  virtual Result<StoreIdentity> Identity() = 0;

  // A client found that the store lacks what it confirmed when it was `known`: it was restored from
  // an older copy. If that is still what it is, it draws a new epoch, so that all clients learn of
  // it, and so that no copy from before can be taken for what it is from now on. Returns what it is
  // now. kRetry also if it has just drawn one.
  virtual Result<StoreIdentity> WentBack(const StoreIdentity& known) = 0;

  // Of which records the store does not hold the tap: their indices, ascending. It changes nothing.
  // Taps are looked up by their id, day and person; contents are not compared. At most
  // kMostLookups records a call. An Error says nothing of any of them.
  virtual Result<std::vector<size_t>> Lacking(std::span<const Record> records) = 0;

  // Whether the store answers now, cheaply.
  virtual Result<> Ping() = 0;

  // `answering` is called when the store begins to answer again, sooner than the next probe would
  // find out: from any thread, so it must not block and must not call the store. It replaces the
  // one before, which is not called any more once this returns. Stores that can't tell call none.
  virtual void OnAnswering(std::function<void()> answering) = 0;

  // The time by the store's clock, as its last answer told it; nothing if it tells none. `at` is
  // SystemClock()'s monotonic time.
  virtual std::optional<ToldTime> TimeTold() = 0;

  // How long the store asked, with its last error, to be left alone; 0 if it did not.
  virtual std::chrono::milliseconds AskedToWait() const = 0;
};

}  // namespace tamtap
