#include "roster/roster_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/test_directory.h"

namespace tamtap {
namespace {

using ::testing::ElementsAre;

class RosterFileTest : public testing::Test {
 protected:
  void Write(std::string_view text) { ASSERT_TRUE(WriteFileAtomically(disk_, path_, text)); }
  std::string Aside(int number) {
    const auto text = ReadFile(disk_, path_ + ".unreadable-" + std::to_string(number));
    return text ? *text : std::string();
  }
  std::vector<std::string> Names() {
    std::vector<std::string> names;
    const auto school = LoadSchool(disk_, path_);
    EXPECT_TRUE(school) << school.error().Message();
    if (!school) return names;
    for (const Person& person : school->people) names.push_back(person.first_name);
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

TEST_F(RosterFileTest, NoFileIsAnEmptySchool) { EXPECT_THAT(Names(), ElementsAre()); }

TEST_F(RosterFileTest, ARowThatIsNotUtf8CostsItselfAlone) {
  Write(kAnaAndBen);
  EXPECT_THAT(Names(), ElementsAre("Ana"));
}

TEST_F(RosterFileTest, ARowOfAnotherShapeCostsItselfAlone) {
  Write(R"({"students":[{"nfc_id":"176B3325","first_name":"Ana"},{"nfc_id":[]},7]})");
  EXPECT_THAT(Names(), ElementsAre("Ana"));
}

TEST_F(RosterFileTest, WhatCouldNotBeReadIsKeptBesideWhatReplacesIt) {
  Write(kAnaAndBen);
  ASSERT_TRUE(UpdateSchool(disk_, clock_, path_, [](School& school) -> Result<> {
    school.people.push_back(Named("Cora"));
    return {};
  }));
  EXPECT_THAT(Names(), ElementsAre("Ana", "Cora"));
  EXPECT_EQ(Aside(1), kAnaAndBen);
  EXPECT_EQ(Aside(2), "");
}

TEST_F(RosterFileTest, AFileThatIsNoRosterIsReplacedOnlyAfterItWasSetAside) {
  Write("\0\0\0\0");
  const auto school = LoadSchool(disk_, path_);
  ASSERT_FALSE(school);
  EXPECT_EQ(school.error().code, ErrorCode::kCorrupt);
  Write("no JSON");
  ASSERT_TRUE(MendSchoolFile(disk_, clock_, path_, {{Named("Cora")}, {}, {}}));
  EXPECT_THAT(Names(), ElementsAre("Cora"));
  EXPECT_EQ(Aside(1), "no JSON");
  Write("[]");
  ASSERT_TRUE(UpdateSchool(disk_, clock_, path_, [](School& empty) -> Result<> {
    empty.people.push_back(Named("Dan"));
    return {};
  }));
  EXPECT_THAT(Names(), ElementsAre("Dan"));
  EXPECT_EQ(Aside(2), "[]");
}

TEST_F(RosterFileTest, AChangeThatFailsLeavesTheFileAsItIs) {
  Write("no JSON");
  EXPECT_FALSE(UpdateSchool(disk_, clock_, path_, [](School&) -> Result<> {
    return Error{ErrorCode::kRetry, "change it", 0, ""};
  }));
  EXPECT_EQ(*ReadFile(disk_, path_), "no JSON");
  EXPECT_EQ(Aside(1), "");
}

TEST_F(RosterFileTest, WhatCanBeReadIsNotMended) {
  Write(kAnaAndBen);
  ASSERT_TRUE(MendSchoolFile(disk_, clock_, path_, {}));
  EXPECT_EQ(*ReadFile(disk_, path_), kAnaAndBen);
}

}  // namespace
}  // namespace tamtap
