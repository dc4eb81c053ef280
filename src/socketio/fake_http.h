// For tests: what the HTTP room hands over, without a socket behind it. One thread.
#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "http/server.h"

namespace tamtap::socketio {

class FakeResponder final : public http::Responder {
 public:
  void Send(http::Response response) override {
    EXPECT_FALSE(answer) << "answered twice";
    answer = std::move(response);
  }
  void OnGone(std::function<void()> call) override { gone = std::move(call); }

  std::optional<http::Response> answer;
  std::function<void()> gone;
};

class FakeWebSocket final : public http::WebSocket {
 public:
  void SendText(std::string message) override { Add(std::move(message)); }
  void SendBinary(std::string message) override { Add("binary:" + message); }
  void SendFrames(std::span<const http::SharedFrame> frames) override {
    for (const http::SharedFrame& each : frames) Add(std::string(each->text()));
  }
  void Close() override { closed = true; }
  void SetKnown(bool is_known) override { known = is_known; }
  size_t QueuedBytes() const override { return queued; }

  std::vector<std::string> sent;
  size_t queued = 0;
  bool reads = true;
  bool closed = false;
  bool known = false;

 private:
  void Add(std::string message) {
    if (!reads) queued += message.size();
    sent.push_back(std::move(message));
  }
};

}  // namespace tamtap::socketio
