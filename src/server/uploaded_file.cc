#include "server/uploaded_file.h"

#include <string>

#include "base/ascii.h"

namespace tamtap {
namespace {

constexpr std::string_view kEndOfHead = "\r\n\r\n";
constexpr size_t kMostParts = 64;  // a form of ours has one

Error NoFile(std::string_view why) {
  return Error{ErrorCode::kRejected, "find the file in the request", 0, std::string(why)};
}

// The value of a parameter of a header, without its quotes; empty if it is not there.
std::string_view Parameter(std::string_view header, std::string_view name) {
  const std::string lower = LowerAscii(header);
  const size_t at = lower.find(std::string(name) + "=");
  if (at == std::string::npos) return {};
  std::string_view value = header.substr(at + name.size() + 1);
  if (value.starts_with('"')) {
    value.remove_prefix(1);
    return value.substr(0, value.find('"'));
  }
  return value.substr(0, value.find_first_of("; \t\r"));
}

}  // namespace

Result<std::string_view> UploadedFile(const http::Request& request) {
  const std::string_view body = request.body;
  const std::string_view type = request.Header("Content-Type");
  if (!LowerAscii(type).starts_with("multipart/form-data")) {
    if (body.empty()) return NoFile("send the file as the body, or in a form");
    return body;
  }
  const std::string_view boundary = Parameter(type, "boundary");
  if (boundary.empty()) return NoFile("the form does not say its boundary");
  const std::string delimiter = "--" + std::string(boundary);
  size_t begin = body.find(delimiter);
  for (size_t part = 0; part < kMostParts && begin != std::string_view::npos; ++part) {
    begin += delimiter.size();
    const size_t end = body.find("\r\n" + delimiter, begin);
    if (end == std::string_view::npos) break;
    const std::string_view whole = body.substr(begin, end - begin);
    const size_t head = whole.find(kEndOfHead);
    const bool has_file = head != std::string_view::npos &&
                          LowerAscii(whole.substr(0, head)).find("filename=") != std::string::npos;
    if (has_file) return whole.substr(head + kEndOfHead.size());
    begin = end + 2;
  }
  return NoFile("the form has no file in it");
}

}  // namespace tamtap
