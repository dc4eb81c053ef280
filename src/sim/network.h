// The simulated network: each gate's Link to the one StoreFront. Requests and replies are late,
// lost, doubled and out of order; the store behind goes down, crashes and refuses.
#pragma once

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/random.h"
#include "sim/central.h"
#include "sim/gate_clock.h"
#include "sim/plan.h"
#include "sim/simulated_master.h"
#include "sync/central_store.h"

namespace tamtap::sim {

class StoreFront {
 public:
  using Observer = std::function<void(const Record& record, const Outcome& outcome)>;

  // `now_us`: the world's time; `wall_us`: the true wall time when it began. `observer` sees every
  // record that is applied.
  StoreFront(int64_t& now_us, int64_t wall_us, std::string name, std::unique_ptr<Central> central,
             Observer observer)
      : master_(std::move(name)),
        now_us_(now_us),
        wall_us_(wall_us),
        central_(std::move(central)),
        observer_(std::move(observer)) {}

  Result<std::vector<Outcome>> Apply(std::span<const Record> records);
  // The arrivals of that day, as they are.
  Result<std::vector<Record>> ArrivalsOf(std::string_view day);
  // Each refusal once by its id. Whoever brings one again must bring the same.
  Result<> KeepRefusals(std::span<const RefusalRecord> refusals);
  const std::map<std::string, RefusalRecord>& refusals() const { return refusals_; }
  bool refusals_at_odds() const { return refusals_at_odds_; }
  // A request that arrives late; its reply reaches nobody.
  void Later(int64_t at_us, std::function<void()> request);
  void ApplyDue();
  void ApplyAll();
  // What keeps it from answering now.
  std::optional<Error> WhyNot() const;
  bool IsDown() const { return now_us_ < down_until_us; }
  bool IsClosed() const { return now_us_ < closed_until_us; }
  bool Denies() const { return now_us_ < denies_until_us; }
  int64_t BusyForUs() const { return std::max<int64_t>(0, busy_until_us - now_us_); }
  void Heal();

  Central& central() { return *central_; }
  SimulatedMaster& master() { return master_; }
  const SimulatedMaster& master() const { return master_; }
  // Of the plan, and not of the store's file, which draws its own at random: a life must be the
  // same each time it is lived.
  StoreIdentity Identity() const;
  StoreIdentity WentBack(const StoreIdentity& known);
  // As Central's: content and identity together, as in a copy of a store's files.
  void Copy();
  // Returns whether the school went back with it. It does not if another store was in its place
  // meanwhile: to the gates this is the store of another school then, to which they bring their
  // taps and nobody's name, so its school must be one that knows who taps.
  bool PutBack();
  void Replace();  // by an empty store
  // Whether a store that went back was replaced, maybe before a gate heard that it had: nobody is
  // told then whom it has forgotten.
  bool replaced_after_it_went_back() const { return replaced_after_it_went_back_; }
  int64_t& now_us() { return now_us_; }
  WallTime Wall() const { return WallTime(std::chrono::microseconds(wall_us_ + now_us_)); }

  int64_t down_until_us = 0;
  int64_t busy_until_us = 0;
  int64_t denies_until_us = 0;
  uint64_t store = 1;                       // which one it is
  uint64_t epoch = 1;                       // of that store
  uint64_t last_drawn = 1;                  // of stores and epochs
  int64_t closed_until_us = 0;              // till then nobody who starts can open it
  std::optional<bool> crash;                // at the next call; true: after its commit
  std::set<std::string> refused;            // persons
  std::map<std::string, uint64_t> put_off;  // persons, how often

 private:
  struct Late {
    int64_t at_us;
    std::function<void()> request;
  };

  SimulatedMaster master_;
  int64_t& now_us_;
  const int64_t wall_us_;
  const std::unique_ptr<Central> central_;
  const Observer observer_;
  std::vector<Late> late_;
  std::set<std::string> stored_;                         // what it took, it does not refuse later
  std::optional<std::pair<uint64_t, uint64_t>> copied_;  // store and epoch
  std::map<std::string, RefusalRecord> refusals_;        // by id
  bool went_back_ = false;
  bool replaced_after_it_went_back_ = false;
  bool refusals_at_odds_ = false;  // one came with two contents
};

// The schools of simulated lives are small, and come in several slices all the same.
inline constexpr size_t kPeopleInSlice = 7;

class Link final : public CentralStore {
 public:
  Link(StoreFront& front, uint64_t seed) : front_(&front), random_(seed) {}

