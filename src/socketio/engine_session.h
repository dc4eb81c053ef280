// EngineSession: the state machine of one Engine.IO client: what is sent and received, and when it
// ends (engine_session.cc), by polling (engine_polling.cc), or by WebSockets (engine_links.cc). It
// owns no socket, thread or clock: it is told of requests, frames and the time, and answers through
// http::Responder, http::WebSocket and its SessionHost. Internal to this room.
//
// Thread-safe. What it hears is put on a queue of events, which whoever brought the news then
// drains without the lock held, one thread at a time; that keeps the handler's calls in order.
// Calls of the EngineSocket interface only add events: the host's Tick drains those.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <string>

#include "base/clock.h"
#include "base/mutex.h"
#include "http/peers.h"
#include "socketio/engine_io.h"
#include "socketio/engine_packet.h"

namespace tamtap::socketio {

// Called with the session's lock held: must not call back.
class SessionHost {
 public:
  virtual ~SessionHost() = default;
  virtual MonotonicTime Now() = 0;
  // Asks that Tick() be called at `when`, and no longer at the time that was asked for before.
  virtual void Schedule(const std::string& id, MonotonicTime when) = 0;
  virtual void Closed(const std::string& id) = 0;  // counts as a client no longer
  virtual void Forget(const std::string& id) = 0;  // nothing will be asked of it any more
};

// The error bodies of the reference implementation: {"code":n,"message":"..."}.
enum class EngineFault {
  kUnknownTransport = 0,
  kUnknownSession = 1,
  kBadMethod = 2,
  kBadRequest = 3,
  kForbidden = 4,
  kUnsupportedVersion = 5,
};
http::Response FaultResponse(EngineFault fault, int status = 400);
http::Response TextResponse(std::string body);

class EngineSession final : public EngineSocket,
                            public std::enable_shared_from_this<EngineSession> {
 public:
  using Link = uint64_t;  // names a WebSocket of this session; 0 is none
  static constexpr MonotonicTime kNever = MonotonicTime::max();
  static constexpr std::chrono::milliseconds kHeldPoll{200};  // a poll that crosses an upgrade
  static constexpr size_t kBytes = 12 << 10;  // what one takes besides packets that wait

  EngineSession(std::string id, const EngineOptions& options,
                std::shared_ptr<http::Peers::Seat> seat, SessionHost& host);

  // The first call: tells the listener, and answers the handshake of a polling client. `responder`
  // is null for a WebSocket-only client, which then attaches its link.
  void Open(EngineListener& listener, const http::Request& handshake,
            const std::shared_ptr<http::Responder>& responder);
  void Poll(std::shared_ptr<http::Responder> responder);
  void Post(std::string_view body, const std::shared_ptr<http::Responder>& responder);

  // A WebSocket asks to join; 0 when there is one already, or no session any more.
  Link Attach();
  void LinkOpened(Link link, std::shared_ptr<http::WebSocket> socket);
  void LinkMessage(Link link, std::string message, bool binary);
  void LinkClosed(Link link);

  void Tick();
  void GiveWay();  // to another, who needs its place more
  bool known() const { return seat_->known(); }

  const std::string& id() const override { return id_; }
  void Send(std::vector<Message> messages) override;
  void SendFrames(std::span<const http::SharedFrame> messages) override;
  void Close() override;
  void SetKnown(bool known) override;
  void Run(std::function<void()> task) override;
  void CloseAfter(std::chrono::milliseconds delay) override;

 private:
  enum class Transport { kPolling, kWebSocket };
  struct Timers {
    MonotonicTime ping = kNever;       // send the next ping
    MonotonicTime pong = kNever;       // the answer to it is overdue
    MonotonicTime upgrade = kNever;    // the upgrade takes too long
    MonotonicTime held_poll = kNever;  // a poll during the upgrade has waited long enough
    MonotonicTime close = kNever;      // CloseAfter
    MonotonicTime forget = kNever;     // closed, and no last poll came for the farewell
    MonotonicTime events = kNever;     // events wait for a thread to drain them

    MonotonicTime Earliest() const;
  };

  std::string OpenPacket() const REQUIRES(mutex_);
  void Receive(Packet packet) REQUIRES(mutex_);
  void Enqueue(Packet packet) REQUIRES(mutex_);
  void WriteFrame(Packet packet) REQUIRES(mutex_);
  std::string TakeQueue() REQUIRES(mutex_);
  void AnswerPoll(std::string payload) REQUIRES(mutex_);
  void CandidateMessage(std::string_view message, bool binary) REQUIRES(mutex_);
  void DropCandidate() REQUIRES(mutex_);
  // `last_poll` is what a pending poll is answered with. Without one, what waits is kept for
  // `keep_for`: the next poll gets that, and the one after it `last_poll`. A stock client that is
  // told of a message and of the end at once notices the end first, keeps the message for its next
  // connection, and does not count it as heard.
  void CloseNow(std::string last_poll, std::chrono::milliseconds keep_for) REQUIRES(mutex_);
  void DropFarewell() REQUIRES(mutex_);
  void AddEvent(std::function<void()> event) REQUIRES(mutex_);
  // Whether the budget has room for the packets that wait.
  bool Hold() REQUIRES(mutex_);
  void Reschedule() REQUIRES(mutex_);
  void AskForDrain() REQUIRES(mutex_);  // by the host, for callers that must not do it themselves
  void Drain() EXCLUDES(mutex_);

  const std::string id_;
  const EngineOptions options_;
  const std::shared_ptr<http::Peers::Seat> seat_;
  SessionHost& host_;
  std::shared_ptr<EngineHandler> handler_;  // touched by events only

  Mutex mutex_;
  Transport transport_ GUARDED_BY(mutex_) = Transport::kPolling;
  bool closed_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<http::Responder> poll_ GUARDED_BY(mutex_);
  bool posting_ GUARDED_BY(mutex_) = false;
  bool poll_crosses_ GUARDED_BY(mutex_) = false;  // came after a WebSocket asked to take over
  uint64_t poll_number_ GUARDED_BY(mutex_) = 0;
  std::string farewell_ GUARDED_BY(mutex_);
  Link last_link_ GUARDED_BY(mutex_) = 0;
  Link link_ GUARDED_BY(mutex_) = 0;       // the transport's WebSocket
  Link candidate_ GUARDED_BY(mutex_) = 0;  // one that may take over from polling
  bool probed_ GUARDED_BY(mutex_) = false;
  std::shared_ptr<http::WebSocket> socket_ GUARDED_BY(mutex_);
  std::shared_ptr<http::WebSocket> candidate_socket_ GUARDED_BY(mutex_);
  std::deque<Packet> queue_ GUARDED_BY(mutex_);  // for the next poll, or until the link is open
  size_t queue_bytes_ GUARDED_BY(mutex_) = 0;
  std::deque<std::function<void()>> events_ GUARDED_BY(mutex_);
  size_t event_bytes_ GUARDED_BY(mutex_) = 0;
  bool draining_ GUARDED_BY(mutex_) = false;
  Timers timers_ GUARDED_BY(mutex_);
  MonotonicTime scheduled_ GUARDED_BY(mutex_) = kNever;
};

}  // namespace tamtap::socketio
