// Sign-in, sessions, and what keeps others from using or guessing them.
#include <sodium.h>
#include <sys/resource.h>

#include <array>
#include <ctime>
#include <fstream>
#include <limits>

#include "server/credentials.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

namespace json = boost::json;
using std::chrono::seconds;
using ::testing::HasSubstr;
using ::testing::Not;

class SignInTest : public ServerFixture {};

TEST_F(SignInTest, WrongNamesAndWrongPasswordsSoundTheSame) {
  const http::Response password = TrySignIn("head", "wrong horse");
  EXPECT_EQ(password.status, 401);
  EXPECT_EQ(password.Header("Set-Cookie"), "");
  const std::string long_name(1000, 'n');
  const std::string long_password(100'000, 'p');
  for (const auto& [name, given] : std::vector<std::pair<std::string, std::string>>{
           {"nobody", "correct horse"}, {"", ""}, {long_name, "x"}, {"head", long_password}}) {
    const http::Response response = TrySignIn(name, given);
    EXPECT_EQ(response.status, 401);
    EXPECT_EQ(response.body, password.body);
  }
}

TEST_F(SignInTest, AnUnknownNameTakesAsLongAsAWrongPassword) {
  // Of all threads of this process, on processors: a busy machine changes it little.
  const auto time = [&](const std::string& name) {
    std::clock_t shortest = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < 3; ++i) {
      const std::clock_t start = std::clock();
      EXPECT_EQ(TrySignIn(name, "wrong horse").status, 401);
      shortest = std::min(shortest, std::clock() - start);
    }
    return shortest;
  };
  // Without a hash to compute it would take a hundredth.
  EXPECT_GT(time("nobody"), time("head") / 3);
}

TEST_F(SignInTest, ANameAndAPasswordAreTheSameInAnySpellingOfTheirLetters) {
  ASSERT_TRUE(AddAccount(*identity_, "Begon\u0303a", AccountRole::kTeacher,
                         {"Narra", " Pen\u0303a\u00A0", ""}, "ma\u00F1ana 77"));
  EXPECT_EQ(TrySignIn("Bego\u00F1a", "man\u0303ana 77").status, 200);
  EXPECT_EQ(TrySignIn("Begon\u0303a", "ma\u00F1ana 77").status, 200);
  EXPECT_EQ(TrySignIn("Begona", "manana 77").status, 401);
  ASSERT_TRUE(AddAccount(*identity_, "Ana", AccountRole::kTeacher, {}, "man\u0303ana 77"));
  EXPECT_EQ(TrySignIn("Ana", "ma\u00F1ana 77").status, 200);
  const auto account = FindAccount(*identity_, "Begon\u0303a");
  ASSERT_TRUE(account && *account);
  EXPECT_EQ((*account)->sections, (std::vector<std::string>{"Narra", "Peña"}));
  ASSERT_TRUE(ChangePassword(*identity_, "Begon\u0303a", "otra vez 77"));
  EXPECT_EQ(TrySignIn("Bego\u00F1a", "otra vez 77").status, 200);
}

TEST_F(SignInTest, APasswordIsAsLongInEachSpellingOfItsLetters) {
  const auto repeated = [](const std::string& letter, size_t times) {
    std::string text;
    for (size_t i = 0; i < times; ++i) text += letter;
    return text;
  };
  for (const std::string letter : {"\u00F1", "n\u0303"}) {
    EXPECT_FALSE(AddAccount(*identity_, "short", AccountRole::kTeacher, {}, repeated(letter, 7)));
    EXPECT_FALSE(AddAccount(*identity_, "long", AccountRole::kTeacher, {}, repeated(letter, 1025)));
  }
  ASSERT_TRUE(AddAccount(*identity_, "fits", AccountRole::kTeacher, {}, repeated("n\u0303", 1024)));
  EXPECT_EQ(TrySignIn("fits", repeated("\u00F1", 1024)).status, 200);
  EXPECT_EQ(TrySignIn("fits", repeated("n\u0303", 1024)).status, 200);
}

TEST_F(SignInTest, ASignInThatIsNotUtf8IsRefusedWithASentence) {
  const http::Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  for (const http::Response& refused :
       {Ask("POST", "/api/auth/login", "username=head&password=correct+h%F1rse", form),
        Ask("POST", "/api/auth/login", "username=h%F1ad&password=correct+horse", form),
        Ask("POST", "/api/auth/login", "{\"username\":\"head\",\"password\":\"h\xF1rse\"}")}) {
    EXPECT_EQ(refused.status, 400);
    EXPECT_EQ(Body(refused).at("error"), "the name and the password must be UTF-8");
  }
}

