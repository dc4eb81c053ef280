#include "http/gzip.h"

#include <zlib.h>

#include <algorithm>

#include "base/check.h"

namespace tamtap::http {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window; 16 asks for gzip instead of zlib
constexpr size_t kFirstOutput = 64 << 10;

unsigned char* Input(std::string_view bytes) {
  // zlib reads through a pointer to what is not const.
  return reinterpret_cast<unsigned char*>(const_cast<char*>(bytes.data()));
}

unsigned char* Output(std::string& bytes, size_t from) {
  return reinterpret_cast<unsigned char*>(bytes.data()) + from;
}

}  // namespace

std::string Gzip(std::string_view bytes) {
  z_stream stream{};
  CHECK(deflateInit2(&stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                     Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&stream, bytes.size()), '\0');
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<unsigned>(bytes.size());
  stream.next_out = Output(out, 0);
  stream.avail_out = static_cast<unsigned>(out.size());
  CHECK(deflate(&stream, Z_FINISH) == Z_STREAM_END);
  out.resize(stream.total_out);
  deflateEnd(&stream);
  return out;
}

Result<std::string> Gunzip(std::string_view bytes, size_t most) {
  z_stream stream{};
  CHECK(inflateInit2(&stream, kGzipWindow) == Z_OK);
  stream.next_in = Input(bytes);
  stream.avail_in = static_cast<unsigned>(bytes.size());
  std::string out;
  int outcome = Z_OK;
  while (outcome == Z_OK && out.size() < most) {
    const size_t from = out.size();
    out.resize(std::min(std::max(2 * from, kFirstOutput), most));
    stream.next_out = Output(out, from);
    stream.avail_out = static_cast<unsigned>(out.size() - from);
    outcome = inflate(&stream, Z_NO_FLUSH);
    const bool starved = stream.avail_out > 0 && stream.avail_in == 0;
    out.resize(out.size() - stream.avail_out);
    if (outcome == Z_OK && starved) outcome = Z_BUF_ERROR;  // it is cut off
  }
  const bool rest = stream.avail_in > 0;
  inflateEnd(&stream);
  if (outcome == Z_STREAM_END && !rest) return out;
  if (outcome == Z_OK) {
    return Error{ErrorCode::kFull, "inflate a body", 0,
                 "it is more than " + std::to_string(most) + " bytes"};
  }
  return Error{ErrorCode::kCorrupt, "inflate a body", 0, "it is no gzip, or not the whole of one"};
}

}  // namespace tamtap::http
