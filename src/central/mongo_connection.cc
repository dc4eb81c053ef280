#include "central/mongo_connection.h"

#include <mongoc/mongoc.h>

#include <algorithm>

#include "base/log.h"
#include "central/mongo_bson.h"

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
    mongoc_init();
    mongoc_log_set_handler(TakeLog, nullptr);
    return true;
  }();
  static_cast<void>(initialised);
}

MongoFailure FailureOf(const bson_error_t& error) {
  switch (error.domain) {
    case MONGOC_ERROR_SERVER:
      return {KindOfServerCode(static_cast<int>(error.code), error.message), error.message};
    case MONGOC_ERROR_CLIENT:
      if (error.code == MONGOC_ERROR_CLIENT_AUTHENTICATE) return {Kind::kDenied, error.message};
      if (error.code == MONGOC_ERROR_CLIENT_TOO_BIG) return {Kind::kRejected, error.message};
      return {Kind::kUnreachable, error.message};
    case MONGOC_ERROR_SASL:
    case MONGOC_ERROR_SCRAM:
      return {Kind::kDenied, error.message};
    case MONGOC_ERROR_BSON:
      return {Kind::kRejected, error.message};
    default:
      return {Kind::kUnreachable, error.message};
  }
}

int64_t NumberAt(const Object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : 0;
}

std::string TextAt(const Object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_string() ? json::value_to<std::string>(*value)
                                                : std::string();
}

// A write that was done, but on too few members or not journaled, is not done.
bool HasWriteConcernErrors(const Object& reply) {
  const json::value* const errors = reply.if_contains("writeConcernErrors");
  return errors != nullptr && errors->is_array() && !errors->get_array().empty();
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
  if (!done) return tl::unexpected(FailureOf(error));
  if (HasWriteConcernErrors(answer)) {
    return tl::unexpected(MongoFailure{Kind::kUnreachable, "the write reached no majority"});
  }
  return answer;
}

bool TakesWrites(const mongoc_server_description_t* server) {
  const std::string_view type = mongoc_server_description_type(server);
  return type == "Standalone" || type == "RSPrimary" || type == "Mongos" || type == "LoadBalancer";
}

}  // namespace

Kind KindOfServerCode(int code, std::string_view message) {
  switch (code) {
    case 11000:  // DuplicateKey, and its older forms
    case 11001:
    case 12582:
      return Kind::kDuplicateKey;
    case 22:     // InvalidBSON
    case 121:    // DocumentValidationFailure
    case 10334:  // BSONObjectTooLarge
    case 17280:  // KeyTooLong
    case 17419:  // the resulting document would be too large
    case 17420:
      return Kind::kRejected;
    case 13:  // Unauthorized
    case 18:  // AuthenticationFailed
      return Kind::kDenied;
    case 8000:  // Atlas: wrong credentials, and a full quota as well
      return message.find("quota") == std::string_view::npos ? Kind::kDenied : Kind::kFull;
    case 14031:  // OutOfDiskSpace
      return Kind::kFull;
    case 6:      // HostUnreachable
    case 7:      // HostNotFound
    case 50:     // MaxTimeMSExpired
    case 64:     // WriteConcernFailed
    case 79:     // UnknownReplWriteConcern
    case 89:     // NetworkTimeout
    case 91:     // ShutdownInProgress
    case 100:    // UnsatisfiableWriteConcern
    case 133:    // FailedToSatisfyReadPreference
    case 189:    // PrimarySteppedDown
    case 262:    // ExceededTimeLimit
    case 9001:   // SocketException
    case 10107:  // NotWritablePrimary
    case 11600:  // InterruptedAtShutdown
    case 11602:  // InterruptedDueToReplStateChange
    case 13435:  // NotPrimaryNoSecondaryOk
    case 13436:  // NotPrimaryOrSecondary
      return Kind::kUnreachable;
    default:
      return Kind::kOther;
  }
}

namespace {

// libmongoc tells why no server could be had in words alone.
void ExplainUnreachable(std::string_view reason, Error& error) {
  const auto says = [reason](std::string_view words) {
    return reason.find(words) != std::string_view::npos;
  };
  if (says("certificate verify failed") || says("Failed initialize TLS state")) {
    error.code = ErrorCode::kMisconfigured;
    error.hint =
        "the server's certificate is not trusted, nothing was sent: check tlsCAFile and the host "
        "name in the MongoDB URI, and the clock";
  } else if (says("TLS handshake")) {
    error.hint = "does this server speak TLS? The MongoDB URI asks for it";
  } else if (says("No suitable servers") && says("Failed to read 4 bytes")) {
    error.hint = "the server hangs up or is silent; if it speaks TLS only, the URI needs tls=true";
  }
}

}  // namespace

