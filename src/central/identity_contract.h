// The contract of a store of accounts, gates and what is known of them (server/identity_store.h),
// as tests that run against SQLite's and MongoDB's. A test links identity_contract*.cc and says
//   INSTANTIATE_TEST_SUITE_P(Sqlite, IdentityContract, testing::Values(MakeMyHarness));
#pragma once

#include <gtest/gtest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "server/identity_store.h"

namespace tamtap::central {

// An empty store, and ways to it.
class IdentityHarness {
 public:
  virtual ~IdentityHarness() = default;
  // As another process opens it; on MongoDB, another server.
  virtual std::unique_ptr<IdentityStore> Open() = 0;
};

using IdentityHarnessFactory = std::function<std::unique_ptr<IdentityHarness>()>;

inline constexpr WallTime kIdentityNow{std::chrono::seconds(1'795'388'400)};
inline constexpr std::chrono::hours kAnHour{1};

class IdentityContract : public testing::TestWithParam<IdentityHarnessFactory> {
 protected:
  void SetUp() override {
    harness_ = GetParam()();
    ASSERT_NE(harness_, nullptr);
    store_ = harness_->Open();
  }

  void AddAccount(const std::string& name) {
    const auto added = store_->AddAccount({name, AccountRole::kAdviser, {"Narra"}, "hash"});
    ASSERT_TRUE(added) << added.error().Message();
  }
  void Enrol(const std::string& name, const std::string& token, const std::string& secret) {
    ASSERT_TRUE(store_->AddTerminal(name, token, kIdentityNow + kAnHour));
    const auto enrolled = store_->ExchangeToken(token, kIdentityNow, secret, "");
    ASSERT_TRUE(enrolled) << enrolled.error().Message();
    EXPECT_EQ(*enrolled, name);
  }
  static bool LetsIn(IdentityStore& store, const std::string& secret) {
    const auto found = store.FindTerminalBySecret(secret);
    EXPECT_TRUE(found);
    return found && found->has_value();
  }
  bool LetsIn(const std::string& secret) { return LetsIn(*store_, secret); }
  ErrorCode ExchangeFails(const std::string& token, WallTime now = kIdentityNow) {
    const auto exchanged = store_->ExchangeToken(token, now, "secret-x", "");
    EXPECT_FALSE(exchanged);
    return exchanged ? ErrorCode::kClosed : exchanged.error().code;
  }

  FormerAccounts& Former() { return store_->Former(); }
  FormerOutcome Take(const std::string& name, const std::string& hash,
                     const std::string& email = {}, AccountRole role = AccountRole::kTeacher) {
    const auto outcome = Former().Take({name, role, {"Narra"}, hash, "Tess Cruz", email, true});
    EXPECT_TRUE(outcome) << outcome.error().Message();
    return outcome.value_or(FormerOutcome::kTaken);
  }
  std::string HashOf(const std::string& name) {
    const auto account = store_->FindAccount(name);
    EXPECT_TRUE(account);
    return account && *account ? (*account)->password_hash : std::string();
  }
  bool Replace(const std::string& name, const std::string& former, const std::string& hash) {
    const auto replaced = Former().Replace(name, former, hash);
    EXPECT_TRUE(replaced) << replaced.error().Message();
    return replaced.value_or(false);
  }

  std::unique_ptr<IdentityHarness> harness_;
  std::unique_ptr<IdentityStore> store_;
};

}  // namespace tamtap::central
