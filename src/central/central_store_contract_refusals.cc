// What every central store does with cards that were turned away.
#include <gmock/gmock.h>

#include "central/central_store_contract.h"

namespace tamtap::central {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

RefusalRecord RefusalOf(uint64_t number, const std::string& day, const std::string& section = "") {
  RefusalRecord refusal;
  refusal.id = {"gate-1", "4f265b89ecf9692d", number};
  refusal.reason = section.empty() ? "UNKNOWN_CARD" : "CLASSES_ENDED";
  refusal.card = "A0000001";
  refusal.name = section.empty() ? "" : "José \"Jo\"";
  refusal.section = section;
  refusal.date = day + " 06:44:08";
  refusal.time = "06:44:08";
  refusal.day = day;
  refusal.refused_at = day + "T06:44:08.000+08:00";
  refusal.refused_at_us = 1'795'000'000'000'000 + static_cast<int64_t>(number);
  return refusal;
}

std::vector<uint64_t> Numbers(const Result<std::vector<RefusalRecord>>& found) {
  std::vector<uint64_t> numbers;
  EXPECT_TRUE(found);
  if (!found) return numbers;
  for (const RefusalRecord& each : *found) numbers.push_back(each.id.sequence);
  return numbers;
}

}  // namespace

TEST_P(CentralStoreContract, KeepsEachRefusalOnceAsItCame) {
  const RefusalRecord first = RefusalOf(1, "2026-11-23", "Narra");
  ASSERT_TRUE(store_->KeepRefusals(std::vector<RefusalRecord>{first}));
  const std::vector<RefusalRecord> again{first, RefusalOf(2, "2026-11-23")};
  ASSERT_TRUE(store_->KeepRefusals(again)) << "the first answer may have been lost";
  const auto found =
      harness_->Observer().FindRefusals({"2026-11-23", "2026-11-23", {}, {}, {}, 10});
  EXPECT_THAT(Numbers(found), ElementsAre(2, 1));
  ASSERT_EQ(found->size(), 2u);
  EXPECT_EQ(found->back(), first);
}

TEST_P(CentralStoreContract, FindsTheNewestRefusalsThatAreAskedFor) {
  SchoolStore& school = harness_->Observer();
  const std::vector<RefusalRecord> all{RefusalOf(1, "2026-11-22", "Narra"),
                                       RefusalOf(2, "2026-11-23", "Acacia"),
                                       RefusalOf(3, "2026-11-23"), RefusalOf(4, "2026-11-24")};
  ASSERT_TRUE(store_->KeepRefusals(all));
  const auto find = [&](RefusalQuery query) { return Numbers(school.FindRefusals(query)); };
  EXPECT_THAT(find({"2026-11-01", "2026-11-30", {}, {}, {}, 3}), ElementsAre(4, 3, 2));
  EXPECT_THAT(find({"2026-11-23", "2026-11-23", {}, {}, {}, 10}), ElementsAre(3, 2));
  EXPECT_THAT(find({"2026-11-01", "2026-11-30", {{"Narra", "Acacia"}}, {}, {}, 10}),
              ElementsAre(2, 1));
  EXPECT_THAT(find({"2026-11-01", "2026-11-30", {{}}, {}, {}, 10}), IsEmpty());
  EXPECT_THAT(find({"2026-11-01", "2026-11-30", {}, {}, "UNKNOWN_CARD", 10}), ElementsAre(4, 3));
  EXPECT_THAT(find({"2026-11-01", "2026-11-30", {}, "gate-2", {}, 10}), IsEmpty());
  EXPECT_THAT(find({"2026-11-01", "2026-11-30", {}, "gate-1", {}, 1}), ElementsAre(4));
}

}  // namespace tamtap::central
