#include "sim/world.h"

#include <fmt/core.h>

#include <algorithm>

#include "base/fnv.h"
#include "roster/roster.h"
#include "sim/clock_trouble.h"
#include "sim/server.h"
#include "sim/simulated_school.h"
#include "terminal/tap_record.h"

namespace tamtap::sim {
namespace {

constexpr int64_t kMs = 1'000;
constexpr int64_t kSecond = 1'000 * kMs;
constexpr int64_t kMorningUs = 1'795'388'400 * kSecond;  // 2026-11-23 07:00:00 in Manila
constexpr int64_t kRestartUs = 2 * kSecond;
// Linux writes out what has been dirty for that long.
constexpr int64_t kWriteBackUs = 30 * kSecond;
// The longest of the waits that faults may have left behind is two minutes; then one of each kind.
constexpr int64_t kDrainBoundUs = 1'800 * kSecond;
// A gate checks about once a minute whether its store still holds what it confirmed.
constexpr int64_t kCheckedAfterUs = 90 * kSecond;
constexpr uint64_t kOtherStore = 1'000'000;

// A store without ids of taps: whatever comes is one more.
class InsertingCentral final : public Central {
 public:
  void Reopen() override {}
  void Copy() override {}
  void PutBack() override {}
  void Empty() override {}
  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    return std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});
  }
  Result<std::vector<size_t>> Lacking(std::span<const Record>) override {
    return std::vector<size_t>{};
  }
  Result<std::vector<Attendance>> Everything() override { return std::vector<Attendance>{}; }
};

// A life, and each gate in it, draws from so many seeds of its own.
constexpr uint64_t kSeedsOfLife = 1'000;
constexpr uint64_t kSeedsOfGate = 10;
constexpr size_t kBlockBytes = 512;

}  // namespace

Station::Station(const std::string& machine, const int64_t& now_us, int64_t wall_us,
                 StoreFront& front, uint64_t seed)
    : writes_blocks((seed / kSeedsOfGate + seed / kSeedsOfLife) % 2 == 0),
      clock(now_us, wall_us, machine),
      random(seed),
      fates(seed + 1),
      school_fates(seed + 3),
      link(front, seed + 2) {}

std::unique_ptr<SimulatedDisk> Station::NewCard() const {
  auto card = std::make_unique<SimulatedDisk>();
  card->SetBlockBytes(writes_blocks ? kBlockBytes : 0);
  return card;
}

World::World(const Plan& plan, GateFactory factory, const std::string& scratch, bool merges)
    : plan_(plan),
      factory_(std::move(factory)),
      merges_(merges),
      zone_(*TimeZone::Load("Asia/Manila")),
      school_(MakeSchool(plan.people, merges ? plan.departures_after_minutes : 0)),
      checker_(plan.gates, zone_, school_),
      front_(
          now_us_, kMorningUs, "store",
          merges ? MakeCentral(plan.store, scratch, school_) : std::make_unique<InsertingCentral>(),
          [this](const Record& record, const Outcome& outcome) {
            checker_.OnApplied(record, outcome);
          }),
      other_(now_us_, kMorningUs, "other", MakeCentral(StoreKind::kMemory, scratch, school_),
             [](const Record&, const Outcome&) {}) {
  other_.store = kOtherStore;
  front_.master().Begin(school_, front_.Wall());
  if (plan.through_server && merges) {
    server_ = std::make_unique<SimulatedServer>(now_us_, kMorningUs, front_, zone_);
  }
  for (size_t i = 0; i < plan.gates; ++i) {
    stations_.push_back(std::make_unique<Station>(fmt::format("box{}", i), now_us_, kMorningUs,
                                                  front_,
                                                  plan.seed * kSeedsOfLife + i * kSeedsOfGate));
    InstallSchool(front_.master(), stations_.back()->school_disk);
    Station& station = *stations_.back();
    station.link.during_call = [this, i] {
      Station& calling = *stations_[i];
      if (calling.taps_during_call.empty() || !calling.gate || calling.faults.dead) return;
      const uint64_t person = calling.taps_during_call.front();
      calling.taps_during_call.pop_front();
      Tap(i, person);
    };
    if (plan.store_tells_time) station.link.TellTimeBy(station.clock);
    WatchDisk(i);
    if (plan.mirror) {
      station.stick = NewStick();
      Plug(i);
    }
  }
}

World::~World() = default;

void World::Note(const std::string& what) {
  verdicts_.digest = Fnv1a(what, verdicts_.digest);
  if (with_trace_) {
    verdicts_.trace.push_back(
        fmt::format("{:>10.3f} s  {}", static_cast<double>(now_us_) / kSecond, what));
  }
}

