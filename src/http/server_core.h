// What the connections of one server share. Internal to this room.
#pragma once

#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <chrono>
#include <functional>
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

// The way to the workers for a Responder, which may outlive the server.
class Gate {
 public:
  explicit Gate(boost::asio::thread_pool& workers) : workers_(workers) {}

  void PostToWorker(std::function<void()> function) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (open_) boost::asio::post(workers_, std::move(function));
  }
  void Close() EXCLUDES(mutex_) {  // the workers are going away
    MutexLock lock(mutex_);
    open_ = false;
  }

 private:
  boost::asio::thread_pool& workers_;
  Mutex mutex_;
  bool open_ GUARDED_BY(mutex_) = true;
};

// The server stops only when this is empty: whoever holds a Live holds the server, too.
class Registry {
 public:
  // Keeps its owner registered for as long as it exists.
  class Entry {
   public:
    explicit Entry(Registry& registry) : registry_(registry) {}
    ~Entry() { registry_.Remove(key_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    void Add(Live* key, std::weak_ptr<Live> live) {
      key_ = key;
      registry_.Add(key, std::move(live));
    }

   private:
    Registry& registry_;
    Live* key_ = nullptr;
  };

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
  Registry registry;
  boost::asio::thread_pool workers;
  std::shared_ptr<Gate> gate = std::make_shared<Gate>(workers);
};

}  // namespace tamtap::http
