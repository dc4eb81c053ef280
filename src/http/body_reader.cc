#include "http/body_reader.h"

#include <algorithm>

namespace tamtap::http {
namespace {

constexpr size_t kMostDigits = 16;  // of a chunk's size: 64 bits

int HexDigit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsBlank(char c) { return c == ' ' || c == '\t'; }
// A bare CR or LF is a line's end to some and not to others.
bool IsControl(char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7f; }

}  // namespace

BodyReader::BodyReader(State state, uint64_t left, size_t max_bytes)
    : state_(state), progress_(Progress::kMore), left_(left), max_bytes_(max_bytes) {}

BodyReader BodyReader::OfLength(uint64_t bytes, size_t max_bytes) {
  BodyReader reader(State::kLength, bytes, max_bytes);
  if (bytes == 0) reader.progress_ = Progress::kDone;
  if (bytes > max_bytes) reader.progress_ = Progress::kTooLarge;
  return reader;
}

BodyReader BodyReader::OfChunks(size_t max_bytes) { return {State::kSize, 0, max_bytes}; }

BodyReader BodyReader::UpToTheEnd(size_t max_bytes) {
  return {State::kToTheEnd, UINT64_MAX, max_bytes};
}

BodyReader::Progress BodyReader::Read(std::string_view& input) {
  while (progress_ == Progress::kMore && !input.empty()) {
    if (state_ == State::kLength || state_ == State::kToTheEnd || state_ == State::kData) {
      ReadContent(input);
    } else {
      progress_ = ReadFraming(input.front());
      input.remove_prefix(1);
    }
  }
  return progress_;
}

BodyReader::Progress BodyReader::End() const {
  if (progress_ == Progress::kMore && state_ != State::kToTheEnd) return Progress::kMalformed;
  return progress_ == Progress::kMore ? Progress::kDone : progress_;
}

void BodyReader::ReadContent(std::string_view& input) {
  const size_t bytes = static_cast<size_t>(std::min<uint64_t>(input.size(), left_));
  if (bytes > max_bytes_ - content_.size()) {
    progress_ = Progress::kTooLarge;
    return;
  }
  content_.append(input.substr(0, bytes));
  input.remove_prefix(bytes);
  if (state_ == State::kToTheEnd) return;
  left_ -= bytes;
  if (left_ > 0) return;
  if (state_ == State::kLength) {
    progress_ = Progress::kDone;
  } else {
    state_ = State::kDataCr;
  }
}

BodyReader::Progress BodyReader::Overhead() {
  return ++overhead_ > kMaxOverhead ? Progress::kMalformed : Progress::kMore;
}

BodyReader::Progress BodyReader::EndOfSize() {
  if (digits_ == 0) return Progress::kMalformed;
  digits_ = 0;
  // Before its bytes come: a chunk that is too large is not waited for.
  if (left_ > max_bytes_ - content_.size()) return Progress::kTooLarge;
  state_ = left_ > 0 ? State::kData : State::kTrailer;
  return Progress::kMore;
}

BodyReader::Progress BodyReader::ReadFraming(char byte) {
  const auto expect = [&](char wanted, State next) {
    if (byte != wanted) return Progress::kMalformed;
    state_ = next;
    return Progress::kMore;
  };
  switch (state_) {
    case State::kSize: {
      const int digit = HexDigit(byte);
      if (digit >= 0) {
        left_ = left_ << 4 | static_cast<uint64_t>(digit);
        return ++digits_ > kMostDigits ? Progress::kMalformed : Progress::kMore;
      }
      [[fallthrough]];
    }
    case State::kAfterSize:
      if (byte == '\r') return expect('\r', State::kSizeLf);
      if (byte == ';') {
        state_ = State::kExtension;
      } else if (IsBlank(byte) && digits_ > 0) {
        state_ = State::kAfterSize;
      } else {
        return Progress::kMalformed;
      }
      return Overhead();
    case State::kExtension:
      if (byte == '\r') return expect('\r', State::kSizeLf);
      return IsControl(byte) ? Progress::kMalformed : Overhead();
    case State::kSizeLf:
      return byte == '\n' ? EndOfSize() : Progress::kMalformed;
    case State::kDataCr:
      return expect('\r', State::kDataLf);
    case State::kDataLf:
      return expect('\n', State::kSize);
    case State::kTrailer:
      if (byte == '\r') return expect('\r', State::kLastLf);
      state_ = State::kTrailerText;
      [[fallthrough]];
    case State::kTrailerText:
      if (byte == '\r') return expect('\r', State::kTrailerLf);
      return IsControl(byte) ? Progress::kMalformed : Overhead();
    case State::kTrailerLf:
      return expect('\n', State::kTrailer);
    case State::kLastLf:
      return byte == '\n' ? Progress::kDone : Progress::kMalformed;
    case State::kLength:
    case State::kToTheEnd:
    case State::kData:
      break;
  }
  return Progress::kMalformed;
}

}  // namespace tamtap::http
