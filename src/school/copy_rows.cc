#include "school/copy_rows.h"

#include <fmt/core.h>

#include <boost/json.hpp>

#include "base/unreadable.h"
#include "tap/json_fields.h"
#include "tap/school_json.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr size_t kRowMemory = 16 << 10;  // enough for most; more is allocated
constexpr std::string_view kLists[] = {"students", "teachers", "schedules", "calendar", "settings"};

bool IsList(std::string_view key) {
  return std::find(std::begin(kLists), std::end(kLists), key) != std::end(kLists);
}

// A row of a list that `read` makes of JSON, or why not.
template <typename List>
Result<> AddTo(List& list, auto read) {
  if (!read) return read.error();
  list.push_back(*std::move(read));
  return {};
}

}  // namespace

CopyRows::CopyRows(const std::string& path, const People& known)
    : path_(path),
      known_(known),
      memory_(kRowMemory),
      pieces_([this](const JsonPieces::Piece& piece) { return TakePiece(piece); }) {
  copy_.is_former = true;  // until something says otherwise
}

Error CopyRows::NoRoster() const {
  return Error{ErrorCode::kCorrupt, fmt::format("read the roster {}", path_), 0,
               "it is no roster in JSON; import the roster again"};
}

Result<> CopyRows::Feed(std::string_view bytes) {
  return pieces_.Feed(bytes) ? Result<>() : NoRoster();
}

Result<> CopyRows::End() { return pieces_.End() ? Result<>() : NoRoster(); }

// Text that is not UTF-8 costs its row. Files of earlier versions may hold some.
Result<> CopyRows::TakePiece(const JsonPieces::Piece& piece) {
  json::monotonic_resource memory(memory_.data(), memory_.size());
  boost::system::error_code failed;
  json::value value = json::parse(piece.text, failed, &memory);
  if (!failed) return piece.in_list ? TakeRow(piece, value) : TakeMember(piece, value);
  json::parse_options any_bytes;
  any_bytes.allow_invalid_utf8 = true;
  value = json::parse(piece.text, failed, &memory, any_bytes);
  if (failed) return NoRoster();
  if (!piece.in_list) return TakeMember(piece, value);
  whole_ = false;
  NoteUnreadable(fmt::format("{}[{}] of {}", piece.key, piece.index, path_),
                 Error{ErrorCode::kCorrupt, "it holds text that is not UTF-8", 0, {}});
  return {};
}

Result<> CopyRows::TakeRow(const JsonPieces::Piece& piece, const json::value& value) {
  School& school = copy_.school;
  Result<> taken;
  if (piece.key == "students") {
    taken = TakePerson(value, Role::kStudent);
  } else if (piece.key == "teachers") {
    taken = TakePerson(value, Role::kTeacher);
  } else if (piece.key == "schedules") {
    taken = AddTo(school.schedules, ScheduleFromJson(value));
  } else if (piece.key == "calendar") {
    taken = AddTo(school.calendar, CalendarEntryFromJson(value));
  } else if (piece.key == "settings") {
    auto setting = SettingFromJson(value);
    if (setting) school.settings.insert(*setting);
    if (!setting) taken = setting.error();
  } else if (piece.key == "outbox") {
    copy_.is_former = false;
    taken = AddTo(copy_.outbox, SchoolChangeFromJson(value));
  } else if (piece.key == "left") {
    if (value.is_string()) copy_.left.emplace_back(value.get_string());
  } else if (piece.key == "handed") {
    taken = AddTo(copy_.handed, SchoolChangeFromJson(value));
  } else if (piece.key == "settled") {
    taken = AddTo(copy_.settled, SchoolChangeFromJson(value));
  }
  if (!taken) {
    whole_ = false;
    NoteUnreadable(fmt::format("{}[{}] of {}", piece.key, piece.index, path_), taken.error());
  }
  return {};
}

Result<> CopyRows::TakePerson(const json::value& value, Role role) {
  TAMTAP_TRY(Person person, PersonFromJson(value, role));
  copy_.school.people.push_back(known_.Same(std::move(person)));
  return {};
}

Result<> CopyRows::TakeMember(const JsonPieces::Piece& piece, const json::value& value) {
  if (IsList(piece.key) && !value.is_array()) return NoRoster();
  const auto set = [&](std::string_view key, int64_t& out) {
    if (piece.key == key && value.is_int64()) out = value.get_int64();
  };
  set("as_of_us", copy_.as_of_us);
  set("as_of_mono_us", copy_.as_of_mono_us);
  if (piece.key == "outbox") copy_.is_former = false;
  if (piece.key == "version" && value.is_string()) copy_.version = value.get_string();
  if (piece.key == "store" && value.is_string()) copy_.store = value.get_string();
  if (piece.key == "went_back" && value.is_string()) copy_.went_back = value.get_string();
  if (piece.key == "as_of_boot" && value.is_string()) copy_.as_of_boot = value.get_string();
  return {};
}

}  // namespace tamtap
