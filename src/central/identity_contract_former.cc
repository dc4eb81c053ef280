// Accounts of an existing installation.
#include "central/identity_contract.h"

namespace tamtap::central {
namespace {

const std::string kTheirs = "$2b$10$" + std::string(53, 'x');
const std::string kTheirsLater = "$2b$12$" + std::string(53, 'y');
constexpr const char* kOurs = "$argon2id$v=19$m=65536,t=2,p=1$AAAA$BBBB";

TEST_P(IdentityContract, AnAccountIsTakenInOnceAndStaysRemoved) {
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kAdded);
  EXPECT_EQ(Take("Cruz", kTheirs), FormerOutcome::kThere);
  ASSERT_TRUE(store_->RemoveAccount("cruz"));
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kRemoved);
  EXPECT_EQ(HashOf("cruz"), "");
}

TEST_P(IdentityContract, ThePasswordOfOneIsNeverThatOfAnother) {
  EXPECT_EQ(Take("Cruz", kTheirs, {}, AccountRole::kAdmin), FormerOutcome::kAdded);
  EXPECT_EQ(Take("Cruz", kTheirsLater), FormerOutcome::kOtherRole) << "a teacher is no admin";
  EXPECT_EQ(Take("cruz", kTheirsLater, {}, AccountRole::kAdmin), FormerOutcome::kTaken);
  EXPECT_EQ(HashOf("cruz"), kTheirs);
  EXPECT_EQ(Take("santos", kTheirs), FormerOutcome::kAdded);
  EXPECT_EQ(Take("santos", kTheirsLater, {}, AccountRole::kAdmin), FormerOutcome::kOtherRole);
  EXPECT_EQ(HashOf("santos"), kTheirs);
}

TEST_P(IdentityContract, WhoTheyAreComesAlong) {
  Take("cruz", kTheirs, "cruz@school.example");
  const auto account = store_->FindAccount("cruz");
  ASSERT_TRUE(account && *account);
  EXPECT_EQ((*account)->name, "Tess Cruz");
  EXPECT_EQ((*account)->email, "cruz@school.example");
  EXPECT_TRUE((*account)->must_change_password);
  ASSERT_TRUE(store_->SetPasswordHash("cruz", kOurs));
  EXPECT_FALSE((*store_->FindAccount("cruz"))->must_change_password) << "it has another now";
}

TEST_P(IdentityContract, APasswordThatChangesThereHoldsUntilItsOwnerCame) {
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kAdded);
  EXPECT_EQ(Take("cruz", kTheirsLater), FormerOutcome::kChanged);
  EXPECT_EQ(HashOf("cruz"), kTheirsLater);
  EXPECT_FALSE(Replace("cruz", kTheirs, kOurs)) << "of what is not the hash any more";
  EXPECT_TRUE(Replace("cruz", kTheirsLater, kOurs));
  EXPECT_EQ(HashOf("cruz"), kOurs);
  EXPECT_EQ(Take("cruz", kTheirs), FormerOutcome::kThere);
  EXPECT_EQ(HashOf("cruz"), kOurs);
}

TEST_P(IdentityContract, AnAccountThatWasMadeHereIsNobodyElses) {
  ASSERT_TRUE(store_->AddAccount({"Cruz", AccountRole::kAdmin, {}, kOurs}));
  EXPECT_EQ(Take("cruz", kTheirs, "cruz@school.example"), FormerOutcome::kTaken);
  EXPECT_EQ(HashOf("cruz"), kOurs);
  EXPECT_EQ(*Former().NameOf("cruz@school.example"), "");
}

TEST_P(IdentityContract, OneAddressIsOneAccounts) {
  Take("cruz", kTheirs, "office@school.example");
  Take("reyes", kTheirs, "Office@school.example");
  Take("santos", kTheirs);
  EXPECT_EQ(*Former().NameOf("OFFICE@school.example"), "cruz");
  EXPECT_EQ(*Former().NameOf(""), "");
}

}  // namespace
}  // namespace tamtap::central
