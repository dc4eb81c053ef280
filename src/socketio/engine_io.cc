#include "socketio/engine_io.h"

#include <map>
#include <set>
#include <thread>
#include <utility>

#include "base/check.h"
#include "base/log.h"
#include "base/mutex.h"
#include "http/peer_address.h"
#include "http/peers.h"
#include "socketio/engine_session.h"

namespace tamtap::socketio {
namespace {

constexpr size_t kIdBytes = 16;  // knowing one lets its holder speak for the client

class Engine final : public EngineServer, private SessionHost {
 public:
  Engine(EngineOptions options, EngineListener& listener, Random& random, Clock& clock)
      : options_(options),
        listener_(listener),
        random_(random),
        clock_(clock),
        peers_(http::Peers::Make({.seats = options.max_clients,
                                  .stranger_seats = std::max<size_t>(options.max_clients / 4, 1),
                                  .stranger_bytes = options.stranger_bytes,
                                  .known_bytes = options.known_bytes})) {
    timer_ = std::thread([this] { RunTimer(); });
  }
  ~Engine() override { Stop(); }

  void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) override;
  std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                    http::Response& refusal) override;
  bool Knows(const http::Request& head) const override {
    const std::string id = head.Query("sid");
    const std::shared_ptr<EngineSession> session = id.empty() ? nullptr : Find(id);
    return session != nullptr && session->known();
  }
  size_t ClientCount() const override {
    MutexLock lock(mutex_);
    return clients_;
  }
  void Stop() override;

 private:
  struct Entry {
    std::shared_ptr<EngineSession> session;
    MonotonicTime due = EngineSession::kNever;
  };

  MonotonicTime Now() override { return clock_.MonotonicNow(); }
  void Schedule(const std::string& id, MonotonicTime when) override;
  void Closed(const std::string& id) override;
  void Forget(const std::string& id) override;

  std::shared_ptr<EngineSession> Find(const std::string& id) const;
  std::shared_ptr<EngineSession> Create(const http::Request& handshake);  // null: full or stopped
  void GiveWay(const std::string& id);
  void RunTimer();

  const EngineOptions options_;
  EngineListener& listener_;
  Random& random_;
  Clock& clock_;
  const std::shared_ptr<http::Peers> peers_;  // those who are clients

  mutable Mutex mutex_;  // taken after a session's, never before it
  CondVar changed_;
  std::map<std::string, Entry> sessions_ GUARDED_BY(mutex_);
  std::set<std::pair<MonotonicTime, std::string>> due_ GUARDED_BY(mutex_);
  std::vector<std::shared_ptr<EngineSession>> give_way_ GUARDED_BY(mutex_);
  size_t clients_ GUARDED_BY(mutex_) = 0;
  bool stopped_ GUARDED_BY(mutex_) = false;
  std::thread timer_;
};

// Between one WebSocket and its session. A second WebSocket of a session gets link 0 and is closed.
class SessionLink final : public http::WebSocketHandler {
 public:
  explicit SessionLink(std::shared_ptr<EngineSession> session)
      : session_(std::move(session)), link_(session_->Attach()) {}

  void OnOpen(std::shared_ptr<http::WebSocket> socket) override {
    session_->LinkOpened(link_, std::move(socket));
  }
  void OnMessage(std::string message, bool binary) override {
    session_->LinkMessage(link_, std::move(message), binary);
  }
  void OnClose() override { session_->LinkClosed(link_); }

 private:
  const std::shared_ptr<EngineSession> session_;
  const EngineSession::Link link_;
};

http::Response FullResponse() {
  http::Response response = FaultResponse(EngineFault::kForbidden, 503);
  response.headers.emplace_back("Retry-After", "10");
  return response;
}

std::shared_ptr<EngineSession> Engine::Find(const std::string& id) const {
  MutexLock lock(mutex_);
  const auto found = sessions_.find(id);
  return found == sessions_.end() ? nullptr : found->second.session;
}

// What tells who a client is. All else that it sent is not kept.
http::Request HandshakeOf(const http::Request& request) {
  http::Request handshake;
  handshake.method = request.method;
  handshake.target = request.target;
  handshake.remote_address = request.remote_address;
  handshake.secure = request.secure;
  for (const char* name : {"Cookie", "Host", "Origin", "Sec-Fetch-Site"}) {
    const std::string_view value = request.Header(name);
    if (!value.empty()) handshake.headers.emplace_back(name, value);
  }
  return handshake;
}

std::shared_ptr<EngineSession> Engine::Create(const http::Request& handshake) {
  std::string id = random_.Hex(kIdBytes);
  std::shared_ptr<http::Peers::Seat> seat =
      peers_->Take(http::ClientOf(handshake), EngineSession::kBytes, [this, id] { GiveWay(id); });
  if (seat == nullptr) return nullptr;
  auto session = std::make_shared<EngineSession>(std::move(id), options_, std::move(seat),
                                                 static_cast<SessionHost&>(*this));
  MutexLock lock(mutex_);
  // Closed ones count until they are forgotten, or their farewells would be without bound.
  if (stopped_ || sessions_.size() >= options_.max_clients) return nullptr;
  CHECK(sessions_.try_emplace(session->id(), Entry{.session = session}).second);
  ++clients_;
  return session;
}

