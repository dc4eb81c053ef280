#include "terminal/imported_taps.h"

#include <fmt/core.h>

#include <charconv>
#include <map>
#include <string_view>

#include "journal/journal_reader.h"
#include "journal/legacy_import.h"
#include "tap/mark.h"

namespace tamtap {
namespace {

using journal::JournalState;

std::string ListPath(const std::string& journal_directory) {
  return JoinPath(ParentDirectory(journal_directory), "imported-taps");
}

struct ListLine {
  std::string_view journal;
  uint64_t sequence = 0;
  std::string_view tap;
};

// Takes a line off the front of `text`; one that makes no sense has no tap.
ListLine TakeLine(std::string_view& text) {
  const size_t end = std::min(text.find('\n'), text.size());
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  const size_t first = line.find(' ');
  const size_t second = first == line.npos ? first : line.find(' ', first + 1);
  if (second == line.npos) return {};
  ListLine read{line.substr(0, first), 0, line.substr(second + 1)};
  const char* const number_end = line.data() + second;
  const auto [stop, error] = std::from_chars(line.data() + first + 1, number_end, read.sequence);
  return error == std::errc() && stop == number_end ? read : ListLine{};
}

Result<std::string> ReadList(Disk& disk, const std::string& journal_directory) {
  const std::string path = ListPath(journal_directory);
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return std::string();
  return ReadFile(disk, path);
}

// Of what is in the journal's segments: tap id -> sequence number.
Result<std::map<std::string, uint64_t>> InSegments(Disk& disk, const std::string& directory,
                                                   const JournalState& state) {
  std::map<std::string, uint64_t> found;
  TAMTAP_RETURN_IF_ERROR(
      journal::ForEachTap(disk, directory, state, [&](const journal::TapVisit& visit) -> Result<> {
        const TapId& tap = visit.line.record.tap;
        if (tap.terminal == kImportTerminal) {
          found.emplace(tap.ToString(), visit.line.sequence);
        }
        return {};
      }));
  return found;
}

}  // namespace

Result<ImportedTaps> ImportedTaps::Read(Disk& disk, Clock& clock,
                                        const std::string& journal_directory) {
  TAMTAP_TRY(const JournalState state, journal::ReadWholeJournal(disk, clock, journal_directory));
  ImportedTaps imported;
  TAMTAP_TRY(const auto there, InSegments(disk, journal_directory, state));
  for (const auto& [tap, sequence] : there) imported.ids_.insert(tap);
  TAMTAP_TRY(const std::string list, ReadList(disk, journal_directory));
  for (std::string_view rest = list; !rest.empty();) {
    const ListLine line = TakeLine(rest);
    const bool confirmed = !line.tap.empty() && line.journal == state.journal &&
                           state.ledger.StateOf(line.sequence) == journal::TapState::kConfirmed;
    if (confirmed) imported.ids_.emplace(line.tap);
  }
  return imported;
}

bool ImportedTaps::Has(const Record& record) const {
  return ids_.contains(journal::ImportedTapId(record).ToString()) ||
         ids_.contains(journal::FormerImportedTapId(record).ToString());
}

bool ImportedTaps::Add(const Record& record) {
  if (Has(record)) return false;
  ids_.insert(journal::ImportedTapId(record).ToString());
  return true;
}

Result<> ImportedTaps::Remember(Disk& disk, Clock& clock, const std::string& journal_directory) {
  TAMTAP_TRY(const JournalState state, journal::ReadWholeJournal(disk, clock, journal_directory));
  TAMTAP_TRY(const auto there, InSegments(disk, journal_directory, state));
  TAMTAP_TRY(const std::string before, ReadList(disk, journal_directory));
  std::string list;
  for (const auto& [tap, sequence] : there) {
    list += fmt::format("{} {} {}\n", state.journal, sequence, tap);
  }
  for (std::string_view rest = before; !rest.empty();) {
    const ListLine line = TakeLine(rest);
    if (line.tap.empty() || there.contains(std::string(line.tap))) continue;
    list += fmt::format("{} {} {}\n", line.journal, line.sequence, line.tap);
  }
  return WriteFileAtomically(disk, ListPath(journal_directory), list);
}

}  // namespace tamtap
