// The office by the pages: people, schedules, calendar and settings, as they reach the master, the
// gates and the audit trail.
#include "server/list_page.h"
#include "server/server_fixture.h"
#include "server/uploaded_file.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
namespace json = boost::json;

class OfficeTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    head_ = Head();
    gate_ = EnrolledTerminal("gate-1");
  }
  http::Response Do(const std::string& method, const std::string& target, json::object body,
                    const http::Headers& who) {
    return Ask(method, target, body.empty() ? std::string() : json::serialize(body), who);
  }
  http::Response Do(const std::string& method, const std::string& target, json::object body = {}) {
    return Do(method, target, std::move(body), head_);
  }
  // What a gate is told of the school.
  json::object AtTheGate() { return Body(Ask("GET", "/api/terminal/school", {}, gate_)); }
  std::string StudentsAtTheGate() { return json::serialize(AtTheGate().at("students")); }
  json::value FirstAudited() { return Body(Do("GET", "/api/audit?limit=1")).at("data").at(0); }

  http::Headers head_;
  http::Headers gate_;
};

TEST_F(OfficeTest, WhoIsRegisteredTapsAtEveryGateAndIsInTheTrail) {
  const http::Response added = Do("POST", "/api/admin/students",
                                  {{"nfc_id", "0563537489"},
                                   {"first_name", " Cara "},
                                   {"last_name", "Di\u00e1z"},
                                   {"section", "Narra"},
                                   {"grade", 7},
                                   {"sex", "female"},
                                   {"lrn", "136542100123"}});
  ASSERT_EQ(added.status, 201) << added.body;
  const json::object data = Body(added).at("data").as_object();
  EXPECT_EQ(data.at("nfc_id"), "0563537489");
  EXPECT_EQ(data.at("name"), "Cara Di\u00e1z");
  EXPECT_EQ(data.at("grade"), "7");
  EXPECT_EQ(data.at("sex"), "F");
  EXPECT_EQ(data.at("lrn"), "136542100123");
  EXPECT_NE(data.at("tamtap_id"), "");
  EXPECT_EQ(data.at("registered"), "2026-11-23 07:00:00");
  EXPECT_THAT(StudentsAtTheGate(), HasSubstr("Cara"));
  EXPECT_EQ(FirstAudited().at("who"), "head");
  EXPECT_THAT(std::string(FirstAudited().at("detail").as_string()), HasSubstr("Cara"));
}

TEST_F(OfficeTest, WhatCantBeRegisteredIsRefusedWithASentenceAndChangesNothing) {
  const auto refused = [&](json::object body, int status, const char* why) {
    const http::Response response = Do("POST", "/api/admin/students", std::move(body));
    EXPECT_EQ(response.status, status) << response.body;
    EXPECT_EQ(response.Header("Content-Type"), "application/problem+json");
    EXPECT_THAT(std::string(Body(response).at("detail").as_string()), HasSubstr(why));
  };
  refused({{"nfc_id", kAna}, {"first_name", "Eve"}, {"section", "Narra"}}, 409, "Ana Reyes");
  refused({{"nfc_id", "no card"}, {"first_name", "Eve"}, {"section", "Narra"}}, 400, "hexadecimal");
  refused({{"nfc_id", "00112233"}, {"section", "Narra"}}, 400, "name");
  refused({{"nfc_id", "00112233"}, {"first_name", "Eve"}}, 400, "section");
  refused({{"nfc_id", "00112233"}, {"first_name", "Eve"}, {"section", "Narra"}, {"lrn", "12"}}, 400,
          "12 digits");
  refused({{"nfc_id", "00112233"}, {"first_name", "Eve"}, {"section", "Narra"}, {"sex", "x"}}, 400,
          "M or F");
  EXPECT_EQ(Body(Do("GET", "/api/students")).at("count"), 2);
}

