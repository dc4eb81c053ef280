// Staff of an existing installation sign in with their passwords.
#include "server/former_accounts.h"

#include <ctime>
#include <limits>

#include "server/former_password.h"
#include "server/server_fixture.h"

namespace tamtap {
namespace {

constexpr const char* kHash = "$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2";
constexpr const char* kPassword = "correct horse";

TEST(FormerPasswordTest, HashesOfAllKindsOfBcryptAreRead) {
  const auto fits = [](std::string_view hash, std::string_view password) {
    const auto result = FormerPasswordFits(hash, password);
    EXPECT_TRUE(result);
    return result.value_or(false);
  };
  EXPECT_TRUE(fits(kHash, kPassword));
  EXPECT_FALSE(fits(kHash, "wrong horse"));
  EXPECT_FALSE(fits(kHash, ""));
  EXPECT_FALSE(fits(kHash, std::string_view("correct horse\0", 14)));
  // As typed there, which its keyboard may have composed or not.
  EXPECT_TRUE(
      fits("$2a$04$ABCDEFGHIJKLMNOPQRSTUurHnWiEm4yX4jPXMzkiquekJr8Z8WeS.", "ma\u00F1ana 77"));
  EXPECT_TRUE(
      fits("$2a$04$ABCDEFGHIJKLMNOPQRSTUurHnWiEm4yX4jPXMzkiquekJr8Z8WeS.", "man\u0303ana 77"));
  EXPECT_TRUE(
      fits("$2y$04$......................AOksd1xhgDG7.bF4LVsIS8CyfYb5xp.", "man\u0303ana 77"));
  EXPECT_TRUE(fits("$2b$04$zzzzzzzzzzzzzzzzzzzzzuFsbk/mlCAzM/oWUhqNZPsQ0gyV.nRGC", "short"));
}

TEST(FormerPasswordTest, OtherTextIsNoHash) {
  EXPECT_TRUE(IsFormerHash(kHash));
  const std::string hash = kHash;
  for (const std::string& other :
       {std::string(), hash + "x", hash.substr(1), "$2x" + hash.substr(3),
        "$2b$31" + hash.substr(6), "$2b$14" + hash.substr(6), "$2b$03" + hash.substr(6),
        hash.substr(0, 59) + ":", std::string("correct horse")}) {
    EXPECT_FALSE(IsFormerHash(other)) << other;
    EXPECT_FALSE(*FormerPasswordFits(other, "correct horse")) << other;
  }
}

class FormerAccountsSignInTest : public ServerFixture {
 protected:
  void SetUp() override {
    ServerFixture::SetUp();
    const auto taken = identity_->Former().Take(
        {"cruz", AccountRole::kAdviser, {"Narra"}, kHash, "T. Cruz", "cruz@school.example", true});
    ASSERT_TRUE(taken && *taken == FormerOutcome::kAdded);
  }
  std::string HashOfCruz() { return (*identity_->FindAccount("cruz"))->password_hash; }
};

TEST_F(FormerAccountsSignInTest, TheFirstSignInTakesThePasswordOver) {
  const http::Headers first = SignIn("cruz", kPassword);
  EXPECT_TRUE(HashOfCruz().starts_with("$argon2id$"));
  const http::Headers second = SignIn("Cruz", kPassword);
  EXPECT_EQ(TrySignIn("cruz", "wrong horse").status, 401);
  for (const http::Headers& session : {first, second}) {
    const http::Response me = Ask("GET", "/api/auth/me", {}, session);
    EXPECT_EQ(me.status, 200);
  }
}

TEST_F(FormerAccountsSignInTest, TheAnswerSaysWhoTheyAreAsItDidThere) {
  const http::Response response = TrySignIn("cruz", kPassword);
  ASSERT_EQ(response.status, 200);
  const boost::json::value body = Body(response);
  const boost::json::value& user = body.at("user");
  EXPECT_EQ(user.at("name"), "T. Cruz");
  EXPECT_EQ(user.at("email"), "cruz@school.example");
  EXPECT_EQ(user.at("forcePasswordChange"), true);
}

TEST_F(FormerAccountsSignInTest, AWrongPasswordTakesNothingOver) {
  EXPECT_EQ(TrySignIn("cruz", "wrong horse").status, 401);
  EXPECT_EQ(TrySignIn("cruz", "").status, 401);
  EXPECT_EQ(TrySignIn("nobody", kPassword).status, 401) << "whose hash is compared with another's";
  EXPECT_EQ(TrySignIn("head", kHash).status, 401);
  EXPECT_EQ(HashOfCruz(), kHash);
}

TEST_F(FormerAccountsSignInTest, TheAddressMayBeGivenInPlaceOfTheName) {
  EXPECT_EQ(TrySignIn("cruz@school.example", kPassword).status, 200);
  EXPECT_EQ(TrySignIn("Cruz@School.example", kPassword).status, 200);
  EXPECT_EQ(TrySignIn("reyes@school.example", kPassword).status, 401);
}

TEST_F(FormerAccountsSignInTest, GuessesAreHeldUpAsThoseAtOtherAccounts) {
  const auto tries_until_held_up = [&](const std::string& name, const std::string& from) {
    remote_address_ = from;
    for (int tries = 1; tries < 100; ++tries) {
      if (TrySignIn(name, "wrong horse").status == 429) return tries;
    }
    return 0;
  };
  const int ours = tries_until_held_up("adviser", "192.168.1.20");
  EXPECT_GT(ours, 1);
  EXPECT_EQ(tries_until_held_up("cruz", "192.168.1.21"), ours);
  EXPECT_EQ(TrySignIn("cruz", kPassword).status, 429);
  EXPECT_EQ(HashOfCruz(), kHash);
}

TEST_F(FormerAccountsSignInTest, TheTimeOfAnAnswerTellsNothing) {
  const std::string dear = "$2b$12" + std::string(kHash).substr(6);
  ASSERT_TRUE(identity_->Former().Take({"dear", AccountRole::kTeacher, {}, dear}));
  int host = 30;
  const auto time = [&](const std::string& name) {
    std::clock_t shortest = std::numeric_limits<std::clock_t>::max();
    for (int i = 0; i < 3; ++i) {
      remote_address_ = "192.168.1." + std::to_string(host++);
      const std::clock_t start = std::clock();
      EXPECT_EQ(TrySignIn(name, "wrong horse").status, 401);
      shortest = std::min(shortest, std::clock() - start);
    }
    return static_cast<double>(shortest);
  };
  const double former = time("cruz");
  for (const char* const other : {"nobody", "head", "dear"}) {
    const double taken = time(other);
    EXPECT_GT(taken, former / 2) << other;
    EXPECT_LT(taken, former * 2) << other;
  }
}

}  // namespace
}  // namespace tamtap
