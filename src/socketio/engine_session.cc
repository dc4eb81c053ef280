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

constexpr milliseconds kCrossingPoll{1'000};  // a poll that crosses the client's own close
constexpr milliseconds kFarewell{10'000};     // a poll that fetches the server's close
constexpr milliseconds kLateTick{50};         // a tick this late is the machine's fault

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

http::Response TextResponse(std::string body) {
  http::Response response;
  response.headers = {{"Content-Type", "text/plain; charset=UTF-8"}, {"Cache-Control", "no-store"}};
  response.body = std::move(body);
  return response;
}

MonotonicTime EngineSession::Timers::Earliest() const {
  return std::min({ping, pong, upgrade, held_poll, close, forget, events});
}

EngineSession::EngineSession(std::string id, const EngineOptions& options,
                             std::shared_ptr<http::Peers::Seat> seat, SessionHost& host)
    : id_(std::move(id)), options_(options), seat_(std::move(seat)), host_(host) {}

bool EngineSession::Hold() { return seat_->Hold(kBytes + queue_bytes_ + event_bytes_); }

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

void EngineSession::Receive(Packet packet) {
  switch (packet.type) {
    case PacketType::kMessage: {
      // Another thread may be busy with earlier ones; a client that outruns it is not waited for.
      event_bytes_ += Cost(packet);
      const size_t most = known()
                              ? 4 * (options_.max_payload + kPacketOverhead * kMaxPacketsInPayload)
                              : options_.max_stranger_payload + kPacketOverhead;
      if (event_bytes_ > most || !Hold()) return CloseNow({}, milliseconds(0));
      AddEvent([self = shared_from_this(), packet = std::move(packet)]() mutable {
        {
          MutexLock lock(self->mutex_);
          self->event_bytes_ -= Cost(packet);
          self->Hold();
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
  if (queue_bytes_ > options_.max_queue_bytes || !Hold()) return CloseNow({}, milliseconds(0));
  queue_.push_back(std::move(packet));
}

void EngineSession::CloseNow(std::string last_poll, milliseconds keep_for) {
  if (closed_) return;
  closed_ = true;
  if (poll_ != nullptr) {
    AnswerPoll(last_poll.empty() ? EncodePacket(kClosePacket) : std::move(last_poll));
    keep_for = milliseconds(0);
  } else if (transport_ == Transport::kPolling && keep_for > milliseconds(0)) {
    farewell_ = std::move(last_poll);
    queue_bytes_ += farewell_.size();
  } else {
    keep_for = milliseconds(0);
  }
  if (keep_for == milliseconds(0) || !Hold()) DropFarewell();
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

void EngineSession::DropFarewell() {
  farewell_ = {};
  queue_.clear();
  queue_bytes_ = 0;
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

http::SharedFrame MessageFrame(std::string_view text) {
  return std::make_shared<const http::TextFrame>(
      EncodePacket(Packet{PacketType::kMessage, std::string(text), false}));
}

void EngineSession::SendFrames(std::span<const http::SharedFrame> messages) {
  MutexLock lock(mutex_);
  if (closed_) return;
  if (socket_ != nullptr) {
    size_t cost = socket_->QueuedBytes();
    for (const http::SharedFrame& each : messages) cost += each->bytes().size() + kPacketOverhead;
    if (cost <= options_.max_queue_bytes) return socket_->SendFrames(messages);
    CloseNow({}, milliseconds(0));
    return AskForDrain();
  }
  for (const http::SharedFrame& each : messages) {
    if (closed_) break;
    if (std::optional<Packet> packet = DecodePacket(each->text())) Enqueue(*std::move(packet));
  }
  if (!closed_ && poll_ != nullptr && !queue_.empty()) AnswerPoll(TakeQueue());
  AskForDrain();
}

void EngineSession::Close() {
  MutexLock lock(mutex_);
  if (closed_) return;
  CloseNow(EncodePacket(kClosePacket), kFarewell);
  AskForDrain();
}

// Both for itself and for its WebSocket, which is a connection of the server's.
void EngineSession::SetKnown(bool known) {
  const bool room = seat_->SetKnown(known);
  MutexLock lock(mutex_);
  if (closed_) return;
  if (socket_ != nullptr) socket_->SetKnown(known);
  if (!room) {
    CloseNow(EncodePacket(kClosePacket), kFarewell);
    AskForDrain();
  }
}

void EngineSession::GiveWay() {
  MutexLock lock(mutex_);
  CloseNow(EncodePacket(kClosePacket), milliseconds(0));
  Reschedule();
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
