// What a start does with each segment that it finds, as data: Recover() looks the segment up here.
//
// A row names what is found and what becomes of it; a field without a value matches anything. Every
// combination matches exactly one row, and each row has a test of its name (recovery_test.cc checks
// both).
//
// What becomes of single lines is the same everywhere and is segment.h's business: whole lines are
// found also between and inside damaged bytes; a line whose checksum does not hold is lost and
// reported, and its neighbours stay; the start of a write that a crash cut short is a torn tail,
// reported as such; a line of an unknown version is kept and counted; the same tap twice is one.
#pragma once

#include <optional>
#include <string_view>

namespace tamtap::journal {

// Where a segment stands.
enum class Place {
  kLeft,     // retention let it go: the file "retired" says so
  kCovered,  // the newest checkpoint knows all its lines
  kAfter,    // it may hold lines that no checkpoint knows
};
// Whose it is, by its first line.
enum class Owner {
  kOurs,   // or nobody's: its first line is blank or damaged
  kOther,  // another journal's, another number's, or far too large for a segment
};
enum class Treatment {
  kLeave,     // not read: it is removed later
  kReport,    // as foreign: none of its lines is taken
  kSkip,      // not read: its seal says what is needed
  kReadTaps,  // read, for where its taps are and who tapped; what became of them is known better
  kReplay,    // read, and every line is applied to the ledger
};

struct RecoveryCase {
  std::string_view name;
  std::optional<Place> place;
  std::optional<Owner> owner;
  std::optional<bool> sealed;
  std::optional<bool> wanted;  // its days are of interest to the duplicate check
  Treatment treatment;
};

inline constexpr std::optional<bool> kEither{};
inline constexpr std::optional<Owner> kAnyOwner{};

inline constexpr RecoveryCase kRecoveryCases[] = {
    {"ASegmentThatLeftIsRemovedLaterAndItsLinesAreNotTaken",  //
     Place::kLeft, kAnyOwner, kEither, kEither, Treatment::kLeave},
    {"AForeignSegmentBelowTheCheckpointIsReported",  //
     Place::kCovered, Owner::kOther, kEither, kEither, Treatment::kReport},
    {"AForeignSegmentBehindTheCheckpointIsReported",  //
     Place::kAfter, Owner::kOther, kEither, kEither, Treatment::kReport},
    {"ASealedSegmentOfOldDaysIsNotRead",  //
     Place::kCovered, Owner::kOurs, true, false, Treatment::kSkip},
    {"ASealedSegmentOfTheseDaysTellsWhoHasTapped",  //
     Place::kCovered, Owner::kOurs, true, true, Treatment::kReadTaps},
    {"AnUnsealedSegmentBelowTheCheckpointChangesNothing",  //
     Place::kCovered, Owner::kOurs, false, kEither, Treatment::kReadTaps},
    {"ASegmentBehindTheCheckpointIsReplayed",  //
     Place::kAfter, Owner::kOurs, kEither, kEither, Treatment::kReplay},
};

constexpr bool Matches(const RecoveryCase& row, Place place, Owner owner, bool sealed,
                       bool wanted) {
  return row.place.value_or(place) == place && row.owner.value_or(owner) == owner &&
         row.sealed.value_or(sealed) == sealed && row.wanted.value_or(wanted) == wanted;
}

}  // namespace tamtap::journal
