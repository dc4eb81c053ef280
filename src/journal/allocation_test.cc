// The append path allocates nothing once it is warm: a terminal that runs for months must not
// depend on the allocator's mood. The whole program's allocations are counted, so this test is a
// program of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>

#include "base/test_directory.h"
#include "journal/journal.h"
#include "tap/example_record.h"

namespace {

std::atomic<bool> counting = false;
std::atomic<uint64_t> allocations = 0;

void* Counted(size_t size) {
  if (counting) ++allocations;
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Counted(size); }
void* operator new[](size_t size) { return Counted(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace tamtap::journal {
namespace {

constexpr uint64_t kPeople = 2000;
constexpr uint64_t kTaps = 1000;

TEST(AllocationTest, AnAppendAllocatesNothingOnceItIsWarm) {
  TestDirectory directory;
  JournalOptions options;
  options.directory = directory.path() + "/journal";
  options.terminal = "gate-1";
  options.segment_bytes = 2 << 20;  // some 4,000 taps
  options.maintenance_thread = false;
  auto journal = *Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
  std::vector<Record> records;
  for (uint64_t n = 0; n < kPeople + kTaps; ++n) {
    records.push_back(ExampleRecord(1, fmt::format("{:08X}", 0xA0000000u + n)));
  }
  for (uint64_t n = 0; n < kPeople; ++n) ASSERT_TRUE(journal->Append(records[n]));

  bool all = true;
  counting = true;
  for (uint64_t n = kPeople; n < records.size(); ++n)
    all &= journal->Append(records[n]).has_value();
  counting = false;
  EXPECT_TRUE(all);
  EXPECT_EQ(allocations, 0u);
}

}  // namespace
}  // namespace tamtap::journal
