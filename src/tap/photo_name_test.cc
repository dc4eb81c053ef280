#include "tap/photo_name.h"

#include <gtest/gtest.h>

#include "tap/example_record.h"

namespace tamtap {
namespace {

TEST(PhotoNameTest, OnlyPlainNamesArePhotos) {
  EXPECT_TRUE(IsPhotoFile("T1_Ana_Reyes_070000_AM.jpg"));
  for (const char* name :
       {"", ".jpg", "../x.jpg", "a/b.jpg", "a.b.jpg", "x.png", "x.jpg.new", "x.JPG",
        "Pe\xC3\xB1"
        "a.jpg"}) {
    EXPECT_FALSE(IsPhotoFile(name)) << name;
  }
  EXPECT_FALSE(IsPhotoFile(std::string(300, 'x') + ".jpg"));
}

TEST(PhotoNameTest, ANameCarriesDayAndGateAndTellsThemAgain) {
  Record record = ExampleRecord(1);
  record.day = "2026-11-23";
  record.time = "07:00:00";
  for (const char* terminal : {"gate-1", "a_b_c", "_", "9"}) {
    for (const std::string& name : {std::string("Ana"), std::string("A_B"), std::string(),
                                    std::string("../../x"), std::string(300, 'x')}) {
      record.first_name = name;
      const std::string file = PhotoName(record, terminal);
      EXPECT_TRUE(IsPhotoFile(file)) << file;
      const auto origin = OriginOfPhoto(file);
      ASSERT_TRUE(origin) << file;
      EXPECT_EQ(origin->day, "2026-11-23");
      EXPECT_EQ(origin->terminal, terminal);
    }
  }
}

TEST(PhotoNameTest, LettersOfANameLoseTheirMarksOnly) {
  Record record = ExampleRecord(1);
  record.first_name = "Niño José";
  record.last_name = "Dela Peña-Weiß";
  EXPECT_EQ(PhotoName(record, "gate-1"),
            "2026-11-23_TT-001_NinoJose_DelaPena-Weiss_070000_AM_gate-1.jpg");
}

TEST(PhotoNameTest, OtherNamesTellNoOriginUntilTheyAreGivenOne) {
  for (const char* file :
       {"001_Ana_Reyes_070000_AM.jpg", "2026-11-23.jpg", "2026-11-23_x.jpg",
        "2026-13-23_1_a_b_070000_AM_gate.jpg", "2026-11-23_1__b_070000_AM_g.jpg"}) {
    EXPECT_FALSE(OriginOfPhoto(file)) << file;
  }
  const std::string given = WithOrigin("001_Ana_Reyes_070000_AM.jpg", "2026-11-23", "gate-1");
  EXPECT_EQ(given, "2026-11-23_001_Ana_Reyes_070000_AM_gate-1.jpg");
  EXPECT_EQ(OriginOfPhoto(given)->terminal, "gate-1");
}

TEST(PhotoNameTest, TheNamesOfAnExistingInstallationAreKnown) {
  Record record = ExampleRecord(1);
  record.tamtap_id = "031";
  record.first_name = "Ni\u00F1o Jos\u0065\u0301";
  record.last_name = "Pe\u00F1a-" + std::string(40, 'x');
  record.time = "07:05:09";
  record.session = Session::kAm;
  EXPECT_EQ(PastPhotoName(record), "031_Nino_Jose_Pena-" + std::string(25, 'x') + "_070509_AM.jpg");
}

}  // namespace
}  // namespace tamtap
