#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/test_directory.h"
#include "central/identity_contract.h"
#include "central/sqlite_database.h"
#include "central/sqlite_identity_schema.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

class SqliteIdentityHarness final : public IdentityHarness {
 public:
  std::unique_ptr<IdentityStore> Open() override {
    return *OpenSqliteIdentity(directory_ / "server.db");
  }

 private:
  TestDirectory directory_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, IdentityContract,
                         testing::Values([] { return std::make_unique<SqliteIdentityHarness>(); }));

class SqliteIdentityTest : public testing::Test {
 protected:
  void AddAccount(const std::string& name) {
    const auto added = store_->AddAccount({name, AccountRole::kAdviser, {"Narra"}, "hash"});
    ASSERT_TRUE(added) << added.error().Message();
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "server.db";
  std::unique_ptr<IdentityStore> store_ = *OpenSqliteIdentity(path_);
};

TEST_F(SqliteIdentityTest, OneUnreadableAccountCostsItselfAlone) {
  AddAccount("Ana");
  ASSERT_TRUE(store_->AddAccount({"Ben",
                                  AccountRole::kTeacher,
                                  {"Pe\xF1"
                                   "a"},
                                  "h"}));
  AddAccount("Cora");
  const auto accounts = store_->Accounts();
  ASSERT_TRUE(accounts) << accounts.error().Message();
  ASSERT_EQ(accounts->size(), 2u);
  EXPECT_EQ((*accounts)[0].username, "Ana");
  EXPECT_EQ((*accounts)[1].username, "Cora");
  EXPECT_FALSE(store_->FindAccount("Ben"));  // let into nothing
  ASSERT_TRUE(store_->RemoveAccount("Ben"));
}

// Another process that finds no lock takes itself for the only one, and removes the log when it
// ends.
TEST_F(SqliteIdentityTest, TheLocksOfAConnectionStayWhenThisProcessOpensTheFileAgain) {
  AddAccount("head");  // its connections are open, and one of them was opened after the other
  const pid_t other = fork();
  if (other == 0) {
    const int file = open(path_.c_str(), O_RDWR | O_CLOEXEC);
    // Where SQLite's file format puts the locks of readers: "Locking bytes", 1 GiB and 2 bytes on.
    struct flock readers {};
    readers.l_type = F_WRLCK;
    readers.l_whence = SEEK_SET;
    readers.l_start = 0x40000002;
    readers.l_len = 510;
    const bool held = fcntl(file, F_GETLK, &readers) == 0 && readers.l_type != F_UNLCK;
    _exit(held ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(waitpid(other, &status, 0), other);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "nobody holds the database";
}

// Whoever asks for it: the database itself takes no other change than that somebody is forgotten.
TEST_F(SqliteIdentityTest, TheFileTakesNoChangeOfTheAuditTrail) {
  TrustStore& trust = store_->Trust();
  ASSERT_TRUE(trust.AddAudit({kIdentityNow, "head", "mark absent", "176B3325", "2026-11-23"}));
  ASSERT_TRUE(trust.AddAudit({kIdentityNow, "head", "mark absent", "DEADBEEF", "2026-11-23"}));
  ASSERT_TRUE(trust.ForgetPerson({"176B3325", {}}, "Ana Reyes"));
  const auto database = *SqliteDatabase::Open(path_, kIdentitySchema);
  for (const char* change :
       {"DELETE FROM audit", "UPDATE audit SET who = 'x'", "UPDATE audit SET detail = ''",
        "UPDATE audit SET who = 'nobody', whom = 'somebody who was erased',"
        " detail = ''",
        "INSERT OR REPLACE INTO audit VALUES(1, 2, 'x', 'x', 'x', 'x')",
        "REPLACE INTO audit SELECT id, at_us, 'x', what, whom, detail FROM audit",
        "INSERT INTO audit VALUES(1, 2, 'x', 'x', 'x', 'x') ON CONFLICT DO UPDATE SET who = 'x'",
        "UPDATE OR REPLACE audit SET id = 1",
        "INSERT INTO audit VALUES(-1, 2, 'x', 'x', 'x', 'x')"}) {
    EXPECT_FALSE(database->Execute(change)) << change;
  }
  EXPECT_EQ(trust.Audit({})->size(), 2u);
  ASSERT_TRUE(trust.AddAudit({kIdentityNow, "head", "mark absent", "DEADBEEF", "2026-11-24"}));
  EXPECT_EQ(trust.Audit({})->size(), 3u) << "it is added to";
}

}  // namespace
}  // namespace tamtap::central
