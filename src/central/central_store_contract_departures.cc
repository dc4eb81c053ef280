// Departures: what the taps of a day say of when people left, whatever their order and senders.
#include <fmt/core.h>

#include "central/central_store_contract.h"
#include "tap/mark.h"

namespace tamtap::central {
namespace {

constexpr int64_t kMinute = 60'000'000;

Record TapAt(uint64_t sequence, int minutes, const std::string& day, const std::string& gate) {
  Record record = ExampleRecord(sequence, "176B3325", kExampleMorningUs + minutes * kMinute, gate);
  record.day = day;
  record.tap.generation = day.substr(5, 2) + day.substr(8, 2);
  return record;
}

TEST_P(CentralStoreContract, EveryOrderOfTapsEndsInTheSameDeparture) {
  PutSetting("departures", "on");
  std::vector<size_t> order = {0, 1, 2, 3};
  int variant = 0;
  do {
    for (const bool batch : {false, true}) {
      const std::string day = AddDays("2026-12-01", ++variant);
      const std::vector<Record> taps = {TapAt(1, 0, day, "gate-1"), TapAt(1, 10, day, "gate-2"),
                                        TapAt(2, 540, day, "gate-2"), TapAt(2, 545, day, "gate-1")};
      std::vector<Record> in_order;
      for (const size_t i : order) in_order.push_back(taps[i]);
      if (batch) {
        StoreAll(in_order);
      } else {
        for (const Record& record : in_order) StoreOne(record);
      }
      const auto found = harness_->Observer().FindAttendance({day, day, {}, {}});
      ASSERT_TRUE(found) << found.error().Message();
      ASSERT_EQ(found->size(), 1u);
      EXPECT_EQ((*found)[0].arrival, taps[0]);
      EXPECT_EQ((*found)[0].departed_at, taps[3].tapped_at) << variant;
      EXPECT_EQ((*found)[0].departure, "16:05:00");
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(CentralStoreContract, TheSchoolSaysWhetherAndAfterHowLongATapIsADeparture) {
  StoreAll({ExampleRecord(1), ExampleRecord(2, "176B3325", kExampleMorningUs + 20 * kMinute)});
  EXPECT_EQ(All().at(0).departure, "");
  PutSetting("departures", "on");
  EXPECT_EQ(All().at(0).departure, "") << "20 of 30 minutes";
  PutSetting("departures.after_minutes", "20");
  EXPECT_EQ(All().at(0).departure, "07:20:00");
  PutSetting("departures", "off");
  EXPECT_EQ(All().at(0).departure, "");
}

TEST_P(CentralStoreContract, MarksOfStaffAreNoDeparturesAndAVoidedTapIsNoneAnyMore) {
  PutSetting("departures", "on");
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const Record arrival = ExampleRecord(1);
  const Record left = ExampleRecord(2, "176B3325", kExampleMorningUs + 60 * kMinute);
  const WallTime later{std::chrono::microseconds(kExampleMorningUs + 600 * kMinute)};
  StoreAll({arrival, MakeMark(ExamplePerson("176B3325", "Ana"), arrival.day, Status::kExcused,
                              "head", later, zone)});
  EXPECT_EQ(All().at(0).departure, "");
  StoreOne(left);
  EXPECT_EQ(All().at(0).departure, "08:00:00");
  const TapsOfDay voided{left.day, left.person, {left.tap.ToString()}};
  ASSERT_TRUE(harness_->Observer().VoidTaps({&voided, 1}, {"head", later}));
  EXPECT_EQ(All().at(0).departure, "");
}

}  // namespace
}  // namespace tamtap::central
