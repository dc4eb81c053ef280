// What a start does with each segment that it finds, as data: Recover() looks the segment up here.
//
// A row names what is found and what becomes of it; a field without a value matches anything. Every
// combination matches exactly one row, and each row has a test of its name (recovery_test.cc checks
// both).
//
// What becomes of single lines is the same in every segment, and ScanLines() (segment.h) decides
// it:
//   - Whole lines are found also between and inside damaged bytes.
//   - A line whose checksum does not hold is lost and reported. Its neighbours stay.
//   - The start of a write that a crash cut short is reported as a torn tail.
//   - A line of an unknown version is kept and counted.
//   - The same tap found twice is one tap.
#pragma once

#include <optional>
#include <string_view>

namespace tamtap::journal {

// Where a segment stands.
enum class Place {
  kLeft,     // it was retired: the file "retired" says so
  kCovered,  // the newest checkpoint knows all its lines
  kAfter,    // it may hold lines that no checkpoint knows
};
// Whose it is, by its first line.
enum class Owner {
  kOurs,   // this journal's; also if its first line is blank or damaged
  kOther,  // another journal's, or a copy of another number, or far too large for a segment
};
enum class Treatment {
  kLeave,     // it is not read, and is removed later
  kReport,    // it is reported as foreign, and none of its lines is taken
  kSkip,      // it is not read, because its seal says all that is needed
  kReadTaps,  // it is read for the places of its taps and for duplicates, not for its outcomes:
              // what became of its taps, the checkpoint knows
  kReplay,    // it is read, and the ledger applies every line
};

struct RecoveryCase {
  std::string_view name;
  std::optional<Place> place;
  std::optional<Owner> owner;
  std::optional<bool> sealed;
  std::optional<bool> wanted;  // the duplicate check needs the days in it
  Treatment treatment;
};

inline constexpr std::optional<bool> kEither{};
inline constexpr std::optional<Owner> kAnyOwner{};

inline constexpr RecoveryCase kRecoveryCases[] = {
    {"ASegmentThatLeftIsRemovedLaterAndItsLinesAreNotTaken",  //
     Place::kLeft, kAnyOwner, kEither, kEither, Treatment::kLeave},
    {"AForeignSegmentBelowTheCheckpointIsReported",  //
     Place::kCovered, Owner::kOther, kEither, kEither, Treatment::kReport},
    {"AForeignSegmentAfterTheCheckpointIsReported",  //
     Place::kAfter, Owner::kOther, kEither, kEither, Treatment::kReport},
    {"ASealedSegmentOfOldDaysIsNotRead",  //
     Place::kCovered, Owner::kOurs, true, false, Treatment::kSkip},
    {"ASealedSegmentOfTheseDaysTellsWhoHasTapped",  //
     Place::kCovered, Owner::kOurs, true, true, Treatment::kReadTaps},
    {"AnUnsealedSegmentBelowTheCheckpointChangesNothing",  //
     Place::kCovered, Owner::kOurs, false, kEither, Treatment::kReadTaps},
    {"ASegmentAfterTheCheckpointIsReplayed",  //
     Place::kAfter, Owner::kOurs, kEither, kEither, Treatment::kReplay},
};

constexpr bool Matches(const RecoveryCase& row, Place place, Owner owner, bool sealed,
                       bool wanted) {
  return row.place.value_or(place) == place && row.owner.value_or(owner) == owner &&
         row.sealed.value_or(sealed) == sealed && row.wanted.value_or(wanted) == wanted;
}

}  // namespace tamtap::journal
