"""Bugs planted in src/sync/."""

from .bug import Bug

_SYNC = "src/sync/sync.cc"
_CONTACT = "src/sync/contact.cc"
_CHECK = "src/sync/store_check.cc"
_CORRECTION = "src/sync/clock_correction.cc"
_CORRECTED = "src/sync/corrected_clock.cc"

BUGS = [
    # Clocks
    Bug("sent-as-taken-without-a-word", _CORRECTION,
        "if (word.base_us == kAsTaken) return;", "",
        "A tap that is sent as it was taken is dated by the word that says so"),
    Bug("1970-is-believed", _CORRECTED,
        "  if (day < journal::kFirstPossibleDay || !IsNoLeap(day, last_day)) return false;\n", "",
        "Whoever vouches is believed, in 1970 and in 2038 too"),
    Bug("estimate-over-midnight", _CORRECTION,
        "  if (mono_us <= half) return base_us + mono_us;", "  if (half > 0) return base_us + mono_us;",
        "An estimated tap goes over midnight", test="sync_test:*Estimate*"),
    Bug("import-dated-by-its-boot", _CORRECTION,
        "tap.record.clock == ClockState::kUnsure && IsTapOfAGate(tap.record);",
        "tap.record.clock == ClockState::kUnsure;",
        "Imported taps are dated by the boot that they were imported in",
        test="sync_test:ClockCorrectionTest.*"),
    Bug("floor-never-heals", _CORRECTION,
        "return day >= last_day || told.sure || AddDays(day, kMostDaysBack) < last_day;",
        "return day >= last_day;",
        "A liar's day stays a floor for ever, whatever the store says"),
    # Sync
    Bug("confirmed-before-reply", _SYNC, "  const auto outcomes = store_.Store(records);",
        "  for (const journal::PendingTap& tap : taps) journal_.Confirm({&tap.sequence, 1});\n"
        "  const auto outcomes = store_.Store(records);",
        "Taps are confirmed before the store has answered"),
    Bug("confirmed-on-error", _SYNC, "  if (!outcomes) {\n    // After the first",
        "  if (!outcomes) {\n    for (const journal::PendingTap& tap : taps) journal_.Confirm({&tap.sequence, 1});\n"
        "    // After the first", "Taps are confirmed although the call failed"),
    Bug("retry-confirmed", _SYNC, "    case OutcomeKind::kRetry:\n      pass_.put_off = true;",
        "    case OutcomeKind::kRetry:\n      confirmed.taken.push_back(tap.sequence);",
        "A record that the store put off is confirmed", test="sync_test:SyncTest.OneThatMust*"),
    Bug("retry-rejected", _SYNC, "    case OutcomeKind::kRetry:\n      pass_.put_off = true;",
        "    case OutcomeKind::kRetry:\n      journal_.Quarantine(tap.sequence, outcome.reason);",
        "A record that the store put off is quarantined"),
    Bug("rejected-confirmed", _SYNC, "      journal_.Quarantine(tap.sequence, outcome.reason);",
        "      confirmed.taken.push_back(tap.sequence);",
        "A record that the store refused is confirmed"),
    Bug("rejected-dropped", _SYNC, "      journal_.Quarantine(tap.sequence, outcome.reason);",
        "      journal_.Quarantine(tap.sequence + 1, outcome.reason);",
        "A refusal is written to the wrong tap"),
    Bug("outcome-of-the-neighbour", _SYNC,
        "TakeOutcome(taps[i], (*outcomes)[i], confirmed);",
        "TakeOutcome(taps[i], (*outcomes)[taps.size() - 1 - i], confirmed);",
        "Outcomes are taken in the wrong order"),
    Bug("one-bad-record-stops-all", _SYNC,
        "  Confirmed confirmed;\n",
        "  for (const Outcome& each : *outcomes) {\n    if (each.kind == OutcomeKind::kRejected) {\n"
        "      contact_.PutOff(options_.probe);\n      return false;\n    }\n  }\n"
        "  Confirmed confirmed;\n",
        "One refused record makes its whole batch fail"),
    Bug("no-fallback-for-a-lost-wake", _SYNC,
        "    pass_ = {};\n    return options_.idle;", "    pass_ = {};\n    return options_.idle * 1'000'000;",
        "A lost wake is never made up for", test="sync_test:SyncTest.WithNothing*"),
    Bug("never-looks-again", _CONTACT, "WaitFor(Jittered(denied_ ? options_.longest_backoff : options_.probe));",
        "WaitFor(options_.longest_backoff * 1'000);",
        "A store that is away is looked for once a day"),
    Bug("cursor-never-goes-back", _SYNC,
        "  const bool put_off = pass_.put_off;\n  pass_ = {};\n",
        "  const bool put_off = pass_.put_off;\n  pass_ = {.cursor = pass_.cursor};\n",
        "What was put off is not tried again"),
    # Photos
    Bug("photo-removed-by-nonsense", "src/sync/photo_uplink.cc",
        "if (!sane || count > length || complete->get_bool() != (count == length)) {",
        "if (!sane) {", "A photo's owner is believed whatever numbers it says",
        test="sync_test:PhotoUplinkTest.*"),
    # A store that was restored, replaced, exchanged
    Bug("store-never-met", _SYNC, "  if (check_ == nullptr) return true;", "  return true;",
        "A gate never asks which store it sends to"),
    Bug("store-never-checked", _SYNC, "  const milliseconds pause = check_->Step();",
        "  const milliseconds pause = options_.idle;",
        "A gate never asks whether its store still holds what it confirmed"),
    Bug("another-store-taken-for-the-same", _CHECK, "  if (before == identity) return {};",
        "  if (before) return {};", "Another store is taken for the one that confirmed"),
    Bug("lacking-taken-for-held", _CHECK, "    for (const size_t index : lacking) there.at(index) = false;",
        "", "What a store says it lacks is believed to be there"),
    Bug("only-what-is-new-is-sent-again", _CHECK, "    TAMTAP_TRY(pause, DoubtEverything());", "",
        "A store that went back gets only what was confirmed since the last check"),
    Bug("lacking-not-sent", _CHECK,
        "  const uint64_t offered = confirmations_.MakePending(verdicts.lacking);",
        "  const uint64_t offered = verdicts.lacking.size();\n"
        "  confirmations_.Checked(verdicts.lacking);",
        "What a store lacks is noted and not sent"),
    Bug("no-new-epoch", _CHECK, "  if (!must_tell_) return {};", "  return {};",
        "A store that went back keeps its epoch, and a better copy that is put back later passes for it",
        test="sync_test:StoreCheckTest.*"),
    Bug("held-before-the-check-is-over", _CHECK,
        "  for (const uint64_t sequence : verdicts.held) held_.Insert(sequence);",
        "  if (doubts_everything_) confirmations_.Checked(verdicts.held);\n"
        "  for (const uint64_t sequence : verdicts.held) held_.Insert(sequence);",
        "What a store held before it went back is not asked about after a restart (a bug that was here)",
        test="sync_test:StoreCheckTest.WhatWasHeld*"),
    Bug("pause-in-a-check-unnoticed", _CHECK, "  if (!in_pass_ || paused) {", "  if (!in_pass_) {",
        "A check that paused goes on with another store as if it were the same",
        test="sync_test:StoreCheckTest.*"),
    Bug("looked-for-under-one-day", _CHECK, "      if (day == taps[i].record.day) continue;",
        "      if (!day.empty()) continue;",
        "A tap whose clock was corrected is looked for under the wrong day",
        test="sync_test:StoreCheckTest.*"),
    # Surroundings
    Bug("store-not-tried-again", "src/sync/deferred_store.cc",
        "std::min(wait_ * 2, kLongestWait)", "wait_ * 1'000'000",
        "A store that can't be opened twice is as good as never tried again"),
    Bug("stored-without-a-store", "src/sync/deferred_store.cc",
        "  TAMTAP_TRY(CentralStore* const store, Opened());\n  return store->Store(records);",
        "  const auto opened = Opened();\n"
        "  if (!opened) return std::vector<Outcome>(records.size(), Outcome{OutcomeKind::kStored, {}});\n"
        "  return (*opened)->Store(records);",
        "Taps that a store which can't be opened should have taken count as stored",
        test="sync_test:DeferredStoreTest.*"),
    Bug("changed-store-not-met-again", _SYNC,
        "  if (check_ == nullptr) return true;",
        "  static bool met = false;\n  if (check_ == nullptr || met) return true;\n  met = check_->Met();",
        "A store that changed while the journal's disk failed is never asked what it lacks (a bug that was here)",
        test="sync_test:SyncTest.AStoreWhoseName*"),
    Bug("outage-said-each-time", _CONTACT, "said_.insert(kind).second", "(said_.insert(kind), true)",
        "An outage is said each time that the store is looked for", "sync_test"),
]
