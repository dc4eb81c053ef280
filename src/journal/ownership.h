// Ownership: to which journal a file belongs that lies in a journal's directory or on its mirror.
// The files of two journals can meet in one place: on a stick that was another gate's mirror, after
// a card died and its journal began anew, or when somebody has copied files. Nothing is removed or
// overwritten before its owner is known (law 7b).
//
// These functions only read. Thread-safe.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

// The names of a journal's files, besides those of its segments (SegmentName). Below its directory:
inline constexpr std::string_view kRetiredFile = "retired";  // says what has left the journal
inline constexpr std::string_view kArchive = "archive";      // where segments that left it are kept
// At the end of a file's name:
inline constexpr std::string_view kCompressed = ".gz";   // an archived segment
inline constexpr std::string_view kUnfinished = ".new";  // WriteFileAtomically is writing it

struct FileOwner {
  std::string journal;    // the id that the file itself contains; empty if none can be read
  bool blank = false;     // it contains only newlines, so nothing is lost with it
  bool misnamed = false;  // a segment that contains another number than its name: a copied file

  // Whether the journal with that id has written the file, under this name.
  bool Is(std::string_view id) const { return journal == id && !id.empty() && !misnamed; }
};

// Returns the owner of a segment, of a file "retired", or of an archived segment (which is called
// *.new while it is being written). A file that does not exist counts as blank.
Result<FileOwner> OwnerOf(Disk& disk, const std::string& path);

// Lists the files whose names are those of a journal: "00000001.jsonl", "retired".
Result<std::vector<std::string>> ListJournalFiles(Disk& disk, const std::string& directory);
// The same of the archive: "archive/00000001.jsonl.gz".
Result<std::vector<std::string>> ListArchive(Disk& disk, const std::string& directory);

// Returns the id of the journal to which a directory belongs. If the files of several journals are
// mixed there, the first of these that decides is taken: a journal that `terminal` has written to,
// the journal that "retired" names, the one with the most segments, the one with the first segment.
// `terminal` is empty if it is not known. The result is empty if no file names a journal, or if
// those that do are another gate's; what `terminal` has written is then in segments that have lost
// their first lines.
Result<std::string> JournalIn(Disk& disk, const std::string& directory, std::string_view terminal);

// Who has written the taps and starts in that segment. kThisTerminal if it has written some of
// them.
enum class Writer { kNobody, kOther, kThisTerminal };
Result<Writer> WriterOf(Disk& disk, const std::string& path, std::string_view terminal);
// Whether that terminal has written to that journal.
Result<bool> IsJournalOf(Disk& disk, const std::string& directory, std::string_view journal,
                         std::string_view terminal);

}  // namespace tamtap::journal
