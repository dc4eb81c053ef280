// The school in a database that existed before us, and that other software goes on changing.
#include "central/central_store_contract.h"
#include "central/mongo_fixture.h"

namespace tamtap::central {
namespace {

TEST_F(MongoStoreTest, ThePeopleAndSchedulesOfAnExistingDatabaseAreKeptAndExtended) {
  database_->Insert("students", {{"nfc_id", "100582761834"},
                                 {"tamtap_id", "TT-001"},
                                 {"first_name", "Ana"},
                                 {"last_name", "Reyes"},
                                 {"grade", "7"},
                                 {"section", "Narra"},
                                 {"guardian", "kept"}});
  database_->Insert("students", {{"nfc_id", "unreadable"}, {"name", "Nobody"}});
  database_->Insert("teachers", {{"username", "cruz"}, {"password", "x"}});  // has no card
  database_->Insert("schedules",
                    {{"section", "Narra"},
                     {"weekly_schedule", {{"monday", {{"start", "07:30"}, {"end", "16:00"}}}}},
                     {"grace_period_minutes", 0.0}});
  database_->Insert("calendar",
                    {{"type", "suspension"}, {"date", "2026-11-30"}, {"section", nullptr}});

  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  const School& school = (*pulled)->school;
  ASSERT_EQ(school.people.size(), 2u);
  EXPECT_EQ(school.people[1].NfcId(), "unreadable") << "their past and their pages stay";
  EXPECT_TRUE(school.people[1].card.empty());
  EXPECT_EQ(school.people[0].person, "176B3325");
  EXPECT_EQ(school.people[0].name, "Ana Reyes");
  ASSERT_EQ(school.schedules.size(), 1u);
  EXPECT_EQ(school.schedules[0].grace_period_minutes, 0);
  EXPECT_EQ(school.schedules[0].week[0], (ClassHours{450, 960}));
  ASSERT_EQ(school.calendar.size(), 1u);

  // Somebody's card in another writing is the same card.
  Person same = ExamplePerson("176B3325", "Impostor");
  same.person = "04A2B3C4";
  const auto refused = PutPeople(*store_, {same});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().Message().find("Ana Reyes"), std::string::npos);
  EXPECT_EQ(database_->Find("students").size(), 2u);
  Person moved = school.people[0];
  moved.section = "Molave";
  ASSERT_TRUE(PutPeople(*store_, {moved}));
  const auto documents = database_->Find("students", {{"person", "176B3325"}});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].at("guardian"), "kept");
  EXPECT_EQ(documents[0].at("section"), "Molave");
  EXPECT_EQ(documents[0].at("nfc_id"), "100582761834") << "the school's own spelling";
  // An entry of theirs is the same entry, and can be removed.
  ASSERT_TRUE(PutCalendarEntry(*store_, school.calendar[0]));
  EXPECT_EQ(database_->Find("calendar").size(), 1u);
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) { now.calendar.clear(); }));
  EXPECT_TRUE(database_->Find("calendar").empty());
  ASSERT_TRUE(RemovePerson(*store_, "176B3325"));
  EXPECT_EQ(store_->PullSchool("").value()->school.people.size(), 1u);
}

TEST_F(MongoStoreTest, PeopleOfTheOldestDatabasesHaveTheirCardAsUid) {
  database_->Insert("students", {{"nfc_id", "100582761834"}, {"name", "Ana"}});
  database_->Insert("students", {{"uid", "584193394409"}, {"name", "Ben"}, {"section", "Narra"}});
  database_->Insert("students", {{"nfc_id", nullptr}, {"uid", 2710951593}, {"name", "Cy"}});
  database_->Insert("students", {{"name", "Nobody"}});
  database_->Insert("teachers", {{"uid", "0A0B0C0D"}, {"username", "cruz"}, {"name", "T. Cruz"}});
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  std::map<std::string, Person> people;
  for (const Person& person : (*pulled)->school.people) people.emplace(person.name, person);
  ASSERT_EQ(people.size(), 4u);
  EXPECT_EQ(people.at("Ben").NfcId(), "584193394409");
  EXPECT_EQ(people.at("Cy").NfcId(), "2710951593");
  EXPECT_EQ(people.at("T. Cruz").role, Role::kTeacher);
  // What is said of one changes that one, and the card stays as it is written there.
  Person moved = people.at("Ben");
  moved.section = "Molave";
  ASSERT_TRUE(PutPeople(*store_, {moved}));
  const auto documents = database_->Find("students", {{"section", "Molave"}});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].at("uid"), "584193394409");
  EXPECT_FALSE(documents[0].contains("nfc_id"));
  ASSERT_TRUE(RemovePerson(*store_, people.at("Cy").person));
  EXPECT_EQ(database_->Find("students").size(), 3u);
  EXPECT_EQ(store_->PullSchool("").value()->school.people.size(), 3u);
}

