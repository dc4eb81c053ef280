#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "base/test_directory.h"
#include "central/sqlite_database.h"
#include "central/sqlite_identity_schema.h"
#include "central/stores.h"

namespace tamtap::central {
namespace {

constexpr WallTime kNow{std::chrono::seconds(1'795'388'400)};
constexpr std::chrono::hours kHour{1};

class SqliteIdentityTest : public testing::Test {
 protected:
  void AddAccount(const std::string& name) {
    const auto added = store_->AddAccount({name, AccountRole::kAdviser, {"Narra"}, "hash"});
    ASSERT_TRUE(added) << added.error().Message();
  }
  void Enrol(const std::string& name, const std::string& token, const std::string& secret) {
    ASSERT_TRUE(store_->AddTerminal(name, token, kNow + kHour));
    const auto enrolled = store_->ExchangeToken(token, kNow, secret, "");
    ASSERT_TRUE(enrolled) << enrolled.error().Message();
    EXPECT_EQ(*enrolled, name);
  }
  bool LetsIn(const std::string& secret) {
    const auto found = store_->FindTerminalBySecret(secret);
    EXPECT_TRUE(found);
    return found && found->has_value();
  }
  ErrorCode ExchangeFails(const std::string& token, WallTime now = kNow) {
    const auto exchanged = store_->ExchangeToken(token, now, "secret-x", "");
    EXPECT_FALSE(exchanged);
    return exchanged ? ErrorCode::kClosed : exchanged.error().code;
  }

  TestDirectory directory_;
  const std::string path_ = directory_ / "server.db";
  std::unique_ptr<IdentityStore> store_ = *OpenSqliteIdentity(path_);
};

TEST_F(SqliteIdentityTest, AnAccountIsFoundInAnyCaseAndByAnotherProcess) {
  ASSERT_TRUE(store_->AddAccount({"Ana", AccountRole::kAdviser, {"Narra", "Peña, \"7\""}, "h"}));
  const auto other = *OpenSqliteIdentity(path_);
  const auto found = other->FindAccount("aNA");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->username, "Ana");
  EXPECT_EQ((*found)->role, AccountRole::kAdviser);
  EXPECT_EQ((*found)->sections, (std::vector<std::string>{"Narra", "Peña, \"7\""}));
  EXPECT_EQ((*found)->password_hash, "h");
  const auto nobody = other->FindAccount("ben");
  ASSERT_TRUE(nobody);
  EXPECT_FALSE(*nobody);
}

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

TEST_F(SqliteIdentityTest, AnAccountIsChangedAndKeepsItsPasswordAndItsSessions) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kNow, kNow}));
  ASSERT_TRUE(store_->AddSession({"s2", "ana", kNow + kHour, kNow + kHour}));
  Account changed{"ana", AccountRole::kAdmin, {"Ipil"}, "ignored", "Ana Reyes", "a@b", true};
  ASSERT_TRUE(store_->ChangeAccount(changed));
  const auto found = (*OpenSqliteIdentity(path_))->FindAccount("ana");
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->role, AccountRole::kAdmin);
  EXPECT_EQ((*found)->sections, std::vector<std::string>{"Ipil"});
  EXPECT_EQ((*found)->password_hash, "hash");
  EXPECT_EQ((*found)->name, "Ana Reyes");
  EXPECT_TRUE((*found)->must_change_password);
  const auto sessions = store_->SessionsOf("ana");
  ASSERT_TRUE(sessions);
  ASSERT_EQ(sessions->size(), 2u);
  EXPECT_EQ(sessions->front().id_hash, "s2") << "the newest first";
  ASSERT_TRUE(store_->RemoveSession("s2"));
  EXPECT_EQ(store_->SessionsOf("ana")->size(), 1u);
  EXPECT_TRUE(store_->SessionsOf("ben")->empty());
  changed.username = "ben";
  const auto refused = store_->ChangeAccount(changed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
}

