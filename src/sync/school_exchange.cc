#include "sync/school_exchange.h"

#include "base/log.h"

namespace tamtap {

bool SchoolExchange::IsDue() const {
  return roster_changed_ || school_changed_ || clock_.MonotonicNow() >= next_;
}

Result<> SchoolExchange::Exchange() {
  next_ = clock_.MonotonicNow() + options_.school_interval;
  school_changed_ = false;
  const std::shared_ptr<const Roster> mine = roster_.Current();
  // People registered here while the store was away must not be lost to its answer.
  if (roster_changed_.exchange(false) && !mine->school().people.empty()) {
    auto added = store_.AddPeople(mine->school().people);
    // kRejected: this kind of store is told about people elsewhere.
    if (!added && added.error().code != ErrorCode::kRejected) {
      roster_changed_ = true;
      return added;
    }
  }
  auto pulled = store_.PullSchool(version_);
  if (!pulled) return pulled.error();
  if (!*pulled) return {};
  SchoolVersion& next = **pulled;
  // A store that knows nobody yet has nothing to say about who may tap here.
  if (next.school.people.empty()) next.school.people = mine->school().people;
  if (next.school.schedules.empty()) next.school.schedules = mine->school().schedules;
  if (next.school.calendar.empty()) next.school.calendar = mine->school().calendar;
  if (next.school == mine->school()) {
    version_ = next.version;
    return {};
  }
  if (const auto saved = save_(mine->school(), next.school); !saved) {
    LogWarning("sync: {}", saved.error().Message());  // and pulled again at the next round
    return {};
  }
  version_ = next.version;
  LogInfo("sync: the roster changed: {} people, {} schedules", next.school.people.size(),
          next.school.schedules.size());
  roster_.Replace(std::move(next.school));
  return {};
}

}  // namespace tamtap
