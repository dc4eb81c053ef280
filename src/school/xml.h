// XML, piece by piece, as far as workbooks need it: no document types and so no entities of the
// file's own, and no deep nesting. Namespaces are taken off names.
#pragma once

#include <optional>
#include <string_view>

#include "base/result.h"

namespace tamtap {

// The attributes of one element.
class XmlAttributes {
 public:
  explicit XmlAttributes(const char** pairs) : pairs_(pairs) {}
  // Empty if it is not there.
  std::string_view Get(std::string_view name) const;

 private:
  const char** pairs_;
};

// What a reader does at each piece. An error ends the reading.
class XmlPieces {
 public:
  virtual ~XmlPieces() = default;
  virtual Result<> Start(std::string_view name, const XmlAttributes& attributes) = 0;
  virtual void Text(std::string_view text) = 0;
  virtual Result<> End(std::string_view name) = 0;
};

// kRejected: `xml`, which the workbook calls `name`, is not well-formed, or uses what is refused.
Result<> ReadXml(std::string_view xml, std::string_view name, XmlPieces& pieces);

}  // namespace tamtap
