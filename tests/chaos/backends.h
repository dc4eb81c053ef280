// The real stores that the scenarios run against: a MongoDB-compatible server, and `tamtap server`
// on SQLite, both children of this process.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "base/mutex.h"
#include "base/test_directory.h"
#include "base/test_process.h"
#include "central/mongo_test_server.h"
#include "server/school_store.h"

namespace tamtap::chaos {

enum class Kind { kMongo, kHttp };
std::string_view ToString(Kind kind);

// How long a call to a store may take. Short: a scenario is over in a second.
inline constexpr std::chrono::milliseconds kCallTimeout{400};

class Backends {
 public:
  static Result<std::unique_ptr<Backends>> Start();

  // The port the store listens on.
  int PortOf(Kind kind) const { return kind == Kind::kMongo ? mongo_port_ : server_port_; }

  // A terminal's store as production opens it, through `port`. `database` names the place among
  // the scenarios of a MongoDB; the server has one for all. `timeout` 0: production's own.
  std::unique_ptr<CentralStore> OpenThrough(Kind kind, int port, const std::string& terminal,
                                            const std::string& database,
                                            std::chrono::milliseconds timeout = kCallTimeout)
      EXCLUDES(mutex_);
  // The same store without anything between.
  std::unique_ptr<SchoolStore> Observe(Kind kind, const std::string& database);
  void Drop(Kind kind, const std::string& database);

  void Signal(Kind kind, int number) const;

 private:
  Backends() = default;
  Result<> StartServer();
  std::string SecretOf(const std::string& terminal) EXCLUDES(mutex_);

  TestDirectory data_;
  std::unique_ptr<central::MongoTestServer> mongo_;
  int mongo_port_ = 0;
  int server_port_ = 0;
  std::unique_ptr<TestProcess> server_;
  Mutex mutex_;
  std::map<std::string, std::string> secrets_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::chaos
