// Text out of JSON objects that others wrote: journals, requests, documents of databases. A field
// that is missing or of another kind reads as empty; the caller says whether that is an error.
#pragma once

#include <boost/json/fwd.hpp>
#include <cstdint>
#include <string>
#include <string_view>

namespace tamtap {

std::string TextAt(const boost::json::object& object, std::string_view key);

// A number reads as its digits too: existing databases hold grades and ids as either, and whole
// ones as floating point.
std::string TextOrNumberAt(const boost::json::object& object, std::string_view key);

// A whole number; `otherwise`, if there is none.
int64_t IntegerAt(const boost::json::object& object, std::string_view key, int64_t otherwise = 0);

}  // namespace tamtap
