#include "base/output_queue.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <sstream>

#include "base/mutex.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class OutputQueueTest : public ::testing::Test {
 protected:
  void SetUp() override {
    std::signal(SIGPIPE, SIG_IGN);
    ASSERT_EQ(pipe2(pipe_.data(), O_CLOEXEC), 0);
    // As small as a pipe can be.
    ASSERT_GT(fcntl(pipe_[1], F_SETPIPE_SZ, 4096), 0);
  }
  void TearDown() override {
    CloseReader();
    close(pipe_[1]);
  }
  void CloseReader() {
    if (pipe_[0] >= 0) close(pipe_[0]);
    pipe_[0] = -1;
  }
  // What comes until the queue is empty.
  std::string ReadAll(OutputQueue& queue) {
    EXPECT_EQ(fcntl(pipe_[0], F_SETFL, O_NONBLOCK), 0);
    std::string all;
    while (true) {
      const bool out = queue.Flush(milliseconds(1));
      std::array<char, 4096> some;
      ssize_t got = 0;
      while ((got = read(pipe_[0], some.data(), some.size())) > 0) {
        all.append(some.data(), static_cast<size_t>(got));
      }
      if (out) return all;
    }
  }
  static OutputQueueOptions Telling(size_t most_bytes) {
    OutputQueueOptions options;
    options.most_bytes = most_bytes;
    options.gap = [](uint64_t dropped) { return fmt::format("({} missing)\n", dropped); };
    return options;
  }

  std::array<int, 2> pipe_{-1, -1};
};

TEST_F(OutputQueueTest, AReaderThatReadsGetsEveryTextInOrder) {
  OutputQueue queue(pipe_[1]);
  std::string expected;
  for (int i = 0; i < 5'000; ++i) {
    const std::string line = fmt::format("line {}\n", i);
    EXPECT_TRUE(queue.Write(line));
    expected += line;
  }
  EXPECT_EQ(ReadAll(queue), expected);
  EXPECT_EQ(queue.dropped(), 0U);
}

TEST_F(OutputQueueTest, WhatNobodyReadsIsDroppedAndCountedAndTheCountIsSaidWhereItIsMissing) {
  OutputQueue queue(pipe_[1], Telling(20'000));
  const std::string line(99, 'x');
  uint64_t dropped = 0;
  for (int i = 0; i < 10'000; ++i) dropped += queue.Write(line + "\n") ? 0 : 1;
  EXPECT_GT(dropped, 9'000U);
  EXPECT_EQ(queue.dropped(), dropped);
  EXPECT_FALSE(queue.Flush(milliseconds(10))) << "nobody has read it";
  std::string all = ReadAll(queue);
  EXPECT_TRUE(queue.Write("last\n"));
  all += ReadAll(queue);
  // The thread takes texts to the pipe while the loop above writes, so a few may fit between others
  // that do not: there may be several gaps.
  uint64_t lines = 0;
  uint64_t missing = 0;
  std::istringstream read(all);
  for (std::string text; std::getline(read, text) && text != "last";) {
    if (text == line) {
      ++lines;
    } else {
      unsigned long long gap = 0;
      ASSERT_EQ(std::sscanf(text.c_str(), "(%llu missing)", &gap), 1) << text;
      missing += gap;
    }
  }
  EXPECT_EQ(lines, 10'000 - dropped);
  EXPECT_EQ(missing, dropped);
  EXPECT_THAT(all, EndsWith(" missing)\nlast\n"));
}

TEST_F(OutputQueueTest, AReaderThatLeftCostsNothingButTheTexts) {
  Mutex mutex;
  std::vector<int> failures;
  OutputQueueOptions options = Telling(1 << 20);
  options.failed = [&](int reason) {
    MutexLock lock(mutex);
    failures.push_back(reason);
  };
  OutputQueue queue(pipe_[1], std::move(options));
  CloseReader();
  for (int i = 0; i < 100; ++i) queue.Write("nobody\n");
  EXPECT_TRUE(queue.Flush(milliseconds(5'000)));
  EXPECT_EQ(queue.dropped(), 100U);
  MutexLock lock(mutex);
  EXPECT_THAT(failures, ::testing::ElementsAre(EPIPE)) << "said once";
}

TEST_F(OutputQueueTest, AFullDiskCostsTheTexts) {
  const int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
  ASSERT_GE(full, 0);
  {
    OutputQueue queue(full);
    EXPECT_TRUE(queue.Write("no room\n"));
    EXPECT_TRUE(queue.Flush(milliseconds(5'000)));
    EXPECT_EQ(queue.dropped(), 1U);
  }
  close(full);
}

TEST_F(OutputQueueTest, OfScreensThatNobodyReadTheNewestIsShown) {
  OutputQueue queue(pipe_[1], Telling(1 << 20));
  const std::string filling(8'192, '.');  // two of what the pipe holds: the thread waits
  queue.Write(filling);
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(queue.WriteScreen(fmt::format("screen {};", i)));
  queue.Write("a line;");
  queue.WriteScreen("last;");
  const std::string all = ReadAll(queue);
  EXPECT_THAT(all, StartsWith(filling));
  EXPECT_THAT(all, EndsWith("screen 999;a line;last;"));
  EXPECT_THAT(all, ::testing::Not(HasSubstr("screen 998;")));
  EXPECT_EQ(queue.dropped(), 0U) << "a stale screen is missed by nobody";
}

TEST_F(OutputQueueTest, ItsEndNeverWaitsForTheReader) {
  const auto begin = std::chrono::steady_clock::now();
  {
    OutputQueue queue(pipe_[1]);
    for (int i = 0; i < 1'000; ++i) queue.Write(std::string(1'000, 'x'));
  }
  EXPECT_LT(std::chrono::steady_clock::now() - begin, milliseconds(1'000));
}

// A thread that was left behind once wrote into the pipe of another test, which had got the number.
TEST_F(OutputQueueTest, WhatIsLeftNeverReachesWhatIsOpenedLaterUnderTheSameNumber) {
  const int number = fcntl(pipe_[1], F_DUPFD_CLOEXEC, 0);
  ASSERT_GE(number, 0);
  {
    OutputQueue queue(number);
    for (int i = 0; i < 100; ++i) queue.Write(std::string(1'000, 'x'));
    EXPECT_FALSE(queue.Flush(milliseconds(50))) << "the thread waits for the reader";
  }
  std::array<int, 2> later{-1, -1};
  ASSERT_EQ(pipe2(later.data(), O_CLOEXEC | O_NONBLOCK), 0);
  ASSERT_EQ(dup3(later[1], number, O_CLOEXEC), number);
  pollfd watched{later[0], POLLIN, 0};
  EXPECT_EQ(poll(&watched, 1, 500), 0) << "longer than the thread waits before it looks again";
  close(later[0]);
  close(later[1]);
  close(number);
}

}  // namespace
}  // namespace tamtap
