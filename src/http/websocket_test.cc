// WebSockets, frame by frame (RFC 6455).
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "http/echo_handler.h"
#include "http/raw_connection.h"
#include "http/server.h"

namespace tamtap::http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;
using testing::StartsWith;

constexpr int kText = 1;
constexpr int kBinary = 2;
constexpr int kClose = 8;
constexpr int kPing = 9;
constexpr int kPong = 10;

std::string Upgrade(const std::string& path, bool known = true) {
  return "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + (known ? "X-Known: yes\r\n" : "") +
         "Connection: Upgrade\r\nUpgrade: websocket\r\n"
         "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
}

std::string Frame(int opcode, std::string_view payload, bool last = true) {
  std::string frame(1, static_cast<char>((last ? 0x80 : 0) | opcode));
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80 | payload.size());
  } else {
    const bool medium = payload.size() < 65'536;
    frame += static_cast<char>(0x80 | (medium ? 126 : 127));
    for (int shift = medium ? 8 : 56; shift >= 0; shift -= 8) {
      frame += static_cast<char>(static_cast<uint64_t>(payload.size()) >> shift & 0xFF);
    }
  }
  const std::string mask = "\x01\x02\x03\x04";
  frame += mask;
  for (size_t i = 0; i < payload.size(); ++i) {
    frame += static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return frame;
}

struct ReceivedFrame {
  int opcode = -1;  // the connection ended
  std::string payload;
};

class WebSockets : public testing::Test {
 protected:
  void Open(ServerOptions options = {}, bool known = true) {
    server_ = MustStart(options, handler_);
    ASSERT_NE(server_, nullptr);
    connection_ = std::make_unique<RawConnection>(server_->port());
    connection_->Write(Upgrade("/socket", known));
    const std::string answer = connection_->ReadUntil("\r\n\r\n");
    ASSERT_THAT(answer, StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(answer, HasSubstr("s3pPLMBiTxaQ9kYGzzhZRbK+xOo="));  // RFC 6455, 1.3
    connection_->Forget();
  }
  ReceivedFrame Read() {
    ReceivedFrame frame;
    const std::string head = connection_->ReadBytes(2);
    if (head.size() < 2) return frame;
    uint64_t length = static_cast<unsigned char>(head[1]);
    if (length >= 126) {
      const std::string more = connection_->ReadBytes(length == 126 ? 2 : 8);
      length = 0;
      for (const char c : more) length = length << 8 | static_cast<unsigned char>(c);
    }
    frame.payload = connection_->ReadBytes(length);
    frame.opcode = head[0] & 0x0F;
    return frame;
  }
  int CloseCode() {
    const ReceivedFrame frame = Read();
    if (frame.opcode != kClose || frame.payload.size() < 2) return -1;
    return static_cast<unsigned char>(frame.payload[0]) << 8 |
           static_cast<unsigned char>(frame.payload[1]);
  }

  EchoHandler handler_;
  std::unique_ptr<Server> server_;
  std::unique_ptr<RawConnection> connection_;
};

TEST_F(WebSockets, EchoTextBinaryAndFragments) {
  Open();
  connection_->Write(Frame(kText, "h\xC3\xA9llo") + Frame(kBinary, std::string("\0\xFF", 2)));
  ReceivedFrame frame = Read();
  EXPECT_EQ(frame.opcode, kText);
  EXPECT_EQ(frame.payload, "h\xC3\xA9llo");
  frame = Read();
  EXPECT_EQ(frame.opcode, kBinary);
  EXPECT_EQ(frame.payload, std::string("\0\xFF", 2));
  connection_->Write(Frame(kText, "one ", false) + Frame(kPing, "p") + Frame(0, "two"));
  frame = Read();
  EXPECT_EQ(frame.opcode, kPong);
  EXPECT_EQ(frame.payload, "p");
  EXPECT_EQ(Read().payload, "one two");
  const std::string large(900'000, 'z');
  connection_->Write(Frame(kText, large));
  EXPECT_EQ(Read().payload, large);
}

TEST_F(WebSockets, ViolationsAreClosedWithTheirCode) {
  Open();
  connection_->Write(Frame(kText, "\xC3\x28"));  // not UTF-8
  EXPECT_EQ(CloseCode(), 1007);
  Open();
  connection_->Write(Frame(kText, std::string(1'000'001, 'x')));
  EXPECT_EQ(CloseCode(), 1009);
  Open();
  connection_->Write(std::string("\x81\x01x", 3));  // not masked
  EXPECT_EQ(CloseCode(), 1002);
  Open();
  connection_->Write(Frame(3, "x"));  // an opcode that does not exist
  EXPECT_EQ(CloseCode(), 1002);
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 4; }));
}