TEST_F(SqliteIdentityTest, TheAuditTrailIsReadInPagesAndOnlyEverAddedTo) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store_->Trust().AddAudit(
        {kNow + i * kHour, i % 2 == 0 ? "head" : "ana", "do", std::to_string(i), ""}));
  }
  const auto first = store_->Trust().Audit({.most = 2});
  ASSERT_TRUE(first);
  ASSERT_EQ(first->size(), 2u);
  EXPECT_EQ(first->at(0).whom, "4");
  const auto next = store_->Trust().Audit({.most = 9, .before = first->at(1).id});
  ASSERT_TRUE(next);
  EXPECT_EQ(next->size(), 3u);
  EXPECT_EQ(next->at(0).whom, "2");
  EXPECT_EQ(store_->Trust().Audit({.who = "ana"})->size(), 2u);
  EXPECT_EQ(store_->Trust().Audit({.whom = "3"})->size(), 1u);
  const auto raw = *SqliteDatabase::Open(path_, kIdentitySchema);
  for (const char* change : {"DELETE FROM audit", "UPDATE audit SET who = 'x'"}) {
    EXPECT_FALSE(raw->Query(change).Done()) << change;
  }
  EXPECT_EQ(store_->Trust().Audit({})->size(), 5u);
}

TEST_F(SqliteIdentityTest, ANameIsTakenInAnyCase) {
  AddAccount("Ana");
  const auto again = store_->AddAccount({"ANA", AccountRole::kAdmin, {}, "other"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRejected);
  EXPECT_EQ((*store_->Accounts()).size(), 1u);
  EXPECT_EQ((*store_->FindAccount("ana"))->role, AccountRole::kAdviser);
}

TEST_F(SqliteIdentityTest, ANewPasswordEndsTheSessions) {
  AddAccount("ana");
  AddAccount("ben");
  ASSERT_TRUE(store_->AddSession({"s1", "ANA", kNow, kNow}));
  ASSERT_TRUE(store_->AddSession({"s2", "ben", kNow, kNow}));
  ASSERT_TRUE(store_->SetPasswordHash("ana", "new"));
  EXPECT_FALSE(*store_->FindSession("s1"));
  EXPECT_TRUE(*store_->FindSession("s2"));
  EXPECT_EQ((*store_->FindAccount("ana"))->password_hash, "new");
  const auto nobody = store_->SetPasswordHash("cara", "new");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::kRejected);
}

TEST_F(SqliteIdentityTest, ARemovedAccountHasNoSessionsAndGetsNone) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kNow, kNow}));
  ASSERT_TRUE(store_->RemoveAccount("Ana"));
  EXPECT_FALSE(*store_->FindSession("s1"));
  EXPECT_FALSE(store_->AddSession({"s2", "ana", kNow, kNow}));
  EXPECT_FALSE(store_->RemoveAccount("ana"));
}

TEST_F(SqliteIdentityTest, SessionsAreTouchedAndExpire) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"old", "ana", kNow - 10 * kHour, kNow}));
  ASSERT_TRUE(store_->AddSession({"idle", "ana", kNow, kNow - 2 * kHour}));
  ASSERT_TRUE(store_->AddSession({"fresh", "ana", kNow, kNow - 2 * kHour}));
  ASSERT_TRUE(store_->TouchSession("fresh", kNow + kHour));
  const auto touched = *store_->FindSession("fresh");
  ASSERT_TRUE(touched);
  EXPECT_EQ(touched->last_seen, kNow + kHour);
  EXPECT_EQ(touched->created, kNow);
  ASSERT_TRUE(store_->RemoveSessionsBefore(kNow - 8 * kHour, kNow - kHour));
  EXPECT_FALSE(*store_->FindSession("old"));
  EXPECT_FALSE(*store_->FindSession("idle"));
  EXPECT_TRUE(*store_->FindSession("fresh"));
  ASSERT_TRUE(store_->RemoveSession("fresh"));
  EXPECT_FALSE(*store_->FindSession("fresh"));
}

TEST_F(SqliteIdentityTest, ATokenIsExchangedOnceAndInTime) {
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token", kNow + kHour));
  EXPECT_EQ(ExchangeFails("wrong"), ErrorCode::kDenied);
  EXPECT_EQ(ExchangeFails(""), ErrorCode::kDenied);
  EXPECT_EQ(ExchangeFails("token", kNow + kHour), ErrorCode::kDenied);
  EXPECT_FALSE(LetsIn(""));
  const auto enrolled = store_->ExchangeToken("token", kNow, "secret", "");
  ASSERT_TRUE(enrolled);
  EXPECT_EQ(*enrolled, "gate-1");
  EXPECT_TRUE(LetsIn("secret"));
  EXPECT_EQ(ExchangeFails("token"), ErrorCode::kDenied);
}

