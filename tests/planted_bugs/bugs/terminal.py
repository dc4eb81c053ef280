"""Bugs planted in src/terminal/."""

from .bug import Bug

_CYCLE = "src/terminal/tap_cycle.cc"

BUGS = [
    Bug("refused-and-brought-back", "src/terminal/take_over.cc",
        "if (!state.ledger.IsVoid(tap.record.tap)) wanted", "if (!state.ledger.IsVoid(tap.record.tap) || true) wanted",
        "What a mirror kept of a tap that was refused is taken over", test="terminal_test:TakeOverTest.*"),
    # Acknowledging
    Bug("success-on-error", _CYCLE, "if (const Result<> appended = journal_.Append(record); !appended) {",
        "if (const Result<> appended = journal_.Append(record); !appended && record.name.empty()) {",
        "SUCCESS is shown also when the journal could not write"),
    Bug("success-before-append", _CYCLE, "  // The moment that counts:",
        "  panel_.ShowState(GateState::kSuccess, ack.card, person->name);\n  // The moment that counts:",
        "SUCCESS is shown before the tap is written"),
    Bug("refused-while-taps-wait", _CYCLE, "  // Have they tapped today, and if so, do they leave?",
        "  if (journal_.Status().pending > 3) return refuse(Refusal::kStorageFailed);\n"
        "  // Have they tapped today, and if so, do they leave?",
        "Taps are refused while the store is away and a few wait"),
    Bug("duplicate-not-asked", _CYCLE,
        "  if (visit.kind == Visit::Kind::kDuplicate) return Duplicate(ack);",
        "", "Nobody asks whether the person has tapped today"),
    # Hours and departures
    Bug("departure-behind-the-last-tap", "src/terminal/visit.cc",
        "  if (vouched) return known ? std::optional(known->first) : std::nullopt;",
        "  if (vouched) return known ? std::optional(known->last) : std::nullopt;",
        "Who leaves twice is told that they have tapped already"),
    Bug("night-of-the-new-day", "src/roster/roster.cc", "      day = before;\n", "",
        "A tap after midnight is of the new day, though its classes are those of the evening",
        test="roster_test:RosterTest.*"),
    # Edges: imports, text, who looks
    Bug("imported-taps-not-looked-for", "src/terminal/imported_taps.cc",
        "if (tap.terminal == kImportTerminal) {",
        "if (tap.terminal == kImportTerminal && visit.line.sequence == 0) {",
        "An import does not see what it brought before", test="terminal_test:InboxTest.*"),
    Bug("former-import-ids-forgotten", "src/terminal/imported_taps.cc",
        "return ids_.contains(journal::ImportedTapId(record).ToString()) ||",
        "return ids_.contains(journal::ImportedTapId(record).ToString()) || false &&",
        "An import repeated after an update brings all taps again", test="terminal_test:InboxTest.*"),
    Bug("retired-imports-forgotten", "src/terminal/imported_taps.cc",
        "if (confirmed) imported.ids_.emplace(line.tap);", "",
        "Taps that retention took out of the journal are imported again",
        test="terminal_test:InboxTest.*"),
    Bug("imports-of-a-lost-journal-believed", "src/terminal/imported_taps.cc",
        "if (confirmed) imported.ids_.emplace(line.tap);",
        "if (confirmed || !line.tap.empty()) imported.ids_.emplace(line.tap);",
        "Taps of a journal that is gone count as imported", test="terminal_test:InboxTest.*"),
    # What the server asks of a gate
    Bug("asked-again-without-end", "src/terminal/status_answer.cc",
        "if (has_requeued_ && now - last_ < kLeastPause) return false;", "",
        "A server that refuses what it asks for again fills the gate's journal",
        test="terminal_test:StatusAnswerTest.*"),
    Bug("asked-too-soon-forgotten", "src/terminal/status_answer.cc",
        "if ((all_ || !asked_.empty()) && MayRequeue()) taken.requeued = RequeueAsked();",
        "if (MayRequeue()) taken.requeued = RequeueAsked(); else asked_.clear();",
        "Taps that staff want tried again are forgotten if they ask twice in a minute",
        test="terminal_test:StatusAnswerTest.*"),
]
