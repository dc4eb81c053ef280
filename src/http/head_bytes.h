// The head of one message out of a connection's bytes, by Beast's parser. Pure. Internal to this
// room.
#pragma once

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <string_view>

namespace tamtap::http {

enum class HeadProgress {
  kMore,      // all of the input was taken, and it goes on
  kDone,      // what is left of the input follows the head
  kTooLarge,  // more bytes or lines than it may have
  kBroken,    // no head; `error` says why
};

// Takes bytes off the front of `input`, and off `bytes_left`, which the whole head may have.
template <typename Parser>
HeadProgress ReadHeadBytes(Parser& parser, std::string_view& input, size_t& bytes_left,
                           size_t most_headers, boost::system::error_code& error) {
  namespace http = boost::beast::http;
  while (!parser.is_header_done()) {
    const std::string_view allowed = input.substr(0, bytes_left);
    // What Beast has taken counts, too: its own limit is for what it looks at in one call.
    parser.header_limit(static_cast<uint32_t>(bytes_left + 1));
    error = {};
    const size_t used = parser.put(boost::asio::buffer(allowed.data(), allowed.size()), error);
    input.remove_prefix(used);
    bytes_left -= used;
    const auto& fields = parser.get();
    const auto headers = std::distance(fields.begin(), fields.end());
    if (headers > static_cast<std::ptrdiff_t>(most_headers)) return HeadProgress::kTooLarge;
    if (error == http::error::header_limit) return HeadProgress::kTooLarge;
    if (error && error != http::error::need_more) return HeadProgress::kBroken;
    if (parser.is_header_done()) break;
    if (input.size() >= bytes_left) return HeadProgress::kTooLarge;
    if (error == http::error::need_more || used == 0) return HeadProgress::kMore;
  }
  return HeadProgress::kDone;
}

}  // namespace tamtap::http
