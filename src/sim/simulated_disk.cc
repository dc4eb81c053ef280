#include "sim/simulated_disk.h"

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

#include "base/check.h"

namespace tamtap::sim {
namespace {

size_t BlockBytesOfEnvironment() {
  const char* const wanted = std::getenv("TAMTAP_DISK_BLOCKS");
  return wanted == nullptr ? 0 : std::strtoul(wanted, nullptr, 10);
}

}  // namespace

void SimulatedDisk::WriteInto(std::string& content, uint64_t offset, std::string_view bytes) {
  if (content.size() < offset + bytes.size()) content.resize(offset + bytes.size(), '\0');
  std::copy(bytes.begin(), bytes.end(), content.begin() + static_cast<ptrdiff_t>(offset));
}

class SimulatedFile final : public File {
 public:
  SimulatedFile(SimulatedDisk& disk, std::shared_ptr<SimulatedDisk::Inode> inode, std::string path,
                bool writable, uint64_t power_cycle)
      : disk_(disk),
        inode_(std::move(inode)),
        path_(std::move(path)),
        writable_(writable),
        power_cycle_(power_cycle) {}

  Result<> WriteAt(uint64_t offset, std::string_view bytes) override {
    MutexLock lock(disk_.mutex_);
    return Write(offset, bytes);
  }

  size_t BlockBytes() override {
    MutexLock lock(disk_.mutex_);
    return disk_.block_bytes_;
  }

  Result<> WriteBlocks(uint64_t offset, std::string_view blocks) override {
    MutexLock lock(disk_.mutex_);
    const size_t block = disk_.block_bytes_;
    CHECK(block > 0 && offset % block == 0 && blocks.size() % block == 0);
    CHECK(offset + blocks.size() <= inode_->durable.size());
    TAMTAP_RETURN_IF_ERROR(Write(offset, blocks));
    if (const auto fault = disk_.Ask(DiskCall::kSync, path_)) {
      if (!fault->keeps_pages) inode_->unsynced.pop_back();
      return ErrnoError(fault->errno_value, "write blocks of " + path_);
    }
    inode_->unsynced.pop_back();
    SimulatedDisk::WriteInto(inode_->durable, offset, blocks);
    ++disk_.syncs_;
    ++disk_.block_writes_;
    return {};
  }

  Result<size_t> ReadAt(uint64_t offset, std::span<char> buffer) override {
    MutexLock lock(disk_.mutex_);
    if (auto gone = Gone()) return *std::move(gone);
    if (const auto fault = disk_.Ask(DiskCall::kRead, path_)) {
      return ErrnoError(fault->errno_value, "read " + path_);
    }
    const std::string& content = inode_->cached;
    if (offset >= content.size()) return size_t{0};
    const size_t count = std::min<size_t>(buffer.size(), content.size() - offset);
    std::memcpy(buffer.data(), content.data() + offset, count);
    return count;
  }

  Result<> DataSync() override {
    MutexLock lock(disk_.mutex_);
    if (auto gone = Gone()) return *std::move(gone);
    if (const auto fault = disk_.Ask(DiskCall::kSync, path_)) {
      // As Linux does it: the pages are clean now, though they never reached the disk. A later
      // flush succeeds and does nothing for them.
      if (!fault->keeps_pages) inode_->unsynced.clear();
      return ErrnoError(fault->errno_value, "flush " + path_);
    }
    if (inode_->truncated) inode_->durable.resize(*inode_->truncated, '\0');
    inode_->truncated.reset();
    for (const auto& write : inode_->unsynced)
      SimulatedDisk::WriteInto(inode_->durable, write.offset, write.bytes);
    inode_->unsynced.clear();
    ++disk_.syncs_;
    return {};
  }

  Result<uint64_t> Size() override {
    MutexLock lock(disk_.mutex_);
    if (auto gone = Gone()) return *std::move(gone);
    return static_cast<uint64_t>(inode_->cached.size());
  }

  Result<> Truncate(uint64_t size) override {
    MutexLock lock(disk_.mutex_);
    if (auto gone = Gone()) return *std::move(gone);
    if (const auto fault = disk_.Ask(DiskCall::kTruncate, path_)) {
      return ErrnoError(fault->errno_value, "truncate " + path_);
    }
    inode_->cached.resize(size, '\0');
    inode_->truncated = size;
    std::erase_if(inode_->unsynced, [&](const auto& write) { return write.offset >= size; });
    return {};
  }

