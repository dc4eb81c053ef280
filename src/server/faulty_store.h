// For tests: a store that can be told to fail, whatever stands behind it.
#pragma once

#include <atomic>
#include <functional>
#include <latch>
#include <memory>
#include <optional>
#include <utility>

#include "server/school_store.h"

namespace tamtap {

class FaultyStore final : public SchoolStore {
 public:
  explicit FaultyStore(std::unique_ptr<SchoolStore> store) : store_(std::move(store)) {}

  // Every call from now on, until it is empty. Not while calls are under way.
  std::optional<Error> fail;
  std::atomic<int> calls = 0;
  std::optional<Error> fail_pulling;  // PullSchool alone
  std::optional<Error> fail_storing;  // Store alone
  // Of FindAttendance alone: it fails; it waits.
  std::optional<Error> fail_finding;
  std::atomic<std::latch*> hold_finding = nullptr;

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    if (fail_storing) return *fail_storing;
    return Do([&] { return store_->Store(records); });
  }
  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override {
    if (fail_pulling) return *fail_pulling;
    return Do([&] { return store_->PullSchool(known_version); });
  }
  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override {
    return Do([&] { return store_->ChangeSchool(changes); });
  }
  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override {
    return Do([&] { return store_->KeepRefusals(refusals); });
  }
  Result<std::vector<RefusalRecord>> FindRefusals(const RefusalQuery& query) override {
    return Do([&] { return store_->FindRefusals(query); });
  }
  std::atomic<bool> keeps_order = true;
  std::atomic<int> news_read = 0;
  Result<std::optional<News>> NewsSince(int64_t number, size_t most) override {
    ++news_read;
    return Do([&]() -> Result<std::optional<News>> {
      if (!keeps_order) return std::optional<News>();
      return store_->NewsSince(number, most);
    });
  }
  std::atomic<int> days_read = 0;
  std::function<void()> before_day;  // what happens while a day is read, once
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override {
    ++days_read;
    if (before_day) std::exchange(before_day, nullptr)();
    return Do([&] { return store_->ArrivalsOf(day); });
  }
  Result<StoreIdentity> Identity() override {
    return Do([&] { return store_->Identity(); });
  }
  Result<StoreIdentity> WentBack(const StoreIdentity& known) override {
    return Do([&] { return store_->WentBack(known); });
  }
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override {
    return Do([&] { return store_->Lacking(records); });
  }
  Result<> Ping() override {
    return Do([&] { return store_->Ping(); });
  }
  Result<std::vector<Attendance>> FindAttendance(const AttendanceQuery& query) override {
    if (fail_finding) return *fail_finding;
    if (std::latch* const held = hold_finding) held->wait();
    return Do([&] { return store_->FindAttendance(query); });
  }
  Result<std::string> AttendanceVersion(std::string_view day) override {
    return Do([&] { return store_->AttendanceVersion(day); });
  }
  Result<size_t> VoidTaps(std::span<const TapsOfDay> taps, const Voiding& voiding) override {
    return Do([&] { return store_->VoidTaps(taps, voiding); });
  }
  PersonalData& Personal() override { return store_->Personal(); }
  MessageStore& Messages() override { return store_->Messages(); }
  std::string_view Kind() const override { return store_->Kind(); }
  void OnAnswering(std::function<void()> answering) override {
    store_->OnAnswering(std::move(answering));
  }
  std::optional<ToldTime> TimeTold() override { return store_->TimeTold(); }
  std::chrono::milliseconds AskedToWait() const override { return store_->AskedToWait(); }

 private:
  template <typename Call>
  auto Do(Call call) -> decltype(call()) {
    ++calls;
    if (fail) return *fail;
    return call();
  }

  const std::unique_ptr<SchoolStore> store_;
};

}  // namespace tamtap
