#include "server/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <boost/json.hpp>

#include "base/unreadable.h"

namespace tamtap {
namespace {

prometheus::Family<prometheus::Gauge>& AddGauge(prometheus::Registry& registry, const char* name,
                                                const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

// Sets `gauge` to a count of microseconds that a terminal reported, if it reported one.
void SetReported(prometheus::Family<prometheus::Gauge>& gauge, const prometheus::Labels& labels,
                 const boost::json::value& reported, std::string_view key) {
  const boost::json::object* const object = reported.if_object();
  const boost::json::value* const count = object ? object->if_contains(key) : nullptr;
  if (count != nullptr && count->is_number()) {
    gauge.Add(labels).Set(count->to_number<double>() / 1e6);
  }
}

}  // namespace

struct Metrics::Counters {
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
};

Metrics::Metrics() : counters_(std::make_unique<Counters>()) {}
Metrics::~Metrics() = default;

void Metrics::CountRequest(int status) {
  counters_->requests.Add({{"status", std::to_string(status)}}).Increment();
}

void Metrics::CountOutcome(std::string_view outcome) {
  counters_->outcomes.Add({{"outcome", std::string(outcome)}}).Increment();
}

std::string Metrics::Text(const Moment& moment) const {
  // Gauges are made anew each time: a terminal that was revoked leaves none behind, and a server
  // that was just restarted knows them all.
  prometheus::Registry now;
  AddGauge(now, "tamtap_store_up", "Whether the central store answers")
      .Add({})
      .Set(moment.store_answers ? 1 : 0);
  AddGauge(now, "tamtap_live_clients", "Pages that listen to the live feed")
      .Add({})
      .Set(static_cast<double>(moment.clients));
  if (moment.disk_free) {
    AddGauge(now, "tamtap_disk_free_bytes", "What is free of the disk of photos and records")
        .Add({})
        .Set(static_cast<double>(*moment.disk_free));
  }
  AddGauge(now, "tamtap_unreadable_rows",
           "Rows of the store that could not be read and were left out, since the server started")
      .Add({})
      .Set(static_cast<double>(UnreadableRows()));
  auto& up = AddGauge(now, "tamtap_terminal_up", "Whether a terminal was heard of within 15 s");
  auto& last_seen = AddGauge(now, "tamtap_terminal_last_seen_timestamp_seconds",
                             "When a terminal was last heard of");
  auto& pending = AddGauge(now, "tamtap_terminal_pending",
                           "Taps that a terminal has not brought to the central store yet");
  auto& oldest_pending = AddGauge(now, "tamtap_terminal_oldest_pending_seconds",
                                  "Age of a terminal's oldest pending tap");
  auto& confirmed =
      AddGauge(now, "tamtap_terminal_confirmed", "Taps that the central store has confirmed");
  auto& quarantined = AddGauge(now, "tamtap_terminal_quarantined",
                               "Taps that the central store has refused for good");
  auto& round_trip = AddGauge(now, "tamtap_terminal_round_trip_seconds",
                              "How long a terminal's last batch took to be answered");
  auto& append = AddGauge(now, "tamtap_terminal_append_seconds",
                          "How long the last 512 taps took to be durable, by quantile");
  auto& outcomes = AddGauge(now, "tamtap_terminal_outcomes",
                            "What became of a terminal's taps since it started, by outcome");
  for (const TerminalState& terminal : moment.terminals) {
    const prometheus::Labels labels{{"terminal", terminal.name}};
    up.Add(labels).Set(terminal.online ? 1 : 0);
    last_seen.Add(labels).Set(static_cast<double>(terminal.last_seen.time_since_epoch().count()) /
                              1e6);
    pending.Add(labels).Set(terminal.pending);
    oldest_pending.Add(labels).Set(terminal.oldest_pending_seconds);
    confirmed.Add(labels).Set(terminal.confirmed);
    quarantined.Add(labels).Set(terminal.quarantined);
    round_trip.Add(labels).Set(terminal.round_trip_ms / 1'000);
    boost::system::error_code failed;
    const auto reported = boost::json::parse(terminal.status_json, failed);
    SetReported(append, {{"terminal", terminal.name}, {"quantile", "0.5"}}, reported,
                "append_half_us");
    SetReported(append, {{"terminal", terminal.name}, {"quantile", "0.99"}}, reported,
                "append_ninety_nine_us");
    for (size_t kind = 0; kind < kOutcomeKinds; ++kind) {
      const std::string outcome(ToString(static_cast<OutcomeKind>(kind)));
      outcomes.Add({{"terminal", terminal.name}, {"outcome", outcome}})
          .Set(terminal.outcomes[kind]);
    }
  }
  const prometheus::TextSerializer serializer;
  return serializer.Serialize(counters_->registry.Collect()) + serializer.Serialize(now.Collect());
}

}  // namespace tamtap
