// What is asked of the attendance, and what is taken out of it.
#include "central/central_store_contract.h"

#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "tap/mark.h"

namespace tamtap::central {
namespace {

TEST_P(CentralStoreContract, ArrivalsAreOneRecordAPersonOfThatDay) {
  Record yesterday = ExampleRecord(1, "DEADBEEF");
  yesterday.day = "2026-11-22";
  const Record early = ExampleRecord(2, "176B3325", kExampleMorningUs - 1);
  const Record late = ExampleRecord(3, "176B3325");
  Record replaced = ExampleRecord(4, "04A2B3C4D5E680", kExampleMorningUs + 9);
  replaced.person = "CAFEBABE";  // the card was replaced; the person is the same
  StoreAll({yesterday, late, early, replaced});
  const auto arrivals = store_->ArrivalsOf("2026-11-23");
  ASSERT_TRUE(arrivals) << arrivals.error().Message();
  EXPECT_EQ(*arrivals, (std::vector<Record>{early, replaced}));
  const auto none = store_->ArrivalsOf("2026-11-24");
  ASSERT_TRUE(none);
  EXPECT_TRUE(none->empty());
}

TEST_P(CentralStoreContract, TheVersionOfADayTellsThatSomethingArrived) {
  SchoolStore& observer = harness_->Observer();
  const std::string day = ExampleRecord(1).day;
  const auto version = [&] {
    const auto taken = observer.AttendanceVersion(day);
    EXPECT_TRUE(taken) << taken.error().Message();
    return taken ? *taken : std::string();
  };
  std::set<std::string> versions = {version()};
  for (const char* const card : {"176B3325", "DEADBEEF", "04A2B3C4"}) {
    EXPECT_EQ(StoreOne(*harness_->NewClient(), ExampleRecord(versions.size(), card)),
              OutcomeKind::kStored);
    EXPECT_TRUE(versions.insert(version()).second);
  }
  // Without a change it is the same, but for a moment in each half minute.
  bool same = false;
  for (int time = 0; time < 3; ++time) same |= version() == version();
  EXPECT_TRUE(same);
}

TEST_P(CentralStoreContract, AttendanceIsFoundByDaySectionAndPerson) {
  Record narra = ExampleRecord(1, "00000001", kExampleMorningUs + 5);
  Record molave = ExampleRecord(2, "00000002", kExampleMorningUs + 1);
  molave.section = "Molave";
  Record next_day = ExampleRecord(3, "00000001", kExampleMorningUs + 86'400'000'000);
  StoreAll({narra, molave, next_day});
  SchoolStore& school = harness_->Observer();
  const auto arrivals = [&](const AttendanceQuery& query) {
    std::vector<Record> records;
    const auto found = school.FindAttendance(query);
    EXPECT_TRUE(found);
    for (const Attendance& attendance : *found) records.push_back(attendance.arrival);
    return records;
  };
  using Records = std::vector<Record>;
  using Sections = std::vector<std::string>;
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-23", {}, {}}), (Records{molave, narra}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", {}, {}}), (Records{molave, narra, next_day}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", Sections{"Narra"}, {}}),
            (Records{narra, next_day}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-23", Sections{"Narra", "Molave"}, {}}),
            (Records{molave, narra}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", {}, "00000001"}), (Records{narra, next_day}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", Sections{"Molave"}, "00000001"}), Records{});
  EXPECT_EQ(arrivals({"2026-11-24", "2026-11-23", {}, {}}), Records{});
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", Sections{}, {}}), Records{})
      << "who handles no section sees none";
}

TEST_P(CentralStoreContract, VoidedTapsLeaveTheirDaysAndTheDaysAreDerivedAgain) {
  SchoolStore& school = harness_->Observer();
  const Record forged = ExampleRecord(1, "176B3325", kExampleMorningUs, "gate-1");
  Record honest = ExampleRecord(1, "176B3325", kExampleMorningUs + 5'000'000, "gate-2");
  honest.section = "Molave";
  honest.status = Status::kLate;
  const Record later = ExampleRecord(2, "176B3325", kExampleMorningUs + 9'000'000, "gate-3");
  const Record alone = ExampleRecord(2, "DEADBEEF", kExampleMorningUs, "gate-1");
  const Record neighbour = ExampleRecord(3, "00000001", kExampleMorningUs, "gate-2");
  StoreAll({forged, later, honest, alone, neighbour});
  const std::vector<TapsOfDay> taps = {
      {forged.day, forged.person, {forged.tap.ToString(), "gate-1.00112233445566ff.77"}},
      {alone.day, alone.person, {alone.tap.ToString()}},
      {alone.day, "CAFEBABE", {alone.tap.ToString()}},
      {"2026-11-24", forged.person, {forged.tap.ToString()}},
      {neighbour.day, neighbour.person, {}}};
  for (const size_t taken : {2u, 0u}) {  // again: nothing more
    const auto voided = school.VoidTaps(taps, {"head", WallTime(std::chrono::seconds(1))});
    ASSERT_TRUE(voided) << voided.error().Message();
    EXPECT_EQ(*voided, taken);
    EXPECT_EQ(All(), Expected({honest, later, neighbour}));
  }
  const std::vector<std::string> honests = {"Molave"};
  const auto of_section = school.FindAttendance({honest.day, honest.day, honests, honest.person});
  ASSERT_TRUE(of_section);
  EXPECT_EQ(of_section->size(), 1u) << "the day is that of its arrival's section";
  // The day goes on as if they had never been.
  const Record earlier = ExampleRecord(7, "176B3325", kExampleMorningUs + 1, "gate-2");
  EXPECT_EQ(StoreOne(earlier), OutcomeKind::kMerged);
  const Record anew = ExampleRecord(4, "DEADBEEF", kExampleMorningUs + 7, "gate-2");
  EXPECT_EQ(StoreOne(anew), OutcomeKind::kStored);
  EXPECT_EQ(All(), Expected({honest, later, neighbour, earlier, anew}));
  const auto found = school.FindAttendance({honest.day, honest.day, {{"Narra"}}, honest.person});
  ASSERT_TRUE(found);
  EXPECT_EQ(found->size(), 1u) << "the day is that of its arrival's section again";
}

TEST_P(CentralStoreContract, VoidingWhileOthersStoreLosesNoTapOfTheirs) {
  constexpr uint64_t kTaps = 40;
  SchoolStore& school = harness_->Observer();
  std::vector<Record> forged;
  std::vector<Record> honest;
  for (uint64_t i = 1; i <= kTaps; ++i) {
    forged.push_back(ExampleRecord(i, "176B3325", kExampleMorningUs + static_cast<int64_t>(i)));
    honest.push_back(
        ExampleRecord(i, "176B3325", kExampleMorningUs + static_cast<int64_t>(2 * i), "gate-2"));
  }
  StoreAll(forged);
  std::atomic<int> failed = 0;
  {
    const std::jthread storing([&] {
      const auto client = harness_->NewClient();
      for (const Record& record : honest) {
        failed += StoreOne(*client, record) != OutcomeKind::kMerged &&
                  StoreOne(*client, record) != OutcomeKind::kAlreadyStored;
      }
    });
    for (const Record& record : forged) {
      const TapsOfDay tap{record.day, record.person, {record.tap.ToString()}};
      // Other writers may be faster each time; then it is done again.
      Result<size_t> voided = school.VoidTaps({&tap, 1}, {"head", {}});
      for (int again = 0; again < 20 && !voided; ++again) {
        voided = school.VoidTaps({&tap, 1}, {"head", {}});
      }
      failed += !voided;
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(All(), Expected(honest));
}

}  // namespace
}  // namespace tamtap::central
