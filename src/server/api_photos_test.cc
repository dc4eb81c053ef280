// Photos over the API: who brings which, who sees which, and what is no picture.
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/sha256.h"
#include "picture/plain_jpeg.h"
#include "picture/tiny_jpeg.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

class ApiPhotosTest : public ServerFixture {};

TEST_F(ApiPhotosTest, APhotoUnderTheWrongDayOfAGatesClockIsFound) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/1970-01-01"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "photos/1970-01-01/a.jpg", "jpeg"));
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/a.jpg", {}, Head()).body, "jpeg");
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/b.jpg", {}, Head()).status, 404);
}

TEST_F(ApiPhotosTest, AGateBringsPhotosOfItsOwnTapsAndNoOthers) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  EnrolledTerminal("gate-2");
  const auto put = [&](const std::string& day, const std::string& file,
                       const std::string& content) {
    const std::string target =
        fmt::format("/api/terminal/photos/{}/{}?offset=0&length={}&sha256={}", day, file,
                    content.size(), Sha256Hex(content));
    return Ask("PUT", target, content, gate).status;
  };
  const std::string jpeg = TinyJpeg();
  const std::string own = "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg";
  EXPECT_EQ(put("2026-11-23", own, jpeg), 200);
  EXPECT_EQ(put("2026-11-24", own, jpeg), 400) << "of another day";
  EXPECT_EQ(put("2026-11-23", "2026-11-23_001_Ana_Reyes_070000_AM_gate-2.jpg", jpeg), 400);
  EXPECT_EQ(put("2026-11-23", "2026-11-23_001_Ana_Reyes_070000_AM_gate-0.jpg", jpeg), 200)
      << "a former name of its own";
  EXPECT_EQ(put("2026-11-23", "2026-11-23_002_Ben_Cruz_070000_AM_gate-1.jpg", "<svg onload=x>"),
            400);
  EXPECT_EQ(put("2026-11-23", "2026-11-23_002_Ben_Cruz_070000_AM_gate-1.jpg",
                jpeg.substr(0, jpeg.size() / 2)),
            400)
      << "cut off";
  const http::Response shown = Ask("GET", "/photos/2026-11-23/" + own, {}, Head());
  EXPECT_EQ(shown.status, 200);
  EXPECT_TRUE(IsPlainJpeg(shown.body));
  // Whatever day the record was given since.
  EXPECT_EQ(Ask("GET", "/photos/2026-11-25/" + own, {}, Head()).body, shown.body);
}

TEST_F(ApiPhotosTest, APhotoThatWasNamedBeforeNamesToldItsGateIsFoundByItsTap) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  Record record = ExampleRecord(1);
  record.photo = "001_Ana_Reyes_070000_AM.jpg";
  ASSERT_TRUE(store_->Store({&record, 1}));
  const std::string jpeg = TinyJpeg();
  const std::string target = fmt::format("/api/terminal/photos/{}/{}?offset=0&length={}&sha256={}",
                                         record.day, record.photo, jpeg.size(), Sha256Hex(jpeg));
  ASSERT_EQ(Ask("PUT", target, jpeg, gate).status, 200);
  for (const http::Headers& who : {Head(), Adviser()}) {
    EXPECT_EQ(Ask("GET", "/photos/" + record.day + "/" + record.photo, {}, who).status, 200);
  }
}

