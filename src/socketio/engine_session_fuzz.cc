// Any order of polls, posts, frames and time, with any content, as the life of an Engine.IO client:
// every request is answered once, the handler hears of the end once and of nothing afterwards, and
// what a stranger may make wait is bounded.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "base/check.h"
#include "socketio/engine_session.h"
#include "socketio/fake_host.h"

namespace tamtap::socketio {
namespace {

using std::chrono::milliseconds;

constexpr size_t kMaxStrangers = 50;

class Answered final : public http::Responder {
 public:
  explicit Answered(int& answers) : answers_(answers) {}
  void Send(http::Response) override {
    CHECK(!sent_);
    sent_ = true;
    ++answers_;
  }
  void OnGone(std::function<void()> call) override { gone = std::move(call); }

  bool sent() const { return sent_; }

  std::function<void()> gone;

 private:
  int& answers_;
  bool sent_ = false;
};

class Link final : public http::WebSocket {
 public:
  void SendText(std::string) override { CHECK(!closed_); }
  void SendBinary(std::string) override { CHECK(!closed_); }
  void SendFrames(std::span<const http::SharedFrame>) override { CHECK(!closed_); }
  void Close() override { closed_ = true; }
  void SetKnown(bool) override {}
  size_t QueuedBytes() const override { return 0; }

 private:
  bool closed_ = false;
};

class Talker final : public EngineHandler {
 public:
  explicit Talker(std::shared_ptr<EngineSocket> socket) : socket_(std::move(socket)) {}
  ~Talker() override { CHECK(closed_); }
  void OnMessage(Message message) override {
    CHECK(!closed_ && (known_ || message.data.size() <= kMaxStrangers));
    if (message.data == "k") socket_->SetKnown(known_ = true);
    if (message.data == "s") socket_->SetKnown(known_ = false);
    if (message.data == "c") return socket_->Close();
    std::vector<Message> answer;
    answer.push_back(std::move(message));
    socket_->Send(std::move(answer));
  }
  void OnClose() override {
    CHECK(!closed_);
    closed_ = true;
  }

 private:
  const std::shared_ptr<EngineSocket> socket_;
  bool known_ = false;
  bool closed_ = false;
};

class Talkers final : public EngineListener {
 public:
  std::shared_ptr<EngineHandler> OnOpen(const std::shared_ptr<EngineSocket>& socket,
                                        const http::Request&) override {
    return std::make_shared<Talker>(socket);
  }
};

class Life {
 public:
  void Run(std::string_view input) {
    const auto take = [&](size_t bytes) {
      const std::string_view taken = input.substr(0, bytes);
      input.remove_prefix(taken.size());
      return taken;
    };
    Open(!input.empty() && input[0] % 2 == 0);
    while (!input.empty()) {
      const auto what = static_cast<unsigned char>(take(1)[0]);
      const size_t length = input.empty() ? 0 : static_cast<unsigned char>(take(1)[0]);
      Step(what % 8, std::string(take(length)), length);
    }
    session_->Close();
    for (int i = 0; i < 40; ++i) Pass(milliseconds(500));
    CHECK(host_.closed == 1 && host_.forgotten);
    CHECK(answers_ == asked_);
    session_.reset();
    CHECK(peers_->use().strangers + peers_->use().known == 0);
  }

 private:
  void Open(bool by_socket) {
    session_ = std::make_shared<EngineSession>(
        "SID",
        EngineOptions{
            .max_payload = 300, .max_stranger_payload = kMaxStrangers, .max_queue_bytes = 2'000},
        peers_->Take({"a", false}, EngineSession::kBytes, [] {}), host_);
    session_->Open(listener_, {}, by_socket ? nullptr : Ask());
  }
  std::shared_ptr<Answered> Ask() {
    ++asked_;
    responders_.push_back(std::make_shared<Answered>(answers_));
    return responders_.back();
  }
  void Step(int what, std::string content, size_t number) {
    switch (what) {
      case 0:
        return session_->Poll(Ask());
      case 1:
        return session_->Post(content, Ask());
      case 2:
        links_.push_back(session_->Attach());
        return session_->LinkOpened(links_.back(), std::make_shared<Link>());
      case 3:
      case 4:
        if (links_.empty()) return;
        return session_->LinkMessage(links_[number % links_.size()], std::move(content), what == 4);
      case 5:
        if (links_.empty()) return;
        return session_->LinkClosed(links_[number % links_.size()]);
      case 6:
        return Pass(milliseconds(number * 300));
      default:
        if (responders_.empty()) return;
        Leave(*responders_[number % responders_.size()]);
        if (number == 255) session_->GiveWay();
    }
  }
  // The client of a request goes away, and is owed no answer any more.
  void Leave(Answered& responder) {
    const auto gone = std::exchange(responder.gone, nullptr);
    if (gone == nullptr || responder.sent()) return;
    gone();
    asked_ -= responder.sent() ? 0 : 1;
  }
  void Pass(milliseconds time) {
    host_.clock.Advance(time);
    if (host_.due > host_.clock.MonotonicNow()) return;
    host_.due = EngineSession::kNever;
    session_->Tick();
  }

  const std::shared_ptr<http::Peers> peers_ = http::Peers::Make({});
  FakeHost host_;
  Talkers listener_;
  std::shared_ptr<EngineSession> session_;
  std::vector<EngineSession::Link> links_;
  std::vector<std::shared_ptr<Answered>> responders_;
  int asked_ = 0;
  int answers_ = 0;
};

}  // namespace
}  // namespace tamtap::socketio

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tamtap::socketio::Life().Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
