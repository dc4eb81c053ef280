// What the day is for a school, and who is counted on it.
#include <fmt/core.h>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::hours;
using std::chrono::seconds;

class DaysTest : public ServerFixture {
 protected:
  json::object Get(const std::string& target) {
    const http::Response response = Ask("GET", target, {}, head_.empty() ? head_ = Head() : head_);
    EXPECT_EQ(response.status, 200) << response.body;
    return Body(response);
  }
  void Store(const Record& record) { ASSERT_TRUE(store_->Store({&record, 1})); }
  http::Headers head_;
};

TEST_F(DaysTest, OnAThursdayOfASchoolOfMondaysNobodyIsAbsent) {
  for (const char* section : {"Narra", "Molave"}) {
    Schedule mondays;
    mondays.section = section;
    mondays.week[0] = ClassHours{};
    ASSERT_TRUE(PutSchedule(*store_, mondays));
  }
  clock_.Advance(hours(3 * 24));
  const json::object summary = Get("/api/stats/summary");
  EXPECT_EQ(summary.at("date"), "2026-11-26");
  EXPECT_EQ(summary.at("isInstructional"), false);
  EXPECT_EQ(summary.at("stats").at("absent"), 0);
  EXPECT_EQ(summary.at("stats").at("totalStudents"), 2);
  EXPECT_EQ(Get("/api/calendar/status").at("isInstructional"), false);
  EXPECT_EQ(Get("/api/stats/summary?date=2026-11-23").at("stats").at("absent"), 2);
  EXPECT_EQ(Get("/api/calendar/status?date=2026-11-23").at("isInstructional"), true);
}

// A walk over days that has no end, or a day that is none, would end the process: one question of
// anybody who is signed in.
TEST_F(DaysTest, NoDayThatSomebodyAsksAboutEndsTheServer) {
  for (const std::string route :
       {"/api/calendar/range", "/api/attendance/range/query", "/api/attendance/unsure",
        "/api/reports/attendance", "/api/refusals", "/api/export/csv", "/api/stats/daily",
        "/api/attendance/student/176B3325", "/api/export/student/176B3325/csv",
        "/api/calendar/status", "/api/stats/summary", "/api/notifications/pending",
        "/api/export/register/csv", "/api/audit", "/api/calendar/suspensions"}) {
    for (const std::string query :
         {"from=9999-12-01&to=9999-12-31", "from=0000-01-01&to=0000-01-03", "to=0000-01-03",
          "date=9999-12-31", "date=0000-01-01", "month=9999-12", "month=0000-01",
          "since=0000-01-01&until=9999-12-31", "days=366"}) {
      const int status = Ask("GET", fmt::format("{}?section=Narra&{}", route, query), {},
                             head_.empty() ? head_ = Head() : head_)
                             .status;
      EXPECT_TRUE(status == 200 || status == 400 || status == 404)
          << route << "?" << query << ": " << status;
    }
  }
}

TEST_F(DaysTest, ADepartureShowsInTheAttendanceOfTheDay) {
  Store(ExampleRecord(1));
  Store(ExampleRecord(2, kAna, kExampleMorningUs + hours(9) / std::chrono::microseconds(1)));
  EXPECT_FALSE(Get("/api/attendance").at("records").at(0).as_object().contains("departed_at"));
  PutSetting("departures", "on");
  const json::value record = Get("/api/attendance").at("records").at(0);
  EXPECT_EQ(record.at("time"), "07:00:00") << "the arrival stays what it was";
  EXPECT_EQ(record.at("departed_at"), "2026-11-23T16:00:00.000+08:00");
  EXPECT_EQ(record.at("departure"), "16:00:00");
  EXPECT_EQ(record.at("taps").as_array().size(), 2u);
  const json::value same = Get(std::string("/api/attendance/student/") + kAna).at("records").at(0);
  EXPECT_EQ(same.at("departure"), "16:00:00");
}

TEST_F(DaysTest, TodayIsTheDayInTheZoneThatTheMasterSaysAndStoredDaysStay) {
  Store(ExampleRecord(1));
  EXPECT_EQ(Get("/api/attendance").at("date"), "2026-11-23");
  PutSetting("timezone", "America/New_York");  // 18:00 of the day before
  clock_.Advance(seconds(2));
  Get("/api/students");  // whoever asks for the school learns of it
  const json::object today = Get("/api/attendance");
  EXPECT_EQ(today.at("date"), "2026-11-22");
  EXPECT_EQ(today.at("count"), 0);
  EXPECT_EQ(Get("/api/attendance/2026-11-23").at("count"), 1);
}

}  // namespace
}  // namespace tamtap
