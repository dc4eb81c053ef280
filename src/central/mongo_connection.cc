#include "central/mongo_connection.h"

#include <mongoc/mongoc.h>

#include <algorithm>

#include "base/log.h"
#include "base/unreadable.h"
#include "central/mongo_bson.h"
#include "central/mongo_memory.h"
#include "tap/json_fields.h"
#include "tap/record.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Kind = MongoFailure::Kind;
using Object = json::object;

constexpr int32_t kSelectionTimeoutMs = 3000;
// The monitors wait as long for an answer, and what they wait for may be lost for good: this is how
// long a server may be back before anybody notices. Enough for TLS at a second's round trip.
constexpr int32_t kConnectTimeoutMs = 2000;
constexpr int32_t kSocketTimeoutMs = 5000;
constexpr int32_t kWriteTimeoutMs = 5000;
// Few, for the sake of FerretDB: it scans a collection for every update, within one time-out a
// command; and it holds a connection to its own database for each until the command ends, and
// stops for good at a hundred.
constexpr size_t kUpdatesACommand = 10;
constexpr auto kReadableText =
    static_cast<bson_validate_flags_t>(BSON_VALIDATE_UTF8 | BSON_VALIDATE_UTF8_ALLOW_NULL);
constexpr int32_t kQueueTimeoutMs = 5000;  // for a connection of the pool

Object WriteOptions() {
  return {{"writeConcern", {{"w", "majority"}, {"j", true}, {"wtimeout", kWriteTimeoutMs}}}};
}

void TakeLog(mongoc_log_level_t level, const char* domain, const char* message, void*) {
  // Its warnings are about what comes back as an error too, or about what nobody can mend.
  if (level <= MONGOC_LOG_LEVEL_CRITICAL) {
    LogWarning("mongodb: {}: {}", domain, message);
  } else {
    LogDebug("mongodb: {}: {}", domain, message);
  }
}

void InitOnce() {
  static const bool initialised = [] {
    TakeLargeBlocksLazily();
    mongoc_init();
    mongoc_log_set_handler(TakeLog, nullptr);
    return true;
  }();
  static_cast<void>(initialised);
}

// Of one that can't be read: by its `_id`, if that can.
std::string NameOf(const char* collection, const bson_t* document) {
  std::string name = std::string("a document of ") + collection + ", _id ";
  bson_iter_t id;
  if (!bson_iter_init_find(&id, document, "_id")) return name + "unknown";
  if (BSON_ITER_HOLDS_OID(&id)) {
    char digits[25];
    bson_oid_to_string(bson_iter_oid(&id), digits);
    return name + digits;
  }
  uint32_t length = 0;
  const char* const text = BSON_ITER_HOLDS_UTF8(&id) ? bson_iter_utf8(&id, &length) : nullptr;
  if (text == nullptr) return name + "unknown";
  AppendJsonString(std::string_view(text, length), name);
  return name;
}

using BulkOperation =
    std::unique_ptr<mongoc_bulk_operation_t, decltype(&mongoc_bulk_operation_destroy)>;

BulkOperation NewBulk(mongoc_collection_t* collection) {
  Object options = WriteOptions();
  options.emplace("ordered", false);
  return {mongoc_collection_create_bulk_operation_with_opts(collection, Bson(options).get()),
          mongoc_bulk_operation_destroy};
}

// Destroys `reply`.
MongoAttempt<Object> TakeAnswer(bool done, bson_t& reply, const bson_error_t& error) {
  Object answer = ToObject(&reply);
  bson_destroy(&reply);
  return ReadWriteReply(done, std::move(answer), error);
}

bool TakesWrites(const mongoc_server_description_t* server) {
  const std::string_view type = mongoc_server_description_type(server);
  return type == "Standalone" || type == "RSPrimary" || type == "Mongos" || type == "LoadBalancer";
}

}  // namespace

class MongoSession::Collection {
 public:
  Collection(mongoc_client_t* client, const std::string& database, const char* name)
      : collection_(mongoc_client_get_collection(client, database.c_str(), name)) {}
  ~Collection() { mongoc_collection_destroy(collection_); }
  Collection(const Collection&) = delete;
  Collection& operator=(const Collection&) = delete;
  mongoc_collection_t* get() const { return collection_; }

