// tamtap photos import: the photos of an existing installation, which lie in a folder for each day,
// put where this server shows them. Each is encoded anew, as those that gates send are: what lies
// in a folder may be anything. What is here already is passed over, so an import that was cut short
// goes on when it is repeated.
#include <fmt/core.h>

#include <boost/json.hpp>
#include <set>

#include "base/disk_room.h"
#include "cli/command.h"
#include "cli/day_photos.h"
#include "cli/master.h"
#include "picture/clean_photo.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

struct Arguments {
  std::string directory;
  bool dry_run = false;
};

struct Report {
  size_t added = 0;
  size_t there = 0;
  size_t without_tap = 0;  // of all, those that no tap of their day names
  std::vector<std::string> left_out;
};

// Which photos the taps of a day name.
class NamedPhotos {
 public:
  explicit NamedPhotos(SchoolStore& store) : store_(store) {}

  Result<bool> Has(const DayPhoto& photo) {
    if (photo.day != day_) {
      TAMTAP_TRY(const auto found, store_.FindAttendance({photo.day, photo.day, std::nullopt, {}}));
      names_.clear();
      for (const Attendance& each : found) names_.insert(each.arrival.photo);
      day_ = photo.day;
    }
    return names_.contains(photo.name);
  }

 private:
  SchoolStore& store_;
  std::string day_;
  std::set<std::string> names_;
};

// A fault of one photo: it is left out, and the others come.
Error OfPhoto(const Error& error) { return Error{ErrorCode::kRejected, error.Message(), 0, {}}; }

// Whether it was not here before. A dry run decodes it as well: only then is it known to be one.
Result<bool> ImportOne(const Arguments& arguments, const std::string& photos,
                       const DayPhoto& photo) {
  const std::string directory = JoinPath(photos, photo.day);
  const std::string to = JoinPath(directory, photo.name);
  TAMTAP_TRY(const bool there, PosixDisk().Exists(to));
  if (there) return false;
  const auto bytes = ReadDayPhoto(arguments.directory, photo);
  if (!bytes) return OfPhoto(bytes.error());
  TAMTAP_TRY(const std::string clean, CleanJpeg(*bytes));
  if (arguments.dry_run) return true;
  TAMTAP_RETURN_IF_ERROR(PosixDisk().CreateDirectories(directory));
  TAMTAP_TRY(const uint64_t free, PosixDisk().FreeBytes(directory));
  if (free < kServerPhotoReserve + clean.size()) {
    return Error{ErrorCode::kFull, "import photos", 0,
                 "what is left of the disk is kept for attendance; make room and import once more, "
                 "which goes on where this ended"};
  }
  TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(PosixDisk(), to, clean));
  return true;
}

// What went well before an error is in the report, too.
Result<> ImportAll(const Settings& settings, const Arguments& arguments, SchoolStore& store,
                   Report& report) {
  TAMTAP_TRY(DayPhotos found, FindDayPhotos(arguments.directory));
  report.left_out = std::move(found.left_out);
  if (found.photos.empty()) {
    return Error{ErrorCode::kRejected, fmt::format("import photos from {}", arguments.directory), 0,
                 "there are none in folders called YYYY-MM-DD; give the folder in which these lie"};
  }
  const std::string into = JoinPath(settings.data, "photos");
  NamedPhotos named(store);
  Progress progress("photos", found.photos.size());
  for (const DayPhoto& photo : found.photos) {
    TAMTAP_TRY(const bool has_tap, named.Has(photo));
    report.without_tap += has_tap ? 0 : 1;
    const Result<bool> added = ImportOne(arguments, into, photo);
    progress.Step();
    if (!added && added.error().code != ErrorCode::kRejected) return added.error();
    if (!added) {
      report.left_out.push_back(
          fmt::format("{}/{}: {}", photo.day, photo.name, added.error().Message()));
      continue;
    }
    ++(*added ? report.added : report.there);
  }
  return {};
}

std::string Photos(size_t count) { return fmt::format("{} photo{}", count, count == 1 ? "" : "s"); }

void PrintReport(const Settings& settings, const Arguments& arguments, const Report& report) {
  if (settings.json) {
    Print(json::serialize(json::object{{"imported", report.added},
                                       {"unchanged", report.there},
                                       {"without_tap", report.without_tap},
                                       {"dry_run", arguments.dry_run},
                                       {"left_out", json::value_from(report.left_out)}}) +
          "\n");
    return;
  }
  PrintLine(fmt::format("{} {}, {} {} there already, {} left out", Photos(report.added),
                        arguments.dry_run ? "would be imported" : "imported", report.there,
                        report.there == 1 ? "was" : "were", report.left_out.size()));
  if (report.without_tap > 0) {
    PrintLine(fmt::format("{} of them {} of no tap that is here", report.without_tap,
                          report.without_tap == 1 ? "is" : "are"));
  }
}

int Import(const Settings& settings, const Arguments& arguments) {
  const auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  if (master->store() == nullptr) {
    return Fail(Error{ErrorCode::kMisconfigured, "import photos at a gate of a server", 0,
                      fmt::format("import them on the machine of {}", master->name())});
  }
  Report report;
  const auto imported = ImportAll(settings, arguments, *master->store(), report);
  for (const std::string& each : report.left_out) {
    Complain(fmt::format("{}: left out: {}", arguments.directory, each));
  }
  if (!imported) return Fail(imported.error());
  PrintReport(settings, arguments, report);
  return report.left_out.empty() ? kDone : kProblem;
}

}  // namespace

void AddPhotos(CLI::App& app, Settings& settings, Action& action) {
  CLI::App* const photos = app.add_subcommand("photos", "The photos of taps");
  photos->require_subcommand(1);
  static Arguments arguments;
  CLI::App* const import = photos->add_subcommand(
      "import",
      "Take over the photos of an existing installation; twice is once, and what was cut "
      "short goes on");
  import
      ->add_option("DIR", arguments.directory,
                   "The folder that has a folder for each day, YYYY-MM-DD, with its photos")
      ->required();
  import->add_flag("--dry-run", arguments.dry_run, "Say what would come, and change nothing");
  AddCommonFlags(*import, settings);
  AddStoreFlags(*import, settings);
  import->callback([&] { action = [&] { return Import(settings, arguments); }; });
}

}  // namespace tamtap::cli
