#include "terminal/photo_store.h"

#include <gtest/gtest.h>

#include "sim/simulated_disk.h"

namespace tamtap {
namespace {

Frame FrameOf(std::string encoded) {
  Frame frame;
  frame.encoded = std::move(encoded);
  return frame;
}

TEST(PhotoStoreTest, APhotoIsStoredUnderItsDay) {
  sim::SimulatedDisk disk;
  {
    PhotoStore photos(disk, "/photos", 0);
    photos.Add("2026-11-23", "a.jpg", FrameOf("jpeg"));
  }
  EXPECT_EQ(disk.Content("/photos/2026-11-23/a.jpg"), "jpeg");
}

TEST(PhotoStoreTest, PhotosGoFirstWhenTheDiskFillsSoThatTapsStillFit) {
  sim::SimulatedDisk disk;
  disk.SetCapacity(10'000);
  {
    PhotoStore photos(disk, "/photos", 8'000);
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) {
      photos.Add("2026-11-23", name, FrameOf(std::string(900, 'x')));
    }
  }
  EXPECT_TRUE(*disk.Exists("/photos/2026-11-23/a.jpg"));
  EXPECT_TRUE(*disk.Exists("/photos/2026-11-23/b.jpg"));
  EXPECT_FALSE(*disk.Exists("/photos/2026-11-23/c.jpg"));
  EXPECT_GE(*disk.FreeBytes("/photos"), 8'000u);
}

}  // namespace
}  // namespace tamtap
