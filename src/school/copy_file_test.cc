#include "school/copy_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
