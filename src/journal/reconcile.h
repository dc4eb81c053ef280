// Reconciling: restores from the mirror, durably, what the journal has lost. It is done at a start,
// before anything is written.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "base/disk.h"
#include "base/result.h"

namespace tamtap::journal {

// The mirror as a start has found it.
struct TakenMirror {
  std::unique_ptr<DiskLock> lock;  // null: the mirror can't be used now
  std::optional<Error> problem;    // why it can't be used, or why something was not restored
};

// Takes the mirror's lock, sets aside what does not belong to the journal with the id `journal`,
// and restores from the mirror what `directory` has lost. `journal` is empty if the directory holds
// no journal. Then, if `terminal` has written the mirror's journal, the directory gets that journal
// and `journal` its id; the journal of another gate is foreign, and set aside. It never fails as a
// whole, because a gate must start without its mirror too.
TakenMirror TakeMirror(Disk& disk, const std::string& directory, const std::string& mirror,
                       const std::string& terminal, std::string& journal);

// Writes into the file DIR/mirror where the mirror is, so that `tamtap journal status` looks there
// too.
void RememberMirror(Disk& disk, const std::string& directory, const std::string& mirror);
// Returns what that file says; empty if the journal never had a mirror.
std::string RememberedMirror(Disk& disk, const std::string& directory);

// The second half of TakeMirror(): restores what `directory` has lost. An error means that the
// mirror can't be used now. Bytes that are replaced in `directory` are kept in DIR/set-aside.
Result<> Reconcile(Disk& disk, const std::string& directory, const std::string& mirror,
                   const std::string& journal);

}  // namespace tamtap::journal
