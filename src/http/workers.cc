#include "http/workers.h"

#include <algorithm>
#include <chrono>
#include <exception>
#include <new>
#include <thread>
#include <utility>

#include "base/log.h"

namespace tamtap::http {
namespace {

constexpr std::chrono::milliseconds kWithoutMemory{20};

void Do(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    LogFailure("a task of the server", error);
  }
}

}  // namespace

Workers::Workers(size_t threads, size_t most)
    : most_strangers_(std::max<size_t>(threads, 2) - 1), most_(std::max(threads, most)) {
  MutexLock lock(mutex_);
  threads_.reserve(most_);
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

void Workers::Post(std::function<void()> task) {
  MutexLock lock(mutex_);
  known_.push_back(std::move(task));
  if (known_.size() > free_ && threads_.size() < most_) AddThread();
  changed_.NotifyOne();
}

void Workers::AddThread() {
  try {
    threads_.emplace_back([this] { Run(); });
  } catch (const std::exception&) {
    // There is no memory for it, or no more threads may be had: the work waits for one of the
    // others.
  }
}

void Workers::PostForStranger(const std::string& address, std::function<void()> task) {
  MutexLock lock(mutex_);
  Tasks& tasks = strangers_[address];
  tasks.push_back(std::move(task));
  if (tasks.size() == 1) {
    // For want of memory there may be no turn for it: then there is no task either.
    try {
      turns_.push_back(address);
    } catch (const std::bad_alloc&) {
      strangers_.erase(address);
      throw;
    }
  }
  changed_.NotifyOne();
}

bool Workers::StrangersTurn() { return !turns_.empty() && strangers_running_ < most_strangers_; }

std::function<void()> Workers::TakeStrangers() {
  const auto found = strangers_.find(turns_.front());
  // First what needs memory: if there is none, nothing has changed.
  if (found->second.size() > 1) turns_.push_back(found->first);
  turns_.pop_front();
  std::function<void()> task = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) strangers_.erase(found);
  return task;
}

void Workers::Run() {
  bool for_stranger = false;
  while (true) {
    std::function<void()> task;
    try {
      MutexLock lock(mutex_);
      if (std::exchange(for_stranger, false)) {
        --strangers_running_;
        if (!turns_.empty()) changed_.NotifyOne();
      }
      while (known_.empty() && !StrangersTurn()) {
        if (joining_ && turns_.empty()) return;
        ++free_;
        changed_.Wait(mutex_);
        --free_;
      }
      if (!known_.empty()) {
        task = std::move(known_.front());
        known_.pop_front();
      } else {
        task = TakeStrangers();
        for_stranger = true;
        ++strangers_running_;
        // Those who could not do it either wait for nothing any more.
        if (joining_ && turns_.empty()) changed_.NotifyAll();
      }
    } catch (const std::bad_alloc&) {
      // Even to take what waits wanted memory. It waits on; others will give some back.
      std::this_thread::sleep_for(kWithoutMemory);
      continue;
    }
    Do(task);
  }
}

void Workers::Join() {
  std::vector<std::thread> threads;
  {
    MutexLock lock(mutex_);
    joining_ = true;
    changed_.NotifyAll();
    threads.swap(threads_);
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace tamtap::http
