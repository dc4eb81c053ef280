// The contract of a central store, as tests that run against every adapter. A test links
// central_store_contract.cc and says
//   INSTANTIATE_TEST_SUITE_P(Sqlite, CentralStoreContract, testing::Values(MakeMyHarness));
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "base/random.h"
#include "central/content.h"
#include "server/school_store.h"
#include "sync/school_fixture.h"
#include "tap/example_record.h"

namespace tamtap::central {

// An empty central store, and ways to it.
class StoreHarness {
 public:
  virtual ~StoreHarness() = default;
  // Another client of the same store, as another process would have.
  virtual std::unique_ptr<CentralStore> NewClient() = 0;
  // The same store as its server sees it.
  virtual SchoolStore& Observer() = 0;
  // Whether text that is no UTF-8 gets as far as the store, to be refused there.
  virtual bool SeesBrokenText() const { return true; }
};

using HarnessFactory = std::function<std::unique_ptr<StoreHarness>()>;

class CentralStoreContract : public testing::TestWithParam<HarnessFactory> {
 protected:
  void SetUp() override {
    harness_ = GetParam()();
    ASSERT_NE(harness_, nullptr);
    store_ = harness_->NewClient();
  }

  static OutcomeKind StoreOne(CentralStore& store, const Record& record) {
    const auto outcomes = store.Store({&record, 1});
    if (!outcomes) {
      ADD_FAILURE() << outcomes.error().Message();
      return OutcomeKind::kRetry;
    }
    EXPECT_EQ(outcomes->size(), 1u);
    return outcomes->at(0).kind;
  }
  OutcomeKind StoreOne(const Record& record) { return StoreOne(*store_, record); }

  std::vector<OutcomeKind> StoreAll(const std::vector<Record>& records) {
    const auto outcomes = store_->Store(records);
    std::vector<OutcomeKind> kinds;
    if (!outcomes) {
      ADD_FAILURE() << outcomes.error().Message();
      return kinds;
    }
    for (const Outcome& outcome : *outcomes) kinds.push_back(outcome.kind);
    return kinds;
  }

  void PutSetting(const std::string& key, const std::string& value) {
    ASSERT_TRUE(
        ChangeSchoolOf(harness_->Observer(), [&](School& now) { now.settings[key] = value; }));
  }

  std::vector<Attendance> All() {
    const auto found = harness_->Observer().FindAttendance({"2026-01-01", "2027-12-31", {}, {}});
    if (!found) {
      ADD_FAILURE() << found.error().Message();
      return {};
    }
    return *found;
  }

  // What all these taps must amount to, worked out the plain way.
  static std::vector<Attendance> Expected(std::vector<Record> records) {
    std::sort(records.begin(), records.end(), [](const Record& a, const Record& b) {
      return a.day != b.day ? a.day < b.day : ArrivedBefore(a, b);
    });
    std::vector<Attendance> attendances;
    std::map<std::string, size_t> by_id;
    std::set<std::string> taps;
    for (const Record& record : records) {
      if (!taps.insert(record.tap.ToString()).second) continue;
      const auto [place, added] = by_id.emplace(record.AttendanceId(), attendances.size());
      if (added) attendances.push_back({record, {}});
      attendances[place->second].taps.push_back(
          {record.tap.ToString(), record.tap.terminal, record.tapped_at, record.tapped_at_us});
    }
    return attendances;
  }

  std::unique_ptr<StoreHarness> harness_;
  std::unique_ptr<CentralStore> store_;
};

inline Person ExamplePerson(const std::string& card, const std::string& name) {
  Person person;
  person.card = *CardId::Parse(card);
  person.person = person.card.text();
  person.tamtap_id = "TT-" + card;
  person.first_name = name;
  person.last_name = "Dela Peña";
  person.name = name + " Dela Peña";
  person.email = "someone@example.org";
  person.grade = "7";
  person.section = "Narra";
  person.registered = "2026-06-01 08:00:00";
  return person;
}

}  // namespace tamtap::central
