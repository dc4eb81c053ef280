#include "school/copy_file.h"

#include <fmt/core.h>

#include <boost/json.hpp>
#include <cerrno>

#include "base/log.h"
#include "base/text.h"
#include "base/unreadable.h"
#include "tap/json_fields.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr auto kPatience = std::chrono::seconds(5);
constexpr int kMostSetAside = 100;
constexpr std::string_view kLists[] = {"students", "teachers", "schedules",
                                       "calendar", "settings", "outbox"};

struct CopyFile {
  CopyOfSchool copy;
  std::string text;   // as it is on the disk; empty if there is no file
  bool whole = true;  // whether every row of it could be read
};

// Text that is not UTF-8 costs its row. Files of earlier versions may hold some.
json::value WithoutBadRows(json::value parsed, const std::string& path) {
  json::object* const object = parsed.if_object();
  if (object == nullptr) return parsed;
  for (const std::string_view key : kLists) {
    json::value* const list = object->if_contains(key);
    if (list == nullptr || !list->is_array()) continue;
    json::array kept;
    size_t index = 0;
    for (json::value& row : list->get_array()) {
      if (IsUtf8(json::serialize(row))) {
        kept.push_back(std::move(row));
      } else {
        NoteUnreadable(fmt::format("{}[{}] of {}", key, index, path),
                       Error{ErrorCode::kCorrupt, "it holds text that is not UTF-8", 0, {}});
      }
      ++index;
    }
    *list = std::move(kept);
  }
  return parsed;
}

size_t RowsOf(const json::value& value) {
  size_t rows = 0;
  const json::object* const object = value.if_object();
  for (const std::string_view key : kLists) {
    const json::value* const list = object == nullptr ? nullptr : object->if_contains(key);
    if (list != nullptr && list->is_array()) rows += list->get_array().size();
  }
  return rows;
}

void ReadOutbox(const json::object& object, const std::string& path, CopyOfSchool& copy) {
  copy.is_former = !object.contains("outbox");
  copy.version = TextAt(object, "version");
  copy.as_of_boot = TextAt(object, "as_of_boot");
  const auto number = [&object](std::string_view key, int64_t& out) {
    const json::value* const value = object.if_contains(key);
    if (value != nullptr && value->is_int64()) out = value->get_int64();
  };
  number("as_of_us", copy.as_of_us);
  number("as_of_mono_us", copy.as_of_mono_us);
  const json::value* const outbox = object.if_contains("outbox");
  if (outbox == nullptr || !outbox->is_array()) return;
  size_t index = 0;
  for (const json::value& each : outbox->get_array()) {
    auto change = SchoolChangeFromJson(each);
    if (change) {
      copy.outbox.push_back(*std::move(change));
    } else {
      NoteUnreadable(fmt::format("outbox[{}] of {}", index, path), change.error());
    }
    ++index;
  }
}

// kCorrupt, with nothing of it read: it is no JSON, or no school.
Result<CopyFile> Read(Disk& disk, const std::string& path) {
  CopyFile file;
  TAMTAP_TRY(const bool there, disk.Exists(path));
  if (!there) return file;
  TAMTAP_TRY(file.text, ReadFile(disk, path));
  boost::system::error_code failed;
  json::value value = json::parse(file.text, failed);
  const bool all_text = !failed;
  if (!all_text) {
    json::parse_options any_bytes;
    any_bytes.allow_invalid_utf8 = true;
    value = json::parse(file.text, failed, {}, any_bytes);
  }
  const Error unreadable{ErrorCode::kCorrupt, fmt::format("read the roster {}", path), 0,
                         "it is no roster in JSON; import the roster again"};
  if (failed) return unreadable;
  const size_t rows = RowsOf(value);
  if (!all_text) value = WithoutBadRows(std::move(value), path);
  auto school = SchoolFromJson(value, path);
  if (!school) return unreadable;
  CopyOfSchool& copy = file.copy;
  copy.school = *std::move(school);
  ReadOutbox(value.get_object(), path, copy);
  const size_t read = copy.school.people.size() + copy.school.schedules.size() +
                      copy.school.calendar.size() + copy.school.settings.size() +
                      copy.outbox.size();
  file.whole = read == rows;
  return file;
}

// A copy beside it, so that what could not be read is still there for a person to look at.
Result<> KeepDamaged(Disk& disk, const std::string& path, const std::string& text) {
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

Result<> Write(Disk& disk, const std::string& path, const CopyOfSchool& copy) {
  json::object object = ToJson(copy.school);
  json::array outbox;
  for (const SchoolChange& change : copy.outbox) outbox.push_back(ToJson(change));
  object.emplace("outbox", std::move(outbox));
  object.emplace("version", copy.version);
  object.emplace("as_of_us", copy.as_of_us);
  object.emplace("as_of_boot", copy.as_of_boot);
  object.emplace("as_of_mono_us", copy.as_of_mono_us);
  return WriteFileAtomically(disk, path, json::serialize(object) + "\n");
}

}  // namespace

School CopyOfSchool::Now() const {
  School now = school;
  Overlay(outbox, now);
  return now;
}

Result<CopyOfSchool> LoadCopy(Disk& disk, const std::string& path) {
  TAMTAP_TRY(CopyFile file, Read(disk, path));
  return std::move(file.copy);
}

Result<> MendCopy(Disk& disk, Clock& clock, const std::string& path, const CopyOfSchool& copy) {
  TAMTAP_TRY(const auto lock, LockSchool(disk, clock, path));
  const auto now = Read(disk, path);
  if (now || now.error().code != ErrorCode::kCorrupt) return {};  // somebody else was first
  TAMTAP_TRY(const std::string text, ReadFile(disk, path));
  TAMTAP_RETURN_IF_ERROR(KeepDamaged(disk, path, text));
  return Write(disk, path, copy);
}

Result<> UpdateCopy(Disk& disk, Clock& clock, const std::string& path,
                    const std::function<Result<>(CopyOfSchool&)>& change) {
  TAMTAP_TRY(const auto lock, LockSchool(disk, clock, path));
  auto file = Read(disk, path);
  if (!file) {
    if (file.error().code != ErrorCode::kCorrupt) return file.error();
    TAMTAP_TRY(std::string text, ReadFile(disk, path));
    file = CopyFile{{}, std::move(text), false};
  }
  TAMTAP_RETURN_IF_ERROR(change(file->copy));
  if (!file->whole) TAMTAP_RETURN_IF_ERROR(KeepDamaged(disk, path, file->text));
  return Write(disk, path, file->copy);
}

}  // namespace tamtap
