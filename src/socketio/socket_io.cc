#include "socketio/socket_io.h"

#include <atomic>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include "base/check.h"
#include "socketio/engine_io.h"
#include "socketio/socket_packet.h"

namespace tamtap::socketio {
namespace {

namespace json = boost::json;

constexpr size_t kIdBytes = 10;
constexpr size_t kMaxNamespaces = 16;  // of one client
constexpr size_t kMaxNamespaceName = 128;

std::vector<Message> Frames(std::string text, std::vector<std::string> attachments) {
  std::vector<Message> frames;
  frames.reserve(attachments.size() + 1);
  frames.push_back(Message{std::move(text), false});
  for (std::string& attachment : attachments)
    frames.push_back(Message{std::move(attachment), true});
  return frames;
}

// All that is taken of a client that was not let in yet.
bool IsConnect(const Message& message) {
  constexpr char kConnect = '0' + static_cast<char>(SocketPacketType::kConnect);
  return !message.binary && message.data.starts_with(kConnect);
}

class Client;

class NamespaceSocket final : public Socket, public std::enable_shared_from_this<NamespaceSocket> {
 public:
  NamespaceSocket(std::string id, std::string name_space, std::shared_ptr<EngineSocket> engine,
                  std::weak_ptr<Client> client)
      : id_(std::move(id)),
        name_space_(std::move(name_space)),
        engine_(std::move(engine)),
        client_(std::move(client)) {}

  const std::string& id() const override { return id_; }
  const std::string& name_space() const override { return name_space_; }
  void Emit(std::string_view event, const json::array& arguments,
            std::vector<std::string> attachments) override {
    if (!connected_.load()) return;
    std::string text = EncodeEvent(name_space_, event, arguments, attachments.size());
    engine_->Send(Frames(std::move(text), std::move(attachments)));
  }
  void EmitShared(std::span<const SharedEvent> events) override {
    if (connected_.load()) engine_->SendFrames(events);
  }
  void Disconnect() override;
  void HangUp() override { engine_->Close(); }

  void Acknowledge(uint64_t id, const json::array& arguments,
                   std::vector<std::string> attachments) {
    if (!connected_.load()) return;
    SocketPacket ack;
    ack.type = attachments.empty() ? SocketPacketType::kAck : SocketPacketType::kBinaryAck;
    ack.name_space = name_space_;
    ack.id = id;
    ack.data = arguments;
    ack.attachments = attachments.size();
    engine_->Send(Frames(EncodeSocketPacket(ack), std::move(attachments)));
  }
  // Whether it was connected.
  bool Leave() { return connected_.exchange(false); }

 private:
  const std::string id_;
  const std::string name_space_;
  const std::shared_ptr<EngineSocket> engine_;
  const std::weak_ptr<Client> client_;
  std::atomic<bool> connected_{true};
};

// One Engine.IO client and the namespaces it has joined. Its members are touched only in the
// handler's calls, which come one at a time.
class Client final : public EngineHandler, public std::enable_shared_from_this<Client> {
 public:
  Client(std::shared_ptr<EngineSocket> engine, http::Request handshake, const Options& options,
         Listener& listener, Random& random)
      : engine_(std::move(engine)),
        handshake_(std::move(handshake)),
        options_(options),
        listener_(listener),
        random_(random) {
    engine_->CloseAfter(options_.connect_timeout);
  }

  void OnMessage(Message message) override;
  void OnClose() override;
  void Left(const std::shared_ptr<NamespaceSocket>& socket);

 private:
  void Violation();  // what arrived after it counts no more
  void OnPacket(SocketPacket packet, std::vector<std::string> attachments);
  void Connect(const SocketPacket& packet);
  void Refuse(const std::string& name_space, const std::string& why);
  void OnEvent(const std::shared_ptr<NamespaceSocket>& socket, SocketPacket packet,
               std::vector<std::string> attachments);