Verdicts World::Live(bool with_trace) {
  with_trace_ = with_trace;
  for (size_t i = 0; i < stations_.size(); ++i) Start(i);
  for (const Operation& operation : plan_.operations) {
    CarryOut(operation);
    if (Broken()) break;
  }
  if (!Broken()) {
    Heal();
    Drain();
    Judge();
  }
  verdicts_.failures = checker_.failures();
  for (const std::string& failure : verdicts_.failures) Note("FAILED " + failure);
  verdicts_.counts = checker_.Count();
  for (const auto& station : stations_) {
    if (station->gate) verdicts_.counts.waiting += station->gate->Status().pending;
  }
  return verdicts_;
}

void World::Start(size_t gate) {
  Station& station = *stations_[gate];
  station.next_step_us = now_us_ + kRestartUs;
  const std::string name = fmt::format("gate-{}", gate + 1);
  if (server_) {
    station.link.to_server = true;
    station.store = server_->StoreOf(name, station.link, station.clock);
  }
  station.link.ForgetTime();
  CentralStore* const store = station.store ? station.store.get() : &station.link;
  const GateParts parts{
      name,
      station.mounted,
      station.school_disk,
      station.clock,
      station.random,
      *store,
      school_,
      zone_,
      [this, &station] {
        if (station.lose_wakes > 0) {
          --station.lose_wakes;
          return;
        }
        station.next_step_us = std::min(station.next_step_us, now_us_);
      },
      plan_.segment_bytes,
      plan_.retention_days,
      plan_.mirror,
      plan_.batch,
      [this] { return !front_.IsClosed(); },
  };
  const uint64_t fired = station.faults.fired;
  NoteForeignFiles(station);
  auto opened = factory_(parts);
  if (!opened) {
    Note(fmt::format("{} does not start: {}", parts.name, opened.error().Message()));
    const bool to_be_expected =
        station.faults.dead || station.faults.full || station.faults.fired != fired;
    if (!to_be_expected) {
      checker_.Fail(fmt::format("I5: {} does not start though its disk works: {}", parts.name,
                                opened.error().Message()));
    }
    BuryTheDead(gate);
    return;
  }
  station.gate = *std::move(opened);
  station.journal = station.gate->Status().journal;
  NoteForeignFiles(station);
  station.next_step_us = now_us_;
  checker_.OnStart(gate, AddDays(zone_.ToLocal(station.clock.Now()).day, -1));
  checker_.OnStatus(gate, station.gate->Status());
  Note(parts.name + " starts");
  BuryTheDead(gate);
}

void World::Stop(size_t gate, bool power, bool losing_all) {
  Station& station = *stations_[gate];
  if (station.gate && !station.faults.dead) checker_.OnStatus(gate, station.gate->Status());
  // The process does nothing more on its way out.
  const bool was_dead = std::exchange(station.faults.dead, true);
  station.gate.reset();
  station.faults.dead = was_dead;
  if (power) {
    if (losing_all) {
      station.disk->CrashLosingAll();
      if (station.mounted.stick()) station.stick->CrashLosingAll();
    } else {
      station.disk->Crash(station.fates);
      if (station.mounted.stick()) station.stick->Crash(station.fates);
      checker_.OnTear(gate);
    }
    station.school_disk.Crash(station.school_fates);
    station.clock.Reboot();
    checker_.OnReboot(gate);
    if (plan_.retention_days > 0 && SaysADayTooMuch(station.clock_after)) {
      checker_.OnClockJumpWithRetention(gate);
    }
    SetClock(gate, station.clock_after);
  }
  Note(fmt::format("gate-{} {}", gate + 1, power ? "loses power" : "is killed"));
  station.faults.dead = false;
  station.faults.dies_at_call = 0;
  station.link.gate_is_dead = false;
  station.taps_during_call.clear();
  station.next_step_us = now_us_ + kRestartUs;
}

void World::BuryTheDead(size_t gate) {
  Station& station = *stations_[gate];
  if (station.faults.dead) Stop(gate, station.faults.power, station.faults.losing_all == 0);
}

