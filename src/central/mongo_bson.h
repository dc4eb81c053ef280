// BSON documents, owned; and the way between them and JSON objects, so that every field name is
// written down once, in the JSON codecs of tap/.
#pragma once

#include <bson/bson.h>

#include <boost/json/fwd.hpp>

namespace tamtap::central {

class Bson {
 public:
  Bson() : value_(bson_new()) {}
  explicit Bson(const boost::json::object& object);
  ~Bson() { bson_destroy(value_); }
  Bson(const Bson&) = delete;
  Bson& operator=(const Bson&) = delete;

  bson_t* get() { return value_; }
  const bson_t* get() const { return value_; }

 private:
  bson_t* const value_;
};

// A BSON type that JSON lacks becomes text: an ObjectId its 24 digits, a date ISO 8601 in UTC.
boost::json::object ToObject(const bson_t* document);

}  // namespace tamtap::central
