#include "tap/past_record.h"

#include <fmt/core.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/text.h"
#include "tap/json_fields.h"
#include "tap/mark.h"
#include "tap/record_fields.h"
#include "tap/time_of_day.h"

namespace tamtap {
namespace {

namespace json = boost::json;

constexpr std::string_view kTimeForm = "HH:MM:SS";
constexpr size_t kDayLength = 10;   // of "YYYY-MM-DD"
constexpr size_t kDateLength = 19;  // of "YYYY-MM-DD HH:MM:SS"

// When staff said it: an instant in UTC, or the school's wall time. Without either, the day began.
WallTime MadeAt(std::string marked_at, std::string_view day, const TimeZone& zone) {
  const bool utc = marked_at.ends_with('Z');
  marked_at = marked_at.substr(0, kDateLength);
  if (marked_at.size() == kDateLength) marked_at[kDayLength] = ' ';
  if (utc) {
    const auto utc_zone = TimeZone::Load("UTC");
    if (utc_zone) {
      if (const auto made = utc_zone->FromLocal(marked_at)) return *made;
    }
  }
  if (const auto made = zone.FromLocal(marked_at)) return *made;
  return zone.FromLocal(std::string(day) + " 00:00:00").value_or(WallTime{});
}

Record MarkBy(const StaffWords& words, const Record& said, WallTime made_at, const TimeZone& zone) {
  const std::string& staff = words.marked_by.empty() ? words.marked_by_name : words.marked_by;
  Record mark = MarkOf(said, staff, made_at, zone);
  mark.staff = words;
  return mark;
}

}  // namespace

std::string PastPhoto(const json::object& entry) {
  std::string photo = TextOrNumberAt(entry, "photo");
  if (photo.empty()) photo = TextOrNumberAt(entry, "photo_path");
  const size_t directory = photo.find_last_of("/\\");
  return directory == std::string::npos ? photo : photo.substr(directory + 1);
}

StaffWords PastStaffWords(const json::object& entry) {
  StaffWords words;
  VisitStaffWords(words, [&](std::string_view key, std::string& text, size_t most) {
    text = Shortened(TextOrNumberAt(entry, key), most);
  });
  return words;
}

std::string PastTime(std::string_view text) {
  std::string time(TrimSpace(text));
  if (time.size() == kTimeForm.size() - 1) time.insert(0, 1, '0');  // "7:05:09"
  const bool digits =
      time.size() == kTimeForm.size() &&
      std::equal(time.begin(), time.end(), kTimeForm.begin(),
                 [](char c, char form) { return form == ':' ? c == ':' : c >= '0' && c <= '9'; });
  if (digits) return time;
  const auto minutes = TimeFrom(time);
  return minutes ? fmt::format("{:02}:{:02}:00", *minutes / 60, *minutes % 60) : std::string();
}

Record PastMark(const Record& said, const json::object& entry, const TimeZone& zone) {
  const StaffWords words = PastStaffWords(entry);
  return MarkBy(words, said, MadeAt(TextOrNumberAt(entry, "marked_at"), said.day, zone), zone);
}

Record PastMarkAgain(const Record& mark, const TimeZone& zone) {
  const WallTime made_at{std::chrono::microseconds(kAfterEveryTapUs - mark.tapped_at_us)};
  return MarkBy(mark.staff, mark, made_at, zone);
}

}  // namespace tamtap
