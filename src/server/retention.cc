#include "server/retention.h"

#include <fmt/core.h>

#include "base/log.h"
#include "picture/photo_days.h"

namespace tamtap {
namespace {

using std::chrono::milliseconds;

constexpr size_t kAtOnce = 100;  // persons' days, refusals or photos
constexpr milliseconds kBetweenPieces{50};
constexpr milliseconds kLookForDayAgain{600'000};  // whether there is a new day, or another setting
constexpr milliseconds kTryAgain{60'000};

std::string FirstKept(const std::string& today, int days) {
  return days > 0 ? AddDays(today, -days) : std::string();
}

}  // namespace

Result<Retention::Days> Retention::DaysOfToday() {
  TAMTAP_TRY(const SchoolSettings settings, parts_.settings());
  const std::string today = parts_.zone.ToLocal(parts_.clock.Now()).day;
  return Days{FirstKept(today, settings.records_days.value_or(0)),
              FirstKept(today, settings.refusals_days), FirstKept(today, settings.PhotoDays())};
}

milliseconds Retention::Step() {
  if (!round_) {
    if (!parts_.clock.Synchronised()) return kTryAgain;
    const auto days = DaysOfToday();
    if (!days) {
      LogDebug("retention: {}", days.error().Message());
      return kTryAgain;
    }
    if (*days == done_) return kLookForDayAgain;
    round_ = Round{*days};
  }
  const auto advanced = Advance(*round_);
  if (!advanced) {
    LogWarning("retention: {}; what is left goes later", advanced.error().Message());
    return kTryAgain;
  }
  if (*advanced) return kBetweenPieces;
  Say(*round_);
  done_ = round_->days;
  round_.reset();
  return kLookForDayAgain;
}

Result<bool> Retention::Advance(Round& round) {
  PersonalData& store = parts_.store.Personal();
  const auto some = [](Result<size_t> removed, size_t& count) -> Result<bool> {
    if (!removed) return removed.error();
    count += *removed;
    return *removed > 0;
  };
  if (!round.days.records.empty()) {
    TAMTAP_TRY(const bool more,
               some(store.PurgeAttendance(round.days.records, kAtOnce), round.records));
    if (more) return true;
  }
  if (!round.days.refusals.empty()) {
    TAMTAP_TRY(const bool more,
               some(store.PurgeRefusals(round.days.refusals, kAtOnce), round.refusals));
    if (more) return true;
  }
  if (round.days.photos.empty() || parts_.photo_directory.empty()) return false;
  return some(RemoveOldPhotos(parts_.photos, parts_.photo_directory, round.days.photos, kAtOnce,
                              [&](const std::string& day) { return Waits(round, day); }),
              round.photos);
}

// Asked once a round, and only if there is something to remove: a journal is read for it.
bool Retention::Waits(Round& round, const std::string& day) {
  if (!parts_.waiting_days) return false;
  if (!round.waiting) {
    auto waiting = parts_.waiting_days();
    if (!waiting) {
      LogWarning("retention: {}; photos stay for now", waiting.error().Message());
      return true;
    }
    round.waiting = *std::move(waiting);
  }
  return round.waiting->contains(day);
}

void Retention::Say(const Round& round) {
  std::string detail;
  const auto add = [&detail](size_t count, std::string_view what, const std::string& day) {
    if (count == 0) return;
    detail += fmt::format("{}{} {} of before {}", detail.empty() ? "" : "; ", count, what, day);
  };
  add(round.records, "persons' days", round.days.records);
  add(round.refusals, "refusals", round.days.refusals);
  add(round.photos, "photos", round.days.photos);
  if (detail.empty()) return;
  LogInfo("retention: removed {}", detail);
  const auto said = parts_.trust.AddAudit(
      {parts_.clock.Now(), "retention", "remove what is too old", "", detail});
  if (!said) LogWarning("retention: {}", said.error().Message());
}

}  // namespace tamtap