TEST_F(WebSockets, AStrangersMessagesAreSmallUntilItIsKnownWhoItIs) {
  Open({}, /*known=*/false);
  connection_->Write(Frame(kText, std::string(4 << 10, 'x')));
  EXPECT_EQ(Read().payload.size(), 4U << 10);
  connection_->Write(Frame(kText, std::string(2 << 10, 'x'), false) +
                     Frame(0, std::string((2 << 10) + 1, 'x')));
  EXPECT_EQ(CloseCode(), 1009);
  Open({}, /*known=*/false);
  connection_->Write(Frame(kText, "known") + Frame(kText, std::string(100'000, 'x')));
  EXPECT_EQ(Read().payload.size(), 100'000U);
}

TEST_F(WebSockets, AMessageThatNoBudgetHasRoomForIsNotTakenIn) {
  Open(ServerOptions{.known_bytes = 200'000});
  connection_->Write(Frame(kText, std::string(900'000, 'x')));
  EXPECT_EQ(CloseCode(), 1013);
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 1; }));
}

TEST_F(WebSockets, BothSidesMayClose) {
  Open();
  connection_->Write(Frame(kClose, "\x03\xE8"));
  EXPECT_EQ(CloseCode(), 1000);
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 1; }));
  Open();
  connection_->Write(Frame(kText, "last") + Frame(kText, "close"));
  EXPECT_EQ(Read().payload, "last");
  EXPECT_EQ(CloseCode(), 1000);
  connection_->Write(Frame(kClose, "\x03\xE8"));
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 2; }));
  Open();
  connection_->Close();
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 3; }));
}

TEST_F(WebSockets, ASocketClosedInTheMiddleOfWhatThePeerSaysIsGone) {
  for (int i = 1; i <= 20; ++i) {
    Open();
    connection_->Write(Frame(kText, "close") + Frame(kText, "close") + Frame(kText, "more"));
    connection_->CloseSending();
    ASSERT_TRUE(Eventually([&] { return handler_.sockets_closed == i; }));
    connection_.reset();
  }
  server_.reset();  // waits for all that hold it
}

TEST_F(WebSockets, APeerThatNeverReadsIsDroppedWithBoundedMemory) {
  Open(ServerOptions{.max_websocket_queue_bytes = 1 << 20});
  connection_->Write(Frame(kText, "flood"));  // 100 MB towards a peer that reads nothing
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 1; }));
}

TEST_F(WebSockets, APeerThatNeverAnswersTheCloseIsNotWaitedFor) {
  Open();
  connection_->Write(Frame(kText, "close"));
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 1; }));
}

TEST_F(WebSockets, ARefusalIsAnOrdinaryResponse) {
  server_ = MustStart({}, handler_);
  RawConnection connection(server_->port());
  connection.Write(Upgrade("/elsewhere"));
  const std::string answer = connection.ReadUntil("no");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 403 "));
  EXPECT_THAT(answer, testing::EndsWith("no"));
}

TEST_F(WebSockets, ABadHandshakeStillEndsWithOnClose) {
  server_ = MustStart({}, handler_);
  RawConnection connection(server_->port());
  connection.Write(
      "GET /socket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  EXPECT_THAT(connection.ReadUntil("\r\n\r\n"), StartsWith("HTTP/1.1 4"));
  EXPECT_TRUE(Eventually([&] { return handler_.sockets_closed == 1; }));
}

TEST_F(WebSockets, FramesBeforeTheUpgradeIsAnsweredAreRefused) {
  server_ = MustStart({}, handler_);
  RawConnection connection(server_->port());
  connection.Write(Upgrade("/socket") + Frame(kText, "early"));
  EXPECT_THAT(connection.ReadAll(), StartsWith("HTTP/1.1 400 "));
}

TEST_F(WebSockets, StopClosesThemAll) {
  Open();
  RawConnection silent(server_->port());
  silent.Write(Upgrade("/socket"));
  silent.ReadUntil("\r\n\r\n");
  const auto start = std::chrono::steady_clock::now();
  server_->Stop();
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(8));
  EXPECT_EQ(handler_.sockets_closed, 2);
  EXPECT_EQ(CloseCode(), 1001);
}

}  // namespace
}  // namespace tamtap::http