void World::Tap(size_t gate, uint64_t person) {
  Station& station = *stations_[gate];
  now_us_ += 1 + static_cast<int64_t>(station.fates.Below(997));
  const Person& who = school_.people[person];
  const CardId card = CardOf(person);
  if (!station.gate) return Note(fmt::format("gate-{} is down for {}", gate + 1, who.person));
  Clock& clock = station.gate->TapClock();
  const WallTime read_at = clock.Now();
  const LocalTime local = zone_.ToLocal(read_at);
  const Roster roster(School{{who}, school_.schedules, {}});
  const bool vouched = merges_ ? clock.Synchronised() : true;
  const Record expected =
      MakeRecord(who, card, {read_at, local, vouched}, local.day, roster.Admit(who, local).status);
  TapLikeThem(station, person, read_at);
  const uint64_t fired = station.faults.fired;
  const TapResult result = station.gate->Tap(card, read_at);
  if (result.record && !station.faults.dead) station.cards_seen.insert(person);
  const bool fine = !station.faults.full && station.faults.fired == fired;
  Note(fmt::format("gate-{} {} {} {} {}", gate + 1, who.person, ToString(result.ack.verdict),
                   ToString(result.ack.reason), result.ack.tap));
  checker_.OnTap(gate, {expected, station.clock.TrueNowUs()}, result, station.faults.dead, fine);
}

// Now and then a stranger's card begins as one that this gate has seen, and is not that card.
void World::TapLikeThem(Station& station, uint64_t person, WallTime read_at) {
  const auto card = CardLikeThatOf(person);
  if (!merges_ || !card || !station.cards_seen.contains(person) || ++likenesses_ % 3 != 0) return;
  const TapResult result = station.gate->Tap(*card, read_at);
  if (result.ack.verdict != Verdict::kRefused) {
    checker_.Fail(fmt::format("a second card of the beginning of {}'s is taken", person));
  }
}

void World::StepOf(size_t gate) {
  Station& station = *stations_[gate];
  if (!station.gate) return Start(gate);
  station.next_step_us = INT64_MAX;  // unless a wake comes meanwhile
  const int64_t pause_us = station.gate->Step().count() * kMs;
  station.next_step_us = std::min(station.next_step_us, now_us_ + std::max(pause_us, kMs));
  BuryTheDead(gate);
}

void World::Pass(int64_t us) {
  const int64_t until = now_us_ + us;
  while (true) {
    front_.ApplyDue();
    const auto next = std::min_element(
        stations_.begin(), stations_.end(),
        [](const auto& a, const auto& b) { return a->next_step_us < b->next_step_us; });
    if ((*next)->next_step_us > until || Broken()) break;
    now_us_ = std::max(now_us_, (*next)->next_step_us);
    StepOf(static_cast<size_t>(next - stations_.begin()));
  }
  now_us_ = std::max(now_us_, until);
  for (const auto& station : stations_) {
    if (now_us_ - station->last_write_back_us < kWriteBackUs) continue;
    station->disk->WriteBack();
    if (station->mounted.stick()) station->stick->WriteBack();
    station->last_write_back_us = now_us_;
  }
}

void World::Heal() {
  Note("everything is healed");
  front_.Heal();
  for (size_t i = 0; i < stations_.size(); ++i) {
    Station& station = *stations_[i];
    station.faults = DiskFaults{};
    station.link.state = NetworkState::kGood;
    station.link.Connect(front_);
    station.link.lose_replies = 0;
    station.disk->SetCapacity(UINT64_MAX);
    station.stick_faults = StickFaults{};
    if (station.stick) {
      station.stick->SetCapacity(UINT64_MAX);
      Plug(i);
    }
    // Where the store tells the time, that is enough.
    const bool tells_time = server_ != nullptr || plan_.store_tells_time;
    if (!tells_time || plan_.seed % 2 == 0) SetClock(i, kRightByNtp);
    station.clock_after = tells_time ? station.fates.Below(kLastClockWay + 1) : kRightByNtp;
    if (plan_.ends_with_power_cut) Stop(i, true, true);
  }
  front_.ApplyAll();
  // What a gate has not noticed yet, it notices now. The journal's own thread has come round.
  Pass(kSecond * 5);
  for (const auto& station : stations_) {
    if (station->gate) station->gate->Maintain();
  }
  Pass(kCheckedAfterUs);
}

void World::Drain() {
  const int64_t until = now_us_ + kDrainBoundUs;
  const auto drained = [&] {
    return std::all_of(stations_.begin(), stations_.end(), [this](const auto& station) {
      if (!station->gate) return false;
      const GateStatus status = station->gate->Status();
      return status.pending == 0 && status.unchecked == 0 && status.refusals == 0 &&
             (!merges_ || HasSchoolOfMaster(*station));
    });
  };
  while (now_us_ < until && !drained() && !Broken()) {
    Pass(kSecond);
    // By now the journal's own thread would have come round.
    for (const auto& station : stations_) {
      if (station->gate) station->gate->Maintain();
    }
  }
}

}  // namespace tamtap::sim
