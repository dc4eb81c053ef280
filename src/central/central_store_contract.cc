// Law 11: what taps of one person on one day amount to, whatever their order and senders.
#include "central/central_store_contract.h"

#include <fmt/core.h>

#include <atomic>
#include <numeric>
#include <set>
#include <thread>

#include "base/random.h"
#include "central/content.h"
#include "tap/mark.h"

namespace tamtap::central {
namespace {

TEST_P(CentralStoreContract, AnswersAPing) { EXPECT_TRUE(store_->Ping()); }

TEST_P(CentralStoreContract, NoRecordsHaveNoOutcomes) {
  const auto outcomes = store_->Store({});
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  EXPECT_TRUE(outcomes->empty());
}

TEST_P(CentralStoreContract, ATapIsStoredOnceHoweverOftenItComes) {
  const Record record = ExampleRecord(1);
  EXPECT_EQ(StoreOne(record), OutcomeKind::kStored);
  EXPECT_EQ(StoreOne(record), OutcomeKind::kAlreadyStored);
  EXPECT_EQ(StoreOne(*harness_->NewClient(), record), OutcomeKind::kAlreadyStored);
  EXPECT_EQ(All(), Expected({record}));
}

TEST_P(CentralStoreContract, EveryFieldComesBackUnchanged) {
  Record record = ExampleRecord(1);
  record.name = "Peña \"Ñandú\" \xF0\x9F\x99\x82 \\ \t\x01";
  record.email = "";
  record.photo = "TT-001_Ana_Reyes_070000_AM.jpg";
  record.status = Status::kLate;
  record.clock = ClockState::kUnsure;
  record.role = Role::kTeacher;
  record.grade = std::string(512, 'x');
  EXPECT_EQ(StoreOne(record), OutcomeKind::kStored);
  EXPECT_EQ(All(), Expected({record}));
}

TEST_P(CentralStoreContract, ASecondTapOfTheDayIsMergedAndTheEarliestIsTheArrival) {
  const Record late = ExampleRecord(1, "176B3325", kExampleMorningUs + 5'000'000, "gate-1");
  Record early = ExampleRecord(1, "176B3325", kExampleMorningUs, "gate-2");
  early.section = "Molave";
  early.photo = "early.jpg";
  EXPECT_EQ(StoreOne(late), OutcomeKind::kStored);
  EXPECT_EQ(StoreOne(early), OutcomeKind::kMerged);
  EXPECT_EQ(StoreOne(late), OutcomeKind::kAlreadyStored);
  const auto found = All();
  EXPECT_EQ(found, Expected({late, early}));
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].arrival, early);
}

TEST_P(CentralStoreContract, AMarkOfStaffGivesWayToATapAndToANewerMarkAndAllAreKept) {
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const Person ana = ExamplePerson("176B3325", "Ana");
  uint64_t variant = 0;
  // The marks are made the day before, and an hour after the tap.
  for (const auto shift : {std::chrono::hours(-24), std::chrono::hours(1)}) {
    const WallTime made = WallTime(std::chrono::microseconds(kExampleMorningUs)) + shift;
    std::vector<size_t> order = {0, 1, 2};
    do {
      const std::string day = AddDays("2026-12-01", static_cast<int>(++variant));
      Record tap = ExampleRecord(variant);
      tap.day = day;
      tap.status = Status::kLate;
      const Record records[] = {
          MakeMark(ana, day, Status::kAbsent, "head", made, zone),
          MakeMark(ana, day, Status::kExcused, "head", made + std::chrono::minutes(1), zone), tap};
      const std::vector<Record> in_order = {records[order[0]], records[order[1]],
                                            records[order[2]]};
      if (variant % 2 == 0) {
        StoreAll(in_order);
      } else {
        for (const Record& record : in_order) StoreOne(record);
      }
      const auto found = harness_->Observer().FindAttendance({day, day, {}, {}});
      ASSERT_TRUE(found);
      ASSERT_EQ(*found, Expected(in_order));
      EXPECT_EQ((*found)[0].arrival, tap);
      EXPECT_EQ((*found)[0].taps.size(), 3u);
    } while (std::next_permutation(order.begin(), order.end()));

    for (const bool newer_first : {false, true}) {
      const std::string day = AddDays("2026-12-01", static_cast<int>(++variant));
      std::vector<Record> marks = {
          MakeMark(ana, day, Status::kAbsent, "head", made, zone),
          MakeMark(ana, day, Status::kExcused, "head", made + std::chrono::minutes(1), zone)};
      if (newer_first) std::swap(marks[0], marks[1]);
      for (const Record& mark : marks) StoreOne(mark);
      const auto found = harness_->Observer().FindAttendance({day, day, {}, {}});
      ASSERT_TRUE(found);
      ASSERT_EQ(found->size(), 1u);
      EXPECT_EQ((*found)[0].arrival.status, Status::kExcused);
      EXPECT_EQ((*found)[0].taps.size(), 2u);
    }
  }
}

