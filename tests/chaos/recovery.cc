#include "chaos/recovery.h"

#include <fmt/core.h>

#include <atomic>
#include <thread>

#include "base/mutex.h"
#include "chaos/expected.h"
#include "chaos/gate.h"
#include "tap/example_record.h"

namespace tamtap::chaos {
namespace {

namespace json = boost::json;
using std::chrono::milliseconds;
using Seconds = std::chrono::duration<double>;

constexpr int kTaps = 20;

struct Outage {
  const char* name;
  json::object fault;
  Seconds most;  // until the last tap is confirmed, from the link's return on
};

std::vector<Outage> Outages() {
  return {{"refused", {{"refuse", true}, {"cut", true}}, Seconds(3)},
          {"stalled, and goes on", {{"stall", true}}, Seconds(3)},
          // Connections that died without a word: a call in flight ends by its time-out, and there
          // is no other way to know.
          {"silent, and connections stay dead", {{"silent", true}}, Seconds(10)}};
}

// Seconds until all is confirmed; negative if it never is.
double Recover(Backends& backends, ChaosProxy& proxy, Kind kind, const Outage& outage,
               milliseconds duration, const std::string& name, const std::string& day,
               std::string& wrong) {
  const TestDirectory directory;
  Link link(proxy, backends.PortOf(kind));
  Gate gate(
      name, directory.path(),
      [&] { return backends.OpenThrough(kind, link.port(), name, name, milliseconds(0)); },
      SyncOptions());
  std::vector<Record> taps;
  const auto tap = [&] {
    Record record = OnDay(ExampleRecord(1, fmt::format("{:08X}", 0xE0000000 + taps.size())), day);
    gate.Tap(record);
    taps.push_back(record);
  };
  const auto wait_until_confirmed = [&](milliseconds patience) {
    const auto begin = std::chrono::steady_clock::now();
    while (gate.Status().pending > 0) {
      if (std::chrono::steady_clock::now() - begin > patience) return -1.0;
      std::this_thread::sleep_for(milliseconds(2));
    }
    return Seconds(std::chrono::steady_clock::now() - begin).count();
  };
  gate.StartSync();
  tap();
  if (wait_until_confirmed(milliseconds(10'000)) < 0) {
    wrong = "not even without an outage";
    return -1;
  }
  link.Set(outage.fault);
  for (int i = 0; i < kTaps; ++i) {
    tap();
    std::this_thread::sleep_for(duration / kTaps);
  }
  link.Heal();
  const double took = wait_until_confirmed(milliseconds(60'000));
  gate.StopSync();
  wrong = WhatIsWrong(*backends.Observe(kind, name), taps, day, day);
  if (took < 0) wrong = "never confirmed";
  return took;
}

}  // namespace

bool RecoverFromOutages(Backends& backends, ChaosProxy& proxy, milliseconds outage) {
  std::atomic<bool> well = true;
  Mutex printing;
  std::vector<std::jthread> threads;
  int number = 0;
  for (const Outage& each : Outages()) {
    for (const Kind kind : {Kind::kMongo, Kind::kHttp}) {
      ++number;
      threads.emplace_back([&, each, kind, number] {
        std::string wrong;
        const double took =
            Recover(backends, proxy, kind, each, outage, fmt::format("recovery-gate-{}", number),
                    AddDays(kFirstDay, number), wrong);
        if (wrong.empty() && took > each.most.count()) wrong = "too late";
        if (!wrong.empty()) well = false;
        MutexLock lock(printing);
        fmt::print("{}{}, {} for {:.0f} s: {} taps confirmed {:.2f} s after it was over{}\n",
                   wrong.empty() ? "" : "FAILED: ", ToString(kind), each.name,
                   Seconds(outage).count(), kTaps, took, wrong.empty() ? "" : ": " + wrong);
      });
    }
  }
  threads.clear();
  return well;
}

}  // namespace tamtap::chaos
