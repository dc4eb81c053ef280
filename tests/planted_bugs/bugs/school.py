"""Bugs in what becomes of the school's facts at the master and in the copies of gates."""

from .bug import Bug

_FACTS = "src/school/facts.cc"
_COPY = "src/school/copy.cc"
_SLICES = "src/school/slices.cc"

BUGS = [
    Bug("erased-and-told-again", _FACTS,
        "      if (gone && !touched.after.words.contains(field)) continue;\n", "",
        "An older word of a gate describes somebody who was erased", test="school_test:FactsTest.*"),
    Bug("word-that-comes-last-holds", _FACTS, "if (!fresh && word->second.said < said)", "if (!fresh)",
        "A gate that was alone undoes what was said later at the office"),
    Bug("clock-ahead-has-the-last-word", _FACTS,
        "int64_t at_us = std::min(change.said.at_us, now_us_);",
        "int64_t at_us = change.said.at_us;",
        "A gate whose clock is ahead has the last word for good", test="school_test:FactsTest.*"),
    Bug("change-taken-twice", _FACTS, "    if (taken) {\n      outcomes_[i] = *taken;",
        "    if (taken && false) {\n      outcomes_[i] = *taken;",
        "A change whose answer was lost is said once more, and later", test="school_test:FactsTest.*"),
    Bug("half-an-exchange-of-cards", _FACTS, "    to_check_.insert(others.begin(), others.end());", "",
        "After a refusal one card belongs to two", test="school_test:FactsTest.*"),
    Bug("master-that-knows-nothing-empties-copies", _COPY, "      OfferAll(copy);\n      return {};",
        "", "A central store that nobody told of the school empties the copies of its gates"),
    Bug("difference-from-another-version", _COPY, "    if (copy.version != known) {",
        "    if (copy.version != known && false) {",
        "A copy takes the difference from a version that it does not have",
        test="school_test:SchoolCopyTest.*"),
    Bug("words-of-an-unsure-clock-are-new", _COPY, "  } else if (clock_.Synchronised()) {", "  } else {",
        "After a boot in 2038 a gate has the last word", test="school_test:SchoolCopyTest.*"),
    Bug("same-copy-for-ever", _COPY, "    seen.copy = *std::move(newer);\n    Hold(std::move(seen));", "",
        "A command beside a running gate asks the master for the same for ever",
        test="school_test:SchoolCopyTest.*"),
    Bug("moved-in-people-numbered-anew", "src/school/import_plan.cc",
        "    if (person.tamtap_id.empty()) person.tamtap_id", "    person.tamtap_id",
        "People who move in lose their numbers (a bug that was here)",
        test="school_sheets_test:MovePlanTest.*"),
    Bug("slices-of-two-versions-are-mixed", _SLICES, "slice.version == update_.version &&", "true &&",
        "A school that changes while it is fetched is half as it was and half as it is",
        test="school_test:SlicesTest.*"),
    Bug("last-slice-is-not-waited-for", _SLICES, "if (slice.next > slice.from)", "if (slice.next > slice.from && false)",
        "A gate takes the first slice of a large school for all of it, and turns the others away",
        test="school_test:SlicesTest.*"),
    Bug("slice-that-was-left-out-is-not-missed", _SLICES, "slice.from == have_", "slice.from >= have_",
        "People of a slice that was lost on the way are turned away", test="school_test:SlicesTest.*"),
    Bug("what-was-handed-over-holds-for-ever", _COPY, "    copy.handed.clear();\n    SetAsOf(now, copy);",
        "    SetAsOf(now, copy);", "A word that was lost to a later one goes on holding at its gate",
        test="school_test:SchoolCopyTest.*"),
]