TEST_F(OfficeTest, AFieldIsChangedAloneAndANewCardEndsTheOldOne) {
  const std::string person = std::string("/api/admin/students/") + kAna;
  EXPECT_EQ(Do("PUT", person, {{"grade", "8"}}).status, 200);
  const json::object changed = Body(Do("PUT", person, {{"nfc_id", "04A2B3C4D5E680"}}));
  EXPECT_EQ(changed.at("data").at("grade"), "8");
  EXPECT_EQ(changed.at("data").at("first_name"), "Ana");
  EXPECT_EQ(changed.at("data").at("replaced_cards"), json::array{kAna});
  EXPECT_THAT(StudentsAtTheGate(), HasSubstr("\"card\":\"04A2B3C4D5E680\""));
  EXPECT_EQ(Do("PUT", "/api/admin/students/04A2B3C4D5E680", {{"nfc_id", kBen}}).status, 409);
  // The old card is nobody else's, either.
  EXPECT_EQ(Do("POST", "/api/admin/students",
               {{"nfc_id", kAna}, {"first_name", "Eve"}, {"section", "Narra"}})
                .status,
            409);
  // Unless it is said that it came back.
  const http::Response returned =
      Do("POST", "/api/admin/students",
         {{"nfc_id", kAna}, {"first_name", "Eve"}, {"section", "Narra"}, {"returned", true}});
  EXPECT_EQ(returned.status, 201) << returned.body;
  EXPECT_EQ(Body(returned).at("data").at("name"), "Eve");
  EXPECT_EQ(Body(Do("GET", "/api/students/04A2B3C4D5E680")).at("data").at("name"), "Ana Reyes");
}

TEST_F(OfficeTest, WhoGetsTheCardOfSomebodyWhoLeftHasNoneOfTheirDays) {
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  const std::string days = std::string("/api/attendance/student/") + kAna;
  EXPECT_EQ(Body(Do("GET", days)).at("records").as_array().size(), 1u);
  ASSERT_EQ(Do("DELETE", std::string("/api/admin/students/") + kAna).status, 200);
  const http::Response added = Do("POST", "/api/admin/students",
                                  {{"nfc_id", kAna}, {"first_name", "Eve"}, {"section", "Narra"}});
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_EQ(Body(Do("GET", days)).at("records").as_array().size(), 0u);
  EXPECT_EQ(Body(Do("GET", "/api/attendance")).at("count"), 1) << "the day has it all the same";
}

TEST_F(OfficeTest, WhoIsRemovedIsGoneAtTheGatesAndTheirHistoryStays) {
  const Record tap = ExampleRecord(1, kAna);
  ASSERT_TRUE(store_->Store({&tap, 1}));
  ASSERT_EQ(Do("DELETE", std::string("/api/admin/students/") + kAna).status, 200);
  EXPECT_EQ(StudentsAtTheGate().find("Reyes"), std::string::npos);
  EXPECT_EQ(Body(Do("GET", "/api/attendance")).at("count"), 1);
  EXPECT_EQ(Do("DELETE", std::string("/api/admin/students/") + kAna).status, 404);
}

TEST_F(OfficeTest, WhatSomebodyElseHasChangedMeanwhileIsNotOverwritten) {
  const std::string person = std::string("/api/students/") + kAna;
  const std::string tag(Do("GET", person).Header("ETag"));
  ASSERT_FALSE(tag.empty());
  http::Headers same = head_;
  same.emplace_back("If-None-Match", tag);
  EXPECT_EQ(Ask("GET", person, {}, same).status, 304);
  http::Headers seen = head_;
  seen.emplace_back("If-Match", tag);
  const std::string target = std::string("/api/admin/students/") + kAna;
  EXPECT_EQ(Do("PUT", target, {{"grade", "8"}}, seen).status, 200);
  EXPECT_EQ(Do("PUT", target, {{"grade", "9"}}, seen).status, 412);
  EXPECT_EQ(Ask("GET", person, {}, same).status, 200);
  EXPECT_EQ(Body(Do("GET", person)).at("data").at("grade"), "8");
}

