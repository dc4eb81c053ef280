#include "central/mongo_identity.h"
#include "base/test_directory.h"
#include "central/identity_content.h"
#include "central/identity_contract.h"
#include "central/mongo_fixture.h"
#include "tap/json_fields.h"

namespace tamtap::central {
namespace {

class MongoIdentityHarness final : public IdentityHarness {
 public:
  explicit MongoIdentityHarness(std::string uri) : uri_(std::move(uri)), database_(uri_) {}
  std::unique_ptr<IdentityStore> Open() override { return *OpenMongoIdentity({uri_, ""}); }

 private:
  const std::string uri_;
  Database database_;
};

INSTANTIATE_TEST_SUITE_P(Mongo, IdentityContract,
                         testing::Values([]() -> std::unique_ptr<IdentityHarness> {
                           if (Server() == nullptr) return nullptr;
                           return std::make_unique<MongoIdentityHarness>(NewUri());
                         }));

class MongoIdentityTest : public MongoStoreTest {
 protected:
  void SetUp() override {
    MongoStoreTest::SetUp();
    identity_ = *OpenMongoIdentity({uri_, ""});
  }
  Result<bool> TakeOver(const std::string& path) {
    return TakeOverIdentity(path, store_->Identity()->id,
                            [this](const IdentityContent& content, const std::string& file) {
                              return TakeIntoMongo({uri_, ""}, content, file);
                            });
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "server.db";
  std::unique_ptr<IdentityStore> identity_;
};

// A session that was left behind by a server that died between its two changes.
TEST_F(MongoIdentityTest, ASessionOfBeforeTheNewPasswordOpensNothingThoughItIsThere) {
  ASSERT_TRUE(identity_->AddAccount({"ana", AccountRole::kAdmin, {}, "hash"}));
  ASSERT_TRUE(identity_->AddSession({"s1", "ana", kIdentityNow, kIdentityNow}));
  const auto left = database_->Find(kSessions);
  ASSERT_EQ(left.size(), 1u);
  ASSERT_TRUE(identity_->SetPasswordHash("ana", "new"));
  EXPECT_TRUE(database_->Find(kSessions).empty());
  database_->Insert(kSessions, left.front());
  EXPECT_FALSE(*identity_->FindSession("s1"));
  EXPECT_TRUE(identity_->SessionsOf("ana")->empty());
}

// As after a restore that forgot the collection of counters.
TEST_F(MongoIdentityTest, NoEntryOfTheAuditTrailIsLostToANumberThatIsTaken) {
  TrustStore& trust = identity_->Trust();
  for (const char* what : {"one", "two", "three"}) {
    ASSERT_TRUE(trust.AddAudit({kIdentityNow, "head", what, "ana", ""}));
  }
  ASSERT_TRUE(database_->session().RemoveAll(kCounters, {{"_id", "audit"}}));
  for (const char* what : {"four", "five"}) {
    ASSERT_TRUE(trust.AddAudit({kIdentityNow, "head", what, "ana", ""}));
  }
  const auto entries = trust.Audit({});
  ASSERT_TRUE(entries);
  std::vector<std::string> said;
  for (const AuditEntry& each : *entries) said.push_back(each.what);
  EXPECT_EQ(said, (std::vector<std::string>{"five", "four", "three", "two", "one"}));
}

TEST_F(MongoIdentityTest, TextThatIsNoneIsRefused) {
  const auto refused = identity_->AddAccount({"Ben", AccountRole::kTeacher, {"Pe\xF1"}, "h"});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
}

TEST_F(MongoIdentityTest, NewsBehindOnesThatNeverComeAreHeardAllTheSame) {
  SharedState& shared = identity_->Shared();
  ASSERT_TRUE(shared.Hear(std::chrono::milliseconds(0)));
  ASSERT_TRUE(shared.Tell(std::vector<std::string>{"first"}));
  // The server that drew the number is killed before it tells.
  ASSERT_TRUE(DrawNumber(database_->session(), "news"));
  ASSERT_TRUE(shared.Tell(std::vector<std::string>{"third"}));
  std::vector<std::string> heard;
  for (int i = 0; i < 10 && heard.size() < 2; ++i) {
    const auto some = *shared.Hear(std::chrono::milliseconds(100));
    heard.insert(heard.end(), some.begin(), some.end());
  }
  EXPECT_EQ(heard, (std::vector<std::string>{"first", "third"}));
  // The one that comes late is not lost.
  database_->Insert(kNews, {{"_id", 2}, {"news", json::array{"second"}}});
  EXPECT_EQ(*shared.Hear(std::chrono::milliseconds(500)), std::vector<std::string>{"second"});
}

TEST_F(MongoIdentityTest, WhatAServersOwnFileHoldsIsTakenOverOnce) {
  {
    const auto file = *OpenSqliteIdentity(path_);
    ASSERT_TRUE(file->AddAccount({"Head", AccountRole::kAdmin, {}, "hash", "Ana", "a@b", true}));
    ASSERT_TRUE(file->AddAccount({"taken", AccountRole::kTeacher, {"Narra"}, "of the file"}));
    ASSERT_TRUE(file->AddSession({"s1", "head", kIdentityNow, kIdentityNow}));
    ASSERT_TRUE(file->AddSession({"s2", "taken", kIdentityNow, kIdentityNow}));
    ASSERT_TRUE(file->RememberDevice("d1", "head", kIdentityNow));
    ASSERT_TRUE(file->AddTerminal("gate-1", "token-1", kIdentityNow + kAnHour));
    ASSERT_TRUE(file->ExchangeToken("token-1", kIdentityNow, "secret-1", ""));
    ASSERT_TRUE(file->LabelTerminal("gate-1", "Main gate"));
    ASSERT_TRUE(file->AddTerminal("gate-2", "token-2", kIdentityNow + kAnHour));
    ASSERT_TRUE(file->TakeFormerName("gate-0", "gate-1", kIdentityNow));
    TrustStore& trust = file->Trust();
    ASSERT_TRUE(trust.RememberCards(std::vector<KnownCard>{{"A", "1"}}));
    ASSERT_TRUE(trust.NoteImports("gate-1", std::vector<std::string>{"t1"}));
    ASSERT_TRUE(trust.AddVoidedImports(std::vector<std::string>{"t1"}));
    ASSERT_TRUE(trust.AddVoided({"gate-1", "2026-11-20", "2026-11-23", "head", kIdentityNow}));
    ASSERT_TRUE(trust.Vouch(std::vector<std::string>{"t2"}, "head", kIdentityNow));
    for (const char* what : {"first", "second"}) {
      ASSERT_TRUE(trust.AddAudit({kIdentityNow, "head", what, "whom", "detail"}));
    }
    ASSERT_EQ(*file->Former().Take({"cruz", AccountRole::kTeacher, {}, "$2b$10$x", "", "c@d"}),
              FormerOutcome::kAdded);
  }
  ASSERT_TRUE(identity_->AddAccount({"TAKEN", AccountRole::kAdmin, {}, "of the database"}));
  ASSERT_TRUE(identity_->Trust().AddAudit({kIdentityNow, "x", "zeroth", "", ""}));
  const auto taken = TakeOver(path_);
  ASSERT_TRUE(taken) << taken.error().Message();
  EXPECT_TRUE(*taken);
  const auto head = *identity_->FindAccount("head");
  ASSERT_TRUE(head);
  EXPECT_EQ(head->username, "Head");
  EXPECT_TRUE(head->must_change_password);
  EXPECT_TRUE(*identity_->FindSession("s1"));
  EXPECT_EQ((*identity_->FindAccount("taken"))->password_hash, "of the database");
  EXPECT_FALSE(*identity_->FindSession("s2")) << "somebody else has that name there";
  EXPECT_TRUE(*identity_->KnowsDevice("d1", "head"));
  EXPECT_EQ((*identity_->FindTerminalBySecret("secret-1"))->label, "Main gate");
  EXPECT_TRUE(identity_->ExchangeToken("token-2", kIdentityNow, "secret-2", ""));
  EXPECT_EQ(*identity_->Trust().FormerNamesOf("gate-1"), std::vector<std::string>{"gate-0"});
  EXPECT_TRUE(*identity_->Trust().WasCardOf("1", "A"));
  EXPECT_EQ(identity_->Trust().ImportsOf("gate-1")->size(), 1u);
  EXPECT_TRUE(*identity_->Trust().IsVoidedImport("t1"));
  EXPECT_EQ(identity_->Trust().Voided()->size(), 1u);
  EXPECT_TRUE(*identity_->Trust().IsVouchedFor("t2"));
  EXPECT_EQ(*identity_->Former().NameOf("C@d"), "cruz");
  const auto trail = *identity_->Trust().Audit({});
  ASSERT_EQ(trail.size(), 3u);
  EXPECT_EQ(trail[0].what, "second");
  EXPECT_EQ(trail[2].what, "zeroth");

  // What is removed there stays removed.
  ASSERT_TRUE(identity_->RemoveAccount("head"));
  ASSERT_TRUE(identity_->RevokeTerminal("gate-1"));
  EXPECT_FALSE(*TakeOver(path_)) << "once";
  EXPECT_FALSE(*identity_->FindAccount("head"));
  EXPECT_FALSE(*identity_->FindTerminalBySecret("secret-1"));
  EXPECT_EQ(identity_->Trust().Audit({})->size(), 3u);
}

TEST_F(MongoIdentityTest, ATakeOverThatBrokeOffIsFinishedByTheNext) {
  {
    const auto file = *OpenSqliteIdentity(path_);
    ASSERT_TRUE(file->AddAccount({"head", AccountRole::kAdmin, {}, "hash"}));
    ASSERT_TRUE(file->Trust().AddAudit({kIdentityNow, "head", "first", "", ""}));
  }
  const auto broke =
      TakeOverIdentity(path_, store_->Identity()->id,
                       [this](const IdentityContent& content, const std::string& file) -> Result<> {
                         TAMTAP_RETURN_IF_ERROR(TakeIntoMongo({uri_, ""}, content, file));
                         return Error{ErrorCode::kRetry, "answer", 0, "it is killed here"};
                       });
  EXPECT_FALSE(broke);
  ASSERT_TRUE(*TakeOver(path_));
  EXPECT_EQ(identity_->Accounts()->size(), 1u);
  EXPECT_EQ(identity_->Trust().Audit({})->size(), 1u);
}

}  // namespace
}  // namespace tamtap::central
