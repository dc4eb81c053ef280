// Merging the two copies of a segment, the journal's and the mirror's: a line that one lost comes
// from the other, at its offset. Pure functions.
//
// The two may be the histories of two journals that were one before: an old copy of the card was
// put back, or cloned. From some number on the same numbers are then other taps.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "journal/checkpoint.h"

namespace tamtap::journal {

// Where the histories part. In this file "ours" is the journal's copy, and "theirs" the mirror's.
struct Parting {
  uint64_t from = UINT64_MAX;      // the first number that stands for another tap in theirs
  std::set<size_t> generations{};  // hashes of the generations before it; empty: all of them
  bool anywhere() const { return from != UINT64_MAX; }
};

// Returns the bytes of a segment in which every line that `ours` has lost is filled in from
// `theirs`. Taps with the number `first_taken` or a higher one are left out, and so are their
// outcomes, because another tap has that number now. Lines that speak of a number from `parting` on
// are left out too, and checkpoints of generations that come after it.
struct MergedSegment {
  std::string bytes;
  uint64_t restored = 0;      // how many lines were filled in
  uint64_t contradicted = 0;  // how many lines of theirs were left out
};
MergedSegment MergeSegments(std::string_view ours, std::string_view theirs, uint64_t first_taken,
                            const Parting& parting = {});

// Whether two copies of a segment have a whole line in common, at its place.
bool SharesALine(std::string_view ours, std::string_view theirs);
// Whether both have taps or starts of the same generation. Such segments belong to one journal.
bool SharesAGeneration(std::string_view ours, std::string_view theirs);
// Whether both seals say the same of their journal.
bool SameSeal(const std::optional<SealLine>& ours, const std::optional<SealLine>& theirs);

// Returns the first number that no tap before this segment can have, as its lines say.
uint64_t FirstTakenBy(std::string_view segment);

// Which numbers one copy of a journal has given to taps, and to which taps.
class Numbering {
 public:
  // Takes in the lines of a segment. The segments must come in their order.
  void Read(std::string_view segment);
  // A segment that both copies have was sealed in this generation.
  void NoteGeneration(std::string_view generation);
  // Returns where theirs has other taps than ours. A copy that only has more taps does not part.
  Parting PartsFrom(const Numbering& theirs) const;

 private:
  struct Tap {
    size_t line = 0;        // a hash of its text
    size_t generation = 0;  // a hash of it; 0: the tap was imported, with the id that it had
  };
  struct Start {
    uint64_t first = 0;  // the first number that is this generation's
    size_t previous = 0;
  };
  uint64_t FirstTapThatDiffers(const Numbering& theirs) const;
  uint64_t FirstOfAGenerationThatWentOnOtherwise(const Numbering& theirs) const;
  uint64_t FirstUnknownTo(const Numbering& ours, uint64_t from) const;

  // By number. Of two taps that were given one, the later: the first was never acknowledged.
  std::map<uint64_t, Tap> taps_;
  std::map<size_t, Start> starts_;                // by generation; all generations as hashes
  std::set<size_t> known_;                        // generations that anything tells of
  std::map<size_t, uint64_t> last_checkpointed_;  // by generation: the last number it says is given
};

}  // namespace tamtap::journal
