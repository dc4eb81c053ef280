#include "base/gzip.h"

#include <zlib.h>

#include <algorithm>

namespace tamtap {
namespace {

constexpr int kGzipWindow = 15 + 16;  // the largest window; 16 asks for gzip instead of zlib
constexpr int kMemoryLevel = 8;       // zlib's default
constexpr size_t kFirstOutput = 64 << 10;

// zlib's stream over `bytes`, which must outlive it.
class Stream {
 public:
  using End = int (*)(z_stream*);
  Stream(std::string_view bytes, End end) : end_(end) {
    // zlib reads through a pointer to what is not const.
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
    stream_.avail_in = static_cast<uInt>(bytes.size());
  }
  ~Stream() { end_(&stream_); }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  z_stream* operator->() { return &stream_; }
  z_stream* get() { return &stream_; }
  // What comes out goes behind the first `from` bytes of `out`, as far as that reaches.
  void WriteTo(std::string& out, size_t from) {
    stream_.next_out = reinterpret_cast<Bytef*>(out.data()) + from;
    stream_.avail_out = static_cast<uInt>(out.size() - from);
  }

 private:
  z_stream stream_{};
  const End end_;
};

Error TooLittleMemory(const char* operation) {
  return Error{ErrorCode::kRetry, operation, 0, "there is too little memory"};
}

}  // namespace

Result<std::string> Gzip(std::string_view bytes) {
  constexpr const char* kOperation = "compress";
  Stream stream(bytes, deflateEnd);
  if (deflateInit2(stream.get(), Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, kMemoryLevel,
                   Z_DEFAULT_STRATEGY) != Z_OK) {
    return TooLittleMemory(kOperation);
  }
  std::string out(deflateBound(stream.get(), bytes.size()), '\0');
  stream.WriteTo(out, 0);
  if (deflate(stream.get(), Z_FINISH) != Z_STREAM_END) return TooLittleMemory(kOperation);
  out.resize(out.size() - stream->avail_out);
  return out;
}

Result<std::string> Gunzip(std::string_view bytes, size_t most) {
  constexpr const char* kOperation = "decompress";
  Stream stream(bytes, inflateEnd);
  if (inflateInit2(stream.get(), kGzipWindow) != Z_OK) return TooLittleMemory(kOperation);
  std::string out;
  int outcome = Z_OK;
  while (outcome == Z_OK && out.size() < most) {
    const size_t from = out.size();
    out.resize(std::min(std::max(2 * from, kFirstOutput), most));
    stream.WriteTo(out, from);
    outcome = inflate(stream.get(), Z_NO_FLUSH);
    const bool starved = stream->avail_out > 0 && stream->avail_in == 0;
    out.resize(out.size() - stream->avail_out);
    if (outcome == Z_OK && starved) outcome = Z_BUF_ERROR;  // it is cut off
  }
  if (outcome == Z_STREAM_END && stream->avail_in == 0) return out;
  if (outcome == Z_OK) {
    return Error{ErrorCode::kFull, kOperation, 0,
                 "it is more than " + std::to_string(most) + " bytes"};
  }
  if (outcome == Z_MEM_ERROR) return TooLittleMemory(kOperation);
  return Error{ErrorCode::kCorrupt, kOperation, 0, "it is no gzip, or not the whole of one"};
}

std::string GunzipBeginning(std::string_view bytes, size_t most) {
  Stream stream(bytes, inflateEnd);
  if (inflateInit2(stream.get(), kGzipWindow) != Z_OK) return {};
  std::string out(most, '\0');
  stream.WriteTo(out, 0);
  const int outcome = inflate(stream.get(), Z_SYNC_FLUSH);
  if (outcome != Z_OK && outcome != Z_STREAM_END) return {};
  out.resize(out.size() - stream->avail_out);
  return out;
}

}  // namespace tamtap
