#include "server/sign_in_limits.h"

#include <gtest/gtest.h>

#include <string>

namespace tamtap {
namespace {

using std::chrono::seconds;

SignInLimits::Who Stranger(const std::string& client, const std::string& account,
                           bool exists = true) {
  return {client, account, exists, ""};
}

TEST(SignInLimits, SprayingOnePasswordOverAccountsEndsSoon) {
  SignInLimits limits;
  MonotonicTime now{seconds(1)};
  int attempts = 0;
  while (limits.Attempt(Stranger("client", std::to_string(attempts)), now) == seconds(0)) {
    ++attempts;
  }
  EXPECT_EQ(attempts, 50);
  EXPECT_EQ(limits.Attempt(Stranger("other", "0"), now), seconds(0));
}

TEST(SignInLimits, ManyClientsTogetherDoNotGuessOneAccountWhetherItExistsOrNot) {
  for (const bool exists : {true, false}) {
    SignInLimits limits;
    MonotonicTime now{seconds(1)};
    int attempts = 0;
    while (limits.Attempt(Stranger(std::to_string(attempts), "head", exists), now) == seconds(0)) {
      ++attempts;
    }
    EXPECT_EQ(attempts, 50);
  }
}

TEST(SignInLimits, TheWaitDoublesUpToAQuarterOfAnHourAndIsForgottenAtLast) {
  SignInLimits limits;
  MonotonicTime now{seconds(1)};
  const auto who = Stranger("client", "head");
  for (int i = 0; i < 10; ++i) EXPECT_EQ(limits.Attempt(who, now), seconds(0));
  for (const int wait : {30, 60, 120, 240, 480, 900, 900, 900}) {
    ASSERT_EQ(limits.Attempt(who, now), seconds(wait));
    now += seconds(wait - 1);
    ASSERT_EQ(limits.Attempt(who, now), seconds(1)) << "asking early costs nothing and gains none";
    now += seconds(1);
    ASSERT_EQ(limits.Attempt(who, now), seconds(0)) << wait;
  }
  now += std::chrono::hours(6);
  for (int i = 0; i < 10; ++i) EXPECT_EQ(limits.Attempt(who, now), seconds(0));
}

TEST(SignInLimits, WhoSignsInRightIsNeverKeptOut) {
  SignInLimits limits;
  const MonotonicTime now{seconds(1)};
  for (int i = 0; i < 1000; ++i) {
    const auto who = Stranger("school's proxy", std::to_string(i % 7));
    ASSERT_EQ(limits.Attempt(who, now), seconds(0)) << i;
    limits.Forgive(who);
  }
}

TEST(SignInLimits, OneRightGuessDoesNotForgiveFailuresAtOtherAccounts) {
  SignInLimits limits;
  const MonotonicTime now{seconds(1)};
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(limits.Attempt(Stranger("client", "head"), now), seconds(0));
  }
  EXPECT_EQ(limits.Attempt(Stranger("client", "own"), now), seconds(0));
  limits.Forgive(Stranger("client", "own"));
  EXPECT_GT(limits.Attempt(Stranger("client", "head"), now), seconds(0));
}

TEST(SignInLimits, WhatCouldNotBeCheckedDoesNotCount) {
  SignInLimits limits;
  const MonotonicTime now{seconds(1)};
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(limits.Attempt(Stranger("client", "head"), now), seconds(0)) << i;
    limits.Undo(Stranger("client", "head"));
  }
}

TEST(SignInLimits, AFloodFromAnywhereForgetsNeitherAnAccountUnderAttackNorItsAttacker) {
  SignInLimits limits;
  MonotonicTime now{seconds(1)};
  for (int i = 0; i < 50; ++i) limits.Attempt(Stranger(std::to_string(i), "head"), now);
  for (int i = 0; i < 10; ++i) limits.Attempt(Stranger("attacker", "adviser"), now);
  for (int i = 0; i < 200'000; ++i) {
    limits.Attempt(Stranger("c" + std::to_string(i), "a" + std::to_string(i), false), now);
  }
  EXPECT_GT(limits.Attempt(Stranger("new", "head"), now), seconds(0));
  EXPECT_GT(limits.Attempt(Stranger("attacker", "adviser"), now), seconds(0));
  // And who has signed in before does not notice.
  EXPECT_EQ(limits.Attempt({"new", "head", true, "device"}, now), seconds(0));
}

}  // namespace
}  // namespace tamtap
