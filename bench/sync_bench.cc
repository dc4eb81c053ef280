// From tap to stored, and how fast a backlog drains, against real stores: a MongoDB-compatible
// server and `tamtap server`, on loopback and behind a link of 50 ms round trips.
//
//   build/bench/sync_bench [--backlog N] [--one-by-one N] [--taps N] [--store mongodb|http]
//   [--json] build/bench/sync_bench --memory N     how much memory N pending taps cost, draining to
//   SQLite
//
// The backlog and its yardstick, inserts one by one as one would write them without a sync, run
// against the same store over the same link. The yardstick is measured on fewer taps and scaled.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <fstream>
#include <map>
#include <thread>

#include "base/log.h"
#include "base/mutex.h"
#include "central/stores.h"
#include "chaos/backends.h"
#include "chaos/chaos_proxy.h"
#include "chaos/expected.h"
#include "chaos/gate.h"
#include "server/credentials.h"
#include "sync/forwarding_store.h"
#include "tap/example_record.h"

namespace tamtap::bench {
namespace {

namespace json = boost::json;
using chaos::Kind;
using std::chrono::milliseconds;
using SteadyClock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;

constexpr int kOneWayMs = 25;
constexpr uint64_t kPeople = 1000;
constexpr milliseconds kFreshEvery{250};

// Notes when each tap of this generation was confirmed to the sync.
class Noted {
 public:
  void Confirmed(std::span<const Record> records, const std::vector<Outcome>& outcomes)
      EXCLUDES(mutex_) {
    const auto now = SteadyClock::now();
    MutexLock lock(mutex_);
    for (size_t i = 0; i < records.size(); ++i) {
      if (records[i].tap.terminal == kImportTerminal) continue;
      const OutcomeKind kind = outcomes[i].kind;
      if (kind == OutcomeKind::kRejected || kind == OutcomeKind::kRetry) continue;
      times_.emplace(records[i].tap.ToString(), now);
    }
    condition_.NotifyAll();
  }
  // Seconds from `since`; waits for it.
  double WaitFor(const Record& record, SteadyClock::time_point since) EXCLUDES(mutex_) {
    MutexLock lock(mutex_);
    while (true) {
      const auto found = times_.find(record.tap.ToString());
      if (found != times_.end()) return Seconds(found->second - since).count();
      condition_.WaitFor(mutex_, milliseconds(1000));
    }
  }

 private:
  Mutex mutex_;
  CondVar condition_;
  std::map<std::string, SteadyClock::time_point> times_ GUARDED_BY(mutex_);
};

class NotingStore final : public ForwardingStore {
 public:
  NotingStore(std::unique_ptr<CentralStore> store, Noted& noted)
      : ForwardingStore(*store), store_(std::move(store)), noted_(noted) {}
  Result<std::vector<Outcome>> Store(std::span<const Record> records) override {
    auto outcomes = ForwardingStore::Store(records);
    if (outcomes) noted_.Confirmed(records, *outcomes);
    return outcomes;
  }

 private:
  const std::unique_ptr<CentralStore> store_;
  Noted& noted_;
};

double Quantile(std::vector<double> values, double share) {
  std::sort(values.begin(), values.end());
  const auto at = static_cast<size_t>(share * static_cast<double>(values.size()));
  return values[std::min(at, values.size() - 1)];
}

Record TapOf(uint64_t n, const std::string& first_day) {
  return chaos::OnDay(ExampleRecord(n + 1, fmt::format("{:08X}", 0x10000000 + n % kPeople)),
                      AddDays(first_day, static_cast<int>(n / kPeople)));
}

// `count` taps that were taken while the store was away.
void FillBacklog(journal::Journal& journal, uint64_t count, const std::string& first_day) {
  std::vector<journal::ImportedTap> taps;
  for (uint64_t n = 0; n < count; ++n) {
    journal::ImportedTap tap{TapOf(n, first_day), false};
    tap.record.tap = TapId{std::string(kImportTerminal), "00000000000000aa", n + 1};
    taps.push_back(std::move(tap));
    if (taps.size() == 1000 || n + 1 == count) {
      CHECK(journal.AppendImported(taps));
      taps.clear();
    }
  }
}

struct Arguments {
  uint64_t backlog = 100'000;
  uint64_t one_by_one = 200;
  uint64_t taps = 100;
  uint64_t memory = 0;
  std::string store;
  bool json = false;
};

class Bench {
 public:
  Bench(chaos::Backends& backends, chaos::ChaosProxy& proxy, Arguments arguments)
      : backends_(backends), proxy_(proxy), arguments_(std::move(arguments)) {}

