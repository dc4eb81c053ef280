#include "base/disk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(PosixDiskTest, WritesReadsAndListsWhatWasCreated) {
  const TestDirectory directory;
  Disk& disk = PosixDisk();
  ASSERT_TRUE(disk.CreateDirectories(directory / "a/b"));
  auto file = disk.Open(directory / "a/b/x", OpenMode::kCreateReadWrite);
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->WriteAt(0, "hello"));
  ASSERT_TRUE((*file)->WriteAt(5, " world"));
  ASSERT_TRUE((*file)->DataSync());
  EXPECT_EQ(*ReadFile(disk, directory / "a/b/x"), "hello world");
  EXPECT_THAT(*disk.List(directory / "a/b"), ElementsAre("x"));
}

TEST(PosixDiskTest, CreateRefusesWhatExists) {
  const TestDirectory directory;
  ASSERT_TRUE(PosixDisk().Open(directory / "x", OpenMode::kCreateReadWrite));
  EXPECT_FALSE(PosixDisk().Open(directory / "x", OpenMode::kCreateReadWrite));
}

TEST(PosixDiskTest, AMissingFileIsSaidWithItsPath) {
  const TestDirectory directory;
  const auto content = ReadFile(PosixDisk(), directory / "none");
  ASSERT_FALSE(content);
  EXPECT_EQ(content.error().code, ErrorCode::kMisconfigured);
  EXPECT_THAT(content.error().Message(), HasSubstr(directory / "none"));
}

TEST(PosixDiskTest, ASecondLockIsRefusedAndNamesTheFirst) {
  const TestDirectory directory;
  const auto first = PosixDisk().Lock(directory / "lock");
  ASSERT_TRUE(first);
  const auto second = PosixDisk().Lock(directory / "lock");
  ASSERT_FALSE(second);
  EXPECT_THAT(second.error().Message(), HasSubstr("process " + std::to_string(getpid())));
}

TEST(PosixDiskTest, AtomicReplacementIsPrivateAndWholeAndOutlivesALeftOver) {
  const TestDirectory directory;
  const std::string path = directory / "settings";
  ASSERT_TRUE(PosixDisk().Open(path + ".new", OpenMode::kCreateReadWrite));  // of a crash
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), path, "one"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), path, "two"));
  EXPECT_EQ(*ReadFile(PosixDisk(), path), "two");
  EXPECT_THAT(*PosixDisk().List(directory.path()), ElementsAre("settings"));
  struct stat status {};
  ASSERT_EQ(stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600u);
}

TEST(PathTest, JoinsAndFindsParents) {
  EXPECT_EQ(JoinPath("a", "b"), "a/b");
  EXPECT_EQ(JoinPath("a/", "b"), "a/b");
  EXPECT_EQ(ParentDirectory("a/b/c"), "a/b");
  EXPECT_EQ(ParentDirectory("c"), ".");
  EXPECT_EQ(ParentDirectory("/c"), "/");
}

}  // namespace
}  // namespace tamtap
