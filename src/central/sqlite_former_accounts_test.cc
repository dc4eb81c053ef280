#include <gtest/gtest.h>

#include "base/disk.h"
#include "base/test_directory.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

const std::string kTheirs = "$2b$10$" + std::string(53, 'x');
const std::string kTheirsLater = "$2b$12$" + std::string(53, 'y');
constexpr const char* kOurs = "$argon2id$v=19$m=65536,t=2,p=1$AAAA$BBBB";

class FormerAccountsTest : public testing::Test {
 protected:
  FormerOutcome Take(const std::string& name, const std::string& hash,
                     const std::string& email = {}) {
    const auto outcome = Former().Take({name, AccountRole::kTeacher, {"Narra"}, hash}, email);
    EXPECT_TRUE(outcome) << outcome.error().Message();
    return outcome.value_or(FormerOutcome::kTaken);
  }
  std::string HashOf(const std::string& name) {
    const auto account = store_->FindAccount(name);
    EXPECT_TRUE(account);
    return account && *account ? (*account)->password_hash : std::string();
  }
  bool Replace(const std::string& name, const std::string& former) {
    const auto replaced = Former().Replace(name, former, kOurs);
    EXPECT_TRUE(replaced) << replaced.error().Message();
    return replaced.value_or(false);
  }
  FormerAccounts& Former() { return store_->Former(); }

  TestDirectory directory_;
  const std::string path_ = directory_ / "server.db";
  std::unique_ptr<IdentityStore> store_ = *OpenSqliteIdentity(path_);
};

TEST_F(FormerAccountsTest, AnAccountIsTakenInOnceAndStaysRemoved) {
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kAdded);
  EXPECT_EQ(Take("Cruz", kTheirs), FormerOutcome::kThere);
  ASSERT_TRUE(store_->RemoveAccount("cruz"));
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kThere);
  EXPECT_EQ(HashOf("cruz"), "");
}

TEST_F(FormerAccountsTest, APasswordThatChangesThereHoldsUntilItsOwnerCame) {
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kAdded);
  EXPECT_EQ(Take("cruz", kTheirsLater), FormerOutcome::kChanged);
  EXPECT_EQ(HashOf("cruz"), kTheirsLater);
  EXPECT_FALSE(Replace("cruz", kTheirs)) << "of what is not the hash any more";
  EXPECT_TRUE(Replace("cruz", kTheirsLater));
  EXPECT_EQ(HashOf("cruz"), kOurs);
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kThere);
  EXPECT_EQ(HashOf("cruz"), kOurs);
}

TEST_F(FormerAccountsTest, AnAccountThatWasMadeHereIsNobodyElses) {
  ASSERT_TRUE(store_->AddAccount({"Cruz", AccountRole::kAdmin, {}, kOurs}));
  EXPECT_EQ(Take("cruz", kTheirs, "cruz@school.example"), FormerOutcome::kTaken);
  EXPECT_EQ(HashOf("cruz"), kOurs);
  EXPECT_EQ(*Former().NameOf("cruz@school.example"), "");
}

TEST_F(FormerAccountsTest, OneAddressIsOneAccounts) {
  Take("cruz", kTheirs, "office@school.example");
  Take("reyes", kTheirs, "Office@school.example");
  Take("santos", kTheirs);
  EXPECT_EQ(*Former().NameOf("OFFICE@school.example"), "cruz");
  EXPECT_EQ(*Former().NameOf(""), "");
}

TEST_F(FormerAccountsTest, TheFormerHashIsGoneFromTheFileAndItsLog) {
  Take("cruz", kTheirs);
  EXPECT_EQ(*Former().SomeHash(), kTheirs);
  ASSERT_TRUE(store_->AddSession({"session", "cruz", {}, {}}));
  ASSERT_TRUE(Replace("cruz", kTheirs));
  EXPECT_TRUE(store_->FindSession("session")->has_value()) << "sessions go on";
  EXPECT_EQ(*Former().SomeHash(), "");
  for (const char* const suffix : {"", "-wal"}) {
    const auto there = PosixDisk().Exists(path_ + suffix);
    if (!there || !*there) continue;
    const auto bytes = ReadFile(PosixDisk(), path_ + suffix);
    ASSERT_TRUE(bytes);
    EXPECT_EQ(bytes->find(kTheirs), std::string::npos) << path_ << suffix;
  }
  const auto again = *OpenSqliteIdentity(path_);
  EXPECT_EQ((*again->FindAccount("cruz"))->password_hash, kOurs) << "durable";
}

}  // namespace
}  // namespace tamtap::central