  void Connect(StoreFront& front) { front_ = &front; }

  Result<std::vector<Outcome>> Store(std::span<const Record> records) override;
  Result<std::optional<SchoolUpdate>> PullSchool(std::string_view known_version) override;
  Result<std::optional<SchoolUpdate>> PullSlice(std::string_view known_version,
                                                const SlicePlace& place) override;
  Result<std::vector<std::string>> ChangeSchool(std::span<const SchoolChange> changes) override;
  Result<> KeepRefusals(std::span<const RefusalRecord> refusals) override;
  Result<std::vector<Record>> ArrivalsOf(std::string_view day) override;
  Result<StoreIdentity> Identity() override;
  Result<StoreIdentity> WentBack(const StoreIdentity& known) override;
  Result<std::vector<size_t>> Lacking(std::span<const Record> records) override;
  Result<> Ping() override;
  void OnAnswering(std::function<void()>) override {}
  std::optional<ToldTime> TimeTold() override { return told_; }
  std::chrono::milliseconds AskedToWait() const override;

  // The store tells the true time with each answer; `clock` counts the gate's monotonic time.
  void TellTimeBy(GateClock& clock) { clock_ = &clock; }
  void ForgetTime() { told_.reset(); }  // the process that was told has ended

  void Reseed(uint64_t seed) { random_ = SeededRandom(seed); }

  // A request and its reply, with all that can happen to either on the way.
  template <typename Reply>
  Result<Reply> Exchange(const std::function<Result<Reply>()>& deliver);
  // One that may well come twice or late, and changes nothing.
  template <typename Reply>
  Result<Reply> Ask(const std::function<Result<Reply>()>& deliver);
  // Whether a bad proxy passes on a part of this reply as if it were all.
  bool IsCutShort() { return state == NetworkState::kLossy && random_.Below(6) == 0; }
  // Whether it is not our server that answers; its answer takes a while, too.
  bool MeetsStranger();
  uint64_t Below(uint64_t bound) { return bound == 0 ? 0 : random_.Below(bound); }

  NetworkState state = NetworkState::kGood;
  uint64_t lose_replies = 0;
  std::function<void()> during_call;  // what else happens at the gate meanwhile
  bool gate_is_dead = false;          // it hears nothing any more
  bool to_server = false;             // which says itself what keeps its store from answering

 private:
  // Time for a request to get there; nothing: it does not.
  Result<> Travel();
  Error TimeOut();
  void DeliverLater(uint64_t within_ms, std::function<void()> deliver);
  void Hear();  // an answer, and the time with it

  StoreFront* front_;
  SeededRandom random_;
  GateClock* clock_ = nullptr;  // null: the store tells no time
  std::optional<ToldTime> told_;
};

template <typename Reply>
Result<Reply> Link::Exchange(const std::function<Result<Reply>()>& deliver) {
  const auto unheard = [deliver] {
    if (const auto reply = deliver(); !reply) return;
  };
  if (during_call && random_.Below(2) == 0) during_call();
  if (state == NetworkState::kHalfOpen) {
    // It goes out, and arrives when nobody waits for the answer any more.
    DeliverLater(120'000, unheard);
    return TimeOut();
  }
  TAMTAP_RETURN_IF_ERROR(Travel());
  auto reply = deliver();
  if (during_call) during_call();
  if (gate_is_dead) return TimeOut();
  if (state == NetworkState::kLossy && random_.Below(3) == 0) {
    DeliverLater(60'000, unheard);  // a proxy that tries again
  }
  if (lose_replies > 0) {
    --lose_replies;
    return TimeOut();
  }
  if (state == NetworkState::kLossy && random_.Below(3) == 0) return TimeOut();
  Hear();
  return reply;
}

template <typename Reply>
Result<Reply> Link::Ask(const std::function<Result<Reply>()>& deliver) {
  if (state == NetworkState::kHalfOpen) return TimeOut();
  TAMTAP_RETURN_IF_ERROR(Travel());
  Hear();
  return deliver();
}

}  // namespace tamtap::sim
