#include "camera/camera_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/test_directory.h"
#include "camera/mjpeg_splitter.h"
#include "picture/tiny_jpeg.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;
using ::testing::HasSubstr;

class CameraProcessTest : public ::testing::Test {
 protected:
  CameraProcessTest() { std::ofstream(directory_ / "a.jpg") << TinyJpeg(); }

  void Start(const std::string& command) {
    auto started =
        StartCameraProcess({"/bin/sh", "-c", "cd '" + directory_.path() + "'\n" + command});
    ASSERT_TRUE(started) << started.error().Message();
    source_ = *std::move(started);
  }
  // Reads until the source fails, or `enough` pictures are there.
  Result<> ReadUntil(size_t enough, milliseconds longest = seconds(20)) {
    const auto deadline = steady_clock::now() + longest;
    while (pictures_ < enough && steady_clock::now() < deadline) {
      TAMTAP_RETURN_IF_ERROR(source_->Read(milliseconds(50), [this](std::string_view picture) {
        EXPECT_EQ(picture, TinyJpeg());
        ++pictures_;
      }));
    }
    return {};
  }
  bool IsThere(const std::string& name) const { return std::filesystem::exists(directory_ / name); }
  // The process whose number it wrote there; 0: none is left.
  pid_t Living(const std::string& name) const {
    pid_t pid = 0;
    std::ifstream(directory_ / name) >> pid;
    return pid > 0 && kill(pid, 0) == 0 ? pid : 0;
  }

  const TestDirectory directory_;
  std::unique_ptr<FrameSource> source_;
  size_t pictures_ = 0;
};

TEST_F(CameraProcessTest, GivesWhatTheProgramWrites) {
  Start("while :; do cat a.jpg; done");
  EXPECT_TRUE(ReadUntil(500));
  EXPECT_GE(pictures_, 500u);
}

TEST_F(CameraProcessTest, SaysHowTheProgramEndedAndWhatItSaidLast) {
  Start("cat a.jpg a.jpg\necho '*** no cameras available ***' >&2\necho >&2\nexit 255");
  const auto ended = ReadUntil(100);
  ASSERT_FALSE(ended);
  EXPECT_EQ(pictures_, 2u) << "what it wrote before it ended";
  EXPECT_EQ(ended.error().code, ErrorCode::kRetry);
  EXPECT_THAT(ended.error().Message(), HasSubstr("exit code 255"));
  EXPECT_THAT(ended.error().Message(), HasSubstr("*** no cameras available ***"));
}

TEST_F(CameraProcessTest, SaysThatTheProgramWasKilled) {
  Start("kill -9 $$");
  const auto ended = ReadUntil(1);
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().Message(), HasSubstr("ended by signal 9"));
}

TEST_F(CameraProcessTest, AProgramThatIsNotThereIsSaid) {
  Start("no-such-camera-program");
  const auto ended = ReadUntil(1);
  ASSERT_FALSE(ended);
  EXPECT_THAT(ended.error().Message(), HasSubstr("127"));
  EXPECT_THAT(ended.error().Message(), HasSubstr("not found"));
}

TEST_F(CameraProcessTest, WhatIsNoMjpegIsRemarkedAndKeepsNobodyUp) {
  Start("while :; do head -c 100000 /dev/zero; done");
  EXPECT_TRUE(ReadUntil(1, milliseconds(300)));
  EXPECT_THAT(source_->Remark(), HasSubstr("no MJPEG"));
}

TEST_F(CameraProcessTest, AReadWaitsNoLongerThanItIsTold) {
  Start("sleep 100");
  const auto begin = steady_clock::now();
  EXPECT_TRUE(source_->Read(milliseconds(100), [](std::string_view) {}));
  EXPECT_LT(steady_clock::now() - begin, seconds(5));
}

TEST_F(CameraProcessTest, AllOfItEndsWithTheSource) {
  // A pipeline, a program that doesn't listen to SIGTERM, and one that is stopped.
  Start(
      "trap '' TERM\nsleep 1000 & echo $! > one\nsleep 1000 | cat & echo $! > two\n"
      "sh -c 'kill -STOP $$' & echo $! > three\necho $$ > all\nwait");
  while (!IsThere("all")) std::this_thread::sleep_for(milliseconds(5));
  while (Living("all") == 0) std::this_thread::sleep_for(milliseconds(5));
  const auto begin = steady_clock::now();
  source_.reset();
  EXPECT_LT(steady_clock::now() - begin, seconds(5));
  for (const char* name : {"one", "two", "three", "all"}) {
    const auto deadline = steady_clock::now() + seconds(10);
    while (Living(name) != 0 && steady_clock::now() < deadline) {
      std::ifstream state("/proc/" + std::to_string(Living(name)) + "/stat");
      std::string line;
      std::getline(state, line);
      if (line.find(") Z ") != std::string::npos) break;  // dead; nobody here waits for it
      std::this_thread::sleep_for(milliseconds(5));
    }
    if (Living(name) == 0) continue;
    std::ifstream state("/proc/" + std::to_string(Living(name)) + "/stat");
    std::string line;
    std::getline(state, line);
    EXPECT_THAT(line, HasSubstr(") Z ")) << name << " lives on";
  }
}

TEST_F(CameraProcessTest, TheProgramStartsWithUsualSignals) {
  // Ours blocks some and ignores SIGPIPE; a camera's program must end by these.
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &blocked, &before);
  const auto handler = std::signal(SIGPIPE, SIG_IGN);
  Start(
      "grep -E 'SigBlk|SigIgn' /proc/self/status > signals.new\nmv signals.new signals\nsleep 100");
  std::signal(SIGPIPE, handler);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  while (!IsThere("signals")) std::this_thread::sleep_for(milliseconds(5));
  std::ifstream file(directory_ / "signals");
  const std::string signals{std::istreambuf_iterator<char>(file), {}};
  EXPECT_THAT(signals, HasSubstr("SigBlk:\t0000000000000000"));
  // What the tests themselves were told to ignore, as by nohup, it may go on ignoring.
  const size_t ignored = signals.find("SigIgn:\t");
  ASSERT_NE(ignored, std::string::npos);
  const uint64_t mask = std::stoull(signals.substr(ignored + 8, 16), nullptr, 16);
  EXPECT_EQ(mask & (1U << (SIGPIPE - 1)), 0U);
}

TEST(FindProgramTest, FindsWhatAShellFinds) {
  EXPECT_THAT(FindProgram("sh"), HasSubstr("/sh"));
  EXPECT_EQ(FindProgram("no-such-camera-program"), "");
}

}  // namespace
}  // namespace tamtap
