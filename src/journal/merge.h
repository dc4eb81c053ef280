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

// Where the histories part.
struct Parting {
  uint64_t from = UINT64_MAX;      // the first number that means another tap in theirs
  std::set<size_t> generations{};  // hashes of those before it; empty: of all
  bool anywhere() const { return from != UINT64_MAX; }
};

// A segment's bytes with every line of `theirs` put in that `ours` has lost. Taps whose number is
// `first_taken` or higher stay out, and so does what became of them: another tap has that number
// now.
// Nothing comes in that speaks of a number from `parting` on, nor a checkpoint of a generation that
// comes after it.
struct MergedSegment {
  std::string bytes;
  uint64_t restored = 0;      // lines
  uint64_t contradicted = 0;  // lines of theirs that stay out
};
MergedSegment MergeSegments(std::string_view ours, std::string_view theirs, uint64_t first_taken,
                            const Parting& parting = {});

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
  // A segment that both have was sealed in this one.
  void NoteGeneration(std::string_view generation);
  // Where theirs tells of other taps than ours. A copy that merely has more is no parting.
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
