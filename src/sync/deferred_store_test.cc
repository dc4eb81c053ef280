#include "sync/deferred_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "sync/fake_store.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class DeferredStoreTest : public ::testing::Test {
 protected:
  Result<std::unique_ptr<CentralStore>> Open() {
    ++attempts_;
    if (trouble_) return *trouble_;
    auto fake = std::make_unique<FakeStore>();
    fake_ = fake.get();
    return std::unique_ptr<CentralStore>(std::move(fake));
  }

  int attempts_ = 0;
  std::optional<Error> trouble_;
  FakeStore* fake_ = nullptr;
  DeferredStore store_{[this] { return Open(); }};
};

TEST_F(DeferredStoreTest, NothingIsOpenedBeforeItIsUsedAndThenOnce) {
  EXPECT_EQ(store_.TimeTold(), std::nullopt);
  store_.OnAnswering([] {});
  EXPECT_EQ(attempts_, 0);
  EXPECT_TRUE(store_.Ping());
  EXPECT_TRUE(store_.PullSchool(""));
  EXPECT_TRUE(store_.ArrivalsOf("2026-11-23"));
  EXPECT_TRUE(store_.ChangeSchool({}));
  EXPECT_TRUE(store_.Store(std::vector<Record>(2)));
  EXPECT_EQ(attempts_, 1);
  EXPECT_EQ(fake_->sizes, std::vector<size_t>{2});
}

TEST_F(DeferredStoreTest, AStoreThatCannotBeOpenedIsTriedAgainLessAndLessOften) {
  trouble_ = Error{ErrorCode::kMisconfigured, "open the database x", 0, "it is locked"};
  std::vector<int64_t> waits;
  for (int i = 0; i < 8; ++i) {
    const auto answer = store_.Ping();
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().code, ErrorCode::kRetry) << "it may be mended while the gate runs";
    EXPECT_THAT(answer.error().Message(), HasSubstr("it is locked"));
    waits.push_back(store_.AskedToWait().count());
  }
  EXPECT_THAT(waits, ::testing::ElementsAre(500, 1000, 2000, 4000, 8000, 15000, 15000, 15000));
  EXPECT_FALSE(store_.Store(std::vector<Record>(2))) << "nothing is known of any of them";
  trouble_.reset();
  EXPECT_TRUE(store_.Ping());
  EXPECT_EQ(store_.AskedToWait(), milliseconds(0));
}

TEST_F(DeferredStoreTest, WhatTheStoreSaysOfItselfIsHandedOn) {
  int answers = 0;
  store_.OnAnswering([&] { ++answers; });
  ASSERT_TRUE(store_.Ping());
  fake_->answering();
  EXPECT_EQ(answers, 1);
  store_.OnAnswering(nullptr);
  EXPECT_FALSE(fake_->answering);
  fake_->asked_to_wait = milliseconds(7);
  EXPECT_EQ(store_.AskedToWait(), milliseconds(7));
  fake_->time_told = ToldTime{};
  EXPECT_TRUE(store_.TimeTold().has_value());
}

}  // namespace
}  // namespace tamtap
