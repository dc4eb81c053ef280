// The school's facts: people, schedules, the calendar.
#include "central/central_store_contract.h"

#include <fmt/core.h>

namespace tamtap::central {
namespace {

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
  changed.card = *CardId::Parse("04A2B3C4D5E680");
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
  same_card.card = ana.card;
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
  ben.card = ana.card;
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
