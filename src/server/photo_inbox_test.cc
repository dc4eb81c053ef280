#include "server/photo_inbox.h"

#include <gtest/gtest.h>

#include "base/sha256.h"
#include "sim/simulated_disk.h"

namespace tamtap {
namespace {

constexpr const char* kFile = "2026-11-23_T1_Ana_Reyes_070000_AM_gate-1.jpg";
const std::string kStart = "\xFF\xD8\xFF";  // of every JPEG

// Stands for the decoder: what it is given, without what it must not keep.
Result<std::string> Clean(std::string_view encoded) {
  if (encoded.ends_with("no picture")) return Error{ErrorCode::kRejected, "take a photo", 0, {}};
  if (encoded.ends_with("no memory")) return Error{ErrorCode::kRetry, "take a photo", 0, {}};
  return std::string(encoded.substr(0, encoded.find("SECRET")));
}

class PhotoInboxTest : public ::testing::Test {
 protected:
  static IncomingPhoto Name(const std::string& content) {
    return {"2026-11-23", kFile, Sha256Hex(content), content.size()};
  }
  Result<uint64_t> Take(const std::string& content, uint64_t offset, size_t count) {
    return inbox_.Take("gate-1", Name(content), offset,
                       std::string_view(content).substr(offset, count));
  }
  // Nothing if it is not there.
  std::string Shown() {
    const std::string path = std::string("/photos/2026-11-23/") + kFile;
    return *disk_.Exists(path) ? disk_.Content(path) : "";
  }
  void Restart() { disk_.CrashLosingAll(); }

  const std::string photo_ = kStart + std::string(2'997, 'p') + "end";
  sim::SimulatedDisk disk_;
  PhotoInbox inbox_{disk_, "/photos", Clean, 1'000};
};

TEST_F(PhotoInboxTest, PiecesMakeAPhotoThatIsShownWhenItIsWholeAndDurable) {
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), 0u);
  EXPECT_EQ(*Take(photo_, 0, 1'000), 1'000u);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), 1'000u);
  EXPECT_EQ(Shown(), "");
  EXPECT_EQ(*Take(photo_, 1'000, 2'003), photo_.size());
  Restart();
  EXPECT_EQ(Shown(), photo_);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), photo_.size());
}

TEST_F(PhotoInboxTest, WhatIsHalfThereForADayIsForgottenAndMayBeginAnew) {
  const MonotonicTime start{};
  const auto wait = [&](int hour) {
    ASSERT_TRUE(inbox_.RemoveAbandoned(start + std::chrono::hours(hour)));
  };
  wait(0);
  ASSERT_EQ(*Take(photo_, 0, 1'000), 1'000u);
  wait(1);
  wait(24);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), 1'000u);
  ASSERT_EQ(*Take(photo_, 1'000, 500), 1'500u) << "a gate with a bad network goes on";
  wait(25);
  wait(48);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), 1'500u);
  wait(49);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), 0u);
  ASSERT_EQ(*Take(photo_, 0, photo_.size()), photo_.size());
  wait(100);
  EXPECT_EQ(Shown(), photo_);
}

