// Whose a file is that lies in a journal's directory or on its mirror. Two journals can meet in one
// place: a stick that was another gate's mirror, a card that died and whose journal began anew,
// files that somebody copied. Nothing is removed or written over before this was asked.
//
// Pure reading; any thread.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

// Where segments that left the journal are kept, below its directory.
inline constexpr std::string_view kArchive = "archive";

struct FileOwner {
  std::string journal;    // the id that the file itself gives; empty: none that can be read
  bool blank = false;     // no byte but newlines: nothing is lost with it
  bool misnamed = false;  // a segment that gives another number than its name: a copied file

  // Whether it is a file that the journal of that id has written under that name.
  bool Is(std::string_view id) const { return journal == id && !id.empty() && !misnamed; }
};

// Of a segment, a file "retired", or an archived segment, also while it is still called *.new. A
// file that is not there is blank.
Result<FileOwner> OwnerOf(Disk& disk, const std::string& path);

// What can be a journal's by its name: "00000001.jsonl", "retired".
Result<std::vector<std::string>> ListJournalFiles(Disk& disk, const std::string& directory);
// The same of the archive: "archive/00000001.jsonl.gz".
Result<std::vector<std::string>> ListArchive(Disk& disk, const std::string& directory);

// The id of the journal whose directory this is. Where files of several are mixed it is one that
// `terminal` has written to, then the one that "retired" names, then the one with the most
// segments, then the one with the first segment. Empty `terminal`: not known. Empty: no file names
// one, or those that do are another gate's: what `terminal` has written is in segments that have
// lost their first lines.
Result<std::string> JournalIn(Disk& disk, const std::string& directory, std::string_view terminal);

// Who has written taps and starts into that segment, if only in some of them.
enum class Writer { kNobody, kOther, kThisTerminal };
Result<Writer> WriterOf(Disk& disk, const std::string& path, std::string_view terminal);
// Whether that terminal has written to that journal.
Result<bool> IsJournalOf(Disk& disk, const std::string& directory, std::string_view journal,
                         std::string_view terminal);

}  // namespace tamtap::journal
