#include <fmt/core.h>
#include <boost/json.hpp>

#include "roster/roster.h"
#include "sim/gate.h"
#include "terminal/tap_record.h"

namespace tamtap::sim {
namespace {

constexpr const char* kFile = "/attendance.json";
constexpr std::chrono::milliseconds kInterval{10'000};

// {"attendance": [...], "pending_attendance": [...], "next": n}. What can't be read is an empty
// file, as it was there.
struct Content {
  std::vector<Record> attendance;
  std::vector<Record> pending;
  uint64_t next = 1;
};

std::vector<Record> RecordsFrom(const boost::json::object& object, std::string_view key) {
  std::vector<Record> records;
  const auto* const value = object.if_contains(key);
  if (value == nullptr || !value->is_array()) return records;
  for (const auto& each : value->get_array()) {
    if (auto record = RecordFromJson(each)) records.push_back(*std::move(record));
  }
  return records;
}

class PredecessorGate final : public Gate {
 public:
  explicit PredecessorGate(const GateParts& parts) : parts_(parts), roster_(parts.school) {}

  TapResult Tap(const CardId& card, WallTime read_at) override {
    TapResult result;
    result.ack.card = card.text();
    const Person* const person = roster_.Find(card);
    if (person == nullptr) return result;
    const LocalTime now = parts_.zone.ToLocal(read_at);
    Content content = Load();
    for (const auto* const list : {&content.attendance, &content.pending}) {
      for (const Record& record : *list) {
        if (record.day != now.day || record.person != person->person) continue;
        result.ack.verdict = Verdict::kDuplicate;
        return result;
      }
    }
    Record record = MakeRecord(*person, card, {read_at, now, true}, now.day, Status::kOnTime);
    record.tap = TapId{parts_.name, "0", content.next++};
    content.pending.push_back(record);
    Save(content);
    // WELCOME, whatever became of the file.
    result.ack.verdict = Verdict::kAccepted;
    result.ack.tap = record.tap.ToString();
    result.success_shown = true;
    result.record = std::move(record);
    parts_.wake();
    return result;
  }

  std::chrono::milliseconds Step() override {
    Content content = Load();
    while (!content.pending.empty()) {
      const auto outcomes = parts_.store.Store({&content.pending.front(), 1});
      // The first failing insert stops the queue.
      if (!outcomes || outcomes->front().kind == OutcomeKind::kRejected ||
          outcomes->front().kind == OutcomeKind::kRetry) {
        break;
      }
      content.attendance.push_back(content.pending.front());
      content.pending.erase(content.pending.begin());
    }
    // What was read before the calls is written after them.
    Save(content);
    return kInterval;
  }

  void Maintain() override {}
  Clock& TapClock() override { return parts_.clock; }
  void Requeue() override {}
  GateStatus Status() override {
    const Content content = Load();
    GateStatus status;
    status.pending = content.pending.size();
    status.records = content.pending.size() + content.attendance.size();
    return status;
  }

 private:
  Content Load() {
    Content content;
    const auto text = ReadFile(parts_.disk, kFile);
    if (!text) return content;
    boost::system::error_code failed;
    const auto value = boost::json::parse(*text, failed);
    if (failed || !value.is_object()) return content;
    const auto& object = value.get_object();
    content.attendance = RecordsFrom(object, "attendance");
    content.pending = RecordsFrom(object, "pending_attendance");
    if (const auto* const next = object.if_contains("next"); next != nullptr && next->is_int64()) {
      content.next = static_cast<uint64_t>(next->get_int64());
    }
    return content;
  }

  // In place, never flushed, and its errors go nowhere: that is what is compared here.
  void Save(const Content& content) {
    boost::json::object object;
    boost::json::array& attendance = object["attendance"].emplace_array();
    for (const Record& record : content.attendance) attendance.push_back(ToJson(record));
    boost::json::array& pending = object["pending_attendance"].emplace_array();
    for (const Record& record : content.pending) pending.push_back(ToJson(record));
    object["next"] = static_cast<int64_t>(content.next);
    const auto exists = parts_.disk.Exists(kFile);
    if (!exists) return;
    auto file =
        parts_.disk.Open(kFile, *exists ? OpenMode::kReadWrite : OpenMode::kCreateReadWrite);
    if (!file || !(*file)->Truncate(0)) return;
    if (const auto written = (*file)->WriteAt(0, boost::json::serialize(object)); !written) return;
  }

  const GateParts parts_;
  const Roster roster_;
};

}  // namespace

Result<std::unique_ptr<Gate>> OpenPredecessor(const GateParts& parts) {
  return std::unique_ptr<Gate>(std::make_unique<PredecessorGate>(parts));
}

}  // namespace tamtap::sim
