// What somebody who never says who they are can make a server or a client hold.
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <malloc.h>

#include "http/request_reader.h"
#include "http/response_reader.h"
#include "http/server_fixture.h"

namespace tamtap::http {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class Strangers : public ServerFixture {
 protected:
  // Writes `more` over and over, until the server has had enough.
  std::string AskWithout(std::string_view end, std::string_view begin, const std::string& more) {
    RawConnection connection(server_->port());
    connection.Write(begin);
    for (int i = 0; i < 10'000; ++i) connection.Write(more);
    connection.Write(end);
    return connection.ReadAll();
  }
};

constexpr std::string_view kChunked =
    "POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n";

TEST_F(Strangers, AHeadOfWholeLinesWithoutEndIsRefused) {
  Start();
  const std::string line = "X: " + std::string(60, 'y') + "\r\n";
  const std::string begin = "GET / HTTP/1.1\r\nHost: a\r\n";
  EXPECT_THAT(AskWithout("\r\n", begin, line), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(AskWithout("\r\n", begin, "a:\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_THAT(AskWithout("\r\n", "GET /", std::string(100, 'y')), StartsWith("HTTP/1.1 431 "));
  // Few lines, of which each would do.
  std::string lines;
  for (int i = 0; i < 5; ++i) lines += "X: " + std::string(3'000, 'y') + "\r\n";
  EXPECT_THAT(Ask(begin + lines + "\r\n"), StartsWith("HTTP/1.1 431 "));
  EXPECT_EQ(handler_.requests, 0);
}

// What the reader has taken off the input counts too. It takes whole lines as long as each piece
// ends right behind the beginning of the next one.
TEST(RequestReaderTest, AHeadThatComesLineByLineHasNoMoreBytesThanOneThatComesAtOnce) {
  constexpr size_t kMost = 8'000;
  const std::string rest_and_next = ": " + std::string(1'000, 'y') + "\r\nX";
  RequestReader reader(kMost);
  std::string buffer = "GET / HTTP/1.1\r\nHost: a\r\nX";
  size_t given = buffer.size();
  while (reader.state() == RequestReader::State::kHead && given <= 2 * kMost) {
    std::string_view input = buffer;
    reader.Read(input);
    // None of them waits in the input, so nothing but the reader's own count bounds them.
    if (reader.state() == RequestReader::State::kHead) {
      EXPECT_LE(input.size(), 1u);
    }
    buffer = std::string(input) + rest_and_next;
    given += rest_and_next.size();
  }
  EXPECT_EQ(reader.state(), RequestReader::State::kRefused);
  EXPECT_EQ(reader.refusal(), 431);
}

TEST_F(Strangers, ChunkSizesExtensionsAndTrailersWithoutEndAreRefused) {
  Start();
  const std::string kilobyte(1'000, 'e');
  const std::string begin(kChunked);
  EXPECT_THAT(AskWithout("\r\n", begin + "1;", kilobyte), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AskWithout("\r\n", begin, std::string(100, '0')), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AskWithout("\r\n\r\n", begin + "0\r\nX: ", kilobyte), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(AskWithout("\r\n", begin + "0\r\n", "X: y\r\n"), StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(handler_.requests, 0);
}

TEST_F(Strangers, OnlyChunkedAloneIsATransferCoding) {
  Start();
  for (const char* coding : {"gzip, chunked", "chunked, chunked", "chunked, gzip", "identity",
                             "chunked;q=1", "xchunked", "chunked\r\nTransfer-Encoding: chunked"}) {
    const std::string answer = Ask(fmt::format(
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: {}\r\n\r\n0\r\n\r\n", coding));
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 501 ") || answer.starts_with("HTTP/1.1 400 "))
        << coding << ": " << answer;
  }
  EXPECT_THAT(Ask("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
              StartsWith("HTTP/1.1 501 "));
  EXPECT_THAT(Ask("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n"
                  "Connection: close\r\n\r\n1\r\nx\r\n0\r\n\r\n"),
              HasSubstr("POST x"));
  EXPECT_EQ(handler_.requests, 1);
}

TEST_F(Strangers, ABodyIsReadOnlyWhenItIsKnownWhoSendsItAndWhereTo) {
  Start();
  const auto post = [](std::string_view target, std::string_view header, size_t length) {
    return fmt::format(
        "POST {} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n{}Content-Length: {}\r\n\r\n", target,
        header, length);
  };
  // Answered although nothing of the body has come.
  EXPECT_THAT(Ask(post("/refused", "", 100)), StartsWith("HTTP/1.1 401 "));
  EXPECT_THAT(Ask(post("/", "X-Stranger: yes\r\n", 4'097)), StartsWith("HTTP/1.1 413 "));
  EXPECT_THAT(Ask(post("/refused", "Expect: 100-continue\r\n", 100)), StartsWith("HTTP/1.1 401 "));
  EXPECT_EQ(handler_.requests, 0);
  EXPECT_THAT(Ask(post("/", "X-Stranger: yes\r\n", 4'096) + std::string(4'096, 'b')),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(handler_.requests, 1);
  RawConnection connection(server_->port());
  connection.Write(
      "POST / HTTP/1.1\r\nHost: a\r\nX-Stranger: yes\r\nTransfer-Encoding: chunked\r\n\r\n");
  connection.Write("1001\r\n");
  EXPECT_THAT(connection.ReadAll(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(Strangers, WhoWaitsLongestMakesRoomForANewcomer) {
  Start(ServerOptions{.max_connections = 4});
  std::vector<std::unique_ptr<RawConnection>> silent;
  for (int i = 0; i < 20; ++i) {
    silent.push_back(std::make_unique<RawConnection>(server_->port()));
    silent.back()->Write("GET / HT");
  }
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
  EXPECT_EQ(silent[0]->ReadAll(), "");
  EXPECT_TRUE(silent[0]->closed());
}

TEST_F(Strangers, AnswersThatNobodyReadsAreBounded) {
  Start(ServerOptions{.stranger_bytes = 12 << 20});
  std::vector<std::unique_ptr<RawConnection>> greedy;
  for (int i = 0; i < 12; ++i) {  // 60 MB of answers, towards clients that read nothing
    greedy.push_back(std::make_unique<RawConnection>(server_->port()));
    greedy.back()->Write("GET /large HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  }
  ASSERT_TRUE(Eventually([&] { return handler_.requests >= 3; }));
  EXPECT_THAT(Ask("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"),
              StartsWith("HTTP/1.1 200 "));
  int whole = 0;
  for (auto& connection : greedy) whole += connection->ReadAll().size() > 5'000'000 ? 1 : 0;
  EXPECT_LT(whole, 12);
}

TEST_F(Strangers, RequestsSentFarAheadWaitInTcp) {
  Start();
  RawConnection connection(server_->port());
  std::string bytes;
  for (int i = 0; i < 2'000; ++i) bytes += "GET / HTTP/1.1\r\nHost: a\r\n\r\n";
  const size_t before = mallinfo2().uordblks;
  std::thread writer([&] { connection.Write(bytes + "GET /last HTTP/1.1\r\nHost: a\r\n\r\n"); });
  ASSERT_TRUE(Eventually([&] { return handler_.requests >= 200; }));
  EXPECT_LT(mallinfo2().uordblks, before + (200 << 10));
  EXPECT_THAT(connection.ReadUntil("/last"), HasSubstr("/last"));
  writer.join();
}

TEST_F(Strangers, TrailersNeverBecomeHeaders) {
  Start();
  const std::string answer =
      Ask(std::string(kChunked) + "1\r\nx\r\n0\r\nX-Known: yes\r\nX-Target: forged\r\n\r\n");
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
  EXPECT_THAT(answer, Not(HasSubstr("forged")));
}

// The other side: a server that wants a gate's memory.
TEST(HostileServer, NothingOfItsAnswerIsEndless) {
  const auto read = [](std::string_view begin, const std::string& more) {
    ResponseReader reader(/*to_head=*/false, 1 << 20);
    std::string unread(begin);
    size_t most = 0;
    for (int i = 0; i < 10'000; ++i) {
      unread += more;
      std::string_view input = unread;
      if (reader.Read(input) != ResponseReader::State::kMore) return reader.failure();
      unread.erase(0, unread.size() - input.size());
      most = std::max(most, unread.size());
      EXPECT_LE(most, ResponseReader::kMaxHeadBytes);
    }
    return std::string("it has no end");
  };
  const std::string kilobyte(1'000, 'e');
  const std::string chunked = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
  EXPECT_THAT(read("HTTP/1.1 200 OK\r\n", "X: y\r\n"), HasSubstr("head"));
  EXPECT_THAT(read("HTTP/1.1 200 OK\r\nX: ", kilobyte), HasSubstr("head"));
  EXPECT_THAT(read("HTTP/1.1 200 ", kilobyte), HasSubstr("head"));
  EXPECT_THAT(read("", "HTTP/1.1 100 Continue\r\n\r\n"), HasSubstr("over and over"));
  EXPECT_THAT(read(chunked + "1;", kilobyte), HasSubstr("body"));
  EXPECT_THAT(read(chunked, "0"), HasSubstr("body"));
  EXPECT_THAT(read(chunked + "0\r\n", "X: y\r\n"), HasSubstr("body"));
  EXPECT_THAT(read(chunked, "400\r\n" + std::string(1'024, 'x') + "\r\n"), HasSubstr("too large"));
  EXPECT_THAT(read("HTTP/1.1 200 OK\r\n\r\n", kilobyte), HasSubstr("too large"));
  EXPECT_THAT(read("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", "x"),
              HasSubstr("too large"));
  EXPECT_THAT(read("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "0\r\n\r\n"),
              HasSubstr("coding"));
}

}  // namespace
}  // namespace tamtap::http