 private:
  mongoc_collection_t* const collection_;
};

MongoSession::MongoSession(mongoc_client_pool_t* pool, std::string database)
    : pool_(pool), client_(mongoc_client_pool_pop(pool)), database_(std::move(database)) {}

MongoSession::~MongoSession() {
  if (client_ != nullptr) mongoc_client_pool_push(pool_, client_);
}

MongoFailure MongoSession::NoConnection() const {
  return {Kind::kUnreachable, "every connection to MongoDB is busy"};
}

MongoAttempt<void> MongoSession::Insert(const char* collection, const Object& document) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  bson_error_t error;
  bson_t reply;
  const bool done = mongoc_collection_insert_one(target.get(), Bson(document).get(),
                                                 Bson(WriteOptions()).get(), &reply, &error);
  const auto answer = TakeAnswer(done, reply, error);
  if (!answer) return tl::unexpected(answer.error());
  return {};
}

MongoAttempt<int64_t> MongoSession::UpdateOne(const char* collection, const Object& filter,
                                              const Object& update, bool upsert) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  Object options = WriteOptions();
  if (upsert) options.emplace("upsert", true);
  bson_error_t error;
  bson_t reply;
  const bool done = mongoc_collection_update_one(
      target.get(), Bson(filter).get(), Bson(update).get(), Bson(options).get(), &reply, &error);
  const auto answer = TakeAnswer(done, reply, error);
  if (!answer) return tl::unexpected(answer.error());
  return IntegerAt(*answer, "matchedCount");
}

MongoAttempt<Object> MongoSession::UpsertAndRead(const char* collection, const Object& filter,
                                                 const Object& update) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Object command{{"findAndModify", collection},
                       {"query", filter},
                       {"update", update},
                       {"upsert", true},
                       {"new", true}};
  bson_error_t error;
  bson_t reply;
  const bool done = mongoc_client_write_command_with_opts(
      client_, database_.c_str(), Bson(command).get(), Bson(WriteOptions()).get(), &reply, &error);
  const auto answer = TakeAnswer(done, reply, error);
  if (!answer) return tl::unexpected(answer.error());
  const json::value* const value = answer->if_contains("value");
  if (value == nullptr || !value->is_object()) {
    return tl::unexpected(MongoFailure{Kind::kOther, "the answer holds no document"});
  }
  return value->get_object();
}

MongoAttempt<void> MongoSession::RemoveAll(const char* collection, const Object& filter) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  bson_error_t error;
  if (!mongoc_collection_delete_many(target.get(), Bson(filter).get(), Bson(WriteOptions()).get(),
                                     nullptr, &error)) {
    return tl::unexpected(FailureOfCall(error));
  }
  return {};
}

MongoAttempt<int64_t> MongoSession::RemoveOne(const char* collection, const Object& filter) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  bson_error_t error;
  bson_t reply;
  const bool done = mongoc_collection_delete_one(target.get(), Bson(filter).get(),
                                                 Bson(WriteOptions()).get(), &reply, &error);
  const auto answer = TakeAnswer(done, reply, error);
  if (!answer) return tl::unexpected(answer.error());
  return IntegerAt(*answer, "deletedCount");
}

MongoAttempt<std::vector<Object>> MongoSession::Find(const char* collection, const Object& filter,
                                                     const Object& options) {
  std::vector<Object> found;
  const auto visited = Visit(collection, filter, options,
                             [&](Object&& document) { found.push_back(std::move(document)); });
  if (!visited) return tl::unexpected(visited.error());
  return found;
}

