"""Bugs planted in src/central/."""

from .bug import Bug

_SQLITE = "src/central/sqlite_attendance.cc"

BUGS = [
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
    Bug("any-answer-is-a-confirmation", "src/central/http_store.cc",
        "if (response.status == 200) return ReadOutcomes(kOperation, response, records);",
        "if (response.status == 200) {\n      auto read = ReadOutcomes(kOperation, response, records);\n"
        "      if (!read) read = std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});\n"
        "      return read;\n    }",
        "A 200 that can't be read confirms the batch", test="central_test:HttpStoreTest.*"),
    # Strangers' answers
    Bug("own-400-refuses-for-good", "src/central/http_store.cc",
        "    if (response.status == 413) {\n      std::string reason",
        "    if (response.status >= 400) {\n      std::string reason",
        "A 400 of our server quarantines a tap", test="central_test:HttpStoreTest.*"),
    # MongoDB
    Bug("network-error-has-backlogs-merged-one-by-one", "src/central/mongo_attendance.cc",
        "    if (found.error().kind != Kind::kTooSlow) return",
        "    if (found.error().kind == Kind::kUnreachable) lists_->WasTooSlow(SystemClock().MonotonicNow());\n"
        "    if (found.error().kind != Kind::kTooSlow) return",
        "After an error of the network MongoDB's backlogs are merged one by one (a bug that was here)",
        test="mongo_test:MongoNetworkTest.*"),
    Bug("command-error-refuses-a-document", "src/central/mongo_failure.cc",
        "return {KindOfCommandCode(static_cast<int>(error.code), error.message), error.message};",
        "return {KindOfDocumentCode(static_cast<int>(error.code), error.message), error.message};",
        "The code of a whole MongoDB command refuses a tap (a bug that was here)",
        test="mongo_test:MongoFailureTest.*"),
    Bug("unreadable-reply-refuses-a-document", "src/central/mongo_failure.cc",
        "    case MONGOC_ERROR_BSON:  // a document that the driver does not send, or a reply it can't read\n"
        "      return {Kind::kOther,",
        "    case MONGOC_ERROR_BSON:\n      return {Kind::kRejected,",
        "A reply that MongoDB's driver can't read refuses a tap (a bug that was here)",
        test="mongo_test:MongoFailureTest.*"),
    Bug("error-without-index-is-the-first-documents", "src/central/mongo_failure.cc",
        'IntegerAt(*entry, "index", -1);', 'IntegerAt(*entry, "index", 0);',
        "An error that names no document is taken for the first one's (a bug that was here)",
        test="mongo_test:MongoFailureTest.*"),
    Bug("strangers-length-is-taken-as-memory", "src/central/mongo_memory.cc",
        "return bytes >= kLazyBlockBytes ? Lazy().Take(bytes) : std::malloc(bytes);",
        "return std::malloc(bytes);",
        "A stranger at MongoDB's port ends the process where memory is short (a bug that was here)",
        test="mongo_test:MongoMemoryTest.*"),
    # Edges: imports, text, who looks
    Bug("one-bad-person-hides-the-school", "src/central/sqlite_school.cc",
        "if (!read) NoteUnreadable(RowName(rows.View(0), key.key), read.error());",
        "if (!read) return read.error();", "One unreadable person makes the whole school unreadable",
        test="central_test:SqliteStoreTest.*"),
    Bug("one-bad-tap-hides-the-day", _SQLITE,
        "NoteUnreadable(NameOf(rows), record.error());\n        continue;",
        "return record.error();", "One unreadable tap makes the whole day unreadable",
        test="central_test:SqliteStoreTest.*"),
    # People and gates
    Bug("voided-day-keeps-its-arrival", "src/central/sqlite_voiding.cc",
        "ORDER BY tapped_at_us, tap LIMIT 1", "ORDER BY tapped_at_us DESC, tap LIMIT 1",
        "A day is not what its other taps say when one was taken out",
        test="central_test:Sqlite/*Voided*"),
    # Beside an existing server
    Bug("mark-over-a-tap-stands", "src/central/mongo_attendance_find.cc",
        "  TAMTAP_RETURN_IF_ERROR(UndoMarksOverTaps(attendances));\n", "",
        "What an existing server's staff write over a tap takes the tap's place",
        test="mongo_test:MongoPredecessorTest.*"),
    Bug("existing-servers-mark-stands-beside-the-tap", "src/central/mongo_store.cc",
        "    if (outcomes && NoteStored(records)) TakeInDue(/*at_once=*/true);\n", "",
        "A person who was marked and then came is there twice for a while",
        test="mongo_test:MongoPredecessorTest.*"),
    Bug("departure-told-as-an-arrival", "src/notify/notifier.cc",
        "if (event.for_ours_alone && !is_ours_) return milliseconds(0);", "",
        "An existing server shows whoever left as arriving", test="notify_test"),
    Bug("former-hash-left-in-the-log", "src/central/sqlite_former_accounts.cc",
        "if (replaced) wipe_.TryNow();", "",
        "The hash of a password that was taken over stays in the log of the file",
        test="central_test:FormerAccountsTest.*"),
    Bug("log-taken-for-emptied", "src/central/sqlite_wipe.cc",
        "return row && query.Number(0) == 0;", "return row;",
        "A hash that a reader kept in the log of the file stays there (a bug that was here)",
        test="central_test:FormerAccountsTest.WhatAReader*"),
    Bug("outcomes-of-another-caller", "src/central/group_commits.cc",
        "std::move((*outcomes)[i])", "std::move((*outcomes)[callers.size() - 1 - i])",
        "A gate gets the outcomes of another one that was stored in the same commit",
        test="central_test:GroupCommitsTest.*"),
    Bug("number-drawn-twice", "src/central/sqlite_news.cc",
        "UPDATE news SET last = last + 1 RETURNING last", "SELECT last + 1 FROM news",
        "Taps share one place in the order of the store, so that a page misses them",
        test="central_test:*CentralStoreContract.TapsAreNews*"),
]
