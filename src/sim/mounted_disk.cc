#include "sim/mounted_disk.h"

#include <cerrno>

#include "sim/gate.h"

namespace tamtap::sim {
namespace {

// Holds only as long as the disk that it was taken on is the one that is mounted.
class MountedLock final : public DiskLock {
 public:
  MountedLock(std::unique_ptr<DiskLock> lock, std::function<bool()> is_mounted)
      : lock_(std::move(lock)), is_mounted_(std::move(is_mounted)) {}
  bool StillThere() override { return is_mounted_() && lock_->StillThere(); }

 private:
  const std::unique_ptr<DiskLock> lock_;
  const std::function<bool()> is_mounted_;
};

Error NotThere(const std::string& path) { return ErrnoError(ENOENT, "find " + path); }

}  // namespace

SimulatedDisk* MountedDisk::DiskOf(const std::string& path) const {
  const bool below =
      path == kMirrorDirectory || path.starts_with(std::string(kMirrorDirectory) + "/");
  if (!below) return card_.get();
  if (stick_) return stick_.get();
  return shows_mount_point_ ? card_.get() : nullptr;
}

Result<std::unique_ptr<File>> MountedDisk::Open(const std::string& path, OpenMode mode) {
  SimulatedDisk* const disk = DiskOf(path);
  return disk != nullptr ? disk->Open(path, mode) : NotThere(path);
}

Result<std::vector<std::string>> MountedDisk::List(const std::string& directory) {
  SimulatedDisk* const disk = DiskOf(directory);
  return disk != nullptr ? disk->List(directory) : NotThere(directory);
}

Result<> MountedDisk::CreateDirectories(const std::string& directory) {
  SimulatedDisk* const disk = DiskOf(directory);
  return disk != nullptr ? disk->CreateDirectories(directory) : NotThere(directory);
}

Result<> MountedDisk::Rename(const std::string& from, const std::string& to) {
  SimulatedDisk* const disk = DiskOf(from);
  if (disk != DiskOf(to)) return ErrnoError(EXDEV, "rename " + from);
  return disk != nullptr ? disk->Rename(from, to) : NotThere(from);
}

Result<> MountedDisk::Remove(const std::string& path) {
  SimulatedDisk* const disk = DiskOf(path);
  return disk != nullptr ? disk->Remove(path) : NotThere(path);
}

Result<> MountedDisk::SyncDirectory(const std::string& directory) {
  SimulatedDisk* const disk = DiskOf(directory);
  return disk != nullptr ? disk->SyncDirectory(directory) : NotThere(directory);
}

Result<bool> MountedDisk::Exists(const std::string& path) {
  SimulatedDisk* const disk = DiskOf(path);
  if (disk == nullptr) return false;
  if (path == kMirrorDirectory && disk == card_.get()) return true;  // an empty mount point
  return disk->Exists(path);
}

Result<uint64_t> MountedDisk::FreeBytes(const std::string& path) {
  SimulatedDisk* const disk = DiskOf(path);
  return disk != nullptr ? disk->FreeBytes(path) : NotThere(path);
}

Result<std::unique_ptr<DiskLock>> MountedDisk::Lock(const std::string& path) {
  SimulatedDisk* const disk = DiskOf(path);
  if (disk == nullptr) return NotThere(path);
  TAMTAP_TRY(std::unique_ptr<DiskLock> lock, disk->Lock(path));
  return std::unique_ptr<DiskLock>(std::make_unique<MountedLock>(
      std::move(lock), [this, disk, path] { return DiskOf(path) == disk; }));
}

}  // namespace tamtap::sim
