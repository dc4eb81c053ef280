#include <gtest/gtest.h>

#include <chrono>

#include "base/disk.h"
#include "base/test_directory.h"
#include "central/sqlite_identity_schema.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

const std::string kFormerHash = "$2b$10$" + std::string(53, 'x');
const std::string kFormerHashLater = "$2b$12$" + std::string(53, 'y');
constexpr const char* kHashOfOurs = "$argon2id$v=19$m=65536,t=2,p=1$AAAA$BBBB";

class FormerAccountsTest : public testing::Test {
 protected:
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
  bool Replace(const std::string& name, const std::string& former) {
    const auto replaced = Former().Replace(name, former, kHashOfOurs);
    EXPECT_TRUE(replaced) << replaced.error().Message();
    return replaced.value_or(false);
  }
  // In the file or in its log.
  bool IsOnDisk(const std::string& hash) {
    bool found = false;
    for (const char* const suffix : {"", "-wal"}) {
      const auto there = PosixDisk().Exists(path_ + suffix);
      if (!there || !*there) continue;
      const auto bytes = ReadFile(PosixDisk(), path_ + suffix);
      EXPECT_TRUE(bytes);
      found = found || (bytes && bytes->find(hash) != std::string::npos);
    }
    return found;
  }
  FormerAccounts& Former() { return store_->Former(); }

  TestDirectory directory_;
  const std::string path_ = directory_ / "server.db";
  std::unique_ptr<IdentityStore> store_ = *OpenSqliteIdentity(path_);
};

TEST_F(FormerAccountsTest, TheFormerHashIsGoneFromTheFileAndItsLog) {
  Take("cruz", kFormerHash);
  EXPECT_EQ(*Former().SomeHash(), kFormerHash);
  ASSERT_TRUE(store_->AddSession({"session", "cruz", {}, {}}));
  ASSERT_TRUE(Replace("cruz", kFormerHash));
  EXPECT_TRUE(store_->FindSession("session")->has_value()) << "sessions go on";
  EXPECT_EQ(*Former().SomeHash(), "");
  EXPECT_FALSE(IsOnDisk(kFormerHash));
  const auto again = *OpenSqliteIdentity(path_);
  EXPECT_EQ((*again->FindAccount("cruz"))->password_hash, kHashOfOurs) << "durable";
}

TEST_F(FormerAccountsTest, SoIsOneThatWasReplacedOrRemovedAnyOtherWay) {
  Take("cruz", kFormerHash);
  EXPECT_TRUE(IsOnDisk(kFormerHash));
  EXPECT_EQ(Take("cruz", kFormerHashLater), FormerOutcome::kChanged);
  EXPECT_FALSE(IsOnDisk(kFormerHash)) << "changed there";
  ASSERT_TRUE(store_->SetPasswordHash("cruz", kHashOfOurs));
  EXPECT_FALSE(IsOnDisk(kFormerHashLater)) << "changed here";
  Take("reyes", kFormerHash);
  ASSERT_TRUE(store_->RemoveAccount("reyes"));
  EXPECT_FALSE(IsOnDisk(kFormerHash)) << "removed";
}

TEST_F(FormerAccountsTest, WhatAReaderKeepsInTheLogIsWipedWhenItHasGone) {
  Take("cruz", kFormerHash);
  const auto other = *SqliteDatabase::OpenToRead(path_);
  auto reading = *SqliteTransaction::BeginReading(*other);
  ASSERT_TRUE(other->Query("SELECT count(*) FROM accounts").Done());
  const auto start = std::chrono::steady_clock::now();
  ASSERT_TRUE(Replace("cruz", kFormerHash));
  EXPECT_LT(std::chrono::steady_clock::now() - start, std::chrono::seconds(2))
      << "a sign-in does not wait for readers";
  ASSERT_TRUE(IsOnDisk(kFormerHash)) << "the reader is not in the way: this tests nothing";
  store_->WipeHashes();
  EXPECT_TRUE(IsOnDisk(kFormerHash));

  // Also after a start: that it is due has been written down.
  store_ = *OpenSqliteIdentity(path_);
  reading.reset();
  ASSERT_TRUE(IsOnDisk(kFormerHash));
  store_->WipeHashes();
  EXPECT_FALSE(IsOnDisk(kFormerHash));
  EXPECT_EQ(HashOf("cruz"), kHashOfOurs);
}

TEST_F(FormerAccountsTest, TheLogIsEmptiedOnlyForHashes) {
  Take("cruz", kFormerHash);
  store_->WipeHashes();  // of what may be there since before the update
  ASSERT_TRUE(store_->AddSession({"session", "cruz", {}, {}}));
  const auto log = ReadFile(PosixDisk(), path_ + "-wal");
  ASSERT_TRUE(log && !log->empty());
  store_->WipeHashes();
  EXPECT_EQ(ReadFile(PosixDisk(), path_ + "-wal").value_or("").size(), log->size());
}

}  // namespace
}  // namespace tamtap::central