TEST_F(SignInTest, AccountsOfEarlierVersionsKeepTheSpellingTheyWereMadeWith) {
  // Hashed as it was typed, which HashPassword no longer does.
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  const std::string typed = "man\u0303ana 77";
  ASSERT_EQ(
      crypto_pwhash_str(hash.data(), typed.data(), typed.size(), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                        crypto_pwhash_MEMLIMIT_INTERACTIVE),
      0);
  ASSERT_TRUE(identity_->AddAccount({"Begon\u0303a", AccountRole::kTeacher, {}, hash.data()}));
  EXPECT_EQ(TrySignIn("Begon\u0303a", typed).status, 200);
}

TEST_F(SignInTest, WhatIsNotUtf8IsRefusedForAnAccount) {
  EXPECT_FALSE(AddAccount(*identity_,
                          "Pe\xF1"
                          "a",
                          AccountRole::kTeacher, {}, "correct horse"));
  EXPECT_FALSE(AddAccount(*identity_, "pena", AccountRole::kTeacher, {}, "correct h\xF1rse"));
  EXPECT_FALSE(AddAccount(*identity_, "pena", AccountRole::kTeacher,
                          {"Pe\xF1"
                           "a"},
                          "correct horse"));
}

TEST_F(SignInTest, FormsAndEmailFieldsWorkToo) {
  const http::Headers form = {{"Content-Type", "application/x-www-form-urlencoded"}};
  EXPECT_EQ(Ask("POST", "/api/auth/login", "username=head&password=correct+horse", form).status,
            200);
  EXPECT_EQ(Ask("POST", "/api/auth/login", "username=head&password=correct%20horse", form).status,
            200);
  const http::Response email =
      Ask("POST", "/api/auth/login", R"({"email":"adviser","password":"battery staple"})");
  ASSERT_EQ(email.status, 200);
  EXPECT_EQ(Body(email).at("user"),
            json::parse(R"({"username":"adviser","name":"adviser","email":"","role":"teacher",
                            "role_type":"adviser","advised_section":"Narra",
                            "sections_handled":["Narra"],"forcePasswordChange":false})"));
  for (const char* body : {"", "null", "[]", R"({"username":7,"password":{}})", "username=head"}) {
    EXPECT_EQ(Ask("POST", "/api/auth/login", body).status, 401) << body;
  }
}

// Whether it is Secure is the front door's: front_door_test.cc.
TEST_F(SignInTest, NoPageReadsTheCookieAndNoOtherSiteSendsIt) {
  EXPECT_THAT(std::string(TrySignIn("head", "correct horse").Header("Set-Cookie")),
              testing::AllOf(HasSubstr("tamtap_session="), HasSubstr("Path=/"),
                             HasSubstr("HttpOnly"), HasSubstr("SameSite=Strict")));
}

TEST_F(SignInTest, ASignInRotatesTheSession) {
  const http::Headers first = Head();
  const http::Response again =
      Ask("POST", "/api/auth/login", R"({"username":"head","password":"correct horse"})", first);
  EXPECT_EQ(again.status, 200);
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, first).status, 401);
  // A session id that someone else chose is never taken over.
  const http::Response planted =
      Ask("POST", "/api/auth/login", R"({"username":"head","password":"correct horse"})",
          {{"Cookie", "tamtap_session=" + std::string(64, '0')}});
  EXPECT_THAT(std::string(planted.Header("Set-Cookie")), Not(HasSubstr(std::string(64, '0'))));
}

TEST_F(SignInTest, SessionsEndWhenIdleAndAfterAWeekAndWithTheirAccount) {
  http::Headers session = Head();
  for (int i = 0; i < 14; ++i) {
    clock_.Advance(std::chrono::hours(11));
    EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 200) << i;
  }
  clock_.Advance(std::chrono::hours(11));  // 165 hours
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 200);
  clock_.Advance(std::chrono::hours(4));  // past a week
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
  session = Adviser();
  ASSERT_TRUE(identity_->RemoveAccount("adviser"));
  EXPECT_EQ(Ask("GET", "/api/auth/me", {}, session).status, 401);
}

