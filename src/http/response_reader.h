// ResponseReader: one answer out of a connection's bytes. Pure. Internal to this room; Beast, which
// parses the head, stays in response_reader.cc.
//
// The peer may be anybody: a proxy, a stranger, somebody hostile. What it can make this process
// hold is a head of at most kMaxHeadBytes and a body of at most what the caller wants.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "http/body_reader.h"
#include "http/message.h"

namespace tamtap::http {

class ResponseReader {
 public:
  static constexpr size_t kMaxHeadBytes = 8 << 10;
  static constexpr size_t kMostHeaders = 100;
  static constexpr int kMostInterim = 8;  // 1xx answers before the real one

  // `to_head`: the answer to a HEAD request, which has no body whatever its head says.
  ResponseReader(bool to_head, size_t max_body_bytes);
  ~ResponseReader();
  ResponseReader(const ResponseReader&) = delete;
  ResponseReader& operator=(const ResponseReader&) = delete;

  enum class State { kMore, kDone, kBroken };  // broken: failure() says why
  // Takes bytes off the front of `input`.
  State Read(std::string_view& input);
  State End();  // the peer sends no more

  bool begun() const { return begun_; }
  const std::string& failure() const { return failure_; }
  // Whether the connection can serve another request. Known in kDone.
  bool keep_alive() const { return keep_alive_; }
  Response Take();  // to be called in kDone

 private:
  struct Head;

  State Broken(std::string why);
  State ReadHead(std::string_view& input);
  State FinishHead();
  State Follow(BodyReader::Progress progress);

  const bool to_head_;
  const size_t max_body_bytes_;
  State state_ = State::kMore;
  bool begun_ = false;
  bool in_body_ = false;
  bool keep_alive_ = false;
  int interim_ = 0;
  size_t head_bytes_left_ = kMaxHeadBytes;
  std::string failure_;
  std::unique_ptr<Head> head_;
  Response response_;
  BodyReader body_;
};

}  // namespace tamtap::http
