// The simulated network: each gate's Link to the one StoreFront. Requests and replies are late,
// lost, doubled and out of order; the store behind goes down, crashes and refuses.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "sim/central.h"
#include "sim/plan.h"
#include "sync/central_store.h"

namespace tamtap::sim {

class StoreFront {
 public:
  using Observer = std::function<void(const Record& record, const Outcome& outcome)>;

  // `now_us`: the world's time. `observer` sees every record that is applied.
  StoreFront(int64_t& now_us, std::unique_ptr<Central> central, Observer observer)
      : now_us_(now_us), central_(std::move(central)), observer_(std::move(observer)) {}

  Result<std::vector<Outcome>> Apply(std::span<const Record> records);
  // The reply of this one reaches nobody.
  void ApplyLater(int64_t at_us, std::span<const Record> records);
  void ApplyDue();
  void ApplyAll();
  // What keeps it from answering now.
  std::optional<Error> WhyNot() const;
  void Heal();

  Central& central() { return *central_; }
  int64_t& now_us() { return now_us_; }

  int64_t down_until_us = 0;
  int64_t busy_until_us = 0;
  int64_t denies_until_us = 0;
  std::optional<bool> crash;                // at the next call; true: after its commit
  std::set<std::string> refused;            // persons
  std::map<std::string, uint64_t> put_off;  // persons, how often

 private:
  struct Late {
    int64_t at_us;
    std::vector<Record> records;
  };

  int64_t& now_us_;
  const std::unique_ptr<Central> central_;
  const Observer observer_;
  std::vector<Late> late_;
  std::set<std::string> stored_;  // what it took, it does not refuse later
};

class Link final : public CentralStore {
 public:
  Link(StoreFront& front, const School& school, uint64_t seed)
      : front_(front), school_(school), random_(seed) {}

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override;
  Result<std::optional<SchoolVersion>> PullSchool(std::string_view known_version) override;
  Result<> AddPeople(std::span<const Person> people) override;
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override;
  Result<> Ping() override;
  std::chrono::milliseconds AskedToWait() const override;

  void Reseed(uint64_t seed) { random_ = SeededRandom(seed); }

  NetworkState state = NetworkState::kGood;
  uint64_t lose_replies = 0;
  std::function<void()> during_call;  // what else happens at the gate meanwhile
  bool gate_is_dead = false;          // it hears nothing any more

 private:
  // Time for a request to get there; nothing: it does not.
  Result<> Travel();
  Error TimeOut();

  StoreFront& front_;
  const School& school_;
  SeededRandom random_;
};

}  // namespace tamtap::sim
