// TerminalState: what the server knows of a terminal: when the server heard of it last, and what
// the terminal last reported of itself. Reports are checked and given types here, so that pages and
// metrics can rely on them.
#pragma once

#include <array>
#include <boost/json/fwd.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/mutex.h"
#include "base/result.h"
#include "server/identity_store.h"
#include "sync/central_store.h"
#include "tap/school_time.h"

namespace tamtap {

struct TerminalState {
  std::string name;
  std::string label;     // what staff call it; its name, if they have not said
  WallTime last_seen{};  // 1970: never
  bool online = false;   // heard of within 15 s; a terminal reports every 5 s
  double pending = 0;
  double oldest_pending_seconds = 0;
  double confirmed = 0;
  double quarantined = 0;
  double round_trip_ms = 0;
  std::array<double, kOutcomeKinds> outcomes{};  // since the terminal started, by OutcomeKind
  std::string status_json;  // as ReportedStatus made it; "" if it reported none
};

// TerminalBook: keeps in memory what terminals report of themselves every five seconds. What a
// restart must find is written to the identity store, without a flush, so that no SD card wears out
// by it. The time at which terminals were heard of is written at most once a minute, for all of
// them together. If the number of taps that wait for staff has changed, it is written at once.
// Where other servers use the store it is written every five seconds: their pages show these gates,
// too. Thread-safe.
class TerminalBook {
 public:
  TerminalBook(IdentityStore& identity, Clock& clock) : identity_(identity), clock_(clock) {}

  // The terminal was heard of just now. `status_json` is what ReportedStatus() made of its report,
  // or empty if it reported nothing.
  void Note(std::string_view name, std::string_view status_json) EXCLUDES(mutex_);
  // Returns all terminals that are not revoked, including those whose token was not used yet.
  Result<std::vector<TerminalState>> States() EXCLUDES(mutex_);
  // Writes what is not written yet, before a clean stop.
  void Save() EXCLUDES(mutex_);

 private:
  struct Entry {
    TerminalNote note;
    double quarantined = 0;
    bool unsaved = false;
  };

  IdentityStore& identity_;
  Clock& clock_;
  Mutex mutex_;
  std::map<std::string, Entry, std::less<>> entries_ GUARDED_BY(mutex_);
  MonotonicTime next_save_ GUARDED_BY(mutex_){};
};

// [{terminal, tap, nfc_id, name, section, day, time, reason}]: the first taps that the store
// refused for good, as the terminal reported them. They name people, so not everyone who may see
// ToJson() may see them.
std::vector<boost::json::object> QuarantinedTaps(const TerminalState& state);
// [{terminal, card, reason, at, name, nfc_id, section, other}]: the cards that the terminal refused
// because only staff can say whose they are. They name people, too.
std::vector<boost::json::object> ContestedCardsOf(const TerminalState& state);

// {name, label, online, last_seen, pending, oldest_pending_seconds, confirmed, quarantined,
// last_error, state} and whatever else the terminal reported.
boost::json::object ToJson(const TerminalState& state, const TimeZone& zone);

// Returns what is kept of the body of POST /api/hardware/status: numbers, booleans, short texts,
// the names of readers that are away, and bounded lists of quarantined taps and contested cards. A
// count is kept only if it is a number that a count can be. Nothing if the body is no JSON object.
std::optional<std::string> ReportedStatus(std::string_view body);

}  // namespace tamtap
