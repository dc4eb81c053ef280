// EngineSession by long polling: GETs that fetch what is sent, POSTs that bring what is said.
#include <utility>

#include "socketio/engine_session.h"

namespace tamtap::socketio {

using std::chrono::milliseconds;

void EngineSession::Poll(std::shared_ptr<http::Responder> responder) {
  Tick();  // a session whose pong is overdue ends now, however late the timer
  {
    MutexLock lock(mutex_);
    if (closed_ && !farewell_.empty()) {
      poll_ = std::move(responder);
      if (!queue_.empty()) {
        AnswerPoll(TakeQueue());
      } else {
        AnswerPoll(std::exchange(farewell_, {}));
        timers_.forget = host_.Now();
      }
    } else if (closed_ || transport_ != Transport::kPolling) {
      responder->Send(
          FaultResponse(closed_ ? EngineFault::kUnknownSession : EngineFault::kBadRequest));
    } else if (poll_ != nullptr) {  // a second one could overtake the first
      responder->Send(FaultResponse(EngineFault::kBadRequest));
      CloseNow(EncodePacket(kClosePacket), milliseconds(0));
    } else {
      poll_ = std::move(responder);
      poll_->OnGone([weak = weak_from_this(), number = ++poll_number_] {
        const auto self = weak.lock();
        if (self == nullptr) return;
        {
          MutexLock gone_lock(self->mutex_);
          if (self->poll_ == nullptr || self->poll_number_ != number) return;
          self->poll_ = nullptr;
          self->CloseNow({}, milliseconds(0));
          self->Reschedule();
        }
        self->Drain();
      });
      // The client waits for this poll to end before it completes the upgrade. But one that came
      // after the WebSocket may have been overtaken by the upgrade on that other connection: then
      // it is too late, and must not be answered as if polling went on.
      poll_crosses_ = candidate_ != 0;
      if (!queue_.empty()) {
        AnswerPoll(TakeQueue());
      } else if (probed_) {
        timers_.held_poll = host_.Now() + kHeldPoll;
      }
    }
    Reschedule();
  }
  Drain();
}

void EngineSession::Post(std::string_view body, const std::shared_ptr<http::Responder>& responder) {
  Tick();
  bool posted = false;
  {
    MutexLock lock(mutex_);
    if (closed_ || transport_ != Transport::kPolling) {
      responder->Send(
          FaultResponse(closed_ ? EngineFault::kUnknownSession : EngineFault::kBadRequest));
      return;
    }
    if (posting_) {  // its packets could overtake those of the first
      responder->Send(FaultResponse(EngineFault::kBadRequest));
      CloseNow(EncodePacket(kClosePacket), milliseconds(0));
      Reschedule();
      return;  // the thread of the first one drains
    }
    const bool too_large =
        body.size() > (known() ? options_.max_payload : options_.max_stranger_payload);
    std::optional<std::vector<Packet>> packets;
    if (!too_large) packets = DecodePayload(body);
    if (!packets) {
      responder->Send(FaultResponse(EngineFault::kBadRequest, too_large ? 413 : 400));
      CloseNow(EncodePacket(kClosePacket), milliseconds(0));
    } else {
      posting_ = true;
      for (Packet& packet : *packets) {
        if (!closed_) Receive(std::move(packet));
      }
    }
    Reschedule();
    posted = posting_;
  }
  Drain();
  if (!posted) return;
  // Only now, so that a client waits for a busy handler.
  MutexLock lock(mutex_);
  posting_ = false;
  responder->Send(TextResponse("ok"));
}

std::string EngineSession::TakeQueue() {
  std::string payload;
  for (const Packet& packet : queue_) AppendToPayload(packet, payload);
  queue_.clear();
  queue_bytes_ = 0;
  Hold();
  return payload;
}

void EngineSession::AnswerPoll(std::string payload) {
  timers_.held_poll = kNever;
  std::exchange(poll_, nullptr)->Send(TextResponse(std::move(payload)));
}

}  // namespace tamtap::socketio
