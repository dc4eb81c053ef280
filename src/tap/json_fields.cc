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
  return value != nullptr && value->is_number() ? json::serialize(*value) : TextAt(object, key);
}

}  // namespace tamtap