TEST_F(SignInTest, OnlyHashesOfSecretsAreStored) {
  const http::Headers session = Head();
  const std::string id = session[0].second.substr(session[0].second.find('=') + 1);
  EXPECT_GE(id.size(), 32u) << "128 bits in hexadecimal";
  const auto by_id = identity_->FindSession(id);
  ASSERT_TRUE(by_id);
  EXPECT_FALSE(by_id->has_value());
  EXPECT_TRUE(identity_->FindSession(HashSecret(id))->has_value());
  const auto account = identity_->FindAccount("head");
  EXPECT_THAT((*account)->password_hash, testing::StartsWith("$argon2id$"));
}

TEST_F(SignInTest, FailuresOfAClientAtAnAccountMakeItWaitLongerAndLonger) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(TrySignIn("head", "wrong").status, 401);
  const http::Response closed = TrySignIn("head", "correct horse");
  EXPECT_EQ(closed.status, 429);
  EXPECT_EQ(closed.Header("Retry-After"), "30");
  EXPECT_EQ(TrySignIn("HEAD", "correct horse").status, 429) << "the same account in any case";
  EXPECT_EQ(TrySignIn("adviser", "battery staple").status, 200) << "others are not kept out";
  remote_address_ = "192.168.1.8";
  EXPECT_EQ(TrySignIn("head", "correct horse").status, 200) << "nor they from elsewhere";
  remote_address_ = "192.168.1.7";
  clock_.Advance(seconds(30));
  EXPECT_EQ(TrySignIn("head", "wrong").status, 401);
  EXPECT_EQ(TrySignIn("head", "correct horse").Header("Retry-After"), "60");
  clock_.Advance(seconds(60));
  EXPECT_EQ(TrySignIn("head", "correct horse").status, 200);
}

// What the device of a sign-in sends along from then on.
http::Headers DeviceOf(const http::Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (name == "Set-Cookie" && value.starts_with(kDeviceCookie)) {
      EXPECT_THAT(value, HasSubstr("; HttpOnly; SameSite=Strict; Max-Age="));
      return {{"Cookie", value.substr(0, value.find(';'))}};
    }
  }
  ADD_FAILURE() << "no device cookie";
  return {};
}

TEST_F(SignInTest, AStrangerCanNotLockOutWhoHasSignedInHereBefore) {
  const auto sign_in = [&](const std::string& password, const http::Headers& headers) {
    return Ask("POST", "/api/auth/login", R"({"username":"head","password":")" + password + R"("})",
               headers);
  };
  const http::Headers device = DeviceOf(sign_in("correct horse", {}));
  const http::Headers advisers = DeviceOf(TrySignIn("adviser", "battery staple"));
  // From many addresses, the owner's own among them: until nobody new may try.
  for (int i = 0; i < 100; ++i) {
    remote_address_ = "192.168.1." + std::to_string(1 + i % 60);
    sign_in("wrong horse", {});
  }
  remote_address_ = "192.168.1.7";
  EXPECT_EQ(sign_in("correct horse", {}).status, 429);
  EXPECT_EQ(sign_in("correct horse", advisers).status, 429) << "a device is an account's own";
  EXPECT_EQ(sign_in("correct horse", {{"Cookie", "tamtap_device=" + std::string(64, '0')}}).status,
            429);
  const http::Response owner = sign_in("correct horse", device);
  ASSERT_EQ(owner.status, 200);
  EXPECT_EQ(DeviceOf(owner), device) << "a device stays the same one";
  // A device that was stolen is no way to guess on.
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sign_in("wrong horse", device).status, 401);
  EXPECT_EQ(sign_in("correct horse", device).status, 429);
  clock_.Advance(seconds(30));
  EXPECT_EQ(sign_in("correct horse", device).status, 200);
}

TEST_F(SignInTest, ClientsBehindAProxyOnThisMachineAreToldApart) {
  remote_address_ = "127.0.0.1";
  const auto sign_in = [&](const std::string& name, const std::string& password,
                           const std::string& client) {
    return Ask("POST", "/api/auth/login",
               json::serialize(json::object{{"username", name}, {"password", password}}),
               {{"X-Forwarded-For", client}})
        .status;
  };
  for (int i = 0; i < 12; ++i) sign_in("head", "wrong horse", "10.0.0.66");
  EXPECT_EQ(sign_in("head", "correct horse", "10.0.0.66"), 429);
  EXPECT_EQ(sign_in("head", "correct horse", "10.0.0.7"), 200);
  // Nobody else is believed in that header.
  remote_address_ = "10.0.0.66";
  for (int i = 0; i < 12; ++i) sign_in("adviser", "wrong", "10.0.1." + std::to_string(i));
  EXPECT_EQ(sign_in("adviser", "battery staple", "10.0.2.1"), 429);
}

