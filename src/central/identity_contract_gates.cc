// Gates: their tokens, secrets, names and reports.
#include "central/identity_contract.h"

#include <atomic>
#include <thread>
#include <vector>

namespace tamtap::central {
namespace {

TEST_P(IdentityContract, ATokenIsExchangedOnceAndInTime) {
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token", kIdentityNow + kAnHour));
  EXPECT_EQ(ExchangeFails("wrong"), ErrorCode::kDenied);
  EXPECT_EQ(ExchangeFails(""), ErrorCode::kDenied);
  EXPECT_EQ(ExchangeFails("token", kIdentityNow + kAnHour), ErrorCode::kDenied);
  EXPECT_FALSE(LetsIn(""));
  const auto enrolled = store_->ExchangeToken("token", kIdentityNow, "secret", "");
  ASSERT_TRUE(enrolled);
  EXPECT_EQ(*enrolled, "gate-1");
  EXPECT_TRUE(LetsIn("secret"));
  EXPECT_EQ(ExchangeFails("token"), ErrorCode::kDenied);
}

TEST_P(IdentityContract, ATokenThatManyTryAtOnceLetsOneIn) {
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token", kIdentityNow + kAnHour));
  std::atomic<int> enrolled = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        const auto other = harness_->Open();
        if (other->ExchangeToken("token", kIdentityNow, "secret-" + std::to_string(i), ""))
          ++enrolled;
      });
    }
  }
  EXPECT_EQ(enrolled, 1);
}

TEST_P(IdentityContract, ANewTokenLeavesTheOldSecretUntilItIsUsed) {
  Enrol("gate-1", "token-1", "secret-1");
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-2", kIdentityNow + kAnHour));
  EXPECT_TRUE(LetsIn("secret-1"));
  ASSERT_TRUE(store_->ExchangeToken("token-2", kIdentityNow, "secret-2", ""));
  EXPECT_FALSE(LetsIn("secret-1"));
  EXPECT_TRUE(LetsIn("secret-2"));
}

TEST_P(IdentityContract, ARevokedTerminalStaysOutUntilANewTokenIsUsed) {
  Enrol("gate-1", "token-1", "secret-1");
  Enrol("gate-2", "token-2", "secret-2");
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-3", kIdentityNow + kAnHour));
  ASSERT_TRUE(store_->RevokeTerminal("gate-1"));
  EXPECT_FALSE(LetsIn("secret-1"));
  EXPECT_TRUE(LetsIn("secret-2"));
  EXPECT_EQ(ExchangeFails("token-3"), ErrorCode::kDenied) << "it was out when it was revoked";
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-4", kIdentityNow + kAnHour));
  EXPECT_FALSE(LetsIn("secret-1"));
  ASSERT_TRUE(store_->ExchangeToken("token-4", kIdentityNow, "secret-4", ""));
  EXPECT_TRUE(LetsIn("secret-4"));
  EXPECT_FALSE(LetsIn("secret-1"));
  const auto none = store_->RevokeTerminal("gate-9");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kRejected);
}

TEST_P(IdentityContract, TerminalsAreListedWithWhatTheyLastSaid) {
  Enrol("gate-1", "token-1", "secret-1");
  ASSERT_TRUE(store_->AddTerminal("gate-2", "token-2", kIdentityNow + kAnHour));
  const std::vector<TerminalNote> notes = {{"gate-1", kIdentityNow, R"({"pending":3})"},
                                           {"gate-1", kIdentityNow + kAnHour, ""},
                                           {"gate-9", kIdentityNow, "{}"}};
  ASSERT_TRUE(store_->NoteTerminals(notes));
  const auto terminals = store_->Terminals();
  ASSERT_TRUE(terminals);
  ASSERT_EQ(terminals->size(), 2u);
  EXPECT_EQ((*terminals)[0].name, "gate-1");
  EXPECT_EQ((*terminals)[0].last_seen, kIdentityNow + kAnHour);
  EXPECT_EQ((*terminals)[0].status_json, R"({"pending":3})");
  EXPECT_EQ((*terminals)[0].secret_hash, "secret-1");
  EXPECT_EQ((*terminals)[1].token_hash, "token-2");
  EXPECT_EQ((*terminals)[1].token_expires, kIdentityNow + kAnHour);
  EXPECT_EQ((*terminals)[1].last_seen, WallTime{});
}

