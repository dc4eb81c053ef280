// The school's facts: people, schedules, the calendar.
#include "central/central_store_contract.h"

#include <fmt/core.h>

namespace tamtap::central {
namespace {

School SchoolIn(SchoolUpdate update) {
  School school;
  Apply(std::move(update), school);
  return school;
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
  ASSERT_TRUE(PutPeople(observer, school.people));
  ASSERT_TRUE(PutSchedule(observer, schedule));
  for (const CalendarEntry& entry : school.calendar) {
    ASSERT_TRUE(PutCalendarEntry(observer, entry));
    ASSERT_TRUE(PutCalendarEntry(observer, entry));  // an equal one is there once
  }

  const auto pull = [&](std::string_view known) {
    auto pulled = store_->PullSchool(known);
    EXPECT_TRUE(pulled) << pulled.error().Message();
    return pulled ? *std::move(pulled) : std::optional<SchoolUpdate>();
  };
  const auto first = pull("");
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->whole);
  EXPECT_TRUE(first->told);
  EXPECT_EQ(SchoolIn(*first), school);
  EXPECT_FALSE(first->version.empty());
  EXPECT_FALSE(pull(first->version)) << "nothing changed";

  // A new card, another section, a schedule replaced, an entry gone: each is a new version, and a
  // copy that follows is always what a new copy would be.
  School copy = SchoolIn(*first);
  std::set<std::string> versions = {first->version};
  std::string version = first->version;
  const auto follow = [&] {
    auto update = pull(version);
    if (!update) return false;
    EXPECT_TRUE(versions.insert(update->version).second);
    version = update->version;
    Apply(*std::move(update), copy);
    EXPECT_EQ(copy, SchoolIn(*pull("")));
    return true;
  };
  Person changed = school.people[0];
  changed.card = *CardId::Parse("04A2B3C4D5E680");
  ASSERT_TRUE(PutPeople(observer, {changed}));
  ASSERT_TRUE(follow());
  EXPECT_EQ(copy.people[0], changed);
  EXPECT_EQ(copy.people.size(), 2u);

  schedule.week[5].reset();
  ASSERT_TRUE(PutSchedule(observer, schedule));
  ASSERT_TRUE(follow());
  EXPECT_EQ(copy.schedules, std::vector<Schedule>{schedule});

  ASSERT_TRUE(ChangeSchoolOf(observer, [](School& now) {
    now.calendar.erase(now.calendar.begin());
    now.settings = {{"departures", "true"}};
  }));
  ASSERT_TRUE(follow());
  EXPECT_EQ(copy.calendar, std::vector<CalendarEntry>{school.calendar[1]});
  EXPECT_EQ(copy.settings.at("departures"), "true");

