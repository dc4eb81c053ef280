#include "journal/segment_info.h"

#include <algorithm>
#include <utility>

namespace tamtap::journal {

void SegmentInfo::NoteTap(const TapSummary& tap, uint64_t offset) {
  if (records % kSparseEvery == 0) sparse.push_back({tap.sequence, offset});
  ++records;
  if (first_sequence == 0) first_sequence = tap.sequence;
  first_sequence = std::min(first_sequence, tap.sequence);
  last_sequence = std::max(last_sequence, tap.sequence);
  if (first_day.empty() || tap.day < first_day) first_day = tap.day;
  if (tap.day > last_day) last_day = tap.day;
  if (tap.vouched && tap.day > last_vouched_day) last_vouched_day = tap.day;
}

void SegmentInfo::NoteRefusal(const RefusalSummary& refusal) {
  if (first_refusal == 0) first_refusal = refusal.number;
  first_refusal = std::min(first_refusal, refusal.number);
  last_refusal = std::max(last_refusal, refusal.number);
}

SealLine SegmentInfo::ToSeal(Checkpoint checkpoint) const {
  SealLine seal;
  seal.records = records;
  seal.first_sequence = first_sequence;
  seal.last_sequence = last_sequence;
  seal.first_day = first_day;
  seal.last_day = last_day;
  seal.last_vouched_day = last_vouched_day;
  seal.first_refusal = first_refusal;
  seal.last_refusal = last_refusal;
  seal.checkpoint = std::move(checkpoint);
  return seal;
}

SegmentInfo SegmentInfo::From(const SealLine& seal, uint64_t number, uint64_t bytes) {
  SegmentInfo segment;
  segment.number = number;
  segment.bytes = bytes;
  segment.end = bytes;
  segment.records = seal.records;
  segment.first_sequence = seal.first_sequence;
  segment.last_sequence = seal.last_sequence;
  segment.first_day = seal.first_day;
  segment.last_day = seal.last_day;
  // Release 0.1.0 did not write it down; it believed every day.
  segment.last_vouched_day = seal.last_vouched_day.value_or(seal.last_day);
  segment.first_refusal = seal.first_refusal;
  segment.last_refusal = seal.last_refusal;
  segment.sealed = true;
  return segment;
}

}  // namespace tamtap::journal
