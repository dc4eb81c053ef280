// A MongoDB-compatible server for tests, in this order: the one that TAMTAP_TEST_MONGODB_URI names;
// `mongod` on PATH; the one that scripts/test-mongodb builds. Started as a child, ended with us.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>

#include "base/result.h"
#include "base/test_directory.h"

namespace tamtap::central {

class MongoTestServer {
 public:
  // An Error with a sentence on what to do if there is none to be had.
  static Result<std::unique_ptr<MongoTestServer>> Start();
  ~MongoTestServer();
  MongoTestServer(const MongoTestServer&) = delete;
  MongoTestServer& operator=(const MongoTestServer&) = delete;

  // For that database; options of the URI in the environment are kept.
  std::string UriFor(const std::string& database) const;

  void Signal(int number) const;  // to our own child; nothing if the server is not ours
  bool Ours() const { return child_ > 0; }

 private:
  MongoTestServer() = default;
  Result<> Run(const std::string& program, bool mongod);

  TestDirectory data_;
  std::string uri_;
  pid_t child_ = 0;
  int stdin_ = -1;  // its end ends the child, should we die
  int stdout_ = -1;
};

}  // namespace tamtap::central
