// Accounts, their sessions and devices.
#include "central/identity_contract.h"

#include <vector>

namespace tamtap::central {
namespace {

TEST_P(IdentityContract, AnAccountIsFoundInAnyCaseAndByAnotherProcess) {
  ASSERT_TRUE(store_->AddAccount({"Ana", AccountRole::kAdviser, {"Narra", "Peña, \"7\""}, "h"}));
  const auto other = harness_->Open();
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

TEST_P(IdentityContract, AnAccountIsChangedAndKeepsItsPasswordAndItsSessions) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kIdentityNow, kIdentityNow}));
  ASSERT_TRUE(store_->AddSession({"s2", "ana", kIdentityNow + kAnHour, kIdentityNow + kAnHour}));
  Account changed{"ana", AccountRole::kAdmin, {"Ipil"}, "ignored", "Ana Reyes", "a@b", true};
  ASSERT_TRUE(store_->ChangeAccount(*store_->FindAccount("ana").value(), changed));
  const auto found = harness_->Open()->FindAccount("ana");
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
  const auto refused = store_->ChangeAccount(changed, changed);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
}

// As of two who edit an account at two servers, or an answer that was kept for a moment.
TEST_P(IdentityContract, AnEditBringsBackNothingThatSomebodyElseHasChanged) {
  ASSERT_TRUE(store_->AddAccount({"ana", AccountRole::kAdmin, {"Ipil"}, "hash"}));
  const Account seen = *store_->FindAccount("ana").value();
  Account demoted = seen;
  demoted.role = AccountRole::kTeacher;
  demoted.must_change_password = true;
  ASSERT_TRUE(store_->ChangeAccount(seen, demoted));
  Account renamed = seen;
  renamed.email = "ana@school.example";
  ASSERT_TRUE(store_->ChangeAccount(seen, renamed));
  const auto now = harness_->Open()->FindAccount("ana");
  ASSERT_TRUE(now && *now);
  EXPECT_EQ((*now)->role, AccountRole::kTeacher);
  EXPECT_TRUE((*now)->must_change_password);
  EXPECT_EQ((*now)->email, "ana@school.example");
}

TEST_P(IdentityContract, APasswordIsReplacedOnlyAsLongAsItIsTheOldOne) {
  ASSERT_TRUE(store_->AddAccount({"ana", AccountRole::kTeacher, {}, "old"}));
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kIdentityNow, kIdentityNow}));
  ASSERT_TRUE(store_->SetPasswordHash("ana", "reset"));
  ASSERT_TRUE(store_->AddSession({"s2", "ana", kIdentityNow, kIdentityNow}));
  EXPECT_FALSE(store_->ReplacePasswordHash("ana", "old", "mine").value_or(true));
  EXPECT_EQ((*store_->FindAccount("ana"))->password_hash, "reset");
  EXPECT_TRUE(*store_->FindSession("s2"));
  EXPECT_TRUE(store_->ReplacePasswordHash("ANA", "reset", "mine").value_or(false));
  EXPECT_EQ((*harness_->Open()->FindAccount("ana"))->password_hash, "mine");
  EXPECT_FALSE(*store_->FindSession("s2"));
  EXPECT_FALSE(store_->ReplacePasswordHash("nobody", "", "mine").value_or(true));
}

TEST_P(IdentityContract, ANameIsTakenInAnyCase) {
  AddAccount("Ana");
  const auto again = store_->AddAccount({"ANA", AccountRole::kAdmin, {}, "other"});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, ErrorCode::kRejected);
  EXPECT_EQ((*store_->Accounts()).size(), 1u);
  EXPECT_EQ((*store_->FindAccount("ana"))->role, AccountRole::kAdviser);
}

TEST_P(IdentityContract, ANewPasswordEndsTheSessions) {
  AddAccount("ana");
  AddAccount("ben");
  ASSERT_TRUE(store_->AddSession({"s1", "ANA", kIdentityNow, kIdentityNow}));
  ASSERT_TRUE(store_->AddSession({"s2", "ben", kIdentityNow, kIdentityNow}));
  ASSERT_TRUE(store_->SetPasswordHash("ana", "new"));
  EXPECT_FALSE(*store_->FindSession("s1"));
  EXPECT_TRUE(*store_->FindSession("s2"));
  EXPECT_EQ((*store_->FindAccount("ana"))->password_hash, "new");
  const auto nobody = store_->SetPasswordHash("cara", "new");
  ASSERT_FALSE(nobody);
  EXPECT_EQ(nobody.error().code, ErrorCode::kRejected);
}

TEST_P(IdentityContract, ARemovedAccountHasNoSessionsAndGetsNone) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"s1", "ana", kIdentityNow, kIdentityNow}));
  ASSERT_TRUE(store_->RemoveAccount("Ana"));
  EXPECT_FALSE(*store_->FindSession("s1"));
  EXPECT_FALSE(store_->AddSession({"s2", "ana", kIdentityNow, kIdentityNow}));
  EXPECT_FALSE(store_->RemoveAccount("ana"));
}

TEST_P(IdentityContract, SessionsAreTouchedAndExpire) {
  AddAccount("ana");
  ASSERT_TRUE(store_->AddSession({"old", "ana", kIdentityNow - 10 * kAnHour, kIdentityNow}));
  ASSERT_TRUE(store_->AddSession({"idle", "ana", kIdentityNow, kIdentityNow - 2 * kAnHour}));
  ASSERT_TRUE(store_->AddSession({"fresh", "ana", kIdentityNow, kIdentityNow - 2 * kAnHour}));
  ASSERT_TRUE(store_->TouchSession("fresh", kIdentityNow + kAnHour));
  const auto touched = *store_->FindSession("fresh");
  ASSERT_TRUE(touched);
  EXPECT_EQ(touched->last_seen, kIdentityNow + kAnHour);
  EXPECT_EQ(touched->created, kIdentityNow);
  ASSERT_TRUE(store_->RemoveSessionsBefore(kIdentityNow - 8 * kAnHour, kIdentityNow - kAnHour));
  EXPECT_FALSE(*store_->FindSession("old"));
  EXPECT_FALSE(*store_->FindSession("idle"));
  EXPECT_TRUE(*store_->FindSession("fresh"));
  ASSERT_TRUE(store_->RemoveSession("fresh"));
  EXPECT_FALSE(*store_->FindSession("fresh"));
}

TEST_P(IdentityContract, ADeviceIsKnownToTheAccountsItSignedInToAndTheOldestGoFirst) {
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

}  // namespace
}  // namespace tamtap::central
