#include "reader/line_source.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <chrono>
#include <thread>
#include <vector>

#include "base/check.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;

class Pipe {
 public:
  Pipe() { CHECK(pipe2(ends_.data(), O_CLOEXEC) == 0); }
  ~Pipe() {
    Close();
    close(ends_[0]);
  }
  int read_end() const { return ends_[0]; }
  void Write(std::string_view text) const {
    CHECK(write(ends_[1], text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }
  void Close() {
    if (ends_[1] >= 0) close(ends_[1]);
    ends_[1] = -1;
  }

 private:
  std::array<int, 2> ends_{-1, -1};
};

// Every line until the end.
std::vector<std::string> AllLines(LineSource& source) {
  std::vector<std::string> lines;
  while (lines.size() < 1000) {
    auto line = source.Next({});
    if (!line) {
      EXPECT_EQ(line.error().code, ErrorCode::kClosed);
      break;
    }
    lines.push_back(**line);
  }
  return lines;
}

std::vector<std::string> LinesOf(std::string_view text) {
  Pipe pipe;
  pipe.Write(text);
  pipe.Close();
  LineSource source(pipe.read_end(), "stdin");
  return AllLines(source);
}

TEST(LineSourceTest, LineEndsOfEverySystemAndBlankLines) {
  EXPECT_THAT(LinesOf("a\nb\r\n\n  \r\n\t\nc \n"), ElementsAre("a", "b", "c "));
  EXPECT_THAT(LinesOf("a\rb\r\rc"), ElementsAre("a", "b", "c"));
  EXPECT_THAT(LinesOf("\x02"
                      "a\r\n\x03\x02"
                      "b\x03"),
              ElementsAre("\x02"
                          "a",
                          "\x02"
                          "b"));
}

TEST(LineSourceTest, TheLastLineNeedsNoEnd) {
  EXPECT_THAT(LinesOf("a\nb"), ElementsAre("a", "b"));
  EXPECT_THAT(LinesOf("a\r"), ElementsAre("a"));
  EXPECT_THAT(LinesOf(""), ElementsAre());
  EXPECT_THAT(LinesOf("\n\r\n"), ElementsAre());
}

TEST(LineSourceTest, AByteOrderMarkIsNoPartOfTheFirstLine) {
  EXPECT_THAT(LinesOf("\xEF\xBB\xBF"
                      "a\nb\n"),
              ElementsAre("a", "b"));
}

TEST(LineSourceTest, ALineOfTheLargestLengthIsTakenAndALongerOneIsCutThere) {
  const std::string largest(LineSource::kMaxLineBytes, 'x');
  EXPECT_THAT(LinesOf(largest + "\n" + largest + "x\nb\n"), ElementsAre(largest, largest, "b"));
  EXPECT_THAT(LinesOf(largest + "x"), ElementsAre(largest));
}

TEST(LineSourceTest, AnEndlessLineIsReadOverWithoutBeingKept) {
  Pipe pipe;
  std::jthread writer([&pipe] {
    const std::string piece(10000, 'y');
    for (int i = 0; i < 500; ++i) pipe.Write(piece);
    pipe.Write("\nafter\n");
    pipe.Close();
  });
  LineSource source(pipe.read_end(), "stdin");
  EXPECT_THAT(AllLines(source), ElementsAre(std::string(LineSource::kMaxLineBytes, 'y'), "after"));
}

TEST(LineSourceTest, LinesAreNumberedCountingBlankOnes) {
  Pipe pipe;
  pipe.Write("\n\r\n" + std::string(2000, 'x') + "\na\n");
  pipe.Close();
  LineSource source(pipe.read_end(), "cards.txt");
  ASSERT_TRUE(source.Next({}));
  EXPECT_EQ(source.line_number(), 3u);
  ASSERT_TRUE(source.Next({}));
  EXPECT_EQ(source.line_number(), 4u);
}

TEST(LineSourceTest, ALineFeedThatComesLaterBelongsToTheCarriageReturn) {
  Pipe pipe;
  pipe.Write("a\r");
  LineSource source(pipe.read_end(), "stdin");
  EXPECT_EQ(**source.Next({}), "a");
  pipe.Write("\nb\n");
  EXPECT_EQ(**source.Next({}), "b");
  EXPECT_EQ(source.line_number(), 2u);
}

TEST(LineSourceTest, BytesThatAreNoTextComeThrough) {
  EXPECT_THAT(LinesOf(std::string("a\0b\xFF\n", 5)), ElementsAre(std::string("a\0b\xFF", 4)));
}

TEST(LineSourceTest, ALineThatComesInPiecesIsOneLine) {
  Pipe pipe;
  LineSource source(pipe.read_end(), "stdin");
  pipe.Write("04A2");
  auto line = source.Next({}, milliseconds(10));
  ASSERT_TRUE(line);
  EXPECT_FALSE(line->has_value());
  pipe.Write("B3C4\n");
  line = source.Next({}, milliseconds(5000));
  ASSERT_TRUE(line);
  EXPECT_EQ(line->value_or("timed out"), "04A2B3C4");
}

TEST(LineSourceTest, AStopWakesAWaitingReaderAndNothingIsLost) {
  Pipe pipe;
  LineSource source(pipe.read_end(), "stdin");
  std::stop_source stop;
  std::jthread stopper([&stop] {
    std::this_thread::sleep_for(milliseconds(30));
    stop.request_stop();
  });
  auto line = source.Next(stop.get_token());
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::kClosed);

  pipe.Write("a\n");
  EXPECT_FALSE(source.Next(stop.get_token()));
  line = source.Next({});  // another token, another life
  ASSERT_TRUE(line);
  EXPECT_EQ(**line, "a");
}

TEST(LineSourceTest, AProgramWithoutStandardInputIsAtItsEnd) {
  const int kept = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3);
  close(STDIN_FILENO);
  LineSource source(STDIN_FILENO, "stdin");
  const auto line = source.Next({}, std::chrono::seconds(10));
  if (kept >= 0) {
    dup2(kept, STDIN_FILENO);
    close(kept);
  }
  ASSERT_FALSE(line);
  EXPECT_EQ(line.error().code, ErrorCode::kClosed);
}

TEST(LineSourceTest, ADirectoryIsNoInput) {
  const int fd = open("/", O_RDONLY | O_CLOEXEC);
  LineSource source(fd, "the root");
  auto line = source.Next({});
  ASSERT_FALSE(line);
  EXPECT_NE(line.error().code, ErrorCode::kClosed);
  EXPECT_EQ(line.error().errno_value, EISDIR);
  close(fd);
}

}  // namespace
}  // namespace tamtap
