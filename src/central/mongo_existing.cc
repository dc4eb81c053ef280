// The documents of an existing TamTap database, read one after the other.
#include "central/mongo_connection.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

class MongoDocuments final : public ExistingDatabase {
 public:
  explicit MongoDocuments(std::unique_ptr<MongoPool> pool) : pool_(std::move(pool)) {}

  Result<> ForEach(const std::string& collection,
                   const std::function<void(const boost::json::object&)>& visit) override {
    MongoSession session(pool_->get(), pool_->database());
    const auto visited = session.Visit(collection.c_str(), {}, {{"batchSize", 1000}},
                                       [&](MongoSession::Object&& document) { visit(document); });
    if (!visited) return visited.error().ToError("read " + collection + " of the database");
    return {};
  }

 private:
  const std::unique_ptr<MongoPool> pool_;
};

}  // namespace

Result<std::unique_ptr<ExistingDatabase>> OpenExistingDatabase(const MongoOptions& options) {
  TAMTAP_TRY(auto pool, MongoPool::Open(options));
  return std::unique_ptr<ExistingDatabase>(std::make_unique<MongoDocuments>(std::move(pool)));
}

}  // namespace tamtap::central
