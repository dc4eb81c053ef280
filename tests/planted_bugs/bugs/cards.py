"""Bugs planted in what makes a person of what a reader gave."""

from .bug import Bug

BUGS = [
    Bug("two-peoples-number-is-the-first-ones", "src/roster/card_index.cc",
        "if (match.person != first.person) {", "if (false) {",
        "A number that may be two people's card is taken for one of them",
        "roster_test:CardIndexTest.*"),
    Bug("number-beats-the-uid", "src/roster/card_index.cc",
        "    matches.push_back({owner, card, /*first=*/false});\n    return;\n",
        "    matches.push_back({owner, card, /*first=*/false});\n",
        "Whoever may have a card keeps the one who has it out", "roster_test:CardIndexTest.*"),
    Bug("second-card-of-a-beginning-taken", "src/roster/roster_holder.cc",
        "if (person == nullptr || !Waits(*person) || !IsBeginningOf(*person, card)) continue;",
        "if (person == nullptr || !IsBeginningOf(*person, card)) continue;",
        "A later card takes the place of the one that a person is known by",
        "roster_test:RosterHolderTest.*"),
    Bug("replaced-cut-card-forgotten", "src/tap/person_cards.cc",
        "    for (const std::string& beginning : before.beginnings) add(CutCardOf(beginning));\n", "",
        "A card that is replaced before it came is unknown, and what a gate took with it is doubted",
        "tap_test:PersonCardsTest.*"),
    Bug("cut-card-never-bound", "src/terminal/tap_cycle.cc",
        "if (owner.is_first_of_its_beginning) roster_.Bind({{person->person, owner.card}});", "",
        "Every card that begins as registered is that person's", "terminal_test:TapCycleTest.*"),
    Bug("bound-card-lost-with-the-power", "src/terminal/card_learning.cc",
        "  Collect(journal, &journal::Journal::ReadPending, cards);\n", "",
        "After a power cut the next card of that beginning is bound", "terminal_test:CardLearningTest.*"),
    Bug("leading-zero-taken-for-mfrc522", "src/tap/card_id.cc",
        "if (text.empty() || text.front() < '1') return std::nullopt;",
        "if (text.empty()) return std::nullopt;",
        "0563537489 is taken for the card 002196E6 (a bug that was here)", "tap_test:Card*"),
    Bug("lost-card-known-in-one-spelling", "src/school/registration.cc",
        "return std::any_of(replaced.begin(), replaced.end(),\n"
        "                     [&cards](const CardId& card) { return MayBeOneOf(cards, card); });",
        "return HasReplaced(person, cards.uid);",
        "A lost card is given to somebody else in another spelling without a word (a bug that was here)",
        "school_sheets_test:RegistrationTest.ALostCardIsKnown*"),
]