TEST_P(IdentityContract, WhatStaffCallATerminalIsKeptBesideItsNameAndChangesNothingElse) {
  Enrol("gate-1", "token-1", "secret-1");
  EXPECT_EQ(store_->Terminals()->front().label, "");
  ASSERT_TRUE(store_->LabelTerminal("gate-1", "Niño’s gate, <north>"));
  ASSERT_TRUE(store_->LabelTerminal("gate-1", "Niño’s gate, <north>")) << "twice is once";
  const auto other = harness_->Open();
  EXPECT_EQ(other->Terminals()->front().label, "Niño’s gate, <north>");
  EXPECT_EQ((*other->FindTerminalBySecret("secret-1"))->name, "gate-1");
  const auto none = store_->LabelTerminal("gate-9", "x");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kRejected);
  EXPECT_EQ(store_->Terminals()->size(), 1u);
  // It outlives what happens to the gate.
  ASSERT_TRUE(store_->NoteTerminals(std::vector<TerminalNote>{{"gate-1", kIdentityNow, "{}"}}));
  ASSERT_TRUE(store_->RevokeTerminal("gate-1"));
  Enrol("gate-1", "token-2", "secret-2");
  EXPECT_EQ(store_->Terminals()->front().label, "Niño’s gate, <north>");
  ASSERT_TRUE(store_->LabelTerminal("gate-1", ""));
  EXPECT_EQ(other->Terminals()->front().label, "");
}

TEST_P(IdentityContract, ATerminalThatGetsAnotherNameEndsTheFormerOneAndBringsItsTaps) {
  const auto enrol = [&](const char* name, const char* secret, const char* former) {
    ASSERT_TRUE(store_->AddTerminal(name, "token", kIdentityNow + std::chrono::hours(1)));
    ASSERT_TRUE(store_->ExchangeToken("token", kIdentityNow, secret, former));
  };
  enrol("gate-1", "secret-1", "");
  enrol("gate-2", "secret-2", "");
  // Nobody may bring another terminal's taps.
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kIdentityNow), FormerName::kOthers);
  // Who has its secret is that terminal.
  enrol("gate-3", "secret-3", "secret-1");
  EXPECT_FALSE(*store_->FindTerminalBySecret("secret-1"));
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-3", kIdentityNow), FormerName::kKnown);
  // That stays so when another machine gets the former name.
  enrol("gate-1", "secret-4", "");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-3", kIdentityNow), FormerName::kKnown);
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kIdentityNow), FormerName::kOthers);
}

TEST_P(IdentityContract, ANameThatIsNobodysIsTakenByWhoBringsItsTaps) {
  EXPECT_EQ(*store_->TakeFormerName("elsewhere", "gate-2", kIdentityNow), FormerName::kTaken);
  EXPECT_EQ(*store_->TakeFormerName("elsewhere", "gate-2", kIdentityNow), FormerName::kKnown);
  ASSERT_TRUE(store_->AddTerminal("waiting", "token-w", kIdentityNow + std::chrono::hours(1)));
  EXPECT_EQ(*store_->TakeFormerName("waiting", "gate-2", kIdentityNow), FormerName::kTaken);
  ASSERT_TRUE(store_->AddTerminal("gone", "token-g", kIdentityNow + std::chrono::hours(1)));
  ASSERT_TRUE(store_->ExchangeToken("token-g", kIdentityNow, "secret-g", ""));
  ASSERT_TRUE(store_->RevokeTerminal("gone"));
  EXPECT_EQ(*store_->TakeFormerName("gone", "gate-2", kIdentityNow), FormerName::kTaken);
}

// Who only says that a name was theirs must not speak for the gate that gets it afterwards.

TEST_P(IdentityContract, ANameThatWasTakenByWordAloneIsGivenUpToTheGateThatIsEnrolledByIt) {
  const auto enrol = [&](const char* name, const char* secret) {
    ASSERT_TRUE(store_->AddTerminal(name, "token", kIdentityNow + std::chrono::hours(1)));
    ASSERT_TRUE(store_->ExchangeToken("token", kIdentityNow, secret, ""));
  };
  enrol("gate-2", "secret-2");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kIdentityNow), FormerName::kTaken);
  enrol("gate-1", "secret-1");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kIdentityNow), FormerName::kOthers);
  // Also while it is revoked for a while, and enrolled anew.
  ASSERT_TRUE(store_->RevokeTerminal("gate-1"));
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kIdentityNow), FormerName::kKnown);
  enrol("gate-1", "secret-3");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kIdentityNow), FormerName::kOthers);
  // What it brought while nobody had the name is still found, to be voided.
  EXPECT_EQ(*store_->Trust().FormerNamesOf("gate-2"), std::vector<std::string>{"gate-1"});
}

TEST_P(IdentityContract, EnrollingUnderTheSameNameAgainEndsNothing) {
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token", kIdentityNow + std::chrono::hours(1)));
  ASSERT_TRUE(store_->ExchangeToken("token", kIdentityNow, "secret-1", ""));
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-2", kIdentityNow + std::chrono::hours(1)));
  ASSERT_TRUE(store_->ExchangeToken("token-2", kIdentityNow, "secret-2", "secret-1"));
  EXPECT_TRUE(*store_->FindTerminalBySecret("secret-2"));
}

}  // namespace
}  // namespace tamtap::central
