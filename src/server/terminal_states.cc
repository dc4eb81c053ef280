#include "server/terminal_states.h"

#include <boost/json.hpp>
#include <cmath>
#include <span>
#include <utility>

#include "base/log.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr auto kSilentAfter = std::chrono::seconds(15);
constexpr auto kSaveEvery = std::chrono::seconds(60);
constexpr auto kSaveForOthersEvery = std::chrono::seconds(5);
constexpr size_t kMostFields = 32;
constexpr size_t kLongestKey = 64;
constexpr size_t kLongestText = 512;
constexpr size_t kMostOfAList = 20;
constexpr const char* kCounts[] = {"pending", "oldest_pending_seconds", "confirmed", "quarantined"};
constexpr const char* kTexts[] = {"last_error", "state"};
constexpr const char* kQuarantinedTaps = "quarantined_taps";
constexpr const char* kContestedCards = "contested_cards";
constexpr const char* kReadersAway = "readers_away";

// A list that a report holds, and the texts of each of its entries.
struct ListOfTexts {
  const char* name;
  std::span<const char* const> texts;
};
constexpr const char* kTapTexts[] = {"tap", "nfc_id", "name", "section", "day", "time", "reason"};
constexpr const char* kCardTexts[] = {"card", "reason", "at", "name", "nfc_id", "section", "other"};
constexpr ListOfTexts kTapList{kQuarantinedTaps, kTapTexts};
constexpr ListOfTexts kCardList{kContestedCards, kCardTexts};

json::object Parse(std::string_view text) {
  json::parse_options options;
  options.max_depth = 4;
  boost::system::error_code failed;
  json::value value = json::parse(text, failed, {}, options);
  return failed || !value.is_object() ? json::object() : std::move(value.get_object());
}

bool IsCount(const json::value& value) {
  if (!value.is_number()) return false;
  const auto number = value.to_number<double>();
  return std::isfinite(number) && number >= 0;
}

double CountAt(const json::object& object, std::string_view key) {
  const json::value* const value = object.if_contains(key);
  return value != nullptr && IsCount(*value) ? value->to_number<double>() : 0;
}

bool IsShortText(const json::value& value) {
  return value.is_string() && value.get_string().size() <= kLongestText;
}

json::array Kept(const json::value& given, const ListOfTexts& list) {
  json::array kept;
  if (!given.is_array()) return kept;
  for (const json::value& entry : given.get_array()) {
    if (kept.size() == kMostOfAList) break;
    if (!entry.is_object()) continue;
    json::object each;
    for (const char* text : list.texts) {
      const json::value* const value = entry.get_object().if_contains(text);
      const bool fits = value != nullptr && IsShortText(*value);
      each.emplace(text, fits ? *value : json::value(""));
    }
    kept.push_back(std::move(each));
  }
  return kept;
}

// The names of a gate's readers.
json::array ShortTexts(const json::value& given) {
  json::array kept;
  if (!given.is_array()) return kept;
  for (const json::value& each : given.get_array()) {
    if (kept.size() < kMostOfAList && IsShortText(each)) kept.push_back(each);
  }
  return kept;
}

std::vector<json::object> Reported(const TerminalState& state, const ListOfTexts& list) {
  std::vector<json::object> entries;
  const json::object reported = Parse(state.status_json);
  const json::value* const given = reported.if_contains(list.name);
  if (given == nullptr) return entries;
  for (json::value& entry : Kept(*given, list)) {
    entries.push_back(std::move(entry.get_object()));
    entries.back().emplace("terminal", state.name);
  }
  return entries;
}

}  // namespace

std::vector<json::object> QuarantinedTaps(const TerminalState& state) {
  return Reported(state, kTapList);
}

std::vector<json::object> ContestedCardsOf(const TerminalState& state) {
  return Reported(state, kCardList);
}

void TerminalBook::Note(std::string_view name, std::string_view status_json) {
  const WallTime now = clock_.Now();
  bool save = false;
  {
    MutexLock lock(mutex_);
    const auto [found, fresh] = entries_.try_emplace(std::string(name));
    Entry& entry = found->second;
    entry.note.name = name;
    entry.note.last_seen = now;
    entry.unsaved = true;
    save = fresh || clock_.MonotonicNow() >= next_save_;
    if (!status_json.empty()) {
      const double quarantined = CountAt(Parse(status_json), "quarantined");
      save = save || quarantined != entry.quarantined;
      entry.quarantined = quarantined;
      entry.note.status_json = status_json;
    }
  }
  if (save) Save();
}

