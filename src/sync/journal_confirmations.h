// JournalConfirmations: a journal, as StoreCheck sees it.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "journal/journal.h"
#include "sync/store_check.h"
#include "tap/school_time.h"

namespace tamtap {

class JournalConfirmations final : public Confirmations {
 public:
  JournalConfirmations(journal::Journal& journal, const SchoolZone& zone)
      : journal_(journal), zone_(zone) {}

  std::optional<StoreIdentity> Store() override { return journal_.Store(); }
  Result<> SetStore(const StoreIdentity& identity) override { return journal_.SetStore(identity); }
  Result<std::vector<journal::PendingTap>> ReadUnchecked(uint64_t from, size_t limit) override {
    return journal_.ReadUnchecked(from, limit);
  }
  bool LacksAWitness() override { return journal_.LacksAWitness(); }
  void Checked(std::span<const uint64_t> sequences) override { journal_.Checked(sequences); }
  uint64_t MakePending(std::span<const uint64_t> sequences) override {
    return journal_.MakePending(sequences);
  }
  Result<uint64_t> RecheckSince(std::string_view day) override {
    return journal_.RecheckSince(day);
  }
  std::vector<std::string> DaysAsSent(const journal::PendingTap& tap) override {
    if (tap.record.clock != ClockState::kUnsure) return {};
    const auto clock = journal_.ClockOf(tap.stamp.boot);
    if (!clock) return {};
    const std::chrono::microseconds base(clock->base_us);
    std::vector<std::string> days = {
        zone_.ToLocal(WallTime(base + std::chrono::microseconds(tap.stamp.mono_us))).day};
    // An estimate may be kept within the day that it begins in.
    if (!clock->sure) days.push_back(zone_.ToLocal(WallTime(base)).day);
    // Of classes that ran over midnight, it was of the evening before; and the school's time zone
    // may have been another one then.
    const std::string day = days.front();
    days.push_back(AddDays(day, -1));
    days.push_back(AddDays(day, 1));
    return days;
  }

 private:
  journal::Journal& journal_;
  const SchoolZone& zone_;
};

}  // namespace tamtap