  ASSERT_TRUE(ChangeSchoolOf(observer, [](School& now) { now = School(); }));
  ASSERT_TRUE(follow());
  EXPECT_EQ(copy, School());
  EXPECT_TRUE(pull("")->told) << "it was emptied, which is another thing than never told";
}

TEST_P(CentralStoreContract, WhatIsKeptOfSomebodyWhoLeftIsNotThatOfWhoHasTheirCardNext) {
  SchoolStore& observer = harness_->Observer();
  const Person ana = ExamplePerson("176B3325", "Ana");
  ASSERT_TRUE(PutPeople(observer, {ana}));
  EXPECT_EQ(StoreOne(ExampleRecord(1)), OutcomeKind::kStored);
  ASSERT_TRUE(RemovePerson(observer, ana.person));
  Person ben = ExamplePerson("176B3325", "Ben");
  ben.tamtap_id = "TT-2";
  ASSERT_TRUE(PutPeople(observer, {ben}));
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled && *pulled);
  ASSERT_EQ((*pulled)->school.people.size(), 1u);
  const Person& there = (*pulled)->school.people[0];
  EXPECT_EQ(there.name, ben.name);
  EXPECT_EQ(there.card, ben.card);
  ASSERT_NE(there.person, ana.person);
  const auto days_of = [&](const std::string& person) {
    const auto found = observer.FindAttendance({"2026-01-01", "2026-12-31", {}, person});
    EXPECT_TRUE(found) << found.error().Message();
    std::vector<std::string> names;
    if (found) {
      for (const Attendance& each : *found) names.push_back(each.arrival.name);
    }
    return names;
  };
  EXPECT_EQ(days_of(there.person), std::vector<std::string>());
  // He comes on the same day, and that is his day.
  Record tap = ExampleRecord(2, "176B3325", kExampleMorningUs + 3'600'000'000);
  tap.person = there.person;
  tap.name = ben.name;
  EXPECT_EQ(StoreOne(tap), OutcomeKind::kStored);
  EXPECT_EQ(days_of(there.person), std::vector<std::string>{ben.name});
  EXPECT_EQ(days_of(ana.person), std::vector<std::string>{"Ana Reyes"});
  // Ana comes back with another card, to her days.
  Person back = ana;
  back.card = *CardId::Parse("04A2B3C4D5E680");
  ASSERT_TRUE(PutPeople(observer, {back}));
  const auto again = store_->PullSchool("");
  ASSERT_TRUE(again && *again);
  EXPECT_EQ((*again)->school.people.size(), 2u);
  EXPECT_EQ(days_of(ana.person), std::vector<std::string>{"Ana Reyes"});
}

TEST_P(CentralStoreContract, SexAndLrnOfALearnerAreKeptAndMayBeTakenBack) {
  SchoolStore& observer = harness_->Observer();
  Person ana = ExamplePerson("00000001", "Ana");
  const auto kept = [&] {
    auto pulled = store_->PullSchool("");
    EXPECT_TRUE(pulled && *pulled);
    School school = SchoolIn(**std::move(pulled));
    EXPECT_EQ(school.people.size(), 1u);
    return school.people.at(0);
  };
  for (const char* lrn : {"136542100123", "136542100124", ""}) {
    ana.sex = *lrn == '\0' ? "" : "F";
    ana.lrn = lrn;
    ASSERT_TRUE(PutPeople(observer, {ana}));
    EXPECT_EQ(kept(), ana) << lrn;
  }
}

TEST_P(CentralStoreContract, ASchoolThatNobodyToldOfSaysSo) {
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  ASSERT_TRUE(*pulled);
  EXPECT_TRUE((*pulled)->whole);
  EXPECT_FALSE((*pulled)->told);
  EXPECT_EQ((*pulled)->school, School());
}

TEST_P(CentralStoreContract, ATimeZoneAloneIsNoWordOfASchool) {
  CentralStore& observer = harness_->Observer();
  ASSERT_TRUE(
      ChangeSchoolOf(observer, [](School& now) { now.settings["timezone"] = "Asia/Tokyo"; }));
  const auto pull = [&]() {
    const auto pulled = store_->PullSchool("");
    return pulled && *pulled ? **pulled : SchoolUpdate{};
  };
  EXPECT_FALSE(pull().told);
  EXPECT_EQ(pull().school.settings.at("timezone"), "Asia/Tokyo");
  ASSERT_TRUE(ChangeSchoolOf(observer, [](School& now) { now.settings["departures"] = "on"; }));
  EXPECT_TRUE(pull().told);
  ASSERT_TRUE(ChangeSchoolOf(observer, [](School& now) { now.settings.erase("departures"); }));
  EXPECT_TRUE(pull().told);
}

TEST_P(CentralStoreContract, AVersionThatTheStoreDoesNotKnowGetsTheWhole) {
  const Person ana = ExamplePerson("00000001", "Ana");
  ASSERT_TRUE(PutPeople(harness_->Observer(), {ana}));
  for (const char* const version : {"1-of another store", "v", "-", "99999999999999999999-x"}) {
    const auto pulled = store_->PullSchool(version);
    ASSERT_TRUE(pulled) << pulled.error().Message();
    ASSERT_TRUE(*pulled);
    EXPECT_TRUE((*pulled)->whole) << version;
    EXPECT_EQ((*pulled)->school.people, std::vector<Person>{ana});
  }
}

TEST_P(CentralStoreContract, WhatAGateSaysIsTakenOnceAndUndoesNothingThatWasSaidLater) {
  SchoolStore& observer = harness_->Observer();
  const Person ana = ExamplePerson("00000001", "Ana");
  const Person ben = ExamplePerson("00000002", "Ben");
  const School with_ana{{ana}, {}, {}};
  const auto joined = ChangesBetween({}, with_ana, {1'000, "gate"}, SystemRandom());
  for (int times = 0; times < 2; ++times) {
    const auto outcomes = store_->ChangeSchool(joined);
    ASSERT_TRUE(outcomes) << outcomes.error().Message();
    EXPECT_EQ(*outcomes, std::vector<std::string>{""});
  }
  School moved = with_ana;
  moved.people[0].section = "Molave";
  moved.people[0].email = "ana@example.org";
  const auto earlier = ChangesBetween(with_ana, moved, {2'000, "gate"}, SystemRandom());
  ASSERT_TRUE(ChangeSchoolOf(observer, [&](School& now) {
    now.people[0].section = "Yakal";
    now.people.push_back(ben);
  }));
  ASSERT_TRUE(store_->ChangeSchool(earlier));
  const auto pulled = observer.PullSchool("");
  ASSERT_TRUE(pulled);
  const School now = SchoolIn(**pulled);
  ASSERT_EQ(now.people.size(), 2u);
  EXPECT_EQ(now.people[0].section, "Yakal");
  EXPECT_EQ(now.people[0].email, "ana@example.org");

  // Who was taken out stays out, and whose card it is stays so.
  ASSERT_TRUE(RemovePerson(observer, ana.person));
  Person cora = ExamplePerson("00000003", "Cora");
  cora.card = ben.card;
  auto more = ChangesBetween({}, {{ana, cora}, {}, {}}, {3'000, "gate"}, SystemRandom());
  const auto outcomes = store_->ChangeSchool(more);
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  EXPECT_EQ((*outcomes)[0], "");
  EXPECT_NE((*outcomes)[1].find("Ben Dela Peña"), std::string::npos) << (*outcomes)[1];
  EXPECT_EQ(SchoolIn(**observer.PullSchool("")).people, std::vector<Person>{ben});
}

TEST_P(CentralStoreContract, ACardCannotBelongToTwo) {
  SchoolStore& observer = harness_->Observer();
  const Person ana = ExamplePerson("00000001", "Ana");
  Person ben = ExamplePerson("00000002", "Ben");
  ASSERT_TRUE(PutPeople(observer, {ana}));
  ben.card = ana.card;
  const auto refused = PutPeople(observer, {ben});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::kRejected);
  const auto pulled = observer.PullSchool("");
  ASSERT_TRUE(pulled);
  EXPECT_EQ((*pulled)->school.people, std::vector<Person>{ana});
}

TEST_P(CentralStoreContract, APersonWhoBecomesATeacherIsThereOnce) {
  SchoolStore& observer = harness_->Observer();
  Person ana = ExamplePerson("00000001", "Ana");
  ASSERT_TRUE(PutPeople(observer, {ana}));
  ana.role = Role::kTeacher;
  ASSERT_TRUE(PutPeople(observer, {ana}));
  const auto pulled = observer.PullSchool("");
  ASSERT_TRUE(pulled);
  EXPECT_EQ((*pulled)->school.people, std::vector<Person>{ana});
}

}  // namespace
}  // namespace tamtap::central
