// For tests against a real server: see mongo_test_server.h.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "base/random.h"
#include "central/mongo_connection.h"
#include "central/mongo_test_server.h"
#include "central/stores.h"

namespace tamtap::central {

namespace json = boost::json;

// Each test has a database of its own. Null, and a failure, if there is no server to be had: these
// tests are never passed over.
inline MongoTestServer* Server() {
  const auto shared = MongoTestServer::Shared();
  if (shared) return *shared;
  ADD_FAILURE() << shared.error().Message();
  return nullptr;
}

inline std::unique_ptr<SchoolStore> Open(const std::string& uri) { return *OpenMongo({uri, ""}); }

// What another program does to the database.
class Database {
 public:
  explicit Database(const std::string& uri)
      : pool_(*MongoPool::Open({uri, ""})), session_(pool_->get(), pool_->database()) {}
  ~Database() { static_cast<void>(session_.WriteCommand({{"dropDatabase", 1}})); }
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  void Insert(const char* collection, const json::object& document) {
    const auto inserted = session_.Insert(collection, document);
    ASSERT_TRUE(inserted) << inserted.error().reason;
  }
  std::vector<json::object> Find(const char* collection, const json::object& filter = {}) {
    const auto found = session_.Find(collection, filter);
    EXPECT_TRUE(found) << found.error().reason;
    return found.value_or(std::vector<json::object>{});
  }
  MongoSession& session() { return session_; }

 private:
  std::unique_ptr<MongoPool> pool_;
  MongoSession session_;
};

inline std::string NewDatabase() { return "tamtap_test_" + SystemRandom().Hex(6); }

// Patient, where the program is not: that the machine is busy with others is no fault of ours.
inline std::string UriFor(const std::string& database) {
  return Server()->UriFor(database, "socketTimeoutMS=60000&serverSelectionTimeoutMS=60000");
}
inline std::string NewUri() { return UriFor(NewDatabase()); }

class MongoStoreTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(Server(), nullptr);
    uri_ = NewUri();
    database_ = std::make_unique<Database>(uri_);
    store_ = Open(uri_);
  }

  std::string uri_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SchoolStore> store_;
};

}  // namespace tamtap::central
