// One's own password and sessions, and what administrators do with accounts.
#include <algorithm>
#include <barrier>
#include <thread>

#include "server/server_fixture.h"

namespace tamtap {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
namespace json = boost::json;

class AccountsTest : public ServerFixture {
 protected:
  http::Response Do(const std::string& method, const std::string& target, const json::object& body,
                    const http::Headers& who) {
    return Ask(method, target, json::serialize(body), who);
  }
  int Me(const http::Headers& who) { return Ask("GET", "/api/auth/me", {}, who).status; }
  static http::Headers SessionIn(const http::Response& response) {
    const std::string cookie(response.Header("Set-Cookie"));
    return {{"Cookie", cookie.substr(0, cookie.find(';'))}};
  }
};

TEST_F(AccountsTest, APasswordIsChangedByWhoKnowsItAndEndsAllOtherSessions) {
  const http::Headers here = Adviser();
  const http::Headers elsewhere = Adviser();
  const auto change = [&](const char* current, const char* next) {
    return Do("POST", "/api/auth/change-password",
              {{"currentPassword", current}, {"newPassword", next}}, here);
  };
  EXPECT_EQ(change("wrong", "a new long password").status, 400);
  EXPECT_EQ(change("battery staple", "short").status, 400);
  EXPECT_EQ(change("battery staple", "adviser").status, 400);
  EXPECT_EQ(Me(here), 200) << "nothing was changed";
  const http::Response changed = change("battery staple", "a new long password");
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(Me(here), 401);
  EXPECT_EQ(Me(elsewhere), 401);
  EXPECT_EQ(Me(SessionIn(changed)), 200);
  EXPECT_EQ(TrySignIn("adviser", "battery staple").status, 401);
  EXPECT_EQ(TrySignIn("adviser", "a new long password").status, 200);
}

TEST_F(AccountsTest, WhoGuessesWithAStolenSessionIsSlowedDown) {
  const http::Headers stolen = Adviser();
  int status = 400;
  for (int i = 0; i < 50 && status == 400; ++i) {
    status = Do("POST", "/api/auth/change-password",
                {{"currentPassword", "guess"}, {"newPassword", "a new long password"}}, stolen)
                 .status;
  }
  EXPECT_EQ(status, 429);
}

TEST_F(AccountsTest, SessionsAreListedWithoutTheirSecretsAndEnded) {
  const http::Headers here = Adviser();
  clock_.Advance(std::chrono::minutes(1));
  const http::Headers elsewhere = Adviser();
  const http::Headers head = Head();
  const http::Response listed = Ask("GET", "/api/auth/sessions", {}, here);
  const json::array sessions = Body(listed).at("data").as_array();
  ASSERT_EQ(sessions.size(), 2u);
  EXPECT_EQ(sessions[0].at("current"), false);
  EXPECT_EQ(sessions[1].at("current"), true);
  const std::string id(sessions[0].at("id").as_string());
  EXPECT_EQ(Ask("DELETE", "/api/auth/sessions/" + id, {}, head).status, 404) << "another's";
  EXPECT_EQ(Ask("DELETE", "/api/auth/sessions/" + id, {}, here).status, 200);
  EXPECT_EQ(Me(elsewhere), 401);
  EXPECT_EQ(Me(here), 200);
  const http::Headers third = Adviser();
  EXPECT_EQ(Body(Ask("DELETE", "/api/auth/sessions/others", {}, here)).at("ended"), 1);
  EXPECT_EQ(Me(third), 401);
  EXPECT_EQ(Me(here), 200);
  EXPECT_EQ(Me(head), 200);
}

TEST_F(AccountsTest, AnAdministratorAddsChangesAndRemovesAccounts) {
  const http::Headers head = Head();
  const http::Response added = Do("POST", "/api/admin/teachers",
                                  {{"username", "ana"},
                                   {"password", "correct horse 2"},
                                   {"name", "Ana Reyes"},
                                   {"email", "ana@school.example"},
                                   {"sections_handled", {"Molave", " Narra "}}},
                                  head);
  ASSERT_EQ(added.status, 201) << added.body;
  EXPECT_THAT(added.body, Not(HasSubstr("argon2")));
  EXPECT_EQ(
      Do("POST", "/api/admin/teachers", {{"username", "Ana"}, {"password", "other horse"}}, head)
          .status,
      409);
  http::Headers ana = SignIn("ana", "correct horse 2");
  EXPECT_EQ(Body(Ask("GET", "/api/students", {}, ana)).at("count"), 2);
  const http::Response advised =
      Do("PUT", "/api/admin/teachers/ana",
         {{"advised_section", "Narra"}, {"sections_handled", json::array()}}, head);
  ASSERT_EQ(advised.status, 200) << advised.body;
  EXPECT_EQ(Body(advised).at("data").at("role_type"), "adviser");
  EXPECT_EQ(Body(advised).at("data").at("advised_section"), "Narra");
  EXPECT_EQ(Body(advised).at("data").at("name"), "Ana Reyes");
  EXPECT_EQ(Body(Ask("GET", "/api/students", {}, ana)).at("count"), 1) << "at once";
  EXPECT_EQ(Do("PUT", "/api/admin/teachers/ana", {{"role_type", "king"}}, head).status, 400);
  EXPECT_EQ(Do("PUT", "/api/admin/teachers/nobody", {{"name", "x"}}, head).status, 404);
  EXPECT_EQ(Ask("DELETE", "/api/admin/teachers/ana", {}, head).status, 200);
  EXPECT_EQ(Me(ana), 401);
  EXPECT_EQ(Ask("GET", "/api/admin/teachers", {}, Adviser()).status, 403);
}

TEST_F(AccountsTest, TheLastAdministratorStays) {
  const http::Headers head = Head();
  EXPECT_EQ(Ask("DELETE", "/api/admin/teachers/head", {}, head).status, 409);
  EXPECT_EQ(Do("PUT", "/api/admin/teachers/head", {{"role_type", "teacher"}}, head).status, 409);
  ASSERT_EQ(
      Do("POST", "/api/admin/teachers",
         {{"username", "second"}, {"password", "correct horse 2"}, {"role_type", "admin"}}, head)
          .status,
      201);
  EXPECT_EQ(Ask("DELETE", "/api/admin/teachers/head", {}, head).status, 200);
}

TEST_F(AccountsTest, AForgottenPasswordIsReplacedByOneThatIsToldOnceAndIsToBeChanged) {
  const http::Headers head = Head();
  const http::Headers adviser = Adviser();
  const http::Response reset = Do("POST", "/api/admin/teachers/adviser/reset-password", {}, head);
  ASSERT_EQ(reset.status, 200) << reset.body;
  EXPECT_EQ(Body(reset).at("forceChange"), true);
  const std::string password(Body(reset).at("password").as_string());
  EXPECT_EQ(Me(adviser), 401) << "all sessions are ended";
  const http::Response signed_in = TrySignIn("adviser", password);
  ASSERT_EQ(signed_in.status, 200);
  EXPECT_EQ(Body(signed_in).at("user").at("forcePasswordChange"), true);
  const http::Headers due = SessionIn(signed_in);
  EXPECT_EQ(Me(due), 200);
  const http::Response refused = Ask("GET", "/api/students", {}, due);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(Body(refused).at("forcePasswordChange"), true);
  EXPECT_EQ(Ask("GET", "/api/attendance", {}, due).status, 403);
  EXPECT_EQ(Ask("GET", "/photos/2026-11-23/a.jpg", {}, due).status, 403);
  EXPECT_EQ(Ask("GET", "/metrics", {}, due).status, 403);
  http::Request page;
  page.headers = due;
  EXPECT_EQ(api_->feed().Admit("/", page, {}), "unauthorised") << "nor does the live feed tell it";
  const http::Response changed =
      Do("POST", "/api/auth/change-password",
         {{"currentPassword", password}, {"newPassword", "a new long password"}},
         SessionIn(signed_in));
  ASSERT_EQ(changed.status, 200) << changed.body;
  EXPECT_EQ(
      Body(Ask("GET", "/api/auth/me", {}, SessionIn(changed))).at("user").at("forcePasswordChange"),
      false);
  EXPECT_EQ(
      Do("POST", "/api/admin/teachers/adviser/reset-password", {{"newPassword", "password"}}, head)
          .status,
      400);
  const std::string trail = Ask("GET", "/api/audit", {}, head).body;
  EXPECT_THAT(trail, HasSubstr("reset a password"));
  EXPECT_THAT(trail, Not(HasSubstr(password)));
}

TEST_F(AccountsTest, TheFirstAdministratorIsMadeOnceByWhoeverIsToldTheLink) {
  const auto make = [&](const std::string& token, const char* name, const char* password) {
    return Do("POST", "/api/auth/first-admin",
              {{"token", token}, {"username", name}, {"password", password}}, {})
        .status;
  };
  EXPECT_EQ(*api_->OfferFirstAdmin(), "") << "there is one";
  EXPECT_EQ(make("", "eve", "correct horse 2"), 401);
  ASSERT_TRUE(identity_->RemoveAccount("head"));
  const auto token = [&] {
    const std::string path = *api_->OfferFirstAdmin();
    EXPECT_EQ(path.substr(0, 7), "/setup#");
    return path.substr(7);
  };
  const std::string replaced = token();
  std::string good = token();
  EXPECT_EQ(make(replaced, "eve", "correct horse 2"), 401);
  EXPECT_EQ(make(good, "ana", "short"), 400) << "and the link stays good";
  EXPECT_EQ(make(good, "adviser", "correct horse 2"), 400) << "a name that is taken";
  EXPECT_EQ(make(good, "ana", "correct horse 2"), 201);
  EXPECT_EQ(make(good, "eve", "correct horse 2"), 401);
  EXPECT_EQ(Ask("GET", "/api/audit", {}, SignIn("ana", "correct horse 2")).status, 200);
  ASSERT_TRUE(identity_->RemoveAccount("ana"));
  good = token();
  clock_.Advance(std::chrono::minutes(61));
  EXPECT_EQ(make(good, "eve", "correct horse 2"), 401) << "too old";
}

TEST_F(AccountsTest, TwoAdministratorsWhoRemoveEachOtherAtTheSameTimeLeaveOne) {
  const http::Headers head = Head();
  const std::string hash = identity_->FindAccount("head")->value().password_hash;
  for (int round = 0; round < 6; ++round) {
    ASSERT_TRUE(identity_->AddAccount({"second", AccountRole::kAdmin, {}, hash}));
    const http::Headers second = SignIn("second", "correct horse");
    const http::Headers first = Head();
    std::barrier ready(2);
    const auto remove = [&](const std::string& whom, const http::Headers& who) {
      ready.arrive_and_wait();
      // Either asks to remove the other, or no longer to be an administrator.
      if (round % 2 == 0) {
        Ask("DELETE", "/api/admin/teachers/" + whom, {}, who);
      } else {
        Ask("PUT", "/api/admin/teachers/" + whom, R"({"role":"teacher"})", who);
      }
    };
    {
      const std::jthread one([&] { remove("second", first); });
      const std::jthread other([&] { remove("head", second); });
    }
    const auto accounts = identity_->Accounts();
    ASSERT_TRUE(accounts);
    EXPECT_EQ(std::count_if(accounts->begin(), accounts->end(),
                            [](const Account& each) { return each.role == AccountRole::kAdmin; }),
              1)
        << "round " << round;
    for (const char* const name : {"head", "second"}) (void)identity_->RemoveAccount(name);
    ASSERT_TRUE(identity_->AddAccount({"head", AccountRole::kAdmin, {}, hash}));
  }
}

}  // namespace
}  // namespace tamtap