void TerminalBook::Save() {
  std::vector<TerminalNote> notes;
  {
    MutexLock lock(mutex_);
    const bool for_others = identity_.Shared().HasOthers();
    next_save_ = clock_.MonotonicNow() + (for_others ? kSaveForOthersEvery : kSaveEvery);
    for (auto& [name, entry] : entries_) {
      if (std::exchange(entry.unsaved, false)) notes.push_back(entry.note);
    }
  }
  if (notes.empty()) return;
  const auto saved = identity_.NoteTerminals(notes);
  if (saved) return;
  LogWarning("server: {}", saved.error().Message());
  MutexLock lock(mutex_);
  for (const TerminalNote& note : notes) entries_[note.name].unsaved = true;
}

Result<std::vector<TerminalState>> TerminalBook::States() {
  TAMTAP_TRY(std::vector<TerminalRow> rows, identity_.Terminals());
  const WallTime now = clock_.Now();
  {
    MutexLock lock(mutex_);
    for (TerminalRow& row : rows) {
      const auto found = entries_.find(row.name);
      if (found == entries_.end()) continue;
      const TerminalNote& note = found->second.note;
      if (note.last_seen < row.last_seen) continue;  // it reports to another server now
      row.last_seen = note.last_seen;
      if (!note.status_json.empty()) row.status_json = note.status_json;
    }
  }
  std::vector<TerminalState> states;
  for (const TerminalRow& row : rows) {
    if (row.revoked) continue;
    const json::object reported = Parse(row.status_json);
    TerminalState state;
    state.name = row.name;
    state.label = row.Called();
    state.last_seen = row.last_seen;
    state.online = row.last_seen != WallTime{} && now - row.last_seen <= kSilentAfter;
    state.pending = CountAt(reported, "pending");
    state.oldest_pending_seconds = CountAt(reported, "oldest_pending_seconds");
    state.confirmed = CountAt(reported, "confirmed");
    state.quarantined = CountAt(reported, "quarantined");
    state.round_trip_ms = CountAt(reported, "round_trip_ms");
    for (size_t kind = 0; kind < kOutcomeKinds; ++kind) {
      state.outcomes[kind] = CountAt(reported, ToString(static_cast<OutcomeKind>(kind)));
    }
    state.status_json = row.status_json;
    states.push_back(std::move(state));
  }
  return states;
}

json::object ToJson(const TerminalState& state, const TimeZone& zone) {
  json::object object = Parse(state.status_json);
  object.erase(kQuarantinedTaps);
  object.erase(kContestedCards);
  object["name"] = state.name;
  object["label"] = state.label;
  object["online"] = state.online;
  object["last_seen"] = state.last_seen == WallTime{}
                            ? json::value()
                            : json::value(zone.ToLocal(state.last_seen).iso);
  if (const json::value* const away = object.if_contains(kReadersAway)) {
    object[kReadersAway] = ShortTexts(*away);
  }
  for (const char* count : kCounts) {
    if (const json::value* const value = object.if_contains(count); !value || !IsCount(*value)) {
      object[count] = 0;
    }
  }
  for (const char* text : kTexts) {
    if (const json::value* const value = object.if_contains(text); !value || !value->is_string()) {
      object[text] = "";
    }
  }
  return object;
}

std::optional<std::string> ReportedStatus(std::string_view body) {
  const json::object given = Parse(body);
  if (given.empty()) return std::nullopt;
  json::object kept;
  for (const auto& [key, value] : given) {
    if (kept.size() == kMostFields || key.size() > kLongestKey) continue;
    if (value.is_bool() || value.is_number() || IsShortText(value)) kept.emplace(key, value);
    if (key == kReadersAway) kept.emplace(key, ShortTexts(value));
    for (const ListOfTexts& list : {kTapList, kCardList}) {
      if (key == list.name) kept.emplace(key, Kept(value, list));
    }
  }
  for (const char* count : kCounts) {
    if (const json::value* const value = kept.if_contains(count); value && !IsCount(*value)) {
      kept.erase(count);
    }
  }
  return json::serialize(kept);
}

}  // namespace tamtap
