// The API without sockets: requests in, answers out, on real SQLite stores.
#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class ServerTest : public ServerFixture {};

TEST_F(ServerTest, EveryRouteRefusesStrangersUnlessItIsDeclaredPublic) {
  int refused = 0;
  for (const Route& route : api_->router().routes()) {
    if (route.access == Access::kPublic) continue;
    EXPECT_EQ(Ask(route.method, route.pattern).status, 401) << route.pattern;
    ++refused;
  }
  EXPECT_GT(refused, 25);
  EXPECT_EQ(Ask("GET", "/api/nothing").status, 401);
}

TEST_F(ServerTest, TerminalsReachTheirRoutesAndNoOthers) {
  const http::Headers terminal = EnrolledTerminal("gate-1");
  for (const Route& route : api_->router().routes()) {
    if (route.access == Access::kPublic || route.access == Access::kTerminal) continue;
    EXPECT_EQ(Ask(route.method, route.pattern, {}, terminal).status, 403) << route.pattern;
  }
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, terminal).status, 200);
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, Head()).status, 403);
}

TEST_F(ServerTest, ASessionEndsWithItsSignOutItsIdleTimeAndItsPassword) {
  http::Headers session = Head();
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 200);
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 200);
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
  session = Head();
  clock_.Advance(std::chrono::hours(13));
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
  session = Head();
  ASSERT_TRUE(ChangePassword(*identity_, "head", "another password"));
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
}

TEST_F(ServerTest, ASessionSurvivesARestartOfTheServer) {
  const http::Headers session = Head();
  api_ = MakeApi({});
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 200);
}

TEST_F(ServerTest, AForeignPageChangesNothing) {
  http::Headers session = Head();
  session.emplace_back("Origin", "https://evil.example");
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 403);
  session.back().second = "http://gate.local:3000";
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 200);
}

TEST_F(ServerTest, AnAdviserSeesTheirSectionsOnly) {
  const std::vector<Record> records = {ExampleRecord(1), BensRecord(2)};
  ASSERT_TRUE(store_->Store(records));
  const http::Headers head = Head();
  const http::Headers adviser = Adviser();
  EXPECT_EQ(Body(Ask("GET", "/api/attendance", {}, head)).at("count"), 2);
  EXPECT_EQ(Body(Ask("GET", "/api/attendance", {}, adviser)).at("count"), 1);
  EXPECT_EQ(Body(Ask("GET", "/api/attendance?section=Molave", {}, adviser)).at("count"), 0);
  EXPECT_EQ(Body(Ask("GET", "/api/students", {}, adviser)).at("count"), 1);
  EXPECT_EQ(Ask("GET", "/api/students/DEADBEEF", {}, adviser).status, 404);
  EXPECT_EQ(Ask("GET", "/api/attendance/student/DEADBEEF", {}, adviser).status, 404);
  const json::object stats = Body(Ask("GET", "/api/stats/summary", {}, adviser));
  EXPECT_EQ(stats.at("stats").at("totalStudents"), 1);
  EXPECT_EQ(stats.at("stats").at("present"), 1);
}

TEST_F(ServerTest, ATokenWorksOnceAndForAnHour) {
  const auto token = NewTerminalToken(*identity_, random_, clock_, "gate-1");
  const std::string body = R"({"token":")" + token->token + "\"}";
  EXPECT_EQ(Ask("POST", "/api/terminal/enroll", body).status, 200);
  EXPECT_EQ(Ask("POST", "/api/terminal/enroll", body).status, 401);
  const auto late = NewTerminalToken(*identity_, random_, clock_, "gate-2");
  clock_.Advance(std::chrono::minutes(61));
  EXPECT_EQ(Ask("POST", "/api/terminal/enroll", R"({"token":")" + late->token + "\"}").status, 401);
}

TEST_F(ServerTest, MalformedQuestionsGetClearAnswers) {
  const http::Headers head = Head();
  for (const char* target :
       {"/api/attendance/2026-13-01", "/api/attendance/range/query?from=2026-11-23",
        "/api/attendance/range/query?from=2026-11-23&to=2026-11-01",
        "/api/attendance/range/query?from=1900-01-01&to=2026-11-01",
        "/api/stats/daily?days=99999999999999999999", "/api/calendar/status?date=x"}) {
    const http::Response response = Ask("GET", target, {}, head);
    EXPECT_EQ(response.status, 400) << target;
    EXPECT_THAT(response.body, HasSubstr("\"success\":false"));
  }
  EXPECT_EQ(Ask("DELETE", "/api/attendance", {}, head).status, 405);
  EXPECT_EQ(Ask("GET", "/api/nothing", {}, head).status, 404);
}

