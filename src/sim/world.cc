#include "sim/world.h"

#include <fmt/core.h>

#include <algorithm>
#include <cerrno>

#include "roster/roster.h"
#include "sim/server.h"
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
constexpr int64_t kDrainBoundUs = 600 * kSecond;
constexpr uint64_t kForever = UINT64_MAX;

// Classes all day and every day: this is about taps that are taken.
School MakeSchool(size_t people) {
  School school;
  Schedule schedule;
  schedule.section = "Narra";
  schedule.week.fill(ClassHours{7 * 60, 24 * 60});
  school.schedules.push_back(schedule);
  for (size_t i = 0; i < people; ++i) {
    Person person;
    person.nfc_id = *CardId::Parse(fmt::format("{:08X}", 0xA0000000u + i));
    person.person = person.nfc_id.text();
    person.tamtap_id = fmt::format("{:03}", i + 1);
    person.first_name = fmt::format("Ana {}", i);
    person.last_name = "Peña \"O'\\Neil\"";
    person.name = person.first_name + " " + person.last_name;
    person.section = "Narra";
    school.people.push_back(std::move(person));
  }
  return school;
}

// A store without ids of taps: whatever comes is one more.
class InsertingCentral final : public Central {
 public:
  void Reopen() override {}
  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    return std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});
  }
  Result<std::vector<Attendance>> Everything() override { return std::vector<Attendance>{}; }
};

constexpr DiskCall kFailingCalls[] = {
    DiskCall::kSync,  DiskCall::kSync,          DiskCall::kSync,   DiskCall::kSync,
    DiskCall::kWrite, DiskCall::kSyncDirectory, DiskCall::kCreate, DiskCall::kRead,
    DiskCall::kOpen,  DiskCall::kTruncate,
};

}  // namespace

World::Station::Station(const int64_t& now_us, int64_t wall_us, StoreFront& front,
                        const School& school, uint64_t seed)
    : clock(now_us, wall_us), random(seed), fates(seed + 1), link(front, school, seed + 2) {}

