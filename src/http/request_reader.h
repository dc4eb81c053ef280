// RequestReader: one request out of a connection's bytes. Pure: it has no socket and no clock.
// Internal to this room; Beast, which parses the head, stays in request_reader.cc.
//
// The head comes first, and the reader stops there: what the body may be is the caller's to say,
// who knows the route by then, and the one who asks.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "http/body_reader.h"
#include "http/message.h"

namespace tamtap::http {

class RequestReader {
 public:
  static constexpr size_t kMostHeaders = 100;

  enum class State {
    kHead,       // more of the head must come
    kAdmission,  // the head is whole: Admit() says how it goes on
    kBody,       // more of the body must come
    kDone,
    kRefused,  // with refusal()
  };

  explicit RequestReader(size_t max_head_bytes);
  ~RequestReader();
  RequestReader(const RequestReader&) = delete;
  RequestReader& operator=(const RequestReader&) = delete;

  // Takes bytes off the front of `input`; what follows the request is left there, and in kAdmission
  // what follows the head.
  State Read(std::string_view& input);
  // In kAdmission: a body of at most so many bytes may come.
  State Admit(size_t max_body_bytes);

  State state() const { return state_; }
  bool begun() const { return begun_; }
  int refusal() const { return refusal_; }  // the status of the answer

  // These are known from kAdmission on.
  const Request& request() const { return request_; }
  Request& request() { return request_; }
  bool upgrade() const { return upgrade_; }  // to a WebSocket
  bool has_body() const { return has_body_; }
  bool expects_invitation() const { return expects_invitation_; }  // "100 Continue"
  bool keep_alive() const { return keep_alive_; }
  bool http_1_0() const { return http_1_0_; }

  // Says who sent the request. To be called in kAdmission.
  void SetPeer(std::string address, bool secure) {
    request_.remote_address = std::move(address);
    request_.secure = secure;
  }
  // How many bytes of memory the body takes.
  size_t body_capacity() const { return body_.capacity(); }
  // To be called in kDone, or in kAdmission for a request that has no body.
  Request Take();

 private:
  struct Head;

  State ReadHead(std::string_view& input);
  State FinishHead();
  State Refuse(int status);

  State state_ = State::kHead;
  int refusal_ = 0;
  bool begun_ = false;
  size_t head_bytes_left_;
  std::unique_ptr<Head> head_;  // until it is whole
  Request request_;
  bool upgrade_ = false;
  bool has_body_ = false;
  bool expects_invitation_ = false;
  bool keep_alive_ = false;
  bool http_1_0_ = false;
  std::optional<uint64_t> length_;
  BodyReader body_;
};

}  // namespace tamtap::http
