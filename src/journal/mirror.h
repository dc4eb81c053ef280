// The mirror: a second copy of the journal on another medium, byte for byte, for disks that lose
// what they said was flushed.
//
// Each write and flush of the journal is done in the mirror first, so an acknowledged tap is in
// both. A mirror that fails stops nothing: taps go on with one copy, `problem()` says so, and
// CatchUp() copies what is missing once it answers again. At the next start Reconcile() puts back
// into the journal what only the mirror still has.
//
// The mirror's directory must exist: if it were made where its medium is not mounted, both copies
// would be on one disk.
#pragma once

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/disk.h"
#include "base/mutex.h"
#include "base/result.h"

namespace tamtap::journal {

// A segment's bytes with every line of `theirs` put in that `ours` has lost. Taps whose number is
// `first_taken` or higher were never acknowledged and stay out: another tap has that number now.
struct MergedSegment {
  std::string bytes;
  uint64_t restored = 0;      // lines
  uint64_t contradicted = 0;  // lines of theirs that stay out
};
MergedSegment MergeSegments(std::string_view ours, std::string_view theirs, uint64_t first_taken);

// Before recovery, with nobody writing: restores from the mirror what the journal has lost,
// durably. What it replaces is kept in DIR/set-aside. An error means that the mirror is of no use
// now; kMisconfigured if it is another journal's.
Result<> Reconcile(Disk& disk, const std::string& directory, const std::string& mirror);

// Does everything to the files of `directory` in `mirror` too. Results are those of `directory`.
// Thread-safe, as Disk is.
class MirroredDisk final : public Disk {
 public:
  MirroredDisk(Disk& disk, std::string directory, std::string mirror);
  ~MirroredDisk() override;

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<> CreateDirectories(const std::string& directory) override;
  Result<> Rename(const std::string& from, const std::string& to) override;
  Result<> Remove(const std::string& path) override;
  Result<> SyncDirectory(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<uint64_t> FreeBytes(const std::string& path) override;
  Result<std::unique_ptr<DiskLock>> Lock(const std::string& path) override;

  // Copies what the mirror lacks: the files that are being written, and with `everything` all
  // others. One thread at a time.
  Result<> CatchUp(bool everything) EXCLUDES(mutex_);
  // Whether the mirror lacks something, and why.
  bool behind() const { return behind_; }
  std::string problem() EXCLUDES(mutex_);
  void NoteBehind(const Error& error) EXCLUDES(mutex_);

  struct Live;  // a file that is open for writing

 private:
  // Empty: not mirrored.
  std::string MirrorOf(const std::string& path) const;
  Result<> CopyLive(Live& live);
  Result<> CopyRest() EXCLUDES(mutex_);
  Result<> CopyIfDifferent(const std::string& path) EXCLUDES(mutex_);

  Disk& disk_;
  const std::string directory_;
  const std::string mirror_;
  std::atomic<bool> behind_ = true;  // until it was compared
  Mutex mutex_;
  std::string problem_ GUARDED_BY(mutex_);
  std::map<std::string, std::weak_ptr<Live>> live_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::journal
