// What servers that share a store agree on, as two of them see it.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>
#include <thread>
#include <vector>

#include "base/test_directory.h"
#include "central/stores.h"
#include "server/do_alone.h"
#include "server/first_admin.h"
#include "server/requeue_requests.h"
#include "server/shared_sign_in_limits.h"
#include "sim/fake_clock.h"

namespace tamtap {
namespace {

using std::chrono::hours;
using std::chrono::seconds;

class SharedStateTest : public testing::Test {
 protected:
  TestDirectory directory_;
  std::unique_ptr<IdentityStore> identity_ = *central::OpenSqliteIdentity(directory_ / "server.db");
  sim::FakeClock clock_{WallTime(seconds(1'795'388'400))};
  SharedState& shared_ = identity_->Shared();
};

TEST_F(SharedStateTest, ALinkIsGoodAtEachServerAndOnce) {
  FirstAdmin one(*identity_, clock_, SystemRandom());
  FirstAdmin two(*identity_, clock_, SystemRandom());
  const std::string first = *one.Offer();
  const std::string second = *two.Offer();
  const auto weak = two.Use(first, "head", "short");
  ASSERT_FALSE(weak);
  EXPECT_EQ(weak.error().code, ErrorCode::kRejected) << "the token stays good";
  ASSERT_TRUE(two.Use(first, "head", "correct horse"));
  for (FirstAdmin* const server : {&one, &two}) {
    for (const std::string& token : {first, second}) {
      const auto again = server->Use(token, "other", "battery staple");
      ASSERT_FALSE(again);
      EXPECT_EQ(again.error().code, ErrorCode::kDenied);
    }
    EXPECT_EQ(*server->Offer(), "");
  }
  EXPECT_EQ(identity_->Accounts()->size(), 1u);
}

TEST_F(SharedStateTest, ALinkIsGoodForAnHourAndUntilItsServerOffersAnother) {
  FirstAdmin one(*identity_, clock_, SystemRandom());
  const std::string old = *one.Offer();
  const std::string newer = *one.Offer();
  EXPECT_FALSE(one.Use(old, "head", "correct horse"));
  clock_.Advance(hours(1));
  EXPECT_FALSE(one.Use(newer, "head", "correct horse"));
  EXPECT_TRUE(one.Use(*one.Offer(), "head", "correct horse"));
}

TEST_F(SharedStateTest, AServerThatWasKilledUnderAWrongClockKeepsNobodyFromWorkForLong) {
  int done = 0;
  const auto work = [&]() -> Result<> {
    ++done;
    return {};
  };
  const auto left = [&](const char* name, seconds ahead) {
    const WallTime until = clock_.Now() + ahead + seconds(30);
    const std::string note = std::to_string(until.time_since_epoch().count()) + " somebody";
    ASSERT_TRUE(*shared_.Exchange(name, std::nullopt, note, until));
  };
  left("a", seconds(0));
  left("b", hours(24 * 365));
  EXPECT_FALSE(*DoAlone("a", shared_, clock_, SystemRandom(), work)) << "it may be at it";
  EXPECT_TRUE(*DoAlone("b", shared_, clock_, SystemRandom(), work));
  clock_.Advance(seconds(30));
  EXPECT_TRUE(*DoAlone("a", shared_, clock_, SystemRandom(), work));
  EXPECT_EQ(done, 2);
}

TEST_F(SharedStateTest, WhatStaffAskOfAGateAtOneServerTheOtherTellsIt) {
  RequeueRequests one(shared_, clock_);
  RequeueRequests two(shared_, clock_);
  EXPECT_FALSE(one.OnStatus("gate-1"));
  ASSERT_TRUE(one.Ask("gate-1", {"a"}));
  ASSERT_TRUE(two.Ask("gate-1", {"b"}));
  EXPECT_TRUE(two.AskedOf("gate-1")("a"));
  EXPECT_FALSE(two.AskedOf("gate-1")("c"));
  EXPECT_EQ(two.OnStatus("gate-1"), boost::json::parse(R"(["a","b"])"));
  EXPECT_TRUE(one.AskedOf("gate-1")("a")) << "it was told, and has not answered";
  EXPECT_FALSE(one.OnStatus("gate-1"));
  EXPECT_FALSE(one.AskedOf("gate-1")("a"));
  ASSERT_TRUE(one.Ask("gate-1", {}));
  EXPECT_TRUE(two.AskedOf("gate-1")("whichever"));
  EXPECT_EQ(two.OnStatus("gate-1"), boost::json::value("all"));
}

class SharedSignInLimitsTest : public SharedStateTest {
 protected:
  SharedSignInLimitsTest() {
    for (int i = 0; i < 2; ++i) {
      servers_.push_back(std::make_unique<SharedSignInLimits>(shared_, clock_, SystemRandom()));
    }
  }
  seconds Attempt(size_t server, const SignInLimits::Who& who) {
    const auto wait = servers_[server % 2]->Attempt(who);
    EXPECT_TRUE(wait);
    return wait.value_or(seconds(-1));
  }

  const SignInLimits::Who ana_{"192.0.2.1", "Ana", true, ""};
  std::vector<std::unique_ptr<SharedSignInLimits>> servers_;
};

TEST_F(SharedSignInLimitsTest, GuessesAtAllServersCountTogetherInAnySpelling) {
  SignInLimits::Who spelt = ana_;
  for (size_t i = 0; i < SignInLimits::kFreeOfPair; ++i) {
    spelt.account = i % 2 == 0 ? "ANA" : "ana";
    EXPECT_EQ(Attempt(i, spelt), seconds(0)) << i;
  }
  for (size_t server = 0; server < 2; ++server) EXPECT_EQ(Attempt(server, ana_), seconds(30));
  clock_.Advance(seconds(30));
  EXPECT_EQ(Attempt(0, ana_), seconds(0));
  EXPECT_EQ(Attempt(1, ana_), seconds(60)) << "it doubles";
  clock_.Advance(SignInLimits::kForgottenAfter);
  EXPECT_EQ(Attempt(1, ana_), seconds(0));
}

TEST_F(SharedSignInLimitsTest, WhoHasSignedInBeforeIsCountedAloneAndWhoWasRightIsForgiven) {
  for (uint32_t i = 0; i < SignInLimits::kFreeOfPair; ++i) Attempt(i, ana_);
  SignInLimits::Who owner = ana_;
  owner.device = "device";
  EXPECT_EQ(Attempt(0, owner), seconds(0));
  servers_[1]->Forgive(owner);
  EXPECT_EQ(Attempt(0, ana_), seconds(30)) << "a stranger there waits all the same";
  SignInLimits::Who ben = ana_;
  ben.account = "ben";
  for (uint32_t i = 0; i < SignInLimits::kFreeOfPair - 1; ++i) Attempt(i, ben);
  EXPECT_EQ(Attempt(0, ben), seconds(0));
  servers_[0]->Forgive(ben);
  for (uint32_t i = 0; i < SignInLimits::kFreeOfPair; ++i) EXPECT_EQ(Attempt(i, ben), seconds(0));
}

TEST_F(SharedSignInLimitsTest, AnAttemptOfWhichNothingIsKnownDoesNotCount) {
  for (uint32_t i = 0; i < 3 * SignInLimits::kFreeOfPair; ++i) {
    EXPECT_EQ(Attempt(i, ana_), seconds(0));
    servers_[i % 2]->Undo(ana_);
  }
}

TEST_F(SharedSignInLimitsTest, AttemptsAtOnceDoNotSlipThroughTogether) {
  for (uint32_t i = 0; i < SignInLimits::kFreeOfPair - 2; ++i) Attempt(i, ana_);
  std::atomic<int> tried = 0;
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        if (Attempt(i, ana_) == seconds(0)) ++tried;
      });
    }
  }
  EXPECT_EQ(tried, 2);
}

TEST_F(SharedSignInLimitsTest, WhatIsNoAccountIsCountedToo) {
  SignInLimits::Who nobody{"192.0.2.1", "nobody", false, ""};
  for (uint32_t i = 0; i < SignInLimits::kFreeOfPair; ++i) {
    EXPECT_EQ(Attempt(i, nobody), seconds(0));
  }
  EXPECT_EQ(Attempt(0, nobody), seconds(30));
}

}  // namespace
}  // namespace tamtap
