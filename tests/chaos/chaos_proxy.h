// Drives chaos_proxy.py, which says what faults there are: a child process, ended with us.
#pragma once

#include <boost/json.hpp>
#include <memory>
#include <string>
#include <utility>

#include "base/mutex.h"
#include "base/result.h"
#include "base/test_process.h"

namespace tamtap::chaos {

// Thread-safe.
class ChaosProxy {
 public:
  static Result<std::unique_ptr<ChaosProxy>> Start();

  // The new port on 127.0.0.1 that leads to `port` there.
  int Listen(int port) EXCLUDES(mutex_);
  void Plan(int port, uint64_t seed, boost::json::array phases) EXCLUDES(mutex_);
  // One fault until the next plan.
  void Set(int port, boost::json::object fault) { Plan(port, 0, {std::move(fault)}); }
  boost::json::object Stats(int port) EXCLUDES(mutex_);
  int64_t Stat(int port, std::string_view name);
  void Close(int port) EXCLUDES(mutex_);

 private:
  explicit ChaosProxy(std::unique_ptr<TestProcess> process) : process_(std::move(process)) {}
  boost::json::object Ask(const boost::json::object& command) EXCLUDES(mutex_);

  Mutex mutex_;
  std::unique_ptr<TestProcess> process_ GUARDED_BY(mutex_);
};

// A listener that ends with its scope.
class Link {
 public:
  Link(ChaosProxy& proxy, int to) : proxy_(proxy), port_(proxy.Listen(to)) {}
  ~Link() { proxy_.Close(port_); }
  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  int port() const { return port_; }
  void Plan(uint64_t seed, boost::json::array phases) {
    proxy_.Plan(port_, seed, std::move(phases));
  }
  void Set(boost::json::object fault) { proxy_.Set(port_, std::move(fault)); }
  void Heal() { proxy_.Plan(port_, 0, {}); }
  int64_t Stat(std::string_view name) { return proxy_.Stat(port_, name); }

 private:
  ChaosProxy& proxy_;
  const int port_;
};

}  // namespace tamtap::chaos