 private:
  Result<> Write(uint64_t offset, std::string_view bytes) REQUIRES(disk_.mutex_) {
    if (auto gone = Gone()) return *std::move(gone);
    if (!writable_) return ErrnoError(EBADF, "write " + path_);
    size_t count = bytes.size();
    int reason = 0;
    if (const auto fault = disk_.Ask(DiskCall::kWrite, path_)) {
      count = std::min(count, fault->bytes_first);
      reason = fault->errno_value;
    }
    const uint64_t growth =
        offset + count > inode_->cached.size() ? offset + count - inode_->cached.size() : 0;
    const uint64_t used = disk_.Used();
    const uint64_t room = disk_.capacity_ > used ? disk_.capacity_ - used : 0;
    if (growth > room) {
      count = static_cast<size_t>(count > growth - room ? count - (growth - room) : 0);
      reason = ENOSPC;
    }
    if (count > 0) {
      SimulatedDisk::WriteInto(inode_->cached, offset, bytes.substr(0, count));
      inode_->unsynced.push_back({offset, std::string(bytes.substr(0, count))});
    }
    if (reason != 0) return ErrnoError(reason, "write " + path_);
    return {};
  }

  std::optional<Error> Gone() const REQUIRES(disk_.mutex_) {
    if (disk_.power_cycle_ == power_cycle_) return std::nullopt;
    return ErrnoError(EIO, "use " + path_ + " after a power cut");
  }

  SimulatedDisk& disk_;
  const std::shared_ptr<SimulatedDisk::Inode> inode_;
  const std::string path_;
  const bool writable_;
  const uint64_t power_cycle_;
};

namespace {

class SimulatedLock final : public DiskLock {
 public:
  SimulatedLock(std::function<void()> release, std::function<bool()> holds)
      : release_(std::move(release)), holds_(std::move(holds)) {}
  ~SimulatedLock() override { release_(); }
  bool StillThere() override { return holds_(); }

