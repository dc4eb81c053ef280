#include <gtest/gtest.h>

#include <array>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>

#include "base/random.h"
#include "socketio/engine_packet.h"
#include "socketio/socket_packet.h"

namespace tamtap::socketio {
namespace {

namespace json = boost::json;

TEST(EnginePacket, IsATypeAndItsData) {
  EXPECT_EQ(DecodePacket("4hello"), (Packet{PacketType::kMessage, "hello", false}));
  EXPECT_EQ(DecodePacket("2probe"), (Packet{PacketType::kPing, "probe", false}));
  EXPECT_EQ(DecodePacket("4"), (Packet{PacketType::kMessage, "", false}));
  EXPECT_EQ(EncodePacket({PacketType::kPong, "probe", false}), "3probe");
  for (const char* text :
       {"", "7", "a", "abc", "4\xC3\x28", "4\xED\xA0\x80", "4\xF5\x80\x80\x80"}) {
    EXPECT_FALSE(DecodePacket(text)) << text;
  }
}

TEST(EnginePayload, HoldsPacketsInOrderAndBinaryInBase64) {
  std::string payload;
  const std::vector<Packet> packets = {{PacketType::kMessage, "hello", false},
                                       {PacketType::kMessage, "\x01\x02\x03\x04", true},
                                       {PacketType::kPing, "", false}};
  for (const Packet& packet : packets) AppendToPayload(packet, payload);
  EXPECT_EQ(payload,
            "4hello\x1e"
            "bAQIDBA==\x1e"
            "2");
  EXPECT_EQ(DecodePayload(payload), packets);
  for (const char* bad : {"", "abc", "4a\x1e",
                          "\x1e"
                          "4a",
                          "b", "bA", "bA===", "bAQ=A", "bAQ=", "bAR==", "b AQI",
                          "4a\x1e\x1e"
                          "4b"}) {
    const bool empty_binary = std::string_view(bad) == "b";  // an empty buffer is one
    EXPECT_EQ(DecodePayload(bad).has_value(), empty_binary) << bad;
  }
}

TEST(EnginePayload, HasABoundedNumberOfPackets) {
  std::string payload = "4";
  for (size_t i = 1; i < kMaxPacketsInPayload; ++i)
    payload +=
        "\x1e"
        "4";
  EXPECT_TRUE(DecodePayload(payload));
  payload +=
      "\x1e"
      "4";
  EXPECT_FALSE(DecodePayload(payload));
}

TEST(SocketPacket, TheExamplesOfTheProtocolAreRead) {
  const auto event = DecodeSocketPacket(R"(2/admin,13["foo",{"a":1}])");
  ASSERT_TRUE(event);
  EXPECT_EQ(event->type, SocketPacketType::kEvent);
  EXPECT_EQ(event->name_space, "/admin");
  EXPECT_EQ(event->id, 13U);
  EXPECT_EQ(json::serialize(event->data), R"(["foo",{"a":1}])");
  const auto binary = DecodeSocketPacket(
      R"(52-/admin,["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])");
  ASSERT_TRUE(binary);
  EXPECT_EQ(binary->attachments, 2U);
  const auto ack = DecodeSocketPacket(R"(61-15["bar",{"_placeholder":true,"num":0}])");
  ASSERT_TRUE(ack);
  EXPECT_EQ(ack->type, SocketPacketType::kBinaryAck);
  EXPECT_EQ(ack->id, 15U);
  EXPECT_EQ(DecodeSocketPacket("0/custom")->name_space, "/custom");
  EXPECT_EQ(DecodeSocketPacket("0/custom?a=b,{}")->name_space, "/custom");
  EXPECT_TRUE(DecodeSocketPacket("0"));
  EXPECT_TRUE(DecodeSocketPacket("1"));
  EXPECT_TRUE(DecodeSocketPacket("1/admin,"));
  EXPECT_TRUE(DecodeSocketPacket(R"(0{"token":"123"})"));
}

TEST(SocketPacket, WhatTheProtocolForbidsIsNone) {
  for (const char* text : {"",
                           "7",
                           "abc",
                           "2",
                           "2{}",
                           "2[]",
                           "2[1]",
                           R"(2["connect"])",
                           R"(2["disconnect"])",
                           R"(2["a")",
                           R"(2["a"]x)",
                           R"(2["a",1e400])",
                           R"(2["a",{"b":[-1e999]}])",
                           R"(2abc["a"])",
                           R"(29999999999999999["a"])",
                           "0[]",
                           "0null",
                           "1{}",
                           "3[]",
                           "31{}",
                           R"(5["a"])",
                           R"(5-["a"])",
                           R"(511-["a"])",
                           R"(5x-["a"])",
                           R"(51-["a",{"_placeholder":true,"num":1}])",
                           R"(51-["a",{"_placeholder":true,"num":-1}])",
                           R"(51-["a",{"_placeholder":true,"num":"0"}])",
                           R"(51-["a",[{"_placeholder":true}]])",
                           "2[\"\xC3\x28\"]"}) {
    EXPECT_FALSE(DecodeSocketPacket(text)) << text;
  }
}

TEST(SocketPacket, NestingIsBounded) {
  const auto nested = [](size_t depth) {
    return "2[\"a\"," + std::string(depth, '[') + std::string(depth, ']') + "]";
  };
  EXPECT_TRUE(DecodeSocketPacket(nested(kMaxJsonDepth - 2)));
  EXPECT_FALSE(DecodeSocketPacket(nested(kMaxJsonDepth)));
  EXPECT_FALSE(DecodeSocketPacket(nested(400'000)));
}

TEST(SocketPacket, EncodingIsWhatTheProtocolShows) {
  SocketPacket error;
  error.type = SocketPacketType::kConnectError;
  error.name_space = "/random";
  error.data = json::parse(R"({"message":"Invalid namespace"})");
  EXPECT_EQ(EncodeSocketPacket(error), R"(4/random,{"message":"Invalid namespace"})");
  SocketPacket ack;
  ack.type = SocketPacketType::kBinaryAck;
  ack.id = 789;
  ack.attachments = 1;
  ack.data = json::parse(R"([{"_placeholder":true,"num":0}])");
  EXPECT_EQ(EncodeSocketPacket(ack), R"(61-789[{"_placeholder":true,"num":0}])");
  EXPECT_EQ(EncodeEvent("/", "hi \"you\"", json::parse("[1,{}]").as_array(), 0),
            R"(2["hi \"you\"",1,{}])");
  EXPECT_EQ(EncodeEvent("/custom", "e", {}, 2), R"(52-/custom,["e"])");
}

// What is read must mean the same when written again, whatever the bytes.
TEST(Packets, TwentyThousandMutationsAreRefusedOrRoundTrip) {
  const std::array<std::string, 8> seeds = {
      R"(2/admin,13["foo",{"a":[1,2.5,null,"\u00e9"]}])",
      R"(52-/a,7["baz",{"_placeholder":true,"num":0},[{"_placeholder":true,"num":1}]])",
      R"(0/custom,{"token":"123"})",
      R"(61-15["bar",{"_placeholder":true,"num":0}])",
      "4hello\x1e"
      "bAQIDBA==\x1e"
      "2\x1e"
      "3probe",
      "1/admin,",
      R"(31["\ud83d\ude00"])",
      R"(0{"sid":"a","upgrades":["websocket"]})"};
  constexpr std::string_view kSyntax = "0123456789[]{},-/\"\x1e?b";
  SeededRandom random(20'261'123);
  int accepted = 0;
  for (int round = 0; round < 20'000; ++round) {
    std::string text = seeds[random.Below(seeds.size())];
    for (uint64_t edits = 1 + random.Below(4); edits > 0; --edits) {
      const size_t at = random.Below(text.size() + 1);
      switch (random.Below(5)) {
        case 0:
          text.insert(at, 1, static_cast<char>(random.Below(256)));
          break;
        case 1:
          text.erase(at, 1 + random.Below(4));
          break;
        case 2:
          if (at < text.size()) text[at] = static_cast<char>(random.Below(256));
          break;
        case 3:
          text.insert(at, text.substr(random.Below(text.size() + 1), random.Below(12)));
          break;
        default:
          text.insert(at, 1, kSyntax[random.Below(kSyntax.size())]);
          break;
      }
    }
    if (const auto packets = DecodePayload(text)) {
      std::string again;
      for (const Packet& packet : *packets) AppendToPayload(packet, again);
      ASSERT_EQ(DecodePayload(again), packets) << text;
    }
    if (const auto packet = DecodePacket(text)) {
      ASSERT_EQ(EncodePacket(*packet), text);
    }
    if (const auto packet = DecodeSocketPacket(text)) {
      ++accepted;
      const auto again = DecodeSocketPacket(EncodeSocketPacket(*packet));
      ASSERT_TRUE(again) << text;
      EXPECT_EQ(again->type, packet->type);
      EXPECT_EQ(again->id, packet->id);
      EXPECT_EQ(again->attachments, packet->attachments);
      EXPECT_EQ(again->name_space, packet->name_space);
      EXPECT_EQ(json::serialize(again->data), json::serialize(packet->data)) << text;
    }
  }
  EXPECT_GT(accepted, 500);  // the mutations reach past the first check
}

}  // namespace
}  // namespace tamtap::socketio
