"""The planted bugs: each a change of one text in one production source, and what it does wrong."""

from typing import NamedTuple


class Bug(NamedTuple):
    name: str
    file: str
    find: str
    replacement: str
    what: str
    # "" lets the simulation find it. "sync_test", or "sync_test:SyncTest.*" with a filter as
    # GoogleTest takes it, runs that test program instead: for what no simulated life comes across.
    test: str = ""


_JOURNAL = "src/journal/journal.cc"
_MAINTENANCE = "src/journal/maintenance.cc"
_WRITER = "src/journal/segment_writer.cc"
_RECOVERY = "src/journal/recovery.cc"
_SEGMENT = "src/journal/segment.cc"
_LINE = "src/journal/line.cc"
_SYNC = "src/sync/sync.cc"
_SQLITE = "src/central/sqlite_attendance.cc"
_CYCLE = "src/terminal/tap_cycle.cc"

BUGS = [
    # The disk
    Bug("no-flush", _WRITER, "if (outcome && sync) outcome = current_.file->DataSync();", "",
        "A tap is acknowledged without fdatasync"),
    Bug("flush-error-ignored", _WRITER,
        "if (outcome && sync) outcome = current_.file->DataSync();",
        "if (outcome && sync && !current_.file->DataSync()) LogError(\"flush\");",
        "A flush that failed counts as one that worked"),
    Bug("write-error-ignored", _WRITER,
        "outcome = current_.file->WriteAt(current_.offset, bytes);",
        "if (!current_.file->WriteAt(current_.offset, bytes)) LogError(\"write\");",
        "A write that failed counts as one that worked"),
    Bug("no-directory-flush", _WRITER,
        "if (outcome) outcome = disk_.SyncDirectory(options_.directory);", "",
        "A new segment's name is not flushed"),
    Bug("same-descriptor-after-failed-flush", _WRITER,
        "    current_.file.reset();\n    broken_.push_back(current_.number);",
        "    if (current_.file->DataSync()) {\n"
        "      const Placement placement{current_.number, current_.offset};\n"
        "      current_.offset += bytes.size();\n      return placement;\n    }",
        "After a failed flush the same descriptor is flushed again and believed"),
    Bug("append-over-the-last-line", _WRITER, "current_.offset = end + 1;", "current_.offset = end - 1;",
        "After a start the first line is written into the end of the last one"),
    Bug("offset-not-advanced", _WRITER,
        "      current_.offset += bytes.size();\n      return placement;", "      return placement;",
        "Each line is written over the one before"),
    Bug("not-reaffirmed", _WRITER, "  TAMTAP_RETURN_IF_ERROR(Reaffirm(number, end));\n", "",
        "A start believes that what it can read was flushed"),
    Bug("half-prepared-segment-leaves-a-gap", _WRITER, "    last_number_ = number - 1;\n", "",
        "A segment whose preparation a crash cut short is removed, and its number not used again"),
    Bug("segment-number-repeats", _WRITER,
        "  last_number_ = number;\n  return segment;", "  return segment;",
        "The next segment gets the number of the last one"),
    Bug("torn-tail-resumed", _JOURNAL,
        "const bool usable = &segment == &segments.back() && !segment.damaged;",
        "const bool usable = &segment == &segments.back();",
        "A segment with a torn tail is appended to"),
    # Numbers and ids
    Bug("generation-not-random", _JOURNAL, "std::move(state), random.Hex(8)));",
        "std::move(state), \"0011223344556677\"));",
        "Every start has the same generation"),
    Bug("number-of-a-failed-flush-reused", _JOURNAL,
        "    if (auto committed = Commit(); !committed) {\n      record.tap = TapId{};",
        "    if (auto committed = Commit(); !committed) {\n      --state_.last_sequence;\n"
        "      record.tap = TapId{};",
        "The number of a tap whose flush failed is given to the next one"),
    Bug("number-forgotten-at-start", _RECOVERY,
        "    state_.last_sequence = std::max(state_.last_sequence, line.sequence);\n", "",
        "A start forgets which numbers the taps have that it reads"),
    Bug("seal-number-forgotten", _RECOVERY, "  state.last_sequence = seal.journal_last_sequence;\n",
        "", "A start forgets which numbers the sealed segments have"),
    Bug("void-not-written", _JOURNAL,
        "      unsaid.push_back({batch.taps[0].sequence, last, TapOutcome::kVoid, {}});",
        "      static_cast<void>(last);", "Nobody says later that a tap whose flush failed was never acknowledged"),
    Bug("void-ignored", _RECOVERY,
        "      total_records -= std::min(total_records, pending.EraseRange({outcome.first, outcome.last}));",
        "", "A start sends taps that are said to be void"),
    # Acknowledging
    Bug("acknowledged-before-flush", _JOURNAL,
        "    if (auto committed = Commit(); !committed) {\n      record.tap = TapId{};\n"
        "      return committed;\n    }",
        "    filling_->sync = false;\n    state_.pending.Insert(state_.last_sequence);",
        "A tap is acknowledged when it is in memory"),
    Bug("success-on-error", _CYCLE, "if (const Result<> appended = journal_.Append(record); !appended) {",
        "if (const Result<> appended = journal_.Append(record); !appended && record.name.empty()) {",
        "SUCCESS is shown also when the journal could not write"),
    Bug("success-before-append", _CYCLE, "  // The moment that counts:",
        "  panel_.ShowState(TapState::kSuccess, card, person->name);\n  // The moment that counts:",
        "SUCCESS is shown before the tap is written"),
    Bug("refused-while-taps-wait", _CYCLE, "  // Have they tapped today?",
        "  if (journal_.Status().pending > 3) return Refuse(ack, Refusal::kStorageFailed);\n"
        "  // Have they tapped today?",
        "Taps are refused while the store is away and a few wait"),
    Bug("duplicate-not-asked", _CYCLE,
        "if (known && (right_time || elsewhere || journal_.IsOfThisBoot(*known))) return Duplicate(ack);",
        "", "Nobody asks whether the person has tapped today"),
    Bug("duplicates-forgotten-at-start", _RECOVERY,
        "      state_.duplicates.Insert(line.day, line.person, line.sequence);", "",
        "A start forgets who has tapped today"),
    Bug("duplicate-by-person-alone", "src/journal/duplicate_index.cc",
        "  const auto people = days_.find(day);\n  if (people == days_.end()) return std::nullopt;",
        "  const auto people = days_.begin();\n  if (people == days_.end()) return std::nullopt;",
        "Who tapped yesterday is a duplicate today"),
    Bug("first-tap-stays-found", "src/journal/duplicate_index.cc", "insert_or_assign(KeyOf(person), sequence)",
        "emplace(KeyOf(person), sequence)",
        "A person refused and then accepted may tap once more after a start (a bug that was here)"),
    Bug("duplicate-of-a-failed-flush", _JOURNAL, "  AppendTapLine(tap.sequence,",
        "  state_.duplicates.Insert(tap.day, tap.person, tap.sequence);\n  AppendTapLine(tap.sequence,",
        "Who was refused by a failing disk is told SUCCESS the next time"),
    # Recovery
    Bug("checksum-not-verified", _LINE,
        "  if (trailer.substr(kChecksumKey.size(), kChecksumDigits) !=\n"
        "      std::string_view(expected.data(), expected.size())) {\n    return std::nullopt;\n  }",
        "  static_cast<void>(expected);", "A line's checksum is not looked at"),
    Bug("damage-skipped-silently", _RECOVERY,
        "    state_.damage.push_back({kind, segment_.number, offset, length});", "",
        "Damaged lines are skipped without a word"),
    Bug("damage-ends-reading", _SEGMENT, "    position = newline;\n  }\n",
        "    position = CheckLine(run) ? newline : bytes.size();\n  }\n",
        "Nothing behind a damaged line is read"),
    Bug("lost-newline-costs-two", _SEGMENT,
        "size_t start = run_.find(kLineStart);", "size_t start = std::string_view::npos;",
        "Good lines beside a damaged newline are lost"),
    Bug("seal-without-pending", _MAINTENANCE,
        "  seal.pending = state_.pending.RangesUpTo(segment.last_sequence_after);\n", "",
        "A seal forgets which taps are pending"),
    Bug("seal-without-quarantine", _MAINTENANCE,
        "    if (sequence <= segment.last_sequence_after) seal.quarantined.push_back({sequence, reason});",
        "    static_cast<void>(sequence);", "A seal forgets which taps are quarantined"),
    Bug("seal-with-wrong-count", _MAINTENANCE, "seal.total_records = segment.total_records_after;",
        "seal.total_records = state_.total_records;",
        "A seal counts the taps of later segments too"),
    Bug("seal-pending-of-older-only", _RECOVERY,
        "  for (const SequenceRange& range : seal.pending) state.pending.InsertRange(range);",
        "  if (!seal.pending.empty()) state.pending.InsertRange(seal.pending.front());",
        "A start takes only the first of a seal's pending ranges"),
    Bug("replay-stops-at-seal", _RECOVERY, "Replay replay(options, number > newest_seal, segment, seen, state);",
        "Replay replay(options, number > newest_seal + 1, segment, seen, state);",
        "The segment behind the newest seal is not replayed"),
    Bug("counted-again-after-seal", _RECOVERY,
        "    if (seen_.Contains(line.sequence)) return;\n    seen_.Insert(line.sequence);\n"
        "    if (!apply_) return;",
        "    if (!apply_ || seen_.Contains(line.sequence)) return;\n    seen_.Insert(line.sequence);",
        "A tap that a failed flush left in two segments counts twice (a bug that was here)"),
    Bug("pending-reset-by-start", _RECOVERY, "    state_.generation = start->generation;",
        "    state_.generation = start->generation;\n    state_.pending = SequenceSet();",
        "What was pending before the last start is forgotten"),
    Bug("broken-segment-sealed", _MAINTENANCE, "if (!in_use && !segment.sealed && !segment.broken) finished",
        "if (!segment.sealed && !segment.broken) finished",
        "The segment in use is sealed"),
    Bug("seal-over-the-last-line", _MAINTENANCE, "TAMTAP_RETURN_IF_ERROR(file->WriteAt(end, line));",
        "TAMTAP_RETURN_IF_ERROR(file->WriteAt(end - 20, line));",
        "A seal is written over the end of the last line"),
    Bug("retires-pending", _MAINTENANCE,
        "if (in_use || !segment.sealed || !all_confirmed || segment.last_day >= first_kept_day) break;",
        "if (in_use || !segment.sealed || segment.last_day >= first_kept_day) break;",
        "Old segments leave although not all of their taps are confirmed"),
    Bug("retired-not-written", _MAINTENANCE,
        "  if (!retirable.empty()) TAMTAP_RETURN_IF_ERROR(WriteRetired(disk_, options_.directory, retired));",
        "", "Segments leave without being written down first"),
    # Sync
    Bug("confirmed-before-reply", _SYNC, "  const auto outcomes = store_.Store(records);",
        "  for (const journal::PendingTap& tap : taps) journal_.Confirm({&tap.sequence, 1});\n"
        "  const auto outcomes = store_.Store(records);",
        "Taps are confirmed before the store has answered"),
    Bug("confirmed-on-error", _SYNC, "  if (!outcomes) {\n    // The first",
        "  if (!outcomes) {\n    for (const journal::PendingTap& tap : taps) journal_.Confirm({&tap.sequence, 1});\n"
        "    // The first", "Taps are confirmed although the call failed"),
    Bug("retry-confirmed", _SYNC, "    case OutcomeKind::kRetry:\n      retry_later_ = true;",
        "    case OutcomeKind::kRetry:\n      confirmed.push_back(tap.sequence);",
        "A record that the store put off is confirmed"),
    Bug("retry-rejected", _SYNC, "    case OutcomeKind::kRetry:\n      retry_later_ = true;",
        "    case OutcomeKind::kRetry:\n      journal_.Quarantine(tap.sequence, outcome.reason);",
        "A record that the store put off is quarantined"),
    Bug("rejected-confirmed", _SYNC, "      journal_.Quarantine(tap.sequence, outcome.reason);",
        "      confirmed.push_back(tap.sequence);",
        "A record that the store refused is confirmed"),
    Bug("rejected-dropped", _SYNC, "      journal_.Quarantine(tap.sequence, outcome.reason);",
        "      journal_.Quarantine(tap.sequence + 1, outcome.reason);",
        "A refusal is written to the wrong tap"),
    Bug("outcome-of-the-neighbour", _SYNC,
        "TakeOutcome(taps[i], (*outcomes)[i], confirmed);",
        "TakeOutcome(taps[i], (*outcomes)[taps.size() - 1 - i], confirmed);",
        "Outcomes are taken in the wrong order"),
    Bug("one-bad-record-stops-all", _SYNC,
        "  std::vector<uint64_t> confirmed;\n  confirmed.reserve(taps.size());",
        "  for (const Outcome& each : *outcomes) {\n    if (each.kind == OutcomeKind::kRejected) {\n"
        "      WaitFor(options_.probe);\n      return false;\n    }\n  }\n"
        "  std::vector<uint64_t> confirmed;\n  confirmed.reserve(taps.size());",
        "One refused record makes its whole batch fail"),
    Bug("no-fallback-for-a-lost-wake", _SYNC,
        "    cursor_ = 1;\n    backlog_end_ = 0;\n    return options_.idle;",
        "    cursor_ = 1;\n    backlog_end_ = 0;\n    return options_.idle * 1'000'000;",
        "A lost wake is never made up for"),
    Bug("never-looks-again", _SYNC, "WaitFor(Jittered(denied_ ? options_.longest_backoff : options_.probe));",
        "WaitFor(options_.longest_backoff * 1'000);",
        "A store that is away is looked for once a day"),
    Bug("cursor-never-goes-back", _SYNC,
        "    cursor_ = 1;\n    backlog_end_ = 0;\n    if (!retry_later_)",
        "    backlog_end_ = 0;\n    if (!retry_later_)",
        "What was put off is not tried again"),
    Bug("confirm-range-too-long", _JOURNAL,
        "    RecordOutcome({sequences[i], sequences[next - 1], TapOutcome::kConfirmed, {}});",
        "    RecordOutcome({sequences[i], sequences[next - 1] + 1, TapOutcome::kConfirmed, {}});",
        "A confirmation takes the next tap with it"),
    Bug("confirm-fills-gaps", _JOURNAL,
        "while (next < sequences.size() && sequences[next] == sequences[next - 1] + 1) ++next;",
        "next = sequences.size();",
        "A confirmation of two taps confirms all between them"),
    Bug("requeue-forgets", _RECOVERY, "        pending.Insert(tap->first);\n        tap = quarantined.erase(tap);",
        "        tap = quarantined.erase(tap);",
        "A requeued tap is neither quarantined nor pending"),
    # The merge
    Bug("last-tap-wins", _SQLITE, "a.tapped_at_us, a.tap, t.tapped_at_us, t.tap",
        "a.tapped_at_us, a.tap, t.tapped_at_us DESC, t.tap", "The arrival is the latest tap"),
    Bug("last-writer-wins", _SQLITE,
        "                   \" AND (?2 < tapped_at_us OR (?2 = tapped_at_us AND ?3 < tap))\")",
        "                   \"\")", "The arrival is the tap that was stored last"),
    Bug("arrival-not-moved", _SQLITE, "  if (!first) {  // the arrival", "  if (false) {  // the arrival",
        "An earlier tap that comes later does not become the arrival"),
    Bug("arrival-by-id", _SQLITE, "a.tapped_at_us, a.tap, t.tapped_at_us, t.tap",
        "a.tapped_at_us, a.tap, t.tap", "The arrival is the smallest tap id, not the earliest tap"),
    Bug("tap-list-overwritten", _SQLITE,
        "  std::string text;\n  AppendJson(record, text);",
        "  if (!first) {\n    TAMTAP_RETURN_IF_ERROR(database_.Query(\"DELETE FROM attendance_taps WHERE\"\n"
        "                                           \" attendance = ?\").Bind(id).Done());\n  }\n"
        "  std::string text;\n  AppendJson(record, text);",
        "A tap replaces the taps of that person and day that were there"),
    Bug("not-committed", _SQLITE, "  TAMTAP_RETURN_IF_ERROR(transaction->Commit());\n", "",
        "The store answers without having committed"),
    Bug("same-content-not-checked", _SQLITE,
        "      if (SameContent(known.View(0), record)) return Outcome{OutcomeKind::kAlreadyStored, {}};\n"
        "      return Rejected(std::string(kTwoContents));",
        "      return Outcome{OutcomeKind::kStored, {}};",
        "A tap that is there already is told to be new"),
    # Through the server
    Bug("server-confirms-what-failed", "src/server/api_terminals.cc",
        "    if (!stored) return JsonError(stored.error());\n    outcomes = *std::move(stored);",
        "    outcomes = stored ? *std::move(stored)\n"
        "                      : std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});",
        "The server says stored of a batch that its store did not take"),
    Bug("any-answer-is-a-confirmation", "src/central/http_store.cc",
        "if (response.status == 200) return ReadOutcomes(kOperation, response, records);",
        "if (response.status == 200) {\n      auto read = ReadOutcomes(kOperation, response, records);\n"
        "      if (!read) read = std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});\n"
        "      return read;\n    }",
        "A 200 that can't be read confirms the batch"),
    Bug("server-outcomes-shifted", "src/server/api_terminals.cc",
        "outcome = outcomes[next];", "outcome = outcomes[outcomes.size() - 1 - next];",
        "The server gives each record another one's outcome"),
    # Photos
    Bug("photo-removed-by-nonsense", "src/sync/photo_uplink.cc",
        "if (!sane || count > length || complete->get_bool() != (count == length)) {",
        "if (!sane) {", "A photo's owner is believed whatever numbers it says",
        test="sync_test:PhotoUplinkTest.*"),
]
