#include "central/mongo_memory.h"

#include <bson/bson.h>
#include <malloc.h>
#include <sys/mman.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <cstring>
#include <map>

#include "base/mutex.h"

namespace tamtap::central {
namespace {

class LazyMemory {
 public:
  void* Take(size_t bytes) EXCLUDES(mutex_) {
    void* const block = mmap(nullptr, bytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (block == MAP_FAILED) return nullptr;
    MutexLock lock(mutex_);
    blocks_.emplace(block, bytes);
    count_ = blocks_.size();
    return block;
  }
  // Its size; 0 if it is not one of these.
  size_t SizeOf(void* block) EXCLUDES(mutex_) {
    if (count_ == 0) return 0;  // as nearly always, without the lock
    MutexLock lock(mutex_);
    const auto found = blocks_.find(block);
    return found == blocks_.end() ? 0 : found->second;
  }
  void Give(void* block, size_t bytes) EXCLUDES(mutex_) {
    {
      MutexLock lock(mutex_);
      blocks_.erase(block);
      count_ = blocks_.size();
    }
    munmap(block, bytes);
  }
  size_t count() const { return count_; }

 private:
  Mutex mutex_;
  std::map<void*, size_t> blocks_ GUARDED_BY(mutex_);
  std::atomic<size_t> count_{0};
};

LazyMemory& Lazy() {
  static LazyMemory& memory = *new LazyMemory;  // for threads that outlive main
  return memory;
}

void* Malloc(size_t bytes) {
  return bytes >= kLazyBlockBytes ? Lazy().Take(bytes) : std::malloc(bytes);
}

void* Calloc(size_t members, size_t bytes) {
  const bool fits = bytes == 0 || members <= SIZE_MAX / bytes;
  if (fits && members * bytes >= kLazyBlockBytes) return Lazy().Take(members * bytes);
  return std::calloc(members, bytes);
}

void Free(void* block) {
  if (const size_t bytes = Lazy().SizeOf(block)) return Lazy().Give(block, bytes);
  std::free(block);
}

void* Realloc(void* block, size_t bytes) {
  const size_t lazy = Lazy().SizeOf(block);
  if (lazy == 0 && bytes < kLazyBlockBytes) return std::realloc(block, bytes);
  void* const moved = Malloc(bytes);
  if (moved == nullptr) return nullptr;
  const size_t held = lazy != 0 ? lazy : block != nullptr ? malloc_usable_size(block) : 0;
  if (held > 0) std::memcpy(moved, block, std::min(held, bytes));
  Free(block);
  return moved;
}

}  // namespace

void TakeLargeBlocksLazily() {
  static const bool done = [] {
    bson_mem_vtable_t table{};
    table.malloc = Malloc;
    table.calloc = Calloc;
    table.realloc = Realloc;
    table.free = Free;
    table.aligned_alloc = aligned_alloc;
    bson_mem_set_vtable(&table);
    return true;
  }();
  static_cast<void>(done);
}

size_t LazyBlocks() { return Lazy().count(); }

}  // namespace tamtap::central
