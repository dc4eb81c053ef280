// ForwardingStore: hands every call on to another store. A class that wants to see or change some
// of the calls derives from it and overrides these. Every method of CentralStore is pure virtual,
// so a new method that is missing here does not compile, and no decorator can forget one.
#pragma once

#include <utility>

#include "sync/central_store.h"

namespace tamtap {

class ForwardingStore : public CentralStore {
 public:
  // `store` must outlive this.
  explicit ForwardingStore(CentralStore& store) : store_(store) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    return store_.Store(records);
  }
  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override {
    return store_.PullSchool(known_version);
  }
  Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                const SlicePlace& place) override {
    return store_.PullSlice(known_version, place);
  }
  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override {
    return store_.ChangeSchool(changes);
  }
  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override {
    return store_.KeepRefusals(refusals);
  }
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    return store_.ArrivalsOf(day);
  }
  Result<StoreIdentity> Identity() override { return store_.Identity(); }
  Result<StoreIdentity> WentBack(const StoreIdentity& known) override {
    return store_.WentBack(known);
  }
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    return store_.Lacking(records);
  }
  Result<> Ping() override { return store_.Ping(); }
  void OnAnswering(std::function<void()> answering) override {
    store_.OnAnswering(std::move(answering));
  }
  std::optional<ToldTime> TimeTold() override { return store_.TimeTold(); }
  std::chrono::milliseconds AskedToWait() const override { return store_.AskedToWait(); }

 private:
  CentralStore& store_;
};

}  // namespace tamtap
