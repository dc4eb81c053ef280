#include "journal/segment.h"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

namespace tamtap::journal {
namespace {

constexpr size_t kNameDigits = 8;
constexpr std::string_view kSuffix = ".jsonl";
constexpr std::string_view kLineStart = "{\"v\":";
constexpr std::string_view kSealStart = "{\"v\":1,\"type\":\"seal\",";
constexpr std::string_view kLineEnd = "\"}";
// Holes are whole sectors less what lines around them cover; a single flipped bit can make but one
// newline.
constexpr size_t kSmallestHole = 8;
constexpr size_t kSectorBytes = 512;
constexpr uint64_t kSealWindowBytes = 64 << 10;
constexpr size_t kReadBytes = 256 << 10;
constexpr size_t kHeaderWindowBytes = 256;

// Bytes that have a line's checksum, or its key, were a whole line once: no single flipped bit can
// hide both. A torn write has neither, or ends inside its checksum.
bool WasWholeLine(std::string_view bytes) {
  const size_t key = bytes.find(kChecksumKey);
  if (key != std::string_view::npos) return bytes.size() - key >= kTrailerBytes;
  constexpr size_t kEndBytes = kChecksumDigits + kLineEnd.size();
  return bytes.size() >= kEndBytes && bytes.ends_with(kLineEnd) &&
         bytes.substr(bytes.size() - kEndBytes, kChecksumDigits)
                 .find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// Whether the bytes `run` of `bytes`, with so many newlines before them, are what is left of a
// write whose first sectors never reached the disk. One newline ends the line before; a second one
// is no bit flip of the brace that begins a line.
bool LostItsBeginning(std::string_view bytes, std::string_view run, uint64_t newlines) {
  const auto offset = static_cast<size_t>(run.data() - bytes.data());
  if (run.starts_with(kLineStart)) return false;
  return newlines >= kSmallestHole || (newlines >= 2 && offset % kSectorBytes == 0);
}

// Damaged bytes, held back until it is known what follows them: that tells a write that a crash cut
// short from a line that was lost.
class HeldDamage {
 public:
  HeldDamage(std::string_view bytes, LineVisitor& visitor) : bytes_(bytes), visitor_(visitor) {}

  // `lost_beginning`: the first sectors of `rest` were never written. `after_a_seal`: the line
  // before it is a seal.
  void Add(std::string_view rest, bool lost_beginning, bool after_a_seal) {
    // A write that lost a sector in its middle leaves a hole of newlines inside one line: the
    // beginning and the end on both sides of it are one damage, and still a torn write.
    const std::string_view before = last_.bytes;
    const size_t gap =
        before.empty() ? 0 : static_cast<size_t>(rest.data() - (before.data() + before.size()));
    const bool hole = gap >= kSmallestHole && !WasWholeLine(before) &&
                      !rest.starts_with(kLineStart) && after_a_seal == last_.after_a_seal;
    if (hole) {
      last_.bytes = {before.data(), before.size() + gap + rest.size()};
      last_.torn = true;
      return;
    }
    EndLast();
    last_ = {rest, lost_beginning || !WasWholeLine(rest), after_a_seal};
  }

  // A whole line follows. `after_a_seal` becomes whether it is a seal.
  void OnLine(uint64_t offset, const LineView& line, bool& after_a_seal) {
    after_a_seal = line.type == LineType::kSeal;
    if (IsUnflushed(line.type)) {
      EndLast();
    } else {
      Report(after_a_seal ? Follows::kSeal : Follows::kFlushedLine);
    }
    visitor_.OnLine(offset, line);
  }

  enum class Follows { kFlushedLine, kSeal, kNothing };
  void Report(Follows follows) {
    EndLast();
    for (const Held& held : held_) {
      visitor_.OnDamage(static_cast<uint64_t>(held.bytes.data() - bytes_.data()), held.bytes.size(),
                        KindOf(held, follows));
    }
    held_.clear();
  }

 private:
  // A line follows that was not flushed either. It ends the last damage, and tells nothing of its
  // kind: what comes after it may.
  void EndLast() {
    if (!last_.bytes.empty()) held_.push_back(last_);
    last_ = {};
  }

  struct Held {
    std::string_view bytes;
    bool torn = false;  // they look like the beginning of a write, or like one with a hole
    bool after_a_seal = false;
  };

  // What held bytes are reported as. The first row that holds decides:
  //
  //   they are a seal, or the rest of one                          kBrokenSeal
  //   they look torn, and no line that was flushed follows them    kTornTail
  //   anything else                                                kCorrupt
  //
  // A flush takes along all that was written before it, so what a flushed line follows was whole.
  DamageKind KindOf(const Held& held, Follows follows) const {
    if (IsOfASeal(held, follows)) return DamageKind::kBrokenSeal;
    const bool torn = held.torn && follows != Follows::kFlushedLine;
    return torn || GrewWithoutItsBeginning(held.bytes, follows) ? DamageKind::kTornTail
                                                                : DamageKind::kCorrupt;
  }

  // Nothing but a seal is ever written after a seal: over a longer one that could not be flushed,
  // and of which the rest is left.
  static bool IsOfASeal(const Held& held, Follows follows) {
    if (held.bytes.starts_with(kSealStart)) return true;
    return held.after_a_seal && follows != Follows::kFlushedLine &&
           !held.bytes.starts_with(kLineStart);
  }

  // A write that makes its file longer, as only a seal does, leaves zeros where its first sectors
  // did not arrive. Its end is the file's, or another seal comes right after it. (Zeros over taps
  // at the end of a sealed segment look the same; they are told by the numbers that are missing.)
  bool GrewWithoutItsBeginning(std::string_view bytes, Follows follows) const {
    if (bytes.front() != '\0') return false;
    const auto end = static_cast<size_t>(bytes.data() + bytes.size() - bytes_.data());
    return follows == Follows::kSeal || (follows == Follows::kNothing && end + 1 >= bytes_.size());
  }

  const std::string_view bytes_;
  LineVisitor& visitor_;
  Held last_;  // it may go on after a hole; empty: there is none
  std::vector<Held> held_;
};

// One run of bytes without a newline that is no line: gives back the lines inside it, and the rest
// as damage.
class Salvage {
 public:
  Salvage(std::string_view run, uint64_t offset, HeldDamage& held)
      : run_(run), offset_(offset), held_(held) {}

  // Returns the damaged rest at the end of the run: nothing if it ends in a good line.
  // `after_a_seal`: whether what was found last is a seal.
  std::string_view Run(bool& after_a_seal) {
    size_t damaged_from = 0;
    size_t start = run_.find(kLineStart);
    while (start != std::string_view::npos) {
      const std::optional<LineView> line = LineAt(start);
      if (line) {
        if (start > damaged_from) {
          held_.Add(run_.substr(damaged_from, start - damaged_from), false, after_a_seal);
        }
        held_.OnLine(offset_ + start, *line, after_a_seal);
        damaged_from = start + line->text.size();
        start = run_.find(kLineStart, damaged_from);
      } else {
        start = run_.find(kLineStart, start + 1);
      }
    }
    return run_.substr(damaged_from);
  }

 private:
  // The line that starts there and ends at the first trailer after it, if it is good.
  std::optional<LineView> LineAt(size_t start) const {
    const size_t key = run_.find(kChecksumKey, start);
    if (key == std::string_view::npos || key + kTrailerBytes > run_.size()) return std::nullopt;
    return CheckLine(run_.substr(start, key + kTrailerBytes - start));
  }

  const std::string_view run_;
  const uint64_t offset_;
  HeldDamage& held_;
};

}  // namespace

std::string_view ToString(DamageKind kind) {
  switch (kind) {
    case DamageKind::kCorrupt:
      return "corrupt";
    case DamageKind::kBrokenSeal:
      return "broken seal";
    case DamageKind::kTornTail:
      return "torn tail";
    case DamageKind::kMissingSegment:
      return "missing segment";
    case DamageKind::kForeignSegment:
      return "foreign segment";
    case DamageKind::kMissingTaps:
      return "missing taps";
  }
  return "corrupt";
}

bool IsLoss(DamageKind kind) {
  return kind != DamageKind::kTornTail && kind != DamageKind::kBrokenSeal;
}

std::string SegmentName(uint64_t number) { return fmt::format("{:08}{}", number, kSuffix); }

std::optional<uint64_t> SegmentNumber(std::string_view file_name) {
  if (!file_name.ends_with(kSuffix)) return std::nullopt;
  const std::string_view digits = file_name.substr(0, file_name.size() - kSuffix.size());
  uint64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (digits.size() < kNameDigits || error != std::errc() || end != digits.data() + digits.size() ||
      number == 0) {
    return std::nullopt;
  }
  return number;
}

Result<std::vector<uint64_t>> ListSegments(Disk& disk, const std::string& directory) {
  TAMTAP_TRY(const std::vector<std::string> names, disk.List(directory));
  std::vector<uint64_t> numbers;
  for (const std::string& name : names) {
    if (const auto number = SegmentNumber(name)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

uint64_t ScanLines(std::string_view bytes, bool at_end, LineVisitor& visitor) {
  uint64_t end = 0;
  // Damage waits until it is known whether anything that was flushed follows it.
  HeldDamage held(bytes, visitor);
  size_t position = 0;
  bool after_a_seal = false;
  while (position < bytes.size()) {
    if (bytes[position] == '\n') {
      position = std::min(bytes.find_first_not_of('\n', position), bytes.size());
      continue;
    }
    const size_t newline = std::min(bytes.find('\n', position), bytes.size());
    const std::string_view run = bytes.substr(position, newline - position);
    if (const auto line = CheckLine(run)) {
      held.OnLine(position, *line, after_a_seal);
    } else if (const auto rest = Salvage(run, position, held).Run(after_a_seal); !rest.empty()) {
      held.Add(rest, rest.size() == run.size() && LostItsBeginning(bytes, run, position - end),
               after_a_seal);
    }
    end = newline;
    position = newline;
  }
  held.Report(at_end ? HeldDamage::Follows::kNothing : HeldDamage::Follows::kFlushedLine);
  return end;
}

Result<> ScanFile(File& file, uint64_t offset, uint64_t end, LineVisitor& visitor,
                  const std::function<bool()>& more) {
  std::string window;
  while (offset < end && more()) {
    window.resize(static_cast<size_t>(std::min<uint64_t>(kReadBytes, end - offset)));
    TAMTAP_TRY(const size_t got, file.ReadAt(offset, window));
    window.resize(got);
    const bool last = got == 0 || offset + got == end;
    const size_t newline = window.rfind('\n');
    const size_t whole = last || newline == std::string::npos ? got : newline + 1;
    ScanLines(std::string_view(window).substr(0, whole), /*at_end=*/false, visitor);
    if (whole == 0) break;
    offset += whole;
  }
  return {};
}

Result<std::optional<SegmentLine>> ReadHeader(File& file) {
  std::string text(kHeaderWindowBytes, '\0');
  TAMTAP_TRY(const size_t got, file.ReadAt(0, text));
  text.resize(std::min(text.find('\n'), got));
  const auto line = CheckLine(text);
  if (!line || line->type != LineType::kSegment) return std::nullopt;
  auto header = ParseSegmentLine(line->text);
  if (!header) return std::nullopt;
  return *std::move(header);
}

Result<std::optional<SealLine>> ReadSeal(File& file) {
  TAMTAP_TRY(const uint64_t size, file.Size());
  for (uint64_t window = kSealWindowBytes;; window = size) {
    const uint64_t length = std::min(window, size);
    std::string text(length, '\0');
    TAMTAP_TRY(const size_t got, file.ReadAt(size - length, text));
    text.resize(got);
    // A sealed segment ends in its seal and one newline; anything else is read in full anyway.
    if (text.size() < 2 || text.back() != '\n' || text[text.size() - 2] != '}') {
      return std::nullopt;
    }
    const size_t newline = text.rfind('\n', text.size() - 2);
    if (newline == std::string::npos && length < size) continue;
    const size_t start = newline == std::string::npos ? 0 : newline + 1;
    const auto line = CheckLine(std::string_view(text).substr(start, text.size() - 1 - start));
    if (!line || line->type != LineType::kSeal) return std::nullopt;
    auto seal = ParseSealLine(line->text);
    if (!seal) return std::nullopt;  // of another version: read in full, like an unsealed one
    return *std::move(seal);
  }
}

}  // namespace tamtap::journal
