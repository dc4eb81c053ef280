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

Result<std::string> AsItIs(std::string_view encoded) { return std::string(encoded); }

TEST(PhotoStoreTest, APhotoIsStoredUnderItsDay) {
  sim::SimulatedDisk disk;
  {
    PhotoStore photos(disk, "/photos", AsItIs, 0);
    photos.Add("2026-11-23", "a.jpg", FrameOf("jpeg"));
  }
  EXPECT_EQ(disk.Content("/photos/2026-11-23/a.jpg"), "jpeg");
}

TEST(PhotoStoreTest, PhotosGoFirstWhenTheDiskFillsSoThatTapsStillFit) {
  sim::SimulatedDisk disk;
  disk.SetCapacity(10'000);
  {
    PhotoStore photos(disk, "/photos", AsItIs, 8'000);
    for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) {
      photos.Add("2026-11-23", name, FrameOf(std::string(900, 'x')));
    }
  }
  EXPECT_TRUE(*disk.Exists("/photos/2026-11-23/a.jpg"));
  EXPECT_TRUE(*disk.Exists("/photos/2026-11-23/b.jpg"));
  EXPECT_FALSE(*disk.Exists("/photos/2026-11-23/c.jpg"));
  EXPECT_GE(*disk.FreeBytes("/photos"), 8'000u);
}

TEST(PhotoStoreTest, WhatIsKeptIsWhatWasEncodedAnewAndWhatIsNoPictureIsNotKept) {
  sim::SimulatedDisk disk;
  {
    PhotoStore photos(
        disk, "/photos",
        [](std::string_view encoded) -> Result<std::string> {
          if (encoded == "page") return Error{ErrorCode::kRejected, "take a photo", 0, {}};
          return std::string("anew");
        },
        0);
    photos.Add("2026-11-23", "a.jpg", FrameOf("page"));
    photos.Add("2026-11-23", "b.jpg", FrameOf("picture with a place in it"));
  }
  EXPECT_FALSE(*disk.Exists("/photos/2026-11-23/a.jpg"));
  EXPECT_EQ(disk.Content("/photos/2026-11-23/b.jpg"), "anew");
}

}  // namespace
}  // namespace tamtap
