#include "school/slices.h"

#include <fmt/core.h>

#include <algorithm>

namespace tamtap {

SchoolUpdate SliceOf(const SchoolUpdate& update, const SlicePlace& place, size_t most) {
  const size_t people = update.school.people.size();
  const size_t all = people + update.gone.size();
  const bool follows = place.version == update.version && place.have <= all;
  SchoolUpdate slice;
  slice.version = update.version;
  slice.whole = update.whole;
  slice.told = update.told;
  slice.from = follows ? place.have : 0;
  const size_t end = slice.from + std::min(std::max<size_t>(most, 1), all - slice.from);
  for (size_t at = slice.from; at < std::min(end, people); ++at) {
    slice.school.people.push_back(update.school.people.shared(at));
  }
  for (size_t at = std::max(slice.from, people); at < end; ++at) {
    slice.gone.push_back(update.gone[at - people]);
  }
  slice.next = end < all ? end : 0;
  if (slice.next > 0) return slice;
  slice.school.schedules = update.school.schedules;
  slice.school.calendar = update.school.calendar;
  slice.school.settings = update.school.settings;
  return slice;
}

SlicePlace SliceJoin::place() const {
  if (!begun_) return {};
  return {update_.version, have_};
}

void SliceJoin::Clear() {
  begun_ = false;
  have_ = 0;
  update_ = {};
}

Result<std::optional<SchoolUpdate>> SliceJoin::Add(SchoolUpdate slice, const People& known) {
  const bool follows = begun_ && slice.version == update_.version && slice.whole == update_.whole &&
                       slice.from == have_;
  if (!follows) {
    Clear();
    if (slice.from != 0) return std::optional<SchoolUpdate>();
  }
  const size_t held = update_.school.people.size() + update_.gone.size();
  if (held + slice.school.people.size() + slice.gone.size() > kMostInSlices) {
    Clear();
    return Error{ErrorCode::kRejected, "fetch the school", 0,
                 fmt::format("it has more than {} people; a gate holds no more", kMostInSlices)};
  }
  begun_ = true;
  have_ = slice.next;
  update_.version = std::move(slice.version);
  update_.whole = slice.whole;
  update_.told = slice.told;
  for (size_t at = 0; at < slice.school.people.size(); ++at) {
    update_.school.people.push_back(known.Same(std::move(slice.school.people[at])));
  }
  std::move(slice.gone.begin(), slice.gone.end(), std::back_inserter(update_.gone));
  if (slice.next > slice.from) return std::optional<SchoolUpdate>();
  update_.school.schedules = std::move(slice.school.schedules);
  update_.school.calendar = std::move(slice.school.calendar);
  update_.school.settings = std::move(slice.school.settings);
  SchoolUpdate whole = std::move(update_);
  Clear();
  return std::optional(std::move(whole));
}

}  // namespace tamtap
