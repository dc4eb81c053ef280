#include "journal/segment_file.h"

#include <gtest/gtest.h>

#include <cerrno>
#include <optional>

#include "base/test_directory.h"
#include "journal/segment_writer.h"
#include "sim/simulated_disk.h"

namespace tamtap::journal {
namespace {

constexpr uint64_t kCapacity = 16 << 10;
constexpr size_t kBlock = 512;

std::string Blank() { return std::string(kCapacity, '\n'); }

// Lines of many lengths, so that they end anywhere in a block, and some span several.
std::string LineOf(size_t n) {
  return std::string(1 + n * 97 % 1'300, static_cast<char>('a' + n % 26)) + '\n';
}

// Without blocks (0) and with them.
class SegmentFileTest : public ::testing::TestWithParam<size_t> {
 protected:
  SegmentFileTest() {
    disk_.SetBlockBytes(GetParam());
    disk_.SetContent(kPath, Blank());
  }
  SegmentFile Open() { return SegmentFile(*disk_.Open(kPath, OpenMode::kReadWrite), 1, kCapacity); }
  std::string Content() { return disk_.Content(kPath); }

  const std::string kPath = "/journal/00000001.jsonl";
  sim::SimulatedDisk disk_;
};
INSTANTIATE_TEST_SUITE_P(BothWays, SegmentFileTest, ::testing::Values(0, kBlock));

TEST_P(SegmentFileTest, WhatIsAddedStandsThereAndOnlyThat) {
  SegmentFile segment = Open();
  std::string all;
  for (size_t n = 0;; ++n) {
    const std::string line = LineOf(n);
    if (!segment.HasRoomFor(line.size())) break;
    ASSERT_TRUE(segment.Add(line, /*sync=*/n % 3 != 0));
    all += line;
    ASSERT_EQ(segment.offset(), all.size());
    std::string expected = Blank();
    expected.replace(0, all.size(), all);
    ASSERT_EQ(Content(), expected) << "after line " << n;
  }
}

TEST_P(SegmentFileTest, APowerCutLosesNothingThatWasSyncedNorWhatWasAddedBefore) {
  SegmentFile segment = Open();
  std::string all;
  for (size_t n = 0; n < 20; ++n) {
    const bool sync = n % 3 != 1;
    ASSERT_TRUE(segment.Add(LineOf(n), sync));
    all += LineOf(n);
    if (!sync) continue;
    const auto after = disk_.Clone();
    after->CrashLosingAll();
    EXPECT_EQ(after->Content(kPath).substr(0, all.size()), all) << "after line " << n;
  }
}

TEST_P(SegmentFileTest, GoesOnAfterTheLastLineOfAnotherProcess) {
  std::string all = LineOf(3) + LineOf(8);
  all.pop_back();
  std::string content = Blank();
  disk_.SetContent(kPath, content.replace(0, all.size(), all));
  SegmentFile segment = Open();
  ASSERT_TRUE(segment.ResumeAt(all.size()));
  for (size_t n = 1; n <= 3; ++n) {
    ASSERT_TRUE(segment.Add(LineOf(n), /*sync=*/true));
    EXPECT_EQ(segment.wrote_blocks(), GetParam() > 0 && n > 1) << "line " << n;
  }
  all += '\n' + LineOf(1) + LineOf(2) + LineOf(3);
  disk_.CrashLosingAll();
  EXPECT_EQ(Content().substr(0, all.size() + 1), all + '\n');
}

TEST_P(SegmentFileTest, WhatElseIsInTheFileStaysThere) {
  std::string content = Blank();
  const size_t end = LineOf(3).size() - 1;
  content.replace(0, end, LineOf(3), 0, end);
  content.replace(end + 40, 7, "garbage");
  disk_.SetContent(kPath, content);
  SegmentFile segment = Open();
  ASSERT_TRUE(segment.ResumeAt(end));
  ASSERT_TRUE(segment.Add("short\n", /*sync=*/true));
  ASSERT_TRUE(segment.Add("again\n", /*sync=*/true));
  EXPECT_FALSE(segment.wrote_blocks());
  EXPECT_EQ(Content(), content.replace(end + 1, 12, "short\nagain\n"));
}

TEST(SegmentBlocksTest, AreWrittenWhenAllBeforeIsDurableAndOnlyThen) {
  sim::SimulatedDisk disk;
  disk.SetBlockBytes(kBlock);
  disk.SetContent("/segment", Blank());
  SegmentFile segment(*disk.Open("/segment", OpenMode::kReadWrite), 1, kCapacity);
  const struct {
    bool sync;
    bool by_blocks;
  } steps[] = {{true, true}, {true, true}, {false, false}, {true, false}, {true, true}};
  for (const auto& step : steps) {
    ASSERT_TRUE(segment.Add(LineOf(1), step.sync));
    EXPECT_EQ(segment.wrote_blocks(), step.by_blocks);
  }
  segment.UseNoBlocks();
  ASSERT_TRUE(segment.Add(LineOf(1), /*sync=*/true));
  EXPECT_FALSE(segment.wrote_blocks());
}

TEST(SegmentBlocksTest, ADiskThatFailedToWriteThemIsNotAskedAgain) {
  sim::SimulatedDisk disk;
  disk.SetBlockBytes(kBlock);
  SegmentWriter writer(disk, {"/journal", "a journal", kCapacity}, 0);
  ASSERT_TRUE(writer.Write(LineOf(1), /*sync=*/true));  // with the header, through the page cache
  int flushes = 0;
  disk.SetFaults([&](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call != sim::DiskCall::kSync || ++flushes > 1) return std::nullopt;
    return sim::DiskFault{EINVAL, 0};
  });
  std::string all;
  for (size_t n = 0; n < 4; ++n) {
    const auto placed = writer.Write(LineOf(n), /*sync=*/true);
    ASSERT_TRUE(placed);
    EXPECT_EQ(placed->segment, 2u) << "line " << n;
    all += LineOf(n);
  }
  EXPECT_EQ(writer.TakeBroken(), std::vector<uint64_t>{1});
  EXPECT_EQ(disk.block_writes(), 0u);
  // Its flushes are those of the page cache: what is only written goes along.
  ASSERT_TRUE(writer.Write(LineOf(7), /*sync=*/false));
  ASSERT_TRUE(writer.Write(LineOf(8), /*sync=*/true));
  disk.CrashLosingAll();
  const std::string content = disk.Content("/journal/00000002.jsonl");
  EXPECT_NE(content.find(all + LineOf(7) + LineOf(8)), std::string::npos);
}

// The file system of the build directory may have such writes or not.
TEST(SegmentBlocksTest, ARealFileHasWhatWasAddedHoweverItWasWritten) {
  const TestDirectory directory;
  const std::string path = directory.path() + "/00000001.jsonl";
  {
    auto file = PosixDisk().Open(path, OpenMode::kCreateReadWrite);
    ASSERT_TRUE(file) << file.error().Message();
    ASSERT_TRUE((*file)->WriteAt(0, Blank()));
    ASSERT_TRUE((*file)->DataSync());
  }
  auto file = PosixDisk().Open(path, OpenMode::kReadWrite);
  ASSERT_TRUE(file);
  const size_t block = (*file)->BlockBytes();
  EXPECT_TRUE(block == 0 || block == 4096) << block;
  SegmentFile segment(*std::move(file), 1, kCapacity);
  std::string all;
  size_t by_blocks = 0;
  for (size_t n = 0; segment.HasRoomFor(LineOf(n).size()); ++n) {
    ASSERT_TRUE(segment.Add(LineOf(n), /*sync=*/n % 4 != 0));
    by_blocks += segment.wrote_blocks() ? 1 : 0;
    all += LineOf(n);
    std::string expected = Blank();
    const auto read = ReadFile(PosixDisk(), path);
    ASSERT_TRUE(read);
    ASSERT_EQ(*read, expected.replace(0, all.size(), all)) << "after line " << n;
  }
  EXPECT_EQ(by_blocks > 0, block > 0);
}

}  // namespace
}  // namespace tamtap::journal
