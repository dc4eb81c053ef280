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
class Live {
 public:
  virtual ~Live() = default;
  virtual void BeginStop() = 0;  // finish what is open, take nothing new; from any thread
  virtual void Abort() = 0;      // close at once; from any thread
};

// The way to the workers for a Responder, which may outlive the server.
class Gate {
 public:
  explicit Gate(Workers& workers) : workers_(workers) {}

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
        workers(static_cast<size_t>(server_options.worker_threads)) {}

  const ServerOptions options;
  Handler& handler;
  Registry registry;
  const std::shared_ptr<Peers> peers;
  const std::shared_ptr<Peers> handshakes;  // who is in the middle of TLS', which costs much
  Workers workers;
  std::shared_ptr<Gate> gate = std::make_shared<Gate>(workers);
};

}  // namespace tamtap::http
