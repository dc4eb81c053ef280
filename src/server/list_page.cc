#include "server/list_page.h"

#include <algorithm>

#include "base/sha256.h"
#include "server/router.h"

namespace tamtap {
namespace {

constexpr size_t kTagDigits = 32;

// Whether one of the tags in the header is that one, or "*".
bool NamesTag(std::string_view header, std::string_view tag) {
  while (!header.empty()) {
    const size_t comma = std::min(header.find(','), header.size());
    std::string_view each = header.substr(0, comma);
    header.remove_prefix(std::min(comma + 1, header.size()));
    while (each.starts_with(' ')) each.remove_prefix(1);
    while (each.ends_with(' ')) each.remove_suffix(1);
    if (each.starts_with("W/")) each.remove_prefix(2);
    if (each == tag || each == "*") return true;
  }
  return false;
}

}  // namespace

Result<AskedPage> AskedPageOf(const http::Request& request) {
  AskedPage page;
  page.after = request.Query("after");
  const std::string limit = request.Query("limit");
  if (limit.empty()) return page;
  const auto number = NumberIn(limit);
  if (!number || *number == 0 || *number > kMostInAPage) {
    return Error{ErrorCode::kRejected, "read the limit", 0, "it is a number from 1 to 1000"};
  }
  page.limit = *number;
  return page;
}

bool PageFill::Takes(std::string_view key) {
  ++total_;
  if (!asked_.after.empty() && key <= asked_.after) return false;
  if (taken_ >= asked_.limit) {
    if (!next_) next_ = last_;
    return false;
  }
  ++taken_;
  last_ = key;
  return true;
}

std::string EntityTag(std::string_view body) {
  return "\"" + Sha256Hex(body).substr(0, kTagDigits) + "\"";
}

void AddEntityTag(const http::Request& request, http::Response& response) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (!reads || response.status != 200 || !response.Header("ETag").empty()) return;
  if (!response.Header("Content-Type").starts_with("application/json")) return;
  const std::string tag = EntityTag(response.body);
  if (NamesTag(request.Header("If-None-Match"), tag)) {
    response.status = 304;
    response.body.clear();
    std::erase_if(response.headers,
                  [](const auto& header) { return header.first == "Content-Type"; });
  }
  response.headers.emplace_back("ETag", tag);
}

bool IsStillAsSeen(const http::Request& request, const http::Response& current) {
  const std::string_view seen = request.Header("If-Match");
  return seen.empty() || (current.status == 200 && NamesTag(seen, EntityTag(current.body)));
}

}  // namespace tamtap
