// Workers when there is no memory: the whole program's allocations fail on demand, so this test is
// a program of its own.
#include <gtest/gtest.h>

#include <atomic>
#include <cstdlib>
#include <new>
#include <set>
#include <string>
#include <thread>

#include "http/workers.h"

namespace {

thread_local int passing = -1;  // how many allocations of this thread succeed; -1: all
thread_local int failing = 0;   // how many fail after those

void* Allocate(size_t size) {
  if (passing > 0) --passing;
  if (passing == 0 && failing > 0) {
    --failing;
    throw std::bad_alloc();
  }
  void* const memory = std::malloc(size);
  if (memory == nullptr) throw std::bad_alloc();
  return memory;
}

}  // namespace

void* operator new(size_t size) { return Allocate(size); }
void* operator new[](size_t size) { return Allocate(size); }
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete[](void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, size_t) noexcept { std::free(memory); }
void operator delete[](void* memory, size_t) noexcept { std::free(memory); }

namespace tamtap::http {
namespace {

// Too long to be kept without memory of its own.
const std::string kAddress = "2001:0db8:0001:0002:0003:0004:0005:0006";

TEST(WorkersMemoryTest, AWorkerThatHasNoMemoryToTakeATaskTakesItLater) {
  Workers workers(1, 1);
  std::atomic<int> done{0};
  std::atomic<bool> posted{false};
  workers.Post([&] {
    while (!posted) std::this_thread::yield();
    passing = 0;
    failing = 5;
  });
  for (int i = 0; i < 300; ++i) workers.PostForStranger(kAddress, [&] { ++done; });
  posted = true;
  workers.Join();
  EXPECT_EQ(done, 300);
}

TEST(WorkersMemoryTest, ATaskThatThereWasNoMemoryForIsNowhere) {
  for (int nth = 1; nth <= 8; ++nth) {
    Workers workers(1, 1);
    std::atomic<int> done{0};
    bool refused = false;
    passing = nth;
    failing = 1;
    try {
      workers.PostForStranger(kAddress, [&] { ++done; });
    } catch (const std::bad_alloc&) {
      refused = true;
    }
    passing = -1;
    workers.PostForStranger(kAddress, [&] { ++done; });
    workers.Join();
    EXPECT_EQ(done, refused ? 1 : 2) << nth;
  }
}

TEST(WorkersMemoryTest, WhereNoThreadCanBeStartedTheWorkIsDoneByThoseThatAre) {
  Workers workers(1, 2);
  std::atomic<bool> go{false};
  std::atomic<int> done{0};
  std::set<std::thread::id> by;
  passing = 0;
  failing = 1;  // what a thread more needs; the tasks have room
  workers.Post([&] {
    by.insert(std::this_thread::get_id());
    while (!go) std::this_thread::yield();
  });
  for (int i = 0; i < 5; ++i) {
    passing = 0;
    failing = 1;
    workers.Post([&] {
      by.insert(std::this_thread::get_id());
      ++done;
    });
    EXPECT_EQ(failing, 0);
    passing = -1;
  }
  go = true;
  workers.Join();
  EXPECT_EQ(done, 5);
  EXPECT_EQ(by.size(), 1U);
}

}  // namespace
}  // namespace tamtap::http
