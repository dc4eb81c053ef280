// SimulatedDisk: a disk that keeps what a real one may keep. Bytes are durable after DataSync,
// names after SyncDirectory; a crash keeps, of everything else, whatever the chooser says: each
// unsynced write whole, in part, or not at all, in any order.
//
// With TAMTAP_DISK_BLOCKS=N in the environment its files take blocks of N bytes past the page cache
// (File::WriteBlocks), which is a call that writes and then one that flushes to the fault hook.
//
// Thread-safe. Crash() must not run beside other calls.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/disk.h"
#include "base/mutex.h"
#include "base/random.h"

namespace tamtap::sim {

enum class DiskCall {
  kOpen,
  kCreate,
  kRead,
  kWrite,
  kSync,
  kTruncate,
  kSyncDirectory,
  kRename,
  kRemove
};

// Fails a call with an errno. For kWrite, `bytes_first` may let that many bytes through before.
struct DiskFault {
  int errno_value = 0;
  size_t bytes_first = 0;
  // Of kSync: the caller dies here, so nothing is known of its pages. Else they are dropped as
  // clean, as Linux does when a flush fails.
  bool keeps_pages = false;
};

// What becomes of unsynced changes when the power goes. Asked once about each, in a fixed order.
class CrashFates {
 public:
  virtual ~CrashFates() = default;
  // Whether a name that was created, replaced or removed since its directory was flushed is so.
  virtual bool NameSurvives(const std::string& path) = 0;
  virtual bool TruncationSurvives(const std::string& path) = 0;
  // Which of the `bytes` bytes at `offset` reached the disk: first and end, 0-based in the write.
  struct Kept {
    size_t first = 0;
    size_t end = 0;
  };
  virtual Kept WriteSurvives(const std::string& path, uint64_t offset, size_t bytes) = 0;
};

class SimulatedDisk final : public Disk {
 public:
  SimulatedDisk();
  ~SimulatedDisk() override;

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<> CreateDirectories(const std::string& directory) override;
  Result<> Rename(const std::string& from, const std::string& to) override;
  Result<> Remove(const std::string& path) override;
  Result<> SyncDirectory(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<uint64_t> FreeBytes(const std::string& path) override;
  Result<std::unique_ptr<DiskLock>> Lock(const std::string& path) override;

  // Asked before each call; nothing means that it works. Set before use.
  using FaultHook = std::function<std::optional<DiskFault>(DiskCall call, const std::string& path)>;
  void SetFaults(FaultHook hook) EXCLUDES(mutex_);
  // Bytes of a block that its files can write past the page cache; 0: they have no such write.
  void SetBlockBytes(size_t bytes) EXCLUDES(mutex_);
  // Bytes that all files together may take; writes past it fail with ENOSPC after what fits.
  void SetCapacity(uint64_t bytes) EXCLUDES(mutex_);

  // Power is lost: open files become useless, locks are free, and unsynced changes survive as
  // `random` decides, in sectors of 512 bytes and torn at any byte.
  void Crash(Random& random) EXCLUDES(mutex_);
  // The same, as `fates` say.
  void Crash(CrashFates& fates) EXCLUDES(mutex_);
  // Power is lost and nothing that was not synced survives.
  void CrashLosingAll() EXCLUDES(mutex_);

  // Another disk in the same state, without its faults. Files that are open stay this disk's.
  std::unique_ptr<SimulatedDisk> Clone() EXCLUDES(mutex_);

  // The bytes that are there now, as a reader would see them; for tests that damage them.
  std::string Content(const std::string& path) EXCLUDES(mutex_);
  void SetContent(const std::string& path, std::string content) EXCLUDES(mutex_);  // durable

  // Flips bits of what is stored: those bytes that the file has there change.
  void Rot(const std::string& path, uint64_t offset, std::string_view mask) EXCLUDES(mutex_);
  // The kernel writes out everything that is dirty, in its own time.
  void WriteBack() EXCLUDES(mutex_);
  // Every path, with the size of its file.
  std::vector<std::pair<std::string, uint64_t>> Files() EXCLUDES(mutex_);

  uint64_t syncs() EXCLUDES(mutex_);         // DataSync and WriteBlocks calls that succeeded
  uint64_t block_writes() EXCLUDES(mutex_);  // WriteBlocks calls that succeeded

 private:
  friend class SimulatedFile;
  struct Write {
    uint64_t offset;
    std::string bytes;
  };
  struct Inode {
    std::string durable;
    std::string cached;
    std::vector<Write> unsynced;
    std::optional<uint64_t> truncated;  // unsynced
  };
  using Names = std::map<std::string, std::shared_ptr<Inode>>;

  static void WriteInto(std::string& content, uint64_t offset, std::string_view bytes);
  std::optional<DiskFault> Ask(DiskCall call, const std::string& path) REQUIRES(mutex_);
  uint64_t Used() REQUIRES(mutex_);
  void Restart() REQUIRES(mutex_);
  void EraseUnlessMoved(const Names::value_type& entry) REQUIRES(mutex_);

  Mutex mutex_;
  FaultHook faults_ GUARDED_BY(mutex_);
  Names cached_names_ GUARDED_BY(mutex_);
  Names durable_names_ GUARDED_BY(mutex_);
  std::map<std::string, bool> locks_ GUARDED_BY(mutex_);
  uint64_t capacity_ GUARDED_BY(mutex_) = UINT64_MAX;
  size_t block_bytes_ GUARDED_BY(mutex_);
  uint64_t power_cycle_ GUARDED_BY(mutex_) = 0;
  uint64_t syncs_ GUARDED_BY(mutex_) = 0;
  uint64_t block_writes_ GUARDED_BY(mutex_) = 0;
};

}  // namespace tamtap::sim
