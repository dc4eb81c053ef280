// tamtap photos import: the photos of an existing installation, which lie in a folder for each day,
// put where this server shows them. Each is encoded anew, as those that gates send are: what lies
// in a folder may be anything. What is here already is passed over, so an import that was cut short
// goes on when it is repeated.
#include <fmt/core.h>

#include <boost/json.hpp>
#include <set>

#include "base/ascii.h"
#include "base/disk_room.h"
#include "base/text.h"
#include "cli/command.h"
#include "cli/master.h"
#include "picture/clean_photo.h"
#include "tap/school_time.h"

namespace tamtap::cli {
namespace {

namespace json = boost::json;

constexpr uint64_t kMostBytes = 32 << 20;  // of a photo; what cameras make has a tenth

struct Arguments {
  std::string directory;
  bool dry_run = false;
};

struct PhotoFile {
  std::string day;
  std::string name;
};

struct Report {
  size_t added = 0;
  size_t there = 0;
  size_t without_tap = 0;  // of all, those that no tap of their day names
  std::vector<std::string> left_out;
};

bool IsJpegName(std::string_view name) {
  const std::string lower = LowerAscii(name);
  return lower.ends_with(".jpg") || lower.ends_with(".jpeg");
}

// Those in DIRECTORY/YYYY-MM-DD. What else lies there is named, but for what programs hide.
Result<std::vector<PhotoFile>> FindPhotos(const std::string& directory, Report& report) {
  TAMTAP_TRY(const std::vector<std::string> days, PosixDisk().List(directory));
  std::vector<PhotoFile> photos;
  for (const std::string& day : days) {
    if (day.starts_with('.')) continue;
    const auto names = PosixDisk().List(JoinPath(directory, day));
    if (!IsDay(day) || !names) {
      report.left_out.push_back(fmt::format("{}: it is no folder of a day (YYYY-MM-DD)", day));
      continue;
    }
    for (const std::string& name : *names) {
      if (name.starts_with('.')) continue;
      if (!IsJpegName(name) || !IsUtf8(name)) {
        report.left_out.push_back(fmt::format("{}/{}: it is no JPEG", day, name));
      } else {
        photos.push_back({day, name});
      }
    }
  }
  if (photos.empty()) {
    return Error{ErrorCode::kRejected, fmt::format("import photos from {}", directory), 0,
                 "there are none in folders called YYYY-MM-DD; give the folder in which these lie"};
  }
  return photos;
}

// Which photos the taps of a day name.
class NamedPhotos {
 public:
  explicit NamedPhotos(SchoolStore& store) : store_(store) {}

  Result<bool> Has(const PhotoFile& photo) {
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

Result<std::string> ReadPhoto(const std::string& path) {
  {
    TAMTAP_TRY(const std::unique_ptr<File> file, PosixDisk().Open(path, OpenMode::kRead));
    TAMTAP_TRY(const uint64_t size, file->Size());
    if (size > kMostBytes) return Error{ErrorCode::kRejected, "it is larger than 32 MiB", 0, {}};
  }
  return ReadFile(PosixDisk(), path);
}

// Whether it was not here before.
Result<bool> ImportOne(const std::string& from, const std::string& photos, const PhotoFile& photo) {
  const std::string directory = JoinPath(photos, photo.day);
  const std::string to = JoinPath(directory, photo.name);
  TAMTAP_TRY(const bool there, PosixDisk().Exists(to));
  if (there) return false;
  TAMTAP_TRY(const std::string bytes, ReadPhoto(JoinPath(JoinPath(from, photo.day), photo.name)));
  TAMTAP_TRY(const std::string clean, CleanJpeg(bytes));
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

Result<Report> ImportAll(const Settings& settings, const Arguments& arguments, SchoolStore& store) {
  Report report;
  TAMTAP_TRY(const std::vector<PhotoFile> photos, FindPhotos(arguments.directory, report));
  const std::string into = JoinPath(settings.data, "photos");
  NamedPhotos named(store);
  Progress progress("photos", photos.size());
  for (const PhotoFile& photo : photos) {
    TAMTAP_TRY(const bool has_tap, named.Has(photo));
    report.without_tap += has_tap ? 0 : 1;
    Result<bool> added = false;
    if (arguments.dry_run) {
      TAMTAP_TRY(const bool there,
                 PosixDisk().Exists(JoinPath(JoinPath(into, photo.day), photo.name)));
      added = !there;
    } else {
      added = ImportOne(arguments.directory, into, photo);
    }
    progress.Step();
    if (!added && added.error().code != ErrorCode::kRejected) return added.error();
    if (!added) {
      report.left_out.push_back(
          fmt::format("{}/{}: {}", photo.day, photo.name, added.error().Message()));
      continue;
    }
    ++(*added ? report.added : report.there);
  }
  return report;
}

int Import(const Settings& settings, const Arguments& arguments) {
  const auto master = Master::Open(settings);
  if (!master) return Fail(master.error());
  if (master->store() == nullptr) {
    return Fail(Error{ErrorCode::kMisconfigured, "import photos at a gate of a server", 0,
                      fmt::format("import them on the machine of {}", master->name())});
  }
  const auto report = ImportAll(settings, arguments, *master->store());
  if (!report) return Fail(report.error());
  for (const std::string& each : report->left_out) {
    Complain(fmt::format("{}: left out: {}", arguments.directory, each));
  }
  if (settings.json) {
    Print(json::serialize(json::object{{"imported", report->added},
                                       {"unchanged", report->there},
                                       {"without_tap", report->without_tap},
                                       {"dry_run", arguments.dry_run},
                                       {"left_out", json::value_from(report->left_out)}}) +
          "\n");
  } else {
    PrintLine(fmt::format("{} photos {}, {} were there already, {} left out", report->added,
                          arguments.dry_run ? "would be imported" : "imported", report->there,
                          report->left_out.size()));
    if (report->without_tap > 0) {
      PrintLine(fmt::format("{} of them are of no tap that is here", report->without_tap));
    }
  }
  return report->left_out.empty() ? kDone : kProblem;
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
