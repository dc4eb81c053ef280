#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

namespace tamtap {

struct Metrics::State {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests = prometheus::BuildCounter()
                                                          .Name("tamtap_http_requests_total")
                                                          .Help("Answers, by status")
                                                          .Register(registry);
  prometheus::Family<prometheus::Counter>& outcomes =
      prometheus::BuildCounter()
          .Name("tamtap_ingest_outcomes_total")
          .Help("Records that terminals sent, by outcome")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& last_seen =
      prometheus::BuildGauge()
          .Name("tamtap_terminal_last_seen_timestamp_seconds")
          .Help("When a terminal was last heard of")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& pending =
      prometheus::BuildGauge()
          .Name("tamtap_terminal_pending")
          .Help("Taps that a terminal has not brought to the central store yet")
          .Register(registry);
  prometheus::Family<prometheus::Gauge>& oldest_pending =
      prometheus::BuildGauge()
          .Name("tamtap_terminal_oldest_pending_seconds")
          .Help("Age of a terminal's oldest pending tap")
          .Register(registry);
};

Metrics::Metrics() : state_(std::make_unique<State>()) {}
Metrics::~Metrics() = default;

void Metrics::CountRequest(int status) {
  state_->requests.Add({{"status", std::to_string(status)}}).Increment();
}

void Metrics::CountOutcome(std::string_view outcome) {
  state_->outcomes.Add({{"outcome", std::string(outcome)}}).Increment();
}

void Metrics::SetTerminal(const std::string& name, double last_seen_seconds, double pending,
                          double oldest_pending_seconds) {
  state_->last_seen.Add({{"terminal", name}}).Set(last_seen_seconds);
  state_->pending.Add({{"terminal", name}}).Set(pending);
  state_->oldest_pending.Add({{"terminal", name}}).Set(oldest_pending_seconds);
}

std::string Metrics::Text() const {
  return prometheus::TextSerializer().Serialize(state_->registry.Collect());
}

}  // namespace tamtap
