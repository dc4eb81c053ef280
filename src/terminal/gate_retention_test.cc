#include "terminal/gate_retention.h"

#include <gmock/gmock.h>

#include "journal/test_journal.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;

class GateRetentionTest : public journal::JournalTest {
 protected:
  void Put(const std::string& day) {
    ASSERT_TRUE(disk_.CreateDirectories("/photos/" + day));
    ASSERT_TRUE(WriteFileAtomically(disk_, "/photos/" + day + "/a.jpg", "x"));
  }
  bool IsThere(const std::string& day) { return *disk_.Exists("/photos/" + day + "/a.jpg"); }
  static SchoolSettings Keeping(int records, int photos) {
    SchoolSettings settings;
    settings.records_days = records;
    settings.photos_days = photos;
    return settings;
  }

  const SchoolZone zone_{*TimeZone::Load("Asia/Manila")};
  const std::string today_ = zone_.ToLocal(clock_.Now()).day;
};

TEST_F(GateRetentionTest, NothingIsKeptLongerThanRecordsAre) {
  EXPECT_EQ(JournalDaysOf(Keeping(0, 0), std::nullopt, 400), (JournalDays{400, 0}));
  EXPECT_EQ(JournalDaysOf(Keeping(0, 0), 0, 400), (JournalDays{0, 0})) << "for good, by a flag";
  EXPECT_EQ(JournalDaysOf(Keeping(90, 0), std::nullopt, 400), (JournalDays{90, 90}));
  EXPECT_EQ(JournalDaysOf(Keeping(90, 0), 0, 400), (JournalDays{90, 90}));
  EXPECT_EQ(JournalDaysOf(Keeping(90, 0), 10, 400), (JournalDays{10, 90}));
  SchoolSettings school = Keeping(0, 0);
  school.journal_days = 30;
  EXPECT_EQ(JournalDaysOf(school, std::nullopt, 400), (JournalDays{30, 0}));
}

TEST_F(GateRetentionTest, OldPhotosGoWhenTheSchoolSaysSo) {
  const auto journal = Open();
  ASSERT_TRUE(journal);
  GateRetention retention(*journal, disk_, "/photos", clock_);
  Put(AddDays(today_, -31));
  Put(AddDays(today_, -30));
  retention.Follow(Keeping(0, 0), {}, zone_);
  EXPECT_TRUE(IsThere(AddDays(today_, -31)));
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_FALSE(IsThere(AddDays(today_, -31)));
  EXPECT_TRUE(IsThere(AddDays(today_, -30)));
  retention.Follow(Keeping(0, 30), {}, zone_);
  // The next day another one is old.
  clock_.Advance(std::chrono::days(1));
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_FALSE(IsThere(AddDays(today_, -30)));
}

TEST_F(GateRetentionTest, PhotosOfTapsThatTheStoreDoesNotHaveStay) {
  const auto journal = Open();
  ASSERT_TRUE(journal);
  GateRetention retention(*journal, disk_, "/photos", clock_);
  Record old = ExampleRecord(0);
  ASSERT_TRUE(journal->Append(old));
  clock_.Advance(std::chrono::days(60));
  Put(old.day);
  Put(AddDays(old.day, 1));
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_TRUE(IsThere(old.day)) << "it was not sent yet";
  journal->Quarantine(1, "nobody has that card");
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_TRUE(IsThere(old.day)) << "staff may settle it";
  EXPECT_FALSE(IsThere(AddDays(old.day, 1)));
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_TRUE(IsThere(old.day));
  // Staff have settled it by the next day.
  EXPECT_EQ(journal->Requeue({}), 1u);
  const uint64_t sequence = 1;
  journal->Confirm({&sequence, 1});
  clock_.Advance(std::chrono::days(1));
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_FALSE(IsThere(old.day));
}

TEST_F(GateRetentionTest, AClockThatNobodyVouchesForRemovesNothing) {
  const auto journal = Open();
  ASSERT_TRUE(journal);
  GateRetention retention(*journal, disk_, "/photos", clock_);
  Put(AddDays(today_, -31));
  clock_.SetSynchronised(false);
  retention.Follow(Keeping(0, 30), {}, zone_);
  EXPECT_TRUE(IsThere(AddDays(today_, -31)));
}

}  // namespace
}  // namespace tamtap
