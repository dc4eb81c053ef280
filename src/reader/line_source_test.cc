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
using ::testing::HasSubstr;

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

// Every line until the end, an error's code in angle brackets for a line that was refused.
std::vector<std::string> AllLines(LineSource& source) {
  std::vector<std::string> lines;
  while (lines.size() < 1000) {
    auto line = source.Next({});
    if (line) {
      lines.push_back(**line);
    } else if (line.error().code == ErrorCode::kClosed) {
      break;
    } else {
      lines.push_back("<" + std::string(ToString(line.error().code)) + ">");
    }
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

const std::string kRefused = "<" + std::string(ToString(ErrorCode::kRejected)) + ">";

TEST(LineSourceTest, LineEndsOfEverySystemAndBlankLines) {
  EXPECT_THAT(LinesOf("a\nb\r\n\n  \r\n\t\nc \n"), ElementsAre("a", "b", "c "));
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

TEST(LineSourceTest, ALineOfTheLargestLengthIsTakenAndALongerOneIsRefusedWhole) {
  const std::string largest(LineSource::kMaxLineBytes, 'x');
  EXPECT_THAT(LinesOf(largest + "\n" + largest + "x\nb\n"), ElementsAre(largest, kRefused, "b"));
  EXPECT_THAT(LinesOf(largest + "x"), ElementsAre(kRefused));
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
  EXPECT_THAT(AllLines(source), ElementsAre(kRefused, "after"));
}

TEST(LineSourceTest, RefusalsNameTheLineCountingBlankOnes) {
  Pipe pipe;
  pipe.Write("\n" + std::string(2000, 'x') + "\n");
  LineSource source(pipe.read_end(), "cards.txt");
  auto line = source.Next({});
  ASSERT_FALSE(line);
  EXPECT_THAT(line.error().Message(), HasSubstr("cards.txt line 2"));
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
