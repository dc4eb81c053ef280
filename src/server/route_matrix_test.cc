// Every route x every caller, made from docs/openapi.yaml: who is let in, and what they are shown.
// A route that is not in the document fails openapi_test; one that is, is tried here by all
// callers. docs/route-matrix.md is what this finds; TAMTAP_WRITE_MATRIX=1 writes it anew.
#include <fmt/core.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "server/openapi.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using ::testing::HasSubstr;
using ::testing::Not;

struct Visitor {
  std::string name;
  http::Headers headers;
  std::string remote_address = "192.168.1.7";
  // What the document's security calls them.
  bool account = false;
  bool admin = false;
  bool terminal = false;
  bool loopback = false;
};

class RouteMatrixTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    const http::Headers gate = EnrolledTerminal("gate-1");
    const http::Headers revoked = EnrolledTerminal("gate-9");
    EXPECT_TRUE(identity_->RevokeTerminal("gate-9"));
    static const std::string hash = *HashPassword("other horse");
    for (const char* name : {"teacher", "removed"}) {
      EXPECT_TRUE(identity_->AddAccount({name, AccountRole::kTeacher, {}, hash}));
    }
    const http::Headers removed = SignIn("removed", "other horse");
    EXPECT_TRUE(identity_->RemoveAccount("removed"));
    const http::Headers signed_out = Head();
    EXPECT_EQ(Ask("POST", "/api/auth/logout", {}, signed_out).status, 200);
    visitors_ = {
        {"nobody", {}},
        {"this machine", {{"Host", "localhost:3000"}}, "127.0.0.1", false, false, false, true},
        {"this machine by a foreign name", {}, "127.0.0.1"},
        {"a proxy on it", {{"X-Forwarded-For", "10.0.0.9"}}, "127.0.0.1"},
        {"a forged session", {{"Cookie", "tamtap_session=" + std::string(64, 'a')}}},
        {"a session that ended", signed_out},
        {"a removed account", removed},
        {"a forged gate", {{"Authorization", "Bearer " + std::string(64, 'a')}}},
        {"a revoked gate", revoked},
        {"a gate", gate, "192.168.1.7", false, false, true},
        {"a teacher", SignIn("teacher", "other horse"), "192.168.1.7", true},
        {"an adviser", Adviser(), "192.168.1.7", true},
        {"an admin", Head(), "192.168.1.7", true, true}};
    Fill(gate);
  }

  // Something of Ana's (Narra) and of Ben's (Molave) wherever something can be.
  void Fill(const http::Headers& gate) {
    for (const char* file : {"photos/2026-11-23/a.jpg", "photos/2026-11-23/b.jpg"}) {
      ASSERT_TRUE(PosixDisk().CreateDirectories(directory_ / "photos/2026-11-23"));
      ASSERT_TRUE(WriteFileAtomically(PosixDisk(), directory_ / file, "x"));
    }
    Record ana = ExampleRecord(1);
    ana.photo = "a.jpg";
    ana.clock = ClockState::kUnsure;
    Record ben = BensRecord(2);
    ben.name = "Ben Cruz";
    ben.last_name = "Cruz";
    ben.photo = "b.jpg";
    ben.clock = ClockState::kUnsure;
    const std::vector<Record> records = {ana, ben};
    ASSERT_TRUE(store_->Store(records));
    for (const char* section : {"Narra", "Molave"}) {
      Schedule schedule;
      schedule.section = section;
      schedule.week[0] = ClassHours{};
      ASSERT_TRUE(PutSchedule(*store_, schedule));
    }
    EXPECT_EQ(Ask("POST", "/api/hardware/fail",
                  R"({"nfc_id":"DEADBEEF","name":"Ben Cruz","reason":"NO_FACE_DETECTED"})", gate)
                  .status,
              200);
    EXPECT_EQ(Ask("POST", "/api/hardware/status",
                  R"({"state":"IDLE","quarantined":1,"quarantined_taps":[{"tap":"gate-1.00.9",
                      "nfc_id":"DEADBEEF","name":"Ben Cruz","section":"Molave",
                      "day":"2026-11-23","time":"07:00:00","reason":"x"}],
                      "contested_cards":[{"card":"04A3C6CAE26181","reason":"UNKNOWN_CARD",
                      "name":"Ben Cruz","nfc_id":"584193394409","section":"Molave"}]})",
                  gate)
                  .status,
              200);
  }

  http::Response Try(const Visitor& visitor, const std::string& method, const std::string& target) {
    remote_address_ = visitor.remote_address;
    http::Response response = Ask(method, target, "{}", visitor.headers);
    if (response.source != nullptr) {
      response.body.resize(response.source->size());
      EXPECT_TRUE(response.source->Read(0, response.body));
    }
    return response;
  }

  // What the document says of them: whether one of its ways in is theirs.
  static bool IsLetIn(const json::array& security, const Visitor& visitor) {
    if (security.empty()) return true;
    for (const json::value& way : security) {
      const json::object& object = way.as_object();
      if (object.empty()) {
        if (visitor.loopback) return true;
      } else if (object.contains("terminal")) {
        if (visitor.terminal) return true;
      } else if (const json::array& roles = object.at("session").as_array(); roles.empty()) {
        if (visitor.account) return true;
      } else if (visitor.admin) {
        return true;
      }
    }
    return false;
  }

  // Of Ben, and of what there is of him.
  static std::string Target(std::string path) {
    const std::map<std::string, std::string> values = {
        {"{nfc}", kBen},          {"{csv}", "Molave,Narra"},
        {"{grade}", "7"},         {"{section}", "Molave"},
        {"{date}", "2026-11-23"}, {"{name}", "gate-1"},
        {"{file}", "b.jpg"},      {"{id}", "2026-12-24"},
        {"{key}", "departures"},  {"{username}", "nobody-yet"}};
    for (const auto& [name, value] : values) {
      if (const size_t at = path.find(name); at != std::string::npos) {
        path.replace(at, name.size(), value);
      }
    }
    EXPECT_EQ(path.find('{'), std::string::npos) << "give " << path << " a value";
    if (path == "/api/attendance/range/query") path += "?from=2026-11-01&to=2026-11-30";
    if (path == "/api/terminal/arrivals") path += "?day=2026-11-23";
    // One that is shut out already: the others are needed.
    if (path == "/api/terminals/gate-1") path = "/api/terminals/gate-9";
    return path;
  }

  template <typename Each>
  void ForEachRoute(Each each) {
    const json::value document = json::parse(OpenApiDocument());
    for (const auto& [path, methods] : document.at("paths").as_object()) {
      for (const auto& [method, operation] : methods.as_object()) {
        std::string upper(method);
        for (char& c : upper) c = static_cast<char>(std::toupper(c));
        each(upper, std::string(path), operation.at("security").as_array());
      }
    }
  }

  std::vector<Visitor> visitors_;
};

