#include "server/body_shapes.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>
#include <utility>

#include "base/ascii.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int kDeepestBody = 16;

const json::object* ObjectIn(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value == nullptr ? nullptr : value->if_object();
}

bool IsListOrObject(const json::value& type) { return type == "array" || type == "object"; }

// Whether the schema allows neither an object nor a list.
bool IsSingle(const json::object& schema) {
  if (schema.contains("anyOf") || schema.contains("oneOf")) return false;
  const json::value* const type = schema.if_contains("type");
  if (type == nullptr) return schema.contains("enum");
  if (!type->is_array()) return !IsListOrObject(*type);
  const json::array& types = type->get_array();
  return std::none_of(types.begin(), types.end(), IsListOrObject);
}

// Whether the path is one of those, of which each {part} may be anything.
bool IsOf(std::string_view pattern, std::string_view path) {
  while (true) {
    const size_t pattern_end = std::min(pattern.find('/', 1), pattern.size());
    const size_t path_end = std::min(path.find('/', 1), path.size());
    const std::string_view part = pattern.substr(0, pattern_end);
    if (!part.starts_with("/{") && part != path.substr(0, path_end)) return false;
    pattern.remove_prefix(pattern_end);
    path.remove_prefix(path_end);
    if (pattern.empty() || path.empty()) return pattern.empty() && path.empty();
  }
}

}  // namespace

BodyShapes::BodyShapes(const std::string& document) {
  const json::value all = json::parse(document);
  for (const auto& [path, methods] : all.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      const json::object* const body = ObjectIn(operation.as_object(), "requestBody");
      const json::object* const kinds = body == nullptr ? nullptr : ObjectIn(*body, "content");
      const json::object* const kind =
          kinds == nullptr ? nullptr : ObjectIn(*kinds, "application/json");
      const json::object* const schema = kind == nullptr ? nullptr : ObjectIn(*kind, "schema");
      if (schema == nullptr) continue;
      by_operation_.emplace(std::string(method) + " " + std::string(path), Read(*schema, all));
    }
  }
}

BodyShapes::Shape BodyShapes::Read(const json::object& schema, const json::value& document) {
  if (const json::value* const ref = schema.if_contains("$ref")) {
    const std::string_view place = ref->as_string();
    return Read(document.at_pointer(place.substr(1)).as_object(), document);
  }
  Shape shape;
  if (const json::value* const parts = schema.if_contains("allOf")) {
    for (const json::value& part : parts->as_array()) {
      Shape more = Read(part.as_object(), document);
      shape.members.merge(more.members);
    }
    return shape;
  }
  shape.is_single = IsSingle(schema);
  if (const json::object* const properties = ObjectIn(schema, "properties")) {
    for (const auto& [name, property] : *properties) {
      shape.members.emplace(name, Read(property.as_object(), document));
    }
  }
  if (const json::object* const items = ObjectIn(schema, "items")) {
    shape.item = std::make_shared<const Shape>(Read(*items, document));
  }
  return shape;
}

std::string BodyShapes::Complaint(std::string_view method, std::string_view path,
                                  std::string_view body) const {
  const std::string prefix = LowerAscii(method) + " ";
  const Shape* shape = nullptr;
  for (auto each = by_operation_.lower_bound(prefix);
       each != by_operation_.end() && each->first.starts_with(prefix); ++each) {
    const std::string_view pattern = std::string_view(each->first).substr(prefix.size());
    if (!IsOf(pattern, path)) continue;
    shape = &each->second;
    if (pattern == path) break;
  }
  if (shape == nullptr) return {};
  json::parse_options options;
  options.max_depth = kDeepestBody;
  boost::system::error_code failed;
  const json::value value = json::parse(body, failed, {}, options);
  if (failed || !value.is_object()) return {};  // each route says so itself
  return Complaint(value, *shape, "");
}

std::string BodyShapes::Complaint(const json::value& value, const Shape& shape,
                                  const std::string& name) {
  if (shape.is_single && (value.is_object() || value.is_array())) {
    return fmt::format(
        "{} is {}, where a single value is meant; write the value itself, or leave "
        "it out",
        name, value.is_object() ? "an object" : "a list");
  }
  if (const json::object* const object = value.if_object()) {
    for (const auto& [key, member] : *object) {
      const auto known = shape.members.find(key);
      if (known == shape.members.end()) continue;
      std::string complaint =
          Complaint(member, known->second, name.empty() ? known->first : name + "." + known->first);
      if (!complaint.empty()) return complaint;
    }
  }
  if (const json::array* const list = value.if_array(); list != nullptr && shape.item != nullptr) {
    for (size_t i = 0; i < list->size(); ++i) {
      std::string complaint = Complaint((*list)[i], *shape.item, fmt::format("{}[{}]", name, i));
      if (!complaint.empty()) return complaint;
    }
  }
  return {};
}

}  // namespace tamtap