TEST_F(SignInTest, NeighboursAtOneAddressDoNotUseUpTheAttemptsOfAKnownDevice) {
  const http::Headers device = DeviceOf(TrySignIn("head", "correct horse"));
  const auto refused = [&](const http::Headers& headers) {
    return api_->OnHead(MakeRequest("POST", "/api/auth/login", {}, headers)).refusal.has_value();
  };
  for (int i = 0; i < 1'000 && !refused({}); ++i) continue;
  EXPECT_TRUE(refused({}));
  EXPECT_TRUE(refused({{"Cookie", "tamtap_device=" + std::string(64, '0')}}));
  EXPECT_FALSE(refused(device));
}

TEST_F(SignInTest, ADeviceOfSeveralPeopleIsKnownToEachOfThem) {
  const http::Headers device = DeviceOf(TrySignIn("head", "correct horse"));
  const http::Response second = Ask(
      "POST", "/api/auth/login", R"({"username":"adviser","password":"battery staple"})", device);
  EXPECT_EQ(DeviceOf(second), device);
  const std::string secret = device[0].second.substr(kDeviceCookie.size() + 1);
  for (const char* name : {"head", "adviser"}) {
    EXPECT_TRUE(*identity_->KnowsDevice(HashSecret(secret), name)) << name;
  }
  EXPECT_FALSE(*identity_->KnowsDevice(secret, {})) << "only hashes are stored";
  // What somebody else chose is never taken over.
  const http::Response planted =
      Ask("POST", "/api/auth/login", R"({"username":"head","password":"correct horse"})",
          {{"Cookie", "tamtap_device=" + std::string(64, '0')}});
  EXPECT_NE(DeviceOf(planted)[0].second, "tamtap_device=" + std::string(64, '0'));
}

// While it lives this process gets hardly any more memory, and no 64 MiB for a password.
class TooLittleMemory {
 public:
  TooLittleMemory() {
    getrlimit(RLIMIT_AS, &before_);
    uint64_t pages = 0;
    std::ifstream("/proc/self/statm") >> pages;
    rlimit tight = before_;
    tight.rlim_cur = pages * static_cast<uint64_t>(sysconf(_SC_PAGESIZE)) + (24 << 20);
    EXPECT_EQ(setrlimit(RLIMIT_AS, &tight), 0);
  }
  ~TooLittleMemory() { setrlimit(RLIMIT_AS, &before_); }

 private:
  rlimit before_{};
};

TEST_F(SignInTest, TooLittleMemoryIsNoWrongPasswordAndNoFailure) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "sanitizers reserve address space without end";
#endif
  EXPECT_EQ(TrySignIn("nobody", "wrong horse").status, 401);
  {
    const TooLittleMemory tight;
    for (int i = 0; i < 60; ++i) {
      const std::string name = i % 2 == 0 ? "head" : "nobody";
      const http::Response response = TrySignIn(name, "correct horse");
      ASSERT_EQ(response.status, 503) << i << " " << response.body;
      EXPECT_EQ(response.Header("Retry-After"), "2");
    }
    EXPECT_EQ(HashPassword("correct horse").error().code, ErrorCode::kRetry);
  }
  EXPECT_EQ(TrySignIn("head", "correct horse").status, 200) << "this client has failed nowhere";
}

TEST_F(SignInTest, SigningInRightIsNoFailure) {
  for (int i = 0; i < 12; ++i) ASSERT_EQ(TrySignIn("head", "correct horse").status, 200) << i;
}

// Whoever stole a password must not keep the account by changing it while it is reset.
TEST_F(SignInTest, WhoKnewOnlyTheOldPasswordDoesNotUndoAReset) {
  const auto seen = FindAccount(*identity_, "head");
  ASSERT_TRUE(seen && *seen);
  ASSERT_TRUE(ChangePassword(*identity_, "head", "reset by another 1"));
  const auto late = ChangeOwnPassword(*identity_, **seen, "mine for ever 22");
  ASSERT_TRUE(late);
  EXPECT_FALSE(*late);
  EXPECT_EQ(TrySignIn("head", "mine for ever 22").status, 401);
  EXPECT_EQ(TrySignIn("head", "reset by another 1").status, 200);
}

