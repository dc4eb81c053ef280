// Reconciling: before a start, with nobody writing, what the journal has lost is restored from its
// mirror, durably.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

// The mirror, as a start finds it.
struct TakenMirror {
  std::unique_ptr<DiskLock> lock;  // null: it can't be used now
  std::optional<Error> problem;    // why, or why not everything could be restored
};

// Takes the mirror's lock, sets aside what is not of the journal with the id `journal`, and
// restores from it what `directory` has lost. Empty `journal`: the directory holds none. If
// `terminal` has written the mirror's journal, the directory gets it, and `journal` its id; the
// mirror of another gate is foreign here too, and set aside.
// Never an error: a gate starts without its mirror.
TakenMirror TakeMirror(Disk& disk, const std::string& directory, const std::string& mirror,
                       const std::string& terminal, std::string& journal);

// Writes down in DIR/mirror where the mirror is, so that `tamtap journal status` looks there too.
void RememberMirror(Disk& disk, const std::string& directory, const std::string& mirror);
// Empty: never had one.
std::string RememberedMirror(Disk& disk, const std::string& directory);

// The second half of it. An error means that the mirror is of no use now. Bytes that are replaced
// in `directory` are kept in DIR/set-aside.
Result<> Reconcile(Disk& disk, const std::string& directory, const std::string& mirror,
                   const std::string& journal);

}  // namespace tamtap::journal
