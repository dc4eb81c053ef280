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

struct Owner {
  uid_t user;
  gid_t group;
  mode_t mode;
  friend bool operator==(const Owner&, const Owner&) = default;
};
Owner OwnerOf(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(lstat(path.c_str(), &status), 0) << path;
  return {status.st_uid, status.st_gid, status.st_mode & 0777};
}
constexpr uid_t kService = 65534;

TEST(PosixDiskTest, WhatRootCreatesBelongsToTheOwnerOfTheDirectory) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const TestDirectory directory;
  ASSERT_EQ(chown(directory.path().c_str(), kService, kService), 0);
  Disk& disk = PosixDisk();
  ASSERT_TRUE(disk.CreateDirectories(directory / "a/b"));
  ASSERT_TRUE(disk.Open(directory / "a/b/file", OpenMode::kCreateReadWrite));
  ASSERT_TRUE(WriteFileAtomically(disk, directory / "a/whole", "text"));
  ASSERT_TRUE(disk.Lock(directory / "a/lock"));
  const Owner file{kService, kService, 0600};
  const Owner folder{kService, kService, 0700};
  EXPECT_EQ(OwnerOf(directory / "a"), folder);
  EXPECT_EQ(OwnerOf(directory / "a/b"), folder);
  EXPECT_EQ(OwnerOf(directory / "a/b/file"), file);
  EXPECT_EQ(OwnerOf(directory / "a/whole"), file);
  EXPECT_EQ(OwnerOf(directory / "a/lock"), file);
}

TEST(PosixDiskTest, RootGivesAwayNothingThatWasThereBefore) {
  if (geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const TestDirectory directory;
  const TestDirectory elsewhere;
  ASSERT_TRUE(PosixDisk().Open(elsewhere / "secret", OpenMode::kCreateReadWrite));
  ASSERT_EQ(chown(directory.path().c_str(), kService, kService), 0);
  ASSERT_EQ(link((elsewhere / "secret").c_str(), (directory / "lock").c_str()), 0);
  ASSERT_TRUE(PosixDisk().Lock(directory / "lock"));
  EXPECT_EQ(OwnerOf(elsewhere / "secret"), (Owner{0, 0, 0600}));
}

TEST(PosixDiskTest, ALockKnowsWhenAnotherFileIsAtItsPlace) {
  const TestDirectory directory;
  const auto lock = PosixDisk().Lock(directory / "lock");
  ASSERT_TRUE(lock);
  EXPECT_TRUE((*lock)->StillThere());
  ASSERT_TRUE(PosixDisk().Rename(directory / "lock", directory / "elsewhere"));
  EXPECT_FALSE((*lock)->StillThere());
  ASSERT_TRUE(PosixDisk().Open(directory / "lock", OpenMode::kCreateReadWrite));
  EXPECT_FALSE((*lock)->StillThere());
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