TEST_F(SignInTest, ForeignPagesNeitherChangeNorListen) {
  const http::Headers session = Head();
  const auto from = [&](std::string name, std::string value) {
    http::Headers headers = session;
    headers.emplace_back(std::move(name), std::move(value));
    return Ask("POST", "/api/auth/logout", {}, headers).status;
  };
  for (const char* origin :
       {"https://evil.example", "null", "http://gate.local", "http://gate.local:3000.evil.example",
        "http://evil.example/gate.local:3000", "gate.local:3000", "file://"}) {
    EXPECT_EQ(from("Origin", origin), 403) << origin;
  }
  EXPECT_EQ(from("Sec-Fetch-Site", "cross-site"), 403);
  EXPECT_EQ(from("Sec-Fetch-Site", "same-site"), 403);
  EXPECT_EQ(Ask("POST", "/api/auth/login", R"({"username":"head","password":"correct horse"})",
                {{"Origin", "https://evil.example"}})
                .status,
            403)
      << "signing someone in as oneself is a change, too";
  http::Request upgrade;
  upgrade.target = "/socket.io/?EIO=4&transport=websocket";
  upgrade.headers = {{"Host", "gate.local:3000"}, {"Origin", "https://evil.example"}};
  http::Response refusal;
  EXPECT_EQ(api_->OnUpgrade(upgrade, refusal), nullptr);
  EXPECT_EQ(refusal.status, 403);
  upgrade.target = "/elsewhere";
  EXPECT_EQ(api_->OnUpgrade(upgrade, refusal), nullptr);
  EXPECT_EQ(refusal.status, 404);
  EXPECT_EQ(from("Origin", "http://gate.local:3000"), 200);
  // Anybody on the way can be the page that comes without TLS.
  secure_ = true;
  EXPECT_EQ(from("Origin", "http://gate.local:3000"), 403);
  EXPECT_EQ(from("Origin", "https://gate.local:3000"), 401) << "ours, and signed out by now";
}

TEST_F(SignInTest, AProxysOriginIsOursWhenTheSettingsSaySo) {
  ApiOptions options;
  options.authenticator.allowed_origins = {"https://tamtap.school.example"};
  api_ = MakeApi(options);
  const std::string login = R"({"username":"head","password":"correct horse"})";
  EXPECT_EQ(
      Ask("POST", "/api/auth/login", login, {{"Origin", "https://tamtap.school.example"}}).status,
      200);
  EXPECT_EQ(
      Ask("POST", "/api/auth/login", login, {{"Origin", "http://tamtap.school.example"}}).status,
      403);
}

TEST_F(SignInTest, PasswordsAndNamesAreCheckedWithClearWords) {
  const auto add = [&](const std::string& name, const std::string& password) {
    const auto added = AddAccount(*identity_, name, AccountRole::kTeacher, {}, password);
    return added ? std::string() : added.error().Message();
  };
  EXPECT_THAT(add("new", "seven77"), HasSubstr("at least 8"));
  EXPECT_EQ(add("new", "eight888"), "");
  EXPECT_THAT(add("NEW", "eight888"), Not("")) << "a name is taken in any case";
  EXPECT_THAT(add("", "eight888"), HasSubstr("1 to 64"));
  EXPECT_THAT(add("two words", "eight888"), HasSubstr("without spaces"));
  EXPECT_THAT(add("long", std::string(1025, 'x')), HasSubstr("at most 1024"));
  for (const char* common : {"password", "12345678", "PassWord1", "iloveyou", "qwertyuiop"}) {
    EXPECT_THAT(add("guess", common), HasSubstr("10,000 most used")) << common;
  }
  EXPECT_THAT(add("Bego\u00F1a.Reyes", "BEGON\u0303A.reyes"), Not(HasSubstr("10,000")));
  EXPECT_THAT(add("ana.reyes", "Ana.Reyes"), HasSubstr("the account's name"));
  const auto changed = ChangePassword(*identity_, "adviser", "Iloveyou");
  ASSERT_FALSE(changed);
  EXPECT_EQ(changed.error().code, ErrorCode::kRejected);
  for (const char* name : {"", "two words", "import", "a.b", "../x"}) {
    EXPECT_FALSE(NewTerminalToken(*identity_, random_, clock_, name)) << name;
  }
}

}  // namespace
}  // namespace tamtap
