#include "camera/mjpeg_splitter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "base/random.h"
#include "picture/tiny_jpeg.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

using Pictures = std::vector<std::string>;

// A JPEG that is all structure: a segment with `content`, and a scan with `data`.
std::string Made(std::string_view content, std::string_view data) {
  const size_t length = content.size() + 2;
  std::string jpeg("\xFF\xD8\xFF\xE1", 4);
  jpeg += static_cast<char>(length / 256);
  jpeg += static_cast<char>(length % 256);
  jpeg += content;
  jpeg += std::string("\xFF\xDA\x00\x04\x01\x02", 6);
  jpeg += data;
  return jpeg + "\xFF\xD9";
}

Pictures Split(std::string_view stream, size_t chunk) {
  MjpegSplitter splitter;
  Pictures pictures;
  for (size_t at = 0; at < stream.size(); at += chunk) {
    splitter.Feed(stream.substr(at, chunk),
                  [&](std::string_view picture) { pictures.emplace_back(picture); });
  }
  EXPECT_EQ(splitter.pictures(), pictures.size());
  return pictures;
}

Pictures Split(std::string_view stream) {
  const Pictures at_once = Split(stream, stream.size() + 1);
  for (const size_t chunk : {1u, 2u, 3u, 7u, 100u})
    EXPECT_EQ(Split(stream, chunk), at_once) << chunk;
  return at_once;
}

TEST(MjpegSplitter, PicturesOneBehindTheOtherComeWhole) {
  const std::string a = TinyJpeg();
  const std::string b = Made("b", "bb");
  EXPECT_THAT(Split(a + b + a), ElementsAre(a, b, a));
}

TEST(MjpegSplitter, WhatLiesBetweenPicturesIsPassedOver) {
  const std::string a = TinyJpeg();
  const std::string head = "\r\n--frame\r\nContent-Type: image/jpeg\r\nContent-Length: 9\r\n\r\n";
  EXPECT_THAT(Split(head + a + head + a + "\r\n--frame--"), ElementsAre(a, a));
  EXPECT_THAT(Split(a + std::string(1000, '\0') + a), ElementsAre(a, a));
  EXPECT_THAT(Split("\xFF\xFF" + a + "\xFF" + a), ElementsAre(a, a));
}

TEST(MjpegSplitter, APictureWithinAPictureIsNotTaken) {
  // As cameras put a small one into a segment of the large one.
  const std::string a = Made(TinyJpeg(), "data");
  EXPECT_THAT(Split(a + a), ElementsAre(a, a));
}

TEST(MjpegSplitter, StuffedBytesRestartsAndFurtherScansAreOfThePicture) {
  const std::string a = Made("", std::string("a\xFF\x00"
                                             "b\xFF\xD0"
                                             "c\xFF\xD7"
                                             "d",
                                             10));
  EXPECT_THAT(Split(a), ElementsAre(a));
  const std::string passes =
      Made("", std::string("one\xFF\xC4\x00\x03x\xFF\xFF\xDA\x00\x02two", 17));
  EXPECT_THAT(Split(passes + a), ElementsAre(passes, a));
}

TEST(MjpegSplitter, AHalfPictureCostsItselfAndAtMostWhatItsLengthsReachOver) {
  // A length that is cut in its middle reaches over 64 KB.
  constexpr size_t kMany = 600;
  constexpr size_t kWithinReach = 450;
  const std::string a = TinyJpeg();
  ASSERT_GT(a.size() * kWithinReach, 65'535u);
  std::string many;
  for (size_t i = 0; i < kMany; ++i) many += a;
  for (size_t cut = 0; cut < a.size(); ++cut) {
    const Pictures pictures = Split(a.substr(0, cut) + many, 1'000);
    ASSERT_GE(pictures.size(), kMany - kWithinReach) << cut;
    // The first may begin with the half one, where its lengths happen to fit.
    EXPECT_EQ(std::count(pictures.begin() + 1, pictures.end(), a),
              static_cast<std::ptrdiff_t>(pictures.size()) - 1)
        << cut;
  }
  // In its data, where nearly all of a picture is, it costs itself alone.
  const std::string b = Made("b", std::string(100, 'b'));
  EXPECT_THAT(Split(b.substr(0, b.size() - 20) + a + a), ElementsAre(a, a));
}

TEST(MjpegSplitter, GarbageGivesNothing) {
  EXPECT_THAT(Split(std::string(5000, 'x')), IsEmpty());
  EXPECT_THAT(Split("\xFF\xD8\xFF\xD9"), IsEmpty()) << "a picture without a scan";
  std::string starts;
  for (int i = 0; i < 1000; ++i) starts += "\xFF\xD8\xFF";
  EXPECT_THAT(Split(starts), IsEmpty());
  EXPECT_THAT(Split(starts + TinyJpeg()), ElementsAre(TinyJpeg()));
}

TEST(MjpegSplitter, APictureThatIsTooLargeIsDroppedAndMemoryIsBounded) {
  MjpegSplitter splitter;
  Pictures pictures;
  const auto take = [&](std::string_view picture) { pictures.emplace_back(picture); };
  splitter.Feed(Made("", std::string(kLargestFrame, 'x')), take);
  splitter.Feed(TinyJpeg(), take);
  EXPECT_THAT(pictures, ElementsAre(TinyJpeg()));
  pictures.clear();
  const std::string large = Made("", std::string(kLargestFrame - 1000, 'x'));
  splitter.Feed(large, take);
  EXPECT_THAT(pictures, ElementsAre(large));
  // One that never ends.
  const std::string endless = Made("", "").substr(0, 10);
  splitter.Feed(endless, take);
  for (int i = 0; i < 100; ++i) splitter.Feed(std::string(1 << 20, 'x'), take);
  EXPECT_GT(splitter.wasted(), 96u << 20) << "what is counted as wasted is not kept";
}

TEST(MjpegSplitter, AfterAResetNothingIsContinued) {
  MjpegSplitter splitter;
  Pictures pictures;
  const auto take = [&](std::string_view picture) { pictures.emplace_back(picture); };
  const std::string a = TinyJpeg();
  splitter.Feed(a.substr(0, 100), take);
  splitter.Reset();
  splitter.Feed(a.substr(100), take);
  EXPECT_THAT(pictures, IsEmpty());
  splitter.Feed(a, take);
  EXPECT_THAT(pictures, ElementsAre(a));
}

TEST(MjpegSplitter, WhateverIsChangedInAStreamItIsCutAlikeInAnyChunks) {
  SeededRandom random(7);
  const std::string a = TinyJpeg() + Made(TinyJpeg(), std::string("xy\xFF\x00z", 5));
  for (int round = 0; round < 2'000; ++round) {
    std::string stream = a + a + a;
    for (uint64_t i = random.Below(6); i > 0; --i) {
      const size_t at = random.Below(stream.size());
      switch (random.Below(3)) {
        case 0:
          stream[at] = static_cast<char>(random.Below(256));
          break;
        case 1:
          stream.erase(at, random.Below(50));
          break;
        default:
          stream.insert(at, 1, '\xFF');
      }
    }
    ASSERT_EQ(Split(stream, 1), Split(stream, stream.size())) << round;
    ASSERT_EQ(Split(stream, 1 + random.Below(64)), Split(stream, stream.size())) << round;
  }
}

}  // namespace
}  // namespace tamtap
