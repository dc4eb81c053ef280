// Setting aside: what lies in a journal's directory, or on its mirror, and is not that journal's is
// never removed and never written over. It is moved, whole, to DIR/set-aside/<id of its journal>/,
// under the name it had ("unknown" if it does not tell its journal). Such a directory is itself a
// journal's directory, which `tamtap journal export` and `import` read.
//
// A move is a rename: it needs no space, and a crash at any moment leaves the file under one of
// both names. If something of that name was set aside before, the directory gets a number: <id>.2
// and so on. Nothing is ever moved onto a name that is taken.
//
// Not thread-safe for one directory: the caller holds the journal's lock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

// Moves those files of `directory` (as ListJournalFiles and ListArchive give them) aside together,
// as the journal `owner`'s; empty: unknown. Durable on return, and said in the log.
Result<> MoveAside(Disk& disk, const std::string& directory, std::string_view owner,
                   const std::vector<std::string>& files);

// Moves aside everything there that names another journal than `journal` (empty: any), and, if
// nothing there is `journal`'s, whatever names none too; but not what `terminal` has written
// (empty: not known).
Result<> SetForeignAside(Disk& disk, const std::string& directory, std::string_view journal,
                         std::string_view terminal = {});

// After it, `file` is free or is `journal`'s: anything else is moved aside, and a blank file, in
// which there is nothing, removed.
Result<> ClearUnlessOurs(Disk& disk, const std::string& directory, const std::string& file,
                         std::string_view journal);
// After it, `file` is free: also one of `journal` is moved aside.
Result<> ClearName(Disk& disk, const std::string& directory, const std::string& file,
                   std::string_view journal);
// Removes `file` if it is `journal`'s or blank; anything else is moved aside. Fine if there is
// none.
Result<> RemoveIfOurs(Disk& disk, const std::string& directory, const std::string& file,
                      std::string_view journal);

// Writes bytes that are about to be replaced there, as `journal`'s. Durable on return.
Result<> KeepCopyAside(Disk& disk, const std::string& directory, std::string_view journal,
                       const std::string& file, std::string_view content);

// The directories in DIR/set-aside that hold something, as paths; each one's name begins with the
// id of its journal.
Result<std::vector<std::string>> ListSetAside(Disk& disk, const std::string& directory);

}  // namespace tamtap::journal
