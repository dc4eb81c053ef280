#include "terminal/status_report.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/disk_room.h"
#include "base/log.h"
#include "base/output.h"
#include "panel/sign_text.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kMostQuarantined = 20;  // in a report

int64_t OldestPendingSeconds(journal::Journal& journal, Clock& clock) {
  const auto oldest = journal.ReadPending(1, 1);
  if (!oldest || oldest->empty()) return 0;
  const int64_t age_us =
      clock.Now().time_since_epoch().count() - oldest->front().record.tapped_at_us;
  return std::max<int64_t>(0, age_us / 1'000'000);
}

json::array QuarantinedTaps(journal::Journal& journal) {
  json::array list;
  const auto taps = journal.ReadQuarantined(kMostQuarantined);
  if (!taps) {
    LogWarning("status: {}", taps.error().Message());
    return list;
  }
  for (const journal::QuarantinedTap& tap : *taps) {
    json::object each{{"reason", tap.reason}};
    if (tap.record) {
      each.emplace("tap", tap.record->tap.ToString());
      each.emplace("nfc_id", tap.record->NfcId());
      each.emplace("name", tap.record->name);
      each.emplace("section", tap.record->section);
      each.emplace("day", tap.record->day);
      each.emplace("time", tap.record->time);
    }
    list.push_back(std::move(each));
  }
  return list;
}

std::string_view ToString(CameraHealth health) {
  switch (health) {
    case CameraHealth::kStarting:
      return "starting";
    case CameraHealth::kWorks:
      return "works";
    case CameraHealth::kFails:
      break;
  }
  return "fails";
}

void AddHealth(const GateHealth& health, json::object& report) {
  if (health.disk_free) {
    report.emplace("disk_free_bytes", *health.disk_free);
    report.emplace("disk_problem", DescribeRoom(*health.disk_free, kGatePhotoReserve));
  }
  if (health.camera) report.emplace("camera", ToString(*health.camera));
  report.emplace("readers_away",
                 json::array(health.readers_away.begin(), health.readers_away.end()));
  if (!health.version.empty()) report.emplace("version", health.version);
}

}  // namespace

std::string StatusReport(journal::Journal& journal, const SyncStatus& sync, Clock& clock,
                         ContestedCards& contested, const GateHealth& health,
                         const AppendTimes::Quantiles& appends) {
  const journal::JournalStatus status = journal.Status();
  json::object report{
      {"state", "IDLE"},
      {"terminal", journal.terminal()},
      {"generation", status.generation},
      {"records", status.records},
      {"pending", status.pending},
      {"confirmed", status.confirmed},
      {"quarantined", status.quarantined},
      {"refusals", status.refusals},
      {"unchecked", journal.GetBacklog().unchecked},
      {"offered_again", sync.offered_again},
      {"oldest_pending_seconds", status.pending > 0 ? OldestPendingSeconds(journal, clock) : 0},
      {"connected", sync.connected},
      {"last_error", sync.last_error},
      {"round_trip_ms", static_cast<double>(sync.round_trip.count()) / 1'000},
      {"mirror_problem", status.mirror_problem},
      {"output_dropped", DroppedOutput()},
      {"clock", clock.Synchronised() ? "synchronised" : "unsure"}};
  AddHealth(health, report);
  if (appends.taps > 0) {
    report.emplace("append_half_us", appends.median.count());
    report.emplace("append_ninety_nine_us", appends.p99.count());
  }
  for (size_t kind = 0; kind < kOutcomeKinds; ++kind) {
    report.emplace(ToString(static_cast<OutcomeKind>(kind)), sync.outcomes[kind]);
  }
  if (status.quarantined > 0) report.emplace("quarantined_taps", QuarantinedTaps(journal));
  if (!contested.empty()) report.emplace("contested_cards", contested.ToJson());
  return json::serialize(report);
}

std::string IdleNotice(journal::Journal& journal, Clock& clock, const GateHealth& health) {
  const DiskRoom room =
      health.disk_free ? RoomIn(*health.disk_free, kGatePhotoReserve) : DiskRoom::kEnough;
  if (room == DiskRoom::kNoTaps) return "DISK FULL";
  if (!health.readers_away.empty()) return "CHECK THE READER";
  if (room != DiskRoom::kEnough) return "DISK NEARLY FULL";
  const uint64_t pending = journal.GetBacklog().pending;
  if (pending > 0) {
    const int64_t minutes = OldestPendingSeconds(journal, clock) / 60;
    const std::string age = minutes < 60     ? fmt::format("{} M", minutes)
                            : minutes < 2880 ? fmt::format("{} H", minutes / 60)
                                             : fmt::format("{} D", minutes / 1440);
    if (minutes > 0) return CutToSign(fmt::format("{} UNSENT {}", pending, age));
  }
  const uint64_t quarantined = journal.Status().quarantined;
  if (quarantined > 0) return CutToSign(fmt::format("{} REFUSED", quarantined));
  if (health.camera == CameraHealth::kFails) return "CHECK THE CAMERA";
  return clock.Synchronised() ? "" : "CHECK THE CLOCK";
}

}  // namespace tamtap