TEST_F(SqliteIdentityTest, ATokenThatManyTryAtOnceLetsOneIn) {
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token", kNow + kHour));
  std::atomic<int> enrolled = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 6; ++i) {
      threads.emplace_back([&, i] {
        const auto other = *OpenSqliteIdentity(path_);
        if (other->ExchangeToken("token", kNow, "secret-" + std::to_string(i), "")) ++enrolled;
      });
    }
  }
  EXPECT_EQ(enrolled, 1);
}

TEST_F(SqliteIdentityTest, ANewTokenLeavesTheOldSecretUntilItIsUsed) {
  Enrol("gate-1", "token-1", "secret-1");
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-2", kNow + kHour));
  EXPECT_TRUE(LetsIn("secret-1"));
  ASSERT_TRUE(store_->ExchangeToken("token-2", kNow, "secret-2", ""));
  EXPECT_FALSE(LetsIn("secret-1"));
  EXPECT_TRUE(LetsIn("secret-2"));
}

TEST_F(SqliteIdentityTest, ARevokedTerminalStaysOutUntilANewTokenIsUsed) {
  Enrol("gate-1", "token-1", "secret-1");
  Enrol("gate-2", "token-2", "secret-2");
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-3", kNow + kHour));
  ASSERT_TRUE(store_->RevokeTerminal("gate-1"));
  EXPECT_FALSE(LetsIn("secret-1"));
  EXPECT_TRUE(LetsIn("secret-2"));
  EXPECT_EQ(ExchangeFails("token-3"), ErrorCode::kDenied) << "it was out when it was revoked";
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-4", kNow + kHour));
  EXPECT_FALSE(LetsIn("secret-1"));
  ASSERT_TRUE(store_->ExchangeToken("token-4", kNow, "secret-4", ""));
  EXPECT_TRUE(LetsIn("secret-4"));
  EXPECT_FALSE(LetsIn("secret-1"));
  const auto none = store_->RevokeTerminal("gate-9");
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().code, ErrorCode::kRejected);
}

TEST_F(SqliteIdentityTest, TerminalsAreListedWithWhatTheyLastSaid) {
  Enrol("gate-1", "token-1", "secret-1");
  ASSERT_TRUE(store_->AddTerminal("gate-2", "token-2", kNow + kHour));
  const std::vector<TerminalNote> notes = {
      {"gate-1", kNow, R"({"pending":3})"}, {"gate-1", kNow + kHour, ""}, {"gate-9", kNow, "{}"}};
  ASSERT_TRUE(store_->NoteTerminals(notes));
  const auto terminals = store_->Terminals();
  ASSERT_TRUE(terminals);
  ASSERT_EQ(terminals->size(), 2u);
  EXPECT_EQ((*terminals)[0].name, "gate-1");
  EXPECT_EQ((*terminals)[0].last_seen, kNow + kHour);
  EXPECT_EQ((*terminals)[0].status_json, R"({"pending":3})");
  EXPECT_EQ((*terminals)[0].secret_hash, "secret-1");
  EXPECT_EQ((*terminals)[1].token_hash, "token-2");
  EXPECT_EQ((*terminals)[1].token_expires, kNow + kHour);
  EXPECT_EQ((*terminals)[1].last_seen, WallTime{});
}

TEST_F(SqliteIdentityTest, ATerminalThatGetsAnotherNameEndsTheFormerOneAndBringsItsTaps) {
  const auto enrol = [&](const char* name, const char* secret, const char* former) {
    ASSERT_TRUE(store_->AddTerminal(name, "token", kNow + std::chrono::hours(1)));
    ASSERT_TRUE(store_->ExchangeToken("token", kNow, secret, former));
  };
  enrol("gate-1", "secret-1", "");
  enrol("gate-2", "secret-2", "");
  // Nobody may bring another terminal's taps.
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kNow), FormerName::kOthers);
  // Who has its secret is that terminal.
  enrol("gate-3", "secret-3", "secret-1");
  EXPECT_FALSE(*store_->FindTerminalBySecret("secret-1"));
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-3", kNow), FormerName::kKnown);
  // That stays so when another machine gets the former name.
  enrol("gate-1", "secret-4", "");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-3", kNow), FormerName::kKnown);
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kNow), FormerName::kOthers);
}