  const std::shared_ptr<EngineSocket> engine_;
  const http::Request handshake_;
  const Options options_;
  Listener& listener_;
  Random& random_;
  std::map<std::string, std::shared_ptr<NamespaceSocket>> sockets_;
  // Left at our wish: what the client sent before it heard of that is no violation.
  std::set<std::string> dismissed_;
  std::optional<SocketPacket> pending_;  // a binary packet whose attachments are arriving
  std::vector<std::string> attachments_;
  size_t attachment_bytes_ = 0;
  bool violated_ = false;
};

void NamespaceSocket::Disconnect() {
  if (!Leave()) return;
  SocketPacket packet;
  packet.type = SocketPacketType::kDisconnect;
  packet.name_space = name_space_;
  engine_->Send(Frames(EncodeSocketPacket(packet), {}));
  engine_->Run([weak = client_, self = shared_from_this()] {
    if (const auto client = weak.lock()) client->Left(self);
  });
}

void Client::Violation() {
  violated_ = true;
  engine_->Close();
}

void Client::OnMessage(Message message) {
  if (violated_) return;
  if (sockets_.empty() && dismissed_.empty() && !IsConnect(message)) return Violation();
  if (message.binary) {
    attachment_bytes_ += message.data.size();
    if (!pending_ || attachment_bytes_ > options_.max_payload) return Violation();
    attachments_.push_back(std::move(message.data));
  } else {
    std::optional<SocketPacket> packet = DecodeSocketPacket(message.data);
    if (!packet || pending_) return Violation();
    pending_ = std::move(packet);
  }
  if (attachments_.size() < pending_->attachments) return;
  SocketPacket packet = std::move(*pending_);
  pending_.reset();
  attachment_bytes_ = 0;
  OnPacket(std::move(packet), std::exchange(attachments_, {}));
}

void Client::OnPacket(SocketPacket packet, std::vector<std::string> attachments) {
  const auto found = sockets_.find(packet.name_space);
  if (packet.type == SocketPacketType::kConnect) {
    if (found != sockets_.end()) return Violation();
    return Connect(packet);
  }
  if (found == sockets_.end()) {
    if (dismissed_.contains(packet.name_space)) return;
    return Violation();
  }
  const std::shared_ptr<NamespaceSocket> socket = found->second;
  switch (packet.type) {
    case SocketPacketType::kDisconnect:
      if (socket->Leave()) Left(socket);
      return;
    case SocketPacketType::kEvent:
    case SocketPacketType::kBinaryEvent:
      return OnEvent(socket, std::move(packet), std::move(attachments));
    case SocketPacketType::kAck:
    case SocketPacketType::kBinaryAck:
      return;  // none is ever asked for
    case SocketPacketType::kConnect:
    case SocketPacketType::kConnectError:
      return Violation();  // the server's to say
  }
}

void Client::Connect(const SocketPacket& packet) {
  const std::string& name = packet.name_space;
  if (name.size() > kMaxNamespaceName) return Violation();
  if (sockets_.size() >= kMaxNamespaces) return Refuse(name, "Too many namespaces");
  const std::string why = listener_.Admit(name, handshake_, packet.data);
  if (!why.empty()) return Refuse(name, why);
  engine_->SetKnown(true);
  auto socket =
      std::make_shared<NamespaceSocket>(random_.Hex(kIdBytes), name, engine_, weak_from_this());
  sockets_.emplace(name, socket);
  dismissed_.erase(name);
  engine_->CloseAfter(EngineSocket::kNoClose);
  const Recovery recovery = listener_.Recover(name, handshake_, packet.data);
  SocketPacket answer;
  answer.name_space = name;
  json::object said{{"sid", socket->id()}};
  if (!recovery.pid.empty()) said.emplace("pid", recovery.pid);
  answer.data = std::move(said);
  engine_->Send(Frames(EncodeSocketPacket(answer), {}));
  listener_.OnConnect(socket, handshake_, packet.data, recovery.place);
}

void Client::Refuse(const std::string& name_space, const std::string& why) {
  SocketPacket answer;
  answer.type = SocketPacketType::kConnectError;
  answer.name_space = name_space;
  answer.data = json::object{{"message", why}};
  engine_->Send(Frames(EncodeSocketPacket(answer), {}));
}

void Client::OnEvent(const std::shared_ptr<NamespaceSocket>& socket, SocketPacket packet,
                     std::vector<std::string> attachments) {
  Acknowledge acknowledge;
  if (packet.id) {
    acknowledge = [weak = std::weak_ptr(socket), id = *packet.id,
                   open = std::make_shared<std::atomic<bool>>(true)](
                      const json::array& arguments, std::vector<std::string> answer_attachments) {
      if (!open->exchange(false)) return;
      if (const auto target = weak.lock()) {
        target->Acknowledge(id, arguments, std::move(answer_attachments));
      }
    };
  }
  json::array& data = packet.data.get_array();
  const json::string event = std::move(data.front().get_string());
  data.erase(data.begin());
  listener_.OnEvent(socket, std::string_view(event.data(), event.size()), data,
                    std::move(attachments), std::move(acknowledge));
}

void Client::Left(const std::shared_ptr<NamespaceSocket>& socket) {
  const auto found = sockets_.find(socket->name_space());
  if (found == sockets_.end() || found->second != socket) return;
  sockets_.erase(found);
  if (dismissed_.size() < kMaxNamespaces) dismissed_.insert(socket->name_space());
  if (sockets_.empty()) {
    engine_->SetKnown(false);
    engine_->CloseAfter(options_.connect_timeout);
  }
  listener_.OnDisconnect(socket);
}

void Client::OnClose() {
  for (const auto& [name, socket] : std::exchange(sockets_, {})) {
    socket->Leave();
    listener_.OnDisconnect(socket);
  }
}

class SocketServer final : public Server, private EngineListener {
 public:
  SocketServer(Options options, Listener& listener, Random& random, Clock& clock)
      : options_(options),
        listener_(listener),
        random_(random),
        engine_(MakeEngineServer(EngineOptions{.ping_interval = options.ping_interval,
                                               .ping_timeout = options.ping_timeout,
                                               .max_payload = options.max_payload,
                                               .max_queue_bytes = options.max_queue_bytes,
                                               .max_clients = options.max_clients},
                                 *this, random, clock)) {}

  void OnRequest(http::Request request, std::shared_ptr<http::Responder> responder) override {
    engine_->OnRequest(std::move(request), std::move(responder));
  }
  std::shared_ptr<http::WebSocketHandler> OnUpgrade(const http::Request& request,
                                                    http::Response& refusal) override {
    return engine_->OnUpgrade(request, refusal);
  }
  bool Knows(const http::Request& head) const override { return engine_->Knows(head); }
  size_t ClientCount() const override { return engine_->ClientCount(); }
  void Stop() override { engine_->Stop(); }

 private:
  std::shared_ptr<EngineHandler> OnOpen(const std::shared_ptr<EngineSocket>& socket,
                                        const http::Request& handshake) override {
    return std::make_shared<Client>(socket, handshake, options_, listener_, random_);
  }

  const Options options_;
  Listener& listener_;
  Random& random_;
  const std::unique_ptr<EngineServer> engine_;  // last: its threads end before the rest goes
};

}  // namespace

SharedEvent EncodeOnce(std::string_view event, const json::array& arguments) {
  return MessageFrame(EncodeEvent("/", event, arguments, 0));
}

std::unique_ptr<Server> MakeServer(Options options, Listener& listener, Random& random,
                                   Clock& clock) {
  return std::make_unique<SocketServer>(options, listener, random, clock);
}

}  // namespace tamtap::socketio
