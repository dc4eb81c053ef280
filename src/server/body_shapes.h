// BodyShapes: what docs/openapi.yaml says of the members of bodies, so that one which is of quite
// another kind is refused instead of passed over: {"lrn": {}} says nothing of any number.
//
// Existing clients write numbers as texts and texts as numbers, and leave out as null what they
// don't know; that is for each route to read. An object or a list where the document has neither is
// nobody's way of writing it.
#pragma once

#include <boost/json/fwd.hpp>
#include <map>
#include <memory>
#include <string>
#include <string_view>

namespace tamtap {

class BodyShapes {
 public:
  // `document`: an OpenAPI document, in JSON.
  explicit BodyShapes(const std::string& document);

  // What is wrong with the JSON `body` of that request, as a sentence; empty: nothing, or the
  // document says nothing of it. `path` is percent-encoded.
  std::string Complaint(std::string_view method, std::string_view path,
                        std::string_view body) const;

 private:
  struct Shape {
    bool is_single = false;  // a text, a number, true or false
    std::map<std::string, Shape, std::less<>> members;
    std::shared_ptr<const Shape> item;  // of a list
  };
  static Shape Read(const boost::json::object& schema, const boost::json::value& document);
  static std::string Complaint(const boost::json::value& value, const Shape& shape,
                               const std::string& name);

  std::map<std::string, Shape, std::less<>> by_operation_;  // "put /api/admin/students/{nfc}"
};

}  // namespace tamtap