TEST_F(SqliteIdentityTest, ANameThatIsNobodysIsTakenByWhoBringsItsTaps) {
  EXPECT_EQ(*store_->TakeFormerName("elsewhere", "gate-2", kNow), FormerName::kTaken);
  EXPECT_EQ(*store_->TakeFormerName("elsewhere", "gate-2", kNow), FormerName::kKnown);
  ASSERT_TRUE(store_->AddTerminal("waiting", "token-w", kNow + std::chrono::hours(1)));
  EXPECT_EQ(*store_->TakeFormerName("waiting", "gate-2", kNow), FormerName::kTaken);
  ASSERT_TRUE(store_->AddTerminal("gone", "token-g", kNow + std::chrono::hours(1)));
  ASSERT_TRUE(store_->ExchangeToken("token-g", kNow, "secret-g", ""));
  ASSERT_TRUE(store_->RevokeTerminal("gone"));
  EXPECT_EQ(*store_->TakeFormerName("gone", "gate-2", kNow), FormerName::kTaken);
}

// Who only says that a name was theirs must not speak for the gate that gets it afterwards.
TEST_F(SqliteIdentityTest, ANameThatWasTakenByWordAloneIsGivenUpToTheGateThatIsEnrolledByIt) {
  const auto enrol = [&](const char* name, const char* secret) {
    ASSERT_TRUE(store_->AddTerminal(name, "token", kNow + std::chrono::hours(1)));
    ASSERT_TRUE(store_->ExchangeToken("token", kNow, secret, ""));
  };
  enrol("gate-2", "secret-2");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kNow), FormerName::kTaken);
  enrol("gate-1", "secret-1");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kNow), FormerName::kOthers);
  // Also while it is revoked for a while, and enrolled anew.
  ASSERT_TRUE(store_->RevokeTerminal("gate-1"));
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kNow), FormerName::kKnown);
  enrol("gate-1", "secret-3");
  EXPECT_EQ(*store_->TakeFormerName("gate-1", "gate-2", kNow), FormerName::kOthers);
  // What it brought while nobody had the name is still found, to be voided.
  EXPECT_EQ(*store_->Trust().FormerNamesOf("gate-2"), std::vector<std::string>{"gate-1"});
}

TEST_F(SqliteIdentityTest, EnrollingUnderTheSameNameAgainEndsNothing) {
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token", kNow + std::chrono::hours(1)));
  ASSERT_TRUE(store_->ExchangeToken("token", kNow, "secret-1", ""));
  ASSERT_TRUE(store_->AddTerminal("gate-1", "token-2", kNow + std::chrono::hours(1)));
  ASSERT_TRUE(store_->ExchangeToken("token-2", kNow, "secret-2", "secret-1"));
  EXPECT_TRUE(*store_->FindTerminalBySecret("secret-2"));
}

// Another process that finds no lock takes itself for the only one, and removes the log when it
// ends.
TEST_F(SqliteIdentityTest, ADeviceIsKnownToTheAccountsItSignedInToAndTheOldestGoFirst) {
  ASSERT_TRUE(store_->AddAccount({"head", AccountRole::kAdmin, {}, "hash"}));
  ASSERT_TRUE(store_->AddAccount({"ana", AccountRole::kTeacher, {}, "hash"}));
  const auto knows = [&](const std::string& device, const std::string& name) {
    const auto known = store_->KnowsDevice(device, name);
    return known && *known;
  };
  EXPECT_FALSE(knows("d0", "head"));
  for (int i = 0; i <= kMostDevices; ++i) {
    ASSERT_TRUE(store_->RememberDevice("d" + std::to_string(i), "Head",
                                       WallTime(std::chrono::seconds(100 + i))));
  }
  EXPECT_FALSE(knows("d0", "head")) << "used longest ago";
  EXPECT_TRUE(knows("d1", "HEAD"));
  EXPECT_FALSE(knows("d1", "ana"));
  EXPECT_TRUE(knows("d1", ""));
  ASSERT_TRUE(store_->RememberDevice("d1", "ana", WallTime(std::chrono::seconds(1))));
  ASSERT_TRUE(store_->RememberDevice("d1", "head", WallTime(std::chrono::seconds(900))));
  // A clock that went back makes no device old that is just used.
  ASSERT_TRUE(store_->RememberDevice("new", "head", WallTime(std::chrono::seconds(1))));
  EXPECT_TRUE(knows("new", "head"));
  EXPECT_FALSE(knows("d2", "head"));
  EXPECT_FALSE(store_->RememberDevice("d1", "nobody", WallTime())) << "no such account";
  ASSERT_TRUE(store_->RemoveAccount("head"));
  EXPECT_TRUE(knows("d1", "ana"));
  EXPECT_FALSE(knows("new", ""));
}

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

