// tamtap roster export-person | erase: the data of one person, taken away by them, or erased.
#include "cli/roster_privacy.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <iostream>

#include "base/disk_beneath.h"
#include "base/text.h"
#include "cli/command_audit.h"
#include "cli/compose.h"
#include "cli/master.h"
#include "server/person_archive.h"

namespace tamtap::cli {
namespace {

struct Arguments {
  std::string person;
  std::string file;
  std::string reason;
  bool yes = false;
};

// Everything of this installation that holds data of people.
class Installation {
 public:
  static Result<Installation> Open(const Settings& settings) {
    TAMTAP_TRY(Master master, Master::Open(settings));
    if (master.store() == nullptr) {
      return Error{ErrorCode::kRejected, "look for the data of a person", 0,
                   fmt::format("this is a gate; do it on the machine of {}", master.name())};
    }
    TAMTAP_TRY(auto identity, OpenIdentityStore(settings));
    return Installation(settings, std::move(master), std::move(identity));
  }

  PersonPlaces places() {
    return {*master_.store(), identity_->Trust(), *photos_, photo_directory_};
  }
  Master& master() { return master_; }
  IdentityStore& identity() { return *identity_; }

 private:
  Installation(const Settings& settings, Master master, std::unique_ptr<IdentityStore> identity)
      : master_(std::move(master)),
        identity_(std::move(identity)),
        photo_directory_(JoinPath(settings.data, "photos")),
        photos_(MakeDiskBeneath(photo_directory_)) {}

  Master master_;
  std::unique_ptr<IdentityStore> identity_;
  std::string photo_directory_;
  std::unique_ptr<Disk> photos_;
};

Result<> ExportPerson(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(Installation here, Installation::Open(settings));
  TAMTAP_TRY(const TimeZone zone, SchoolsZone(settings));
  TAMTAP_TRY(const KnownPerson known,
             FindOnePerson(here.places().store.Personal(), arguments.person));
  Result<> written;
  {
    TAMTAP_TRY(const auto file, PosixDisk().Open(arguments.file, OpenMode::kCreateReadWrite));
    written =
        WritePersonArchive(here.places(), known, {kAuthor, SystemClock().Now(), {}}, zone, *file);
  }
  if (!written) {
    TAMTAP_RETURN_IF_ERROR(RemoveIfThere(PosixDisk(), arguments.file));
    return written;
  }
  NoteCommand(settings, "export the data of a person", known.person.person, "zip");
  PrintLine(fmt::format("all that is kept of {} is in {}", known.person.name, arguments.file));
  return {};
}

// Whoever erases somebody types their name, or says --yes.
Result<> Confirm(const Arguments& arguments, const Person& person) {
  if (arguments.yes) return {};
  const std::string& name = person.name.empty() ? person.person : person.name;
  Print(
      fmt::format("This erases all that is kept of {}, for good. Type the name to go on: ", name));
  std::string typed;
  std::getline(std::cin, typed);
  if (Nfc(TrimSpace(typed)) == name) return {};
  return Error{ErrorCode::kRejected, "erase a person", 0,
               "that is not the name; nothing was changed"};
}

Result<> Erase(const Settings& settings, const Arguments& arguments) {
  TAMTAP_TRY(Installation here, Installation::Open(settings));
  TAMTAP_TRY(const KnownPerson known,
             FindOnePerson(here.places().store.Personal(), arguments.person));
  TAMTAP_RETURN_IF_ERROR(Confirm(arguments, known.person));
  TAMTAP_TRY(const Erasure erased,
             ErasePerson(here.places(), known, {kAuthor, SystemClock().Now(), arguments.reason}));
  here.identity().WipeHashes();
  if (settings.json) {
    Print(boost::json::serialize(boost::json::object{{"records", erased.records},
                                                     {"refusals", erased.refusals},
                                                     {"photos", erased.photos}}) +
          "\n");
    return {};
  }
  PrintLine(fmt::format("erased in {}: {} records, {} refusals, {} photos", here.master().name(),
                        erased.records, erased.refusals, erased.photos));
  PrintLine(
      "Gates take the person out of their copies at their next contact; taps in their journals go "
      "with their segments, and backups keep them until newer ones replace them.");
  return {};
}

}  // namespace

void AddRosterPrivacy(CLI::App& roster, Settings& settings, Action& action) {
  static Arguments arguments;
  const auto add = [&](const char* name, const char* what,
                       Result<> (*run)(const Settings&, const Arguments&)) {
    CLI::App* const command = roster.add_subcommand(name, what);
    AddCommonFlags(*command, settings);
    AddStoreFlags(*command, settings);
    command
        ->add_option("PERSON", arguments.person,
                     "A card, a number (tamtap_id) or a whole name, also of somebody who left")
        ->required();
    command->callback([&, run] {
      action = [&, run] {
        const auto done = run(settings, arguments);
        return done ? kDone : Fail(done.error());
      };
    });
    return command;
  };
  add("export-person", "Write all that is kept of one person into a zip archive", ExportPerson)
      ->add_option("FILE", arguments.file, "The archive, which must not exist")
      ->required();
  CLI::App* const erasing = add("erase", "Erase all that is kept of one person, for good", Erase);
  erasing
      ->add_option("--reason", arguments.reason,
                   "Why; it stays in the audit trail, so it must not name the person")
      ->required();
  erasing->add_flag("--yes", arguments.yes, "Do not ask for the name");
}

}  // namespace tamtap::cli