 private:
  std::function<void()> release_;
  std::function<bool()> holds_;
};

}  // namespace

SimulatedDisk::SimulatedDisk() : block_bytes_(BlockBytesOfEnvironment()) {}
SimulatedDisk::~SimulatedDisk() = default;

std::optional<DiskFault> SimulatedDisk::Ask(DiskCall call, const std::string& path) {
  if (!faults_) return std::nullopt;
  return faults_(call, path);
}

uint64_t SimulatedDisk::Used() {
  uint64_t used = 0;
  for (const auto& [path, inode] : cached_names_) used += inode->cached.size();
  return used;
}

Result<std::unique_ptr<File>> SimulatedDisk::Open(const std::string& path, OpenMode mode) {
  MutexLock lock(mutex_);
  const bool create = mode == OpenMode::kCreateReadWrite;
  if (const auto fault = Ask(create ? DiskCall::kCreate : DiskCall::kOpen, path)) {
    return ErrnoError(fault->errno_value, "open " + path);
  }
  const auto found = cached_names_.find(path);
  if (create == (found != cached_names_.end())) {
    return ErrnoError(create ? EEXIST : ENOENT, "open " + path);
  }
  std::shared_ptr<Inode> inode = create ? std::make_shared<Inode>() : found->second;
  if (create) cached_names_.emplace(path, inode);
  return std::make_unique<SimulatedFile>(*this, std::move(inode), path, mode != OpenMode::kRead,
                                         power_cycle_);
}

Result<std::vector<std::string>> SimulatedDisk::List(const std::string& directory) {
  MutexLock lock(mutex_);
  std::vector<std::string> names;
  const std::string beneath = directory + "/";
  for (auto it = cached_names_.lower_bound(beneath);
       it != cached_names_.end() && it->first.starts_with(beneath); ++it) {
    // A file, or a directory that has one.
    const size_t end = it->first.find('/', beneath.size());
    std::string name = it->first.substr(beneath.size(), end - beneath.size());
    if (names.empty() || names.back() != name) names.push_back(std::move(name));
  }
  std::sort(names.begin(), names.end());
  return names;
}

Result<> SimulatedDisk::CreateDirectories(const std::string&) { return {}; }

Result<> SimulatedDisk::Rename(const std::string& from, const std::string& to) {
  MutexLock lock(mutex_);
  if (const auto fault = Ask(DiskCall::kRename, from)) {
    return ErrnoError(fault->errno_value, "rename " + from);
  }
  const auto found = cached_names_.find(from);
  if (found == cached_names_.end()) return ErrnoError(ENOENT, "rename " + from);
  cached_names_[to] = found->second;
  cached_names_.erase(from);
  return {};
}

Result<> SimulatedDisk::Remove(const std::string& path) {
  MutexLock lock(mutex_);
  if (const auto fault = Ask(DiskCall::kRemove, path)) {
    return ErrnoError(fault->errno_value, "remove " + path);
  }
  if (cached_names_.erase(path) == 0) return ErrnoError(ENOENT, "remove " + path);
  return {};
}

Result<> SimulatedDisk::SyncDirectory(const std::string& directory) {
  MutexLock lock(mutex_);
  if (const auto fault = Ask(DiskCall::kSyncDirectory, directory)) {
    return ErrnoError(fault->errno_value, "flush directory " + directory);
  }
  const auto inside = [&](const auto& entry) { return ParentDirectory(entry.first) == directory; };
  std::erase_if(durable_names_, inside);
  for (const auto& entry : cached_names_) {
    if (inside(entry)) durable_names_.insert(entry);
  }
  return {};
}

Result<bool> SimulatedDisk::Exists(const std::string& path) {
  MutexLock lock(mutex_);
  if (cached_names_.contains(path)) return true;
  // A directory is there as long as something is in it.
  const auto below = cached_names_.lower_bound(path + "/");
  return below != cached_names_.end() && below->first.starts_with(path + "/");
}

Result<uint64_t> SimulatedDisk::FreeBytes(const std::string&) {
  MutexLock lock(mutex_);
  const uint64_t used = Used();
  return capacity_ > used ? capacity_ - used : uint64_t{0};
}

Result<std::unique_ptr<DiskLock>> SimulatedDisk::Lock(const std::string& path) {
  MutexLock lock(mutex_);
  bool& held = locks_[path];
  if (held) {
    return Error{ErrorCode::kMisconfigured, "lock " + path, EWOULDBLOCK, "it is in use"};
  }
  held = true;
  return std::make_unique<SimulatedLock>(
      [this, path, cycle = power_cycle_] {
        MutexLock release(mutex_);
        if (cycle == power_cycle_) locks_[path] = false;
      },
      [this, cycle = power_cycle_] {
        MutexLock look(mutex_);
        return cycle == power_cycle_;
      });
}

void SimulatedDisk::SetFaults(FaultHook hook) {
  MutexLock lock(mutex_);
  faults_ = std::move(hook);
}

void SimulatedDisk::SetBlockBytes(size_t bytes) {
  MutexLock lock(mutex_);
  block_bytes_ = bytes;
}

void SimulatedDisk::SetCapacity(uint64_t bytes) {
  MutexLock lock(mutex_);
  capacity_ = bytes;
}

std::unique_ptr<SimulatedDisk> SimulatedDisk::Clone() {
  MutexLock lock(mutex_);
  auto clone = std::make_unique<SimulatedDisk>();
  MutexLock clone_lock(clone->mutex_);
  std::map<const Inode*, std::shared_ptr<Inode>> copies;
  const auto copy_of = [&](const std::shared_ptr<Inode>& inode) {
    std::shared_ptr<Inode>& copy = copies[inode.get()];
    if (!copy) copy = std::make_shared<Inode>(*inode);
    return copy;
  };
  for (const auto& [path, inode] : cached_names_) clone->cached_names_[path] = copy_of(inode);
  for (const auto& [path, inode] : durable_names_) clone->durable_names_[path] = copy_of(inode);
  clone->capacity_ = capacity_;
  clone->block_bytes_ = block_bytes_;
  return clone;
}

std::string SimulatedDisk::Content(const std::string& path) {
  MutexLock lock(mutex_);
  const auto found = cached_names_.find(path);
  return found == cached_names_.end() ? std::string() : found->second->cached;
}

void SimulatedDisk::SetContent(const std::string& path, std::string content) {
  MutexLock lock(mutex_);
  auto& inode = cached_names_[path];
  if (!inode) inode = std::make_shared<Inode>();
  inode->cached = content;
  inode->durable = std::move(content);
  inode->unsynced.clear();
  durable_names_[path] = inode;
}

void SimulatedDisk::Rot(const std::string& path, uint64_t offset, std::string_view mask) {
  MutexLock lock(mutex_);
  const auto found = cached_names_.find(path);
  if (found == cached_names_.end()) return;
  for (std::string* const bytes : {&found->second->cached, &found->second->durable}) {
    for (size_t i = 0; i < mask.size() && offset + i < bytes->size(); ++i) {
      char& byte = (*bytes)[static_cast<size_t>(offset) + i];
      byte =
          static_cast<char>(static_cast<unsigned char>(byte) ^ static_cast<unsigned char>(mask[i]));
    }
  }
}

void SimulatedDisk::WriteBack() {
  MutexLock lock(mutex_);
  durable_names_ = cached_names_;
  for (const auto& [path, inode] : cached_names_) {
    inode->durable = inode->cached;
    inode->unsynced.clear();
    inode->truncated.reset();
  }
}

std::vector<std::pair<std::string, uint64_t>> SimulatedDisk::Files() {
  MutexLock lock(mutex_);
  std::vector<std::pair<std::string, uint64_t>> files;
  for (const auto& [path, inode] : cached_names_) files.emplace_back(path, inode->cached.size());
  return files;
}

uint64_t SimulatedDisk::syncs() {
  MutexLock lock(mutex_);
  return syncs_;
}

uint64_t SimulatedDisk::block_writes() {
  MutexLock lock(mutex_);
  return block_writes_;
}

}  // namespace tamtap::sim
