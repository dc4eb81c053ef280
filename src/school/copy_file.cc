#include "school/copy_file.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <cerrno>
#include <utility>

#include "base/fnv.h"
#include "base/log.h"
#include "base/replaced_file.h"
#include "school/copy_rows.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr auto kPatience = std::chrono::seconds(5);
constexpr int kMostSetAside = 100;
constexpr size_t kChunk = 64 << 10;

// Reads the file in chunks. Returns its size.
Result<uint64_t> ReadInChunks(File& file, const std::function<Result<>(std::string_view)>& take) {
  std::string chunk(kChunk, '\0');
  uint64_t at = 0;
  while (true) {
    TAMTAP_TRY(const size_t got, file.ReadAt(at, chunk));
    if (got == 0) return at;
    TAMTAP_RETURN_IF_ERROR(take(std::string_view(chunk).substr(0, got)));
    at += got;
  }
}

// Whether the file holds what was seen there.
Result<bool> IsAsSeen(File& file, const SeenCopy& seen) {
  if (!seen.seen) return false;
  TAMTAP_TRY(const uint64_t size, file.Size());
  if (size != seen.bytes) return false;
  uint64_t hash = kFnvOfNothing;
  const auto read = ReadInChunks(file, [&hash](std::string_view bytes) -> Result<> {
    hash = Fnv1a(bytes, hash);
    return {};
  });
  if (!read) return read.error();
  return *read == seen.bytes && hash == seen.hash;
}

// kCorrupt, with nothing of it read: it is no JSON, or no school.
Result<SeenCopy> Read(File& file, const std::string& path, const People& known) {
  CopyRows rows(path, known);
  uint64_t hash = kFnvOfNothing;
  const auto read = ReadInChunks(file, [&](std::string_view bytes) {
    hash = Fnv1a(bytes, hash);
    return rows.Feed(bytes);
  });
  if (!read) return read.error();
  TAMTAP_RETURN_IF_ERROR(rows.End());
  return SeenCopy{rows.Take(), true, *read, hash, rows.whole()};
}

// A copy beside it, so that what could not be read is still there for a person to look at.
Result<> KeepDamaged(Disk& disk, const std::string& path) {
  TAMTAP_TRY(const std::string text, ReadFile(disk, path));
  for (int number = 1; number <= kMostSetAside; ++number) {
    const std::string aside = fmt::format("{}.unreadable-{}", path, number);
    TAMTAP_TRY(const bool taken, disk.Exists(aside));
    if (taken) {
      TAMTAP_TRY(const std::string before, ReadFile(disk, aside));
      if (before == text) return {};
      continue;
    }
    TAMTAP_RETURN_IF_ERROR(WriteFileAtomically(disk, aside, text));
    LogWarning("{} could not be read, or not all of it; it is kept as {}", path, aside);
    return {};
  }
  return Error{ErrorCode::kMisconfigured, fmt::format("set {} aside", path), 0,
               "there are too many of the kind already; remove some"};
}

Result<std::unique_ptr<DiskLock>> LockSchool(Disk& disk, Clock& clock, const std::string& path) {
  const MonotonicTime deadline = clock.MonotonicNow() + kPatience;
  auto lock = disk.Lock(path + ".lock");
  while (!lock && lock.error().errno_value == EWOULDBLOCK && clock.MonotonicNow() < deadline) {
    clock.SleepFor(std::chrono::milliseconds(20));
    lock = disk.Lock(path + ".lock");
  }
  return lock;
}

// Writes the lists of a copy one row after the other.
class Writer {
 public:
  explicit Writer(ReplacedFile file) : file_(std::move(file)) {}

  Result<> Write(const CopyOfSchool& copy) {
    const People& people = copy.school.people;
    TAMTAP_RETURN_IF_ERROR(Begin("{", "students"));
    TAMTAP_RETURN_IF_ERROR(AddAll(people, Role::kStudent));
    TAMTAP_RETURN_IF_ERROR(Begin("],", "teachers"));
    TAMTAP_RETURN_IF_ERROR(AddAll(people, Role::kTeacher));
    TAMTAP_RETURN_IF_ERROR(Begin("],", "schedules"));
    for (const Schedule& each : copy.school.schedules) TAMTAP_RETURN_IF_ERROR(Add(ToJson(each)));
    TAMTAP_RETURN_IF_ERROR(Begin("],", "calendar"));
    for (const CalendarEntry& each : copy.school.calendar) {
      TAMTAP_RETURN_IF_ERROR(Add(ToJson(each)));
    }
    TAMTAP_RETURN_IF_ERROR(Begin("],", "settings"));
    for (const auto& [key, value] : copy.school.settings) {
      TAMTAP_RETURN_IF_ERROR(Add({{"key", key}, {"value", value}}));
    }
    TAMTAP_RETURN_IF_ERROR(Begin("],", "outbox"));
    for (const SchoolChange& each : copy.outbox) TAMTAP_RETURN_IF_ERROR(Add(ToJson(each)));
    TAMTAP_RETURN_IF_ERROR(Begin("],", "handed"));
    for (const SchoolChange& each : copy.handed) TAMTAP_RETURN_IF_ERROR(Add(ToJson(each)));
    TAMTAP_RETURN_IF_ERROR(Begin("],", "settled"));
    for (const SchoolChange& each : copy.settled) TAMTAP_RETURN_IF_ERROR(Add(ToJson(each)));
    json::array left;
    for (const std::string& each : copy.left) left.emplace_back(each);
    const json::object rest{{"version", copy.version},     {"store", copy.store},
                            {"as_of_us", copy.as_of_us},   {"as_of_boot", copy.as_of_boot},
                            {"went_back", copy.went_back}, {"as_of_mono_us", copy.as_of_mono_us},
                            {"left", std::move(left)}};
    TAMTAP_RETURN_IF_ERROR(Append("]," + json::serialize(rest).substr(1) + "\n"));
    return file_.Finish();
  }

