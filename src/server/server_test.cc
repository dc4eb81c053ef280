// The API without sockets: requests in, answers out, on real SQLite stores.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "base/disk.h"
#include "base/test_directory.h"
#include "central/stores.h"
#include "server/api_server.h"
#include "server/credentials.h"
#include "server/openapi.h"
#include "tap/example_record.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;

class ServerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_ = *central::OpenSqlite(directory_ / "central.db");
    identity_ = *central::OpenSqliteIdentity(directory_ / "server.db");
    ASSERT_TRUE(AddAccount(*identity_, "head", AccountRole::kAdmin, {}, "correct horse"));
    ASSERT_TRUE(
        AddAccount(*identity_, "adviser", AccountRole::kAdviser, {"Narra"}, "battery staple"));
    api_ =
        std::make_unique<ApiServer>(ApiOptions{directory_ / "web", directory_ / "photos"}, *store_,
                                    *identity_, *TimeZone::Load("Asia/Manila"), clock_, random_);
    Person ana;
    ana.nfc_id = *CardId::Parse("176B3325");
    ana.person = "176B3325";
    ana.name = "Ana Reyes";
    ana.section = "Narra";
    Person ben = ana;
    ben.nfc_id = *CardId::Parse("DEADBEEF");
    ben.person = "DEADBEEF";
    ben.name = "Ben Cruz";
    ben.section = "Molave";
    const std::vector<Person> people = {ana, ben};
    ASSERT_TRUE(store_->PutPeople(people));
  }

  http::Response Ask(const std::string& method, const std::string& target, std::string body = {},
                     http::Headers headers = {}) {
    http::Request request;
    request.method = method;
    request.target = target;
    request.body = std::move(body);
    request.headers = std::move(headers);
    request.headers.emplace_back("Host", "gate.local:3000");
    request.remote_address = "192.168.1.7";
    return api_->Answer(request);
  }

  http::Headers SignIn(const std::string& name, const std::string& password) {
    const http::Response response =
        Ask("POST", "/api/auth/login",
            json::serialize(json::object{{"username", name}, {"password", password}}),
            {{"Content-Type", "application/json"}});
    EXPECT_EQ(response.status, 200) << response.body;
    const std::string cookie(response.Header("Set-Cookie"));
    EXPECT_THAT(cookie, HasSubstr("HttpOnly; SameSite=Strict"));
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  }

  http::Headers EnrolledTerminal(const std::string& name) {
    const auto token = NewTerminalToken(*identity_, random_, clock_, name);
    EXPECT_TRUE(token);
    const auto enrolled = Enroll(*identity_, random_, clock_, token->token);
    EXPECT_TRUE(enrolled);
    return {{"Authorization", "Bearer " + enrolled->secret}};
  }

  static json::object Body(const http::Response& response) {
    return json::parse(response.body).as_object();
  }

  const TestDirectory directory_;
  FakeClock clock_{WallTime(std::chrono::microseconds(kExampleMorningUs))};
  SeededRandom random_{5};
  std::unique_ptr<SchoolStore> store_;
  std::unique_ptr<IdentityStore> identity_;
  std::unique_ptr<ApiServer> api_;
};

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
  EXPECT_EQ(Ask("GET", "/api/terminal/hello", {}, SignIn("head", "correct horse")).status, 403);
}

TEST_F(ServerTest, EveryRouteIsDescribedAndNothingElse) {
  std::set<std::string> described;
  const json::value document = json::parse(OpenApiDocument());
  for (const auto& [path, methods] : document.at("paths").as_object()) {
    for (const auto& [method, operation] : methods.as_object()) {
      std::string pattern(path);
      for (char& c : pattern) c = c == '{' ? ':' : c;
      std::erase(pattern, '}');
      std::string upper(method);
      for (char& c : upper) c = static_cast<char>(std::toupper(c));
      described.insert(upper + " " + pattern);
    }
  }
  std::set<std::string> routes;
  for (const Route& route : api_->router().routes()) {
    routes.insert(route.method + " " + route.pattern);
  }
  EXPECT_EQ(described, routes);
}

