// GateRetention: a gate keeps nothing for longer than the school does. What the school's settings
// say (they come with the copy of the school) becomes the journal's, and old photos that are still
// here go. Taps that the central store does not have, or has refused, keep their segments and their
// photos. One thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/disk.h"
#include "journal/journal.h"
#include "tap/school_settings.h"
#include "tap/school_time.h"

namespace tamtap {

struct JournalDays {
  uint32_t days = 0;     // confirmed taps stay in the journal; 0: for good
  uint32_t archive = 0;  // and in its archive
  friend bool operator==(const JournalDays&, const JournalDays&) = default;
};
// `flag` is what this gate was started with; `otherwise` holds where nobody says anything. Nothing
// is kept for longer than records are.
JournalDays JournalDaysOf(const SchoolSettings& settings, std::optional<uint32_t> flag,
                          uint32_t otherwise);

class GateRetention {
 public:
  GateRetention(journal::Journal& journal, Disk& photos, std::string photo_directory, Clock& clock)
      : journal_(journal),
        photos_(photos),
        photo_directory_(std::move(photo_directory)),
        clock_(clock) {}

  // To be called every now and then; it does a small piece of work at most.
  void Follow(const SchoolSettings& settings, const JournalDays& days, const SchoolZone& zone);

 private:
  Result<size_t> RemovePhotos(const std::string& first_kept_day);

  journal::Journal& journal_;
  Disk& photos_;
  const std::string photo_directory_;
  Clock& clock_;
  std::optional<JournalDays> told_;
  std::string told_on_;     // the day
  std::string photos_day_;  // up to which photos are gone
};

}  // namespace tamtap
