// The mirror: a second copy of the journal on another medium, byte for byte, for disks that lose
// what they said was flushed.
//
// Each write and flush of the journal is done in the mirror first, so an acknowledged tap is in
// both. A mirror that fails stops nothing: taps go on with one copy, `problem()` says so, and
// CatchUp() copies what is missing once it answers again. At the next start Reconcile()
// (reconcile.h) puts back into the journal what only the mirror still has.
//
// The medium may be pulled out and come back with anything on it: another gate's journal, an old
// copy of ours. Whatever on it is not this journal's, or holds a line that the journal does not
// have, is set aside there (set_aside.h) before its name is used.
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
#include "journal/reconcile.h"

namespace tamtap::journal {

// The error for a mirror whose directory does not exist.
Error MirrorIsAway(const std::string& mirror);

// A disk that makes every change of the files in `directory` in `mirror` too. Results are those of
// `directory`. Thread-safe, as every Disk.
class MirroredDisk final : public Disk {
 public:
  // `journal` is the id of the journal in `directory`, and `taken` what TakeMirror has found.
  MirroredDisk(Disk& disk, std::string directory, std::string mirror, std::string journal,
               TakenMirror taken);
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

  // Copies what the mirror lacks: the files that are being written and, with `everything`, all
  // others. Only one thread at a time may call it.
  Result<> CatchUp(bool everything) EXCLUDES(mutex_);
  // Opens the mirror's copy of a segment for reading. It returns null if the mirror has no copy
  // that belongs to this journal, and an error if it may have one.
  Result<std::unique_ptr<File>> OpenCopy(const std::string& path);
  // Whether the mirror lacks something, and why.
  bool behind() const { return behind_; }
  std::string problem() EXCLUDES(mutex_);
  // A call to the mirror has failed. The mirror is locked and compared again before its next use.
  void NoteBehind(const Error& error) EXCLUDES(mutex_);

  struct OpenFile;  // a file that is open for writing

 private:
  // Below the journal's directory; empty: not mirrored.
  std::string MirroredName(const std::string& path) const;
  // Whether a change of that file is made in the mirror too.
  bool Follows(const std::string& path) const { return in_use_ && !MirroredName(path).empty(); }
  std::string MirrorOf(const std::string& path) const;
  std::vector<std::shared_ptr<OpenFile>> OpenFiles() EXCLUDES(mutex_);
  // catching_up.cc
  Result<> Take() EXCLUDES(mutex_);
  Result<> CopyOpenFile(OpenFile& open_file);
  Result<> CopyRest() EXCLUDES(mutex_);
  Result<> CopyIfDifferent(const std::string& path);
  Result<> WriteLinesAgain(const std::string& path);
  // Whether the mirror has the same file. Moves aside what it has and we must keep.
  Result<bool> HasTheSame(const std::string& path);

  Disk& disk_;
  const std::string directory_;
  const std::string mirror_;
  const std::string journal_;
  std::unique_ptr<DiskLock> lock_;    // of the mirror; used by who catches up
  std::atomic<bool> in_use_ = false;  // it is ours, locked, and was not seen to fail since
  std::atomic<bool> behind_ = true;   // until it was compared
  Mutex mutex_;
  std::string problem_ GUARDED_BY(mutex_);
  std::map<std::string, std::weak_ptr<OpenFile>> open_files_ GUARDED_BY(mutex_);
};

struct MirroredDisk::OpenFile {
  OpenFile(std::string file_path, std::shared_ptr<File> file)
      : path(std::move(file_path)), primary(std::move(file)) {}

  const std::string path;
  const std::shared_ptr<File> primary;
  Mutex mutex;
  std::shared_ptr<File> mirror GUARDED_BY(mutex);  // null: behind
  // What was written while there was no mirror.
  uint64_t missed_from GUARDED_BY(mutex) = UINT64_MAX;
  uint64_t missed_to GUARDED_BY(mutex) = 0;

  void LoseMirror() REQUIRES(mutex) {
    mirror.reset();
    missed_from = 0;
    missed_to = UINT64_MAX;
  }
};

}  // namespace tamtap::journal
