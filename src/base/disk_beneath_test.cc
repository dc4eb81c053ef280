#include "base/disk_beneath.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <filesystem>

#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;

class DiskBeneathTest : public ::testing::Test {
 protected:
  DiskBeneathTest() {
    EXPECT_TRUE(disk_->CreateDirectories(root_ + "/day"));
    EXPECT_TRUE(WriteFileAtomically(PosixDisk(), outside_, "secret"));
  }
  bool Opens(const std::string& name, OpenMode mode = OpenMode::kRead) {
    return disk_->Open(root_ + "/" + name, mode).has_value();
  }

  TestDirectory directory_;
  const std::string root_ = directory_.path() + "/photos";
  const std::string outside_ = directory_.path() + "/outside";
  const std::unique_ptr<Disk> disk_ = MakeDiskBeneath(root_);
};

TEST_F(DiskBeneathTest, ItIsADiskLikeAnother) {
  const std::string path = root_ + "/day/a.jpg";
  ASSERT_TRUE(WriteFileAtomically(*disk_, path, "picture"));
  EXPECT_EQ(*ReadFile(*disk_, path), "picture");
  EXPECT_THAT(*disk_->List(root_ + "/day"), ElementsAre("a.jpg"));
  EXPECT_TRUE(disk_->Rename(path, root_ + "/b.jpg"));
  EXPECT_THAT(*disk_->List(root_), ElementsAre("b.jpg", "day"));
  EXPECT_TRUE(*disk_->Exists(root_ + "/b.jpg"));
  EXPECT_FALSE(*disk_->Exists(path));
  EXPECT_FALSE(*disk_->Exists(root_ + "/no/such/place"));
  EXPECT_TRUE(disk_->Remove(root_ + "/b.jpg"));
  EXPECT_GT(*disk_->FreeBytes(root_ + "/day"), 0U);
  EXPECT_TRUE(disk_->CreateDirectories(root_));
  EXPECT_TRUE(disk_->CreateDirectories(root_ + "/x/y"));
  struct stat made {};
  ASSERT_EQ(stat((root_ + "/x/y").c_str(), &made), 0);
  EXPECT_EQ(made.st_mode & 0777U, 0700U);
}

TEST_F(DiskBeneathTest, NothingOutsideIsReachedWhateverThePathSays) {
  for (const char* path :
       {"../outside", "day/../../outside", "/etc/passwd", "..", ".", "day/..", ""}) {
    EXPECT_FALSE(Opens(path)) << path;
    EXPECT_FALSE(Opens(path, OpenMode::kCreateReadWrite)) << path;
  }
  EXPECT_FALSE(disk_->Open(outside_, OpenMode::kRead));
  EXPECT_FALSE(disk_->Rename(outside_, root_ + "/in"));
  EXPECT_FALSE(disk_->Rename(root_ + "/day", directory_.path() + "/out"));
  EXPECT_FALSE(disk_->Remove(outside_));
  EXPECT_FALSE(disk_->CreateDirectories(root_ + "/../elsewhere"));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/elsewhere"));
}

TEST_F(DiskBeneathTest, NoLinkIsFollowedToReadOrToWrite) {
  ASSERT_EQ(symlink(outside_.c_str(), (root_ + "/link.jpg").c_str()), 0);
  ASSERT_EQ(symlink(directory_.path().c_str(), (root_ + "/away").c_str()), 0);
  ASSERT_EQ(symlink("day", (root_ + "/today").c_str()), 0);
  for (const char* path : {"link.jpg", "away/outside", "today/new.jpg"}) {
    EXPECT_FALSE(Opens(path)) << path;
    EXPECT_FALSE(Opens(path, OpenMode::kReadWrite)) << path;
    EXPECT_FALSE(Opens(path, OpenMode::kCreateReadWrite)) << path;
  }
  EXPECT_FALSE(disk_->List(root_ + "/away"));
  EXPECT_FALSE(disk_->CreateDirectories(root_ + "/away/new"));
  EXPECT_FALSE(disk_->CreateDirectories(root_ + "/today"));
  EXPECT_FALSE(std::filesystem::exists(directory_.path() + "/new"));
  // A link in the way of a new photo is replaced, and what it points to stays.
  ASSERT_TRUE(WriteFileAtomically(*disk_, root_ + "/link.jpg", "picture"));
  EXPECT_EQ(*ReadFile(PosixDisk(), outside_), "secret");
  EXPECT_EQ(*ReadFile(*disk_, root_ + "/link.jpg"), "picture");
}

TEST_F(DiskBeneathTest, NoFifoIsWaitedForAndNoDeviceOpened) {
  ASSERT_EQ(mkfifo((root_ + "/fifo.jpg").c_str(), 0600), 0);
  EXPECT_FALSE(Opens("fifo.jpg"));
  EXPECT_FALSE(Opens("fifo.jpg", OpenMode::kReadWrite));
  if (mknod((root_ + "/zero.jpg").c_str(), S_IFCHR | 0600, makedev(1, 5)) == 0) {
    EXPECT_FALSE(Opens("zero.jpg"));
  }
  EXPECT_FALSE(Opens("day")) << "a directory is no file";
}

TEST_F(DiskBeneathTest, TheDirectoryItselfMayBeALink) {
  const std::string real = directory_.path() + "/stick";
  ASSERT_TRUE(PosixDisk().CreateDirectories(real));
  const std::string link = directory_.path() + "/linked";
  ASSERT_EQ(symlink(real.c_str(), link.c_str()), 0);
  const auto disk = MakeDiskBeneath(link);
  ASSERT_TRUE(disk->CreateDirectories(link + "/day"));
  ASSERT_TRUE(WriteFileAtomically(*disk, link + "/day/a.jpg", "picture"));
  EXPECT_EQ(*ReadFile(PosixDisk(), real + "/day/a.jpg"), "picture");
}

}  // namespace
}  // namespace tamtap
