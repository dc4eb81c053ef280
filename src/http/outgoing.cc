#include "http/outgoing.h"

#include <algorithm>

#include "http/our_server.h"

namespace tamtap::http {

namespace asio = boost::asio;

Outgoing::Outgoing(Response response, const AnswerForm& form) {
  if (response.shared_body == nullptr && response.source == nullptr) {
    response.shared_body = std::make_shared<const std::string>(std::move(response.body));
  }
  const bool has_body = StatusHasBody(response.status);
  const std::optional<uint64_t> length =
      response.source ? response.source->size() : response.shared_body->size();
  if (!form.version.empty()) response.headers.emplace_back(kVersionHeader, form.version);
  head_ = SerializeHead(response.status, response.headers,
                        Framing{.content_length = has_body ? length : std::nullopt,
                                .keep_alive = form.keep_alive,
                                .http_1_0 = form.http_1_0});
  if (!has_body || form.without_body) return;
  body_bytes_ = *length;
  if (response.source) {
    source_ = std::move(response.source);
    own_body_ = std::min(kPiece, body_bytes_);
    return;
  }
  body_ = std::move(response.shared_body);
  // What others are being sent too is theirs already.
  if (body_.use_count() == 1) own_body_ = body_->size();
}

Outgoing::Buffers Outgoing::Next(size_t most) {
  Buffers buffers;
  const size_t of_head = sent_ < head_.size() ? std::min(head_.size() - sent_, most) : 0;
  if (of_head > 0) buffers[0] = asio::buffer(head_.data() + sent_, of_head);
  if (sent_ + of_head < head_.size()) return buffers;
  const size_t begin = sent_ + of_head - head_.size();
  const size_t bytes = std::min(body_bytes_ - begin, most - of_head);
  if (body_) buffers[1] = asio::buffer(body_->data() + begin, bytes);
  if (!source_ || bytes == 0) return buffers;
  if (begin < piece_begin_ || begin >= piece_begin_ + piece_.size()) {
    piece_.resize(std::min(kPiece, body_bytes_ - begin));
    piece_begin_ = begin;
    if (!source_->Read(begin, piece_)) return {};
  }
  const size_t within = begin - piece_begin_;
  buffers[1] = asio::buffer(piece_.data() + within, std::min(piece_.size() - within, bytes));
  return buffers;
}

}  // namespace tamtap::http
