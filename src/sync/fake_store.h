// A central store in memory, for tests: it obeys, and it fails on command.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "sync/central_store.h"

namespace tamtap {

class FakeStore final : public CentralStore {
 public:
  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    ++calls;
    sizes.push_back(records.size());
    if (fail) return *fail;
    if (records.size() > bears) return Error{ErrorCode::kRetry, "too slow a link", 0, {}};
    std::vector<Outcome> outcomes;
    for (const Record& record : records) {
      Outcome outcome = decide ? decide(record) : Outcome{OutcomeKind::kStored, {}};
      if (outcome.kind == OutcomeKind::kStored &&
          !taps.emplace(record.tap.ToString(), record).second) {
        outcome.kind = OutcomeKind::kAlreadyStored;
      }
      order.push_back(record.card.text());
      outcomes.push_back(std::move(outcome));
    }
    if (lose_reply) return *std::exchange(lose_reply, std::nullopt);
    return outcomes;
  }
  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override {
    if (fail) return *fail;
    ++school_pulls;
    if (fail_school) return *fail_school;
    if (known_version == school.version) return std::optional<SchoolUpdate>();
    return std::optional(school);
  }
  Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                const SlicePlace& place) override {
    ++slices_pulled;
    TAMTAP_TRY(const auto update, PullSchool(known_version));
    if (!update) return std::optional<SchoolUpdate>();
    if (before_slice) before_slice();
    return std::optional(SliceOf(*update, place, slice));
  }
  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override {
    if (fail) return *fail;
    if (fail_changes) return *fail_changes;
    for (const SchoolChange& change : changes) changed.push_back(change);
    Overlay(changes, school.school);
    school.told = true;
    school.version += "+";
    return std::vector<std::string>(changes.size());
  }
  Result<> KeepRefusals(std::span<const RefusalRecord> some) override {
    if (fail) return *fail;
    ++refusal_calls;
    if (fail_refusals) return *fail_refusals;
    for (const RefusalRecord& each : some) refusals.push_back(each);
    return {};
  }
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    if (fail) return *fail;
    ++arrival_pulls;
    std::vector<Record> that_day;
    for (const Record& record : arrivals) {
      if (record.day == day) that_day.push_back(record);
    }
    return that_day;
  }
  Result<StoreIdentity> Identity() override {
    if (fail) return *fail;
    return identity;
  }
  Result<StoreIdentity> WentBack(const StoreIdentity& known) override {
    if (fail) return *fail;
    if (known == identity) identity.epoch = "epoch-" + std::to_string(++epochs_drawn + 1);
    return identity;
  }
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    if (fail) return *fail;
    lookups.push_back(records.size());
    std::vector<size_t> lacking;
    for (size_t i = 0; i < records.size(); ++i) {
      if (!taps.contains(records[i].tap.ToString())) lacking.push_back(i);
    }
    return lacking;
  }
  Result<> Ping() override {
    ++pings;
    if (fail) return *fail;
    return {};
  }

  void OnAnswering(std::function<void()> callback) override { answering = std::move(callback); }
  std::optional<ToldTime> TimeTold() override { return time_told; }
  std::chrono::milliseconds AskedToWait() const override { return asked_to_wait; }

  StoreIdentity identity{"store-1", "epoch-1"};
  int epochs_drawn = 0;
  std::vector<size_t> lookups;  // how many taps each call of Lacking asked for
  std::optional<ToldTime> time_told;
  std::vector<Record> arrivals;
  int arrival_pulls = 0;
  std::optional<Error> fail;         // every call
  std::optional<Error> fail_school;  // pulls of the school
  std::optional<Error> fail_changes;
  int school_pulls = 0;
  std::optional<Error> lose_reply;  // the next Store is done, and its answer lost
  std::function<Outcome(const Record&)> decide;
  SchoolUpdate school{"v0", true, true, {}, {}};
  size_t slice = SIZE_MAX;  // people in a slice of the school
  int slices_pulled = 0;
  std::function<void()> before_slice;  // after the school was looked at
  std::vector<SchoolChange> changed;
  std::vector<RefusalRecord> refusals;  // as often as they came
  std::optional<Error> fail_refusals;
  int refusal_calls = 0;
  std::map<std::string, Record> taps;
  std::vector<std::string> order;  // cards, as they came
  std::vector<size_t> sizes;       // of the calls of Store
  size_t bears = SIZE_MAX;         // more records a call than that fail
  std::function<void()> answering;
  std::chrono::milliseconds asked_to_wait{0};
  int calls = 0;
  int pings = 0;
};

}  // namespace tamtap
