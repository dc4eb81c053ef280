// Retention: what is older than the school keeps it goes, at the start of the server and once a
// day: attendance, refusals and photos, as the school's settings say (tap/school_settings.h). It is
// done in small pieces with pauses, so that no tap waits for it, and the audit trail says what
// went.
//
// A clock that nobody vouches for decides nothing about what is old.
//
// One thread calls Step().
#pragma once

#include <chrono>
#include <functional>
#include <optional>
#include <set>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "server/school_store.h"
#include "server/trust_store.h"
#include "tap/school_settings.h"
#include "tap/school_time.h"

namespace tamtap {

class Retention {
 public:
  struct Parts {
    SchoolStore& store;
    TrustStore& trust;
    Disk& photos;
    std::string photo_directory;
    Clock& clock;
    SchoolZone& zone;
    std::function<Result<SchoolSettings>()> settings;
    // The days of taps that a gate on these photos' disk has not handed over, or whose taps the
    // store has refused: their photos stay. Without one, no gate keeps its photos here.
    std::function<Result<std::set<std::string>>()> waiting_days = nullptr;
  };
  // The parts must outlive it.
  explicit Retention(Parts parts) : parts_(std::move(parts)) {}

  // Does a piece of what is due. Returns for how long nothing needs to be done.
  std::chrono::milliseconds Step();

 private:
  // Up to which day each goes; "": all of it stays.
  struct Days {
    std::string records;
    std::string refusals;
    std::string photos;
    friend bool operator==(const Days&, const Days&) = default;
  };
  struct Round {
    Days days;
    size_t records = 0;
    size_t refusals = 0;
    size_t photos = 0;
    std::optional<std::set<std::string>> waiting = std::nullopt;  // once it was asked for
  };
  Result<Days> DaysOfToday();
  // Whether something was done; if not, the round is over.
  Result<bool> Advance(Round& round);
  bool Waits(Round& round, const std::string& day);
  void Say(const Round& round);

  const Parts parts_;
  std::optional<Round> round_;
  Days done_;
};

}  // namespace tamtap
