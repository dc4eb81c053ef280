#include "server/attendance_pages.h"

#include <fmt/core.h>

#include <numeric>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr int64_t kDayUs = 86'400'000'000;

class AttendancePagesTest : public ServerFixture {
 protected:
  // `each` people a day, half of them of Molave, on each of `days` days up to 2026-11-23.
  void Fill(int days, int each) {
    std::vector<Record> records;
    for (int day = 0; day < days; ++day) {
      for (int person = 0; person < each; ++person) {
        Record record = ExampleRecord(++sequence_, fmt::format("A{:07X}", person),
                                      kExampleMorningUs - day * kDayUs + person);
        if (person % 2 == 1) record.section = "Molave";
        records.push_back(std::move(record));
      }
    }
    ASSERT_TRUE(store_->Store(records));
  }
  std::vector<std::string> Page(const AttendanceQuery& query, size_t most,
                                std::optional<std::string>& next) {
    std::vector<std::string> taps;
    const auto read = ReadPage(*store_, query, most, [&](const Attendance& attendance) {
      taps.push_back(attendance.arrival.tap.ToString());
    });
    EXPECT_TRUE(read) << read.error().Message();
    next = read ? *read : std::nullopt;
    return taps;
  }

  uint64_t sequence_ = 0;
};

TEST_F(AttendancePagesTest, PagesTogetherAreTheWholeAndEachEndsWithADay) {
  Fill(40, 30);
  const AttendanceQuery whole{"2026-09-01", "2026-11-23", {}, {}};
  std::vector<std::string> expected;
  const auto all = store_->FindAttendance(whole);
  for (const Attendance& each : *all) expected.push_back(each.arrival.tap.ToString());
  for (const size_t most : {1u, 29u, 30u, 31u, 500u, 1'199u, 1'200u, 9'999u}) {
    std::vector<std::string> together;
    AttendanceQuery rest = whole;
    size_t pages = 0;
    for (std::optional<std::string> next; pages == 0 || next; ++pages) {
      if (next) rest.first_day = *next;
      const auto page = Page(rest, most, next);
      EXPECT_EQ(page.size() % 30, 0u) << "no day is cut";
      together.insert(together.end(), page.begin(), page.end());
      ASSERT_LT(pages, 100u);
    }
    EXPECT_EQ(together, expected) << most;
  }
}

TEST_F(AttendancePagesTest, NoReadingIsOfManyDaysWithManyRecords) {
  Fill(60, 120);
  const int before = store_->calls;
  std::optional<std::string> next;
  EXPECT_EQ(Page({"2026-09-01", "2026-11-23", {}, {}}, SIZE_MAX, next).size(), 7'200u);
  EXPECT_FALSE(next);
  EXPECT_GT(store_->calls - before, 7) << "a thousand or so at a time";
}

TEST_F(AttendancePagesTest, APeriodThatIsEmptyOrBackwardsIsNoPage) {
  std::optional<std::string> next;
  EXPECT_TRUE(Page({"2025-01-01", "2026-11-23", {}, {}}, 10, next).empty());
  EXPECT_FALSE(next);
  EXPECT_TRUE(Page({"2026-11-23", "2026-11-22", {}, {}}, 10, next).empty());
  EXPECT_FALSE(next);
  EXPECT_TRUE(Page({"9999-12-01", "9999-12-31", {}, {}}, 10, next).empty()) << "the end of time";
  EXPECT_FALSE(next);
  EXPECT_TRUE(Page({"0000-01-01", "0000-01-31", {}, {}}, 10, next).empty());
}

TEST_F(AttendancePagesTest, ARangeComesInPagesOfWhatTheCallerMaySee) {
  Fill(12, 1'000);
  const http::Headers head = Head();
  const auto page = [&](const std::string& from, const http::Headers& who) {
    return Body(Ask("GET", "/api/attendance/range/query?to=2026-11-23&from=" + from, {}, who));
  };
  const auto pages = [&](const http::Headers& who) {
    std::vector<size_t> counts;
    std::string from = "2026-11-01";
    while (!from.empty() && counts.size() < 20) {
      const json::object body = page(from, who);
      const json::array& records = body.at("records").as_array();
      EXPECT_EQ(body.at("count"), records.size());
      EXPECT_EQ(json::value_to<std::string>(body.at("from")), from);
      EXPECT_EQ(body.at("to"), "2026-11-23");
      for (const json::value& each : records) {
        EXPECT_TRUE(&who == &head || each.at("section") == "Narra");
      }
      counts.push_back(records.size());
      const json::value& next = body.at("next");
      from = next.is_null() ? std::string() : json::value_to<std::string>(next);
    }
    return counts;
  };
  const std::vector<size_t> all = pages(head);
  EXPECT_EQ(std::accumulate(all.begin(), all.end(), size_t{0}), 12'000u);
  EXPECT_GE(all.size(), 2u);
  EXPECT_THAT(all, ::testing::Each(::testing::Le(9'000u)));
  const std::vector<size_t> narras = pages(Adviser());
  EXPECT_EQ(std::accumulate(narras.begin(), narras.end(), size_t{0}), 6'000u);
}

TEST_F(AttendancePagesTest, WhoHandlesNoSectionSeesNoneAndNobodySeesMoreByAsking) {
  Fill(2, 4);
  ASSERT_TRUE(AddAccount(*identity_, "idle", AccountRole::kTeacher, {}, "correct horse"));
  const http::Headers idle = SignIn("idle", "correct horse");
  for (const char* target :
       {"/api/attendance", "/api/attendance/2026-11-23", "/api/attendance?section=Narra",
        "/api/attendance/range/query?from=2026-11-01&to=2026-11-23&sections=Narra,Molave",
        "/api/attendance/unsure"}) {
    EXPECT_EQ(Body(Ask("GET", target, {}, idle)).at("count"), 0) << target;
  }
  const http::Headers adviser = Adviser();
  EXPECT_EQ(Body(Ask("GET", "/api/attendance?section=Molave", {}, adviser)).at("count"), 0);
  EXPECT_EQ(Body(Ask("GET", "/api/attendance?sections=Narra,Molave", {}, adviser)).at("count"), 2);
  EXPECT_EQ(Body(Ask("GET", "/api/attendance", {}, Head())).at("count"), 4);
}

}  // namespace
}  // namespace tamtap
