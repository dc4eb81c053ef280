#include "central/mongo_voiding.h"

#include <algorithm>
#include <set>
#include <utility>

#include "central/past_attendance.h"
#include "tap/json_fields.h"
#include "tap/record.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;

constexpr const char* kAttendance = "attendance";
constexpr const char* kVoided = "tamtap_voided";
constexpr int kRounds = 8;  // each round lost means that another writer got on

std::string TapOf(const json::value& entry) {
  const Object* const object = entry.if_object();
  return object == nullptr ? std::string() : TextAt(*object, "tap");
}

// The document as it was read: with these taps and no other. Who adds one meanwhile is not lost.
Object Unchanged(const std::string& id, const json::array& taps) {
  // One condition a tap: FerretDB does not take `$all` for the elements' own fields.
  json::array conditions{Object{{"taps", {{"$size", static_cast<int64_t>(taps.size())}}}}};
  for (const json::value& entry : taps) conditions.push_back(Object{{"taps.tap", TapOf(entry)}});
  return {{"_id", id}, {"$and", std::move(conditions)}};
}

}  // namespace

Result<size_t> MongoVoiding::Void(std::span<const TapsOfDay> taps, const Voiding& voiding) {
  size_t taken = 0;
  for (const TapsOfDay& each : taps) {
    const auto some = VoidOfDay(each, voiding);
    if (!some) return some.error().ToError("take taps out of the attendance in MongoDB");
    taken += *some;
  }
  return taken;
}

MongoAttempt<size_t> MongoVoiding::VoidOfDay(const TapsOfDay& taps, const Voiding& voiding) {
  const std::string id = taps.day + "/" + taps.person;
  const std::set<std::string> wanted(taps.taps.begin(), taps.taps.end());
  for (int round = 0; round < kRounds; ++round) {
    auto found =
        session_.Find(kAttendance, {{"_id", id}}, {{"readConcern", {{"level", "majority"}}}});
    if (!found) return tl::unexpected(found.error());
    if (found->empty()) return 0;
    const json::value* const list = found->front().if_contains("taps");
    if (list == nullptr || !list->is_array()) return 0;
    const json::array& all = list->get_array();
    json::array left;
    const Record* arrival = nullptr;
    std::vector<Record> records;
    records.reserve(all.size());
    size_t taken = 0;
    for (const json::value& entry : all) {
      if (wanted.contains(TapOf(entry))) {
        const auto kept = Keep(entry.get_object(), id, voiding);
        if (!kept) return tl::unexpected(kept.error());
        ++taken;
        continue;
      }
      left.push_back(entry);
      const json::value* const stored =
          entry.is_object() ? entry.get_object().if_contains("record") : nullptr;
      auto record = stored == nullptr ? Result<Record>(Error{ErrorCode::kCorrupt, "", 0, {}})
                                      : RecordFromJson(*stored);
      if (!record) continue;
      records.push_back(*std::move(record));
      if (arrival == nullptr || ArrivedBefore(records.back(), *arrival)) {
        arrival = &records.back();
      }
    }
    if (taken == 0) return 0;
    const Object unchanged = Unchanged(id, all);
    if (left.empty()) {
      const auto removed = session_.RemoveAll(kAttendance, unchanged);
      if (!removed) return tl::unexpected(removed.error());
      const auto there = session_.Count(kAttendance, {{"_id", id}});
      if (!there) return tl::unexpected(there.error());
      if (*there == 0) return taken;
      continue;
    }
    Object update = arrival == nullptr ? Object{} : ToSay(*arrival);
    if (arrival == nullptr) update.emplace("$set", Object());
    update["$set"].as_object().insert_or_assign("taps", std::move(left));
    // When they left is derived from the taps that are left, by the next one who reads or merges.
    if (!update.contains("$unset")) update.emplace("$unset", Object());
    for (const char* const stale : {"departed_at", "departure"}) {
      update["$unset"].as_object().emplace(stale, "");
    }
    const auto updated = session_.UpdateOne(kAttendance, unchanged, update);
    if (!updated) return tl::unexpected(updated.error());
    if (*updated == 1) return taken;
  }
  MongoFailure busy;
  busy.reason = "other writers were faster each time";
  return tl::unexpected(busy);
}

MongoAttempt<void> MongoVoiding::Keep(const Object& entry, const std::string& attendance,
                                      const Voiding& voiding) {
  Object document{{"_id", TapOf(entry)}};
  for (const auto& [key, value] : entry) document.emplace(key, value);
  document.emplace("attendance", attendance);
  document.emplace("voided_by", voiding.by);
  document.emplace("voided_at_us", voiding.at.time_since_epoch().count());
  const auto kept = session_.Insert(kVoided, document);
  if (kept || kept.error().kind == MongoFailure::Kind::kDuplicateKey) return {};
  return tl::unexpected(kept.error());
}

}  // namespace tamtap::central
