// Metrics: what /metrics tells, in Prometheus' text format. Thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace tamtap {

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void CountRequest(int status);
  void CountOutcome(std::string_view outcome);
  void SetTerminal(const std::string& name, double last_seen_seconds, double pending,
                   double oldest_pending_seconds);
  std::string Text() const;

 private:
  struct State;
  const std::unique_ptr<State> state_;
};

}  // namespace tamtap
