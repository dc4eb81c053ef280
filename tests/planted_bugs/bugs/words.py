"""Bugs planted in src/messages/, and in what the stores keep of words to guardians."""

from .bug import Bug

_PLANNER = "src/messages/message_planner.cc"
_QUEUE = "src/messages/message_queue.cc"

BUGS = [
    # To whom
    Bug("word-follows-the-card", _PLANNER, "roster.WhoseIs(arrival)",
        "roster.cards().Find(arrival.NfcId())",
        "Who was given a card today is told to have come with it before",
        test="messages_test:MessagePlannerTest.*"),
    Bug("word-to-the-first-guardian", _QUEUE, "return each.id == message.guardian;",
        "return !each.id.empty();", "All words of a student go to the first guardian",
        test="messages_test:MessageQueueTest.*"),
    Bug("word-to-one-guardian-alone", "src/messages/message_store.cc",
        "ToString(kind), day, person, guardian))", 'ToString(kind), day, person, guardian.substr(0, 0)))',
        "The second guardian of a student is never told",
        test="messages_test:MessagePlannerTest.*"),
    Bug("guardians-of-the-former", "src/server/guardian_sheet.cc",
        "      key = person->person;\n", "",
        "Who gets the card of somebody who left takes their place with their guardians",
        test="server_test:GuardiansTest.OfAList*"),
    # Of what
    Bug("word-of-a-tap-taken-back", _QUEUE,
        'return Without(Dropped("what it would tell was taken back meanwhile"));',
        "return Without();", "Guardians are told of a tap that was taken back",
        test="messages_test:MessageQueueTest.*"),
    Bug("word-of-days-ago", _PLANNER, "if (now > expires || news.at", "if (news.at",
        "A gate that was cut off for hours has all arrivals told when it is back",
        test="messages_test:MessagePlannerTest.*"),
    Bug("absence-beside-a-silent-gate", _PLANNER, "if (!held_.empty()) return {};", "",
        "Absence is told while a gate may hold the very tap",
        test="messages_test:MessagePlannerTest.*"),
    # How often, and when
    Bug("unsure-is-sent-again", _QUEUE,
        "  // A gateway that knows a repeated key by itself may be asked again.\n",
        "  if (end == Sending::End::kUnsure) end = Sending::End::kLater;\n",
        "What may have arrived is sent again", test="messages_test:MessageQueueTest.*"),
    Bug("word-claimed-by-all", "src/central/sqlite_messages.cc",
        "UPDATE messages SET state = 'sending', attempts", "UPDATE messages SET state = state, attempts",
        "Two servers send one message", test="central_test:*AMessageIsClaimedWhen*"),
    Bug("mute-gateway-is-fed", _QUEUE, "const bool answers = end == Sending::End::kTaken ||",
        "const bool answers = end == Sending::End::kUnsure || end == Sending::End::kTaken ||",
        "Of a gateway that takes messages and says nothing, each message of a morning is lost",
        test="messages_test:MessageQueueTest.*"),
    Bug("quiet-hours-only-when-planned", _QUEUE, "  if (quiet > 0) {", "  if (quiet > 24 * 60) {",
        "What waited is sent in the quiet hours", test="messages_test:MessageQueueTest.*"),
    # What it gives away
    Bug("address-kept-in-the-outbox", _QUEUE, "HiddenOf(parts_.options, letter.address,",
        "HiddenOf(parts_.options, letter.text,",
        "The outbox keeps the address that the mail server repeats",
        test="messages_test:MessageQueueTest.*"),
    Bug("header-line-in-a-name", "src/messages/mail_bytes.cc",
        "  if (plain && !dotted && TrimSpace(text) == text) return std::string(text);",
        "  if (!dotted) return std::string(text);",
        "A name can add a header to a mail", test="messages_test:*Mail*"),
    Bug("text-adds-to-the-address", "src/messages/words_options.cc",
        "call.url = FillWords(gateway.url, values(PercentEncoded));",
        "call.url = FillWords(gateway.url, values([](std::string_view v) { return std::string(v); }));",
        "A student's name can add a parameter to a gateway's address",
        test="messages_test:*Words*"),
]
