#include "school/slices.h"

#include <gtest/gtest.h>

namespace tamtap {
namespace {

SchoolUpdate SchoolOf(const std::string& version, size_t people, size_t gone = 0) {
  SchoolUpdate update;
  update.version = version;
  update.whole = gone == 0;
  for (size_t i = 0; i < people; ++i) {
    Person person;
    person.person = std::to_string(1000 + i);
    person.name = version;
    update.school.people.push_back(std::move(person));
  }
  for (size_t i = 0; i < gone; ++i) {
    update.gone.push_back({FactKind::kPerson, std::to_string(2000 + i)});
  }
  update.school.schedules.emplace_back().section = "Narra";
  update.school.settings = {{"timezone", "Asia/Manila"}};
  return update;
}

class SlicesTest : public ::testing::Test {
 protected:
  // Pulls slices until all of a version are there. Returns what came, and counts the slices.
  SchoolUpdate Pull(const SchoolUpdate& from, size_t most) {
    for (slices_ = 1; slices_ < 100; ++slices_) {
      auto joined = join_.Add(SliceOf(from, join_.place(), most), known_);
      EXPECT_TRUE(joined);
      if (joined && *joined) return **std::move(joined);
    }
    return {};
  }

  SliceJoin join_;
  People known_;
  int slices_ = 0;
};

TEST_F(SlicesTest, TheSlicesOfAVersionMakeItUp) {
  const SchoolUpdate school = SchoolOf("v1", 7);
  for (const size_t most : std::initializer_list<size_t>{1, 3, 7, 100}) {
    const SchoolUpdate pulled = Pull(school, most);
    EXPECT_EQ(pulled.school, school.school) << most;
    EXPECT_EQ(pulled.version, "v1");
    EXPECT_TRUE(pulled.whole);
    EXPECT_EQ(slices_, most == 1 ? 8 : most == 3 ? 3 : most == 7 ? 2 : 1) << most;
    EXPECT_TRUE(join_.empty());
  }
}

TEST_F(SlicesTest, WhatIsGoneComesInSlicesToo) {
  const SchoolUpdate changes = SchoolOf("v2", 4, 5);
  const SchoolUpdate pulled = Pull(changes, 3);
  EXPECT_EQ(pulled.school, changes.school);
  EXPECT_EQ(pulled.gone, changes.gone);
  EXPECT_FALSE(pulled.whole);
  EXPECT_EQ(slices_, 4) << "the schedule is one thing more";
}

TEST_F(SlicesTest, ManySchedulesAndAFullCalendarComeInSlicesToo) {
  SchoolUpdate school = SchoolOf("v1", 2);
  for (int i = 0; i < 20; ++i) {
    school.school.schedules.emplace_back().section = std::to_string(i);
    school.school.calendar.emplace_back().reason = std::to_string(i);
  }
  EXPECT_EQ(Pull(school, 5).school, school.school);
  EXPECT_EQ(slices_, 9);
}

TEST_F(SlicesTest, ASchoolWithoutPeopleIsOneSlice) {
  EXPECT_EQ(Pull(SchoolOf("v1", 0), 3).school, SchoolOf("v1", 0).school);
  EXPECT_EQ(slices_, 1);
}

TEST_F(SlicesTest, NothingIsTakenBeforeTheLastSlice) {
  const SchoolUpdate school = SchoolOf("v1", 5);
  for (int slice = 0; slice < 2; ++slice) {
    const auto joined = join_.Add(SliceOf(school, join_.place(), 2), known_);
    ASSERT_TRUE(joined);
    EXPECT_FALSE(*joined);
  }
  EXPECT_EQ(join_.place(), (SlicePlace{"v1", 4}));
}

TEST_F(SlicesTest, SlicesOfTwoVersionsAreNeverMixed) {
  ASSERT_TRUE(join_.Add(SliceOf(SchoolOf("v1", 6), join_.place(), 2), known_));
  // The store is at another version by now, and begins with that.
  const SchoolUpdate pulled = Pull(SchoolOf("v2", 6), 2);
  EXPECT_EQ(pulled.school, SchoolOf("v2", 6).school);
  EXPECT_EQ(slices_, 4);
}

TEST_F(SlicesTest, ASliceOfAnotherVersionFromItsMiddleBeginsAnew) {
  const SchoolUpdate first = SchoolOf("v1", 4);
  const SchoolUpdate second = SchoolOf("v2", 4);
  ASSERT_TRUE(join_.Add(SliceOf(first, {}, 2), known_));
  const auto joined = join_.Add(SliceOf(second, {"v2", 2}, 2), known_);
  ASSERT_TRUE(joined);
  EXPECT_FALSE(*joined) << "half of the one and half of the other is no school";
  EXPECT_EQ(join_.place(), SlicePlace());
  EXPECT_EQ(Pull(second, 2).school, second.school);
}

TEST_F(SlicesTest, ASliceThatComesTwiceOrIsLeftOutBeginsAnew) {
  const SchoolUpdate school = SchoolOf("v1", 6);
  const SchoolUpdate second = SliceOf(school, {"v1", 2}, 2);
  const SchoolUpdate last = SliceOf(school, {"v1", 4}, 2);
  ASSERT_TRUE(join_.Add(SliceOf(school, {}, 2), known_));
  EXPECT_FALSE(*join_.Add(last, known_)) << "the one in between is missing";
  EXPECT_TRUE(join_.empty());
  ASSERT_TRUE(join_.Add(SliceOf(school, {}, 2), known_));
  ASSERT_TRUE(join_.Add(second, known_));
  EXPECT_FALSE(*join_.Add(second, known_));
  EXPECT_TRUE(join_.empty());
}

TEST_F(SlicesTest, ARowThatCouldNotBeReadCostsItselfAlone) {
  const SchoolUpdate school = SchoolOf("v1", 5);
  SchoolUpdate first = SliceOf(school, {}, 3);
  first.school.people.erase(first.school.people.begin());
  ASSERT_TRUE(join_.Add(first, known_));
  const SchoolUpdate pulled = Pull(school, 3);
  School rest = school.school;
  rest.people.erase(rest.people.begin());
  EXPECT_EQ(pulled.school, rest);
}

TEST_F(SlicesTest, WhoIsKnownIsNotHeldTwice) {
  const SchoolUpdate school = SchoolOf("v1", 3);
  known_ = SchoolOf("v1", 3).school.people;
  const SchoolUpdate pulled = Pull(school, 2);
  for (size_t at = 0; at < 3; ++at) {
    EXPECT_EQ(pulled.school.people.shared(at), known_.shared(at));
  }
}

TEST_F(SlicesTest, ASchoolWithoutEndIsRefused) {
  SchoolUpdate slice = SchoolOf("v1", 0);
  slice.next = kMostInSlices;
  slice.whole = false;
  slice.gone.resize(kMostInSlices - 1, {FactKind::kPerson, "1"});
  ASSERT_TRUE(join_.Add(slice, known_));
  slice.from = kMostInSlices;
  slice.next = 2 * kMostInSlices;
  const auto joined = join_.Add(slice, known_);
  ASSERT_FALSE(joined);
  EXPECT_EQ(joined.error().code, ErrorCode::kRejected);
  EXPECT_TRUE(join_.empty());
}

}  // namespace
}  // namespace tamtap
