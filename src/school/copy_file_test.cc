#include "school/copy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;

class CopyFileTest : public testing::Test {
 protected:
  void Write(std::string_view text) { ASSERT_TRUE(WriteFileAtomically(disk_, path_, text)); }
  std::string Aside(int number) {
    const auto text = ReadFile(disk_, path_ + ".unreadable-" + std::to_string(number));
    return text ? *text : std::string();
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto copy = LoadCopy(disk_, path_);
    EXPECT_TRUE(copy) << copy.error().Message();
    if (!copy) return names;
    for (const Person& person : copy->school.people) names.push_back(person.first_name);
    return names;
  }
  static Person Named(const std::string& name) {
    Person person;
    person.card = *CardId::Parse("DEADBEEF");
    person.person = person.card.text();
    person.first_name = name;
    return person;
  }

  const TestDirectory directory_;
  const std::string path_ = directory_ / "roster.json";
  Disk& disk_ = PosixDisk();
  Clock& clock_ = SystemClock();
};

constexpr const char* kAnaAndBen =
    "{\"students\":[{\"nfc_id\":\"176B3325\",\"first_name\":\"Ana\"},"
    "{\"nfc_id\":\"04A2B3C4\",\"first_name\":\"Pe\xF1"
    "a\"}]}";

TEST_F(CopyFileTest, NoFileIsAnEmptySchool) { EXPECT_THAT(Names(), ElementsAre()); }

TEST_F(CopyFileTest, WhatIsWrittenIsReadAgain) {
  CopyOfSchool copy;
  for (const char* key : {"CAFE0001", "CAFE0002", "CAFE0003"}) {
    Person person = Named(std::string("Pe\u00f1a \"O'\\Neil\", ") + key);
    person.card = *CardId::Parse(key);
    person.person = key;
    person.name = person.first_name;
    copy.school.people.push_back(std::move(person));
  }
  copy.school.people[1].role = Role::kTeacher;
  copy.school.schedules.emplace_back().section = "Narra";
  copy.school.calendar.push_back({CalendarKind::kSuspension, "2026-11-23", "2026-11-24", "", "x"});
  copy.school.settings = {{"timezone", "Asia/Manila"}};
  copy.version = "v1";
  copy.as_of_us = 7;
  copy.as_of_boot = "boot";
  copy.as_of_mono_us = 8;
  SeededRandom random(1);
  copy.outbox = ChangesBetween({}, {{Named("Dan")}, {}, {}}, {5, "here"}, random);
  copy.handed = ChangesBetween({}, {{Named("Eva")}, {}, {}}, {6, "here"}, random);
  SeenCopy seen;
  ASSERT_TRUE(UpdateCopy(
      disk_, clock_, path_,
      [&](CopyOfSchool& file) -> Result<> {
        file = copy;
        return {};
      },
      &seen));
  EXPECT_FALSE(*LookAtCopy(disk_, path_, seen)) << "it is known as it was written";
  const auto read = LoadCopy(disk_, path_);
  ASSERT_TRUE(read);
  CopyOfSchool sorted = copy;
  Sort(sorted.school);
  CopyOfSchool sorted_read = *read;
  Sort(sorted_read.school);
  EXPECT_EQ(sorted_read, sorted);
  EXPECT_EQ(Aside(1), "");
}

TEST_F(CopyFileTest, AnotherHandsChangeIsSeenAlsoIfTheFileIsAsLongAsBefore) {
  SeenCopy seen;
  Write(R"({"students":[{"nfc_id":"176B3325","first_name":"Ana"}],"outbox":[]})");
  EXPECT_TRUE(*LookAtCopy(disk_, path_, seen));
  EXPECT_FALSE(seen.copy.is_former);
  Write(R"({"students":[{"nfc_id":"176B3325","first_name":"Eva"}],"outbox":[]})");
  EXPECT_TRUE(*LookAtCopy(disk_, path_, seen));
  EXPECT_EQ(std::as_const(seen).copy.school.people[0].first_name, "Eva");
  ASSERT_TRUE(disk_.Remove(path_));
  EXPECT_TRUE(*LookAtCopy(disk_, path_, seen));
  EXPECT_TRUE(seen.copy.school.people.empty());
  EXPECT_FALSE(*LookAtCopy(disk_, path_, seen));
}