TEST_F(ServerTest, WrongNamesAndWrongPasswordsSoundTheSame) {
  const http::Response name = Ask("POST", "/api/auth/login", R"({"username":"x","password":"y"})");
  const http::Response password =
      Ask("POST", "/api/auth/login", R"({"username":"head","password":"y"})");
  EXPECT_EQ(name.status, 401);
  EXPECT_EQ(name.body, password.body);
}

TEST_F(ServerTest, ASessionEndsWithItsSignOutItsIdleTimeAndItsPassword) {
  http::Headers session = SignIn("head", "correct horse");
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 200);
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 200);
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
  session = SignIn("head", "correct horse");
  clock_.Advance(std::chrono::hours(13));
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
  session = SignIn("head", "correct horse");
  ASSERT_TRUE(ChangePassword(*identity_, "head", "another password"));
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
}

TEST_F(ServerTest, ASessionSurvivesARestartOfTheServer) {
  const http::Headers session = SignIn("head", "correct horse");
  api_ = std::make_unique<ApiServer>(ApiOptions{}, *store_, *identity_,
                                     *TimeZone::Load("Asia/Manila"), clock_, random_);
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 200);
}

TEST_F(ServerTest, AForeignPageChangesNothing) {
  http::Headers session = SignIn("head", "correct horse");
  session.emplace_back("Origin", "https://evil.example");
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 403);
  session.back().second = "http://gate.local:3000";
  EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, session).status, 200);
}

TEST_F(ServerTest, EachRecordHasItsOwnOutcomeInOrder) {
  const http::Headers terminal = EnrolledTerminal("gate-1");
  std::string body;
  AppendJson(ExampleRecord(1), body);
  body += "\nno json\n";
  AppendJson(ExampleRecord(2, "DEADBEEF", kExampleMorningUs, "gate-9"), body);
  body += "\n";
  AppendJson(ExampleRecord(3, "DEADBEEF"), body);
  const http::Response response = Ask("POST", "/api/terminal/records", body, terminal);
  ASSERT_EQ(response.status, 200) << response.body;
  const json::array results = Body(response).at("results").as_array();
  ASSERT_EQ(results.size(), 4u);
  EXPECT_EQ(results[0].at("outcome"), "stored");
  EXPECT_EQ(results[1].at("outcome"), "rejected");
  EXPECT_EQ(results[2].at("outcome"), "rejected");
  EXPECT_EQ(results[2].at("reason"), "tap of another terminal");
  EXPECT_EQ(results[3].at("outcome"), "stored");
  const http::Response again = Ask("POST", "/api/terminal/records", body, terminal);
  EXPECT_EQ(Body(again).at("results").at(0).at("outcome"), "already_stored");
}

TEST_F(ServerTest, AnAdviserSeesTheirSectionsOnly) {
  const std::vector<Record> records = {ExampleRecord(1), [] {
                                         Record record = ExampleRecord(2, "DEADBEEF");
                                         record.section = "Molave";
                                         return record;
                                       }()};
  ASSERT_TRUE(store_->Store(records));
  const http::Headers head = SignIn("head", "correct horse");
  const http::Headers adviser = SignIn("adviser", "battery staple");
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
  const http::Headers head = SignIn("head", "correct horse");
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

TEST_F(ServerTest, NoNameLeadsOutOfTheDirectoryOfPhotos) {
  ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/2026-11-23"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "photos/2026-11-23/a.jpg", "jpeg"));
  ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / "secret.jpg", "secret"));
  const http::Headers head = SignIn("head", "correct horse");
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/a.jpg", {}, head).body, "jpeg");
  for (const char* target : {"/photos/2026-11-23/..%2f..%2fsecret.jpg", "/photos/../secret.jpg",
                             "/photos/%2e%2e/secret.jpg", "/photos/2026-11-23/%00"}) {
    const http::Response response = Ask("GET", target, {}, head);
    EXPECT_NE(response.status, 200) << target;
    EXPECT_EQ(response.body.find("secret\0"), std::string::npos);
  }
}

}  // namespace
}  // namespace tamtap
