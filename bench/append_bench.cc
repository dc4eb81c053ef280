// How long until a tap is durable, beside what a user would pick instead, in one interleaved run.
//
//   build/bench/append_bench [--directory DIR] [--rounds N] [--json]
//
// Machines are noisy: every contender is run in every round, one after the other, and what is
// printed is the median over the rounds of each round's p50, p99 and rate; ratios are to our
// journal.
#include <fmt/core.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <map>
#include <thread>

#include "base/random.h"
#include "contenders.h"
#include "figures.h"

namespace tamtap::bench {
namespace {

using Clock = std::chrono::steady_clock;

constexpr uint64_t kAppends = 400;  // a round, a contender, over all its threads

struct Figures {
  double p50_us = 0;
  double p99_us = 0;
  double per_second = 0;
};

Figures Measure(Contender& contender, uint64_t threads, uint64_t appends, uint64_t& next) {
  const uint64_t each = appends / threads;
  std::vector<std::vector<double>> times(threads);
  const uint64_t first = next;
  next += threads * each;
  const auto begin = Clock::now();
  {
    std::vector<std::jthread> workers;
    for (uint64_t t = 0; t < threads; ++t) {
      workers.emplace_back([&, t] {
        times[t].reserve(each);
        for (uint64_t i = 0; i < each; ++i) {
          const auto start = Clock::now();
          contender.Append(first + t * each + i);
          times[t].push_back(
              std::chrono::duration<double, std::micro>(Clock::now() - start).count());
        }
      });
    }
  }
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  std::vector<double> all;
  for (const auto& some : times) all.insert(all.end(), some.begin(), some.end());
  return {Quantile(all, 0.5), Quantile(all, 0.99), static_cast<double>(all.size()) / seconds};
}

struct Row {
  std::string name;
  uint64_t threads = 1;
  Figures figures;
};

std::vector<Row> Run(const std::string& directory, int rounds) {
  struct Running {
    Entry entry;
    std::unique_ptr<Contender> contender;
    uint64_t next = 0;
  };
  std::vector<Running> running;
  for (Entry& entry : Contenders()) {
    auto contender = entry.make(directory);
    running.push_back({std::move(entry), std::move(contender), 0});
  }
  std::map<std::pair<size_t, uint64_t>, std::vector<Figures>> measured;
  for (int round = -1; round < rounds; ++round) {  // the first one warms up
    for (const uint64_t threads : {1u, 4u, 16u}) {
      for (size_t i = 0; i < running.size(); ++i) {
        Running& each = running[i];
        if (threads > 1 && !each.entry.threads) continue;
        const Figures figures =
            Measure(*each.contender, threads, std::min(kAppends, each.entry.most), each.next);
        if (round >= 0) measured[{i, threads}].push_back(figures);
      }
    }
  }
  std::vector<Row> rows;
  for (const auto& [key, figures] : measured) {
    const auto median = [&](double Figures::*field) {
      std::vector<double> values;
      for (const Figures& each : figures) values.push_back(each.*field);
      return Median(values);
    };
    rows.push_back(
        {running[key.first].entry.name,
         key.second,
         {median(&Figures::p50_us), median(&Figures::p99_us), median(&Figures::per_second)}});
  }
  return rows;
}

const Row& Ours(const std::vector<Row>& rows, uint64_t threads) {
  return *std::find_if(rows.begin(), rows.end(), [&](const Row& row) {
    return row.name.starts_with("tamtap") && row.threads == threads;
  });
}

void Print(const std::vector<Row>& rows, bool json) {
  if (json) fmt::print("[");
  for (const Row& row : rows) {
    const Figures& ours = Ours(rows, row.threads).figures;
    const double p50_ratio = ours.p50_us / row.figures.p50_us;
    const double rate_ratio = ours.per_second / row.figures.per_second;
    if (json) {
      fmt::print(
          "{}\n{{\"name\":\"{}\",\"threads\":{},\"p50_us\":{:.1f},\"p99_us\":{:.1f},"
          "\"per_second\":{:.0f},\"our_p50_to_this\":{:.3f},\"our_rate_to_this\":{:.3f}}}",
          &row == rows.data() ? "" : ",", row.name, row.threads, row.figures.p50_us,
          row.figures.p99_us, row.figures.per_second, p50_ratio, rate_ratio);
    } else {
      fmt::print(
          "{:<36} {:>2} threads  p50 {:>9.1f} us  p99 {:>9.1f} us  {:>8.0f}/s   ours: p50 "
          "x{:.2f}, rate x{:.2f}\n",
          row.name, row.threads, row.figures.p50_us, row.figures.p99_us, row.figures.per_second,
          p50_ratio, rate_ratio);
    }
  }
  if (json) fmt::print("\n]\n");
}

}  // namespace
}  // namespace tamtap::bench

int main(int argc, char** argv) {
  std::string parent = ".";
  int rounds = 9;
  bool json = false;
  for (int i = 1; i < argc; ++i) {
    if (std::strcmp(argv[i], "--json") == 0) {
      json = true;
    } else if (std::strcmp(argv[i], "--directory") == 0 && i + 1 < argc) {
      parent = argv[++i];
    } else if (std::strcmp(argv[i], "--rounds") == 0 && i + 1 < argc) {
      rounds = std::max(1, std::atoi(argv[++i]));
    } else {
      fmt::print(stderr, "append_bench [--directory DIR] [--rounds N] [--json]\n");
      return 2;
    }
  }
  const std::string directory = parent + "/append-bench-" + tamtap::SystemRandom().Hex(4);
  std::filesystem::create_directories(directory);
  const auto rows = tamtap::bench::Run(directory, rounds);
  tamtap::bench::Print(rows, json);
  std::filesystem::remove_all(directory);
  return 0;
}