TEST_F(CopyFileTest, AFileThatEndsInItsMiddleIsNoRoster) {
  SeenCopy seen;
  for (const char* text : {"", R"({"students":[{"nfc_id":"176B3325"},{"nfc_id":"04A2)",
                           R"({"students":[{"nfc_id":"176B3325"}])", R"({"students":7})"}) {
    Write(text);
    const auto looked = LookAtCopy(disk_, path_, seen);
    ASSERT_FALSE(looked) << text;
    EXPECT_EQ(looked.error().code, ErrorCode::kCorrupt) << text;
    EXPECT_TRUE(seen.copy.school.people.empty()) << "half a roster is none";
  }
}

TEST_F(CopyFileTest, ARowThatIsNotUtf8CostsItselfAlone) {
  Write(kAnaAndBen);
  EXPECT_THAT(Names(), ElementsAre("Ana"));
}

TEST_F(CopyFileTest, ARowOfAnotherShapeCostsItselfAlone) {
  Write(R"({"students":[{"nfc_id":"176B3325","first_name":"Ana"},{"nfc_id":[]},7]})");
  EXPECT_THAT(Names(), ElementsAre("Ana"));
}

TEST_F(CopyFileTest, WhatCouldNotBeReadIsKeptBesideWhatReplacesIt) {
  Write(kAnaAndBen);
  ASSERT_TRUE(UpdateCopy(disk_, clock_, path_, [](CopyOfSchool& copy) -> Result<> {
    copy.school.people.push_back(Named("Cora"));
    return {};
  }));
  EXPECT_THAT(Names(), ElementsAre("Ana", "Cora"));
  EXPECT_EQ(Aside(1), kAnaAndBen);
  EXPECT_EQ(Aside(2), "");
}

TEST_F(CopyFileTest, AFileThatIsNoRosterIsReplacedOnlyAfterItWasSetAside) {
  Write("\0\0\0\0");
  const auto copy = LoadCopy(disk_, path_);
  ASSERT_FALSE(copy);
  EXPECT_EQ(copy.error().code, ErrorCode::kCorrupt);
  Write("no JSON");
  CopyOfSchool with_cora;
  with_cora.school.people = {Named("Cora")};
  ASSERT_TRUE(MendCopy(disk_, clock_, path_, with_cora));
  EXPECT_THAT(Names(), ElementsAre("Cora"));
  EXPECT_EQ(Aside(1), "no JSON");
  Write("[]");
  ASSERT_TRUE(UpdateCopy(disk_, clock_, path_, [](CopyOfSchool& empty) -> Result<> {
    empty.school.people.push_back(Named("Dan"));
    return {};
  }));
  EXPECT_THAT(Names(), ElementsAre("Dan"));
  EXPECT_EQ(Aside(2), "[]");
}

TEST_F(CopyFileTest, AChangeThatFailsLeavesTheFileAsItIs) {
  Write("no JSON");
  EXPECT_FALSE(UpdateCopy(disk_, clock_, path_, [](CopyOfSchool&) -> Result<> {
    return Error{ErrorCode::kRetry, "change it", 0, ""};
  }));
  EXPECT_EQ(*ReadFile(disk_, path_), "no JSON");
  EXPECT_EQ(Aside(1), "");
}

TEST_F(CopyFileTest, WhatCanBeReadIsNotMended) {
  Write(kAnaAndBen);
  ASSERT_TRUE(MendCopy(disk_, clock_, path_, {}));
  EXPECT_EQ(*ReadFile(disk_, path_), kAnaAndBen);
}

}  // namespace
}  // namespace tamtap
