#include "terminal/take_over.h"

#include <algorithm>
#include <boost/json.hpp>
#include <set>

#include "journal/journal_reader.h"

namespace tamtap {
namespace {

namespace json = boost::json;

Result<journal::ImportedTap> TapFrom(const json::value& value) {
  const Error malformed{ErrorCode::kRejected, "read a tap that is to be taken over", 0,
                        "it was not made by this program"};
  const json::object* const tap = value.if_object();
  if (tap == nullptr) return malformed;
  const json::value* const record = tap->if_contains("record");
  const json::value* const confirmed = tap->if_contains("confirmed");
  const json::value* const boot = tap->if_contains("boot");
  const json::value* const mono_us = tap->if_contains("mono_us");
  if (record == nullptr || confirmed == nullptr || boot == nullptr || mono_us == nullptr ||
      !confirmed->is_bool() || !boot->is_string() || !mono_us->is_int64()) {
    return malformed;
  }
  TAMTAP_TRY(Record read, RecordFromJson(*record));
  return journal::ImportedTap{std::move(read),
                              confirmed->get_bool(),
                              {json::value_to<std::string>(*boot), mono_us->get_int64()}};
}

Result<journal::ClockLine> ClockFrom(const json::value& value) {
  const Error malformed{ErrorCode::kRejected, "read the clock of a boot", 0,
                        "it was not made by this program"};
  const json::object* const clock = value.if_object();
  if (clock == nullptr) return malformed;
  const json::value* const boot = clock->if_contains("boot");
  const json::value* const base_us = clock->if_contains("base_us");
  const json::value* const sure = clock->if_contains("sure");
  if (boot == nullptr || base_us == nullptr || sure == nullptr || !boot->is_string() ||
      !base_us->is_int64() || !sure->is_bool()) {
    return malformed;
  }
  return journal::ClockLine{json::value_to<std::string>(*boot), base_us->get_int64(),
                            sure->get_bool()};
}

}  // namespace

Result<TakenOver> TakeOver(const journal::JournalImport& import, journal::Journal& journal,
                           Disk& disk, Clock& clock, const std::string& journal_directory) {
  std::set<std::string> wanted;
  TAMTAP_TRY(const auto state, journal::ReadWholeJournal(disk, clock, journal_directory));
  // A mirror may have kept the line of a tap whose write failed here: that one was refused.
  for (const journal::ImportedTap& tap : import.taps) {
    if (!state.ledger.IsVoid(tap.record.tap)) wanted.insert(tap.record.tap.ToString());
  }
  TAMTAP_RETURN_IF_ERROR(journal::ForEachTap(disk, journal_directory, state,
                                             [&](const journal::TapVisit& visit) -> Result<> {
                                               wanted.erase(visit.line.record.tap.ToString());
                                               return {};
                                             }));
  // Before the taps: one that was taken under a wrong clock is never sent without its correction.
  for (const journal::ClockLine& each : import.clocks) {
    TAMTAP_TRY([[maybe_unused]] const journal::ClockLine known, journal.SetClock(each));
  }
  TakenOver taken;
  std::vector<journal::ImportedTap> fresh;
  for (const journal::ImportedTap& tap : import.taps) {
    if (wanted.erase(tap.record.tap.ToString()) > 0) {
      fresh.push_back(tap);
    } else {
      ++taken.skipped;
    }
  }
  if (!fresh.empty()) TAMTAP_RETURN_IF_ERROR(journal.AppendImported(fresh));
  taken.done = fresh.size();
  return taken;
}

json::object ToJson(const journal::JournalImport& import) {
  json::array taps;
  for (const journal::ImportedTap& tap : import.taps) {
    taps.push_back({{"record", ToJson(tap.record)},
                    {"confirmed", tap.confirmed},
                    {"boot", tap.stamp.boot},
                    {"mono_us", tap.stamp.mono_us}});
  }
  json::array clocks;
  for (const journal::ClockLine& clock : import.clocks) {
    clocks.push_back({{"boot", clock.boot}, {"base_us", clock.base_us}, {"sure", clock.sure}});
  }
  return {{"taps", std::move(taps)}, {"clocks", std::move(clocks)}};
}

Result<journal::JournalImport> JournalImportFrom(const json::object& object) {
  const json::value* const taps = object.if_contains("taps");
  const json::value* const clocks = object.if_contains("clocks");
  if (taps == nullptr || clocks == nullptr || !taps->is_array() || !clocks->is_array()) {
    return Error{ErrorCode::kRejected, "read a request of the inbox", 0,
                 "it was not made by this program"};
  }
  journal::JournalImport import;
  for (const json::value& tap : taps->get_array()) {
    TAMTAP_TRY(journal::ImportedTap read, TapFrom(tap));
    import.taps.push_back(std::move(read));
  }
  for (const json::value& clock : clocks->get_array()) {
    TAMTAP_TRY(journal::ClockLine read, ClockFrom(clock));
    import.clocks.push_back(std::move(read));
  }
  return import;
}

}  // namespace tamtap
