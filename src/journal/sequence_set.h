// A set of sequence numbers kept as ranges: pending taps are nearly always one run at the end, so
// its size follows the number of runs, not of taps. Not thread-safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <vector>

namespace tamtap::journal {

struct SequenceRange {
  uint64_t first = 0;
  uint64_t last = 0;  // inclusive
  friend bool operator==(const SequenceRange&, const SequenceRange&) = default;
};

class SequenceSet {
 public:
  void Insert(uint64_t sequence) { InsertRange({sequence, sequence}); }
  void InsertRange(SequenceRange range);
  // Returns how many of the range were members.
  uint64_t EraseRange(SequenceRange range);
  bool Contains(uint64_t sequence) const;
  // The smallest member >= sequence.
  std::optional<uint64_t> NextFrom(uint64_t sequence) const;
  uint64_t size() const { return size_; }
  bool empty() const { return size_ == 0; }
  // All members, ascending; those up to `last`; those in a range.
  std::vector<SequenceRange> ranges() const { return RangesUpTo(UINT64_MAX); }
  std::vector<SequenceRange> RangesUpTo(uint64_t last) const { return RangesIn({1, last}); }
  std::vector<SequenceRange> RangesIn(SequenceRange range) const;
  // How many members lie in the range.
  uint64_t CountIn(SequenceRange range) const;

 private:
  std::map<uint64_t, uint64_t> ranges_;  // first -> last; disjoint, never adjacent
  uint64_t size_ = 0;
};

}  // namespace tamtap::journal