MongoAttempt<void> MongoSession::Visit(const char* collection, const Object& filter,
                                       const Object& options,
                                       const std::function<void(Object&&)>& visit) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  const std::unique_ptr<mongoc_cursor_t, decltype(&mongoc_cursor_destroy)> cursor(
      mongoc_collection_find_with_opts(target.get(), Bson(filter).get(), Bson(options).get(),
                                       nullptr),
      mongoc_cursor_destroy);
  const bson_t* document = nullptr;
  while (mongoc_cursor_next(cursor.get(), &document)) {
    // Not every program that writes there checks its text.
    size_t wrong_at = 0;
    if (bson_validate(document, kReadableText, &wrong_at)) {
      visit(ToObject(document));
    } else {
      NoteUnreadable(
          NameOf(collection, document),
          Error{ErrorCode::kCorrupt, "read it", 0,
                "it holds text that is not UTF-8, at offset " + std::to_string(wrong_at)});
    }
  }
  bson_error_t error;
  if (mongoc_cursor_error(cursor.get(), &error)) return tl::unexpected(FailureOfCall(error));
  return {};
}

MongoAttempt<int64_t> MongoSession::Count(const char* collection, const Object& filter) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  bson_error_t error;
  const int64_t count = mongoc_collection_count_documents(target.get(), Bson(filter).get(), nullptr,
                                                          nullptr, nullptr, &error);
  if (count < 0) return tl::unexpected(FailureOfCall(error));
  return count;
}

MongoAttempt<int64_t> MongoSession::Hello() {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  bson_error_t error;
  bson_t reply;
  const bool answered = mongoc_client_command_simple(
      client_, database_.c_str(), Bson(Object{{"hello", 1}}).get(), nullptr, &reply, &error);
  bson_iter_t local_time;
  int64_t milliseconds = 0;
  if (answered && bson_iter_init_find(&local_time, &reply, "localTime") &&
      BSON_ITER_HOLDS_DATE_TIME(&local_time)) {
    milliseconds = bson_iter_date_time(&local_time);
  }
  bson_destroy(&reply);  // it is set in either case
  if (!answered) return tl::unexpected(FailureOfCall(error));
  return milliseconds;
}

MongoAttempt<void> MongoSession::WriteCommand(const Object& command) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  bson_error_t error;
  if (!mongoc_client_write_command_with_opts(client_, database_.c_str(), Bson(command).get(),
                                             Bson(WriteOptions()).get(), nullptr, &error)) {
    return tl::unexpected(FailureOfCall(error));
  }
  return {};
}

MongoAttempt<MongoSession::BulkResult> MongoSession::InsertMany(
    const char* collection, const std::vector<Object>& documents) {
  if (documents.empty()) return BulkResult{};
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  const BulkOperation bulk = NewBulk(target.get());
  for (const Object& document : documents) {
    bson_error_t error;
    if (!mongoc_bulk_operation_insert_with_opts(bulk.get(), Bson(document).get(), nullptr,
                                                &error)) {
      return tl::unexpected(MongoFailure{Kind::kOther, error.message});
    }
  }
  auto result = Execute(bulk.get(), documents.size());
  const auto count = static_cast<size_t>(result ? result->inserted : 0);
  if (result && count + result->failures.size() != documents.size()) {
    return tl::unexpected(
        MongoFailure{Kind::kUnreachable, "the answer does not account for every document"});
  }
  return result;
}

MongoAttempt<MongoSession::BulkResult> MongoSession::UpdateMany(
    const char* collection, const std::vector<BulkUpdate>& updates) {
  BulkResult all;
  for (size_t begin = 0; begin < updates.size(); begin += kUpdatesACommand) {
    const auto some = std::span(updates).subspan(begin);
    auto done = UpdateSome(collection, some.first(std::min(some.size(), kUpdatesACommand)));
    if (!done) return done;
    all.matched += done->matched;
    for (const auto& [index, failure] : done->failures) {
      all.failures.emplace(begin + index, failure);
    }
  }
  return all;
}

MongoAttempt<MongoSession::BulkResult> MongoSession::UpdateSome(
    const char* collection, std::span<const BulkUpdate> updates) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  const BulkOperation bulk = NewBulk(target.get());
  for (const BulkUpdate& each : updates) {
    bson_error_t error;
    if (!mongoc_bulk_operation_update_one_with_opts(bulk.get(), Bson(each.filter).get(),
                                                    Bson(each.update).get(), nullptr, &error)) {
      return tl::unexpected(MongoFailure{Kind::kOther, error.message});
    }
  }
  return Execute(bulk.get(), updates.size());
}