TEST_F(ServerTest, PagesHaveTheirTypesAndAStrictPolicyAndNothingOutsideIsServed) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "web/assets"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "web/index.html", "<html>"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "web/assets/a-1.js", "js"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "secret.txt", "secret"));
  std::filesystem::create_symlink(directory_ / "secret.txt", directory_ / "web/link.txt");
  for (const char* target : {"/", "/index.html", "/students", "/day/2026-11-23"}) {
    const http::Response page = Ask("GET", target);
    EXPECT_EQ(page.status, 200) << target;
    EXPECT_EQ(page.Header("Content-Type"), "text/html; charset=utf-8");
    EXPECT_THAT(std::string(page.Header("Content-Security-Policy")),
                testing::AllOf(HasSubstr("default-src 'self'"), Not(HasSubstr("unsafe"))));
    EXPECT_EQ(page.Header("Referrer-Policy"), "no-referrer");
  }
  const http::Response script = Ask("GET", "/assets/a-1.js");
  EXPECT_EQ(script.Header("Content-Type"), "text/javascript; charset=utf-8");
  EXPECT_THAT(std::string(script.Header("Cache-Control")), HasSubstr("immutable"));
  const http::Response again =
      Ask("GET", "/assets/a-1.js", {}, {{"If-None-Match", std::string(script.Header("ETag"))}});
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(again.body, "");
  for (const char* target :
       {"/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/assets/../../secret.txt",
        "/link.txt", "//etc/host.conf", "/a%00.js", "/assets/missing.js"}) {
    const http::Response response = Ask("GET", target);
    EXPECT_THAT(response.body, Not(HasSubstr("secret\n"))) << target;
    EXPECT_EQ(response.status, 404) << target;
    EXPECT_EQ(response.Header("X-Content-Type-Options"), "nosniff");
  }
  EXPECT_EQ(Ask("POST", "/").status, 405);
}

TEST_F(ServerTest, CountsAreOfWhoIsEnrolledAndOfSectionsThatHaveClasses) {
  CalendarEntry fair;
  fair.kind = CalendarKind::kNoClass;
  fair.first_day = fair.last_day = "2026-11-23";
  fair.section = "Molave";
  ASSERT_TRUE(PutCalendarEntry(*store_, fair));
  const std::vector<Person> more = {ExamplePerson("A0000001", "Cora", "Lim", "Narra"),
                                    ExamplePerson("A0000002", "Dan", "Uy", "Molave")};
  ASSERT_TRUE(PutPeople(*store_, more));
  // Ana is there; so is someone who is enrolled no more.
  ASSERT_TRUE(store_->Store(std::vector<Record>{ExampleRecord(1), ExampleRecord(2, "A0000009")}));
  const json::object stats =
      Body(Ask("GET", "/api/stats/summary", {}, Head())).at("stats").as_object();
  EXPECT_EQ(stats.at("totalStudents"), 4);
  EXPECT_EQ(stats.at("present"), 1);
  EXPECT_EQ(stats.at("absent"), 1) << "Cora; Molave has no classes";
  const json::array sections =
      Body(Ask("GET", "/api/stats/sections", {}, Head())).at("data").as_array();
  ASSERT_EQ(sections.size(), 2u);
  EXPECT_EQ(sections[0].at("section"), "Molave");
  EXPECT_EQ(sections[0].at("absent"), 0);
  EXPECT_EQ(sections[1].at("absent"), 1);
  EXPECT_EQ(sections[1].at("rate"), 50.0);
  const json::array grades =
      Body(Ask("GET", "/api/stats/grades", {}, Adviser())).at("data").as_array();
  ASSERT_EQ(grades.size(), 1u);
  EXPECT_EQ(grades[0].at("total"), 2) << "an adviser counts their sections";
}

TEST_F(ServerTest, AStudentsSummaryAddsUpToItsDays) {
  Record late = ExampleRecord(1);
  late.status = Status::kLate;
  Record sunday = ExampleRecord(2, kAna, kExampleMorningUs - 24ll * 3600 * 1'000'000);
  ASSERT_EQ(sunday.day, "2026-11-22");
  ASSERT_TRUE(store_->Store(std::vector<Record>{late, sunday}));
  const std::string target = std::string("/api/attendance/student/") + kAna;
  const json::object summary =
      Body(Ask("GET", target + "?from=2026-11-16&to=2026-11-30", {}, Adviser()))
          .at("summary")
          .as_object();
  // Monday 16 to Friday 20 absent, Sunday 22 here though there were no classes, Monday 23 late.
  EXPECT_EQ(summary.at("totalDays"), 7);
  EXPECT_EQ(summary.at("present"), 2);
  EXPECT_EQ(summary.at("late"), 1);
  EXPECT_EQ(summary.at("absent"), 5);
}

