// Exports: what comes back, for whom, and how a report is sent.
#include <filesystem>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;
namespace json = boost::json;

class ExportsTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    Record ana = ExampleRecord(1);
    Record ben = BensRecord(2);
    ben.name = "Ben Cruz";
    const std::vector<Record> records = {ana, ben};
    ASSERT_TRUE(store_->Store(records));
  }
  // All of it, in pieces that no boundary of a buffer fits.
  static std::string Whole(const http::Response& response) {
    if (response.source == nullptr) return response.body;
    std::string whole(response.source->size(), '\0');
    for (size_t at = 0; at < whole.size(); at += 1'000) {
      const size_t piece = std::min<size_t>(1'000, whole.size() - at);
      EXPECT_TRUE(response.source->Read(at, std::span(whole).subspan(at, piece)));
    }
    return whole;
  }
  http::Response Get(const std::string& target) { return Ask("GET", target, {}, Head()); }
};

TEST_F(ExportsTest, EachFormatComesAsAFileOfItsKindAndLeavesNothingBehind) {
  const std::map<std::string, std::string> begins = {
      {"xlsx", "PK"}, {"pdf", "%PDF"}, {"csv", "\xEF\xBB\xBF"}};
  const http::Headers head = Head();
  for (const auto& [format, begin] : begins) {
    for (const std::string& report :
         {std::string(), std::string("register/"), std::string("student/") + kAna + "/"}) {
      const http::Response response = Ask("GET", "/api/export/" + report + format, {}, head);
      ASSERT_EQ(response.status, 200) << report << format << " " << response.body;
      EXPECT_THAT(Whole(response), StartsWith(begin)) << report << format;
      EXPECT_THAT(std::string(response.Header("Content-Disposition")), HasSubstr("." + format));
    }
  }
  EXPECT_TRUE(PosixDisk().List(directory_ / "exports")->empty());
}

TEST_F(ExportsTest, ATableHasWhatThePeriodAndTheSectionHave) {
  const std::string csv = Whole(Get("/api/export/csv?date=2026-11-23"));
  EXPECT_THAT(csv, HasSubstr("Student Name,Student Email,Section,Date,Status,Time In,NFC ID,"));
  EXPECT_THAT(csv, HasSubstr("Ana Reyes,ana.reyes@example.org,Narra,2026-11-23,On time,07:00:00,"));
  EXPECT_THAT(csv, HasSubstr("Ben Cruz"));
  const std::string narra = Whole(Get("/api/export/csv?section=Narra"));
  EXPECT_THAT(narra, HasSubstr("Ana"));
  EXPECT_THAT(narra, Not(HasSubstr("Ben")));
  EXPECT_THAT(Whole(Get("/api/export/csv?from=2026-10-01&to=2026-10-31")), Not(HasSubstr("Ana")));
  EXPECT_THAT(
      std::string(
          Get("/api/export/csv?section=Narra&date=2026-11-23").Header("Content-Disposition")),
      HasSubstr("TAMTAP_Attendance_Narra_2026-11-23_to_2026-11-23.csv"));
}

TEST_F(ExportsTest, WhoIsAbsentIsListedIfTheyAreAskedForAndOnlyWhoIsSeen) {
  const std::string target = "/api/export/csv?from=2026-11-20&to=2026-11-23";
  EXPECT_THAT(Whole(Get(target)), Not(HasSubstr("Absent")));
  const std::string all = Whole(Get(target + "&absent=1"));
  EXPECT_THAT(all, HasSubstr("2026-11-20,Absent,,"));
  EXPECT_THAT(all, HasSubstr(",,No tap"));
  EXPECT_THAT(all, Not(HasSubstr("2026-11-23,Absent")));
  EXPECT_THAT(all, Not(HasSubstr("2026-11-22,Absent"))) << "a Sunday";
  const std::string own = Whole(Ask("GET", target + "&absent=1", {}, Adviser()));
  EXPECT_THAT(own, HasSubstr("Ana Reyes,,Narra,2026-11-20,Absent,,"));
  EXPECT_THAT(own, Not(HasSubstr("Ben"))) << "not in any row";
}