MongoAttempt<MongoSession::BulkResult> MongoSession::Execute(mongoc_bulk_operation_t* bulk,
                                                             size_t count) {
  bson_error_t error;
  bson_t reply;
  const bool done = mongoc_bulk_operation_execute(bulk, &reply, &error) != 0;
  const Object answer = ToObject(&reply);
  bson_destroy(&reply);
  return ReadBulkReply(done, answer, error, count);
}

Result<> CheckMongoUri(const MongoOptions& options) {
  InitOnce();
  bson_error_t error;
  const std::unique_ptr<mongoc_uri_t, decltype(&mongoc_uri_destroy)> uri(
      mongoc_uri_new_with_error(options.uri.c_str(), &error), mongoc_uri_destroy);
  // The URI may hold a password: it is not repeated.
  if (!uri) return Error{ErrorCode::kMisconfigured, "read the MongoDB URI", 0, error.message};
  return {};
}

Result<std::unique_ptr<MongoPool>> MongoPool::Open(const MongoOptions& options) {
  InitOnce();
  bson_error_t error;
  const std::unique_ptr<mongoc_uri_t, decltype(&mongoc_uri_destroy)> uri(
      mongoc_uri_new_with_error(options.uri.c_str(), &error), mongoc_uri_destroy);
  // The URI may hold a password: it is not repeated.
  if (!uri) {
    return Error{ErrorCode::kMisconfigured, "read the MongoDB URI", 0, error.message};
  }
  const std::pair<const char*, int32_t> bounds[] = {
      {MONGOC_URI_SERVERSELECTIONTIMEOUTMS, kSelectionTimeoutMs},
      {MONGOC_URI_CONNECTTIMEOUTMS, kConnectTimeoutMs},
      {MONGOC_URI_SOCKETTIMEOUTMS, kSocketTimeoutMs},
      {MONGOC_URI_WAITQUEUETIMEOUTMS, kQueueTimeoutMs}};
  for (const auto& [option, bound] : bounds) {
    if (!mongoc_uri_has_option(uri.get(), option)) {
      mongoc_uri_set_option_as_int32(uri.get(), option, bound);
    }
  }
  if (mongoc_uri_get_appname(uri.get()) == nullptr) mongoc_uri_set_appname(uri.get(), "tamtap");

  const char* const named = mongoc_uri_get_database(uri.get());
  std::string database = named != nullptr && *named != '\0' ? named : options.database;
  if (database.empty()) database = "tamtap";

  mongoc_client_pool_t* const pool = mongoc_client_pool_new_with_error(uri.get(), &error);
  // With mongodb+srv:// the name servers are asked here.
  if (pool == nullptr) {
    return Error{ErrorCode::kRetry, "find the MongoDB servers", 0, error.message};
  }
  mongoc_client_pool_set_error_api(pool, MONGOC_ERROR_API_VERSION_2);
  std::unique_ptr<MongoPool> opened(new MongoPool(pool, std::move(database)));
  mongoc_apm_callbacks_t* const callbacks = mongoc_apm_callbacks_new();
  mongoc_apm_set_server_changed_cb(callbacks, ServerChanged);
  mongoc_client_pool_set_apm_callbacks(pool, callbacks, opened.get());
  mongoc_apm_callbacks_destroy(callbacks);
  return opened;
}

void MongoPool::ServerChanged(const mongoc_apm_server_changed_t* event) {
  const bool did = TakesWrites(mongoc_apm_server_changed_get_previous_description(event));
  const bool does = TakesWrites(mongoc_apm_server_changed_get_new_description(event));
  if (did || !does) return;
  auto* const pool = static_cast<MongoPool*>(mongoc_apm_server_changed_get_context(event));
  MutexLock lock(pool->mutex_);
  if (pool->answering_) pool->answering_();
}

void MongoPool::OnAnswering(std::function<void()> answering) {
  MutexLock lock(mutex_);
  answering_ = std::move(answering);
}

MongoPool::~MongoPool() { mongoc_client_pool_destroy(pool_); }

}  // namespace tamtap::central
