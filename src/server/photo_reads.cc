#include "server/photo_reads.h"

#include "base/log.h"

namespace tamtap {
namespace {

constexpr std::chrono::seconds kReadAgain{60};
constexpr size_t kMostDaysKept = 8;
constexpr size_t kMostNotedToday = 10'000;  // then the trail itself is asked again

}  // namespace

std::string PhotoReads::WhoseIs(const std::string& day, const std::string& file) {
  const MonotonicTime now = clock_.MonotonicNow();
  {
    MutexLock lock(mutex_);
    const auto known = days_.find(day);
    if (known != days_.end()) {
      const auto whose = known->second.whose.find(file);
      if (whose != known->second.whose.end()) return whose->second;
      if (now < known->second.until) return {};
    }
  }
  const auto found = store_.FindAttendance({day, day, std::nullopt, {}});
  if (!found) {
    LogWarning("server: whose photo it is that was looked at: {}", found.error().Message());
    return {};
  }
  DayOfPhotos photos{now + kReadAgain, {}};
  for (const Attendance& each : *found) {
    const Record& arrival = each.arrival;
    if (arrival.photo.empty()) continue;
    photos.whose.emplace(arrival.photo, arrival.section.empty() ? arrival.person : arrival.section);
  }
  const auto whose = photos.whose.find(file);
  std::string answer = whose == photos.whose.end() ? std::string() : whose->second;
  MutexLock lock(mutex_);
  if (days_.size() >= kMostDaysKept) days_.clear();
  days_.insert_or_assign(day, std::move(photos));
  return answer;
}

void PhotoReads::Note(const std::string& who, const std::string& day, const std::string& file) {
  const std::string whose = WhoseIs(day, file);
  const std::string today = zone_.ToLocal(clock_.Now()).day;
  {
    MutexLock lock(mutex_);
    if (today_ != today || noted_.size() >= kMostNotedToday) noted_.clear();
    today_ = today;
    if (!noted_.emplace(who, whose).second) return;
  }
  const auto begin = zone_.FromLocal(today + " 00:00:00");
  const auto kept = trust_.AddAuditOnce(
      {clock_.Now(), who, "look at photos", whose,
       whose.empty() ? "a photo that no arrival of its day names" : "the first of them of " + day},
      begin ? *begin : clock_.Now());
  if (kept) return;
  LogWarning("server: {}", kept.error().Message());
  MutexLock lock(mutex_);
  noted_.erase({who, whose});
}

}  // namespace tamtap