World::World(const Plan& plan, GateFactory factory, const std::string& scratch, bool merges)
    : plan_(plan),
      factory_(std::move(factory)),
      merges_(merges),
      zone_(*TimeZone::Load("Asia/Manila")),
      school_(MakeSchool(plan.people)),
      checker_(plan.gates),
      front_(now_us_,
             merges ? MakeCentral(plan.store, scratch) : std::make_unique<InsertingCentral>(),
             [this](const Record& record, const Outcome& outcome) {
               checker_.OnApplied(record, outcome);
             }) {
  if (plan.through_server && merges) {
    server_ = std::make_unique<SimulatedServer>(now_us_, kMorningUs, front_, school_, zone_);
  }
  for (size_t i = 0; i < plan.gates; ++i) {
    stations_.push_back(std::make_unique<Station>(now_us_, kMorningUs, front_, school_,
                                                  plan.seed * 1'000 + i * 10));
    Station& station = *stations_.back();
    station.link.during_call = [this, i] {
      Station& calling = *stations_[i];
      if (calling.taps_during_call.empty() || !calling.gate || calling.faults.dead) return;
      const uint64_t person = calling.taps_during_call.front();
      calling.taps_during_call.pop_front();
      Tap(i, person);
    };
    if (plan.mirror) {
      station.disk->SetContent(JoinPath(kMirrorDirectory, "medium"), "");
    }
    WatchDisk(i);
  }
}

World::~World() = default;

void World::WatchDisk(size_t gate) {
  Station& station = *stations_[gate];
  station.disk->SetFaults(
      [this, &station](DiskCall call, const std::string&) { return OnDiskCall(station, call); });
}

std::optional<DiskFault> World::OnDiskCall(Station& station, DiskCall call) {
  DiskFaults& faults = station.faults;
  const auto die = [&] {
    DiskFault fault{EIO, 0, true};
    return std::optional(fault);
  };
  if (faults.dead) return die();
  if (faults.dies_at_call > 0 && --faults.dies_at_call == 0) {
    faults.dead = true;
    station.link.gate_is_dead = true;
    auto fault = die();
    fault->bytes_first = station.fates.Below(2'000);  // of a write, that much got into the cache
    return fault;
  }
  const auto failing = faults.failing.find(call);
  if (failing == faults.failing.end()) return std::nullopt;
  if (failing->second != kForever && --failing->second == 0) faults.failing.erase(failing);
  ++faults.fired;
  return DiskFault{faults.errno_value, static_cast<size_t>(station.fates.Below(600)), false};
}

void World::Note(const std::string& what) {
  for (const char c : what) {
    verdicts_.digest = (verdicts_.digest ^ static_cast<unsigned char>(c)) * 0x100000001B3;
  }
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
  CentralStore* const store = station.store ? station.store.get() : &station.link;
  const GateParts parts{
      name,
      *station.disk,
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
  };
  const uint64_t fired = station.faults.fired;
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
    } else {
      station.disk->Crash(station.fates);
      checker_.OnTear(gate);
    }
    station.clock.Reboot();
    checker_.OnReboot(gate);
    SetClock(station, station.clock_after);
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

void World::SetClock(Station& station, uint64_t way) {
  constexpr int64_t kHour = 3'600 * kSecond;
  switch (way % 8) {
    case 0:
      return station.clock.SetTo1970();
    case 1:
      return station.clock.Jump(-26 * kHour, false);
    case 2:
      return station.clock.Jump(26 * kHour, false);
    case 3:
      return station.clock.Jump(50 * kHour, true);  // a server that tells the wrong time
    case 4:
      return station.clock.Jump(-17 * kSecond, true);
    case 5:
      return station.clock.Jump(-3 * kHour, true);
    default:
      return station.clock.SetRight();
  }
}

void World::Tap(size_t gate, uint64_t person) {
  Station& station = *stations_[gate];
  now_us_ += 1 + static_cast<int64_t>(station.fates.Below(997));
  const Person& who = school_.people[person];
  if (!station.gate) return Note(fmt::format("gate-{} is down for {}", gate + 1, who.person));
  const WallTime read_at = station.clock.Now();
  const LocalTime local = zone_.ToLocal(read_at);
  const Roster roster(School{{who}, school_.schedules, {}});
  const Record expected =
      MakeRecord(who, who.nfc_id, local, read_at, roster.Admit(who, local).status,
                 merges_ ? station.clock.Synchronised() : true);
  const uint64_t fired = station.faults.fired;
  const TapResult result = station.gate->Tap(who.nfc_id, read_at);
  const bool fine = !station.faults.full && station.faults.fired == fired;
  Note(fmt::format("gate-{} {} {} {} {}", gate + 1, who.person, ToString(result.ack.verdict),
                   ToString(result.ack.reason), result.ack.tap));
  checker_.OnTap(gate, expected, result, station.faults.dead, fine);
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
    station->last_write_back_us = now_us_;
  }
}

void World::FailCalls(Station& station, uint64_t which, uint64_t often) {
  const DiskCall call = kFailingCalls[which % std::size(kFailingCalls)];
  station.faults.failing[call] = often == 0 ? kForever : often;
  station.faults.errno_value = EIO;
}

void World::Rot(size_t gate, uint64_t how, uint64_t seed) {
  SeededRandom random(seed);
  Station& station = *stations_[gate];
  std::vector<std::pair<std::string, uint64_t>> files;
  for (const auto& file : station.disk->Files()) {
    if (file.second > 0) files.push_back(file);
  }
  if (files.empty()) return;
  const auto& [path, size] = files[random.Below(files.size())];
  uint64_t offset = random.Below(size);
  std::string mask(1, static_cast<char>(1 << random.Below(8)));
  if (how == 1) {
    mask.assign(1 + random.Below(8), '\0');
    for (char& byte : mask) byte = static_cast<char>(random.Below(256));
  }
  const std::string content = station.disk->Content(path);
  if (how == 2) {  // a sector reads as zeros
    offset = offset / 512 * 512;
    mask = content.substr(offset, 512);
  }
  Note(fmt::format("gate-{} {} rots at {}, {} bytes", gate + 1, path, offset, mask.size()));
  checker_.OnRot(gate, path, offset, mask, content);
  station.disk->Rot(path, offset, mask);
}

void World::CarryOut(const Operation& operation) {
  Station& station = *stations_[operation.gate];
  DiskFaults& faults = station.faults;
  station.link.Reseed(operation.random);
  station.fates = SeededRandom(operation.random + 1);
  Note(ToString(operation));
  switch (operation.act) {
    case Act::kTap:
      Pass(static_cast<int64_t>(operation.b) * kMs);
      Tap(operation.gate, operation.a);
      return BuryTheDead(operation.gate);
    case Act::kTapDuringCall:
      return station.taps_during_call.push_back(operation.a);
    case Act::kPass:
      return Pass(static_cast<int64_t>(operation.a) * kMs);
    case Act::kMaintain:
      if (station.gate) station.gate->Maintain();
      return BuryTheDead(operation.gate);
    case Act::kPowerCut:
      station.clock_after = operation.b;
      return Stop(operation.gate, true, operation.a == 0);
    case Act::kKill:
      return Stop(operation.gate, false, false);
    case Act::kPowerCutAt:
    case Act::kKillAt:
      faults.dies_at_call = operation.a;
      faults.power = operation.act == Act::kPowerCutAt;
      faults.losing_all = operation.b % 3;
      station.clock_after = operation.b;
      return;
    case Act::kFailCalls:
      return FailCalls(station, operation.a, operation.b);
    case Act::kMendDisk:
      return faults.failing.clear();
    case Act::kFillDisk: {
      uint64_t used = 0;
      for (const auto& [path, size] : station.disk->Files()) used += size;
      station.disk->SetCapacity(used + operation.a);
      faults.full = true;
      return;
    }
    case Act::kFreeDisk:
      station.disk->SetCapacity(UINT64_MAX);
      faults.full = false;
      return;
    case Act::kRot:
      return Rot(operation.gate, operation.a, operation.random);
    case Act::kBackUp:
      station.backup = station.disk->Clone();
      station.attempts_at_backup = checker_.attempts();
      return;
    case Act::kRestore:
      if (!station.backup) return;
      Stop(operation.gate, false, false);
      station.disk = station.backup->Clone();
      station.disk->SetCapacity(UINT64_MAX);
      faults.full = false;
      WatchDisk(operation.gate);
      return checker_.OnRestore(operation.gate, station.attempts_at_backup);
    case Act::kSetClock:
      if (plan_.retention_days > 0) checker_.OnClockJumpWithRetention(operation.gate);
      return SetClock(station, operation.b);
    case Act::kNetwork:
      station.link.state = static_cast<NetworkState>(operation.a);
      return;
    case Act::kLoseReplies:
      station.link.lose_replies = operation.a;
      return;
    case Act::kStoreDown:
      front_.down_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return;
    case Act::kStoreCrash:
      front_.crash = operation.a == 1;
      return;
    case Act::kStoreBusy:
      front_.busy_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return;
    case Act::kStoreDenies:
      front_.denies_until_us = now_us_ + static_cast<int64_t>(operation.a) * kMs;
      return;
    case Act::kRefusePerson:
      front_.refused.insert(school_.people[operation.a].person);
      return;
    case Act::kRetryPerson:
      front_.put_off[school_.people[operation.a].person] = operation.b;
      return;
    case Act::kRequeue:
      if (station.gate) station.gate->Requeue();
      return BuryTheDead(operation.gate);
    case Act::kLoseWakes:
      station.lose_wakes = operation.a;
      return;
  }
}

void World::Heal() {
  Note("everything is healed");
  front_.Heal();
  for (size_t i = 0; i < stations_.size(); ++i) {
    Station& station = *stations_[i];
    station.faults = DiskFaults{};
    station.link.state = NetworkState::kGood;
    station.link.lose_replies = 0;
    station.disk->SetCapacity(UINT64_MAX);
    station.clock_after = 7;
    if (plan_.ends_with_power_cut) Stop(i, true, true);
  }
  front_.ApplyAll();
}

void World::Drain() {
  const int64_t until = now_us_ + kDrainBoundUs;
  const auto drained = [&] {
    return std::all_of(stations_.begin(), stations_.end(), [](const auto& station) {
      return station->gate && station->gate->Status().pending == 0;
    });
  };
  while (now_us_ < until && !drained() && !Broken()) Pass(kSecond);
}

void World::Judge() {
  if (plan_.mends_refusals) {
    for (size_t i = 0; i < stations_.size() && merges_; ++i) {
      if (stations_[i]->gate) checker_.CheckStatus(i, stations_[i]->gate->Status(), true);
    }
    front_.refused.clear();
    for (const auto& station : stations_) {
      if (station->gate) station->gate->Requeue();
    }
    Drain();
  }
  if (!merges_) return checker_.NoteRefused(front_.refused);
  for (size_t i = 0; i < stations_.size(); ++i) {
    Station& station = *stations_[i];
    if (!station.gate) {
      checker_.Fail(fmt::format("I6: gate-{} does not start", i + 1));
      continue;
    }
    station.gate->Maintain();
    checker_.CheckStatus(i, station.gate->Status(), !front_.refused.empty());
    station.gate.reset();
    journal::RecoverOptions verify;
    verify.directory = kJournalDirectory;
    verify.read_everything = true;
    const auto state = journal::Recover(*station.disk, verify);
    if (state) {
      checker_.CheckDisk(i, *station.disk, state->damage);
    } else {
      checker_.Fail("I4: the journal can't be read: " + state.error().Message());
    }
  }
  auto everything = front_.central().Everything();
  if (!everything) return checker_.Fail("the store can't be read: " + everything.error().Message());
  checker_.CheckStore(
      *std::move(everything),
      [this](const Record& record) {
        const auto outcomes = front_.central().Store({&record, 1});
        return outcomes ? outcomes->front() : Outcome{OutcomeKind::kRetry, {}};
      },
      front_.refused);
}

}  // namespace tamtap::sim
