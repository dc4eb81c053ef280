// Setting aside: a file in a journal's directory, or on its mirror, that belongs to another journal
// is never removed and never overwritten (law 7b). It is moved whole to DIR/set-aside/<id of its
// journal>/, and keeps its name; the id is "unknown" if the file does not tell it. Such a directory
// is itself the directory of a journal, which `tamtap journal export` and `import` read.
//
// A move is a rename: it needs no space, and a crash at any moment leaves the file under one of the
// two names. If a file of that name was set aside before, a new directory with a number is used
// (<id>.2 and so on). Nothing is ever moved onto a name that is taken.
//
// Not thread-safe for one directory: the caller holds the journal's lock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

// Moves those files of `directory` (named as ListJournalFiles and ListArchive name them) aside
// together, as files of the journal `owner`; empty if it is unknown. It is durable on return, and
// the log says so.
Result<> MoveAside(Disk& disk, const std::string& directory, std::string_view owner,
                   const std::vector<std::string>& files);

// Moves aside every file there that names another journal than `journal`; if `journal` is empty,
// every file that names a journal. If no file there belongs to `journal`, files that name no
// journal are moved aside too. What `terminal` has written stays (empty: the terminal is not
// known).
Result<> SetForeignAside(Disk& disk, const std::string& directory, std::string_view journal,
                         std::string_view terminal = {});

// Makes the name `file` free, unless the file belongs to `journal`. Another journal's file is moved
// aside, and a blank file, which contains nothing, is removed.
Result<> ClearUnlessOurs(Disk& disk, const std::string& directory, const std::string& file,
                         std::string_view journal);
// Makes the name `file` free in any case: a file of `journal` is moved aside too.
Result<> ClearName(Disk& disk, const std::string& directory, const std::string& file,
                   std::string_view journal);
// Removes `file` if it belongs to `journal` or is blank; anything else is moved aside. It succeeds
// if there is no such file.
Result<> RemoveIfOurs(Disk& disk, const std::string& directory, const std::string& file,
                      std::string_view journal);

// Keeps a copy of bytes that are about to be replaced in `directory`, as a file of `journal`. It is
// durable on return.
Result<> KeepCopyAside(Disk& disk, const std::string& directory, std::string_view journal,
                       const std::string& file, std::string_view content);

// The directories in DIR/set-aside that hold something, as paths; each one's name begins with the
// id of its journal.
Result<std::vector<std::string>> ListSetAside(Disk& disk, const std::string& directory);

}  // namespace tamtap::journal
