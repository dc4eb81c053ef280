#include "http/response_reader.h"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>

#include "http/head_bytes.h"
#include "http/wire.h"

namespace tamtap::http {

namespace beast = boost::beast;

struct ResponseReader::Head {
  Head() {
    parser.skip(true);  // the body is BodyReader's to frame
    parser.eager(true);
  }

  beast::http::response_parser<beast::http::empty_body> parser;
};

ResponseReader::ResponseReader(bool to_head, size_t max_body_bytes)
    : to_head_(to_head), max_body_bytes_(max_body_bytes) {}

ResponseReader::~ResponseReader() = default;

ResponseReader::State ResponseReader::Broken(std::string why) {
  failure_ = std::move(why);
  return state_ = State::kBroken;
}

ResponseReader::State ResponseReader::Read(std::string_view& input) {
  begun_ = begun_ || !input.empty();
  while (state_ == State::kMore && !in_body_ && !input.empty()) {
    if (ReadHead(input) == State::kMore && !in_body_ && head_ != nullptr) return state_;
  }
  if (state_ == State::kMore && in_body_) return Follow(body_.Read(input));
  return state_;
}

ResponseReader::State ResponseReader::End() {
  if (state_ != State::kMore) return state_;
  if (!begun_) return Broken("the connection was closed before an answer");
  if (!in_body_) return Broken("the connection was closed in its middle");
  keep_alive_ = false;
  return Follow(body_.End());
}

ResponseReader::State ResponseReader::Follow(BodyReader::Progress progress) {
  switch (progress) {
    case BodyReader::Progress::kMore:
      return state_;
    case BodyReader::Progress::kDone:
      return state_ = State::kDone;
    case BodyReader::Progress::kTooLarge:
      return Broken("it is too large");
    case BodyReader::Progress::kMalformed:
      break;
  }
  return Broken("its body breaks off, or is not HTTP");
}

ResponseReader::State ResponseReader::ReadHead(std::string_view& input) {
  if (head_ == nullptr) head_ = std::make_unique<Head>();
  boost::system::error_code error;
  switch (ReadHeadBytes(head_->parser, input, head_bytes_left_, kMostHeaders, error)) {
    case HeadProgress::kMore:
      return state_;
    case HeadProgress::kDone:
      return FinishHead();
    case HeadProgress::kTooLarge:
      return Broken("its head is too large");
    case HeadProgress::kBroken:
      break;
  }
  return Broken("it is not HTTP: " + error.message());
}

ResponseReader::State ResponseReader::FinishHead() {
  const auto& parser = head_->parser;
  const auto& head = parser.get();
  const int status = static_cast<int>(head.result_int());
  if (status / 100 == 1) {  // before the real one
    if (status == 101) return Broken("it changes the protocol");
    if (++interim_ > kMostInterim) return Broken("it says over and over that it goes on");
    head_.reset();
    head_bytes_left_ = kMaxHeadBytes;
    return state_;
  }
  response_.status = status;
  for (const auto& field : head) {
    response_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  keep_alive_ = parser.keep_alive();
  in_body_ = true;
  const auto encodings = head.count(beast::http::field::transfer_encoding);
  if (to_head_ || !StatusHasBody(status)) {
    body_ = BodyReader();
  } else if (encodings > 0) {
    if (encodings > 1 || head.version() < 11 ||
        !beast::iequals(head[beast::http::field::transfer_encoding], "chunked")) {
      return Broken("it comes in a coding that was not asked for");
    }
    body_ = BodyReader::OfChunks(max_body_bytes_);
  } else if (const auto length = parser.content_length()) {
    body_ = BodyReader::OfLength(*length, max_body_bytes_);
  } else {
    keep_alive_ = false;
    body_ = BodyReader::UpToTheEnd(max_body_bytes_);
  }
  head_.reset();
  return Follow(body_.progress());
}

Response ResponseReader::Take() {
  response_.body = body_.Take();
  return std::move(response_);
}

}  // namespace tamtap::http
