#include "journal/merge.h"

#include <algorithm>
#include <charconv>
#include <functional>
#include <set>
#include <vector>

#include "journal/segment.h"

namespace tamtap::journal {
namespace {

struct FoundLine {
  uint64_t offset = 0;
  LineType type = LineType::kUnknown;
  std::string_view text;
  uint64_t sequence = 0;
  std::string_view tap_id;
  uint64_t end() const { return offset + text.size(); }
};

std::vector<FoundLine> LinesOf(std::string_view bytes) {
  class Collector final : public LineVisitor {
   public:
    void OnLine(uint64_t offset, const LineView& line) override {
      lines.push_back({offset, line.type, line.text, line.sequence, line.tap_id});
    }
    void OnDamage(uint64_t, uint64_t, DamageKind) override {}
    std::vector<FoundLine> lines;
  };
  Collector collector;
  ScanLines(bytes, /*at_end=*/true, collector);
  return std::move(collector.lines);
}

uint64_t FirstTakenBy(const FoundLine& line) {
  if (line.type == LineType::kTap) return line.sequence;
  if (line.type != LineType::kStart) return UINT64_MAX;
  const auto start = ParseStartLine(line.text);
  return start ? start->previous_last_sequence + 1 : UINT64_MAX;
}

// The last number that a line speaks of; 0: it speaks of none.
uint64_t LastNumberIn(const FoundLine& line) {
  switch (line.type) {
    case LineType::kTap:
      return line.sequence;
    case LineType::kStart: {
      const auto start = ParseStartLine(line.text);
      return start ? start->previous_last_sequence + 1 : 0;
    }
    case LineType::kOutcome: {
      const auto outcome = ParseOutcomeLine(line.text);
      return outcome ? outcome->last : 0;
    }
    case LineType::kSeal: {
      const auto seal = ParseSealLine(line.text);
      return seal ? seal->checkpoint.last_sequence : 0;
    }
    case LineType::kSegment:
    case LineType::kClock:
    case LineType::kStore:
    case LineType::kRefusal:
    case LineType::kHanded:
    case LineType::kRetired:
    case LineType::kUnknown:
      return 0;
  }
  return 0;
}

size_t Hash(std::string_view text) {
  return std::max<size_t>(1, std::hash<std::string_view>()(text));
}

// "gate-1.<generation>.42": nothing if the number is not the line's, as in an imported tap.
std::string_view GenerationOf(const FoundLine& tap) {
  const size_t last = tap.tap_id.rfind('.');
  const size_t first = last == std::string_view::npos ? last : tap.tap_id.rfind('.', last - 1);
  if (first == std::string_view::npos || last == 0) return {};
  uint64_t number = 0;
  const std::string_view digits = tap.tap_id.substr(last + 1);
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number == tap.sequence ? tap.tap_id.substr(first + 1, last - first - 1)
                                : std::string_view();
}

// Whether a line of theirs tells what came after the parting.
bool IsOfAnother(const FoundLine& line, const Parting& parting) {
  if (LastNumberIn(line) >= parting.from) return true;
  if (line.type != LineType::kSeal || parting.generations.empty()) return false;
  const auto seal = ParseSealLine(line.text);
  return !seal || !parting.generations.contains(Hash(seal->checkpoint.generation));
}

}  // namespace

bool SharesALine(std::string_view ours, std::string_view theirs) {
  const std::vector<FoundLine> lines = LinesOf(theirs);
  return std::any_of(lines.begin(), lines.end(), [&](const FoundLine& line) {
    return line.offset < ours.size() && ours.substr(line.offset, line.text.size()) == line.text;
  });
}

bool SharesAGeneration(std::string_view ours, std::string_view theirs) {
  const auto generations_of = [](std::string_view segment) {
    std::set<std::string> generations;
    for (const FoundLine& line : LinesOf(segment)) {
      if (line.type == LineType::kTap) generations.emplace(GenerationOf(line));
      if (line.type != LineType::kStart) continue;
      if (const auto start = ParseStartLine(line.text)) generations.insert(start->generation);
    }
    generations.erase(std::string());
    return generations;
  };
  const std::set<std::string> known = generations_of(ours);
  const std::set<std::string> found = generations_of(theirs);
  return std::any_of(found.begin(), found.end(),
                     [&](const std::string& each) { return known.contains(each); });
}

bool SameSeal(const std::optional<SealLine>& ours, const std::optional<SealLine>& theirs) {
  if (!ours || !theirs) return false;
  const Checkpoint& mine = ours->checkpoint;
  const Checkpoint& other = theirs->checkpoint;
  return mine.journal == other.journal && mine.number == other.number &&
         ours->first_sequence == theirs->first_sequence &&
         ours->last_sequence == theirs->last_sequence &&
         mine.total_records == other.total_records && mine.generation == other.generation;
}

uint64_t FirstTakenBy(std::string_view segment) {
  uint64_t first = UINT64_MAX;
  for (const FoundLine& line : LinesOf(segment)) first = std::min(first, FirstTakenBy(line));
  return first;
}

MergedSegment MergeSegments(std::string_view ours, std::string_view theirs, uint64_t first_taken,
                            const Parting& parting) {
  const std::vector<FoundLine> mine = LinesOf(ours);
  // By the lines from each one on.
  std::vector<uint64_t> taken_from(mine.size() + 1, first_taken);
  for (size_t i = mine.size(); i-- > 0;) {
    taken_from[i] = std::min(taken_from[i + 1], FirstTakenBy(mine[i]));
  }
  MergedSegment merged;
  merged.bytes = ours;
  for (const FoundLine& line : LinesOf(theirs)) {
    const auto next =
        std::lower_bound(mine.begin(), mine.end(), line.offset,
                         [](const FoundLine& a, uint64_t offset) { return a.offset < offset; });
    const bool at_same_place = next != mine.end() && next->offset == line.offset;
    if (at_same_place && next->text == line.text) continue;
    // With the newline that ends each: between two lines of ours there may be no room for one.
    const bool overlaps = (next != mine.end() && next->offset <= line.end()) ||
                          (next != mine.begin() && std::prev(next)->end() >= line.offset);
    const uint64_t taken = taken_from[static_cast<size_t>(next - mine.begin())];
    // An outcome stands after its tap: of a tap that comes later it can't speak.
    const bool speaks_of_taps = line.type == LineType::kTap || line.type == LineType::kOutcome;
    if (overlaps || (speaks_of_taps && LastNumberIn(line) >= taken) || IsOfAnother(line, parting)) {
      ++merged.contradicted;
      continue;
    }
    if (merged.bytes.size() < line.end() + 1) merged.bytes.resize(line.end() + 1, '\n');
    merged.bytes.replace(line.offset, line.text.size(), line.text);
    merged.bytes[line.end()] = '\n';
    ++merged.restored;
  }
  return merged;
}

void Numbering::Read(std::string_view segment) {
  for (const FoundLine& line : LinesOf(segment)) {
    if (line.type == LineType::kTap) {
      const std::string_view generation = GenerationOf(line);
      const size_t hash = generation.empty() ? 0 : Hash(generation);
      taps_[line.sequence] = Tap{Hash(line.text), hash};
      if (hash != 0) known_.insert(hash);
    } else if (line.type == LineType::kStart) {
      const auto start = ParseStartLine(line.text);
      if (!start) continue;
      const std::string_view previous = start->previous_generation;
      starts_[Hash(start->generation)] = {start->previous_last_sequence + 1,
                                          previous.empty() ? 0 : Hash(previous)};
      NoteGeneration(start->generation);
      NoteGeneration(previous);
    } else if (line.type == LineType::kSeal) {
      const auto seal = ParseSealLine(line.text);
      if (!seal || seal->checkpoint.generation.empty()) continue;
      uint64_t& last = last_checkpointed_[Hash(seal->checkpoint.generation)];
      last = std::max(last, seal->checkpoint.last_sequence);
    }
  }
}

void Numbering::NoteGeneration(std::string_view generation) {
  if (!generation.empty()) known_.insert(Hash(generation));
}

uint64_t Numbering::FirstTapThatDiffers(const Numbering& theirs) const {
  for (const auto& [number, tap] : theirs.taps_) {
    const auto mine = taps_.find(number);
    if (mine != taps_.end() && mine->second.line != tap.line) return number;
  }
  return UINT64_MAX;
}

// In ours a generation ended where the next one began. Theirs let it give away more numbers, as a
// tap or a checkpoint tells, or began another one after it. A checkpoint may be all that is left of
// theirs, and it says of each of those numbers what became of it.
uint64_t Numbering::FirstOfAGenerationThatWentOnOtherwise(const Numbering& theirs) const {
  uint64_t first = UINT64_MAX;
  for (const auto& [generation, start] : starts_) {
    if (start.previous == 0) continue;
    for (auto tap = theirs.taps_.lower_bound(start.first); tap != theirs.taps_.end(); ++tap) {
      if (tap->second.generation == start.previous) first = std::min(first, start.first);
    }
    const auto last = theirs.last_checkpointed_.find(start.previous);
    if (last != theirs.last_checkpointed_.end() && last->second >= start.first) {
      first = std::min(first, start.first);
    }
    for (const auto& [other, their_start] : theirs.starts_) {
      if (their_start.previous != start.previous || known_.contains(other)) continue;
      first = std::min({first, start.first, their_start.first});
    }
  }
  return first;
}

// Of this history, from that number on, the first number that a tap of a generation has which
// `ours` does not know, or that stood before it and was called void: it follows the last tap that
// both know. UINT64_MAX: there is no such tap.
uint64_t Numbering::FirstUnknownTo(const Numbering& ours, uint64_t from) const {
  for (auto tap = taps_.lower_bound(from); tap != taps_.end(); ++tap) {
    if (tap->second.generation == 0) continue;
    if (!ours.known_.contains(tap->second.generation)) return from;
    from = tap->first + 1;
  }
  return UINT64_MAX;
}

Parting Numbering::PartsFrom(const Numbering& theirs) const {
  Parting parting;
  parting.from =
      std::min(FirstTapThatDiffers(theirs), FirstOfAGenerationThatWentOnOtherwise(theirs));
  // Where their start lines are gone.
  for (const auto& [generation, start] : starts_) {
    if (theirs.known_.contains(generation)) continue;
    parting.from = std::min(parting.from, theirs.FirstUnknownTo(*this, start.first));
  }
  parting.generations = known_;
  for (const auto& [generation, start] : theirs.starts_) {
    if (start.first < parting.from) parting.generations.insert(generation);
  }
  for (const auto& [number, tap] : theirs.taps_) {
    if (number < parting.from) parting.generations.insert(tap.generation);
  }
  return parting;
}

}  // namespace tamtap::journal
