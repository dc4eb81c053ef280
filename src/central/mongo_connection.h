// Connections to a MongoDB database, with time-outs that are bounded and writes that are safe:
// every write asks for majority and journal. Documents go in and come out as JSON objects;
// libmongoc stays behind this header.
#pragma once

#include <boost/json.hpp>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/mutex.h"
#include "base/result.h"
#include "central/mongo_failure.h"
#include "central/stores.h"

struct _mongoc_apm_server_changed_t;
struct _mongoc_client_pool_t;
struct _mongoc_client_t;
struct _mongoc_bulk_operation_t;

namespace tamtap::central {

// One connection, for one call of the store. One thread.
class MongoSession {
 public:
  using Object = boost::json::object;

  using BulkResult = MongoBulkResult;
  struct BulkUpdate {
    Object filter;
    Object update;
  };

  MongoSession(_mongoc_client_pool_t* pool, std::string database);
  ~MongoSession();
  MongoSession(const MongoSession&) = delete;
  MongoSession& operator=(const MongoSession&) = delete;

  MongoAttempt<void> Insert(const char* collection, const Object& document);
  // How many documents matched (0 or 1; an upsert's new one does not count).
  MongoAttempt<int64_t> UpdateOne(const char* collection, const Object& filter,
                                  const Object& update, bool upsert = false);
  // Changes the document, or makes one; it is returned as it is then. In one step, whoever else
  // changes it.
  MongoAttempt<Object> UpsertAndRead(const char* collection, const Object& filter,
                                     const Object& update);
  MongoAttempt<void> RemoveAll(const char* collection, const Object& filter);
  MongoAttempt<int64_t> RemoveOne(const char* collection,
                                  const Object& filter);  // how many: 0 or 1
  // Documents that hold text which is not UTF-8 are left out (NoteUnreadable).
  MongoAttempt<std::vector<Object>> Find(const char* collection, const Object& filter,
                                         const Object& options = {});
  // The same, one document after the other, for those that are too many to be held together.
  MongoAttempt<void> Visit(const char* collection, const Object& filter, const Object& options,
                           const std::function<void(Object&&)>& visit);
  MongoAttempt<int64_t> Count(const char* collection, const Object& filter);
  // Greets the server; the time by its clock, milliseconds since 1970 UTC, or 0 if it tells none.
  MongoAttempt<int64_t> Hello();
  // With the write concern of all writes.
  MongoAttempt<void> WriteCommand(const Object& command);

  // Unordered: one operation's failure stops none of the others.
  MongoAttempt<BulkResult> InsertMany(const char* collection, const std::vector<Object>& documents);
  MongoAttempt<BulkResult> UpdateMany(const char* collection,
                                      const std::vector<BulkUpdate>& updates);

 private:
  class Collection;
  MongoAttempt<BulkResult> UpdateSome(const char* collection, std::span<const BulkUpdate> updates);
  MongoAttempt<BulkResult> Execute(_mongoc_bulk_operation_t* bulk, size_t count);
  MongoFailure NoConnection() const;

  _mongoc_client_pool_t* const pool_;
  _mongoc_client_t* const client_;  // null: none came free in time
  const std::string database_;
};

// Thread-safe.
class MongoPool {
 public:
  // Does not connect. kMisconfigured: a URI that libmongoc refuses.
  static Result<std::unique_ptr<MongoPool>> Open(const MongoOptions& options);
  ~MongoPool();
  MongoPool(const MongoPool&) = delete;
  MongoPool& operator=(const MongoPool&) = delete;

  _mongoc_client_pool_t* get() const { return pool_; }
  const std::string& database() const { return database_; }

  // See CentralStore::OnAnswering: libmongoc's monitors look at the servers all the time, and say
  // when one that takes writes is there again.
  void OnAnswering(std::function<void()> answering) EXCLUDES(mutex_);

 private:
  MongoPool(_mongoc_client_pool_t* pool, std::string database)
      : pool_(pool), database_(std::move(database)) {}
  static void ServerChanged(const _mongoc_apm_server_changed_t* event);

  _mongoc_client_pool_t* const pool_;
  const std::string database_;
  Mutex mutex_;
  std::function<void()> answering_ GUARDED_BY(mutex_);
};

}  // namespace tamtap::central