TEST_F(OfficeTest, WhatAnotherProcessHasChangedAMomentAgoIsSeenAndKept) {
  const auto tag_of = [&](const std::string& target) {
    http::Headers seen = head_;
    seen.emplace_back("If-Match", std::string(Do("GET", target).Header("ETag")));
    return seen;
  };
  ASSERT_EQ(Do("PUT", "/api/schedules/Narra", {{"grade", "7"}}).status, 200);
  const std::string person = std::string("/api/students/") + kAna;
  const http::Headers saw_person = tag_of(person);
  const http::Headers saw_hours = tag_of("/api/schedules/Narra");
  const http::Headers saw_setting = tag_of("/api/admin/settings/grace_period_minutes");
  // By a command, or another server of the same store: what this server knows is a second old.
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& school) {
    for (size_t i = 0; i < school.people.size(); ++i) school.people[i].grade = "8";
    school.schedules.front().grace_period_minutes = 5;
    school.settings["grace_period_minutes"] = "7";
  }));
  EXPECT_EQ(
      Do("PUT", std::string("/api/admin/students/") + kAna, {{"grade", "9"}}, saw_person).status,
      412);
  ASSERT_TRUE(ChangeSchoolOf(
      *store_, [](School& school) { school.schedules.front().grace_period_minutes = 6; }));
  EXPECT_EQ(Do("PUT", "/api/schedules/Narra", {{"grade", "9"}}, saw_hours).status, 412);
  ASSERT_TRUE(ChangeSchoolOf(
      *store_, [](School& school) { school.settings["grace_period_minutes"] = "8"; }));
  EXPECT_EQ(
      Do("PUT", "/api/admin/settings/grace_period_minutes", {{"value", 9}}, saw_setting).status,
      412);
  // Who names one field leaves the others as they are by now.
  ASSERT_TRUE(ChangeSchoolOf(
      *store_, [](School& school) { school.schedules.front().grace_period_minutes = 10; }));
  ASSERT_EQ(Do("PUT", "/api/schedules/Narra", {{"grade", "9"}}).status, 200);
  const json::object hours = Body(Do("GET", "/api/schedules/Narra")).at("data").as_object();
  EXPECT_EQ(hours.at("grace_period_minutes"), 10);
  EXPECT_EQ(hours.at("grade"), "9");
}

TEST_F(OfficeTest, WhyASectionHasNoClassesIsForThoseWhoHandleIt) {
  ASSERT_EQ(Do("POST", "/api/calendar/no-class",
               {{"date", "2026-11-24"}, {"section", "Molave"}, {"reason", "measles"}})
                .status,
            201);
  const http::Headers adviser = Adviser();
  for (const std::string target :
       {"/api/calendar/status?date=2026-11-24", "/api/calendar/range?from=2026-11-24&to=2026-11-24",
        "/api/stats/summary?date=2026-11-24"}) {
    EXPECT_THAT(Do("GET", target + "&section=Molave").body, HasSubstr("measles"));
    EXPECT_THAT(Do("GET", target + "&section=Molave", {}, adviser).body,
                ::testing::Not(HasSubstr("measles")))
        << target;
    EXPECT_EQ(Do("GET", target + "&section=Narra", {}, adviser).status, 200);
    EXPECT_EQ(Do("GET", target, {}, adviser).status, 200);
  }
}

