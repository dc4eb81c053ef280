// CentralStore: where all terminals' records meet, as the sync sees it. Adapters: src/central/
// (SQLite, MongoDB, our server over HTTP). One contract suite runs against every one of them:
// src/central/central_store_contract.h.
//
// Only one thread at a time may call a store. Every call is bounded by a time-out of a few seconds.
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
#include "school/change.h"
#include "school/slices.h"
#include "school/update.h"
#include "tap/record.h"
#include "tap/refusal_record.h"
#include "tap/store_identity.h"

namespace tamtap {

enum class OutcomeKind {
  kStored,         // the first tap of that person that day
  kMerged,         // added to an attendance that was there
  kAlreadyStored,  // this very tap was there
  kRejected,       // refused for good; `reason` says why
  kRetry,          // not stored now, and to be tried again; `reason` says why
};

inline constexpr size_t kOutcomeKinds = 5;

// How many taps may be asked for in one call of Lacking.
inline constexpr size_t kMostLookups = 1'000;
// How many changes of the school a gate hands over in one call of ChangeSchool.
inline constexpr size_t kMostChanges = 500;

std::string_view ToString(
    OutcomeKind kind);  // "stored" "merged" "already_stored" "rejected" "retry"
std::optional<OutcomeKind> OutcomeKindFrom(std::string_view text);

// What became of one record.
struct Outcome {
  OutcomeKind kind = OutcomeKind::kRetry;
  std::string reason;
  friend bool operator==(const Outcome&, const Outcome&) = default;
};

// The time by a store's clock, and when it was told.
struct ToldTime {
  WallTime wall;
  MonotonicTime at;   // when the answer came, by this machine's monotonic clock
  bool sure = false;  // the store says that its own clock is vouched for
};

// Every method is pure virtual, so that no store and no decorator can forget one: a decorator
// derives from ForwardingStore (sync/forwarding_store.h).
class CentralStore {
 public:
  virtual ~CentralStore() = default;

  // Merges each record into the attendance of its person and day, by law 11, durably (law 12).
  // Returns one outcome for each record, in their order; the fate of one never touches another's
  // (law 9). An Error means that nothing is known of any of them: kRetry (unreachable, time-out,
  // overloaded) or kDenied. Delivery is at least once: the same record may come any number of
  // times, in any order, from any process, and the result is the same. A single record costs one
  // round of single-document operations; many records may share round trips, in any order.
  //
  // If a record has the id of a stored tap and another content, something is badly wrong. Its
  // outcome is kRejected with the reason "tap id with two contents", and the stored tap stays as it
  // is.
  virtual Result<std::vector<Outcome>> Store(std::span<const Record> records) = 0;

  // What the school has become since `known_version`, or nothing if that is still the newest. A
  // version that the store does not know, the empty one among them, is answered with the whole.
  virtual Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) = 0;

  // The same in slices, for whoever should hold and wait for no more than that at once: the one
  // that follows the slices of `place`, or the first one of another version, if the store has no
  // more of that. A store that does not slice answers with all.
  virtual Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                        const SlicePlace& place) = 0;

  // Takes changes of the school, durably (law 12), each once by its id: school/facts.h says how. It
  // returns for each "" if it was taken, else why it is refused for good. An Error means that
  // nothing is known of any of them, and that they may be brought again.
  virtual Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) = 0;

  // Keeps cards that were turned away, each once by its id, so that they may be brought again. One
  // that can't be what it says is passed over. kRejected: this kind of store keeps none.
  virtual Result<> KeepRefusals(std::span<const RefusalRecord> refusals) = 0;

  // Returns who has tapped on that day ("YYYY-MM-DD") at any gate: the arrival of each person.
  virtual Result<std::vector<Record>> ArrivalsOf(std::string_view day) = 0;

  // Returns which store this is; the call is cheap. Both parts are empty if the store can't say, as
  // a server that is older than this program. Then nobody can know later what its confirmations are
  // worth.
  virtual Result<StoreIdentity> Identity() = 0;

  // Tells the store that it lacks taps which it confirmed when its identity was `known`: it was
  // restored from an older copy. If its identity is still `known`, it draws a new epoch, so that
  // all clients learn of it, and so that no earlier copy can later be taken for this one. Returns
  // its identity now. kRetry also if it has just drawn an epoch.
  virtual Result<StoreIdentity> WentBack(const StoreIdentity& known) = 0;

  // Returns the indices of the records whose taps the store does not hold, ascending. It changes
  // nothing. Taps are looked up by their id, day and person; contents are not compared. At most
  // kMostLookups records may be asked about in a call. An Error says nothing of any of them.
  virtual Result<std::vector<size_t>> Lacking(std::span<const Record> records) = 0;

  // Whether the store answers now, cheaply.
  virtual Result<> Ping() = 0;

  // Sets what is called when the store begins to answer again, which may be sooner than the next
  // probe would find out. It is called on any thread, so it must not block and must not call the
  // store. It replaces the former function, which is not called after this has returned. A store
  // that can't notice calls nothing.
  virtual void OnAnswering(std::function<void()> answering) = 0;

  // Returns the time by the store's clock, as its last answer told it; nothing if it told none.
  // `at` is SystemClock()'s monotonic time.
  virtual std::optional<ToldTime> TimeTold() = 0;

  // Returns how long the store asked to be left alone in its last error; 0 if it did not ask.
  virtual std::chrono::milliseconds AskedToWait() const = 0;
};

}  // namespace tamtap
