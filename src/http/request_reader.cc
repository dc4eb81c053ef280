#include "http/request_reader.h"

#include <algorithm>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/websocket/rfc6455.hpp>

#include "http/head_bytes.h"

namespace tamtap::http {

namespace beast = boost::beast;

struct RequestReader::Head {
  Head() {
    parser.skip(true);  // the body is BodyReader's to frame
    parser.eager(true);
  }

  beast::http::request_parser<beast::http::empty_body> parser;
};

RequestReader::RequestReader(size_t max_head_bytes) : head_bytes_left_(max_head_bytes) {}

RequestReader::~RequestReader() = default;

RequestReader::State RequestReader::Refuse(int status) {
  refusal_ = status;
  return state_ = State::kRefused;
}

RequestReader::State RequestReader::Read(std::string_view& input) {
  if (state_ == State::kHead && !input.empty()) return ReadHead(input);
  if (state_ != State::kBody) return state_;
  switch (body_.Read(input)) {
    case BodyReader::Progress::kMore:
      return state_;
    case BodyReader::Progress::kDone:
      return state_ = State::kDone;
    case BodyReader::Progress::kTooLarge:
      return Refuse(413);
    case BodyReader::Progress::kMalformed:
      break;
  }
  return Refuse(400);
}

RequestReader::State RequestReader::ReadHead(std::string_view& input) {
  begun_ = true;
  if (head_ == nullptr) head_ = std::make_unique<Head>();
  boost::system::error_code error;
  switch (ReadHeadBytes(head_->parser, input, head_bytes_left_, kMostHeaders, error)) {
    case HeadProgress::kMore:
      return state_;
    case HeadProgress::kDone:
      return FinishHead();
    case HeadProgress::kTooLarge:
      return Refuse(431);
    case HeadProgress::kBroken:
      break;
  }
  return Refuse(error == beast::http::error::bad_version ? 505 : 400);
}

RequestReader::State RequestReader::FinishHead() {
  const auto& parser = head_->parser;
  const auto& head = parser.get();
  // RFC 9112: one Host in HTTP/1.1, and only a framing that both sides read the same way.
  const auto hosts = head.count(beast::http::field::host);
  if (head.version() >= 11 ? hosts != 1 : hosts > 1) return Refuse(400);
  const bool chunked = head.count(beast::http::field::transfer_encoding) > 0;
  if (chunked) {
    const bool alone = head.count(beast::http::field::transfer_encoding) == 1 &&
                       beast::iequals(head[beast::http::field::transfer_encoding], "chunked");
    if (!alone || head.version() < 11) return Refuse(501);
  } else {
    const auto length = parser.content_length();
    length_ = length ? *length : 0;
  }
  has_body_ = chunked || *length_ > 0;
  http_1_0_ = head.version() < 11;
  keep_alive_ = parser.keep_alive();
  expects_invitation_ =
      has_body_ && !http_1_0_ && beast::iequals(head[beast::http::field::expect], "100-continue");
  request_.method = std::string(head.method_string());
  request_.target = std::string(head.target());
  for (const auto& field : head) {
    request_.headers.emplace_back(std::string(field.name_string()), std::string(field.value()));
  }
  upgrade_ = beast::websocket::is_upgrade(head);
  head_.reset();
  return state_ = State::kAdmission;
}

RequestReader::State RequestReader::Admit(size_t max_body_bytes) {
  if (!has_body_) return state_ = State::kDone;
  body_ = length_ ? BodyReader::OfLength(*length_, max_body_bytes)
                  : BodyReader::OfChunks(max_body_bytes);
  if (body_.progress() == BodyReader::Progress::kTooLarge) return Refuse(413);
  return state_ = State::kBody;
}

Request RequestReader::Take() {
  request_.body = body_.Take();
  return std::move(request_);
}

}  // namespace tamtap::http