TEST_F(OfficeTest, ManyAreRegisteredEachByItselfAndAFileAllOrNothing) {
  const json::object results =
      Body(Do("POST", "/api/admin/students/bulk",
              {{"students",
                {{{"nfc_id", "00112233"}, {"first_name", "Cy"}, {"section", "Narra"}},
                 {{"nfc_id", kBen}, {"first_name", "Dan"}, {"section", "Narra"}},
                 "no object"}}}))
          .at("results")
          .as_object();
  EXPECT_EQ(results.at("success"), 1);
  EXPECT_EQ(results.at("failed"), 2);
  http::Headers csv = head_;
  csv.emplace_back("Content-Type", "text/csv");
  const std::string good =
      "nfc_id,first_name,last_name,grade,section,sex,lrn\n0A0B0C0D,Eve,Sy,7,Narra,F,136542100124\n";
  const http::Response trial = Ask("POST", "/api/admin/students/bulk?dry_run=1", good, csv);
  EXPECT_EQ(Body(trial).at("imported"), false) << trial.body;
  EXPECT_EQ(Body(trial).at("new").as_array().size(), 1u);
  const http::Response bad =
      Ask("POST", "/api/admin/students/bulk", good + "DEADBEEF,Zed,Po,7,Narra,M,\n", csv);
  EXPECT_EQ(bad.status, 422) << bad.body;
  EXPECT_EQ(Body(bad).at("left_out").as_array().size(), 1u);
  EXPECT_EQ(StudentsAtTheGate().find("Eve"), std::string::npos);
  http::Headers form = head_;
  form.emplace_back("Content-Type", "multipart/form-data; boundary=XX");
  const std::string upload =
      "--XX\r\nContent-Disposition: form-data; name=\"why\"\r\n\r\nnew year\r\n--XX\r\n"
      "Content-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n" +
      good + "\r\n--XX--\r\n";
  const http::Response done = Ask("POST", "/api/admin/students/bulk", upload, form);
  EXPECT_EQ(Body(done).at("imported"), true) << done.body;
  EXPECT_THAT(StudentsAtTheGate(), HasSubstr("\"lrn\":\"136542100124\""));
}

TEST_F(OfficeTest, AFormWithoutAFileIsRefused) {
  http::Request request;
  request.headers = {{"Content-Type", "multipart/form-data; boundary=\"a b\""}};
  for (const char* body :
       {"", "--a b", "--a b\r\n\r\n\r\n--a b--", "--a b\r\nfilename=x\r\n\r\nyy"}) {
    request.body = body;
    EXPECT_FALSE(UploadedFile(request)) << body;
  }
  request.body = "--a b\r\nContent-Disposition: form-data; FileName=\"x\"\r\n\r\nyes\r\n--a b--";
  EXPECT_EQ(*UploadedFile(request), "yes");
}

TEST_F(OfficeTest, AListComesInPages) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_EQ(Do("POST", "/api/admin/students",
                 {{"nfc_id", "0000001" + std::to_string(i)},
                  {"first_name", "N" + std::to_string(i)},
                  {"section", "Narra"}})
                  .status,
              201);
  }
  std::set<std::string> names;
  std::string after;
  int pages = 0;
  do {
    const json::object page = Body(Do("GET", "/api/students?limit=3&after=" + after));
    EXPECT_EQ(page.at("total"), 7);
    for (const json::value& each : page.at("data").as_array()) {
      EXPECT_TRUE(names.insert(std::string(each.at("name").as_string())).second);
    }
    after = page.at("next").is_null() ? "" : std::string(page.at("next").as_string());
    ++pages;
  } while (!after.empty());
  EXPECT_EQ(names.size(), 7u);
  EXPECT_EQ(pages, 3);
  EXPECT_EQ(Do("GET", "/api/students?limit=0").status, 400);
  EXPECT_EQ(Do("GET", "/api/students?limit=x").status, 400);
}

