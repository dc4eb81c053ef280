// MongoWake: wakes whoever waits for something to be inserted into a collection, where the database
// has change streams (a replica set, or mongos). It is a hint and no more: whoever is woken, or has
// waited, looks into the collection, so that a stream which tells nothing costs a moment and loses
// nothing. One thread.
#pragma once

#include <chrono>

#include "base/clock.h"
#include "central/mongo_connection.h"

struct _mongoc_change_stream_t;
struct _mongoc_collection_t;

namespace tamtap::central {

class MongoWake {
 public:
  MongoWake(MongoPool& pool, const char* collection) : pool_(pool), collection_name_(collection) {}
  ~MongoWake() { Close(); }
  MongoWake(const MongoWake&) = delete;
  MongoWake& operator=(const MongoWake&) = delete;

  // Waits until something may have been inserted, at most a second. False, at once: this database
  // has no change streams, and the caller must wait by itself; it is tried again now and then.
  bool Wait();

 private:
  bool Open();
  void Close();

  MongoPool& pool_;
  const char* const collection_name_;
  _mongoc_client_t* client_ = nullptr;
  _mongoc_collection_t* collection_ = nullptr;
  _mongoc_change_stream_t* stream_ = nullptr;
  MonotonicTime used_{};
  MonotonicTime next_try_{};
};

}  // namespace tamtap::central
