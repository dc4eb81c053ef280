#include "central/mongo_bson.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <chrono>
#include <ctime>
#include <limits>

#include "base/check.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;

constexpr int kDeepest = 32;

// The one way to name an ObjectId, which existing software gives its documents: {"$oid": "..."}.
constexpr std::string_view kObjectId = "$oid";

const json::string* ObjectIdIn(const json::object& object) {
  if (object.size() != 1 || object.begin()->key() != kObjectId) return nullptr;
  const json::string* const digits = object.begin()->value().if_string();
  return digits != nullptr && bson_oid_is_valid(digits->data(), digits->size()) ? digits : nullptr;
}

// bson_append_* fail only when a document grows past 2 GB; ours are built from bounded values.
void Append(bson_t* out, std::string_view key, const json::value& value);

void AppendObject(bson_t* out, const json::object& object) {
  for (const auto& [key, value] : object) Append(out, key, value);
}

void Append(bson_t* out, std::string_view key, const json::value& value) {
  const char* const name = key.data();
  const int length = static_cast<int>(key.size());
  bool appended = false;
  switch (value.kind()) {
    case json::kind::null:
      appended = bson_append_null(out, name, length);
      break;
    case json::kind::bool_:
      appended = bson_append_bool(out, name, length, value.get_bool());
      break;
    case json::kind::int64: {
      const int64_t number = value.get_int64();
      // As other programs write them: 32 bits where that is enough.
      const bool small = number >= std::numeric_limits<int32_t>::min() &&
                         number <= std::numeric_limits<int32_t>::max();
      appended = small ? bson_append_int32(out, name, length, static_cast<int32_t>(number))
                       : bson_append_int64(out, name, length, number);
      break;
    }
    case json::kind::uint64:
      appended = bson_append_int64(out, name, length, static_cast<int64_t>(value.get_uint64()));
      break;
    case json::kind::double_:
      appended = bson_append_double(out, name, length, value.get_double());
      break;
    case json::kind::string: {
      const json::string& text = value.get_string();
      appended = bson_append_utf8(out, name, length, text.data(), static_cast<int>(text.size()));
      break;
    }
    case json::kind::object: {
      if (const json::string* const digits = ObjectIdIn(value.get_object())) {
        bson_oid_t id;
        bson_oid_init_from_string(&id, digits->c_str());
        appended = bson_append_oid(out, name, length, &id);
        break;
      }
      bson_t child;
      appended = bson_append_document_begin(out, name, length, &child);
      AppendObject(&child, value.get_object());
      appended = bson_append_document_end(out, &child) && appended;
      break;
    }
    case json::kind::array: {
      bson_t child;
      appended = bson_append_array_begin(out, name, length, &child);
      size_t index = 0;
      for (const json::value& each : value.get_array()) {
        Append(&child, fmt::format("{}", index++), each);
      }
      appended = bson_append_array_end(out, &child) && appended;
      break;
    }
  }
  CHECK(appended);
}

std::string IsoText(int64_t milliseconds) {
  const std::time_t seconds = milliseconds / 1000 - (milliseconds % 1000 < 0 ? 1 : 0);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  char text[40];
  const size_t length = std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text, length};
}

json::object ObjectOf(bson_iter_t* fields, int depth);

json::value ValueOf(const bson_iter_t* field, int depth) {
  uint32_t length = 0;
  switch (bson_iter_type(field)) {
    case BSON_TYPE_UTF8: {
      const char* const text = bson_iter_utf8(field, &length);
      return json::string(std::string_view(text, length));
    }
    case BSON_TYPE_INT32:
      return bson_iter_int32(field);
    case BSON_TYPE_INT64:
      return bson_iter_int64(field);
    case BSON_TYPE_BOOL:
      return bson_iter_bool(field);
    case BSON_TYPE_DOUBLE: {
      // The shell and JavaScript write whole numbers as doubles.
      const double number = bson_iter_double(field);
      if (number >= -9e15 && number <= 9e15 &&
          number == static_cast<double>(static_cast<int64_t>(number))) {
        return static_cast<int64_t>(number);
      }
      return number;
    }
    case BSON_TYPE_OID: {
      char digits[25];
      bson_oid_to_string(bson_iter_oid(field), digits);
      return json::string(digits);
    }
    case BSON_TYPE_DATE_TIME:
      return json::string(IsoText(bson_iter_date_time(field)));
    case BSON_TYPE_DOCUMENT: {
      bson_iter_t child;
      if (depth >= kDeepest || !bson_iter_recurse(field, &child)) return nullptr;
      return ObjectOf(&child, depth + 1);
    }
    case BSON_TYPE_ARRAY: {
      bson_iter_t child;
      json::array array;
      if (depth >= kDeepest || !bson_iter_recurse(field, &child)) return array;
      while (bson_iter_next(&child)) array.push_back(ValueOf(&child, depth + 1));
      return array;
    }
    default:
      return nullptr;
  }
}

json::object ObjectOf(bson_iter_t* fields, int depth) {
  json::object object;
  while (bson_iter_next(fields)) {
    object.emplace(bson_iter_key(fields), ValueOf(fields, depth));
  }
  return object;
}

}  // namespace

Bson::Bson(const json::object& object) : Bson() { AppendObject(get(), object); }

json::object ToObject(const bson_t* document) {
  bson_iter_t fields;
  if (!bson_iter_init(&fields, document)) return {};
  return ObjectOf(&fields, 0);
}

}  // namespace tamtap::central