TEST_F(PhotoInboxTest, APieceThatComesTwiceOrTooSoonChangesNothing) {
  ASSERT_EQ(*Take(photo_, 0, 1'000), 1'000u);
  EXPECT_EQ(*Take(photo_, 0, 1'000), 1'000u);
  EXPECT_EQ(*Take(photo_, 2'000, 1'000), 1'000u);
  ASSERT_EQ(*Take(photo_, 1'000, 2'003), photo_.size());
  EXPECT_EQ(*Take(photo_, 1'000, 2'003), photo_.size());
  EXPECT_EQ(Shown(), photo_);
}

TEST_F(PhotoInboxTest, WhatIsNotWhatItsHashSaysIsForgottenAndCanComeAnew) {
  const IncomingPhoto name = Name(photo_);
  std::string other = photo_;
  other[5] = 'q';
  ASSERT_EQ(*inbox_.Take("gate-1", name, 0, other.substr(0, 1'000)), 1'000u);
  const auto whole = inbox_.Take("gate-1", name, 1'000, other.substr(1'000));
  ASSERT_FALSE(whole);
  EXPECT_EQ(whole.error().code, ErrorCode::kRejected);
  EXPECT_EQ(*inbox_.Received("gate-1", name), 0u);
  EXPECT_EQ(*Take(photo_, 0, photo_.size()), photo_.size());
}

TEST_F(PhotoInboxTest, NothingIsLongerThanWasSaid) {
  IncomingPhoto name = Name(photo_);
  name.length = 10;
  EXPECT_EQ(inbox_.Take("gate-1", name, 0, photo_).error().code, ErrorCode::kRejected);
}

TEST_F(PhotoInboxTest, APhotoOfANameThatIsHereIsHere) {
  ASSERT_TRUE(Take(photo_, 0, photo_.size()));
  const std::string other = kStart + "another";
  EXPECT_EQ(*inbox_.Received("gate-1", Name(other)), other.size());
  EXPECT_EQ(Shown(), photo_);
}

TEST_F(PhotoInboxTest, WhatIsShownIsWhatWasEncodedAnew) {
  const std::string sent = photo_ + "SECRET place";
  ASSERT_EQ(*Take(sent, 0, sent.size()), sent.size());
  EXPECT_EQ(Shown(), photo_);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(sent)), sent.size()) << "its answer was lost";
  EXPECT_TRUE(disk_.List("/photos/.incoming")->empty());
}

TEST_F(PhotoInboxTest, WhatIsNoPictureIsRefusedAndForgotten) {
  const std::string page = "<html>";
  EXPECT_EQ(Take(page, 0, 4).error().code, ErrorCode::kRejected) << "at its first bytes";
  const std::string bad = kStart + "no picture";
  ASSERT_TRUE(Take(bad, 0, 5));
  EXPECT_EQ(Take(bad, 5, bad.size()).error().code, ErrorCode::kRejected);
  EXPECT_EQ(Shown(), "");
  EXPECT_TRUE(disk_.List("/photos/.incoming")->empty());
}

TEST_F(PhotoInboxTest, TooLittleMemoryLosesNoPhoto) {
  const std::string large = kStart + "no memory";
  EXPECT_EQ(Take(large, 0, large.size()).error().code, ErrorCode::kRetry);
  EXPECT_EQ(inbox_.Received("gate-1", Name(large)).error().code, ErrorCode::kRetry);
  EXPECT_EQ(disk_.List("/photos/.incoming")->size(), 1u);
}

TEST_F(PhotoInboxTest, AGateHasOneUnfinishedPhotoAtATime) {
  for (const char* text : {"first photo", "second photo"}) {
    const std::string content = kStart + text;
    IncomingPhoto name = Name(content);
    name.file = "x.jpg";
    ASSERT_TRUE(inbox_.Take("gate-1", name, 0, content.substr(0, 5)));
    ASSERT_TRUE(inbox_.Take("gate-2", name, 0, content.substr(0, 5)));
  }
  EXPECT_EQ(disk_.List("/photos/.incoming")->size(), 2u);
}

TEST_F(PhotoInboxTest, AFullDiskTakesNoPhotosAndSaysSo) {
  disk_.SetCapacity(2'000);
  EXPECT_EQ(Take(photo_, 0, 1'000).error().code, ErrorCode::kFull);
  disk_.SetCapacity(100'000);
  EXPECT_TRUE(Take(photo_, 0, 1'000));
}

TEST_F(PhotoInboxTest, AFlushThatFailsIsNeverTakenForOneThatWorked) {
  disk_.SetFaults([](sim::DiskCall call, const std::string&) -> std::optional<sim::DiskFault> {
    if (call != sim::DiskCall::kSync) return std::nullopt;
    return sim::DiskFault{EIO};
  });
  ASSERT_FALSE(Take(photo_, 0, photo_.size()));
  disk_.SetFaults(nullptr);
  EXPECT_EQ(*inbox_.Received("gate-1", Name(photo_)), 0u);  // from the beginning
}

TEST_F(PhotoInboxTest, AfterACrashAtAnyCallThePhotoIsWholeOrComesAgain) {
  for (int crash = 0;; ++crash) {
    sim::SimulatedDisk disk;
    int calls = 0;
    disk.SetFaults([&](sim::DiskCall, const std::string&) -> std::optional<sim::DiskFault> {
      if (calls++ < crash) return std::nullopt;
      return sim::DiskFault{EIO};
    });
    bool told_complete = false;
    {
      PhotoInbox inbox(disk, "/photos", Clean, 0);
      for (const size_t offset : {0u, 1'000u, 2'000u}) {
        const auto taken = inbox.Take("gate-1", Name(photo_), offset,
                                      photo_.substr(offset, offset == 2'000 ? 1'003 : 1'000));
        told_complete = taken && *taken == photo_.size();
      }
    }
    const bool undisturbed = calls <= crash;
    disk.SetFaults(nullptr);
    disk.CrashLosingAll();
    PhotoInbox inbox(disk, "/photos", Clean, 0);
    uint64_t here = *inbox.Received("gate-1", Name(photo_));
    EXPECT_TRUE(!told_complete || here == photo_.size()) << crash;
    for (int tries = 0; here < photo_.size() && tries < 5; ++tries) {
      const auto taken = inbox.Take("gate-1", Name(photo_), here, photo_.substr(here));
      here = taken ? *taken : 0;
    }
    EXPECT_EQ(disk.Content(std::string("/photos/2026-11-23/") + kFile), photo_) << crash;
    if (undisturbed) break;
  }
}

}  // namespace
}  // namespace tamtap
