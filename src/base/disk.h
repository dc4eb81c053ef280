// Disk and File: the only way to a file system for what must survive a crash. PosixDisk is the real
// one; tests and the simulated world swap in disks that lose, tear and refuse.
//
// Survives a power cut: file bytes once DataSync returned; a created, renamed or removed name once
// SyncDirectory on its parent returned. Nothing else.
//
// What root creates through PosixDisk belongs to the owner of the directory that it is created in
// (ownership.h).
//
// All paths are absolute or relative to the working directory. Thread-safe, but one File's writes
// to overlapping ranges must be ordered by the caller.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace tamtap {

class File {
 public:
  virtual ~File() = default;  // closes; never reports

  // Writes all of `bytes` at `offset`; short writes and EINTR are finished here. After an error any
  // part of the range may have been written.
  virtual Result<> WriteAt(uint64_t offset, std::string_view bytes) = 0;
  // Reads up to `buffer.size()` bytes; fewer only at the end of the file. Returns the count.
  virtual Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) = 0;
  // fdatasync(2). After an error the descriptor must not be trusted again.
  virtual Result<> DataSync() = 0;
  // Bytes of a block of WriteBlocks(), a power of two, 4096 at most. 0: this file has no such
  // write.
  virtual size_t BlockBytes() { return 0; }
  // Writes whole blocks past the page cache, over bytes that were written and flushed before. They,
  // and nothing else of the file, survive a power cut once it returned. `offset`, the count, and
  // the address in memory are multiples of BlockBytes(). After an error any part of them may have
  // been written, and the descriptor must not be trusted again.
  virtual Result<> WriteBlocks(uint64_t offset, std::string_view blocks);
  virtual Result<uint64_t> Size() = 0;
  virtual Result<> Truncate(uint64_t size) = 0;
};

// An exclusive lock held until destroyed (or the process ends).
class DiskLock {
 public:
  virtual ~DiskLock() = default;
  // Whether the file that is locked is still the one of that path: not so when its medium was
  // pulled out, or another one was mounted over it.
  virtual bool StillThere() = 0;
};

enum class OpenMode {
  kRead,             // must exist
  kReadWrite,        // must exist
  kCreateReadWrite,  // must not exist
};

class Disk {
 public:
  virtual ~Disk() = default;

  virtual Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) = 0;
  // Names (not paths) in a directory, sorted; without "." and "..".
  virtual Result<std::vector<std::string>> List(const std::string& directory) = 0;
  // Creates it and its missing parents, with mode 0700, and syncs each parent. That it exists
  // already is no error.
  virtual Result<> CreateDirectories(const std::string& directory) = 0;
  // Replaces `to` atomically.
  virtual Result<> Rename(const std::string& from, const std::string& to) = 0;
  virtual Result<> Remove(const std::string& path) = 0;
  virtual Result<> SyncDirectory(const std::string& directory) = 0;
  virtual Result<bool> Exists(const std::string& path) = 0;
  virtual Result<uint64_t> FreeBytes(const std::string& path) = 0;
  // Takes the lock at `path` or fails at once with kMisconfigured, naming the holder's process.
  virtual Result<std::unique_ptr<DiskLock>> Lock(const std::string& path) = 0;
};

// The machine's file system.
Disk& PosixDisk();

// The whole file. kMisconfigured when it does not exist.
Result<std::string> ReadFile(Disk& disk, const std::string& path);

// Copies the bytes `begin` to `end` of one file to the same place in another; less, if `from` ends
// before. The two may be one file, whose bytes are then written once more. Nothing is flushed.
Result<> CopyBytes(File& from, File& to, uint64_t begin, uint64_t end);

// Removes the file; that there is none is no error.
Result<> RemoveIfThere(Disk& disk, const std::string& path);

// Replaces `path` so that after any crash it holds the old or the new content, whole: a temporary
// file beside it is written, synced, renamed over it, and the directory is synced. Mode 0600.
Result<> WriteFileAtomically(Disk& disk, const std::string& path, std::string_view content);

// "a/b" + "c" -> "a/b/c"; "" stays as it is.
std::string JoinPath(std::string_view directory, std::string_view name);
// "a/b/c" -> "a/b"; "c" -> ".".
std::string ParentDirectory(std::string_view path);

}  // namespace tamtap