TEST_F(OfficeTest, HoursAreChangedDayByDayAndAnAdviserChangesTheirOwn) {
  ASSERT_EQ(Do("POST", "/api/schedules",
               {{"section", "Narra"},
                {"weekly_schedule", {{"monday", {{"start", "8:00 AM"}, {"end", "16:00"}}}}},
                {"grace_period_minutes", 0}})
                .status,
            201);
  EXPECT_EQ(Do("POST", "/api/schedules", {{"section", "Narra"}}).status, 409);
  const http::Headers adviser = Adviser();
  EXPECT_EQ(Do("PUT", "/api/schedules/Narra",
               {{"weekly_schedule", {{"friday", {{"start", nullptr}, {"end", nullptr}}}}}}, adviser)
                .status,
            200);
  EXPECT_EQ(Do("PUT", "/api/schedules/Molave", {{"grade", "9"}}, adviser).status, 404);
  const json::object schedule = AtTheGate().at("schedules").at(0).as_object();
  EXPECT_EQ(schedule.at("weekly_schedule").at("monday").at("start"), "08:00");
  EXPECT_EQ(schedule.at("weekly_schedule").at("tuesday").at("end"), "17:00");
  EXPECT_FALSE(schedule.at("weekly_schedule").as_object().contains("friday"));
  EXPECT_EQ(schedule.at("grace_period_minutes"), 0);
  EXPECT_EQ(Do("PUT", "/api/schedules/Narra", {{"grace_period_minutes", -1}}).status, 400);
  EXPECT_EQ(Do("PUT", "/api/schedules/Narra",
               {{"weekly_schedule", {{"monday", {{"start", "soon"}, {"end", "later"}}}}}})
                .status,
            400);
  EXPECT_EQ(Do("DELETE", "/api/schedules/Narra").status, 200);
  EXPECT_EQ(Do("DELETE", "/api/schedules/Narra").status, 404);
  const json::object usual = Body(Do("GET", "/api/schedules/Narra")).at("data").as_object();
  EXPECT_EQ(usual.at("is_default"), true);
  EXPECT_EQ(usual.at("weekly_schedule").at("saturday").at("start"), nullptr);
}

TEST_F(OfficeTest, ASectionWithASlashInItsNameIsReachedAndNothingElseHasOne) {
  EXPECT_EQ(Do("PUT", "/api/schedules/STEM%2FA", {{"grace_period_minutes", 5}}).status, 200);
  const json::object there = Body(Do("GET", "/api/schedules/STEM%2FA")).at("data").as_object();
  EXPECT_EQ(there.at("section"), "STEM/A");
  EXPECT_EQ(there.at("grace_period_minutes"), 5);
  EXPECT_EQ(Do("GET", "/api/schedules/STEM/A").status, 404);
  EXPECT_EQ(Do("GET", "/photos/2026-11-02/..%2F2026-11-02%2Fa.jpg").status, 404);
  EXPECT_EQ(Do("GET", "/api/students/STEM%2FA").status, 404);
}

TEST_F(OfficeTest, WhatIsInTheCalendarHoldsAtTheGatesUntilItIsTakenOut) {
  const http::Response put =
      Do("POST", "/api/calendar/suspension", {{"date", "2026-11-24"}, {"reason", "Typhoon"}});
  ASSERT_EQ(put.status, 201) << put.body;
  EXPECT_EQ(
      Do("POST", "/api/calendar/suspension", {{"date", "2026-11-24"}, {"reason", "Other"}}).status,
      409);
  const json::object day = Body(Do("GET", "/api/calendar/status?date=2026-11-24&section=Narra"));
  EXPECT_EQ(day.at("status"), "suspension");
  EXPECT_EQ(day.at("label"), "Classes suspended: Typhoon");
  EXPECT_EQ(day.at("dayName"), "Tuesday");
  EXPECT_EQ(day.at("section"), "Narra");
  EXPECT_EQ(AtTheGate().at("calendar").as_array().size(), 1u);
  const std::string id(Body(put).at("id").as_string());
  EXPECT_EQ(Do("DELETE", "/api/calendar/no-class/" + id).status, 404);
  EXPECT_EQ(Do("DELETE", "/api/calendar/suspension/" + id).status, 200);
  EXPECT_TRUE(AtTheGate().at("calendar").as_array().empty());
  EXPECT_EQ(Do("POST", "/api/calendar/suspension", {{"date", "2026-11-24"}}).status, 400);
  EXPECT_EQ(
      Do("POST", "/api/calendar/saturday-makeup", {{"date", "2026-11-24"}, {"reason", "x"}}).status,
      400);
}