  json::array Run() {
    for (const Kind kind : {Kind::kMongo, Kind::kHttp}) {
      if (!arguments_.store.empty() && arguments_.store != ToString(kind)) continue;
      TapToStored(kind, 0);
      TapToStored(kind, kOneWayMs);
      Backlog(kind, kOneWayMs);
    }
    return std::move(results_);
  }

 private:
  static json::object FaultOf(int one_way_ms) { return {{"delay_ms", one_way_ms}}; }

  std::unique_ptr<chaos::Gate> NewGate(Kind kind, const chaos::Link& link, Noted& noted,
                                       const std::string& directory) {
    const std::string name = fmt::format("bench-gate-{}", ++gates_);
    return std::make_unique<chaos::Gate>(
        name, directory,
        [this, kind, name, &noted, port = link.port()] {
          return std::make_unique<NotingStore>(
              backends_.OpenThrough(kind, port, name, name, milliseconds(0)), noted);
        },
        SyncOptions());
  }

  void TapToStored(Kind kind, int one_way_ms) {
    const TestDirectory directory;
    chaos::Link link(proxy_, backends_.PortOf(kind));
    link.Set(FaultOf(one_way_ms));
    Noted noted;
    const auto gate = NewGate(kind, link, noted, directory.path());
    gate->StartSync();
    std::vector<double> took;
    for (uint64_t n = 0; n < arguments_.taps + 5; ++n) {
      Record record = TapOf(n, NextDays(1));
      const auto begin = SteadyClock::now();
      gate->Tap(record);
      const double seconds = noted.WaitFor(record, begin);
      if (n >= 5) took.push_back(seconds * 1000);  // the first ones connect
      std::this_thread::sleep_for(milliseconds(5));
    }
    const double p50 = Quantile(took, 0.5);
    const double p99 = Quantile(took, 0.99);
    Say("{:8} {:3} ms round trips: tap to stored p50 {:7.1f} ms, p99 {:7.1f} ms ({} taps)",
        ToString(kind), 2 * one_way_ms, p50, p99, took.size());
    results_.push_back(json::object{{"what", "tap_to_stored"},
                                    {"store", ToString(kind)},
                                    {"round_trip_ms", 2 * one_way_ms},
                                    {"p50_ms", p50},
                                    {"p99_ms", p99},
                                    {"taps", took.size()}});
  }

  // Inserts a second, each waiting for the one before.
  double OneByOne(Kind kind, int one_way_ms) {
    chaos::Link link(proxy_, backends_.PortOf(kind));
    link.Set(FaultOf(one_way_ms));
    const std::string name = fmt::format("bench-gate-{}", ++gates_);
    const auto store = backends_.OpenThrough(kind, link.port(), name, name, milliseconds(0));
    CHECK(store->Ping());
    const std::string day = NextDays(1);
    const auto begin = SteadyClock::now();
    for (uint64_t n = 0; n < arguments_.one_by_one; ++n) {
      Record record = TapOf(n, day);
      record.tap.terminal = name;
      const auto outcome = store->Store({&record, 1});
      CHECK(outcome);
      CHECK((*outcome)[0].kind == OutcomeKind::kStored);
    }
    return static_cast<double>(arguments_.one_by_one) / Seconds(SteadyClock::now() - begin).count();
  }

  void Backlog(Kind kind, int one_way_ms) {
    const double before = OneByOne(kind, one_way_ms);
    const TestDirectory directory;
    chaos::Link link(proxy_, backends_.PortOf(kind));
    link.Set(FaultOf(one_way_ms));
    Noted noted;
    const auto gate = NewGate(kind, link, noted, directory.path());
    const std::string day = NextDays(static_cast<int>(arguments_.backlog / kPeople) + 2);
    FillBacklog(gate->journal(), arguments_.backlog, day);
    const std::string fresh_day = NextDays(1);
    std::vector<double> fresh;
    const auto begin = SteadyClock::now();
    gate->StartSync();
    uint64_t n = 0;
    while (gate->Status().pending > 0) {
      Record record = TapOf(n++ % kPeople, fresh_day);
      const auto tapped = SteadyClock::now();
      gate->Tap(record);
      fresh.push_back(noted.WaitFor(record, tapped));
      if (gate->Status().pending > 0) std::this_thread::sleep_for(kFreshEvery);
    }
    const double seconds = Seconds(SteadyClock::now() - begin).count();
    CHECK(gate->Status().quarantined == 0);
    const double rate = static_cast<double>(arguments_.backlog) / seconds;
    const double after = OneByOne(kind, one_way_ms);
    const double one_by_one = (before + after) / 2;
    const double slowest = *std::max_element(fresh.begin(), fresh.end());
    Say("{:8} {:3} ms round trips: {} pending drained in {:.1f} s, {:.0f} a second; one by one "
        "{:.1f} a second (measured on {}, scaled): {:.0f} times; {} new taps meanwhile stored "
        "within p50 {:.0f} ms, at most {:.0f} ms",
        ToString(kind), 2 * one_way_ms, arguments_.backlog, seconds, rate, one_by_one,
        2 * arguments_.one_by_one, rate / one_by_one, fresh.size(), Quantile(fresh, 0.5) * 1000,
        slowest * 1000);
    results_.push_back(json::object{{"what", "backlog"},
                                    {"store", ToString(kind)},
                                    {"round_trip_ms", 2 * one_way_ms},
                                    {"pending", arguments_.backlog},
                                    {"seconds", seconds},
                                    {"a_second", rate},
                                    {"one_by_one_a_second", one_by_one},
                                    {"one_by_one_measured_on", 2 * arguments_.one_by_one},
                                    {"ratio", rate / one_by_one},
                                    {"new_taps", fresh.size()},
                                    {"new_tap_p50_ms", Quantile(fresh, 0.5) * 1000},
                                    {"new_tap_max_ms", slowest * 1000}});
  }

