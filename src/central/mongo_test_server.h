// A MongoDB-compatible server for tests, in this order: the one that TAMTAP_TEST_MONGODB_URI names;
// `mongod` on PATH; the one that scripts/test-mongodb builds. Started as a child, ended with us.
#pragma once

#include <memory>
#include <string>

#include "base/result.h"
#include "base/test_directory.h"
#include "base/test_process.h"

namespace tamtap::central {

class MongoTestServer {
 public:
  // An Error with a sentence on what to do if there is none to be had.
  static Result<std::unique_ptr<MongoTestServer>> Start();

  // One for all tests of a program, started by the first that asks. Never null.
  static Result<MongoTestServer*> Shared();

  // For that database; options of the URI in the environment are kept, `options` ("a=b&c=d") come
  // first.
  std::string UriFor(const std::string& database, const std::string& options = {}) const;

  void Signal(int number) const;  // to our own child; nothing if the server is not ours
  bool Ours() const { return process_ != nullptr; }

 private:
  MongoTestServer() = default;
  Result<> Run(const std::string& program, bool mongod);

  TestDirectory data_;
  std::string uri_;
  std::unique_ptr<TestProcess> process_;  // null: not ours
};

}  // namespace tamtap::central
