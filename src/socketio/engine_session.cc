#include "socketio/engine_session.h"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <exception>
#include <utility>

#include "base/log.h"

namespace tamtap::socketio {
namespace {

using std::chrono::milliseconds;

constexpr size_t kPacketOverhead = 64;  // counted for each queued packet, empty ones too
constexpr milliseconds kUpgradeTimeout{10'000};
constexpr milliseconds kHeldPoll{200};        // a poll that crosses an upgrade
constexpr milliseconds kCrossingPoll{1'000};  // a poll that crosses the client's own close
constexpr milliseconds kFarewell{10'000};     // a poll that fetches the server's close
constexpr milliseconds kLateTick{50};         // a tick this late is the machine's fault

const Packet kNoopPacket{PacketType::kNoop, {}, false};
const Packet kClosePacket{PacketType::kClose, {}, false};

size_t Cost(const Packet& packet) { return packet.data.size() + kPacketOverhead; }

http::Response TextResponse(std::string body) {
  http::Response response;
  response.headers = {{"Content-Type", "text/plain; charset=UTF-8"}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

}  // namespace

http::Response FaultResponse(EngineFault fault, int status) {
  constexpr std::array<std::string_view, 6> kMessages = {
      "Transport unknown", "Session ID unknown", "Bad handshake method",
      "Bad request",       "Forbidden",          "Unsupported protocol version"};
  http::Response response;
  response.status = status;
  response.headers = {{"Content-Type", "application/json"}, {"Cache-Control", "no-store"}};
  response.body = fmt::format(R"({{"code":{},"message":"{}"}})", static_cast<int>(fault),
                              kMessages[static_cast<size_t>(fault)]);
  return response;
}

MonotonicTime EngineSession::Timers::Earliest() const {
  return std::min({ping, pong, upgrade, held_poll, close, forget, events});
}

EngineSession::EngineSession(std::string id, const EngineOptions& options, SessionHost& host)
    : id_(std::move(id)), options_(options), host_(host) {}

std::string EngineSession::OpenPacket() const {
  return fmt::format(
      R"(0{{"sid":"{}","upgrades":[{}],"pingInterval":{},"pingTimeout":{},"maxPayload":{}}})", id_,
      transport_ == Transport::kPolling ? R"("websocket")" : "", options_.ping_interval.count(),
      options_.ping_timeout.count(), options_.max_payload);
}

void EngineSession::Open(EngineListener& listener, const http::Request& handshake,
                         const std::shared_ptr<http::Responder>& responder) {
  {
    MutexLock lock(mutex_);
    timers_.ping = host_.Now() + options_.ping_interval;
    if (responder == nullptr) {
      transport_ = Transport::kWebSocket;
      Enqueue(Packet{PacketType::kOpen, OpenPacket().substr(1), false});
    } else {
      responder->Send(TextResponse(OpenPacket()));
    }
    events_.emplace_back([self = shared_from_this(), &listener, handshake] {
      self->handler_ = listener.OnOpen(self, handshake);
    });
    Reschedule();
  }
  Drain();
}

void EngineSession::Poll(std::shared_ptr<http::Responder> responder) {
  Tick();  // a session whose pong is overdue ends now, however late the timer
  {
    MutexLock lock(mutex_);
    if (closed_ && !farewell_.empty()) {
      poll_ = std::move(responder);
      AnswerPoll(std::exchange(farewell_, {}));
      timers_.forget = host_.Now();
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
    const bool too_large = body.size() > options_.max_payload;
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

void EngineSession::Receive(Packet packet) {
  switch (packet.type) {
    case PacketType::kMessage: {
      // Another thread may be busy with earlier ones; a client that outruns it is not waited for.
      event_bytes_ += Cost(packet);
      if (event_bytes_ > 4 * (options_.max_payload + kPacketOverhead * kMaxPacketsInPayload)) {
        return CloseNow({}, milliseconds(0));
      }
      AddEvent([self = shared_from_this(), packet = std::move(packet)]() mutable {
        {
          MutexLock lock(self->mutex_);
          self->event_bytes_ -= Cost(packet);
        }
        self->handler_->OnMessage(Message{std::move(packet.data), packet.binary});
      });
      return;
    }
    case PacketType::kPong:
      if (timers_.pong == kNever) return;
      timers_.pong = kNever;
      timers_.ping = host_.Now() + options_.ping_interval;
      return;
    case PacketType::kClose:
      return CloseNow(EncodePacket(kNoopPacket), kCrossingPoll);
    case PacketType::kPing:  // the server pings, the client answers
    case PacketType::kOpen:
      return CloseNow({}, milliseconds(0));
    case PacketType::kUpgrade:
    case PacketType::kNoop:
      return;
  }
}

void EngineSession::Enqueue(Packet packet) {
  if (socket_ != nullptr) return WriteFrame(std::move(packet));
  queue_bytes_ += Cost(packet);
  if (queue_bytes_ > options_.max_queue_bytes) return CloseNow({}, milliseconds(0));
  queue_.push_back(std::move(packet));
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

std::string EngineSession::TakeQueue() {
  std::string payload;
  for (const Packet& packet : queue_) AppendToPayload(packet, payload);
  queue_.clear();
  queue_bytes_ = 0;
  return payload;
}

void EngineSession::AnswerPoll(std::string payload) {
  timers_.held_poll = kNever;
  std::exchange(poll_, nullptr)->Send(TextResponse(std::move(payload)));
}

void EngineSession::CloseNow(std::string last_poll, milliseconds keep_for) {
  if (closed_) return;
  closed_ = true;
  if (poll_ != nullptr) {
    AnswerPoll(last_poll.empty() ? EncodePacket(kClosePacket) : std::move(last_poll));
    keep_for = milliseconds(0);
  } else if (transport_ == Transport::kPolling && keep_for > milliseconds(0)) {
    farewell_ = std::move(last_poll);
  } else {
    keep_for = milliseconds(0);
  }
  queue_.clear();
  queue_bytes_ = 0;
  DropCandidate();
  if (socket_ != nullptr) std::exchange(socket_, nullptr)->Close();
  link_ = 0;
  timers_ = {};
  timers_.forget = host_.Now() + keep_for;
  AddEvent([self = shared_from_this()] {
    // Handlers hold their socket: letting go of the handler here frees both.
    if (const auto handler = std::exchange(self->handler_, nullptr)) handler->OnClose();
  });
  host_.Closed(id_);
}

void EngineSession::Send(std::vector<Message> messages) {
  MutexLock lock(mutex_);
  if (closed_) return;
  for (Message& message : messages) {
    if (!closed_) {
      Enqueue(Packet{PacketType::kMessage, std::move(message.data), message.binary});
    }
  }
  if (!closed_ && poll_ != nullptr && !queue_.empty()) AnswerPoll(TakeQueue());
  AskForDrain();
}

void EngineSession::Close() {
  MutexLock lock(mutex_);
  if (closed_) return;
  std::string last = TakeQueue();
  AppendToPayload(kClosePacket, last);
  CloseNow(std::move(last), kFarewell);
  AskForDrain();
}

void EngineSession::Run(std::function<void()> task) {
  MutexLock lock(mutex_);
  if (closed_) return;
  AddEvent(std::move(task));
  AskForDrain();
}

void EngineSession::CloseAfter(milliseconds delay) {
  MutexLock lock(mutex_);
  if (closed_) return;
  timers_.close = delay < milliseconds(0) ? kNever : host_.Now() + delay;
  Reschedule();
}

void EngineSession::AddEvent(std::function<void()> event) { events_.push_back(std::move(event)); }

void EngineSession::AskForDrain() {
  if (!events_.empty() && !draining_) timers_.events = host_.Now();
  Reschedule();
}

void EngineSession::Reschedule() {
  const MonotonicTime next = timers_.Earliest();
  if (next == scheduled_) return;
  scheduled_ = next;
  host_.Schedule(id_, next);
}

void EngineSession::Tick() {
  {
    MutexLock lock(mutex_);
    scheduled_ = kNever;
    const MonotonicTime now = host_.Now();
    if (closed_) {
      if (now >= timers_.forget) {
        timers_.forget = kNever;
        host_.Forget(id_);
      }
    } else if (now >= timers_.pong || now >= timers_.close) {
      CloseNow(EncodePacket(kClosePacket), milliseconds(0));
    } else {
      if (now >= timers_.upgrade) DropCandidate();
      if (now >= timers_.held_poll && poll_ != nullptr) AnswerPoll(EncodePacket(kNoopPacket));
      if (now >= timers_.ping) {
        timers_.pong = std::max(timers_.ping, now - kLateTick) + options_.ping_timeout;
        timers_.ping = kNever;
        Enqueue(Packet{PacketType::kPing, {}, false});
        if (!closed_ && poll_ != nullptr) AnswerPoll(TakeQueue());
      }
    }
    Reschedule();
  }
  Drain();
}

void EngineSession::Drain() {
  {
    MutexLock lock(mutex_);
    timers_.events = kNever;
    if (draining_ || events_.empty()) return;
    draining_ = true;
  }
  while (true) {
    std::function<void()> event;
    {
      MutexLock lock(mutex_);
      if (events_.empty()) {
        draining_ = false;
        return;
      }
      event = std::move(events_.front());
      events_.pop_front();
    }
    try {
      event();
    } catch (const std::exception& error) {
      LogError("the handler of a live connection failed: {}", error.what());
      Close();
    }
  }
}

}  // namespace tamtap::socketio
