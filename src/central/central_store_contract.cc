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
  SeededRandom random(7);
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
          MakeMark(ana, day, Status::kAbsent, made, zone, random),
          MakeMark(ana, day, Status::kExcused, made + std::chrono::minutes(1), zone, random), tap};
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
          MakeMark(ana, day, Status::kAbsent, made, zone, random),
          MakeMark(ana, day, Status::kExcused, made + std::chrono::minutes(1), zone, random)};
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
        record.person = "nobody";
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

TEST_P(CentralStoreContract, TheMarkOfADayTellsThatSomethingArrived) {
  SchoolStore& observer = harness_->Observer();
  const std::string day = ExampleRecord(1).day;
  const auto mark = [&] {
    const auto taken = observer.AttendanceMark(day);
    EXPECT_TRUE(taken) << taken.error().Message();
    return taken ? *taken : std::string();
  };
  std::set<std::string> marks = {mark()};
  for (const char* const card : {"176B3325", "DEADBEEF", "04A2B3C4"}) {
    EXPECT_EQ(StoreOne(*harness_->NewClient(), ExampleRecord(marks.size(), card)),
              OutcomeKind::kStored);
    EXPECT_TRUE(marks.insert(mark()).second);
  }
  // Without a change it is the same, but for a moment in each half minute.
  bool same = false;
  for (int time = 0; time < 3; ++time) same |= mark() == mark();
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
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-23", {}, {}}), (Records{molave, narra}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", {}, {}}), (Records{molave, narra, next_day}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", {"Narra"}, {}}), (Records{narra, next_day}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-23", {"Narra", "Molave"}, {}}),
            (Records{molave, narra}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", {}, "00000001"}), (Records{narra, next_day}));
  EXPECT_EQ(arrivals({"2026-11-23", "2026-11-24", {"Molave"}, "00000001"}), Records{});
  EXPECT_EQ(arrivals({"2026-11-24", "2026-11-23", {}, {}}), Records{});
}

TEST_P(CentralStoreContract, TheSchoolComesBackAsItWasPutAndItsVersionTellsChanges) {
  SchoolStore& observer = harness_->Observer();
  School school;
  school.people = {ExamplePerson("00000001", "Ana"), ExamplePerson("00000002", "Ben")};
  school.people[1].role = Role::kTeacher;
  Schedule schedule;
  schedule.section = "Narra";
  schedule.grade = "7";
  schedule.week[0] = ClassHours{420, 1020};
  schedule.week[5] = ClassHours{480, 720};
  schedule.grace_period_minutes = 0;
  school.schedules = {schedule};
  school.calendar = {{CalendarKind::kSuspension, "2026-11-30", "2026-12-01", "", "Typhoon"},
                     {CalendarKind::kNoClass, "2026-12-02", "2026-12-02", "Narra", ""}};
  ASSERT_TRUE(observer.PutPeople(school.people));
  ASSERT_TRUE(observer.PutSchedule(schedule));
  for (const CalendarEntry& entry : school.calendar) {
    ASSERT_TRUE(observer.PutCalendarEntry(entry));
    ASSERT_TRUE(observer.PutCalendarEntry(entry));  // an equal one is there once
  }

  const auto pull = [&](std::string_view known) {
    auto pulled = store_->PullSchool(known);
    EXPECT_TRUE(pulled) << pulled.error().Message();
    return pulled ? *std::move(pulled) : std::optional<SchoolVersion>();
  };
  const auto first = pull("");
  ASSERT_TRUE(first);
  EXPECT_EQ(first->school, school);
  EXPECT_FALSE(first->version.empty());
  EXPECT_FALSE(pull(first->version)) << "nothing changed";

  // A new card, another section, a schedule replaced, an entry gone: each is a new version.
  std::set<std::string> versions = {first->version};
  Person changed = school.people[0];
  changed.nfc_id = *CardId::Parse("04A2B3C4D5E680");
  ASSERT_TRUE(observer.PutPeople({&changed, 1}));
  const auto second = pull(first->version);
  ASSERT_TRUE(second);
  EXPECT_EQ(second->school.people[0], changed);
  EXPECT_EQ(second->school.people.size(), 2u);
  EXPECT_TRUE(versions.insert(second->version).second);

  schedule.week[5].reset();
  ASSERT_TRUE(observer.PutSchedule(schedule));
  const auto third = pull(second->version);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->school.schedules, std::vector<Schedule>{schedule});
  EXPECT_TRUE(versions.insert(third->version).second);

  ASSERT_TRUE(observer.RemoveCalendarEntry(school.calendar[0]));
  const auto fourth = pull(third->version);
  ASSERT_TRUE(fourth);
  EXPECT_EQ(fourth->school.calendar, std::vector<CalendarEntry>{school.calendar[1]});
  EXPECT_TRUE(versions.insert(fourth->version).second);

  // Equal schools have equal versions: what goes and comes back is what it was.
  ASSERT_TRUE(observer.PutCalendarEntry(school.calendar[0]));
  const auto fifth = pull(fourth->version);
  ASSERT_TRUE(fifth);
  EXPECT_EQ(fifth->version, third->version);

  ASSERT_TRUE(observer.RemovePerson("00000001"));
  ASSERT_TRUE(observer.RemovePerson("00000002"));
  ASSERT_TRUE(observer.RemoveSchedule("Narra"));
  const auto last = pull(fifth->version);
  ASSERT_TRUE(last);
  EXPECT_TRUE(last->school.people.empty());
  EXPECT_TRUE(last->school.schedules.empty());
}

