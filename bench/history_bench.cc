// What a long history costs: nothing on the append path, little at a start.
//
//   build/bench/history_bench [--directory DIR] [--records N] [--pending N] [--rounds N] [--json]
//
// Fills a journal with N records of a school year, all but the last few confirmed, and compares it
// with an empty one: append latency (interleaved rounds, medians), the time and memory of a start,
// and of a whole `tamtap journal export`. Each start and the export run in a process of their own.
#include <fcntl.h>
#include <fmt/core.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <chrono>
#include <cstring>
#include <filesystem>

#include "base/check.h"
#include "base/random.h"
#include "figures.h"
#include "journal/journal.h"
#include "tap/example_record.h"

extern char** environ;

namespace tamtap::bench {
namespace {

using Steady = std::chrono::steady_clock;

constexpr uint64_t kTapsADay = 5000;
constexpr uint64_t kAppends = 400;  // a round
constexpr size_t kImportBatch = 500;

std::string CardOf(uint64_t n) { return fmt::format("{:014X}", 0x04000000000000u + n); }

// The n-th tap of a history that ends today.
Record RecordOf(uint64_t n, uint64_t records) {
  const auto days_ago = static_cast<int64_t>((records - 1 - n) / kTapsADay);
  Record record =
      ExampleRecord(n + 1, CardOf(n % kTapsADay), kExampleMorningUs - days_ago * 86'400'000'000);
  return record;
}

Result<std::unique_ptr<journal::Journal>> Open(const std::string& data) {
  journal::JournalOptions options;
  options.directory = JoinPath(data, "journal");
  options.terminal = "bench";
  options.first_indexed_day = AddDays(ExampleRecord(1).day, -1);
  return journal::Journal::Open(options, PosixDisk(), SystemClock(), SystemRandom());
}

void Fill(const std::string& data, uint64_t records, uint64_t pending) {
  const auto journal = Open(data);
  CHECK(journal.has_value());
  std::vector<journal::ImportedTap> taps;
  for (uint64_t n = 0; n < records; ++n) {
    taps.push_back({RecordOf(n, records), n + pending < records});
    if (taps.size() < kImportBatch && n + 1 < records) continue;
    CHECK((*journal)->AppendImported(taps).has_value());
    taps.clear();
  }
}

struct Cost {
  double seconds = 0;
  double megabytes = 0;  // the largest resident size
};

// Runs a program to its end, its output thrown away.
Cost CostOf(const std::vector<std::string>& arguments) {
  std::vector<char*> argv;
  for (const std::string& each : arguments) argv.push_back(const_cast<char*>(each.c_str()));
  argv.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  CHECK(posix_spawn_file_actions_init(&actions) == 0);
  CHECK(posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0) == 0);
  const auto begin = Steady::now();
  pid_t child = 0;
  CHECK(posix_spawn(&child, argv[0], &actions, nullptr, argv.data(), environ) == 0);
  posix_spawn_file_actions_destroy(&actions);
  int status = 0;
  rusage usage{};
  CHECK(wait4(child, &status, 0, &usage) == child);
  CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  return {std::chrono::duration<double>(Steady::now() - begin).count(),
          static_cast<double>(usage.ru_maxrss) / 1024};
}

// Medians over several runs.
Cost MedianCostOf(const std::vector<std::string>& arguments, int runs) {
  std::vector<double> seconds;
  std::vector<double> megabytes;
  for (int run = 0; run < runs; ++run) {
    const Cost cost = CostOf(arguments);
    seconds.push_back(cost.seconds);
    megabytes.push_back(cost.megabytes);
  }
  return {Median(seconds), Median(megabytes)};
}

struct Options {
  std::string parent = ".";
  uint64_t records = 1'000'000;
  uint64_t pending = 1000;
  int rounds = 15;
  bool json = false;
};

void Run(const Options& options, const std::string& self) {
  const std::string directory = JoinPath(options.parent, "history-bench-" + SystemRandom().Hex(4));
  const std::string empty = JoinPath(directory, "empty");
  const std::string full = JoinPath(directory, "full");
  std::filesystem::create_directories(empty);
  std::filesystem::create_directories(full);
  fmt::print(stderr, "writing {} records...\n", options.records);
  Fill(empty, 1, 0);
  Fill(full, options.records, options.pending);

  const Cost start_empty = MedianCostOf({self, "--start", empty}, 5);
  const Cost start_full = MedianCostOf({self, "--start", full}, 5);
  const std::string tamtap = std::filesystem::path(self).parent_path().parent_path() / "tamtap";
  const Cost idle = CostOf({tamtap, "version"});
  const Cost exported = CostOf({tamtap, "journal", "export", "--format", "jsonl", "--data", full});

  std::vector<double> p50[2];
  std::vector<double> p99[2];
  {
    const std::unique_ptr<journal::Journal> journals[] = {*Open(empty), *Open(full)};
    uint64_t next = 0;
    for (int round = -1; round < options.rounds; ++round) {  // the first one warms up
      for (const size_t which : {size_t{0}, size_t{1}}) {
        std::vector<double> times;
        for (uint64_t i = 0; i < kAppends; ++i) {
          Record record = ExampleRecord(1, CardOf(kTapsADay + next++));
          const auto begin = Steady::now();
          CHECK(journals[which]->Append(record).has_value());
          times.push_back(std::chrono::duration<double, std::micro>(Steady::now() - begin).count());
        }
        if (round < 0) continue;
        p50[which].push_back(Quantile(times, 0.5));
        p99[which].push_back(Quantile(times, 0.99));
      }
    }
  }
  const double empty_p50 = Median(p50[0]);
  const double full_p50 = Median(p50[1]);
  if (options.json) {
    fmt::print(
        "{{\"records\":{},\"pending\":{},\"append_p50_us\":{:.1f},\"empty_append_p50_us\":{:.1f},"
        "\"append_ratio\":{:.3f},\"append_p99_us\":{:.1f},\"empty_append_p99_us\":{:.1f},"
        "\"start_seconds\":{:.3f},\"empty_start_seconds\":{:.3f},\"start_megabytes\":{:.1f},"
        "\"empty_start_megabytes\":{:.1f},\"export_seconds\":{:.2f},\"export_megabytes\":{:.1f},"
        "\"idle_megabytes\":{:.1f}}}\n",
        options.records, options.pending, full_p50, empty_p50, full_p50 / empty_p50, Median(p99[1]),
        Median(p99[0]), start_full.seconds, start_empty.seconds, start_full.megabytes,
        start_empty.megabytes, exported.seconds, exported.megabytes, idle.megabytes);
  } else {
    fmt::print("append   p50 {:.1f} us with {} records, {:.1f} us empty: x{:.3f}\n", full_p50,
               options.records, empty_p50, full_p50 / empty_p50);
    fmt::print("append   p99 {:.1f} us with {} records, {:.1f} us empty\n", Median(p99[1]),
               options.records, Median(p99[0]));
    fmt::print("start    {:.3f} s with {} pending, {:.3f} s empty\n", start_full.seconds,
               options.pending, start_empty.seconds);
    fmt::print("memory   {:.1f} MB at a start, {:.1f} MB empty\n", start_full.megabytes,
               start_empty.megabytes);
    fmt::print("export   {:.2f} s, {:.1f} MB at most ({:.1f} MB is what `tamtap version` takes)\n",
               exported.seconds, exported.megabytes, idle.megabytes);
  }
  std::filesystem::remove_all(directory);
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) {
  using namespace tamtap;
  bench::Options options;
  for (int i = 1; i < argc; ++i) {
    const bool more = i + 1 < argc;
    if (std::strcmp(argv[i], "--json") == 0) {
      options.json = true;
    } else if (std::strcmp(argv[i], "--directory") == 0 && more) {
      options.parent = argv[++i];
    } else if (std::strcmp(argv[i], "--records") == 0 && more) {
      options.records = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--pending") == 0 && more) {
      options.pending = std::strtoull(argv[++i], nullptr, 10);
    } else if (std::strcmp(argv[i], "--rounds") == 0 && more) {
      options.rounds = std::max(1, std::atoi(argv[++i]));
    } else if (std::strcmp(argv[i], "--start") == 0 && more) {
      return bench::Open(argv[++i]) ? 0 : 1;
    } else {
      fmt::print(stderr,
                 "history_bench [--directory DIR] [--records N] [--pending N] [--rounds N] "
                 "[--json]\n");
      return 2;
    }
  }
  bench::Run(options, std::filesystem::read_symlink("/proc/self/exe"));
  return 0;
}