TEST_F(SqliteIdentityTest, AnActThatIsRepeatedMayBeNotedOnceSinceAMoment) {
  TrustStore& trust = store_->Trust();
  const auto note = [&](WallTime at, const std::string& whom, WallTime since) {
    ASSERT_TRUE(trust.AddAuditOnce({at, "head", "look at photos", whom, "x"}, since));
  };
  note(kNow, "Narra", kNow - kHour);
  note(kNow + kHour, "Narra", kNow - kHour);
  note(kNow, "Molave", kNow - kHour);
  note(kNow + 2 * kHour, "Narra", kNow + kHour);
  EXPECT_EQ(trust.Audit({})->size(), 3u);
}

TEST_F(SqliteIdentityTest, TheTrailIsAskedByWhatAndWhen) {
  TrustStore& trust = store_->Trust();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(trust.AddAudit(
        {kNow + i * kHour, "head", i < 2 ? "mark absent" : "mark late", "x", std::to_string(i)}));
  }
  const auto details = [&](const AuditQuery& query) {
    std::string all;
    const auto entries = *trust.Audit(query);
    for (const AuditEntry& each : entries) all += each.detail;
    return all;
  };
  EXPECT_EQ(details({.what = "mark"}), "3210");
  EXPECT_EQ(details({.what = "mark late"}), "32");
  EXPECT_EQ(details({.what = "late"}), "");
  EXPECT_EQ(details({.since = kNow + kHour, .until = kNow + 3 * kHour}), "21");
}

TEST_F(SqliteIdentityTest, TheTrailForgetsWhoWasErasedAndNothingElse) {
  TrustStore& trust = store_->Trust();
  const PersonNames ana{"176B3325", {"04A2B3C4D5E680", "176B3325"}};
  ASSERT_TRUE(trust.RememberCards(
      std::vector<KnownCard>{{"176B3325", "04A2B3C4D5E680"}, {"DEADBEEF", "DEADBEEF"}}));
  const std::vector<AuditEntry> entries = {
      {kNow, "head", "mark absent", "176B3325", "2026-11-23"},
      {kNow, "head", "change the school", "", "60 things at once, the first: Ana Reyes"},
      {kNow, "gate-1", "change the school: the card 04A2B3C4D5E680 of Ben belongs to Ana Reyes",
       "DEADBEEF", "person DEADBEEF: card=04A2B3C4D5E680"},
      {kNow, "head", "mark absent", "DEADBEEF", "2026-11-23"}};
  for (const AuditEntry& each : entries) ASSERT_TRUE(trust.AddAudit(each));
  EXPECT_EQ(trust.AuditOf(ana, "Ana Reyes")->size(), 3u);
  ASSERT_TRUE(trust.ForgetPerson(ana, "Ana Reyes"));
  EXPECT_EQ(trust.AuditOf(ana, "Ana Reyes")->size(), 0u);
  EXPECT_FALSE(*trust.WasCardOf("04A2B3C4D5E680", "176B3325"));
  EXPECT_TRUE(*trust.WasCardOf("DEADBEEF", "DEADBEEF"));
  const auto kept = trust.Audit({});
  ASSERT_EQ(kept->size(), 4u);
  EXPECT_EQ(kept->at(0).whom, "DEADBEEF");
  EXPECT_EQ(kept->at(0).detail, "2026-11-23");
  EXPECT_EQ(kept->at(1).who, "gate-1");
  EXPECT_EQ(kept->at(1).what, "change the school");
  for (size_t i = 1; i < 4; ++i) {
    EXPECT_EQ(kept->at(i).whom, kErasedName);
    EXPECT_EQ(kept->at(i).detail, "");
    EXPECT_EQ(kept->at(i).at, kNow);
  }
  // The database takes no other change, whoever asks for it.
  const auto database = SqliteDatabase::Open(path_, kIdentitySchema);
  ASSERT_TRUE(database);
  EXPECT_FALSE((*database)->Execute("UPDATE audit SET detail = ''"));
  EXPECT_FALSE(
      (*database)->Execute("UPDATE audit SET who = 'nobody', whom = "
                           "'somebody who was erased', detail = ''"));
  EXPECT_FALSE((*database)->Execute("DELETE FROM audit"));
}

}  // namespace
}  // namespace tamtap::central
