// Any bytes as what a server answers: however they are cut into pieces, they are the same answer,
// and nothing of it takes more memory than it may.
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/check.h"
#include "http/response_reader.h"

namespace tamtap::http {
namespace {

constexpr size_t kMaxBody = 4 << 10;

// The answer as text; nothing, if it is none.
std::optional<std::string> ReadAll(std::string_view bytes, size_t piece, bool to_head) {
  ResponseReader reader(to_head, kMaxBody);
  std::string unread;
  auto state = ResponseReader::State::kMore;
  while (state == ResponseReader::State::kMore && !bytes.empty()) {
    unread += bytes.substr(0, piece);
    bytes.remove_prefix(std::min(piece, bytes.size()));
    std::string_view input = unread;
    state = reader.Read(input);
    unread.erase(0, unread.size() - input.size());
    CHECK(state != ResponseReader::State::kMore || unread.size() <= ResponseReader::kMaxHeadBytes);
  }
  if (state == ResponseReader::State::kMore) state = reader.End();
  CHECK(state != ResponseReader::State::kMore);
  if (state == ResponseReader::State::kBroken) {
    CHECK(!reader.failure().empty());
    return std::nullopt;
  }
  const Response response = reader.Take();
  CHECK(response.status >= 0 && response.status < 1000 && response.status / 100 != 1);
  CHECK(response.body.size() <= kMaxBody && (!to_head || response.body.empty()));
  CHECK(response.headers.size() <= ResponseReader::kMostHeaders);
  std::string text = std::to_string(response.status) + "\n";
  for (const auto& [name, value] : response.headers) text += name + ": " + value + "\n";
  return text + response.body;
}

}  // namespace
}  // namespace tamtap::http

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using tamtap::http::ReadAll;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const bool to_head : {false, true}) {
    const auto whole = ReadAll(bytes, size + 1, to_head);
    CHECK(ReadAll(bytes, 5, to_head) == whole);
    CHECK(ReadAll(bytes, 1, to_head) == whole);
  }
  return 0;
}