TEST_F(ServerTest, AStoreThatRefusesThisServerIsNoFaultOfWhoAsks) {
  const http::Headers terminal = EnrolledTerminal("gate-1");
  const http::Headers head = Head();
  std::string body;
  AppendJson(ExampleRecord(1), body);
  for (const ErrorCode code : {ErrorCode::kDenied, ErrorCode::kRetry}) {
    store_->fail = Error{code, "authenticate with the central store", 0, ""};
    const http::Response response = Ask("POST", "/api/terminal/records", body, terminal);
    EXPECT_EQ(response.status, 503) << "401 would make the terminal wait for a new enrolment";
    EXPECT_EQ(response.Header("Retry-After"), "2");
    EXPECT_EQ(Ask("GET", "/api/attendance", {}, head).status, 503);
  }
  store_->fail = Error{ErrorCode::kFull, "write", 0, ""};
  EXPECT_EQ(Ask("POST", "/api/terminal/records", body, terminal).status, 507);
}

TEST_F(ServerTest, StrangersLearnLittleAndCannotMakeTheServerWaitForItsStore) {
  api_->feed().Look();
  const int calls = store_->calls;
  const json::object health = Body(Ask("GET", "/api/health"));
  EXPECT_EQ(health.size(), 2u) << json::serialize(health);
  EXPECT_EQ(health.at("status"), "ok");
  EXPECT_EQ(store_->calls, calls);
  store_->fail = Error{ErrorCode::kRetry, "connect to db.internal", 0, ""};
  api_->feed().Look();
  EXPECT_EQ(Body(Ask("GET", "/api/health")).at("status"), "degraded");
  EXPECT_THAT(Ask("GET", "/api/health").body, Not(HasSubstr("db.internal")));
  EXPECT_THAT(Ask("GET", "/api/health", {}, Head()).body, HasSubstr("db.internal"));
  EXPECT_EQ(Ask("GET", "/metrics").status, 401);
  remote_address_ = "127.0.0.1";
  // A page from elsewhere whose name resolves to this machine is not this machine's.
  for (const char* host :
       {"gate.local:3000", "127.evil.example", "localhost.evil.example:3000", ""}) {
    host_ = host;
    EXPECT_EQ(Ask("GET", "/metrics").status, 401) << host;
  }
  for (const char* host :
       {"localhost", "localhost:3000", "127.0.0.1:3000", "[::1]:3000", "[::1]"}) {
    host_ = host;
    EXPECT_EQ(Ask("GET", "/metrics").status, 200) << host;
  }
  EXPECT_THAT(Ask("GET", "/api/health").body, HasSubstr("db.internal"));
  EXPECT_EQ(Ask("GET", "/metrics").status, 200);
  // Passed on by a proxy on this machine: not from this machine.
  EXPECT_EQ(Ask("GET", "/metrics", {}, {{"X-Forwarded-For", "203.0.113.9"}}).status, 401);
}

