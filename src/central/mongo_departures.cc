// When people left, in MongoDB. What is found is always derived from the taps; the document says it
// too, for those who read this database without this software.
#include <algorithm>
#include <map>

#include "central/mongo_attendance.h"
#include "tap/json_fields.h"
#include "tap/school_json.h"
#include "tap/school_settings.h"

namespace tamtap::central {
namespace {

namespace json = boost::json;
using Object = json::object;

// Of the document's list, as much as a departure is derived from.
std::vector<TapReference> ListedTaps(const Object& document) {
  std::vector<TapReference> taps;
  const json::value* const list = document.if_contains("taps");
  if (list == nullptr || !list->is_array()) return taps;
  for (const json::value& each : list->get_array()) {
    const Object* const entry = each.if_object();
    if (entry == nullptr) continue;
    taps.push_back({TextAt(*entry, "tap"), TextAt(*entry, "terminal"), TextAt(*entry, "tapped_at"),
                    IntegerAt(*entry, "tapped_at_us")});
  }
  // As everywhere: of two taps at one instant either may speak, and always the same one does.
  std::sort(taps.begin(), taps.end(), [](const TapReference& a, const TapReference& b) {
    return std::pair(a.tapped_at_us, std::string_view(a.tap)) <
           std::pair(b.tapped_at_us, std::string_view(b.tap));
  });
  return taps;
}

}  // namespace

MongoAttempt<DepartureRule> MongoAttendance::Rule() {
  const auto found =
      session_.Find("settings", {{"key", {{"$in", {"departures", "departures.after_minutes"}}}}});
  if (!found) return tl::unexpected(found.error());
  SettingsByKey settings;
  for (const Object& document : *found) {
    if (auto setting = SettingFromJson(document)) settings.insert(*std::move(setting));
  }
  return ReadSettings(settings).departures;
}

// Only if the list is still the one that was read. If it has grown, its writer notes what all of it
// says; so the last one to add a tap has the last word, and every order ends the same.
MongoAttempt<void> MongoAttendance::NoteDepartures(const std::vector<const Record*>& merged) {
  const auto rule = Rule();
  if (!rule) return tl::unexpected(rule.error());
  if (!rule->on) return {};
  std::map<std::string, bool> asked;
  json::array ids;
  for (const Record* const record : merged) {
    if (asked.emplace(record->AttendanceId(), true).second) {
      ids.emplace_back(record->AttendanceId());
    }
  }
  const auto found = session_.Find(kCollection, {{"_id", {{"$in", ids}}}},
                                   {{"projection",
                                     {{"taps.tap", 1},
                                      {"taps.terminal", 1},
                                      {"taps.tapped_at", 1},
                                      {"taps.tapped_at_us", 1},
                                      {"departed_at", 1}}},
                                    {"batchSize", 500}});
  if (!found) return tl::unexpected(found.error());
  std::vector<MongoSession::BulkUpdate> updates;
  for (const Object& document : *found) {
    Attendance attendance;
    attendance.taps = ListedTaps(document);
    DeriveDeparture(*rule, attendance);
    if (attendance.departed_at == TextAt(document, "departed_at")) continue;
    const Object fields{{"departed_at", attendance.departed_at},
                        {"departure", attendance.departure}};
    updates.push_back({{{"_id", TextAt(document, "_id")},
                        {"taps", {{"$size", static_cast<int64_t>(attendance.taps.size())}}}},
                       {{attendance.departed_at.empty() ? "$unset" : "$set", fields}}});
  }
  if (updates.empty()) return {};
  const auto noted = session_.UpdateMany(kCollection, updates);
  if (!noted) return tl::unexpected(noted.error());
  if (!noted->failures.empty()) return tl::unexpected(noted->failures.begin()->second);
  return {};
}

}  // namespace tamtap::central
