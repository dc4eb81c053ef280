// OwnServer: the server that `run` has beside its gate. It comes up when the gate's sync first
// wants its store, on the sync's thread, and is tried again until it does: whatever a server stands
// on (its databases, its port) may be away, and the gate takes taps meanwhile.
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
  // `terminal` is the name of this process' gate, which is enrolled here anew at every start.
  // `lock` is Serving::Lock; null: another process serves this directory, and may stop doing so.
  OwnServer(const Settings& settings, std::string terminal, std::unique_ptr<DiskLock> lock);

  // The gate's, for this server.
  const std::string& secret() const { return secret_; }
  // Starts the server if it is not up, says where it is, and returns its store: pages hear at once
  // of what is stored in it. The store must go before this object.
  Result<std::unique_ptr<CentralStore>> OpenStore() EXCLUDES(mutex_);
  // Reaches this server once it is up; kRetry before.
  std::unique_ptr<http::Client> MakeClient();

  void Stop() EXCLUDES(mutex_);

 private:
  class Client;
  // Null: it is not up, after waiting that long.
  Serving* Up(std::chrono::milliseconds patience) EXCLUDES(mutex_);

  const Settings settings_;
  const std::string terminal_;
  const std::string secret_;
  std::unique_ptr<DiskLock> lock_;  // of the thread that opens the store
  Mutex mutex_;
  CondVar came_up_;
  std::unique_ptr<Serving> serving_ GUARDED_BY(mutex_);  // null: not up yet
};

}  // namespace tamtap::cli
