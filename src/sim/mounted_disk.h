// MountedDisk: the file system of one machine: its card, and at kMirrorDirectory whatever stick is
// plugged in. Without a stick there is no such directory, or the empty directory of the mount
// point, which is on the card.
#pragma once

#include <memory>
#include <string>

#include "sim/simulated_disk.h"

namespace tamtap::sim {

class MountedDisk final : public Disk {
 public:
  // `card`: may come to stand for another disk at any time.
  explicit MountedDisk(const std::unique_ptr<SimulatedDisk>& card) : card_(card) {}

  // Null: none is plugged in. What was open on the stick before has to be made useless by its owner
  // (SimulatedDisk::Crash).
  void Plug(std::shared_ptr<SimulatedDisk> stick) { stick_ = std::move(stick); }
  void ShowMountPoint(bool shown) { shows_mount_point_ = shown; }
  const std::shared_ptr<SimulatedDisk>& stick() const { return stick_; }

  Result<std::unique_ptr<File>> Open(const std::string& path, OpenMode mode) override;
  Result<std::vector<std::string>> List(const std::string& directory) override;
  Result<> CreateDirectories(const std::string& directory) override;
  Result<> Rename(const std::string& from, const std::string& to) override;
  Result<> Remove(const std::string& path) override;
  Result<> SyncDirectory(const std::string& directory) override;
  Result<bool> Exists(const std::string& path) override;
  Result<uint64_t> FreeBytes(const std::string& path) override;
  Result<std::unique_ptr<DiskLock>> Lock(const std::string& path) override;

 private:
  // Null: nothing is mounted there.
  SimulatedDisk* DiskOf(const std::string& path) const;

  const std::unique_ptr<SimulatedDisk>& card_;
  std::shared_ptr<SimulatedDisk> stick_;
  bool shows_mount_point_ = false;
};

}  // namespace tamtap::sim