// Ends the session or lets a password be tried: what it answers is not about who asks.
bool IsAboutPasswords(std::string_view path) {
  return path == "/api/auth/login" || path == "/api/auth/first-admin" ||
         path == "/api/terminal/enroll";
}

TEST_F(RouteMatrixTest, EveryRouteLetsInWhomTheDocumentSaysAndNobodyElse) {
  int tried = 0;
  std::string table = "| route |";
  std::string line = "| --- |";
  for (const Visitor& visitor : visitors_) {
    table += fmt::format(" {} |", visitor.name);
    line += " --- |";
  }
  table += "\n" + line + "\n";
  ForEachRoute(
      [&](const std::string& method, const std::string& path, const json::array& security) {
        table += fmt::format("| `{} {}` |", method, path);
        for (Visitor& visitor : visitors_) {
          const http::Response response = Try(visitor, method, Target(path));
          ++tried;
          const bool let_in = IsLetIn(security, visitor);
          const std::string what = fmt::format("{} {} by {}: {} {}", method, path, visitor.name,
                                               response.status, response.body.substr(0, 200));
          EXPECT_LT(response.status, 500) << what;
          if (let_in && !IsAboutPasswords(path)) {
            EXPECT_NE(response.status, 401) << what;
            EXPECT_NE(response.status, 403) << what;
          }
          if (!let_in) {
            const bool known = visitor.account || visitor.terminal;
            EXPECT_EQ(response.status, known ? 403 : 401) << what;
            EXPECT_THAT(response.body, Not(HasSubstr("Cruz"))) << what;
            EXPECT_THAT(response.body, Not(HasSubstr("Reyes"))) << what;
          }
          table += let_in ? " yes |" : " no |";
          if (let_in && path == "/api/auth/logout") {
            visitor.headers = visitor.admin                  ? Head()
                              : visitor.name == "an adviser" ? Adviser()
                                                             : SignIn("teacher", "other horse");
          }
        }
        table += "\n";
      });
  EXPECT_EQ(static_cast<size_t>(tried), api_->router().routes().size() * visitors_.size());

  const std::string path = TAMTAP_DOCS "/route-matrix.md";
  const std::string text =
      "# Who may call what\n\nMade by `server_test --gtest_filter='RouteMatrixTest.*'` from "
      "`docs/openapi.yaml`: each route was tried\nby each caller, and answered as it says here. "
      "With `TAMTAP_WRITE_MATRIX=1` the test writes this file.\n\n" +
      table;
  if (std::getenv("TAMTAP_WRITE_MATRIX") != nullptr) std::ofstream(path) << text;
  std::stringstream kept;
  kept << std::ifstream(path).rdbuf();
  EXPECT_EQ(kept.str(), text) << "run it with TAMTAP_WRITE_MATRIX=1";
}

TEST_F(RouteMatrixTest, NoRouteShowsAnybodyWhatIsOfASectionThatTheyDoNotHandle) {
  int shown = 0;
  ForEachRoute(
      [&](const std::string& method, const std::string& path, const json::array& security) {
        // A gate needs the whole school; what it asks is not for people.
        if (method != "GET" || path.starts_with("/api/terminal/")) return;
        for (const Visitor& visitor : visitors_) {
          if (visitor.admin || !IsLetIn(security, visitor)) continue;
          const http::Response response = Try(visitor, method, Target(path));
          const std::string what = fmt::format("{} to {}", path, visitor.name);
          EXPECT_THAT(response.body, Not(HasSubstr("Cruz"))) << what;
          EXPECT_THAT(response.body, Not(HasSubstr("DEADBEEF"))) << what;
          if (path == "/photos/{date}/{file}") {
            EXPECT_NE(response.status, 200) << what;
          }
          ++shown;
        }
      });
  EXPECT_GT(shown, 40);
  EXPECT_THAT(Ask("GET", "/api/attendance", {}, Adviser()).body, HasSubstr("Reyes"));
}

}  // namespace
}  // namespace tamtap
