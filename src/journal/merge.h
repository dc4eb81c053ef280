// Merging the two copies of a segment, the journal's and the mirror's: a line that one lost comes
// from the other, at its offset. Pure functions.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "journal/checkpoint.h"

namespace tamtap::journal {

// A segment's bytes with every line of `theirs` put in that `ours` has lost. Taps whose number is
// `first_taken` or higher were never acknowledged and stay out: another tap has that number now.
// From the number `fork` on the two are the histories of two journals that were one before (an old
// copy of the card was put back, or cloned): nothing of theirs that speaks of such a number comes
// in, since it means other taps than ours.
struct MergedSegment {
  std::string bytes;
  uint64_t restored = 0;      // lines
  uint64_t contradicted = 0;  // lines of theirs that stay out
};
MergedSegment MergeSegments(std::string_view ours, std::string_view theirs, uint64_t first_taken,
                            uint64_t fork = UINT64_MAX);

// Whether two copies of a segment have a whole line in common, at its place.
bool SharesALine(std::string_view ours, std::string_view theirs);
// Whether both have taps or starts of one generation: such segments are of one journal.
bool SharesAGeneration(std::string_view ours, std::string_view theirs);
// Whether both seals say the same of their journal.
bool SameSeal(const std::optional<SealLine>& ours, const std::optional<SealLine>& theirs);

// The first number that a segment's lines say is not an earlier tap's.
uint64_t FirstTakenBy(std::string_view segment);

// Which numbers one copy of a journal has given away, and to what.
class Numbering {
 public:
  // Segment after segment, in order.
  void Read(std::string_view segment);
  // The first number that both have given to different taps, or that `theirs` gave away in a
  // generation that ours does not know, after ours had begun another one there. UINT64_MAX: none.
  uint64_t ForkFrom(const Numbering& theirs) const;
  bool empty() const { return taps_.empty() && generations_.empty(); }

 private:
  struct Tap {
    size_t line = 0;        // a hash of its text
    size_t generation = 0;  // a hash of it; 0: the tap was imported, with the id that it had
  };
  std::map<uint64_t, Tap> taps_;            // by number
  std::map<uint64_t, size_t> generations_;  // from which number on: a hash
};

}  // namespace tamtap::journal
