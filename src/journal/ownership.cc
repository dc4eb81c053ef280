#include "journal/ownership.h"

#include <fmt/core.h>

#include <algorithm>
#include <map>

#include "base/gzip.h"
#include "journal/segment.h"

namespace tamtap::journal {
namespace {

constexpr size_t kFirstBytes = 4 << 10;
constexpr size_t kWindowBytes = 256 << 10;

std::string_view WithoutSuffix(std::string_view name, std::string_view suffix) {
  return name.ends_with(suffix) ? name.substr(0, name.size() - suffix.size()) : name;
}

std::string_view FileName(std::string_view path) { return path.substr(path.rfind('/') + 1); }

Result<std::string> FirstBytes(File& file) {
  std::string bytes(kFirstBytes, '\0');
  TAMTAP_TRY(const size_t got, file.ReadAt(0, bytes));
  bytes.resize(got);
  return bytes;
}

Result<bool> IsBlank(File& file) {
  std::string window(kWindowBytes, '\0');
  for (uint64_t at = 0;; at += kWindowBytes) {
    TAMTAP_TRY(const size_t got, file.ReadAt(at, window));
    if (std::string_view(window).substr(0, got).find_first_not_of('\n') != std::string::npos) {
      return false;
    }
    if (got < window.size()) return true;
  }
}

// Whom the first line names.
FileOwner NamedBy(std::string_view bytes, std::string_view name) {
  FileOwner owner;
  const auto line = CheckLine(bytes.substr(0, bytes.find('\n')));
  if (line && line->type == LineType::kRetired) {
    if (const auto retired = ParseRetiredLine(line->text))
      owner.journal = retired->checkpoint.journal;
    owner.misnamed = name != kRetiredFile;
  }
  if (line && line->type == LineType::kSegment) {
    if (const auto header = ParseSegmentLine(line->text)) {
      owner.journal = header->journal;
      owner.misnamed = header->number != SegmentNumber(name);
    }
  }
  return owner;
}

bool CanBeAJournals(std::string_view name) {
  name = WithoutSuffix(name, kUnfinished);
  return name == kRetiredFile || SegmentNumber(WithoutSuffix(name, kCompressed)).has_value();
}

// Who has written any of these segments. kNobody if the terminal is not known.
Result<Writer> WriterOfAny(Disk& disk, const std::string& directory,
                           const std::vector<uint64_t>& numbers, std::string_view terminal) {
  Writer found = Writer::kNobody;
  for (const uint64_t number : numbers) {
    if (terminal.empty() || found == Writer::kThisTerminal) break;
    TAMTAP_TRY(const Writer writer,
               WriterOf(disk, JoinPath(directory, SegmentName(number)), terminal));
    found = std::max(found, writer);
  }
  return found;
}

// What speaks for it that a directory belongs to a journal. The greater claim wins.
struct Claim {
  Writer writer = Writer::kNobody;
  bool named_by_retired = false;
  size_t count = 0;    // of its segments
  uint64_t first = 0;  // the number of the first one; a lower one speaks for it

  bool operator<(const Claim& other) const {
    const bool written = writer == Writer::kThisTerminal;
    const bool other_written = other.writer == Writer::kThisTerminal;
    if (written != other_written) return other_written;
    if (named_by_retired != other.named_by_retired) return other.named_by_retired;
    if (count != other.count) return count < other.count;
    return first > other.first;
  }
};

}  // namespace

Result<FileOwner> OwnerOf(Disk& disk, const std::string& path) {
  FileOwner owner;
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) {
    owner.blank = true;
    return owner;
  }
  TAMTAP_TRY(const std::unique_ptr<File> file, disk.Open(path, OpenMode::kRead));
  TAMTAP_TRY(const std::string bytes, FirstBytes(*file));
  std::string_view name = WithoutSuffix(FileName(path), kUnfinished);
  if (name.ends_with(kCompressed)) {
    name = WithoutSuffix(name, kCompressed);
    return NamedBy(GunzipBeginning(bytes, kFirstBytes), name);
  }
  owner = NamedBy(bytes, name);
  if (!owner.journal.empty()) return owner;
  if (bytes.find_first_not_of('\n') == std::string::npos) {
    TAMTAP_TRY(owner.blank, IsBlank(*file));
    return owner;
  }
  // Its first line is damaged; its last one names the journal too.
  if (SegmentNumber(name)) {
    TAMTAP_TRY(const std::optional<SealLine> seal, ReadSeal(*file));
    const auto line = CheckLine(std::string_view(bytes).substr(0, bytes.find('\n')));
    if (seal && !line) owner.journal = seal->checkpoint.journal;
  }
  return owner;
}

