// What a power cut leaves of a simulated disk.
#include <algorithm>

#include "sim/simulated_disk.h"

namespace tamtap::sim {
namespace {

constexpr uint64_t kSectorBytes = 512;

}  // namespace

void SimulatedDisk::Restart() {
  ++power_cycle_;
  locks_.clear();
  cached_names_ = durable_names_;
  for (const auto& [path, inode] : cached_names_) {
    inode->cached = inode->durable;
    inode->unsynced.clear();
    inode->truncated.reset();
  }
}

void SimulatedDisk::EraseUnlessMoved(const Names::value_type& entry) {
  // A rename is one step: the old name does not go before the new one is there.
  const auto is_same = [&](const auto& other) { return other.second == entry.second; };
  const bool moved = std::any_of(cached_names_.begin(), cached_names_.end(), is_same);
  const bool arrived =
      std::any_of(durable_names_.begin(), durable_names_.end(),
                  [&](const auto& other) { return other.first != entry.first && is_same(other); });
  if (!moved || arrived) durable_names_.erase(entry.first);
}

void SimulatedDisk::Crash(Random& random) {
  MutexLock lock(mutex_);
  // Each name that was created, moved or removed since its directory was flushed is as likely as
  // not to have reached the disk.
  Names before = durable_names_;
  for (const auto& entry : cached_names_) {
    const auto old = durable_names_.find(entry.first);
    const bool changed = old == durable_names_.end() || old->second != entry.second;
    if (changed && random.Below(2) == 0) durable_names_[entry.first] = entry.second;
  }
  for (const auto& entry : before) {
    if (!cached_names_.contains(entry.first) && random.Below(2) == 0) {
      EraseUnlessMoved(entry);
    }
  }
  for (const auto& [path, inode] : durable_names_) {
    if (inode->truncated && random.Below(2) == 0) {
      inode->durable.resize(*inode->truncated, '\0');
    }
    for (const Write& write : inode->unsynced) {
      for (uint64_t at = write.offset; at < write.offset + write.bytes.size();) {
        const uint64_t sector_end = (at / kSectorBytes + 1) * kSectorBytes;
        uint64_t stop = std::min(sector_end, write.offset + write.bytes.size());
        const uint64_t next = stop;
        const uint64_t fate = random.Below(8);
        if (fate == 0) stop = at + random.Below(stop - at + 1);  // torn
        if (fate < 5) {
          WriteInto(inode->durable, at,
                    std::string_view(write.bytes).substr(at - write.offset, stop - at));
        }
        at = next;
      }
    }
  }
  Restart();
}

void SimulatedDisk::Crash(CrashFates& fates) {
  MutexLock lock(mutex_);
  const Names before = durable_names_;
  for (const auto& [path, inode] : cached_names_) {
    const auto old = before.find(path);
    const bool changed = old == before.end() || old->second != inode;
    if (changed && fates.NameSurvives(path)) durable_names_[path] = inode;
  }
  for (const auto& [path, inode] : before) {
    if (!cached_names_.contains(path) && fates.NameSurvives(path)) {
      EraseUnlessMoved({path, inode});
    }
  }
  for (const auto& [path, inode] : durable_names_) {
    if (inode->truncated && fates.TruncationSurvives(path)) {
      inode->durable.resize(*inode->truncated, '\0');
    }
    for (const Write& write : inode->unsynced) {
      const CrashFates::Kept kept = fates.WriteSurvives(path, write.offset, write.bytes.size());
      if (kept.first >= kept.end) continue;
      WriteInto(inode->durable, write.offset + kept.first,
                std::string_view(write.bytes).substr(kept.first, kept.end - kept.first));
    }
  }
  Restart();
}

void SimulatedDisk::CrashLosingAll() {
  MutexLock lock(mutex_);
  Restart();
}

}  // namespace tamtap::sim