TEST_P(CentralStoreContract, WhoWasHereByTheWordOfStaffHasATimeAndGivesWayToATap) {
  const TimeZone zone = *TimeZone::Load("Asia/Manila");
  const WallTime made = WallTime(std::chrono::microseconds(kExampleMorningUs));
  MarkWords words{Status::kLate, "head", "Ms. Head", "Forgotten card", "at the north gate"};
  words.time = "07:45:00";
  const Record mark = MakeMark(ExamplePerson("176B3325", "Ana"), "2026-11-23", words, made, zone);
  StoreAll({mark});
  const auto day = [&] {
    return *harness_->Observer().FindAttendance({mark.day, mark.day, {}, {}});
  };
  ASSERT_EQ(day().size(), 1u);
  EXPECT_EQ(day()[0].arrival, mark);
  EXPECT_EQ(day()[0].arrival.date, "2026-11-23 07:45:00");
  const Record tap = ExampleRecord(1);
  StoreAll({tap});
  EXPECT_EQ(day()[0].arrival, tap);
}

TEST_P(CentralStoreContract, EveryOrderOfFourTapsEndsTheSame) {
  // Three terminals, two taps at the very same instant, one of them twice in a batch's reach.
  std::vector<Record> taps = {ExampleRecord(3, "176B3325", kExampleMorningUs, "gate-3"),
                              ExampleRecord(10, "176B3325", kExampleMorningUs, "gate-1"),
                              ExampleRecord(9, "176B3325", kExampleMorningUs, "gate-1"),
                              ExampleRecord(1, "176B3325", kExampleMorningUs + 1, "gate-2")};
  std::vector<size_t> order(taps.size());
  std::iota(order.begin(), order.end(), 0);
  uint64_t variant = 0;
  do {
    // Each order on a day of its own, once one by one and once as a batch.
    for (const bool batch : {false, true}) {
      ++variant;
      std::vector<Record> shuffled;
      for (const size_t i : order) {
        Record tap = taps[i];
        tap.day = AddDays("2026-11-23", static_cast<int>(variant));
        tap.tap.generation = fmt::format("{:04x}", variant);
        shuffled.push_back(tap);
      }
      if (batch) {
        const auto kinds = StoreAll(shuffled);
        EXPECT_EQ(std::count(kinds.begin(), kinds.end(), OutcomeKind::kStored), 1);
        EXPECT_EQ(std::count(kinds.begin(), kinds.end(), OutcomeKind::kMerged), 3);
      } else {
        for (size_t i = 0; i < shuffled.size(); ++i) {
          EXPECT_EQ(StoreOne(shuffled[i]), i == 0 ? OutcomeKind::kStored : OutcomeKind::kMerged);
        }
      }
      const std::string day = shuffled[0].day;
      const auto found = harness_->Observer().FindAttendance({day, day, {}, {}});
      ASSERT_TRUE(found);
      ASSERT_EQ(*found, Expected(shuffled)) << "order " << variant;
      // As text, "10" comes before "9".
      EXPECT_EQ((*found)[0].arrival.tap.sequence, 10u);
    }
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST_P(CentralStoreContract, ABatchThatNamesATapTwiceStoresItOnce) {
  const Record record = ExampleRecord(1);
  const auto kinds = StoreAll({record, record, record});
  EXPECT_EQ(kinds, (std::vector{OutcomeKind::kStored, OutcomeKind::kAlreadyStored,
                                OutcomeKind::kAlreadyStored}));
  EXPECT_EQ(StoreAll({record, record}),
            (std::vector{OutcomeKind::kAlreadyStored, OutcomeKind::kAlreadyStored}));
  EXPECT_EQ(All(), Expected({record}));
}

TEST_P(CentralStoreContract, OneTapIdWithTwoContentsIsRefusedAndWhatIsStoredStays) {
  const Record record = ExampleRecord(1);
  ASSERT_EQ(StoreOne(record), OutcomeKind::kStored);
  Record other = record;
  other.name = "Somebody Else";
  other.tapped_at_us -= 1;
  for (const std::vector<Record>& batch :
       {std::vector<Record>{other}, std::vector<Record>{other, ExampleRecord(2, "DEADBEEF")}}) {
    const auto outcomes = store_->Store(batch);
    ASSERT_TRUE(outcomes);
    EXPECT_EQ((*outcomes)[0].kind, OutcomeKind::kRejected);
    EXPECT_EQ((*outcomes)[0].reason, kTwoContents);
  }
  EXPECT_EQ(All(), Expected({record, ExampleRecord(2, "DEADBEEF")}));
}

TEST_P(CentralStoreContract, TwoContentsInOneBatchKeepOneOfThem) {
  const Record record = ExampleRecord(1);
  Record other = record;
  other.section = "Molave";
  for (int round = 0; round < 2; ++round) {
    const auto kinds = StoreAll({record, other});
    ASSERT_EQ(kinds.size(), 2u);
    EXPECT_EQ(kinds[0], round == 0 ? OutcomeKind::kStored : OutcomeKind::kAlreadyStored);
    EXPECT_EQ(kinds[1], OutcomeKind::kRejected);
  }
  EXPECT_EQ(All(), Expected({record}));
}

TEST_P(CentralStoreContract, ABadRecordNeverTakesItsNeighboursDown) {
  std::vector<Record> records;
  std::vector<Record> good;
  const bool broken_text = harness_->SeesBrokenText();
  const auto spoil = [broken_text](size_t i, Record& record) {
    switch (i) {
      case 0:
        record.name = broken_text ? "caf\xE9" : std::string(600, 'x');  // Latin-1
        return true;
      case 17:
        record.name = std::string(513, 'x');
        return true;
      case 40:
        record.day = "";
        return true;
      case 41:
        record.day = "2026-02-30";
        return true;
      case 63:
        record.person = "no/body";
        return true;
      case 99:
        if (broken_text) record.section = "\xED\xA0\x80";  // half a surrogate pair
        return broken_text;
      default:
        return false;
    }
  };
  for (size_t i = 0; i < 100; ++i) {
    Record record = ExampleRecord(i + 1, fmt::format("{:08X}", i / 2));
    if (!spoil(i, record)) good.push_back(record);
    records.push_back(std::move(record));
  }
  const auto outcomes = store_->Store(records);
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  ASSERT_EQ(outcomes->size(), records.size());
  for (size_t i = 0; i < records.size(); ++i) {
    Record probe = records[i];
    const bool bad = spoil(i, probe);
    EXPECT_EQ((*outcomes)[i].kind == OutcomeKind::kRejected, bad) << i;
    EXPECT_EQ((*outcomes)[i].reason.empty(), !bad) << i;
  }
  EXPECT_EQ(All(), Expected(good));
  // Alone it is refused too, and the reason is text that can be stored and sent.
  const auto alone = store_->Store({&records[0], 1});
  ASSERT_TRUE(alone);
  EXPECT_EQ((*alone)[0].kind, OutcomeKind::kRejected);
}

TEST_P(CentralStoreContract, RandomTapsInRandomOrderAmountToTheSame) {
  SeededRandom random(20261123);
  std::vector<Record> taps;
  for (uint64_t i = 1; i <= 120; ++i) {
    const std::string card = fmt::format("{:08X}", random.Below(12));
    const auto at = kExampleMorningUs + static_cast<int64_t>(random.Below(4)) * 1'000'000;
    taps.push_back(ExampleRecord(i, card, at, fmt::format("gate-{}", random.Below(3))));
  }
  const auto expected = Expected(taps);
  std::vector<Record> deliveries = taps;
  deliveries.insert(deliveries.end(), taps.begin(), taps.end());
  for (size_t i = deliveries.size() - 1; i > 0; --i) {
    std::swap(deliveries[i], deliveries[random.Below(i + 1)]);
  }
  size_t first_time = 0;
  for (size_t i = 0; i < deliveries.size();) {
    const size_t count = std::min<size_t>(1 + random.Below(40), deliveries.size() - i);
    const auto outcomes = store_->Store(std::span(deliveries).subspan(i, count));
    ASSERT_TRUE(outcomes) << outcomes.error().Message();
    for (const Outcome& outcome : *outcomes) {
      first_time += outcome.kind == OutcomeKind::kStored || outcome.kind == OutcomeKind::kMerged;
    }
    i += count;
  }
  EXPECT_EQ(first_time, taps.size());
  EXPECT_EQ(All(), expected);
}

TEST_P(CentralStoreContract, WritersOnManyThreadsLoseNothing) {
  constexpr int kWriters = 4;
  constexpr uint64_t kTaps = 24;
  std::vector<Record> taps;
  for (int writer = 0; writer < kWriters; ++writer) {
    for (uint64_t i = 1; i <= kTaps; ++i) {
      taps.push_back(ExampleRecord(i, fmt::format("{:08X}", i % 3),
                                   kExampleMorningUs + static_cast<int64_t>((i * 7) % 5),
                                   fmt::format("gate-{}", writer)));
    }
  }
  std::vector<std::unique_ptr<CentralStore>> clients;
  for (int writer = 0; writer < kWriters; ++writer) clients.push_back(harness_->NewClient());
  std::atomic<int> failed = 0;
  {
    std::vector<std::jthread> threads;
    for (int writer = 0; writer < kWriters; ++writer) {
      threads.emplace_back([&, writer] {
        SeededRandom random(static_cast<uint64_t>(writer));
        // Its own taps and its neighbour's: the same tap comes from two sides at once.
        std::vector<Record> mine;
        for (const Record& tap : taps) {
          if (tap.tap.terminal == fmt::format("gate-{}", writer) ||
              tap.tap.terminal == fmt::format("gate-{}", (writer + 1) % kWriters)) {
            mine.push_back(tap);
          }
        }
        for (size_t i = mine.size() - 1; i > 0; --i) std::swap(mine[i], mine[random.Below(i + 1)]);
        for (size_t i = 0; i < mine.size();) {
          const size_t count = std::min<size_t>(1 + random.Below(8), mine.size() - i);
          const auto outcomes =
              clients[static_cast<size_t>(writer)]->Store(std::span(mine).subspan(i, count));
          if (!outcomes) {
            ++failed;
          } else {
            for (const Outcome& outcome : *outcomes) {
              failed +=
                  outcome.kind == OutcomeKind::kRetry || outcome.kind == OutcomeKind::kRejected;
            }
          }
          i += count;
        }
      });
    }
  }
  EXPECT_EQ(failed, 0);
  EXPECT_EQ(All(), Expected(taps));
}

}  // namespace
}  // namespace tamtap::central
