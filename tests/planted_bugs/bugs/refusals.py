"""Bugs in what is kept of cards that were turned away."""

from .bug import Bug

_UPLINK = "src/sync/refusal_uplink.cc"
_JOURNAL = "src/journal/refusals.cc"

BUGS = [
    Bug("refusals-handed-without-an-answer", _UPLINK, "  if (!kept) return kept.error();\n", "",
        "Refusals count as brought though the store did not answer"),
    Bug("refusal-with-the-clock-of-its-gate", _UPLINK,
        "  tap.record.tap = refusal.refusal.id;\n", "",
        "A refusal under a wrong clock is brought with the wrong time (a bug that was here)"),
    Bug("refusals-behind-a-gap", _UPLINK,
        "  while (ready < known.size() && known[ready].sequence == refusals[ready].number) {",
        "  while (ready < known.size()) {",
        "A refusal that must wait for a right time is passed over", test="sync_test:RefusalClockTest.*"),
    Bug("refusal-flushed", "src/journal/maintenance.cc",
        "    Result<> written = log_.Commit(log_.Add({}, /*flush=*/false).ticket);",
        "    Result<> written = log_.Commit(log_.Add({}, /*flush=*/true).ticket);",
        "A refusal costs a flush", test="journal_test:RefusalsTest.*"),
    Bug("refusals-without-a-bound", _JOURNAL,
        "  if (noted_refusals_.size() >= kMostNoted) return {};\n", "",
        "Refusals pile up in memory while the disk takes nothing", test="journal_test:RefusalsTest.*"),
    Bug("refusals-lost-with-a-failed-write", _JOURNAL,
        "  noted_refusals_.insert(noted_refusals_.begin(), std::make_move_iterator(refusals_going_.begin()),\n"
        "                         std::make_move_iterator(refusals_going_.end()));\n", "",
        "What a failed write took of refusals is forgotten", test="journal_test:RefusalsTest.*"),
    Bug("refusals-of-sealed-segments-unknown", "src/journal/segment_info.cc",
        "  segment.last_refusal = seal.last_refusal;\n", "",
        "Refusals in sealed segments are not brought after a start", test="journal_test:RefusalsTest.*"),
    Bug("refusal-of-another-gate-believed", "src/server/api_refusals.cc",
        "    if (name != terminal && !former.contains(name)) {", "    if (false) {",
        "A gate brings refusals of another gate", test="server_test:ApiRefusalsTest.*"),
    Bug("unknown-cards-told-to-advisers", "src/server/api_refusals.cc",
        " &&\n                        IsOfSections(query.sections, notice.section);", ";",
        "Advisers hear of refusals of sections that are not theirs", test="server_test:LiveFeedTest.*"),
    Bug("noise-fills-the-disk", "src/terminal/refusal_book.cc", "  if (left_ == 0) return false;\n", "",
        "A reader that gives nothing but noise fills the disk", test="terminal_test:RefusalBookTest.*"),
]
