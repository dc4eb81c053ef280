#include "journal/sequence_set.h"

#include <algorithm>

#include "base/check.h"

namespace tamtap::journal {

void SequenceSet::InsertRange(SequenceRange range) {
  CHECK(range.first > 0 && range.first <= range.last);
  // The common case, the next number at the end, touches one node and allocates nothing.
  if (!ranges_.empty()) {
    auto& [first, last] = *ranges_.rbegin();
    if (range.first == last + 1) {
      last = range.last;
      size_ += range.last - range.first + 1;
      return;
    }
  }
  EraseRange(range);
  size_ += range.last - range.first + 1;
  auto next = ranges_.upper_bound(range.first);
  if (next != ranges_.begin()) {
    const auto before = std::prev(next);
    if (before->second + 1 == range.first) {
      range.first = before->first;
      ranges_.erase(before);
    }
  }
  if (next != ranges_.end() && next->first == range.last + 1) {
    range.last = next->second;
    ranges_.erase(next);
  }
  ranges_.emplace(range.first, range.last);
}

uint64_t SequenceSet::EraseRange(SequenceRange range) {
  uint64_t erased = 0;
  auto it = ranges_.upper_bound(range.first);
  if (it != ranges_.begin()) --it;
  while (it != ranges_.end() && it->first <= range.last) {
    const SequenceRange member{it->first, it->second};
    if (member.last < range.first) {
      ++it;
      continue;
    }
    it = ranges_.erase(it);
    if (member.first < range.first) ranges_.emplace(member.first, range.first - 1);
    if (member.last > range.last) ranges_.emplace(range.last + 1, member.last);
    erased += std::min(member.last, range.last) - std::max(member.first, range.first) + 1;
  }
  size_ -= erased;
  return erased;
}

bool SequenceSet::Contains(uint64_t sequence) const {
  const auto next = NextFrom(sequence);
  return next && *next == sequence;
}

std::optional<uint64_t> SequenceSet::NextFrom(uint64_t sequence) const {
  auto it = ranges_.upper_bound(sequence);
  if (it != ranges_.begin() && std::prev(it)->second >= sequence) return sequence;
  if (it == ranges_.end()) return std::nullopt;
  return it->first;
}

std::vector<SequenceRange> SequenceSet::RangesIn(SequenceRange range) const {
  std::vector<SequenceRange> result;
  auto it = ranges_.upper_bound(range.first);
  if (it != ranges_.begin()) --it;
  for (; it != ranges_.end() && it->first <= range.last; ++it) {
    if (it->second < range.first) continue;
    result.push_back({std::max(it->first, range.first), std::min(it->second, range.last)});
  }
  return result;
}

uint64_t SequenceSet::CountIn(SequenceRange range) const {
  uint64_t count = 0;
  auto it = ranges_.upper_bound(range.first);
  if (it != ranges_.begin()) --it;
  for (; it != ranges_.end() && it->first <= range.last; ++it) {
    if (it->second < range.first) continue;
    count += std::min(it->second, range.last) - std::max(it->first, range.first) + 1;
  }
  return count;
}

}  // namespace tamtap::journal
