#include "terminal/gate_retention.h"

#include <algorithm>
#include <set>

#include "base/log.h"
#include "picture/photo_days.h"

namespace tamtap {
namespace {

constexpr size_t kPhotosAtOnce = 100;
constexpr size_t kMostLookedAt = 1'000;  // quarantined taps

}  // namespace

JournalDays JournalDaysOf(const SchoolSettings& settings, std::optional<uint32_t> flag,
                          uint32_t otherwise) {
  JournalDays result;
  const std::optional<int> school = settings.journal_days;
  result.days = flag.value_or(school ? static_cast<uint32_t>(*school) : otherwise);
  result.archive = static_cast<uint32_t>(settings.records_days.value_or(0));
  if (result.archive == 0) return result;
  result.days = result.days == 0 ? result.archive : std::min(result.days, result.archive);
  return result;
}

void GateRetention::Follow(const SchoolSettings& settings, const JournalDays& days,
                           const SchoolZone& zone) {
  const std::string today = zone.ToLocal(clock_.Now()).day;
  if (told_ != days || told_on_ != today) {
    told_ = days;
    told_on_ = today;
    journal_.KeepFor(days.days, days.archive);
  }
  const int photo_days = settings.PhotoDays();
  if (photo_days == 0 || !clock_.Synchronised()) return;
  const std::string first_kept_day = AddDays(today, -photo_days);
  // Which days are still to be sent is not looked up: they are, soon.
  if (first_kept_day == photos_day_ || journal_.GetBacklog().pending > 0) return;
  const auto removed = RemovePhotos(first_kept_day);
  if (!removed) {
    LogWarning("photos: {}; old ones stay for now", removed.error().Message());
  } else if (*removed > 0) {
    LogInfo("photos: {} of before {} were removed", *removed, first_kept_day);
  } else {
    photos_day_ = first_kept_day;
  }
}

Result<size_t> GateRetention::RemovePhotos(const std::string& first_kept_day) {
  TAMTAP_TRY(const auto quarantined, journal_.ReadQuarantined(kMostLookedAt));
  // There may be more, of days that are not known here: then all photos stay.
  if (quarantined.size() == kMostLookedAt) return size_t{0};
  std::set<std::string> days;
  for (const journal::QuarantinedTap& each : quarantined) {
    if (each.record) days.insert(each.record->day);
  }
  return RemoveOldPhotos(photos_, photo_directory_, first_kept_day, kPhotosAtOnce,
                         [&days](const std::string& day) { return days.contains(day); });
}

}  // namespace tamtap
