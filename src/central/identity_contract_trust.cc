// The audit trail, and what is known of people, gates and taps.
#include "central/identity_contract.h"

#include <vector>

namespace tamtap::central {
namespace {

TEST_P(IdentityContract, TheAuditTrailIsReadInPagesAndOnlyEverAddedTo) {
  for (int i = 0; i < 5; ++i) {
    ASSERT_TRUE(store_->Trust().AddAudit(
        {kIdentityNow + i * kAnHour, i % 2 == 0 ? "head" : "ana", "do", std::to_string(i), ""}));
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
  EXPECT_EQ(store_->Trust().Audit({})->size(), 5u);
}

TEST_P(IdentityContract, AnActThatIsRepeatedMayBeNotedOnceSinceAMoment) {
  TrustStore& trust = store_->Trust();
  const auto note = [&](WallTime at, const std::string& whom, WallTime since) {
    ASSERT_TRUE(trust.AddAuditOnce({at, "head", "look at photos", whom, "x"}, since));
  };
  note(kIdentityNow, "Narra", kIdentityNow - kAnHour);
  note(kIdentityNow + kAnHour, "Narra", kIdentityNow - kAnHour);
  note(kIdentityNow, "Molave", kIdentityNow - kAnHour);
  note(kIdentityNow + 2 * kAnHour, "Narra", kIdentityNow + kAnHour);
  EXPECT_EQ(trust.Audit({})->size(), 3u);
}

TEST_P(IdentityContract, TheTrailIsAskedByWhatAndWhen) {
  TrustStore& trust = store_->Trust();
  for (int i = 0; i < 4; ++i) {
    ASSERT_TRUE(trust.AddAudit({kIdentityNow + i * kAnHour, "head",
                                i < 2 ? "mark absent" : "mark late", "x", std::to_string(i)}));
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
  EXPECT_EQ(details({.since = kIdentityNow + kAnHour, .until = kIdentityNow + 3 * kAnHour}), "21");
}

TEST_P(IdentityContract, TheTrailForgetsWhoWasErasedAndNothingElse) {
  TrustStore& trust = store_->Trust();
  const PersonNames ana{"176B3325", {"04A2B3C4D5E680", "176B3325"}};
  ASSERT_TRUE(trust.RememberCards(
      std::vector<KnownCard>{{"176B3325", "04A2B3C4D5E680"}, {"DEADBEEF", "DEADBEEF"}}));
  const std::vector<AuditEntry> entries = {
      {kIdentityNow, "head", "mark absent", "176B3325", "2026-11-23"},
      {kIdentityNow, "head", "change the school", "",
       "60 things at once, the first: person 176B3325: name=x"},
      {kIdentityNow, "gate-1",
       "change the school: the card 04A2B3C4D5E680 of Ben belongs to Ana Reyes", "DEADBEEF",
       "person DEADBEEF: card=04A2B3C4D5E680"},
      {kIdentityNow, "head", "mark absent", "DEADBEEF", "2026-11-23"}};
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
    EXPECT_EQ(kept->at(i).at, kIdentityNow);
  }
}

}  // namespace
}  // namespace tamtap::central