void Engine::OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) {
  const auto refuse = [&](EngineFault fault) { responder->Send(FaultResponse(fault)); };
  const std::string transport = request.Query("transport");
  if (transport != "polling" && transport != "websocket") {
    return refuse(EngineFault::kUnknownTransport);
  }
  if (request.Query("EIO") != "4") return refuse(EngineFault::kUnsupportedVersion);
  if (transport == "websocket") return refuse(EngineFault::kBadRequest);
  const std::string id = request.Query("sid");
  if (id.empty()) {
    if (request.method != "GET") return refuse(EngineFault::kBadMethod);
    const std::shared_ptr<EngineSession> session = Create(request);
    if (session == nullptr) return responder->Send(FullResponse());
    return session->Open(listener_, HandshakeOf(request), responder);
  }
  const std::shared_ptr<EngineSession> session = Find(id);
  if (session == nullptr) return refuse(EngineFault::kUnknownSession);
  if (request.method == "GET") return session->Poll(std::move(responder));
  if (request.method == "POST") return session->Post(request.body, responder);
  refuse(EngineFault::kBadRequest);
}

std::shared_ptr<http::WebSocketHandler> Engine::OnUpgrade(const http::Request& request,
                                                          http::Response& refusal) {
  const auto refuse = [&](EngineFault fault) {
    refusal = FaultResponse(fault);
    return nullptr;
  };
  const std::string transport = request.Query("transport");
  if (transport == "polling") return refuse(EngineFault::kBadRequest);
  if (transport != "websocket") return refuse(EngineFault::kUnknownTransport);
  if (request.Query("EIO") != "4") return refuse(EngineFault::kUnsupportedVersion);
  const std::string id = request.Query("sid");
  if (!id.empty()) {
    std::shared_ptr<EngineSession> session = Find(id);
    if (session == nullptr) return refuse(EngineFault::kUnknownSession);
    return std::make_shared<SessionLink>(std::move(session));
  }
  std::shared_ptr<EngineSession> session = Create(request);
  if (session == nullptr) {
    refusal = FullResponse();
    return nullptr;
  }
  session->Open(listener_, HandshakeOf(request), nullptr);
  return std::make_shared<SessionLink>(std::move(session));
}

void Engine::Schedule(const std::string& id, MonotonicTime when) {
  MutexLock lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  Entry& entry = found->second;
  if (entry.due != EngineSession::kNever) due_.erase({entry.due, id});
  entry.due = when;
  if (when == EngineSession::kNever) return;
  const auto place = due_.emplace(when, id).first;
  if (place == due_.begin()) changed_.NotifyOne();
}

// Its lock may be held by who needs the room, so the timer's thread tells it.
void Engine::GiveWay(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  give_way_.push_back(found->second.session);
  changed_.NotifyOne();
}

void Engine::Closed(const std::string&) {
  MutexLock lock(mutex_);
  --clients_;
}

void Engine::Forget(const std::string& id) {
  MutexLock lock(mutex_);
  const auto found = sessions_.find(id);
  if (found == sessions_.end()) return;
  if (found->second.due != EngineSession::kNever) due_.erase({found->second.due, id});
  sessions_.erase(found);
}

void Engine::RunTimer() {
  while (true) {
    std::shared_ptr<EngineSession> session;
    bool gives_way = false;
    {
      MutexLock lock(mutex_);
      while (!stopped_ && give_way_.empty() && (due_.empty() || due_.begin()->first > Now())) {
        if (due_.empty()) {
          changed_.Wait(mutex_);
        } else {
          changed_.WaitFor(mutex_, due_.begin()->first - Now());
        }
      }
      if (stopped_) return;
      gives_way = !give_way_.empty();
      if (gives_way) {
        session = std::move(give_way_.back());
        give_way_.pop_back();
      } else {
        Entry& entry = sessions_.at(due_.begin()->second);
        due_.erase(due_.begin());
        entry.due = EngineSession::kNever;
        session = entry.session;
      }
    }
    try {
      if (gives_way) session->GiveWay();
      session->Tick();
    } catch (const std::exception& error) {  // for want of memory: of this one, for now
      LogFailure("the timer of a live connection", error);
    }
  }
}

void Engine::Stop() {
  std::vector<std::shared_ptr<EngineSession>> sessions;
  {
    MutexLock lock(mutex_);
    if (stopped_) return;
    stopped_ = true;
    changed_.NotifyAll();
    for (const auto& [id, entry] : sessions_) sessions.push_back(entry.session);
  }
  timer_.join();
  for (const auto& session : sessions) {
    session->Close();
    session->Tick();  // delivers OnClose
  }
}

}  // namespace

std::unique_ptr<EngineServer> MakeEngineServer(EngineOptions options, EngineListener& listener,
                                               Random& random, Clock& clock) {
  return std::make_unique<Engine>(options, listener, random, clock);
}

}  // namespace tamtap::socketio