  template <typename... Args>
  void Say(fmt::format_string<Args...> format, Args&&... args) {
    if (!arguments_.json) fmt::print(format, std::forward<Args>(args)...), fmt::print("\n");
  }

  // Days that nothing else here uses.
  std::string NextDays(int count) {
    const std::string first = AddDays(chaos::kFirstDay, days_);
    days_ += count;
    return first;
  }

  chaos::Backends& backends_;
  chaos::ChaosProxy& proxy_;
  const Arguments arguments_;
  json::array results_;
  int gates_ = 0;
  int days_ = 0;
};

// In MB, from /proc/self/status.
double Memory(const std::string& field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) / 1024;
  }
  return 0;
}

json::array MeasureMemory(const Arguments& arguments) {
  const TestDirectory directory;
  const double idle = Memory("VmRSS");
  chaos::Gate gate(
      "bench-gate", directory.path(),
      [&]() -> std::unique_ptr<CentralStore> {
        return *central::OpenSqlite(directory / "central.db");
      },
      SyncOptions());
  FillBacklog(gate.journal(), arguments.memory, chaos::kFirstDay);
  const double filled = Memory("VmRSS");
  CHECK(gate.Status().pending == arguments.memory);
  const auto begin = SteadyClock::now();
  gate.StartSync();
  while (gate.Status().pending > 0) std::this_thread::sleep_for(milliseconds(10));
  const double seconds = Seconds(SteadyClock::now() - begin).count();
  const double most = Memory("VmHWM");
  if (!arguments.json) {
    fmt::print(
        "{} pending taps: {:.1f} MB resident before, {:.1f} MB with them, {:.1f} MB at most while "
        "they drained to SQLite in {:.1f} s ({:.0f} a second)\n",
        arguments.memory, idle, filled, most, seconds,
        static_cast<double>(arguments.memory) / seconds);
  }
  return {json::object{{"what", "memory"},
                       {"pending", arguments.memory},
                       {"before_mb", idle},
                       {"pending_mb", filled},
                       {"most_mb", most},
                       {"seconds", seconds}}};
}

int Main(int argc, char** argv) {
  Arguments arguments;
  CLI::App app("from tap to stored");
  app.add_option("--backlog", arguments.backlog, "taps that are pending at the start");
  app.add_option("--one-by-one", arguments.one_by_one,
                 "inserts of the yardstick, before and after");
  app.add_option("--taps", arguments.taps, "taps whose way to the store is timed");
  app.add_option("--store", arguments.store, "mongodb or http; both by default");
  app.add_option("--memory", arguments.memory, "measure the memory of so many pending taps");
  app.add_flag("--json", arguments.json);
  CLI11_PARSE(app, argc, argv);
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  if (!SetLogLevel("error")) return 1;
  json::array results;
  if (arguments.memory > 0) {
    results = MeasureMemory(arguments);
  } else {
    const auto backends = chaos::Backends::Start();
    const auto proxy = chaos::ChaosProxy::Start();
    if (!backends || !proxy) {
      fmt::print(stderr, "{}\n", (backends ? proxy.error() : backends.error()).Message());
      return 1;
    }
    results = Bench(**backends, **proxy, arguments).Run();
  }
  if (arguments.json) fmt::print("{}\n", json::serialize(results));
  return 0;
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) { return tamtap::bench::Main(argc, argv); }
