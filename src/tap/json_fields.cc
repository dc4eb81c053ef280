#include "tap/json_fields.h"

#include <boost/json.hpp>

namespace tamtap {

namespace json = boost::json;

std::string TextAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_string()) return {};
  return json::value_to<std::string>(*value);
}

std::string TextOrNumberAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  if (value == nullptr || !value->is_number()) return TextAt(object, key);
  // JavaScript keeps all numbers as floating point: a whole one is written as one.
  boost::system::error_code inexact;
  const auto whole = value->to_number<int64_t>(inexact);
  return inexact ? json::serialize(*value) : std::to_string(whole);
}

int64_t IntegerAt(const json::object& object, std::string_view key, int64_t otherwise) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && value->is_int64() ? value->get_int64() : otherwise;
}

}  // namespace tamtap