TEST_P(CentralStoreContract, PeopleAreAddedOnceAndThoseThereStayAsTheyAre) {
  const Person ana = ExamplePerson("00000001", "Ana");
  Person renamed = ana;
  renamed.name = "Anna";
  Person same_card = ExamplePerson("00000003", "Cara");
  same_card.nfc_id = ana.nfc_id;
  Person ben = ExamplePerson("00000002", "Ben");
  ben.role = Role::kTeacher;
  const std::vector<Person> more = {renamed, same_card, ben};
  if (!harness_->TakesPeople()) {
    const auto refused = store_->AddPeople(more);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
    return;
  }
  ASSERT_TRUE(store_->AddPeople({&ana, 1}));
  ASSERT_TRUE(store_->AddPeople(more));
  ASSERT_TRUE(store_->AddPeople(more));
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled);
  EXPECT_EQ((*pulled)->school.people, (std::vector<Person>{ana, ben}));
}

TEST_P(CentralStoreContract, ACardCannotBelongToTwo) {
  SchoolStore& observer = harness_->Observer();
  const Person ana = ExamplePerson("00000001", "Ana");
  Person ben = ExamplePerson("00000002", "Ben");
  ASSERT_TRUE(observer.PutPeople({&ana, 1}));
  ben.nfc_id = ana.nfc_id;
  const auto refused = observer.PutPeople({&ben, 1});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  const auto pulled = observer.PullSchool("");
  ASSERT_TRUE(pulled);
  EXPECT_EQ((*pulled)->school.people, std::vector<Person>{ana});
}

TEST_P(CentralStoreContract, APersonWhoBecomesATeacherIsThereOnce) {
  SchoolStore& observer = harness_->Observer();
  Person ana = ExamplePerson("00000001", "Ana");
  ASSERT_TRUE(observer.PutPeople({&ana, 1}));
  ana.role = Role::kTeacher;
  ASSERT_TRUE(observer.PutPeople({&ana, 1}));
  const auto pulled = observer.PullSchool("");
  ASSERT_TRUE(pulled);
  EXPECT_EQ((*pulled)->school.people, std::vector<Person>{ana});
}

}  // namespace
}  // namespace tamtap::central
