// A server with everything it stands on: for `server` and `run`.
#pragma once

#include <memory>
#include <string>

#include "base/disk.h"
#include "base/result.h"
#include "cli/settings.h"
#include "http/server.h"
#include "server/api_server.h"
#include "server/identity_store.h"
#include "server/school_store.h"

namespace tamtap::cli {

class Serving {
 public:
  // The lock of this data directory's server, to be held before Start() and for as long as it
  // serves: two would take each other's photos apart. kMisconfigured: in use, and by whom.
  static Result<std::unique_ptr<DiskLock>> Lock(const Settings& settings);
  // `default_host`: where to listen if --listen names no host. With `any_port_will_do`, a port that
  // is in use is no reason not to start.
  static Result<std::unique_ptr<Serving>> Start(const Settings& settings,
                                                const std::string& default_host,
                                                bool any_port_will_do);
  // kMisconfigured for settings that no server can ever be started with.
  static Result<> Check(const Settings& settings);
  ~Serving();

  SchoolStore& store() { return *store_; }
  IdentityStore& identity() { return *identity_; }
  ApiServer& api() { return *api_; }
  // As a browser on this machine reaches it.
  const std::string& url() const { return url_; }
  void Stop();

 private:
  std::unique_ptr<SchoolStore> store_;
  std::unique_ptr<IdentityStore> identity_;
  std::unique_ptr<ApiServer> api_;
  std::unique_ptr<http::Server> http_;
  std::string url_;
};

}  // namespace tamtap::cli
