// What the connections of one server share. Internal to this room.
#pragma once

#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "base/mutex.h"
#include "http/peers.h"
#include "http/server.h"
#include "http/workers.h"

namespace tamtap::http {

// Anything that holds a socket, and is told when the server stops.
class Stoppable {
 public:
  virtual ~Stoppable() = default;
  virtual void BeginStop() = 0;  // finish what is open, take nothing new; from any thread
  virtual void Abort() = 0;      // close at once; from any thread
};

// The way to the workers for a Responder, which may outlive the server.
class WorkerHandle {
 public:
  explicit WorkerHandle(Workers& workers) : workers_(workers) {}

  void PostToWorker(std::function<void()> function) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    if (open_) workers_.Post(std::move(function));
  }
  void Close() EXCLUDES(mutex_) {  // the workers are going away
    MutexLock lock(mutex_);
    open_ = false;
  }

 private:
  Workers& workers_;
  Mutex mutex_;
  bool open_ GUARDED_BY(mutex_) = true;
};

// The server stops only when this is empty: whoever holds a Stoppable holds the server, too.
class Registry {
 public:
  // Keeps its owner registered for as long as it exists.
  class Entry {
   public:
    explicit Entry(Registry& registry) : registry_(registry) {}
    ~Entry() { registry_.Remove(key_); }
    Entry(const Entry&) = delete;
    Entry& operator=(const Entry&) = delete;
    void Add(Stoppable* key, std::weak_ptr<Stoppable> stoppable) {
      key_ = key;
      registry_.Add(key, std::move(stoppable));
    }

   private:
    Registry& registry_;
    Stoppable* key_ = nullptr;
  };

  void Add(Stoppable* key, std::weak_ptr<Stoppable> stoppable) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    stoppables_.emplace(key, std::move(stoppable));
  }
  void Remove(Stoppable* key) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    stoppables_.erase(key);
    if (stoppables_.empty()) empty_.NotifyAll();
  }
  std::vector<std::shared_ptr<Stoppable>> All() EXCLUDES(mutex_) {
    std::vector<std::shared_ptr<Stoppable>> all;
    MutexLock lock(mutex_);
    for (const auto& [key, weak] : stoppables_) {
      if (std::shared_ptr<Stoppable> held = weak.lock()) all.push_back(std::move(held));
    }
    return all;
  }
  // Whether all were gone before the time was over.
  bool WaitEmpty(std::chrono::nanoseconds timeout) EXCLUDES(mutex_) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    MutexLock lock(mutex_);
    while (!stoppables_.empty()) {
      const auto left = deadline - std::chrono::steady_clock::now();
      if (left <= std::chrono::nanoseconds::zero()) return false;
      empty_.WaitFor(mutex_, left);
    }
    return true;
  }

 private:
  Mutex mutex_;
  CondVar empty_;
  std::map<Stoppable*, std::weak_ptr<Stoppable>> stoppables_ GUARDED_BY(mutex_);
};

inline PeerLimits LimitsOf(const ServerOptions& options) {
  return {.seats = options.max_connections,
          .stranger_seats = options.max_connections - options.max_connections / 4,
          .stranger_bytes = options.stranger_bytes,
          .known_bytes = options.known_bytes};
}

inline PeerLimits HandshakeLimitsOf(const ServerOptions& options) {
  return {.seats = options.max_handshakes, .stranger_seats = options.max_handshakes};
}

struct ServerCore {
  ServerCore(const ServerOptions& server_options, Handler& request_handler)
      : options(server_options),
        handler(request_handler),
        peers(Peers::Make(LimitsOf(server_options))),
        handshakes(Peers::Make(HandshakeLimitsOf(server_options))),
        workers(static_cast<size_t>(server_options.worker_threads),
                static_cast<size_t>(server_options.most_worker_threads)) {}

  const ServerOptions options;
  Handler& handler;
  Registry registry;
  const std::shared_ptr<Peers> peers;
  const std::shared_ptr<Peers> handshakes;  // who is in the middle of TLS', which costs much
  Workers workers;
  std::shared_ptr<WorkerHandle> worker_handle = std::make_shared<WorkerHandle>(workers);
};

}  // namespace tamtap::http
