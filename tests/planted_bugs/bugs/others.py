"""Bugs planted in rooms that have few."""

from .bug import Bug

BUGS = [
    # Departures
    Bug("departure-of-the-first-late-tap", "src/tap/departure.cc",
        "tap.tapped_at_us > last->tapped_at_us) last = &tap;",
        "!rule.IsDeparture(first->tapped_at_us, last->tapped_at_us)) last = &tap;",
        "Who comes back and leaves again left when they left first"),
    Bug("staff-leave-for-people", "src/tap/departure.cc",
        "if (tap.terminal == kStaffTerminal || tap.tapped_at_us == 0) continue;", "",
        "A mark of staff is somebody's departure", test="tap_test:Departure.*"),
    # Surroundings
    Bug("dropped-output-not-told", "src/base/output_queue.cc", "    untold += text.dropped_before;\n", "",
        "Nobody is told that output was dropped", "base_test:OutputQueueTest.*"),
    Bug("output-in-another-file", "src/base/output_queue.cc",
        "descriptor(fcntl(shared, F_DUPFD_CLOEXEC, 0))", "descriptor(shared)",
        "What a screen did not take is written into a file that was opened later (a bug that was here)",
        "base_test:OutputQueueTest.*"),
    Bug("screens-queue-up", "src/base/output_queue.cc",
        "if (screen && !waiting.empty() && waiting.back().screen) {", "if (false) {",
        "After a pause each screen that is over is shown", "base_test:OutputQueueTest.*"),
    Bug("module-of-another-build", "src/base/module.cc",
        "entry->build == nullptr || std::string_view(entry->build) != kModuleBuild",
        "entry->build == nullptr",
        "A module of another build is loaded", "base_test:ModuleTest.*"),
    Bug("frame-of-whoever-was-there-before", "src/camera/camera_thread.cc",
        "if (state_->asked != state_->answered && (waited_in_vain_ || !wait())) {", "if (false) {",
        "A frame that came too late is taken for the next person's", "camera_test"),
    # Edges: imports, text, who looks
    Bug("windows-1252-taken-for-utf8", "src/base/text.cc",
        "decoded = {FromWindows1252(bytes), Encoding::kWindows1252};",
        "decoded = {std::string(bytes), Encoding::kWindows1252};",
        "A spreadsheet's bytes are stored as they are", test="base_test:Text.*"),
    Bug("unreadable-roster-overwritten", "src/school/copy_file.cc",
        "if (!now.whole) TAMTAP_RETURN_IF_ERROR(KeepDamaged(disk, path));", "",
        "What could not be read of a roster is destroyed by the next import",
        test="school_test:CopyFileTest.*"),
]
