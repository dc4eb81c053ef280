#include "server/work_lane.h"

#include <sys/resource.h>
#include <unistd.h>

#include <exception>
#include <utility>

#include "base/log.h"

namespace tamtap {
namespace {

constexpr int kNice = 10;

}  // namespace

bool WorkLane::Offer(std::string_view from, bool first, std::function<void()> work) {
  MutexLock lock(mutex_);
  Line& line = first ? first_ : others_;
  const auto known = waiting_.find(from);
  if (stopping_ || line.size() >= options_.most_waiting) return false;
  if (known != waiting_.end() && known->second >= options_.most_of_one) return false;
  ++waiting_[std::string(from)];
  line.push_back({std::string(from), std::move(work)});
  if (!thread_.joinable()) thread_ = std::thread([this] { Run(); });
  changed_.NotifyAll();
  return true;
}

void WorkLane::Stop() {
  std::thread thread;
  Line dropped[2];  // outlive the lock: what they hold may do anything when it goes
  {
    MutexLock lock(mutex_);
    stopping_ = true;
    dropped[0].swap(first_);
    dropped[1].swap(others_);
    waiting_.clear();
    thread.swap(thread_);
    changed_.NotifyAll();
  }
  if (thread.joinable()) thread.join();
}

void WorkLane::Run() {
  // Linux: of this thread, not of the process. Without it all goes on, only less politely.
  if (options_.yields) setpriority(PRIO_PROCESS, static_cast<id_t>(gettid()), kNice);
  while (true) {
    std::function<void()> work;
    {
      MutexLock lock(mutex_);
      while (!stopping_ && first_.empty() && others_.empty()) changed_.Wait(mutex_);
      if (stopping_) return;
      Line& line = first_.empty() ? others_ : first_;
      const auto waiting = waiting_.find(line.front().from);
      if (--waiting->second == 0) waiting_.erase(waiting);
      work = std::move(line.front().run);
      line.pop_front();
    }
    try {
      work();
    } catch (const std::exception& error) {  // for want of memory: who asked is told 500
      LogFailure("a request", error);
    }
  }
}

}  // namespace tamtap
