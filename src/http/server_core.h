// What the connections of one server share. Internal to this room.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http/server.h"

namespace tamtap::http {

// Anything that holds a socket: counted against the cap, and told when the server stops.
class Live {
 public:
  virtual ~Live() = default;
  virtual void BeginStop() = 0;  // finish what is open, take nothing new; from any thread
  virtual void Abort() = 0;      // close at once; from any thread
};

// Responders and WebSockets may outlive the server. They reach it through this gate, which is
// closed before the executors go away.
class Gate {
 public:
  template <typename Function>
  void Post(const boost::asio::any_io_executor& executor, Function function) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (open_) boost::asio::post(executor, std::move(function));
  }
  void Close() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    open_ = false;
  }

 private:
  Mutex mutex_;
  bool open_ GUARDED_BY(mutex_) = true;
};

class Registry {
 public:
  void Add(Live* key, std::weak_ptr<Live> live) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    live_.emplace(key, std::move(live));
  }
  void Remove(Live* key) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    live_.erase(key);
    if (live_.empty()) empty_.NotifyAll();
  }
  size_t size() EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    return live_.size();
  }
  std::vector<std::shared_ptr<Live>> All() EXCLUDES(mutex_) {
    std::vector<std::shared_ptr<Live>> all;
    MutexLock lock(mutex_);
    for (const auto& [key, weak] : live_) {
      if (std::shared_ptr<Live> live = weak.lock()) all.push_back(std::move(live));
    }
    return all;
  }
  // Whether all were gone before the time was over.
  bool WaitEmpty(std::chrono::nanoseconds timeout) EXCLUDES(mutex_) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    MutexLock lock(mutex_);
    while (!live_.empty()) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds::zero()) return false;
      empty_.WaitFor(mutex_, left);
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar empty_;
  std::map<Live*, std::weak_ptr<Live>> live_ GUARDED_BY(mutex_);
};

struct ServerCore {
  ServerCore(const ServerOptions& server_options, Handler& request_handler)
      : options(server_options),
        handler(request_handler),
        workers(static_cast<size_t>(server_options.worker_threads)) {}

  const ServerOptions options;
  Handler& handler;
  std::shared_ptr<Gate> gate = std::make_shared<Gate>();
  Registry registry;
  boost::asio::thread_pool workers;
};

}  // namespace tamtap::http