Error MongoFailure::ToError(std::string_view operation) const {
  Error error{ErrorCode::kRetry, std::string(operation) + ": " + reason, 0, {}};
  switch (kind) {
    case Kind::kDenied:
      error.code = ErrorCode::kDenied;
      error.hint = "check the user name, password and roles in the MongoDB URI";
      break;
    case Kind::kFull:
      error.code = ErrorCode::kFull;
      error.hint = "free space on the MongoDB server";
      break;
    case Kind::kDuplicateKey:
    case Kind::kRejected:
      error.code = ErrorCode::kRejected;
      break;
    case Kind::kUnreachable:
      ExplainUnreachable(reason, error);
      break;
    case Kind::kOther:
      break;
  }
  return error;
}

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
  return NumberAt(*answer, "matchedCount");
}

MongoAttempt<void> MongoSession::RemoveAll(const char* collection, const Object& filter) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  bson_error_t error;
  if (!mongoc_collection_delete_many(target.get(), Bson(filter).get(), Bson(WriteOptions()).get(),
                                     nullptr, &error)) {
    return tl::unexpected(FailureOf(error));
  }
  return {};
}

MongoAttempt<std::vector<Object>> MongoSession::Find(const char* collection, const Object& filter,
                                                     const Object& options) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  const Collection target(client_, database_, collection);
  const std::unique_ptr<mongoc_cursor_t, decltype(&mongoc_cursor_destroy)> cursor(
      mongoc_collection_find_with_opts(target.get(), Bson(filter).get(), Bson(options).get(),
                                       nullptr),
      mongoc_cursor_destroy);
  std::vector<Object> found;
  const bson_t* document = nullptr;
  while (mongoc_cursor_next(cursor.get(), &document)) found.push_back(ToObject(document));
  bson_error_t error;
  if (mongoc_cursor_error(cursor.get(), &error)) return tl::unexpected(FailureOf(error));
  return found;
}

MongoAttempt<void> MongoSession::Command(const Object& command) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  bson_error_t error;
  if (!mongoc_client_command_simple(client_, database_.c_str(), Bson(command).get(), nullptr,
                                    nullptr, &error)) {
    return tl::unexpected(FailureOf(error));
  }
  return {};
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
  if (!answered) return tl::unexpected(FailureOf(error));
  return milliseconds;
}

MongoAttempt<void> MongoSession::WriteCommand(const Object& command) {
  if (client_ == nullptr) return tl::unexpected(NoConnection());
  bson_error_t error;
  if (!mongoc_client_write_command_with_opts(client_, database_.c_str(), Bson(command).get(),
                                             Bson(WriteOptions()).get(), nullptr, &error)) {
    return tl::unexpected(FailureOf(error));
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
  auto result = Execute(bulk.get());
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
  return Execute(bulk.get());
}

MongoAttempt<MongoSession::BulkResult> MongoSession::Execute(mongoc_bulk_operation_t* bulk) {
  bson_error_t error;
  bson_t reply;
  const bool done = mongoc_bulk_operation_execute(bulk, &reply, &error) != 0;
  const Object answer = ToObject(&reply);
  bson_destroy(&reply);

  BulkResult result;
  result.inserted = NumberAt(answer, "nInserted");
  result.matched = NumberAt(answer, "nMatched");
  if (HasWriteConcernErrors(answer)) {
    return tl::unexpected(MongoFailure{Kind::kUnreachable, "the write reached no majority"});
  }
  if (done) return result;
  const json::value* const errors = answer.if_contains("writeErrors");
  const bool each_has_its_own = error.domain == MONGOC_ERROR_SERVER && errors != nullptr &&
                                errors->is_array() && !errors->get_array().empty();
  if (!each_has_its_own) return tl::unexpected(FailureOf(error));
  for (const json::value& each : errors->get_array()) {
    if (!each.is_object()) continue;
    const Object& failed = each.get_object();
    const std::string message = TextAt(failed, "errmsg");
    const MongoFailure failure{
        KindOfServerCode(static_cast<int>(NumberAt(failed, "code")), message), message};
    if (failure.OfTheWholeServer()) return tl::unexpected(failure);
    result.failures.emplace(static_cast<size_t>(NumberAt(failed, "index")), failure);
  }
  return result;
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
  if (pool == nullptr) {
    return Error{ErrorCode::kMisconfigured, "read the MongoDB URI", 0, error.message};
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
