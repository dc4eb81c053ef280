// Metrics: counts what happens, and writes it for /metrics in Prometheus' text format. Thread-safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "server/terminal_states.h"

namespace tamtap {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void CountRequest(int status);
  void CountOutcome(std::string_view outcome);

  // The values that are not counted but measured when they are asked for.
  struct Moment {
    std::span<const TerminalState> terminals;
    bool store_answers = true;
    size_t clients = 0;                   // of the live feed
    std::optional<uint64_t> disk_free{};  // bytes, where photos and records are kept
  };
  std::string Text(const Moment& moment) const;

 private:
  struct Counters;
  const std::unique_ptr<Counters> counters_;
};

}  // namespace tamtap
