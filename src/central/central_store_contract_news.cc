// The order in which a store took its taps, as the live feed follows it.
#include <fmt/core.h>

#include "central/central_store_contract.h"

namespace tamtap::central {
namespace {

constexpr int64_t kOneMinute = 60'000'000;

// The news since that number, if this store keeps an order at all.
std::optional<News> Since(SchoolStore& store, int64_t number, size_t most = 1'000) {
  const auto news = store.NewsSince(number, most);
  if (!news) {
    ADD_FAILURE() << news.error().Message();
    return std::nullopt;
  }
  return *news;
}

TEST_P(CentralStoreContract, TapsAreNewsOnceAndInTheOrderInWhichTheyWereTaken) {
  SchoolStore& store = harness_->Observer();
  const auto begin = Since(store, 0);
  if (!begin) return;
  EXPECT_TRUE(begin->items.empty());
  StoreOne(ExampleRecord(3));
  StoreAll({ExampleRecord(1, "DEADBEEF"), ExampleRecord(2, "CAFEF00D")});
  StoreOne(ExampleRecord(3));  // it is there already
  const auto news = Since(store, begin->last);
  ASSERT_EQ(news->items.size(), 3U);
  EXPECT_EQ(news->epoch, begin->epoch);
  EXPECT_EQ(news->items[0].record, ExampleRecord(3));
  EXPECT_TRUE(news->items[0].arrival);
  int64_t last = begin->last;
  for (const NewsItem& each : news->items) {
    EXPECT_GT(each.number, last);
    last = each.number;
  }
  EXPECT_EQ(news->last, last);
  EXPECT_TRUE(Since(store, last)->items.empty());
  EXPECT_EQ(Since(store, news->items[0].number)->items.size(), 2U);
  EXPECT_EQ(Since(store, begin->last, 2)->items.size(), 2U);
  EXPECT_EQ(Since(store, begin->last, 2)->last, last);
}

TEST_P(CentralStoreContract, NewsSayWhoHadComeBeforeAndWhen) {
  SchoolStore& store = harness_->Observer();
  const auto begin = Since(store, 0);
  if (!begin) return;
  const auto at = [](uint64_t sequence, int minutes) {
    return ExampleRecord(sequence, "176B3325", kExampleMorningUs + minutes * kOneMinute);
  };
  for (const Record& each : {at(1, 10), at(2, 60), at(3, 0), at(4, 90)}) StoreOne(each);
  const auto news = Since(store, begin->last);
  ASSERT_EQ(news->items.size(), 4U);
  EXPECT_TRUE(news->items[0].arrival);
  EXPECT_EQ(news->items[0].left_before_us, 0);
  EXPECT_FALSE(news->items[1].arrival);
  EXPECT_EQ(news->items[1].arrived_us, at(1, 10).tapped_at_us);
  EXPECT_EQ(news->items[1].left_before_us, at(1, 10).tapped_at_us);
  EXPECT_TRUE(news->items[2].arrival);  // of a gate that was offline
  EXPECT_FALSE(news->items[3].arrival);
  EXPECT_EQ(news->items[3].arrived_us, at(3, 0).tapped_at_us);
  EXPECT_EQ(news->items[3].left_before_us, at(2, 60).tapped_at_us);
}

TEST_P(CentralStoreContract, ANumberIsNeverGivenAgain) {
  SchoolStore& store = harness_->Observer();
  const auto begin = Since(store, 0);
  if (!begin) return;
  const Record record = ExampleRecord(1);
  StoreOne(record);
  const int64_t first = Since(store, 0)->last;
  const std::vector<TapsOfDay> taps = {{record.day, record.person, {record.tap.ToString()}}};
  ASSERT_TRUE(store.VoidTaps(taps, {"head", WallTime{}}));
  EXPECT_TRUE(Since(store, begin->last)->items.empty());
  EXPECT_EQ(Since(store, 0)->last, first);
  StoreOne(ExampleRecord(2));
  const auto news = Since(store, first);
  ASSERT_EQ(news->items.size(), 1U);
  EXPECT_GT(news->items[0].number, first);
}

TEST_P(CentralStoreContract, WritersOnManyThreadsLeaveNoGapBehindWhatWasSeen) {
  SchoolStore& store = harness_->Observer();
  const auto begin = Since(store, 0);
  if (!begin) return;
  constexpr uint64_t kWriters = 4;
  constexpr uint64_t kTaps = 50;
  std::vector<std::unique_ptr<CentralStore>> clients;
  for (uint64_t writer = 0; writer < kWriters; ++writer) clients.push_back(harness_->NewClient());
  std::vector<std::jthread> writers;
  for (uint64_t writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&clients, writer] {
      for (uint64_t i = 0; i < kTaps; ++i) {
        const uint64_t number = writer * kTaps + i + 1;
        StoreOne(*clients[writer], ExampleRecord(number, fmt::format("{:08X}", number)));
      }
    });
  }
  std::set<std::string> seen;
  int64_t number = begin->last;
  while (seen.size() < kWriters * kTaps) {
    const auto news = Since(store, number, 7);
    for (const NewsItem& each : news->items) {
      EXPECT_TRUE(seen.insert(each.record.tap.ToString()).second);
      number = each.number;
    }
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_EQ(seen.size(), kWriters * kTaps);
}

}  // namespace
}  // namespace tamtap::central
