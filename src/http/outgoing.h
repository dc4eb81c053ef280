// Outgoing: one answer on its way out, its head and then its body. Internal to this room. It has no
// socket: the connection writes what Next() gives it.
#pragma once

#include <array>
#include <boost/asio/buffer.hpp>
#include <memory>
#include <string>
#include <string_view>

#include "http/message.h"
#include "http/wire.h"

namespace tamtap::http {

// What the request and the connection decide about the form of an answer.
struct AnswerForm {
  bool without_body = false;  // it answers a HEAD request
  bool keep_alive = true;
  bool http_1_0 = false;
  std::string_view version;  // our server's; empty: no answer says it
};

class Outgoing {
 public:
  Outgoing() = default;
  Outgoing(Response response, const AnswerForm& form);

  using Buffers = std::array<boost::asio::const_buffer, 2>;
  // Empty buffers, though not all of it is out: the rest can't be read.
  Buffers Next(size_t most);
  void Sent(size_t bytes) { sent_ += bytes; }
  // Whether all of it is out.
  bool empty() const { return sent_ == head_.size() + body_bytes_; }

  // How many bytes of memory it takes that are not shared with other answers.
  size_t bytes() const { return head_.size() + own_body_; }

  // How much of a source is in memory at once.
  static constexpr size_t kPiece = 64 << 10;

 private:
  std::string head_;
  std::shared_ptr<const std::string> body_;
  std::shared_ptr<BodySource> source_;
  std::string piece_;       // of the source
  size_t piece_begin_ = 0;  // where it stands in the body
  size_t body_bytes_ = 0;
  size_t own_body_ = 0;
  size_t sent_ = 0;
};

}  // namespace tamtap::http
