#include "picture/photo_days.h"

#include <gmock/gmock.h>
#include <unistd.h>

#include "base/disk_beneath.h"
#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

class PhotoDaysTest : public ::testing::Test {
 protected:
  void Put(const std::string& day, const std::string& file) {
    ASSERT_TRUE(disk_->CreateDirectories(photos_ + "/" + day));
    ASSERT_TRUE(WriteFileAtomically(*disk_, photos_ + "/" + day + "/" + file, "x"));
  }
  std::vector<std::string> In(const std::string& directory) { return *disk_->List(directory); }
  size_t Remove(const std::string& first_kept_day, size_t most = 100,
                const std::string& kept = "") {
    const auto removed = RemoveOldPhotos(*disk_, photos_, first_kept_day, most,
                                         [&](const std::string& day) { return day == kept; });
    EXPECT_TRUE(removed) << removed.error().Message();
    return removed.value_or(0);
  }

  TestDirectory directory_;
  const std::string photos_ = directory_ / "photos";
  const std::unique_ptr<Disk> disk_ = MakeDiskBeneath(photos_);
};

TEST_F(PhotoDaysTest, OldDaysGoInPiecesAndTheirDirectoriesWithThem) {
  EXPECT_EQ(Remove("2026-11-01"), 0u) << "there are no photos at all";
  for (const char* const file : {"a.jpg", "b.jpg", "c.jpg"}) {
    Put("2026-10-30", file);
    Put("2026-10-31", file);
    Put("2026-11-01", file);
  }
  EXPECT_EQ(Remove("2026-11-01", 4), 4u);
  EXPECT_THAT(In(photos_), ElementsAre("2026-10-31", "2026-11-01"));
  EXPECT_EQ(Remove("2026-11-01", 4), 2u);
  EXPECT_EQ(Remove("2026-11-01", 4), 0u);
  EXPECT_THAT(In(photos_), ElementsAre("2026-11-01"));
  EXPECT_THAT(In(photos_ + "/2026-11-01"), ElementsAre("a.jpg", "b.jpg", "c.jpg"));
}

TEST_F(PhotoDaysTest, WhatIsNoDayOrIsKeptStays) {
  Put("2026-10-30", "a.jpg");
  Put("2026-10-31", "a.jpg");
  Put(".incoming", "gate-1.00");
  Put("2026-1-1", "a.jpg");
  EXPECT_EQ(Remove("2026-11-01", 100, "2026-10-31"), 1u);
  EXPECT_THAT(In(photos_), UnorderedElementsAre(".incoming", "2026-1-1", "2026-10-31"));
}

TEST_F(PhotoDaysTest, NoLinkLeadsOut) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "elsewhere"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "elsewhere/mine.txt", "x"));
  Put("2026-10-31", "a.jpg");
  ASSERT_EQ(symlink((directory_ / "elsewhere").c_str(), (photos_ + "/2026-10-30").c_str()), 0);
  EXPECT_EQ(Remove("2026-11-01"), 1u);
  EXPECT_TRUE(*PosixDisk().Exists(directory_ / "elsewhere/mine.txt"));
}

}  // namespace
}  // namespace tamtap
