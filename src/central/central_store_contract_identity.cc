// Which store this is, and what it lacks.
#include "central/central_store_contract.h"

#include <fmt/core.h>

#include <thread>

namespace tamtap::central {
namespace {

TEST_P(CentralStoreContract, EveryClientIsToldTheSameIdentityAndItStays) {
  const auto first = store_->Identity();
  ASSERT_TRUE(first) << first.error().Message();
  EXPECT_FALSE(first->id.empty());
  EXPECT_FALSE(first->epoch.empty());
  EXPECT_NE(first->id, first->epoch);
  StoreAll({ExampleRecord(1)});
  const auto other = harness_->NewClient()->Identity();
  ASSERT_TRUE(other);
  EXPECT_EQ(*other, *first);
  EXPECT_EQ(*store_->Identity(), *first);
}

TEST_P(CentralStoreContract, AnotherStoreHasAnotherIdentity) {
  const auto other = GetParam()();
  ASSERT_NE(other, nullptr);
  const auto mine = store_->Identity();
  const auto its = other->NewClient()->Identity();
  ASSERT_TRUE(mine);
  ASSERT_TRUE(its);
  EXPECT_NE(mine->id, its->id);
}

TEST_P(CentralStoreContract, ClientsThatComeAtOnceFindOneIdentity) {
  constexpr size_t kClients = 8;
  std::vector<std::unique_ptr<CentralStore>> clients;
  for (size_t i = 0; i < kClients; ++i) clients.push_back(harness_->NewClient());
  std::vector<Result<StoreIdentity>> told(kClients, StoreIdentity{});
  {
    std::vector<std::jthread> threads;
    for (size_t i = 0; i < kClients; ++i) {
      threads.emplace_back([&, i] { told[i] = clients[i]->Identity(); });
    }
  }
  for (const auto& each : told) {
    ASSERT_TRUE(each) << each.error().Message();
    EXPECT_EQ(*each, *told[0]);
    EXPECT_FALSE(each->id.empty());
  }
}

TEST_P(CentralStoreContract, AStoreThatWentBackDrawsOneNewEpochHoweverManyTellIt) {
  const StoreIdentity before = *store_->Identity();
  const auto now = store_->WentBack(before);
  ASSERT_TRUE(now) << now.error().Message();
  EXPECT_EQ(now->id, before.id);
  EXPECT_NE(now->epoch, before.epoch);
  const auto other = harness_->NewClient()->WentBack(before);
  ASSERT_TRUE(other);
  EXPECT_EQ(*other, *now);
  EXPECT_EQ(*store_->Identity(), *now);
}

TEST_P(CentralStoreContract, WhatIsLackingIsToldTapByTapAndAskingChangesNothing) {
  Record merged = ExampleRecord(2, "176B3325", kExampleMorningUs + 1, "gate-2");
  const Record stored = ExampleRecord(1);
  Record next_day = ExampleRecord(3);
  next_day.day = "2026-11-24";
  StoreAll({stored, merged});
  const Record not_there = ExampleRecord(4, "DEADBEEF");
  const Record other_tap_of_that_day = ExampleRecord(5);
  const std::vector<Record> asked = {stored, not_there, merged, next_day, other_tap_of_that_day};
  for (int round = 0; round < 2; ++round) {
    const auto lacking = store_->Lacking(asked);
    ASSERT_TRUE(lacking) << lacking.error().Message();
    EXPECT_EQ(*lacking, (std::vector<size_t>{1, 3, 4}));
  }
  for (const Record& record : asked) {
    const auto alone = store_->Lacking({&record, 1});
    ASSERT_TRUE(alone);
    const bool there = record == stored || record == merged;
    EXPECT_EQ(alone->empty(), there) << record.tap.ToString();
  }
  EXPECT_EQ(All(), Expected({stored, merged}));
  EXPECT_EQ(*store_->Lacking({}), std::vector<size_t>{});
}

TEST_P(CentralStoreContract, AsManyAsMayBeAskedForAreAnsweredInOneCall) {
  std::vector<Record> records;
  std::vector<Record> stored;
  for (uint64_t i = 1; i <= kMostLookups; ++i) {
    records.push_back(ExampleRecord(i, fmt::format("{:08X}", i)));
    if (i % 50 == 0) stored.push_back(records.back());
  }
  StoreAll(stored);
  const auto lacking = store_->Lacking(records);
  ASSERT_TRUE(lacking) << lacking.error().Message();
  EXPECT_EQ(lacking->size(), records.size() - stored.size());
  EXPECT_EQ(lacking->front(), 0u);
  EXPECT_EQ(std::count(lacking->begin(), lacking->end(), 49u), 0);
}

}  // namespace
}  // namespace tamtap::central
