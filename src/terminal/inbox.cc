#include "terminal/inbox.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <set>

#include "base/log.h"
#include "journal/journal_reader.h"
#include "journal/legacy_import.h"
#include "tap/school_time.h"
#include "terminal/imported_taps.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr std::string_view kRequestSuffix = ".request";
constexpr std::string_view kAnswerSuffix = ".answer";
constexpr std::chrono::milliseconds kLookEvery{20};

std::string ToText(const InboxRequest& request) {
  json::object object;
  if (request.kind == InboxRequest::Kind::kImport) {
    json::array taps;
    for (const journal::ImportedTap& tap : request.taps) {
      taps.push_back({{"record", ToJson(tap.record)}, {"confirmed", tap.confirmed}});
    }
    object = {{"kind", "import"}, {"taps", std::move(taps)}};
  } else if (request.kind == InboxRequest::Kind::kResend) {
    object = {{"kind", "resend"}, {"since", request.since}};
  } else if (request.kind == InboxRequest::Kind::kTakeOver) {
    object = ToJson(request.journal);
    object.emplace("kind", "take over");
  } else {
    object = {{"kind", "requeue"}, {"tap_ids", json::value_from(request.tap_ids)}};
  }
  return json::serialize(object);
}

Result<InboxRequest> RequestFrom(const std::string& text) {
  const Error malformed{ErrorCode::kRejected, "read a request of the inbox", 0,
                        "it was not made by this program"};
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  if (failed || !value.is_object()) return malformed;
  const json::object& object = value.get_object();
  const json::value* const kind = object.if_contains("kind");
  InboxRequest request;
  if (kind != nullptr && *kind == "requeue") {
    request.kind = InboxRequest::Kind::kRequeue;
    const json::value* const ids = object.if_contains("tap_ids");
    if (ids == nullptr || !ids->is_array()) return malformed;
    for (const json::value& id : ids->get_array()) {
      if (!id.is_string()) return malformed;
      request.tap_ids.push_back(json::value_to<std::string>(id));
    }
    return request;
  }
  if (kind != nullptr && *kind == "resend") {
    request.kind = InboxRequest::Kind::kResend;
    const json::value* const since = object.if_contains("since");
    if (since == nullptr || !since->is_string()) return malformed;
    request.since = json::value_to<std::string>(*since);
    if (!IsDay(request.since)) return malformed;
    return request;
  }
  if (kind != nullptr && *kind == "take over") {
    request.kind = InboxRequest::Kind::kTakeOver;
    TAMTAP_TRY(request.journal, JournalImportFrom(object));
    return request;
  }
  const json::value* const taps = object.if_contains("taps");
  if (kind == nullptr || *kind != "import" || taps == nullptr || !taps->is_array()) {
    return malformed;
  }
  for (const json::value& tap : taps->get_array()) {
    const json::value* const record =
        tap.is_object() ? tap.get_object().if_contains("record") : nullptr;
    const json::value* const confirmed =
        tap.is_object() ? tap.get_object().if_contains("confirmed") : nullptr;
    if (record == nullptr || confirmed == nullptr || !confirmed->is_bool()) return malformed;
    TAMTAP_TRY(Record read, RecordFromJson(*record));
    request.taps.push_back({std::move(read), confirmed->get_bool()});
  }
  return request;
}

Result<InboxAnswer> Import(const std::vector<journal::ImportedTap>& taps, journal::Journal& journal,
                           Disk& disk, Clock& clock, const std::string& journal_directory) {
  TAMTAP_TRY(ImportedTaps imported, ImportedTaps::Read(disk, clock, journal_directory));
  InboxAnswer answer;
  std::vector<journal::ImportedTap> fresh;
  for (const journal::ImportedTap& tap : taps) {
    if (!imported.Add(tap.record)) {
      ++answer.skipped;
      continue;
    }
    fresh.push_back(tap);
    fresh.back().record.tap = journal::ImportedTapId(tap.record);
  }
  if (fresh.empty()) return answer;
  TAMTAP_RETURN_IF_ERROR(journal.AppendImported(fresh));
  answer.done = fresh.size();
  // The taps are in the journal: what fails here costs nothing until they leave it, and the next
  // import writes it again.
  if (const auto kept = ImportedTaps::Remember(disk, clock, journal_directory); !kept) {
    LogWarning("import: {}", kept.error().Message());
  }
  return answer;
}

Result<InboxAnswer> Requeue(const std::vector<std::string>& tap_ids, journal::Journal& journal,
                            Disk& disk, Clock& clock, const std::string& journal_directory) {
  const std::set<std::string> wanted(tap_ids.begin(), tap_ids.end());
  std::vector<uint64_t> sequences;
  TAMTAP_TRY(const journal::JournalState state,
             journal::ReadWholeJournal(disk, clock, journal_directory));
  TAMTAP_RETURN_IF_ERROR(journal::ForEachTap(
      disk, journal_directory, state, [&](const journal::TapVisit& visit) -> Result<> {
        const bool chosen = wanted.empty() || wanted.contains(visit.line.record.tap.ToString());
        if (chosen && visit.state == journal::TapState::kQuarantined) {
          sequences.push_back(visit.line.sequence);
        }
        return {};
      }));
  InboxAnswer answer;
  if (!sequences.empty()) answer.done = journal.Requeue(sequences);
  if (answer.done < wanted.size()) {
    answer.error = fmt::format("{} of {} taps are quarantined", answer.done, wanted.size());
  }
  return answer;
}

}  // namespace