TEST_F(ServerTest, WhoAsksForWhatIsKnownBeforeABodyIsRead) {
  const http::Headers gate = EnrolledTerminal("gate-1");
  const http::Headers head = Head();
  const auto admission = [&](const std::string& method, const std::string& target,
                             http::Headers headers = {}) {
    return api_->OnHead(MakeRequest(method, target, {}, std::move(headers)));
  };
  const auto refused = [&](const std::string& method, const std::string& target,
                           http::Headers headers = {}) {
    const http::Admission answer = admission(method, target, std::move(headers));
    return answer.refusal ? answer.refusal->status : 0;
  };
  const std::string records = "/api/terminal/records";
  EXPECT_EQ(refused("POST", records), 401);
  EXPECT_EQ(refused("POST", records, {{"Authorization", "Bearer 00"}}), 401);
  EXPECT_EQ(refused("POST", records, head), 403);
  EXPECT_EQ(refused("POST", records, gate), 0);
  EXPECT_EQ(refused("POST", "/api/nothing", head), 404);
  EXPECT_EQ(refused("DELETE", "/api/health", head), 405);
  EXPECT_EQ(refused("POST", "/api/auth/login", {{"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(refused("POST", "/api/auth/login"), 0);
  EXPECT_EQ(admission("POST", "/api/auth/login").max_body_bytes, 4U << 10);
  EXPECT_EQ(admission("POST", "/", {}).max_body_bytes, 4U << 10);
  EXPECT_EQ(admission("POST", "/socket.io/?EIO=4&transport=polling&sid=x").max_body_bytes,
            4U << 10);
  EXPECT_EQ(admission("POST", records, gate).max_body_bytes, 8U << 20);
  EXPECT_TRUE(admission("POST", records, gate).known);
  EXPECT_TRUE(admission("GET", "/", head).known);
  EXPECT_FALSE(admission("GET", "/").known);
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  EXPECT_FALSE(admission("POST", records, gate).known);
}

TEST_F(ServerTest, WhoTriesToSignInOverAndOverIsStoppedByTheHeadAlone) {
  const auto refused = [&](const std::string& method) {
    const auto answer = api_->OnHead(MakeRequest(method, "/api/auth/login", {}, {}));
    return answer.refusal ? answer.refusal->status : 0;
  };
  int allowed = 0;
  while (allowed < 1'000 && refused("POST") == 0) ++allowed;
  EXPECT_EQ(allowed, 120);
  EXPECT_EQ(refused("POST"), 429);
  remote_address_ = "192.168.1.8";
  EXPECT_EQ(refused("POST"), 0) << "another client is not told to wait";
  remote_address_ = "192.168.1.7";
  clock_.Advance(std::chrono::seconds(2));
  EXPECT_EQ(refused("POST"), 0);
  remote_address_ = "127.0.0.1";
  for (int i = 0; i < 200; ++i) EXPECT_EQ(refused("POST"), 0);
}

TEST_F(ServerTest, EveryAnswerTellsBrowsersWhatToHoldTo) {
  for (const char* path : {"/", "/api/health", "/api/attendance", "/assets/none.js"}) {
    secure_ = false;
    http::Response response = Ask("GET", path);
    EXPECT_EQ(response.Header("Cross-Origin-Resource-Policy"), "same-origin") << path;
    EXPECT_EQ(response.Header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(response.Header("Strict-Transport-Security"), "") << path;
    secure_ = true;
    response = Ask("GET", path);
    EXPECT_THAT(std::string(response.Header("Strict-Transport-Security")), StartsWith("max-age="));
  }
}

TEST_F(ServerTest, AFileThatCannotBeReadJustNowIsNotMissing) {
  std::filesystem::create_directories(directory_ / "web");
  std::ofstream(directory_ / "web/index.html") << "page";
  ASSERT_EQ(Ask("GET", "/").status, 200);
  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_NOFILE, &before), 0);
  const int next = dup(STDIN_FILENO);
  close(next);
  const rlimit none{.rlim_cur = static_cast<rlim_t>(next), .rlim_max = before.rlim_max};
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &none), 0);
  const int page = Ask("GET", "/").status;
  const int asset = Ask("GET", "/assets/index.js").status;
  ASSERT_EQ(setrlimit(RLIMIT_NOFILE, &before), 0);
  EXPECT_EQ(page, 503);
  EXPECT_EQ(asset, 503);
  EXPECT_EQ(Ask("GET", "/assets/index.js").status, 404);
}

TEST_F(ServerTest, WhatIsSentToManyIsInMemoryOnceAndAPlaceIsNeverKeptForAYear) {
  std::filesystem::create_directories(directory_ / "web/assets");
  std::ofstream(directory_ / "web/index.html") << "page";
  std::ofstream(directory_ / "web/assets/index-1.js") << "script";
  const http::Response one = Ask("GET", "/assets/index-1.js");
  const http::Response other = Ask("GET", "/assets/index-1.js");
  ASSERT_NE(one.shared_body, nullptr);
  EXPECT_EQ(*one.shared_body, "script");
  EXPECT_EQ(one.shared_body, other.shared_body);
  EXPECT_THAT(std::string(one.Header("Cache-Control")), HasSubstr("immutable"));
  const http::Headers has = {{"If-None-Match", std::string(one.Header("ETag"))}};
  EXPECT_EQ(Ask("GET", "/assets/index-1.js", {}, has).status, 304);
  const http::Response page = Ask("GET", "/");
  EXPECT_EQ(Ask("GET", "/assets/nothing").Header("Cache-Control"), "no-cache");
  std::ofstream(directory_ / "web/index.html") << "newer page";
  EXPECT_EQ(*Ask("GET", "/").shared_body, "newer page");
  EXPECT_EQ(*page.shared_body, "page");
}

TEST_F(ServerTest, PagesAreSentCompressedToWhoeverTakesThat) {
  std::filesystem::create_directories(directory_ / "web/assets");
  std::ofstream(directory_ / "web/index.html") << "a page";
  std::ofstream(directory_ / "web/index.html.gz") << "gzipped page";
  std::ofstream(directory_ / "web/assets/a-1.js") << "a script";
  std::ofstream(directory_ / "web/assets/a-1.js.gz") << "gzipped";
  std::ofstream(directory_ / "web/assets/a-1.js.br") << "brotli";
  std::ofstream(directory_ / "web/assets/b-1.js") << "small";
  const auto ask = [&](const char* target, const char* takes, std::string_view has = "") {
    return Ask("GET", target, {},
               {{"Accept-Encoding", takes}, {"If-None-Match", std::string(has)}});
  };
  struct Row {
    const char* takes;
    const char* coding;
    const char* content;
  };
  for (const Row& row : std::initializer_list<Row>{{"gzip, deflate", "gzip", "gzipped"},
                                                   {"gzip, deflate, br", "br", "brotli"},
                                                   {"GZIP;q=0.5", "gzip", "gzipped"},
                                                   {"br;q=0, gzip;q=0.001", "gzip", "gzipped"},
                                                   {"gzip;q=0.0", "", "a script"},
                                                   {"xgzip, deflate", "", "a script"},
                                                   {"", "", "a script"}}) {
    const http::Response script = ask("/assets/a-1.js", row.takes);
    ASSERT_NE(script.shared_body, nullptr) << row.takes;
    EXPECT_EQ(*script.shared_body, row.content) << row.takes;
    EXPECT_EQ(script.Header("Content-Encoding"), row.coding) << row.takes;
    EXPECT_EQ(script.Header("Content-Type"), "text/javascript; charset=utf-8");
    EXPECT_EQ(script.Header("Vary"), "Accept-Encoding") << row.takes;
    EXPECT_THAT(std::string(script.Header("Cache-Control")), HasSubstr("immutable"));
  }
  const std::string tag(ask("/assets/a-1.js", "gzip").Header("ETag"));
  EXPECT_NE(tag, ask("/assets/a-1.js", "").Header("ETag")) << "two forms, two tags";
  const http::Response known = ask("/assets/a-1.js", "gzip", tag);
  EXPECT_EQ(known.status, 304);
  EXPECT_EQ(known.Header("Vary"), "Accept-Encoding");
  EXPECT_EQ(known.Header("Content-Encoding"), "");
  EXPECT_EQ(ask("/assets/a-1.js", "", tag).status, 200);
  EXPECT_EQ(*ask("/assets/b-1.js", "gzip").shared_body, "small") << "there is no smaller form";
  const http::Response place = ask("/people", "gzip");
  EXPECT_EQ(*place.shared_body, "gzipped page");
  EXPECT_EQ(place.Header("Content-Type"), "text/html; charset=utf-8");
  EXPECT_EQ(place.Header("Cache-Control"), "no-cache");
}

TEST_F(ServerTest, AddressesThatAreNoTextAreRefusedAndNeverRepeated) {
  const http::Headers head = Head();
  for (const char* target : {"/api/attendance?section=%ff", "/api/schedules/today/%c0%af",
                             "/api/students/section/%00", "/api/attendance?section=%0a"}) {
    EXPECT_EQ(Ask("GET", target, {}, head).status, 400) << target;
    EXPECT_EQ(Ask("GET", target).status, 401) << target;
  }
  EXPECT_EQ(Ask("GET", "/api/attendance?section=Ni%C3%B1o", {}, head).status, 200);
}

TEST_F(ServerTest, EveryDateIsReadOrRefused) {
  const http::Headers head = Head();
  for (const char* day : {"0000-01-01", "0001-01-01", "9999-12-31", "2024-02-29", "2026-02-29",
                          "2026-11-31", "-001-01-01", "2026-1-1", "20261123", "2026-11-23x"}) {
    for (const std::string& target :
         {std::string("/api/attendance/") + day,
          std::string("/api/attendance/range/query?from=") + day + "&to=" + day,
          std::string("/api/attendance/student/176B3325?to=") + day,
          std::string("/api/attendance/student/176B3325?from=") + day + "&to=" + day,
          std::string("/api/stats/summary?date=") + day,
          std::string("/api/calendar/status?date=") + day}) {
      // What has no days before it, or is none.
      const bool readable = IsDay(day) && !target.ends_with("?to=0000-01-01");
      const int expected = readable ? 200 : 400;
      EXPECT_EQ(Ask("GET", target, {}, head).status, expected) << target;
    }
  }
}

}  // namespace
}  // namespace tamtap
