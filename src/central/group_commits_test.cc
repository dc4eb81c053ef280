#include "central/group_commits.h"

#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <thread>

#include "tap/example_record.h"

namespace tamtap::central {
namespace {

// The outcome names the record, so that nobody gets another's.
std::vector<std::vector<Outcome>> OutcomesOf(GroupCommits::Group group) {
  std::vector<std::vector<Outcome>> outcomes;
  for (const std::span<const Record> records : group) {
    outcomes.emplace_back();
    for (const Record& record : records) {
      outcomes.back().push_back({OutcomeKind::kStored, record.tap.ToString()});
    }
  }
  return outcomes;
}

TEST(GroupCommitsTest, WhoComesDuringACommitIsStoredTogetherByTheNext) {
  GroupCommits commits;
  std::latch first_began(1);
  std::latch others_wait(1);
  std::atomic<size_t> commits_made = 0;
  std::atomic<size_t> most_together = 0;
  const auto commit = [&](GroupCommits::Group group) {
    if (commits_made++ == 0) {
      first_began.count_down();
      others_wait.wait();
    }
    most_together = std::max(most_together.load(), group.size());
    return Result<std::vector<std::vector<Outcome>>>(OutcomesOf(group));
  };
  constexpr uint64_t kOthers = 6;
  std::atomic<uint64_t> came = 0;
  const auto store = [&](uint64_t n) {
    ++came;
    const std::vector<Record> records = {ExampleRecord(n), ExampleRecord(n + 100)};
    const auto outcomes = commits.Store(records, commit);
    ASSERT_TRUE(outcomes);
    ASSERT_EQ(outcomes->size(), 2U);
    EXPECT_EQ((*outcomes)[0].reason, records[0].tap.ToString());
    EXPECT_EQ((*outcomes)[1].reason, records[1].tap.ToString());
  };
  std::vector<std::jthread> threads;
  threads.emplace_back(store, 1);
  first_began.wait();
  for (uint64_t n = 2; n < 2 + kOthers; ++n) threads.emplace_back(store, n);
  while (came < 1 + kOthers) std::this_thread::yield();
  std::this_thread::sleep_for(std::chrono::milliseconds(50));
  others_wait.count_down();
  threads.clear();
  EXPECT_LT(commits_made, 1 + kOthers);
  EXPECT_GT(most_together, 1U);
}

TEST(GroupCommitsTest, AnErrorIsEverybodysAndTheNextGoesOn) {
  GroupCommits commits;
  const std::vector<Record> records = {ExampleRecord(1)};
  const auto fail = [](GroupCommits::Group) {
    return Result<std::vector<std::vector<Outcome>>>(Error{ErrorCode::kFull, "store", 0, {}});
  };
  const auto failed = commits.Store(records, fail);
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().code, ErrorCode::kFull);
  const auto no_memory =
      commits.Store(records, [](GroupCommits::Group) -> Result<std::vector<std::vector<Outcome>>> {
        throw std::bad_alloc();
      });
  EXPECT_FALSE(no_memory);
  EXPECT_TRUE(commits.Store(records, [](GroupCommits::Group group) {
    return Result<std::vector<std::vector<Outcome>>>(OutcomesOf(group));
  }));
}

}  // namespace
}  // namespace tamtap::central
