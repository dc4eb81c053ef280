// EngineSession by WebSocket, and how one takes over from polling.
#include <utility>

#include "socketio/engine_session.h"

namespace tamtap::socketio {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kUpgradeTimeout{10'000};

}  // namespace

EngineSession::Link EngineSession::Attach() {
  MutexLock lock(mutex_);
  if (closed_ || link_ != 0 || candidate_ != 0) return 0;
  const Link link = ++last_link_;
  if (transport_ == Transport::kWebSocket) {
    link_ = link;
  } else {
    candidate_ = link;
    probed_ = false;
    timers_.upgrade = host_.Now() + kUpgradeTimeout;
    Reschedule();
  }
  return link;
}

void EngineSession::LinkOpened(Link link, std::shared_ptr<http::WebSocket> socket) {
  MutexLock lock(mutex_);
  if (closed_ || link == 0 || (link != link_ && link != candidate_)) {
    socket->Close();
  } else if (link == candidate_) {
    candidate_socket_ = std::move(socket);
  } else {
    socket_ = std::move(socket);
    if (known()) socket_->SetKnown(true);
    for (Packet& packet : std::exchange(queue_, {})) WriteFrame(std::move(packet));
    queue_bytes_ = 0;
  }
}

void EngineSession::LinkMessage(Link link, std::string message, bool binary) {
  {
    MutexLock lock(mutex_);
    if (closed_ || link == 0) return;
    if (link == candidate_) {
      CandidateMessage(message, binary);
    } else if (link == link_) {
      if (binary) {
        Receive(Packet{PacketType::kMessage, std::move(message), true});
      } else if (std::optional<Packet> packet = DecodePacket(message)) {
        Receive(std::move(*packet));
      } else {
        CloseNow({}, milliseconds(0));
      }
    }
    Reschedule();
  }
  Drain();
}

void EngineSession::LinkClosed(Link link) {
  {
    MutexLock lock(mutex_);
    if (closed_ || link == 0) return;
    if (link == candidate_) {
      DropCandidate();
    } else if (link == link_) {
      CloseNow({}, milliseconds(0));
    }
    Reschedule();
  }
  Drain();
}

void EngineSession::CandidateMessage(std::string_view message, bool binary) {
  if (!binary && message == "2probe" && candidate_socket_ != nullptr) {
    probed_ = true;
    candidate_socket_->SendText("3probe");
    if (poll_ == nullptr) return;
    if (poll_crosses_) {
      timers_.held_poll = host_.Now() + kHeldPoll;
    } else {
      AnswerPoll(EncodePacket(kNoopPacket));
    }
  } else if (!binary && message == "5" && probed_) {
    transport_ = Transport::kWebSocket;
    link_ = std::exchange(candidate_, 0);
    socket_ = std::exchange(candidate_socket_, nullptr);
    if (known()) socket_->SetKnown(true);
    probed_ = false;
    timers_.upgrade = kNever;
    timers_.held_poll = kNever;
    if (poll_ != nullptr) {
      std::exchange(poll_, nullptr)->Send(FaultResponse(EngineFault::kBadRequest));
    }
    for (Packet& packet : std::exchange(queue_, {})) WriteFrame(std::move(packet));
    queue_bytes_ = 0;
  } else {
    DropCandidate();
  }
}

void EngineSession::DropCandidate() {
  candidate_ = 0;
  probed_ = false;
  timers_.upgrade = kNever;
  if (candidate_socket_ != nullptr) std::exchange(candidate_socket_, nullptr)->Close();
}

void EngineSession::WriteFrame(Packet packet) {
  if (closed_) return;
  if (socket_->QueuedBytes() + Cost(packet) > options_.max_queue_bytes) {
    return CloseNow({}, milliseconds(0));
  }
  if (packet.binary) {
    socket_->SendBinary(std::move(packet.data));
  } else {
    socket_->SendText(EncodePacket(packet));
  }
}

}  // namespace tamtap::socketio
