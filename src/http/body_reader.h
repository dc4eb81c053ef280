// BodyReader: the content of one message out of a connection's bytes, as RFC 9112 frames it: by
// length, in chunks, or up to the end. Pure. Internal to this room.
//
// The peer chose every byte. Content is bounded by `max_bytes`; chunk extensions and trailers are
// thrown away as they come and bounded together by kMaxOverhead, so that nothing but content takes
// memory and a message of nothing else ends. Trailers never become headers: who acts on a header
// acts on what stood in the head.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace tamtap::http {

class BodyReader {
 public:
  static constexpr size_t kMaxOverhead = 8 << 10;  // bytes, of a message

  enum class Progress {
    kMore,       // all of the input was taken, and it goes on
    kDone,       // what is left of the input belongs to the next message
    kTooLarge,   // more content than `max_bytes`
    kMalformed,  // no framing that both sides must read the same way; or too much overhead
  };

  BodyReader() = default;  // of a message without content
  static BodyReader OfLength(uint64_t bytes, size_t max_bytes);
  static BodyReader OfChunks(size_t max_bytes);
  static BodyReader UpToTheEnd(size_t max_bytes);

  // Takes bytes off the front of `input`. Nothing is read any more after kTooLarge or kMalformed.
  Progress Read(std::string_view& input);
  // Says that the peer sends no more.
  Progress End() const;
  Progress progress() const { return progress_; }

  // How many bytes of memory the content takes.
  size_t capacity() const { return content_.capacity(); }
  std::string Take() { return std::move(content_); }

 private:
  enum class State {
    kLength,
    kToTheEnd,
    kSize,       // the hexadecimal digits of a chunk's size
    kAfterSize,  // blanks between the size and what follows it
    kExtension,  // thrown away
    kSizeLf,
    kData,
    kDataCr,
    kDataLf,
    kTrailer,      // the begin of a trailer's line
    kTrailerText,  // thrown away
    kTrailerLf,
    kLastLf,
  };

  BodyReader(State state, uint64_t left, size_t max_bytes);
  void ReadContent(std::string_view& input);
  Progress ReadFraming(char byte);
  Progress EndOfSize();
  Progress Overhead();

  State state_ = State::kLength;
  Progress progress_ = Progress::kDone;
  uint64_t left_ = 0;  // of the content, or of the chunk
  size_t max_bytes_ = 0;
  size_t digits_ = 0;
  size_t overhead_ = 0;
  std::string content_;
};

}  // namespace tamtap::http
