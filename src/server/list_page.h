// Parts of long lists, one way for all of them: ?limit=N answers with at most N things and says in
// `next` how to ask on with ?after=; without a limit all of it comes, as existing pages expect.
// And entity tags: what an answer was, so that it need not be sent, or changed, twice.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "http/message.h"

namespace tamtap {

inline constexpr size_t kMostInAPage = 1'000;

struct AskedPage {
  size_t limit = SIZE_MAX;
  std::string after;  // the key of the last thing of the page before; empty: from the beginning
};

// kRejected: the limit is no number from 1 to kMostInAPage.
Result<AskedPage> AskedPageOf(const http::Request& request);

// Fills one page of a list that comes in the order of its keys.
class PageFill {
 public:
  explicit PageFill(const AskedPage& asked) : asked_(asked) {}

  // Whether the thing with that key belongs into this page.
  bool Takes(std::string_view key);
  // Of all things that were offered, whichever page they are of.
  size_t total() const { return total_; }
  // The `after` of the next page; nothing: this is the last.
  const std::optional<std::string>& next() const { return next_; }

 private:
  const AskedPage asked_;
  size_t total_ = 0;
  size_t taken_ = 0;
  std::string last_;
  std::optional<std::string> next_;
};

// The entity tag of an answer with that body, quotes included.
std::string EntityTag(std::string_view body);

// 304 in the place of an answer that the client has already.
void AddEntityTag(const http::Request& request, http::Response& response);

// Whether a change may be made of what is now `current`: true without If-Match, or if it names that
// answer. A page sends it so as not to overwrite what somebody else has changed meanwhile.
bool IsStillAsSeen(const http::Request& request, const http::Response& current);

}  // namespace tamtap