TEST_F(ApiPhotosTest, WhatIsNoFileInTheDirectoryOfPhotosIsNotShownAndNothingIsWrittenThroughIt) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const std::string photos = directory_ / "photos";
  ASSERT_TRUE(PosixDisk().CreateDirectories(photos + "/2026-11-23"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "secret.jpg", "secret"));
  const std::string file = "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg";
  ASSERT_EQ(symlink((directory_ / "secret.jpg").c_str(), (photos + "/2026-11-23/a.jpg").c_str()),
            0);
  ASSERT_EQ(mkfifo((photos + "/2026-11-23/b.jpg").c_str(), 0600), 0);
  ASSERT_EQ(symlink(directory_.path().c_str(), (photos + "/2026-11-24").c_str()), 0);
  for (const char* name : {"2026-11-23/a.jpg", "2026-11-23/b.jpg", "2026-11-24/secret.jpg"}) {
    EXPECT_EQ(Ask("GET", std::string("/photos/") + name, {}, Head()).status, 404) << name;
  }
  const std::string jpeg = TinyJpeg();
  const std::string target = fmt::format(
      "/api/terminal/photos/2026-11-24/2026-11-24_001_A_B_070000_AM_gate-1.jpg?offset=0&length={}"
      "&sha256={}",
      jpeg.size(), Sha256Hex(jpeg));
  EXPECT_NE(Ask("PUT", target, jpeg, gate).status, 200);
  EXPECT_FALSE(*PosixDisk().Exists(directory_ / "2026-11-24_001_A_B_070000_AM_gate-1.jpg"));
}

TEST_F(ApiPhotosTest, NoNameLeadsOutOfTheDirectoryOfPhotos) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/2026-11-23"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "photos/2026-11-23/a.jpg", "jpeg"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "secret.jpg", "secret"));
  const http::Headers head = Head();
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/a.jpg", {}, head).body, "jpeg");
  for (const char* target : {"/photos/2026-11-23/..%2f..%2fsecret.jpg", "/photos/../secret.jpg",
                             "/photos/%2e%2e/secret.jpg", "/photos/2026-11-23/%00"}) {
    const http::Response response = Ask("GET", target, {}, head);
    EXPECT_NE(response.status, 200) << target;
    EXPECT_EQ(response.body.find("secret\0"), std::string::npos);
  }
}

// Who has a gate's secret can name any photo in a record of its own, of somebody whom an accomplice
// may see: that must not show them a photo that another gate took of others.
TEST_F(ApiPhotosTest, ARecordGivesNoRightToAPhotoThatAnotherGateTook) {
  const std::string bens = "2026-11-23_002_Ben_Cruz_070000_AM_gate-2.jpg";
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/2026-11-23"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "photos/2026-11-23/" + bens, "x"));
  Record of_ben = BensRecord(2);
  of_ben.tap.terminal = "gate-2";
  of_ben.photo = bens;
  Record forged = ExampleRecord(1);
  forged.photo = bens;
  ASSERT_TRUE(store_->Store(std::vector<Record>{of_ben, forged}));
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/" + bens, {}, Adviser()).status, 404);
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/" + bens, {}, Head()).status, 200);
}

TEST_F(ApiPhotosTest, OnlyPicturesAreShownAndTheNextUserOfABrowserMustAskAgain) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/2026-11-23"));
  for (const char* name : {"a.jpg", "b.jpg", "page.html", "script.svg"}) {
    ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "photos/2026-11-23/" + name, "x"));
  }
  Record record = ExampleRecord(1);
  record.photo = "a.jpg";
  Record bens = BensRecord(2);
  bens.photo = "b.jpg";
  ASSERT_TRUE(store_->Store(std::vector<Record>{record, bens}));
  const http::Headers head = Head();
  const http::Headers adviser = Adviser();
  const http::Response photo = Ask("GET", "/photos/2026-11-23/a.jpg", {}, adviser);
  EXPECT_EQ(photo.status, 200);
  EXPECT_EQ(photo.Header("Content-Type"), "image/jpeg");
  EXPECT_EQ(photo.Header("Cache-Control"), "no-store") << "no face stays behind in a browser";
  EXPECT_EQ(photo.Header("X-Content-Type-Options"), "nosniff");
  http::Headers again = adviser;
  again.emplace_back("If-None-Match", photo.Header("ETag"));
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/a.jpg", {}, again).status, 304);
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/b.jpg", {}, adviser).status, 404);
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/b.jpg", {}, head).status, 200);
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/page.html", {}, head).status, 404);
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/script.svg", {}, head).status, 404);
}

}  // namespace
}  // namespace tamtap
