// For tests of the live feed: pages without sockets, and gates that notify and sync.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/live_feed.h"
#include "server/server_fixture.h"

namespace tamtap {

class FakePage final : public socketio::Socket {
 public:
  explicit FakePage(std::string id) : id_(std::move(id)) {}
  const std::string& id() const override { return id_; }
  const std::string& name_space() const override { return name_space_; }
  void Emit(std::string_view event, const boost::json::array& arguments,
            std::vector<std::string>) override {
    heard.emplace_back(event, arguments.at(0).as_object());
  }
  void EmitShared(std::span<const socketio::SharedEvent> events) override {
    for (const auto& each : events) {  // "42" of Engine.IO and Socket.IO, then the event
      const boost::json::array event = boost::json::parse(each->text().substr(2)).as_array();
      heard.emplace_back(boost::json::value_to<std::string>(event.at(0)), event.at(1).as_object());
      places.push_back(event.size() > 2 ? boost::json::value_to<std::string>(event.at(2)) : "");
    }
  }
  void Disconnect() override { connected = false; }
  void HangUp() override { connected = false; }

  // Taps of the arrivals that were heard.
  std::vector<std::string> Arrivals() const {
    std::vector<std::string> taps;
    for (const auto& [event, message] : heard) {
      if (event == "attendance:new")
        taps.push_back(boost::json::value_to<std::string>(message.at("tap")));
    }
    return taps;
  }
  std::vector<boost::json::object> All(std::string_view event) const {
    std::vector<boost::json::object> messages;
    for (const auto& [each, message] : heard) {
      if (each == event) messages.push_back(message);
    }
    return messages;
  }

  std::vector<std::pair<std::string, boost::json::object>> heard;
  std::vector<std::string> places;  // of what was heard
  bool connected = true;

 private:
  const std::string id_;
  const std::string name_space_ = "/";
};

class LiveFixture : public ServerFixture {
 protected:
  LiveFeed& feed() { return api_->feed(); }

  http::Request Handshake(const http::Headers& session) {
    http::Request handshake;
    handshake.headers = session;
    handshake.headers.emplace_back("Host", "gate.local:3000");
    return handshake;
  }
  std::shared_ptr<FakePage> NewPage() {
    return std::make_shared<FakePage>("page-" + std::to_string(++pages_));
  }
  std::shared_ptr<FakePage> Open(const http::Headers& session) {
    const http::Request handshake = Handshake(session);
    EXPECT_EQ(feed().Admit("/", handshake, nullptr), "");
    auto page = NewPage();
    feed().OnConnect(page, handshake, nullptr, {});
    return page;
  }
  void Send(const char* target, const Record& record, const http::Headers& gate) {
    std::string body;
    AppendJson(record, body);
    EXPECT_EQ(Ask("POST", target, body, gate).status, 200);
  }
  void Notify(const Record& record, const http::Headers& gate) {
    Send("/api/hardware/attendance", record, gate);
  }
  void Ingest(const Record& record, const http::Headers& gate) {
    Send("/api/terminal/records", record, gate);
  }

 private:
  int pages_ = 0;
};

}  // namespace tamtap
