#include "chaos/ten_gates.h"

#include <fmt/core.h>

#include <filesystem>
#include <thread>

#include "central/stores.h"
#include "chaos/expected.h"
#include "chaos/gate.h"
#include "tap/example_record.h"

namespace tamtap::chaos {
namespace {

using std::chrono::milliseconds;

constexpr int kGates = 10;
// Few of them: FerretDB reads every document of a collection, all its taps included, for each
// update.
constexpr int kPeople = 20;
constexpr int kTapsAGate = 15;
constexpr milliseconds kPatience{60'000};

std::string NameOf(int gate) { return fmt::format("ten-gate-{}", gate); }

// What the gates' journals hold when they come back.
std::vector<Record> TapOffline(Random& random, const std::string& directory,
                               const std::string& day) {
  std::vector<Record> taps;
  for (int i = 0; i < kGates; ++i) {
    Gate gate(NameOf(i), directory, nullptr, SyncOptions());
    for (int n = 0; n < kTapsAGate; ++n) {
      // Few instants: many ties, at one gate and between gates.
      Record record = OnDay(
          ExampleRecord(1, fmt::format("{:08X}", 0xF0000000 + random.Below(kPeople)),
                        kExampleMorningUs + static_cast<int64_t>(random.Below(10)) * 1'000'000),
          day);
      record.name = fmt::format("as tap {} of {} says", n, NameOf(i));
      gate.Tap(record);
      taps.push_back(record);
    }
  }
  return taps;
}

struct Place {
  std::string name;
  std::function<std::unique_ptr<CentralStore>(const std::string& terminal)> open;
  std::function<std::unique_ptr<SchoolStore>()> observe;
};

std::string ComeBack(const Place& place, const std::string& directory,
                     const std::vector<int>& order, const std::vector<Record>& taps,
                     const std::string& day) {
  std::vector<std::unique_ptr<Gate>> gates;
  for (const int i : order) {
    gates.push_back(std::make_unique<Gate>(
        NameOf(i), directory, [&place, i] { return place.open(NameOf(i)); }, SyncOptions()));
  }
  for (const auto& gate : gates) gate->StartSync();
  if (std::string pending = Drain(gates, kPatience); !pending.empty()) return pending;
  return WhatIsWrong(*place.observe(), taps, day, day);
}

}  // namespace

bool TenGatesComeBack(Backends& backends, uint64_t seed, int orders) {
  SeededRandom random(seed);
  bool well = true;
  for (int number = 0; number < orders; ++number) {
    const std::string day = AddDays(kFirstDay, number);
    const TestDirectory directory;
    const std::vector<Record> taps = TapOffline(random, directory / "journals", day);
    std::vector<int> order;
    for (int i = 0; i < kGates; ++i) {
      const auto at = static_cast<ptrdiff_t>(random.Below(order.size() + 1));
      order.insert(order.begin() + at, i);
    }
    const std::string database = fmt::format("ten_gates_{}", number);
    const std::string file = directory / "central.db";
    std::vector<Place> places;
    for (const Kind kind : {Kind::kMongo, Kind::kHttp}) {
      places.push_back({std::string(ToString(kind)),
                        [&, kind](const std::string& terminal) {
                          return backends.OpenThrough(kind, backends.PortOf(kind), terminal,
                                                      database, milliseconds(0));
                        },
                        [&, kind] { return backends.Observe(kind, database); }});
    }
    places.push_back({"sqlite", [&](const std::string&) { return *central::OpenSqlite(file); },
                      [&] { return *central::OpenSqlite(file); }});
    for (const Place& place : places) {
      const std::string copy = directory / place.name;
      std::filesystem::copy(directory / "journals", copy, std::filesystem::copy_options::recursive);
      const auto begin = std::chrono::steady_clock::now();
      const std::string wrong = ComeBack(place, copy, order, taps, day);
      const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
      fmt::print("{}{} gates at once, {} taps of {} people, {}: {} in {:.1f} s\n",
                 wrong.empty() ? "" : "FAILED: ", kGates, taps.size(), kPeople, place.name,
                 wrong.empty() ? std::string("the same attendance") : wrong, took.count());
      if (!wrong.empty()) well = false;
    }
    backends.Drop(Kind::kMongo, database);
  }
  if (!well) fmt::print("again: build/tests/chaos_test gates --seed {}\n", seed);
  return well;
}

}  // namespace tamtap::chaos
