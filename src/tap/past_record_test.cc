#include "tap/past_record.h"

#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "tap/mark.h"

namespace tamtap {
namespace {

boost::json::object Entry(std::string_view text) { return boost::json::parse(text).as_object(); }

TEST(PastRecordTest, APhotoIsTheNameOfItsFile) {
  EXPECT_EQ(PastPhoto(Entry(R"({"photo": "a.jpg"})")), "a.jpg");
  EXPECT_EQ(PastPhoto(Entry(R"({"photo": null, "photo_path": "/mnt/sd/2025-06-03/a.jpg"})")),
            "a.jpg");
  EXPECT_EQ(PastPhoto(Entry(R"({"photo_path": "D:\\photos\\a.jpg"})")), "a.jpg");
  EXPECT_EQ(PastPhoto(Entry(R"({"photo": null})")), "");
}

TEST(PastRecordTest, TimesAreReadAsTheyWereWritten) {
  EXPECT_EQ(PastTime("07:05:09"), "07:05:09");
  EXPECT_EQ(PastTime("7:05:09"), "07:05:09");
  EXPECT_EQ(PastTime("7:05"), "07:05:00");
  EXPECT_EQ(PastTime("1:05 PM"), "13:05:00");
  EXPECT_EQ(PastTime("0730"), "07:30:00");
  EXPECT_EQ(PastTime("soon"), "");
  EXPECT_EQ(PastTime("ab:cd:ef"), "");
}

TEST(PastRecordTest, AMarkIsTheSameHoweverOftenItIsRead) {
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  Record said;
  said.person = "176B3325";
  said.day = "2025-06-03";
  said.status = Status::kExcused;
  said.photo = "a.jpg";
  const auto entry =
      Entry(R"({"excuse_reason": "Medical", "marked_by": null, "marked_by_name": "T. Cruz",
                               "marked_at": "2025-06-03T01:02:03Z"})");
  const Record mark = PastMark(said, entry, zone);
  EXPECT_EQ(mark, PastMark(said, entry, zone));
  EXPECT_EQ(mark, PastMarkAgain(mark, zone));
  EXPECT_EQ(mark.photo, "");
  EXPECT_EQ(mark.staff.marked_by_name, "T. Cruz");
  EXPECT_EQ(mark.tapped_at_us, kAfterEveryTapUs - 1'748'912'523'000'000);
  Record other = said;
  other.person = "176B3326";
  EXPECT_NE(PastMark(other, entry, zone).tap, mark.tap);
  const auto long_note = Entry(R"({"excuse_note": ")" + std::string(5000, 'x') + "\"}");
  EXPECT_EQ(PastMark(said, long_note, zone).staff.excuse_note.size(), kMostNoteBytes);
}

}  // namespace
}  // namespace tamtap
