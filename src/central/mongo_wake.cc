#include "central/mongo_wake.h"

#include <mongoc/mongoc.h>

#include "base/log.h"
#include "central/mongo_bson.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr int64_t kAwaitMs = 1'000;
constexpr std::chrono::seconds kTryAgain{60};
// After a pause the stream tells first what was inserted meanwhile, which was looked at already.
constexpr std::chrono::seconds kLongestPause{5};

}  // namespace

bool MongoWake::Wait() {
  const MonotonicTime now = SystemClock().MonotonicNow();
  if (stream_ != nullptr && now - used_ > kLongestPause) Close();
  if (stream_ == nullptr) {
    if (now < next_try_) return false;
    if (!Open()) {
      next_try_ = now + kTryAgain;
      return false;
    }
    used_ = SystemClock().MonotonicNow();
    return true;  // what was inserted before it was open, it does not tell
  }
  const bson_t* document = nullptr;
  const bool told = mongoc_change_stream_next(stream_, &document);
  used_ = SystemClock().MonotonicNow();
  if (told) return true;
  bson_error_t error;
  const bson_t* reply = nullptr;
  if (!mongoc_change_stream_error_document(stream_, &error, &reply)) return true;
  LogDebug("mongodb: the change stream of {} ended: {}", collection_name_, error.message);
  Close();
  next_try_ = used_ + kTryAgain;
  return false;
}

bool MongoWake::Open() {
  client_ = mongoc_client_pool_pop(pool_.get());
  if (client_ == nullptr) return false;
  collection_ = mongoc_client_get_collection(client_, pool_.database().c_str(), collection_name_);
  const json::object only_inserts{
      {"pipeline", json::array{json::object{{"$match", {{"operationType", "insert"}}}}}}};
  stream_ = mongoc_collection_watch(collection_, Bson(only_inserts).get(),
                                    Bson(json::object{{"maxAwaitTimeMS", kAwaitMs}}).get());
  bson_error_t error;
  const bson_t* reply = nullptr;
  if (!mongoc_change_stream_error_document(stream_, &error, &reply)) return true;
  LogDebug("mongodb: no change stream of {}: {}", collection_name_, error.message);
  Close();
  return false;
}

void MongoWake::Close() {
  if (stream_ != nullptr) mongoc_change_stream_destroy(stream_);
  if (collection_ != nullptr) mongoc_collection_destroy(collection_);
  if (client_ != nullptr) mongoc_client_pool_push(pool_.get(), client_);
  stream_ = nullptr;
  collection_ = nullptr;
  client_ = nullptr;
}

}  // namespace tamtap::central
