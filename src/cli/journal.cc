// tamtap journal status | verify | list | export | import | requeue | resend
#include "cli/command.h"
#include "cli/journal_commands.h"

namespace tamtap::cli {
namespace {

void AddJournalFlag(CLI::App& command, Settings& settings) {
  command.add_option("--journal", settings.journal,
                     "The journal's directory (default: DATA/journal)");
}

}  // namespace

void AddJournal(CLI::App& app, Settings& settings, Action& action) {
  static JournalArguments arguments;
  CLI::App* const journal = app.add_subcommand("journal", "Look into this terminal's journal");
  journal->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, int (*run)(const Settings&)) {
    CLI::App* const command = journal->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddJournalFlag(*command, settings);
    command->callback(
        [&action, &settings, run] { action = [&settings, run] { return run(settings); }; });
    return command;
  };
  const auto add_with = [&](const char* name, const char* what,
                            int (*run)(const Settings&, const JournalArguments&)) {
    CLI::App* const command = journal->add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddJournalFlag(*command, settings);
    command->callback([&action, &settings, run] {
      action = [&settings, run] { return run(settings, arguments); };
    });
    return command;
  };
  add("status", "How many taps are pending, confirmed and quarantined", JournalStatus);
  add("verify", "Read every line; exit 1 if anything was lost, and say where", JournalVerify);

  CLI::App* const list = add_with("list", "Print the taps", JournalList);
  list->add_option("--day", arguments.day, "Only of that day, YYYY-MM-DD");
  list->add_option("--card", arguments.card, "Only of that card");
  list->add_option("--state", arguments.state, "Only pending, confirmed or quarantined")
      ->check(CLI::IsMember({"pending", "confirmed", "quarantined"}));

  CLI::App* const exporting = add_with("export", "Print every tap", JournalExport);
  exporting->add_option("--format", arguments.format, "json, jsonl or csv")
      ->check(CLI::IsMember({"json", "jsonl", "csv"}))
      ->capture_default_str();

  CLI::App* const import = add_with("import",
                                    "Take over an existing installation (tamtap_users.json, or its "
                                    "MongoDB), or the taps of another "
                                    "journal; twice is once",
                                    JournalImport);
  import
      ->add_option(
          "FILE", arguments.file,
          "The predecessor's JSON file, its database (mongodb://HOST/DB), or the directory "
          "of a journal that was set aside")
      ->required();
  import->add_flag("--dry-run", arguments.dry_run, "Say what would come, and change nothing");
  import->add_flag("--bring-back", arguments.bring_back,
                   "Bring people back, too, who were removed here since an earlier import");
  import->add_option("--photos", arguments.photos,
                     "The folder of its photos (YYYY-MM-DD/NAME.jpg): taps that name no photo get "
                     "theirs from there; `tamtap photos import` brings the photos themselves");
  import->add_option("--timezone", settings.timezone,
                     "The time zone of the file's dates (default: the school's)");
  import
      ->add_option("--central", settings.central,
                   "Central store that gets it (default: the one before, at first DATA/central.db)")
      ->envname("MONGODB_URI");

  CLI::App* const requeue =
      add_with("requeue", "Make quarantined taps pending again", JournalRequeue);
  requeue->add_option("TAP", arguments.taps, "Tap ids");
  requeue->add_flag("--all", arguments.all, "All that are quarantined");

  CLI::App* const resend =
      add_with("resend", "Offer confirmed taps to the central store again; it gets what it lacks",
               JournalResend);
  resend->add_option("--since", arguments.since, "From that day on, YYYY-MM-DD")->required();
}

}  // namespace tamtap::cli