TEST_F(MongoStoreTest, TeachersWithoutAccountsStandBesideAUniqueUserName) {
  ASSERT_TRUE(database_->session().WriteCommand(
      {{"createIndexes", "teachers"},
       {"indexes", json::array{json::object{
                       {"key", {{"username", 1}}}, {"name", "username_1"}, {"unique", true}}}}}));
  std::vector<Person> people = {ExamplePerson("00000001", "Ana"), ExamplePerson("00000002", "Ben")};
  for (Person& person : people) person.role = Role::kTeacher;
  ASSERT_TRUE(PutPeople(*store_, people));
  EXPECT_EQ((*store_->PullSchool(""))->school.people, people);
}

TEST_F(MongoStoreTest, WhatOtherSoftwareChangesIsALaterWordThanWhatAGateSaidBefore) {
  const Person ana = ExamplePerson("00000001", "Ana");
  ASSERT_TRUE(PutPeople(*store_, {ana}));
  School said{{ana}, {}, {}};
  said.people[0].section = "Molave";
  said.people[0].email = "ana@example.org";
  const Said earlier{SystemClock().Now().time_since_epoch().count(), "gate"};
  const auto by_gate = ChangesBetween({{ana}, {}, {}}, said, earlier, SystemRandom());
  SystemClock().SleepFor(std::chrono::milliseconds(20));
  // As the existing server's pages do: a document is changed, and nothing is noted of it.
  ASSERT_TRUE(database_->session().UpdateOne("students", {{"person", ana.person}},
                                             {{"$set", {{"section", "Yakal"}}}}, false));
  const auto outcomes = store_->ChangeSchool(by_gate);
  ASSERT_TRUE(outcomes) << outcomes.error().Message();
  const auto documents = database_->Find("students", {{"person", ana.person}});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].at("section"), "Yakal");
  EXPECT_EQ(documents[0].at("email"), "ana@example.org");

  // Who was taken out there stays out.
  School again{{ana}, {}, {}};
  const auto joined = ChangesBetween({}, again, earlier, SystemRandom());
  ASSERT_TRUE(database_->session().RemoveAll("students", {{"person", ana.person}}));
  ASSERT_TRUE(store_->ChangeSchool(joined));
  EXPECT_TRUE(database_->Find("students").empty());
}

TEST_F(MongoStoreTest, SettingsOfExistingSoftwareKeepTheirKind) {
  database_->Insert("settings", {{"key", "saturdayClassesEnabled"}, {"value", true}});
  database_->Insert("settings", {{"key", "gracePeriod"}, {"value", 20}});
  const auto pulled = store_->PullSchool("");
  ASSERT_TRUE(pulled) << pulled.error().Message();
  EXPECT_EQ((*pulled)->school.settings.at("saturdayClassesEnabled"), "true");
  EXPECT_EQ((*pulled)->school.settings.at("gracePeriod"), "20");
  ASSERT_TRUE(ChangeSchoolOf(*store_, [](School& now) {
    now.settings["saturdayClassesEnabled"] = "false";
    now.settings["timezone"] = "Asia/Manila";
  }));
  const auto documents = database_->Find("settings", {{"key", "saturdayClassesEnabled"}});
  ASSERT_EQ(documents.size(), 1u);
  EXPECT_EQ(documents[0].at("value"), false);
  EXPECT_EQ(database_->Find("settings").size(), 3u);
}

TEST_F(MongoStoreTest, PeopleMayExchangeCards) {
  std::vector<Person> people = {ExamplePerson("00000001", "Ana"), ExamplePerson("00000002", "Ben")};
  ASSERT_TRUE(PutPeople(*store_, people));
  std::swap(people[0].card, people[1].card);
  const auto exchanged = PutPeople(*store_, people);
  ASSERT_TRUE(exchanged) << exchanged.error().Message();
  EXPECT_EQ((*store_->PullSchool(""))->school.people, people);
}

}  // namespace
}  // namespace tamtap::central