TEST_F(OfficeTest, TeachersSeeToTheDaysOfTheirOwnSections) {
  const http::Headers adviser = Adviser();
  const auto no_class = [&](const char* section) {
    return Do("POST", "/api/calendar/no-class",
              {{"date", "2026-11-25"}, {"section", section}, {"reason", "Excursion"}}, adviser)
        .status;
  };
  EXPECT_EQ(no_class("Molave"), 404);
  EXPECT_EQ(no_class("Narra"), 201);
  EXPECT_EQ(Do("POST", "/api/calendar/no-class",
               {{"date", "2026-11-25"}, {"section", "Molave"}, {"reason", "Excursion"}})
                .status,
            201);
  EXPECT_EQ(Body(Do("GET", "/api/calendar/no-class", {}, adviser)).at("count"), 1);
  EXPECT_EQ(Do("DELETE", "/api/calendar/no-class/2026-11-25?section=Molave", {}, adviser).status,
            404);
  EXPECT_EQ(Do("DELETE", "/api/calendar/no-class/2026-11-25?section=Narra", {}, adviser).status,
            200);
  const json::object range =
      Body(Do("GET", "/api/calendar/range?from=2026-11-23&to=2026-11-29&section=Molave"));
  EXPECT_EQ(range.at("summary").at("total"), 7);
  EXPECT_EQ(range.at("summary").at("noClass"), 1);
  EXPECT_EQ(range.at("summary").at("instructional"), 4);
  EXPECT_EQ(range.at("summary").at("weekends"), 2);
}

TEST_F(OfficeTest, SettingsAreDecidedInTheirOneSpelling) {
  EXPECT_EQ(Do("PUT", "/api/admin/settings/departures", {{"value", true}}).status, 200);
  EXPECT_EQ(Body(Do("GET", "/api/admin/settings")).at("data").at("departures"), true);
  EXPECT_EQ(Do("PUT", "/api/admin/settings/departures", {{"value", "perhaps"}}).status, 400);
  EXPECT_EQ(Do("PUT", "/api/admin/settings/nonsense", {{"value", 1}}).status, 404);
  EXPECT_EQ(Do("PUT", "/api/admin/settings/departures").status, 400);
  EXPECT_EQ(Body(Do("POST", "/api/admin/settings/saturday-toggle")).at("saturdayClassesEnabled"),
            true);
  EXPECT_EQ(Body(Do("GET", "/api/calendar/saturday-status")).at("nextSaturday").at("label"),
            "Saturday class");
  EXPECT_EQ(Body(Do("POST", "/api/admin/settings/saturday-toggle")).at("saturdayClassesEnabled"),
            false);
  EXPECT_EQ(Do("GET", "/api/admin/settings", {}, Adviser()).status, 403);
}

TEST_F(OfficeTest, ASectionKeepsItsPeopleHoursAndDaysUnderAnotherName) {
  ASSERT_EQ(Do("POST", "/api/schedules", {{"section", "Narra"}}).status, 201);
  ASSERT_EQ(Do("POST", "/api/calendar/no-class",
               {{"date", "2026-11-25"}, {"section", "Narra"}, {"reason", "x"}})
                .status,
            201);
  EXPECT_EQ(Do("PUT", "/api/admin/sections/Narra", {{"name", "Acacia"}}).status, 200);
  const json::object school = AtTheGate();
  EXPECT_EQ(school.at("schedules").at(0).at("section"), "Acacia");
  EXPECT_EQ(school.at("calendar").at(0).at("section"), "Acacia");
  EXPECT_EQ(Body(Do("GET", "/api/students/section/Acacia")).at("count"), 1);
  EXPECT_EQ(Do("PUT", "/api/admin/sections/Narra", {{"name", "Ipil"}}).status, 404);
  const json::array sections = Body(Do("GET", "/api/admin/sections")).at("data").as_array();
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].at("name"), "Acacia");
  EXPECT_EQ(sections[0].at("students"), 1);
}

TEST_F(OfficeTest, AMasterThatIsAwayIsSaidAndNothingIsChanged) {
  store_->fail = Error{ErrorCode::kRetry, "open the store", 0, ""};
  EXPECT_EQ(
      Do("POST", "/api/calendar/suspension", {{"date", "2026-11-24"}, {"reason", "x"}}).status,
      503);
  store_->fail.reset();
  clock_.Advance(std::chrono::seconds(10));
  EXPECT_EQ(Body(Do("GET", "/api/calendar/suspensions")).at("count"), 0);
}

}  // namespace
}  // namespace tamtap