Result<std::vector<std::string>> ListJournalFiles(Disk& disk, const std::string& directory) {
  std::vector<std::string> files;
  TAMTAP_TRY(const std::vector<std::string> names, disk.List(directory));
  for (const std::string& name : names) {
    if (CanBeAJournals(name)) files.push_back(name);
  }
  return files;
}

Result<std::vector<std::string>> ListArchive(Disk& disk, const std::string& directory) {
  std::vector<std::string> files;
  const std::string archive = JoinPath(directory, kArchive);
  TAMTAP_TRY(const bool archived, disk.Exists(archive));
  if (!archived) return files;
  TAMTAP_TRY(const std::vector<std::string> in_archive, disk.List(archive));
  for (const std::string& name : in_archive) {
    if (CanBeAJournals(name)) files.push_back(JoinPath(kArchive, name));
  }
  return files;
}

Result<Writer> WriterOf(Disk& disk, const std::string& path, std::string_view terminal) {
  class Writers final : public LineVisitor {
   public:
    explicit Writers(std::string_view terminal) : terminal_(terminal) {}
    void OnLine(uint64_t, const LineView& line) override {
      if (line.type == LineType::kTap) {
        Note(line.tap_id.starts_with(terminal_) &&
             line.tap_id.substr(terminal_.size()).starts_with('.'));
      }
      if (line.type != LineType::kStart) return;
      if (const auto start = ParseStartLine(line.text)) Note(start->terminal == terminal_);
    }
    void OnDamage(uint64_t, uint64_t, DamageKind) override {}
    Writer found = Writer::kNobody;

   private:
    void Note(bool this_one) {
      found = std::max(found, this_one ? Writer::kThisTerminal : Writer::kOther);
    }
    const std::string_view terminal_;
  };
  TAMTAP_TRY(const std::string content, ReadFile(disk, path));
  Writers writers(terminal);
  ScanLines(content, /*at_end=*/false, writers);
  return writers.found;
}

Result<bool> IsJournalOf(Disk& disk, const std::string& directory, std::string_view journal,
                         std::string_view terminal) {
  TAMTAP_TRY(const std::vector<uint64_t> numbers, ListSegments(disk, directory));
  for (const uint64_t number : numbers) {
    const std::string path = JoinPath(directory, SegmentName(number));
    TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, path));
    if (!owner.Is(journal)) continue;
    TAMTAP_TRY(const Writer writer, WriterOf(disk, path, terminal));
    if (writer == Writer::kThisTerminal) return true;
  }
  return false;
}

Result<std::string> JournalIn(Disk& disk, const std::string& directory, std::string_view terminal) {
  TAMTAP_TRY(const std::vector<uint64_t> numbers, ListSegments(disk, directory));
  std::map<std::string, std::vector<uint64_t>> segments;  // by journal; "": they name none
  for (const uint64_t number : numbers) {
    TAMTAP_TRY(const FileOwner owner, OwnerOf(disk, JoinPath(directory, SegmentName(number))));
    if (!owner.blank && !owner.misnamed) segments[owner.journal].push_back(number);
  }
  TAMTAP_TRY(const FileOwner retired, OwnerOf(disk, JoinPath(directory, kRetiredFile)));
  const bool retired_alone = !segments.contains(retired.journal);
  const auto nameless = segments.extract(std::string());
  if (segments.empty()) return retired.journal;
  if (segments.size() == 1 && nameless.empty()) return segments.begin()->first;
  std::string best;
  Claim best_claim;
  for (const auto& [journal, of_journal] : segments) {
    TAMTAP_TRY(const Writer writer, WriterOfAny(disk, directory, of_journal, terminal));
    const Claim claim{writer, journal == retired.journal, of_journal.size(), of_journal.front()};
    if (best.empty() || best_claim < claim) {
      best = journal;
      best_claim = claim;
    }
  }
  if (nameless.empty() || best_claim.writer != Writer::kOther) return best;
  // Even the best claim is another gate's. If this terminal has written what names no journal, none
  // of those that are named is its own.
  TAMTAP_TRY(const Writer nameless_writer,
             WriterOfAny(disk, directory, nameless.mapped(), terminal));
  if (nameless_writer != Writer::kThisTerminal) return best;
  return retired_alone ? retired.journal : std::string();
}

}  // namespace tamtap::journal
