"""Bugs planted in src/server/."""

from .bug import Bug

BUGS = [
    # Through the server
    Bug("server-confirms-what-failed", "src/server/api_terminals.cc",
        "    if (!stored) return JsonError(stored.error());\n    outcomes = *std::move(stored);",
        "    outcomes = stored ? *std::move(stored)\n"
        "                      : std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});",
        "The server says stored of a batch that its store did not take"),
    Bug("server-outcomes-shifted", "src/server/api_terminals.cc",
        "outcome = outcomes[next];", "outcome = outcomes[outcomes.size() - 1 - next];",
        "The server gives each record another one's outcome"),
    # Strangers' answers
    Bug("body-before-admission", "src/server/api_server.cc",
        "  admission.refusal = Refuse(head, caller);\n", "",
        "The body of somebody who may not do it at all is read first",
        test="server_test:ServerTest.WhoAsks*"),
    # Photos
    Bug("photo-kept-as-it-came", "src/server/photo_inbox.cc",
        "WriteFileAtomically(disk_, path, *cleaned)", "WriteFileAtomically(disk_, path, content)",
        "A photo is kept as its gate sent it, with all that is in it besides the picture",
        test="server_test:PhotoInboxTest.*"),
    # A store that was restored, replaced, exchanged
    Bug("tap-of-a-former-name-refused", "src/server/record_lines.cc",
        "  if (const auto may = may_bring(record->tap.terminal); !may) return {tap, may.error()};",
        "  if (const auto may = may_bring(record->tap.terminal); !may) return {tap, Refused(\"tap of another terminal\")};",
        "A tap of a name that is still another's is refused for good (a bug that was here)",
        test="server_test:RecordsTest.*"),
    # Edges: imports, text, who looks
    Bug("status-written-each-time", "src/server/terminal_states.cc",
        "save = fresh || clock_.MonotonicNow() >= next_save_;", "save = true;",
        "Each status of a gate is a commit of its own", test="server_test:TerminalBookTest.*"),
    Bug("last-seen-lost-in-a-restart", "src/server/terminal_states.cc",
        "save = fresh || clock_.MonotonicNow() >= next_save_;", "save = false;",
        "A restarted server does not know when a gate was heard of",
        test="server_test:TerminalBookTest.*"),
    Bug("quiet-day-read-again", "src/server/live_feed.cc",
        "if (!store_error_ && *mark == mark_) return;", "",
        "The live feed reads the whole day though nothing changed",
        test="server_test:LiveFeedTest.*"),
    Bug("password-as-it-was-typed", "src/server/credentials.cc",
        "const std::string composed = Nfc(password);\n  if (crypto_pwhash_str",
        "const std::string composed(password);\n  if (crypto_pwhash_str",
        "A password works on the keyboard it was set on alone", test="server_test:SignInTest.*"),
    # People and gates
    Bug("device-counted-with-strangers", "src/server/authenticator.cc",
        "if (known) who.device = hash;", "",
        "Strangers who guess a password lock its owner out", test="server_test:SignInTest.AStranger*"),
    Bug("no-memory-is-a-wrong-password", "src/server/credentials.cc",
        "return TooLittleMemory();\n  }\n  return sodium_memcmp", "return false;\n  }\n  return sodium_memcmp",
        "A server with little memory says that passwords are wrong (a bug that was here)",
        test="server_test:SignInTest.TooLittle*"),
    Bug("day-to-come-believed", "src/server/record_judge.cc",
        "if (record.day > AddDays(today, 1)) {", "if (record.day > AddDays(today, 3'000)) {",
        "A gate that lies files taps of days to come (a bug that was here)",
        test="server_test:RecordJudgeTest.ADay*"),
    Bug("school-has-no-past", "src/server/record_judge.cc",
        "if (before) return Doubt();", "if (before && false) return Doubt();",
        "The taps of people who left while their gate was offline are refused",
        test="server_test:RecordJudgeTest.ThePerson*"),
    Bug("doubted-by-a-wrong-clock", "src/server/record_judge.cc",
        "  if (!clock_.Synchronised()) return std::nullopt;\n", "",
        "A server in 1970 refuses every tap", test="server_test:RecordJudgeTest.WithAClock*"),
    Bug("voided-comes-back", "src/server/api_terminals.cc",
        "if (!*voided) ids.emplace_back(", "ids.emplace_back(",
        "Gates are asked again for what an admin voided", test="server_test:VoidingTest.*"),
]
