// tamtap journal import: an existing installation, as its file or its database has it, or the taps
// of another journal.
#include <fmt/core.h>

#include <map>
#include <set>

#include "cli/central_choice.h"
#include "cli/command.h"
#include "cli/day_photos.h"
#include "cli/existing_documents.h"
#include "cli/journal_commands.h"
#include "cli/master.h"
#include "cli/moving_in.h"
#include "journal/journal_import.h"
#include "journal/ownership.h"
#include "tap/photo_name.h"

namespace tamtap::cli {
namespace {

// A folder that is none would else bring no taps, as one that was brought before.
Result<> CheckIsJournal(const std::string& directory) {
  TAMTAP_TRY(const auto files, journal::ListJournalFiles(PosixDisk(), directory));
  if (!files.empty()) return {};
  const std::string inside = JoinPath(directory, "journal");
  const auto there = journal::ListJournalFiles(PosixDisk(), inside);
  return Error{ErrorCode::kRejected, fmt::format("import {}", directory), 0,
               there && !there->empty()
                   ? fmt::format("its journal is {}; give that", inside)
                   : "it is no journal, and there is nothing of an existing school in it; give its "
                     "tamtap_users.json (photos: `tamtap photos import`)"};
}

// Taps of a journal that was set aside, or of a card that is read here.
int TakeOverJournal(const Settings& settings, const std::string& directory) {
  if (const auto journal = CheckIsJournal(directory); !journal) return Fail(journal.error());
  auto import = journal::ReadJournalToImport(PosixDisk(), SystemClock(), directory);
  if (!import) return Fail(import.error());
  InboxRequest request;
  request.kind = InboxRequest::Kind::kTakeOver;
  request.journal = *std::move(import);
  const auto answer = AskJournal(settings, std::move(request));
  if (!answer) return Fail(answer.error());
  if (settings.json) {
    Print(fmt::format("{{\"imported\":{},\"skipped\":{}}}\n", answer->done, answer->skipped));
  } else {
    PrintLine(
        fmt::format("{} taps imported, {} were there already", answer->done, answer->skipped));
    if (answer->done > 0) {
      PrintLine(
          "they are in this journal now, and wait for the next sync: those that the central store "
          "lacks are counted there when `tamtap run` or `tamtap terminal` has brought them");
    }
  }
  return answer->error.empty() ? kDone : kProblem;
}

// A database that is the central store itself has nothing to bring.
Result<> CheckIsAnother(const Settings& settings, const std::string& uri) {
  TAMTAP_TRY(const MasterChoice master, ChooseMaster(settings));
  if (master.is_server) {
    return Error{ErrorCode::kMisconfigured, "import a database at a gate of a server", 0,
                 fmt::format("import it on the machine of {}", ForPeople(master.central))};
  }
  if (master.central != uri) return {};
  return Error{ErrorCode::kMisconfigured, fmt::format("import {}", ForPeople(uri)), 0,
               "it is this installation's own central store: its people, attendance and accounts "
               "are in use as they are"};
}

// An entry may not name the photo that lies in its day's folder under the name that it was given.
Result<> NamePhotos(const std::string& directory, journal::LegacyImport& brings) {
  TAMTAP_TRY(const DayPhotos found, FindDayPhotos(directory));
  std::map<std::string, std::set<std::string>> photos;
  for (const DayPhoto& photo : found.photos) photos[photo.day].insert(photo.name);
  for (journal::ImportedTap& tap : brings.taps) {
    Record& record = tap.record;
    const auto day = photos.find(record.day);
    if (!record.photo.empty() || day == photos.end()) continue;
    const std::string name = PastPhotoName(record);
    if (day->second.contains(name)) record.photo = name;
  }
  return {};
}

Result<MovingIn> ReadSource(const Settings& settings, const JournalArguments& arguments) {
  // A flag is about the source, which may come from elsewhere.
  TAMTAP_TRY(const TimeZone zone,
             settings.timezone.empty() ? SchoolsZone(settings) : ZoneUntilSaid(settings));
  const bool database = IsDatabase(arguments.file);
  if (database) TAMTAP_RETURN_IF_ERROR(CheckIsAnother(settings, arguments.file));
  TAMTAP_TRY(auto brings, ReadExisting(arguments.file, zone));
  if (!arguments.photos.empty()) TAMTAP_RETURN_IF_ERROR(NamePhotos(arguments.photos, brings));
  return MovingIn{NameOfExisting(arguments.file), std::move(brings), zone,
                  /*into_journal=*/!database,     arguments.dry_run, arguments.bring_back};
}

}  // namespace

int JournalImport(const Settings& settings, const JournalArguments& arguments) {
  if (!IsDatabase(arguments.file) && PosixDisk().List(arguments.file)) {
    return TakeOverJournal(settings, arguments.file);
  }
  auto moving = ReadSource(settings, arguments);
  if (!moving) return Fail(moving.error());
  // The school's master is not asked for another time zone by a flag that is about the source.
  Settings without_zone = settings;
  without_zone.timezone.clear();
  return MoveIn(without_zone, *std::move(moving));
}

}  // namespace tamtap::cli