  uint64_t bytes() const { return bytes_; }
  uint64_t hash() const { return hash_; }

 private:
  Result<> Append(std::string_view text) {
    bytes_ += text.size();
    hash_ = Fnv1a(text, hash_);
    return file_.Append(text);
  }
  Result<> Begin(std::string_view after, std::string_view list) {
    is_first_ = true;
    return Append(fmt::format("{}\"{}\":[", after, list));
  }
  Result<> Add(const json::object& row) {
    if (!std::exchange(is_first_, false)) TAMTAP_RETURN_IF_ERROR(Append(","));
    return Append(json::serialize(row));
  }
  Result<> AddAll(const People& people, Role role) {
    for (const Person& each : people) {
      if (each.role == role) TAMTAP_RETURN_IF_ERROR(Add(ToJson(each)));
    }
    return {};
  }

  ReplacedFile file_;
  bool is_first_ = true;
  uint64_t bytes_ = 0;
  uint64_t hash_ = kFnvOfNothing;
};

// Writes the copy of `seen`, which is seen then.
Result<> Write(Disk& disk, const std::string& path, SeenCopy& seen) {
  TAMTAP_TRY(ReplacedFile file, ReplacedFile::Begin(disk, path));
  Writer writer(std::move(file));
  TAMTAP_RETURN_IF_ERROR(writer.Write(seen.copy));
  seen.seen = seen.whole = true;
  seen.bytes = writer.bytes();
  seen.hash = writer.hash();
  return {};
}

}  // namespace

School CopyOfSchool::Now() const {
  School now = school;
  Overlay(handed, now);
  Overlay(outbox, now);
  return now;
}

Result<CopyOfSchool> LoadCopy(Disk& disk, const std::string& path) {
  SeenCopy seen;
  TAMTAP_RETURN_IF_ERROR(LookAtCopy(disk, path, seen));
  return std::move(seen.copy);
}

Result<bool> LookAtCopy(Disk& disk, const std::string& path, SeenCopy& seen) {
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) {
    const bool another = !seen.seen || seen.bytes > 0;
    if (another) seen = {{}, true, 0, kFnvOfNothing, true};
    return another;
  }
  TAMTAP_TRY(const auto file, disk.Open(path, OpenMode::kRead));
  TAMTAP_TRY(const bool known, IsAsSeen(*file, seen));
  if (known) return false;
  TAMTAP_TRY(SeenCopy now, Read(*file, path, seen.copy.school.people));
  seen = std::move(now);
  return true;
}

Result<> MendCopy(Disk& disk, Clock& clock, const std::string& path, const CopyOfSchool& copy) {
  TAMTAP_TRY(const auto lock, LockSchool(disk, clock, path));
  SeenCopy now;
  const auto looked = LookAtCopy(disk, path, now);
  if (looked || looked.error().code != ErrorCode::kCorrupt) return {};  // somebody else was first
  TAMTAP_RETURN_IF_ERROR(KeepDamaged(disk, path));
  now.copy = copy;
  return Write(disk, path, now);
}

Result<> UpdateCopy(Disk& disk, Clock& clock, const std::string& path,
                    const std::function<Result<>(CopyOfSchool&)>& change, SeenCopy* seen) {
  TAMTAP_TRY(const auto lock, LockSchool(disk, clock, path));
  SeenCopy now = seen == nullptr ? SeenCopy() : *seen;
  if (const auto looked = LookAtCopy(disk, path, now); !looked) {
    if (looked.error().code != ErrorCode::kCorrupt) return looked.error();
    now = {};
    now.whole = false;
  }
  TAMTAP_RETURN_IF_ERROR(change(now.copy));
  if (!now.whole) TAMTAP_RETURN_IF_ERROR(KeepDamaged(disk, path));
  TAMTAP_RETURN_IF_ERROR(Write(disk, path, now));
  if (seen != nullptr) *seen = std::move(now);
  return {};
}

}  // namespace tamtap
