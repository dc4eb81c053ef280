// All that this installation holds of one person, as an archive that can be given to them or their
// parents; and the opposite: taking all of it away. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/disk.h"
#include "server/school_store.h"
#include "server/trust_store.h"
#include "tap/school_time.h"

namespace tamtap {

// Where data of people lies.
struct PersonPlaces {
  SchoolStore& store;
  TrustStore& trust;
  Disk& photos;
  std::string photo_directory;
};

// Whom `named` (a key, a card in any spelling, a number or a whole name) names: somebody of the
// school rather than somebody who left. kRejected with a sentence: nobody, or several.
Result<KnownPerson> FindOnePerson(PersonalData& data, std::string_view named);

// What is asked of the person, by whom and when.
struct PersonRequest {
  std::string by;
  WallTime now{};
  std::string reason;  // of an erasure
};

// Writes a zip archive (base/zip_writer.h): a page that explains it, person.json with everything,
// attendance.csv for spreadsheets, and the photos.
Result<> WritePersonArchive(const PersonPlaces& places, const KnownPerson& known,
                            const PersonRequest& request, const TimeZone& zone, File& into);

struct Erasure {
  size_t records = 0;
  size_t refusals = 0;
  size_t photos = 0;
};

// Erases the person in the store, on the disk of photos and from the audit trail, which keeps that
// somebody was erased, by whom and why. kRejected: there is no reason, or it names the person.
// It may be repeated after an error.
Result<Erasure> ErasePerson(const PersonPlaces& places, const KnownPerson& known,
                            const PersonRequest& request);

}  // namespace tamtap