TEST_F(ExportsTest, WhoCameWhileTheyWereOfAnotherSectionWasNotAbsent) {
  Record moved = ExampleRecord(3, kAna, kExampleMorningUs - int64_t{3} * 86'400'000'000);
  moved.section = "Ipil";
  ASSERT_TRUE(store_->Store({&moved, 1}));
  const std::string csv =
      Whole(Get("/api/export/csv?section=Narra&from=2026-11-19&to=2026-11-23&absent=1"));
  EXPECT_THAT(csv, HasSubstr("Narra,2026-11-19,Absent"));
  EXPECT_THAT(csv, Not(HasSubstr("2026-11-20")));
}

TEST_F(ExportsTest, NobodyIsShownASectionThatTheyDoNotHandle) {
  const http::Headers adviser = Adviser();
  for (const char* target : {"/api/export/csv", "/api/export/register/csv"}) {
    const std::string csv = Whole(Ask("GET", target, {}, adviser));
    EXPECT_THAT(csv, HasSubstr("Reyes")) << target;
    EXPECT_THAT(csv, Not(HasSubstr("Cruz"))) << target;
  }
  for (const char* target :
       {"/api/export/xlsx?section=Molave", "/api/export/pdf?sections=Narra,Molave",
        "/api/export/register/pdf?section=Molave"}) {
    EXPECT_EQ(Ask("GET", target, {}, adviser).status, 404) << target;
  }
  EXPECT_EQ(Ask("GET", std::string("/api/export/student/") + kBen + "/csv", {}, adviser).status,
            404);
}

TEST_F(ExportsTest, TheRegisterIsOfThePersonWhateverSectionATapHad) {
  Record moved = ExampleRecord(3, kAna, kExampleMorningUs - int64_t{3} * 86'400'000'000);
  moved.section = "Ipil";
  moved.status = Status::kLate;
  ASSERT_TRUE(store_->Store({&moved, 1}));
  const std::string csv = Whole(Get("/api/export/register/csv?section=Narra&month=2026-11"));
  // 15 class days before the 20th are absences; the 20th is late, and the 23rd present.
  EXPECT_THAT(csv, HasSubstr("\"Reyes, Ana\",x,x,x,x,x,x,x,x,x,x,x,x,x,x,late,,"));
  EXPECT_THAT(csv, HasSubstr("absent 14 class days in a row"));
  EXPECT_EQ(Get("/api/export/register/csv?month=2026-13").status, 400);
}

TEST_F(ExportsTest, TheFiguresOfAPeriodAreOfTheCallersSections) {
  const std::string target = "/api/reports/attendance?from=2026-11-19&to=2026-11-23";
  const json::value all = Body(Get(target));
  EXPECT_EQ(all.at("expected"), 6);  // two learners on Thursday, Friday and Monday
  EXPECT_EQ(all.at("present"), 2);
  EXPECT_EQ(all.at("days").at(2).at("date"), "2026-11-23");
  EXPECT_EQ(all.at("days").at(2).at("rate").to_number<double>(), 100);
  EXPECT_EQ(all.at("sections").as_array().size(), 2);
  const json::value own = Body(Ask("GET", target, {}, Adviser()));
  ASSERT_EQ(own.at("learners").as_array().size(), 1);
  EXPECT_EQ(own.at("learners").at(0).at("name"), "Ana Reyes");
  EXPECT_EQ(own.at("learners").at(0).at("mostInARow"), 2);
  EXPECT_EQ(own.at("learners").at(0).at("inARowNow"), 0);
  EXPECT_EQ(own.at("sections").at(0).at("classDays"), 3);
  EXPECT_EQ(Ask("GET", target + "&section=Molave", {}, Adviser()).status, 404);
  EXPECT_EQ(Get("/api/reports/attendance?from=yesterday").status, 400);
}

TEST_F(ExportsTest, WhatIsExportedIsInTheAuditTrail) {
  ASSERT_EQ(Get("/api/export/csv?section=Narra").status, 200);
  const json::value entry = Body(Get("/api/audit?limit=1&what=export")).at("data").at(0);
  EXPECT_EQ(entry.at("what"), "export");
  EXPECT_THAT(std::string(entry.at("whom").as_string()), HasSubstr("Narra"));
}

TEST_F(ExportsTest, AStoreThatIsAwayIsSaidInWords) {
  const http::Headers head = Head();
  ASSERT_EQ(Ask("GET", "/api/students", {}, head).status, 200);
  store_->fail_finding = Error{ErrorCode::kRetry, "find", 0, ""};
  for (const char* report : {"csv", "register/csv"}) {
    EXPECT_EQ(Ask("GET", std::string("/api/export/") + report, {}, head).status, 503) << report;
  }
  store_->fail_finding.reset();
  EXPECT_TRUE(PosixDisk().List(directory_ / "exports")->empty());
}

TEST_F(ExportsTest, WhatAProcessThatDiedHasLeftIsRemovedAtTheStart) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "exports"));
  for (const char* name : {"exports/export-1234.xlsx", "exports/kept.txt"}) {
    ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / name, "x"));
  }
  api_ = MakeApi({directory_ / "web", directory_ / "photos"});
  EXPECT_EQ(*PosixDisk().List(directory_ / "exports"), std::vector<std::string>{"kept.txt"});
}

}  // namespace
}  // namespace tamtap
