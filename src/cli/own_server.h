// OwnServer: the server that `run` has beside its gate, in the same process. It is started on the
// sync's thread, when the gate's sync first asks for its store. If that fails it is tried again
// until it succeeds: what a server needs (its databases, its port) may be away, and the gate takes
// taps in the meantime.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "cli/serving.h"
#include "http/client.h"
#include "sync/central_store.h"

namespace tamtap::cli {

class OwnServer {
 public:
  // `terminal` is the name of this process' gate. It is enrolled at the server anew at every start.
  // `lock` is the result of Serving::Lock. It is null if another process runs a server in this data
  // directory; the lock is then taken when that process has ended.
  OwnServer(const Settings& settings, std::string terminal, std::unique_ptr<DiskLock> lock);

  // The secret by which the server knows the gate.
  const std::string& secret() const { return secret_; }
  // Starts the server if it is not up, prints its address, and returns its store. Open pages are
  // told at once of what is stored through it. The store must be destroyed before this object.
  Result<std::unique_ptr<CentralStore>> OpenStore() EXCLUDES(mutex_);
  // A client of this server. Its calls return kRetry until the server is up.
  std::unique_ptr<http::Client> MakeClient();

  void Stop() EXCLUDES(mutex_);

 private:
  class Client;
  // Waits at most `patience` until the server is up. Returns null if it is not.
  Serving* Up(std::chrono::milliseconds patience) EXCLUDES(mutex_);

  const Settings settings_;
  const std::string terminal_;
  const std::string secret_;
  std::unique_ptr<DiskLock> lock_;     // only the thread that opens the store uses it
  std::unique_ptr<Serving> starting_;  // likewise: it listens, and its store does not answer yet
  Mutex mutex_;
  CondVar came_up_;
  std::unique_ptr<Serving> serving_ GUARDED_BY(mutex_);  // null: not up yet
};

}  // namespace tamtap::cli
