#include "http/workers.h"

#include <algorithm>
#include <exception>
#include <utility>

#include "base/log.h"

namespace tamtap::http {
namespace {

void Do(const std::function<void()>& task) {
  try {
    task();
  } catch (const std::exception& error) {
    LogFailure("a task of the server", error);
  }
}

}  // namespace

Workers::Workers(size_t threads) : most_strangers_(std::max<size_t>(threads, 2) - 1) {
  for (size_t i = 0; i < threads; ++i) threads_.emplace_back([this] { Run(); });
}

void Workers::Post(std::function<void()> task) {
  MutexLock lock(mutex_);
  known_.push_back(std::move(task));
  changed_.NotifyOne();
}

void Workers::PostForStranger(const std::string& address, std::function<void()> task) {
  MutexLock lock(mutex_);
  Tasks& tasks = strangers_[address];
  if (tasks.empty()) turns_.push_back(address);
  tasks.push_back(std::move(task));
  changed_.NotifyOne();
}

bool Workers::StrangersTurn() { return !turns_.empty() && strangers_running_ < most_strangers_; }

std::function<void()> Workers::TakeStrangers() {
  const std::string address = std::move(turns_.front());
  turns_.pop_front();
  const auto found = strangers_.find(address);
  std::function<void()> task = std::move(found->second.front());
  found->second.pop_front();
  if (found->second.empty()) {
    strangers_.erase(found);
  } else {
    turns_.push_back(address);
  }
  return task;
}

void Workers::Run() {
  bool for_stranger = false;
  while (true) {
    std::function<void()> task;
    {
      MutexLock lock(mutex_);
      if (std::exchange(for_stranger, false)) {
        --strangers_running_;
        if (!turns_.empty()) changed_.NotifyOne();
      }
      while (known_.empty() && !StrangersTurn()) {
        if (joining_ && turns_.empty()) return;
        changed_.Wait(mutex_);
      }
      if (!known_.empty()) {
        task = std::move(known_.front());
        known_.pop_front();
      } else {
        task = TakeStrangers();
        for_stranger = true;
        ++strangers_running_;
      }
    }
    Do(task);
  }
}

void Workers::Join() {
  {
    MutexLock lock(mutex_);
    joining_ = true;
    changed_.NotifyAll();
  }
  for (std::thread& thread : threads_) {
    if (thread.joinable()) thread.join();
  }
}

}  // namespace tamtap::http