Result<InboxAnswer> CarryOut(const InboxRequest& request, journal::Journal& journal, Disk& disk,
                             Clock& clock, const std::string& journal_directory) {
  switch (request.kind) {
    case InboxRequest::Kind::kImport:
      return Import(request.taps, journal, disk, clock, journal_directory);
    case InboxRequest::Kind::kRequeue:
      return Requeue(request.tap_ids, journal, disk, clock, journal_directory);
    case InboxRequest::Kind::kTakeOver: {
      TAMTAP_TRY(const TakenOver taken,
                 TakeOver(request.journal, journal, disk, clock, journal_directory));
      return InboxAnswer{taken.done, taken.skipped, {}};
    }
    case InboxRequest::Kind::kResend:
      break;
  }
  InboxAnswer answer;
  TAMTAP_TRY(answer.done, journal.RecheckSince(request.since));
  return answer;
}

Result<std::string> LeaveRequest(Disk& disk, Random& random, const std::string& inbox,
                                 const InboxRequest& request) {
  TAMTAP_RETURN_IF_ERROR(disk.CreateDirectories(inbox));
  const std::string name = random.Hex(8);
  TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(
      disk, JoinPath(inbox, name + std::string(kRequestSuffix)), ToText(request)));
  return name;
}

Result<uint64_t> LeaveOutWaiting(Disk& disk, const std::string& inbox, InboxRequest& request) {
  if (request.kind != InboxRequest::Kind::kImport) return uint64_t{0};
  TAMTAP_TRY(const bool there, disk.Exists(inbox));
  if (!there) return uint64_t{0};
  TAMTAP_TRY(const std::vector<std::string> names, disk.List(inbox));
  std::set<std::string> waiting;
  for (const std::string& name : names) {
    if (!name.ends_with(kRequestSuffix)) continue;
    const auto text = ReadFile(disk, JoinPath(inbox, name));
    if (!text) continue;  // carried out meanwhile: its taps are in the journal
    const auto other = RequestFrom(*text);
    if (!other) continue;
    for (const journal::ImportedTap& tap : other->taps) {
      waiting.insert(journal::ImportedTapId(tap.record).ToString());
    }
  }
  return std::erase_if(request.taps, [&](const journal::ImportedTap& tap) {
    return waiting.contains(journal::ImportedTapId(tap.record).ToString());
  });
}

Result<> EmptyInbox(Disk& disk, Clock& clock, const std::string& inbox, journal::Journal& journal,
                    const std::string& journal_directory) {
  TAMTAP_TRY(const bool there, disk.Exists(inbox));
  if (!there) return {};
  TAMTAP_TRY(const std::vector<std::string> names, disk.List(inbox));
  for (const std::string& name : names) {
    if (!name.ends_with(kRequestSuffix)) continue;
    const std::string path = JoinPath(inbox, name);
    TAMTAP_TRY(const std::string text, ReadFile(disk, path));
    const auto request = RequestFrom(text);
    Result<InboxAnswer> answer = request
                                     ? CarryOut(*request, journal, disk, clock, journal_directory)
                                     : Result<InboxAnswer>(request.error());
    // What may work later stays for later.
    if (!answer && answer.error().code != ErrorCode::kRejected) return answer.error();
    if (!answer) answer = InboxAnswer{0, 0, answer.error().Message()};
    LogInfo("inbox: {} done, {} skipped {}", answer->done, answer->skipped, answer->error);
    const std::string answer_path =
        path.substr(0, path.size() - kRequestSuffix.size()) + std::string(kAnswerSuffix);
    TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(
        disk, answer_path,
        json::serialize(json::object{
            {"done", answer->done}, {"skipped", answer->skipped}, {"error", answer->error}})));
    TAMTAP_RETURN_IF_ERROR(disk.Remove(path));
    TAMTAP_RETURN_IF_ERROR(disk.SyncDirectory(inbox));
  }
  return {};
}

Result<InboxAnswer> AwaitAnswer(Disk& disk, Clock& clock, const std::string& inbox,
                                const std::string& name, std::chrono::milliseconds patience) {
  const std::string path = JoinPath(inbox, name + std::string(kAnswerSuffix));
  const MonotonicTime deadline = clock.MonotonicNow() + patience;
  for (;;) {
    TAMTAP_TRY(const bool there, disk.Exists(path));
    if (there) break;
    if (clock.MonotonicNow() >= deadline) {
      return Error{ErrorCode::kRetry, "wait for the running terminal", 0,
                   "the request is kept, and carried out as soon as it answers"};
    }
    clock.SleepFor(kLookEvery);
  }
  TAMTAP_TRY(const std::string text, ReadFile(disk, path));
  TAMTAP_RETURN_IF_ERROR(disk.Remove(path));
  boost::system::error_code failed;
  const json::value value = json::parse(text, failed);
  const json::object* const object = failed ? nullptr : value.if_object();
  if (object == nullptr || !object->contains("done") || !object->contains("error")) {
    return Error{ErrorCode::kCorrupt, fmt::format("read {}", path), 0, "it is no answer"};
  }
  return InboxAnswer{object->at("done").to_number<uint64_t>(),
                     object->at("skipped").to_number<uint64_t>(),
                     json::value_to<std::string>(object->at("error"))};
}

}  // namespace tamtap
